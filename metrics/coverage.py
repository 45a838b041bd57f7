"""How much of what was asked a figure rests on: answers and invited people behind it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.cells import Cells, Codes
from metrics.fold import coded_names
from metrics.metric import ALL_WAVES, Split

_KEY = ["instrument", "wave", "split", "split_value"]


class Invited(NamedTuple):
    """For each cell of a sheet its answers and invited people; 0 and 0 where not all are known."""

    answered: Codes
    invited: Codes


class Asked(NamedTuple):
    """Everybody who was asked: by member and by key. unknown: groups of unknown size.

    names: of each column of a key, every name with its code. key: by these codes; the last of each
    axis, and the last key, stand for what nobody was asked under."""

    names: list[dict[str, int]]
    key: Codes
    answered: Codes
    invited: Codes
    unknown: Codes


def asked_people(respondents: pd.DataFrame, members: NDArray[np.int64]) -> Asked:
    """Respondents and invited people of every total, group and phase of a project.

    respondents: `frames.RESPONDENTS`; members: projects, sorted.
    """
    asked = respondents["invited"]
    people = respondents.assign(invited=asked.clip(lower=0), unknown=(asked < 0).astype(np.int64))
    pieces = [
        people.assign(split=Split.TOTAL.value, split_value=""),
        people.assign(split=Split.GROUP.value, split_value=people["group"]),
        people.assign(split=Split.PHASE.value, split_value=people["phase"], wave=ALL_WAVES),
    ]
    table = pd.concat(pieces, ignore_index=True)
    columns = [coded_names(table[name]) for name in _KEY]
    shape = tuple(len(names) + 1 for _, names in columns)
    at = np.ravel_multi_index([codes for codes, _ in columns], shape)
    occurring, key = np.unique(at, return_inverse=True)
    keys = np.full(shape, len(occurring))
    keys.flat[occurring] = np.arange(len(occurring))
    place = np.searchsorted(members, table["project"].to_numpy())
    sums = np.zeros((3, len(members), len(occurring) + 1), dtype=np.int64)
    for each, name in zip(sums, ("n", "invited", "unknown"), strict=True):
        np.add.at(each, (place, key), table[name].to_numpy())
    named = [{name: code for code, name in enumerate(names)} for _, names in columns]
    return Asked(named, keys, *sums)


def invited_of(cells: Cells, asked: Asked | None, *, pairs: bool) -> Invited:
    """Answers and invited people of each cell; nobody where the cells are not about respondents.

    pairs: whether the cells count people who were followed: then those are the answers.
    """
    if asked is None:
        nothing = np.zeros(len(cells.key), dtype=np.int64)
        return Invited(nothing, nothing)
    axes = []
    for column, known in zip(_KEY, asked.names, strict=True):
        codes, names = coded_names(cells.keys[column])
        axes.append(np.array([known.get(name, -1) for name in names], dtype=np.int64)[codes])
    key = asked.key[tuple(axes)]
    at = (cells.project, key[cells.key])
    # The same rule as the response rate's: not all invited known, or more answers than people.
    known = (asked.unknown[at] == 0) & (asked.answered[at] <= asked.invited[at])
    answered = cells.sums["n"] if pairs else asked.answered[at]
    return Invited(np.where(known, answered, 0), np.where(known, asked.invited[at], 0))


def nobody_invited() -> Invited:
    """The invited people of a sheet without cells."""
    return Invited(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


def coverage_of(
    figure: Codes, cell: Codes, size: int, invited: Invited, pooled: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Answers that each figure rests on / everybody invited below it; NaN where not known.

    figure, cell: one row a cell and entity, figure -1 where the cell has none. pooled: by cell.
    """
    there = figure >= 0
    figure, cell = figure[there], cell[there]
    sums = [
        np.bincount(figure, weights=each[cell], minlength=size)
        for each in (np.where(pooled, invited.answered, 0), invited.invited)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums[1] > 0, sums[0] / sums[1], np.nan)
