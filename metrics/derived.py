"""Figures that are read off protected figures, and so cannot say more than what is shown.

A metric whose frame is ``results:<id>,<id>`` has one function,
``derive(results, nodes) -> DataFrame``: results are the protected figures of the metrics that it
names, by id (KEYS and RESULT_VALUES); nodes say which projects belong to which entity
(`metrics.frames`). It returns KEYS and ESTIMATE_VALUES, and coverage where it knows it.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from metrics.catalog import catalog
from metrics.fold import among
from metrics.metric import KEYS, RESULT_VALUES, Metric, Reason, Results, ValueState
from metrics.publish import (
    COUNTED,
    INDICATIVE_BELOW,
    INDICATIVE_HALF_WIDTH,
    METHODS,
    REASONS,
    UNDOUBTED,
    renamed,
    state_of,
    whole,
)
from metrics.unsafe import floats

#: Reasons for which a derived figure is hidden rather than not there.
_HIDING = [Reason.TOO_FEW, Reason.PROTECTS_ANOTHER, Reason.UNANIMOUS, Reason.HIDDEN_PARTS]


def derived(
    results: list[Results], nodes: pd.DataFrame, only: Collection[str] | None = None
) -> list[Results]:
    """The protected figures and those that are read off them, in the order of the catalog.

    Called by `metrics.judge`, once for each profile. A metric is left out when ``only`` does not
    name it, and when one of its sources is not among the results.
    """
    given = {found.metric.id: found for found in results}
    for name, module in catalog().items():
        if not hasattr(module, "derive") or (only is not None and name not in only):
            continue
        sources = sources_of(module.METRIC)
        if all(name in given for name in sources):
            found = module.derive({name: given[name].frame for name in sources}, nodes)
            profile = given[sources[0]].profile
            given[module.METRIC.id] = Results(
                module.METRIC, profile, _published(found, module.METRIC)
            )
    return [given[name] for name in catalog() if name in given]


def sources_of(metric: Metric) -> list[str]:
    """The ids of what a metric is read off; none for one that is judged from a frame."""
    names = metric.frame.removeprefix("results:")
    return [] if names == metric.frame else names.split(",")


def _published(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """KEYS and RESULT_VALUES of derived figures: their state, and whether they are indicative."""
    hidden = among(frame["reason"], _HIDING)
    value, n = floats(frame["value"]), floats(frame["n"])
    states = {
        ValueState.SUPPRESSED: hidden,
        ValueState.NOT_REPORTED: np.isnan(value),
        ValueState.ZERO: (value == 0) & (metric.unit in COUNTED),
    }
    width = (floats(frame["high"]) - floats(frame["low"])) / 2
    few = (n < INDICATIVE_BELOW) | (width > INDICATIVE_HALF_WIDTH.get(metric.unit, np.inf))
    nothing = np.full(len(frame), np.nan)
    counted = ("n", "numerator", "denominator", "projects")
    result = {name: frame[name].array for name in (*KEYS, "value", "low", "high")} | {
        "state": state_of(states),
        "coverage": floats(frame["coverage"]) if "coverage" in frame else nothing,
        "p": np.where(hidden, np.nan, floats(frame["p"])) if "p" in frame else nothing,
        "p_adjusted": nothing,
        "indicative": few & ~np.isnan(value) & (metric.unit not in UNDOUBTED),
        "method": renamed(frame["method"], METHODS),
        "reason": renamed(frame["reason"], REASONS),
        **{name: whole(np.where(hidden, np.nan, floats(frame[name]))) for name in counted},
    }
    return pd.DataFrame({name: result[name] for name in (*KEYS, *RESULT_VALUES)}, copy=False)
