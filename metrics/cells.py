"""Atoms summed to cells: one project, one total or group or phase, everything it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.fold import Asked, categorised, dense, packed, stacked, summed, unpacked
from metrics.metric import ALL_WAVES, Split
from survey.instrument import PHASES

Codes = NDArray[np.int64]

#: Columns that say which atom a row is; every other column of selected atoms is a sum.
_NAMES = ("project", "instrument", "part", "wave", "phase", "group", "unit")
#: More projects than there will ever be: key and project packed into one number.
_PROJECTS = 2**32


class MixedUnits(Exception):
    """Scores of one questionnaire were folded in different units and cannot be added."""


class Cells(NamedTuple):
    """The sums of projects, or their records. keys: what a figure is, but for its entity (one row a
    key); key and project: of each cell, as positions in keys and in the members; sums by name."""

    keys: pd.DataFrame
    key: Codes
    project: Codes
    sums: dict[str, NDArray[np.int64]]


def cells_of(atoms: pd.DataFrame) -> Cells:
    """The sums of every project for every total, group and phase."""
    sums = [column for column in atoms if column not in _NAMES]
    pieces = [
        _piece(summed(named, ["project", *by], sums), by, sums, split)
        for named, by, split in _splits(atoms)
    ]
    cells = _together(pieces)
    _refuse_mixed(cells.keys)
    return cells


def record_cells(atoms: pd.DataFrame) -> Cells:
    """Every record as a cell of its own, once for each total, group and phase that it belongs to.

    Words that are no key are left out; a metric makes whole numbers of those that it needs.
    """
    values = [
        column
        for column in atoms
        if column not in _NAMES and not isinstance(atoms[column].dtype, pd.CategoricalDtype)
    ]
    return _together([_piece(named, by, values, split) for named, by, split in _splits(atoms)])


def _splits(atoms: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, list[str], Split]]:
    """The atoms of each split, and what tells its figures of a project apart."""
    whole = [column for column in ("instrument", "part", "unit") if column in atoms]
    waves = [*whole, *(["wave"] if "wave" in atoms else [])]
    yield atoms, waves, Split.TOTAL
    if "group" in atoms:
        yield atoms[(atoms["group"] != "").to_numpy()], [*waves, "group"], Split.GROUP
    if "phase" in atoms:
        yield atoms[atoms["phase"].isin(PHASES).to_numpy()], [*whole, "phase"], Split.PHASE


def _piece(cells: pd.DataFrame, by: list[str], sums: list[str], split: Split) -> Cells:
    """The cells of one split; by: what tells its figures of a project apart."""
    occurring, key = dense(*packed(cells, by))
    keys: dict[str, object] = dict(unpacked(occurring, cells, by))
    if "unit" in keys:
        keys["unit"] = np.asarray(keys["unit"])
    size = len(occurring)
    keys["split"] = categorised([split.value]).repeat(size)
    everywhere = categorised([""]).repeat(size)
    keys["split_value"] = everywhere if split is Split.TOTAL else keys.pop(split.value)
    for column, word in (("instrument", ""), ("part", ""), ("wave", ALL_WAVES)):
        if column not in keys:
            keys[column] = categorised([word]).repeat(size)
    return Cells(
        pd.DataFrame(keys, index=range(size), copy=False),
        key,
        cells["project"].cat.codes.to_numpy().astype(np.int64),
        {name: cells[name].to_numpy() for name in sums},
    )


def _together(pieces: list[Cells]) -> Cells:
    """The cells of several splits as one."""
    before = np.cumsum([0, *(len(piece.keys) for piece in pieces[:-1])])
    keys = {
        name: (np.concatenate if name == "unit" else stacked)(
            [piece.keys[name].array for piece in pieces]
        )
        for name in pieces[0].keys
    }
    return Cells(
        pd.DataFrame(keys, copy=False),
        np.concatenate([piece.key + shift for piece, shift in zip(pieces, before, strict=True)]),
        np.concatenate([piece.project for piece in pieces]),
        {name: np.concatenate([piece.sums[name] for piece in pieces]) for name in pieces[0].sums},
    )


def _refuse_mixed(keys: pd.DataFrame) -> None:
    if "unit" not in keys:
        return
    units = keys.groupby("instrument", observed=True)["unit"].nunique()
    if (units > 1).any():
        raise MixedUnits(
            f"{', '.join(units.index[units > 1])}: scores were folded in different units; "
            "remove its extracts and refresh, so that every collection is folded anew"
        )


class Rounds(NamedTuple):
    """Instrument and wave of every round."""

    instrument: list[str]
    wave: list[str]


class Fielded(NamedTuple):
    """Who was asked what when. round and project: one row for each round that a project had
    (positions in the rounds and in the members)."""

    rounds: Rounds
    round: Codes
    project: Codes


def fielded(respondents: pd.DataFrame) -> Fielded:
    """The rounds of every project, from coded respondents, in the order of the rounds."""
    by = ["instrument", "wave"]
    had = summed(respondents, [*by, "project"], [])
    occurring, place = dense(*packed(had, by))
    words = unpacked(occurring, had, by)
    rounds = Rounds(*(np.asarray(words[name]).tolist() for name in by))
    return Fielded(rounds, place, had["project"].cat.codes.to_numpy().astype(np.int64))


def with_silent(cells: Cells, asked: list[Asked], fielded: Fielded) -> Cells:
    """The cells, and an empty one for each part that a project asked about and nobody answered."""
    by = ["instrument", "part", "wave"]
    parts = dict.fromkeys((entry["instrument"], entry["part"]) for entry in asked)
    rounds = [
        (number, (instrument, part, wave))
        for number, (instrument, wave) in enumerate(zip(*fielded.rounds, strict=True))
        for of, part in parts
        if of == instrument
    ]
    totals = np.flatnonzero((cells.keys["split"] == Split.TOTAL.value).to_numpy())
    names = [np.asarray(cells.keys[name].array.take(totals)) for name in by]
    held = dict(zip(zip(*names, strict=True), totals.tolist(), strict=True))
    silent = dict.fromkeys(named for _, named in rounds if named not in held)
    held |= {named: len(cells.keys) + number for number, named in enumerate(silent)}
    key = np.array([held[named] for _, named in rounds], dtype=np.int64)
    round_of = np.array([number for number, _ in rounds], dtype=np.int64)
    # Every key of a round with every project that had it: runs of the projects of each round.
    projects = np.bincount(fielded.round, minlength=len(fielded.rounds.instrument))
    start = np.cumsum(projects) - projects
    count = projects[round_of]
    run = np.repeat(start[round_of] - (np.cumsum(count) - count), count)
    project = fielded.project[run + np.arange(len(run))]
    key = np.repeat(key, count)
    given = cells.key * _PROJECTS + cells.project
    empty = ~np.isin(key * _PROJECTS + project, given)
    if not empty.any():
        return cells
    added: dict[str, object] = {
        name: categorised([named[place] for named in silent]) for place, name in enumerate(by)
    }
    for name, word in (("split", Split.TOTAL.value), ("split_value", "")):
        added[name] = categorised([word]).repeat(len(silent))
    if "unit" in cells.keys:
        added["unit"] = np.ones(len(silent), dtype=np.int64)
    nothing = np.zeros(empty.sum(), dtype=np.int64)
    return _together(
        [
            cells,
            Cells(
                pd.DataFrame(added, columns=cells.keys.columns, copy=False),
                key[empty] - len(cells.keys),
                project[empty],
                dict.fromkeys(cells.sums, nothing),
            ),
        ]
    )
