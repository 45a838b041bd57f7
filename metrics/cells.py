"""Atoms summed to cells: one project, one total or group or phase, everything it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.fold import dense, packed, summed, unpacked
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
    keys = pd.DataFrame(
        {name: np.asarray(values) for name, values in unpacked(occurring, cells, by).items()},
        index=range(len(occurring)),
    )
    keys["split"] = split.value
    keys["split_value"] = "" if split is Split.TOTAL else keys.pop(split.value).astype(str)
    for column, everywhere in (("instrument", ""), ("part", ""), ("wave", ALL_WAVES)):
        if column not in keys:
            keys[column] = everywhere
    return Cells(
        keys,
        key,
        cells["project"].cat.codes.to_numpy().astype(np.int64),
        {name: cells[name].to_numpy() for name in sums},
    )


def _together(pieces: list[Cells]) -> Cells:
    """The cells of several splits as one; strings of the keys become categoricals."""
    before = np.cumsum([0, *(len(piece.keys) for piece in pieces[:-1])])
    named = [piece.keys.astype({"split": str}) for piece in pieces]
    keys = pd.concat(named, ignore_index=True)
    names = [column for column in keys if column != "unit"]
    return Cells(
        keys.astype(dict.fromkeys(names, "category")),
        np.concatenate([piece.key + shift for piece, shift in zip(pieces, before, strict=True)]),
        np.concatenate([piece.project for piece in pieces]),
        {name: np.concatenate([piece.sums[name] for piece in pieces]) for name in pieces[0].sums},
    )


def _refuse_mixed(keys: pd.DataFrame) -> None:
    if "unit" not in keys or not keys["unit"].duplicated(keep=False).any():
        return
    units = keys.groupby("instrument", observed=True)["unit"].nunique()
    if (units > 1).any():
        raise MixedUnits(
            f"{', '.join(units.index[units > 1])}: scores were folded in different units; "
            "remove its extracts and refresh, so that every collection is folded anew"
        )


def with_silent(cells: Cells, asked: pd.DataFrame, respondents: pd.DataFrame) -> Cells:
    """The cells, and an empty one for each part that a project asked about and nobody answered."""
    by = ["instrument", "part", "wave"]
    waves = summed(respondents, ["project", "instrument", "wave"], [])
    expected = pd.DataFrame(
        {
            "project": waves["project"].cat.codes.to_numpy().astype(np.int64),
            "instrument": waves["instrument"].astype(str),
            "wave": waves["wave"].astype(str),
        }
    ).merge(asked[["instrument", "part"]].drop_duplicates(), on="instrument")
    totals = cells.keys[cells.keys["split"] == Split.TOTAL.value].reset_index(names="key")
    keys = expected[by].drop_duplicates()
    keys = keys.merge(totals[[*by, "key"]].astype(dict.fromkeys(by, str)), on=by, how="left")
    new = keys["key"].isna().to_numpy()
    keys["key"] = np.where(new, len(cells.keys) + np.cumsum(new) - 1, keys["key"]).astype(np.int64)
    expected = expected.merge(keys, on=by, how="left")
    cell = expected["key"] * _PROJECTS + expected["project"]
    total = np.isin(cells.key, totals["key"])
    silent = expected[~np.isin(cell, (cells.key * _PROJECTS + cells.project)[total])]
    if silent.empty:
        return cells
    added = keys.loc[new, by].assign(split=Split.TOTAL.value, split_value="")
    if "unit" in cells.keys:
        added["unit"] = 1
    nothing = np.zeros(len(silent), dtype=np.int64)
    return _together(
        [
            cells,
            Cells(
                added,
                silent["key"].to_numpy() - len(cells.keys),
                silent["project"].to_numpy(),
                dict.fromkeys(cells.sums, nothing),
            ),
        ]
    )
