"""Which project figures may not be shown for their own sake, whatever stands beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.fold import among
from metrics.metric import About, Metric, Profile, Reason, Unit

Marks = NDArray[np.bool_]

#: The fewest people a figure may be about.
MINIMUM = {Profile.INSIDE: 5, Profile.PUBLIC: 10}
#: The fewest pupils of a school project; the public is shown none of its own.
PUPILS = {Profile.INSIDE: 10, Profile.PUBLIC: 2**40}

#: Below this many people a figure may not say the same of all (but one) of them.
SMALL_GROUP = 20

#: What a figure is when everybody is at one end.
_ENDS = {Unit.POINTS: (0.0, 100.0), Unit.SCORE: (-100.0, 100.0), Unit.CHANGE: (-100.0, 100.0)}
#: Units whose ends follow from one answer each, so that "all but one" can be told.
_COUNTED_OUT = (Unit.POINTS, Unit.SCORE)
#: What a figure lacks that cannot be computed because everybody is the same.
_BARE = [Reason.NO_VARIANCE.value, Reason.NOT_ESTIMABLE.value]
_NEAR = 1e-9
#: Of a 95 % normal interval.
_Z = 1.959963984540054


def unsafe(frame: pd.DataFrame, metric: Metric, profile: Profile) -> Marks:
    """Rows that may not be shown for their own sake."""
    unit = metric.unit
    value, n = floats(frame["value"]), floats(frame["n"])
    few = (n > 0) & (n < MINIMUM[profile])
    if unit is Unit.COUNT:
        return few
    if metric.frame == "respondents":
        invited = floats(frame["denominator"])
        return few | ((invited > 0) & (invited < MINIMUM[profile]))
    if unit is Unit.SHARE:
        yes, spare = value * n, _spare(frame)
        alike = (yes <= spare + _NEAR) | (n - yes <= spare + _NEAR)
        return few | ((n > 0) & (n < SMALL_GROUP) & alike)
    if unit is Unit.EUR:
        # The money is a project's, in accounts that anybody may read; the figure tells its people.
        return few
    if unit is Unit.DAYS:
        # A median is somebody's own value sooner than a mean is.
        crowd = SMALL_GROUP if profile is Profile.INSIDE else np.inf
        return few | ((n > 0) & (n < crowd))
    low, high = _ENDS.get(unit, (-np.inf, np.inf))
    alike = (value <= low + _NEAR) | (value >= high - _NEAR) | _extreme(value, n, metric)
    width = floats(frame["high"]) - floats(frame["low"])
    bare = among(frame["reason"], _BARE)
    alike |= (width <= _NEAR) | (bare & (n > 1))
    if unit in _COUNTED_OUT:
        alike |= (n < SMALL_GROUP) & _all_but_one(value, width, n, low, high)
    return few | ((n > 0) & alike)


def _extreme(value: NDArray[np.float64], n: NDArray[np.float64], metric: Metric) -> Marks:
    """Whether a figure without a scale of answers says that all people are the same, or that one
    of them is everything."""
    if metric.unit is Unit.COEFFICIENT:
        same = np.abs(value) >= 1 - _NEAR
        return same | ((value <= _NEAR) & (metric.about is About.PARTICIPANTS))
    if metric.unit is Unit.EFFECTIVE:
        return (n < SMALL_GROUP) & ((value <= 1 + _NEAR) | (value >= n - _NEAR))
    if metric.unit is Unit.RATIO:
        return (n < SMALL_GROUP) & (value <= _NEAR)
    return np.zeros(len(value), dtype=bool)


def _all_but_one(
    value: NDArray[np.float64],
    width: NDArray[np.float64],
    n: NDArray[np.float64],
    low: float,
    high: float,
) -> Marks:
    """Whether everybody but at most one person may have given the same answer at an end, or, of
    three possible ones (recommendation), the middle one."""
    n = np.maximum(n, 1)
    step = (high - low) / n
    near_end = (value <= low + step + _NEAR) | (value >= high - step - _NEAR)
    if low == 0:
        return near_end
    # One promoter or detractor among the indifferent: the least variance that moves the score.
    spread = (width / (2 * 100 * _Z)) ** 2 * n
    return near_end | (spread <= (1 / n) * (1 - 1 / n) + _NEAR)


def _spare(frame: pd.DataFrame) -> int:
    """1 where each person gave one answer ("all but one" tells it), 0 where they gave several."""
    denominator = floats(frame["denominator"])
    several = (denominator != floats(frame["n"])) & ~np.isnan(denominator)
    return 0 if several.any() else 1


def floats(column: pd.Series) -> NDArray[np.float64]:
    """A column as doubles, NaN where it is missing."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fi":
        # Without asking each number whether it is there.
        return column.to_numpy(dtype=float)
    return column.to_numpy(dtype=float, na_value=np.nan)
