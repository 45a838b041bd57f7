"""Which project figures may not be shown for their own sake, whatever stands beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import Reason, Unit

Marks = NDArray[np.bool_]

#: Below this many people a figure may not say the same of all (but one) of them.
SMALL_GROUP = 20

_ENDS = {Unit.POINTS: (0.0, 100.0), Unit.SCORE: (-100.0, 100.0)}
_NEAR = 1e-9
#: Of a 95 % normal interval.
_Z = 1.959963984540054


def unsafe(frame: pd.DataFrame, unit: Unit, frame_name: str, minimum: int) -> Marks:
    """Rows that may not be shown for their own sake."""
    value, n = floats(frame["value"]), floats(frame["n"])
    few = (n > 0) & (n < minimum)
    if unit is Unit.COUNT:
        return few
    if frame_name == "respondents":
        invited = floats(frame["denominator"])
        return few | ((invited > 0) & (invited < minimum))
    if unit is Unit.SHARE:
        yes, spare = value * n, _spare(frame)
        alike = (yes <= spare + _NEAR) | (n - yes <= spare + _NEAR)
        return few | ((n > 0) & (n < SMALL_GROUP) & alike)
    low, high = _ENDS.get(unit, (-np.inf, np.inf))
    alike = (value <= low + _NEAR) | (value >= high - _NEAR)
    width = floats(frame["high"]) - floats(frame["low"])
    bare = (frame["reason"] == Reason.NO_VARIANCE.value).to_numpy()
    alike |= (width <= _NEAR) | (bare & (n > 1))
    if unit in _ENDS:
        alike |= (n < SMALL_GROUP) & _all_but_one(value, width, n, low, high)
    return few | ((n > 0) & alike)


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
    return column.to_numpy(dtype=float, na_value=np.nan)
