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
from metrics.metric import KEYS, RESULT_VALUES, Method, Metric, Reason, Results, ValueState
from metrics.publish import COUNTED, INDICATIVE_BELOW, INDICATIVE_HALF_WIDTH, UNDOUBTED

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
        sources = module.METRIC.frame.removeprefix("results:").split(",")
        if all(name in given for name in sources):
            found = module.derive({name: given[name].frame for name in sources}, nodes)
            profile = given[sources[0]].profile
            given[module.METRIC.id] = Results(
                module.METRIC, profile, _published(found, module.METRIC)
            )
    return [given[name] for name in catalog() if name in given]


def _published(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """KEYS and RESULT_VALUES of derived figures: their state, and whether they are indicative."""
    hidden = frame["reason"].isin(_HIDING).to_numpy()
    value = frame["value"].astype(float)
    zero = (value == 0) & (metric.unit in COUNTED)
    states = [hidden, value.isna(), zero]
    names = [ValueState.SUPPRESSED, ValueState.NOT_REPORTED, ValueState.ZERO]
    state = np.select(states, [name.value for name in names], ValueState.VALUE.value)
    n = frame["n"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    width = (frame["high"].astype(float) - frame["low"].astype(float)) / 2
    few = (n < INDICATIVE_BELOW) | (width > INDICATIVE_HALF_WIDTH.get(metric.unit, np.inf))
    frame = frame.assign(
        state=pd.Categorical(state, [name.value for name in ValueState]),
        coverage=frame["coverage"].astype(float) if "coverage" in frame else np.nan,
        p=frame["p"].astype(float).mask(hidden) if "p" in frame else np.nan,
        p_adjusted=np.nan,
        indicative=(few & value.notna() & (metric.unit not in UNDOUBTED)).to_numpy(),
        method=pd.Categorical(frame["method"].astype(object), [name.value for name in Method]),
        reason=pd.Categorical(frame["reason"].astype(object), [name.value for name in Reason]),
    )
    for name in ("n", "numerator", "denominator"):
        frame[name] = frame[name].astype("Float64").mask(hidden).astype("Int64")
    frame["projects"] = frame["projects"].astype("Int64").mask(hidden)
    return frame[[*KEYS, *RESULT_VALUES]].reset_index(drop=True)
