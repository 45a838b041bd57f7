"""The frames of scores that need no pairing: moments, halves, timing, products of items."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.folding.fold_columns import (
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
_PRODUCTS = ("n", *SUM_COLUMNS, *PRODUCT_COLUMNS)


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
    scales = scales_of(instrument)
    if not scales:
        # A questionnaire that was drafted from a file may have questions and no scale of them.
        nobody = dict.fromkeys(MOMENTS, np.zeros(0, dtype=np.int64))
        return place.iloc[:0].assign(scale=repeated([], []), **nobody, unit=instrument.score_unit)
    scored = [np.flatnonzero(wide[column(scale, "n")].to_numpy() > 0) for scale in scales]
    found = {
        moment: np.concatenate(
            [
                wide[column(scale, moment)].to_numpy()[rows]
                for scale, rows in zip(scales, scored, strict=True)
            ]
        )
        for moment in MOMENTS
    }
    named = repeated(scales, [len(rows) for rows in scored])
    rows = place.take(np.concatenate(scored)).reset_index(drop=True)
    return rows.assign(scale=named, **found, unit=instrument.score_unit)


def repeated(words: Sequence[str], times: Sequence[int]) -> pd.array:
    """Each word so many times, one after the other."""
    return pd.array(list(words), dtype="str").repeat(times)


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
    rules = multiplied_scales(instrument)
    if not rules:
        return place.iloc[:0]
    complete: list[NDArray[np.int64]] = []
    found: dict[str, list[NDArray]] = {name: [] for name in _PRODUCTS}
    for rule in rules:
        columns = {"n": complete_column(rule.code)}
        columns |= {f"s{a}": sum_column(rule.code, a) for a in places(rule)}
        columns |= {
            f"p{a}{b}": product_column(rule.code, a, b)
            for a in places(rule)
            for b in places(rule)
            if a <= b
        }
        rows = np.flatnonzero(splits[columns["n"]].to_numpy() > 0)
        complete.append(rows)
        nothing = np.zeros(len(rows), dtype="int64")
        for name, each in found.items():
            each.append(splits[columns[name]].to_numpy()[rows] if name in columns else nothing)
    times = [len(rows) for rows in complete]
    together = place.take(np.concatenate(complete)).reset_index(drop=True)
    together = together.assign(
        scale=repeated([rule.code for rule in rules], times),
        items=np.repeat([len(rule.terms) for rule in rules], times),
        **{name: np.concatenate(each) for name, each in found.items()},
    )
    return summed(together, list(_PRODUCTS))
