"""How much of what was asked a figure rests on: answers and invited people behind it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.cells import Cells, Codes
from metrics.metric import ALL_WAVES, Split

_KEY = ["instrument", "wave", "split", "split_value"]


class Invited(NamedTuple):
    """For each cell of a sheet its answers and invited people; 0 and 0 where not all are known."""

    answered: Codes
    invited: Codes


class Asked(NamedTuple):
    """Everybody who was asked: by member and by instrument, wave and split (keys). The last column
    of each stands for a key that nobody was asked under. unknown: groups of unknown size."""

    keys: pd.MultiIndex
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
    keys = pd.MultiIndex.from_frame(table[_KEY].astype(str).drop_duplicates())
    place = np.searchsorted(members, table["project"].to_numpy())
    key = keys.get_indexer(pd.MultiIndex.from_frame(table[_KEY].astype(str)))
    sums = np.zeros((3, len(members), len(keys) + 1), dtype=np.int64)
    for each, name in zip(sums, ("n", "invited", "unknown"), strict=True):
        np.add.at(each, (place, key), table[name].to_numpy())
    return Asked(keys, *sums)


def invited_of(cells: Cells, asked: Asked | None, *, pairs: bool) -> Invited:
    """Answers and invited people of each cell; nobody where the cells are not about respondents.

    pairs: whether the cells count people who were followed: then those are the answers.
    """
    if asked is None:
        nothing = np.zeros(len(cells.key), dtype=np.int64)
        return Invited(nothing, nothing)
    key = asked.keys.get_indexer(pd.MultiIndex.from_frame(cells.keys[_KEY].astype(str)))
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
