"""Estimates to Results: the five states, what is indicative, and the public's rounding."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.disclosure import HIDDEN
from metrics.fold import among, coded_names
from metrics.metric import (
    KEYS,
    RESULT_VALUES,
    About,
    Estimates,
    Method,
    Profile,
    Reason,
    Results,
    Unit,
    ValueState,
)
from metrics.unsafe import floats

#: A figure from fewer people than this, or with a wider interval, is indicative only.
INDICATIVE_BELOW = 30
INDICATIVE_HALF_WIDTH = {Unit.POINTS: 15, Unit.CHANGE: 15, Unit.SHARE: 0.15, Unit.SCORE: 30}

#: Units in which nothing is a number of its own.
COUNTED = (Unit.COUNT, Unit.SHARE, Unit.EUR)
#: Units whose figures do not become doubtful by resting on few.
UNDOUBTED = (Unit.COUNT, Unit.EUR)
#: Reasons that say that the question does not arise.
INAPPLICABLE = [Reason.ONE_ITEM.value, Reason.NOT_ASKED.value]

#: The words of a column, in their order.
STATES, METHODS, REASONS = (
    pd.CategoricalDtype([each.value for each in names]) for names in (ValueState, Method, Reason)
)

#: The public is told numbers of people in multiples of this.
_TOLD = 5

_DECIMALS = {
    Unit.POINTS: 1,
    Unit.CHANGE: 1,
    Unit.SCORE: 1,
    Unit.SHARE: 2,
    Unit.COUNT: 0,
    Unit.COEFFICIENT: 2,
    Unit.EFFECT: 2,
    Unit.EFFECTIVE: 1,
    Unit.RATIO: 2,
    Unit.DAYS: 0,
    Unit.EUR: 0,
}


def published(
    estimates: Estimates, hidden: NDArray[np.bool_], coverage: NDArray[np.float64], profile: Profile
) -> Results:
    """The results of one metric."""
    metric, frame = estimates.metric, estimates.frame
    columns = {
        name: floats(frame[name])
        for name in ("value", "low", "high", "p", "n", "numerator", "denominator")
    }
    value, n = columns["value"], columns["n"]
    rounds = profile is Profile.PUBLIC and metric.about is not About.RECORDS
    if rounds and metric.unit is Unit.COUNT:
        # 1-4 people are neither nobody nor a number that may be told.
        hidden = hidden | ((value > 0) & (value < _TOLD))
    zero = (value == 0) if metric.unit in COUNTED else np.zeros(len(n), dtype=bool)
    states = {
        ValueState.SUPPRESSED: hidden,
        ValueState.NOT_APPLICABLE: among(frame["reason"], INAPPLICABLE),
        ValueState.NOT_REPORTED: np.isnan(value),
        ValueState.ZERO: zero,
    }
    width = (columns["high"] - columns["low"]) / 2
    indicative = (n < INDICATIVE_BELOW) | (width > INDICATIVE_HALF_WIDTH.get(metric.unit, np.inf))
    indicative &= ~hidden & ~np.isnan(value) & (metric.unit not in UNDOUBTED)
    columns["coverage"] = coverage
    if rounds:
        columns = _rounded(columns, metric.unit)
    shown = {name: np.where(hidden, np.nan, values) for name, values in columns.items()}
    shown["projects"] = np.where(hidden, np.nan, floats(frame["projects"]))
    # Made of columns at once: every column that is set on a frame costs it a look at all others.
    result = {name: frame[name].array for name in KEYS} | {
        "state": state_of(states),
        **{name: shown[name] for name in ("value", "low", "high", "p", "coverage")},
        # Known when every test of its family is: `metrics.multiplicity` fills it in.
        "p_adjusted": np.full(len(n), np.nan),
        **{name: whole(shown[name]) for name in ("n", "numerator", "denominator", "projects")},
        "indicative": indicative,
        "method": _unless(hidden, renamed(frame["method"], METHODS), Method.NONE.value),
        "reason": _unless(hidden, renamed(frame["reason"], REASONS), HIDDEN.value),
    }
    columns = {name: result[name] for name in (*KEYS, *RESULT_VALUES)}
    return Results(metric, profile, pd.DataFrame(columns, copy=False))


def state_of(states: Mapping[ValueState, NDArray[np.bool_]]) -> pd.Categorical:
    """The first state that holds of each row; VALUE where none does."""
    codes = [STATES.categories.get_loc(state.value) for state in (*states, ValueState.VALUE)]
    found = np.select(list(states.values()), codes[:-1], codes[-1])
    return pd.Categorical.from_codes(found, dtype=STATES)


def whole(values: NDArray[np.float64]) -> pd.array:
    """Whole numbers, missing where they are NaN."""
    missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(missing, 0, np.round(values)).astype(np.int64), missing)


def renamed(column: pd.Series, words: pd.CategoricalDtype) -> pd.Categorical:
    """The words of a column, with those of a type as its categories."""
    codes, found = coded_names(column)
    place = {word: code for code, word in enumerate(words.categories.tolist())}
    # The last place is that of a word that is missing.
    there = np.array([*(place[each] for each in found), -1], dtype=np.int64)[codes]
    return pd.Categorical.from_codes(there, dtype=words)


def _unless(hidden: NDArray[np.bool_], words: pd.Categorical, name: str) -> pd.Categorical:
    """The same words, with ``name`` where figures are hidden."""
    code = words.categories.get_loc(name)
    return pd.Categorical.from_codes(np.where(hidden, code, words.codes), dtype=words.dtype)


def _rounded(columns: dict[str, NDArray], unit: Unit) -> dict[str, NDArray]:
    """The same figures as the public sees them: people to 5, nothing more precise than needed."""
    rounded = {name: np.round(columns[name], _DECIMALS[unit]) for name in ("value", "low", "high")}
    rounded["p"] = np.round(columns["p"], 3)
    for name in ("n", "numerator", "denominator", *(["value"] if unit is Unit.COUNT else [])):
        nearest = np.floor((columns[name] + 2) / _TOLD) * _TOLD
        few = (columns[name] > 0) & (columns[name] < _TOLD)
        rounded[name] = np.where(few, np.nan, nearest)
    if unit is Unit.EUR:
        # The money is known, so an exact ratio would give the exact number of people back, and the
        # least and greatest of projects are such ratios (Handbook on SDC 2024, 5.7).
        rounded["value"] = np.round(columns["value"] * columns["n"] / rounded["n"])
        rounded["low"] = rounded["high"] = np.full(len(rounded["value"]), np.nan)
    rounded["coverage"] = np.round(columns["coverage"] * 20) / 20
    return rounded
