"""The frames of scores that need no pairing: moments, halves, timing, products of items."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.fold_columns import (
    LATE_NOT_KNOWN,
    MOMENTS,
    complete_column,
    moment_column,
    multiplied_scales,
    places,
    product_column,
    scales_of,
    sum_column,
)
from metrics.frames import ATOM, PRODUCT_COLUMNS, SUM_COLUMNS
from survey.instrument import Instrument

WAVE = ["project", "instrument", "wave"]


def atoms(cells: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """The atom of each row: where its collection belongs, and its group."""
    place = by_id.loc[cells["collection"], ["project", "instrument", "wave", "phase"]]
    return place.reset_index(drop=True).assign(group=cells["group"].to_numpy())[ATOM]


def waves(rows: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """The project, instrument and wave of each row."""
    return by_id.loc[rows["collection"], WAVE].reset_index(drop=True)


def moments(
    instrument: Instrument, wide: pd.DataFrame, place: pd.DataFrame, column=moment_column
) -> pd.DataFrame:
    """One row per row of ``place`` and scale that anybody has a score on."""
    stacked = []
    for scale in scales_of(instrument):
        scored = (wide[column(scale, "n")] > 0).to_numpy()
        found = {moment: wide[column(scale, moment)].to_numpy()[scored] for moment in MOMENTS}
        rows = place[scored].assign(scale=scale, **found, unit=instrument.score_unit)
        stacked.append(rows)
    return pd.concat(stacked, ignore_index=True) if stacked else place.iloc[:0]


def summed(rows: pd.DataFrame, sums: list[str]) -> pd.DataFrame:
    """The rows with equal keys as one, their sums added."""
    keys = [name for name in rows.columns if name not in sums]
    return rows.groupby(keys, as_index=False, sort=True)[sums].sum()


def scale_moments(instrument: Instrument, cells: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """`frames.SCALE_MOMENTS` of one instrument."""
    return moments(instrument, cells, atoms(cells, by_id))


def split_halves(instrument: Instrument, splits: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """`frames.SPLIT_HALVES` of one instrument."""
    place = waves(splits, by_id).assign(half=splits["half"].to_numpy())
    return summed(moments(instrument, splits, place), list(MOMENTS))


def timing(instrument: Instrument, splits: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """`frames.TIMING` of one instrument."""
    dated = splits[splits["late"] != LATE_NOT_KNOWN]
    place = waves(dated, by_id).assign(late=dated["late"].to_numpy())
    return summed(moments(instrument, dated, place), list(MOMENTS))


def scale_products(
    instrument: Instrument, splits: pd.DataFrame, by_id: pd.DataFrame
) -> pd.DataFrame:
    """`frames.SCALE_PRODUCTS` of one instrument."""
    place = waves(splits, by_id)
    stacked = []
    for rule in multiplied_scales(instrument):
        columns = {"n": complete_column(rule.code)}
        columns |= {f"s{a}": sum_column(rule.code, a) for a in places(rule)}
        columns |= {
            f"p{a}{b}": product_column(rule.code, a, b)
            for a in places(rule)
            for b in places(rule)
            if a <= b
        }
        complete = (splits[columns["n"]] > 0).to_numpy()
        nothing = np.zeros(int(complete.sum()), dtype="int64")
        found = {
            name: splits[columns[name]].to_numpy()[complete] if name in columns else nothing
            for name in ("n", *SUM_COLUMNS, *PRODUCT_COLUMNS)
        }
        stacked.append(place[complete].assign(scale=rule.code, items=len(rule.terms), **found))
    if not stacked:
        return place.iloc[:0]
    return summed(pd.concat(stacked, ignore_index=True), ["n", *SUM_COLUMNS, *PRODUCT_COLUMNS])
