"""Exact sums of atoms by category codes: how many rows there are hardly matters after this.

Strings and projects become categoricals once; every later step works on their small codes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    "part", "construct", "kind", "sector", "ended", "language", "channel", "office", "activity",
}  # fmt: skip

Codes = NDArray[np.int64]


class UnplacedProject(Exception):
    """Statistics name a project or an area that no published entity holds."""


class ReadTwice(Exception):
    """A metric reads the same answers of a questionnaire for two parts."""


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


def coded_names(column: pd.Series) -> tuple[NDArray[np.int64], list[str]]:
    """A column of names as whole numbers, and the names."""
    held = isinstance(column.dtype, pd.CategoricalDtype)
    names = column.array if held else pd.Categorical(column)
    return names.codes.astype(np.int64), [str(name) for name in names.categories.tolist()]


def among(column: pd.Series, names: Collection[str]) -> NDArray[np.bool_]:
    """Rows whose name is one of some."""
    codes, known = coded_names(column)
    # The last place is that of a name that is missing.
    return np.array([*(name in names for name in known), False])[codes]


def categorised(words: Sequence[str]) -> pd.Categorical:
    """Words as a categorical, its categories in the order of the alphabet."""
    known = sorted(set(words))
    place = {word: code for code, word in enumerate(known)}
    codes = np.array([place[word] for word in words], dtype=np.int64)
    return pd.Categorical.from_codes(codes, pd.Index(known, dtype="str"))


def stacked(columns: Sequence[pd.Categorical]) -> pd.Categorical:
    """Categoricals one under the other, with the words that occur in the order of the alphabet."""
    words = [np.asarray(column.categories, dtype=object) for column in columns]
    occurring = [np.unique(column.codes) for column in columns]
    known = sorted(
        {str(w) for each, there in zip(words, occurring, strict=True) for w in each[there]}
    )
    place = {word: code for code, word in enumerate(known)}
    codes = [
        np.array([place.get(str(word), -1) for word in each], dtype=np.int64)[column.codes]
        for each, column in zip(words, columns, strict=True)
    ]
    return pd.Categorical.from_codes(np.concatenate(codes), pd.Index(known, dtype="str"))


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
    """What was asked in a frame of answers, by the names of its columns: instrument and scale, or
    instrument, item and code.

    number: of each of them; place: which of them each row of the frame is about."""

    names: list[str]
    number: dict[tuple[str | int, ...], int]
    place: Codes


def questions_of(frame: pd.DataFrame) -> Questions:
    """The different questions of a coded frame, found once for all metrics that read it."""
    names = [column for column in ("instrument", "scale", "item") if column in frame]
    occurring, place = dense(*packed(frame, names))
    words = unpacked(occurring, frame, names)
    columns = [np.asarray(words[name]).tolist() for name in names]
    asked: list[tuple[str | int, ...]] = list(zip(*columns, strict=True))
    if "code" in frame:
        names = [*names, "code"]
        answers = frame["code"].to_numpy() - _LOWEST
        occurring, place = dense(place * _CODES + answers, len(asked) * _CODES)
        codes = (divmod(code, _CODES) for code in occurring.tolist())
        asked = [(*asked[question], answer + _LOWEST) for question, answer in codes]
    return Questions(names, {each: number for number, each in enumerate(asked)}, place)


#: Codes of answers run from missing (-3) to 99.
_LOWEST, _CODES = -3, 103

#: What a metric reads: instrument, part, and scale, or item and code; the rest are 0 or 1.
Asked = dict[str, str | int]


def look_up(frame: pd.DataFrame, questions: Questions, asked: list[Asked]) -> pd.DataFrame:
    """The atoms that a metric reads, with their part, and the sums that their codes add to.

    Raises: ReadTwice.
    """
    read: dict[int, Asked] = {}
    for entry in asked:
        number = questions.number.get(tuple(entry[name] for name in questions.names))
        if number in read:
            raise ReadTwice(f"{entry}: these answers are read for another part too")
        if number is not None:
            read[number] = entry
    line = np.full(len(questions.number), -1, dtype=np.int64)
    line[list(read)] = np.arange(len(read))
    found = line[questions.place]
    rows = np.flatnonzero(found >= 0)
    found = found[rows]
    columns = {name: frame[name].array.take(rows) for name in frame.columns if name != "code"}
    columns["part"] = categorised([entry["part"] for entry in read.values()]).take(found)
    n = columns["n"]
    for name in sorted(set().union(*asked) - {*questions.names, "part"}):
        weight = np.array([entry[name] for entry in read.values()], dtype=np.int64)
        columns[name] = weight[found] * np.asarray(n)
    return pd.DataFrame(columns, copy=False)
