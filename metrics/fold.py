"""Exact sums of atoms by category codes: how many rows there are hardly matters after this.

Strings and projects become categoricals once; every later step works on their small codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

#: Combinations of codes up to this many are tabulated; above it they are sorted.
_TABULATED = 20_000_000
_HALF = 32
#: Sums of doubles are exact below this.
_EXACT = 2**53

#: Columns that name something; all others are whole numbers.
_NAMED = {
    "instrument", "wave", "earlier", "phase", "group", "item", "scale", "unit",
    "part", "construct", "kind", "sector", "ended", "language",
}  # fmt: skip

Codes = NDArray[np.int64]


class UnplacedProject(Exception):
    """Statistics name a project or an area that no published entity holds."""


def coded(frame: pd.DataFrame, members: NDArray[np.int64]) -> pd.DataFrame:
    """The frame with project and every string as categoricals.

    members: every project that may occur, sorted; below 0 stand the areas of what has no project
    (-1 - area), and the column area is gone.
    Raises: UnplacedProject.
    """
    project = frame["project"].to_numpy()
    if "area" in frame:
        project = np.where(project > 0, project, -1 - frame["area"].to_numpy())
    place = np.searchsorted(members, project).clip(max=max(len(members) - 1, 0))
    lost = np.unique(project[members[place] != project]) if len(members) else np.unique(project)
    if len(lost):
        names = ", ".join(f"area {-1 - m}" if m < 0 else f"project {m}" for m in lost[:5])
        raise UnplacedProject(
            f"{len(lost)} without a place in NODES or AREA_TREE, first {names}: "
            "every project needs its own row and the portfolio's, every area its ancestors"
        )
    columns: dict[str, object] = {"project": pd.Categorical.from_codes(place, members)}
    for name in frame.columns.drop(["project", "area"], errors="ignore"):
        named = name in _NAMED
        columns[name] = frame[name].astype("category") if named else frame[name].astype(np.int64)
    return pd.DataFrame(columns, copy=False)


def packed(frame: pd.DataFrame, by: Sequence[str]) -> tuple[Codes, int]:
    """One whole number for each combination of categories, and how many there can be."""
    code = np.zeros(len(frame), dtype=np.int64)
    space = 1
    for column in by:
        size = max(len(frame[column].cat.categories), 1)
        code = code * size + frame[column].cat.codes.to_numpy()
        space *= size
    return code, space


def dense(code: Codes, space: int) -> tuple[Codes, Codes]:
    """The codes that occur, in rising order, and for each row which of them it has."""
    if space > _TABULATED:
        occurring, place = np.unique(code, return_inverse=True)
        return occurring, place
    there = np.zeros(space, dtype=bool)
    there[code] = True
    occurring = np.flatnonzero(there)
    return occurring, (np.cumsum(there) - 1)[code]


def exact_sums(place: Codes, column: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Sums of whole numbers by place, exact to the last digit.

    Sums of doubles are exact while they stay below 2**53; larger numbers (squares of scores) are
    summed in an upper and a lower half.
    """
    if np.abs(column, dtype=float).sum() < _EXACT:
        return np.bincount(place, weights=column, minlength=size).astype(np.int64)
    upper, lower = column >> _HALF, column & ((1 << _HALF) - 1)
    halves = (
        np.bincount(place, weights=half, minlength=size).astype(np.int64) for half in (upper, lower)
    )
    return (next(halves) << _HALF) + next(halves)


def unpacked(code: Codes, frame: pd.DataFrame, by: Sequence[str]) -> dict[str, pd.Categorical]:
    """The categories behind packed codes."""
    found: dict[str, pd.Categorical] = {}
    for column in reversed(by):
        categories = frame[column].cat.categories
        code, digit = np.divmod(code, max(len(categories), 1))
        found[column] = pd.Categorical.from_codes(digit, categories)
    return found


def summed(frame: pd.DataFrame, by: Sequence[str], sums: Sequence[str]) -> pd.DataFrame:
    """The sums for each combination that occurs, in the order of the categories.

    Shape: one row a combination; ``by`` as categoricals, ``sums`` as whole numbers.
    """
    code, space = packed(frame, by)
    occurring, place = dense(code, space)
    columns: dict[str, object] = dict(unpacked(occurring, frame, by))
    columns |= {name: exact_sums(place, frame[name].to_numpy(), len(occurring)) for name in sums}
    return pd.DataFrame(columns, columns=[*by, *sums], copy=False)


@dataclass(frozen=True, slots=True)
class Questions:
    """What was asked in a frame of answers: one row for each instrument and scale, or instrument,
    item and code; place: which of them each row of the frame is about."""

    table: pd.DataFrame
    place: Codes


def questions_of(frame: pd.DataFrame) -> Questions:
    """The different questions of a coded frame, found once for all metrics that read it."""
    on = [column for column in ("instrument", "scale", "item") if column in frame]
    occurring, place = dense(*packed(frame, on))
    table = pd.DataFrame(
        {name: np.asarray(values) for name, values in unpacked(occurring, frame, on).items()}
    )
    if "code" not in frame:
        return Questions(table, place)
    answers = frame["code"].to_numpy() - _LOWEST
    occurring, place = dense(place * _CODES + answers, len(table) * _CODES)
    table = table.take(occurring // _CODES).assign(code=occurring % _CODES + _LOWEST)
    return Questions(table.reset_index(drop=True), place)


#: Codes of answers run from missing (-3) to 99.
_LOWEST, _CODES = -3, 103


def look_up(frame: pd.DataFrame, questions: Questions, asked: pd.DataFrame) -> pd.DataFrame:
    """The atoms that a metric reads, with their part, and the sums that their codes add to.

    asked: columns instrument, part, and scale, or item and code; the rest are 0 or 1.
    """
    on = list(questions.table.columns)
    wanted = questions.table.reset_index(names="question")
    if asked.empty:
        wanted = wanted.head(0).assign(part="")
    else:
        wanted = wanted.merge(asked, on=on, how="inner", validate="one_to_one")
    line = np.full(len(questions.table), -1, dtype=np.int64)
    line[wanted["question"].to_numpy()] = np.arange(len(wanted))
    found = line[questions.place]
    read = np.flatnonzero(found >= 0)
    atoms, found = frame.drop(columns="code", errors="ignore").take(read), found[read]
    parts = wanted["part"].astype("category").cat
    columns = {"part": pd.Categorical.from_codes(parts.codes.to_numpy()[found], parts.categories)}
    weights = wanted.columns.difference([*on, "question", "part"])
    n = atoms["n"].to_numpy()
    columns |= {name: wanted[name].to_numpy().astype(np.int64)[found] * n for name in weights}
    return atoms.assign(**columns)
