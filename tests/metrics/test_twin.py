"""The fast way and the slow twin agree on every figure of an awkward portfolio."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics.catalog import metrics
from metrics.derived import derived
from metrics.evaluate import evaluate
from metrics.metric import KEYS, Estimates, Metric, Profile, Results
from metrics.publish import COUNTED
from survey.instrument import instruments
from tests.metrics.raw import folded, portfolio
from tests.metrics.slow_changes import CHANGES
from tests.metrics.slow_derived import DERIVED
from tests.metrics.slow_durations import DURATIONS
from tests.metrics.slow_logs import LOGS
from tests.metrics.slow_networks import NETWORKS
from tests.metrics.slow_ratings import RATINGS
from tests.metrics.slow_registers import JUDGED
from tests.metrics.slow_scales import COMPARED, SCALES
from tests.metrics.slow_twin import twin

#: What is left of sums of floats in another order; values go up to 100.
EXACT = 1e-7


#: What this twin recomputes, and what is read off it.
FIRST = {
    "process_quality", "process_change", "right_amount", "response_rate", "dont_know_rate",
    "proposals_taken_up", "participation", "balanced_leadership", "benefit_share",
    "drawback_share", "recommendation", "outcome_score", "paired_change",
}  # fmt: skip
READ_OFF = {"representativeness", "benefit_minimum"}
#: Metrics that have no twin over a portfolio, and why.
WITHOUT_TWIN = {
    "phase_coverage": "it counts which other figures are there; its own tests do so by hand",
    "process_outcome": "from ten projects on only; tests of contrasts hold it to scipy's Spearman",
}


def test_every_metric_has_a_slow_twin():
    twins = [
        FIRST,
        READ_OFF,
        JUDGED,
        {"reach"},
        DURATIONS,
        LOGS,
        NETWORKS,
        SCALES,
        COMPARED,
        CHANGES,
    ]
    # The halves are in test_twin_halves.
    twins += [DERIVED, RATINGS, {"process_outcome_halves"}, WITHOUT_TWIN]
    # The slow one of these two is in their own tests.
    twins += [{"item_dif", "item_dif_language"}]
    assert sorted(name for each in twins for name in each) == sorted(metrics())


def slow_twin(raw, known):
    return twin(
        raw.responses,
        raw.collections,
        raw.nodes,
        raw.participation,
        raw.affected,
        raw.proposals,
        raw.area_tree,
        known,
    )


def compare(fast: pd.DataFrame, slow: pd.DataFrame, metric: Metric) -> None:
    """Nothing; fails unless both have the same figures with the same values."""
    fast = fast.astype({name: str for name in KEYS if name != "entity"})
    both = fast.merge(
        slow[slow["metric"] == metric.id], on=KEYS, how="outer", suffixes=("", "_slow"),
        indicator=True,
    )  # fmt: skip
    odd = both[both["_merge"] != "both"]
    assert odd.empty, f"{metric.id}\n{odd.head().to_string()}"
    assert len(both) > 5, f"{metric.id} has too little to compare"
    for column in ("value", "low", "high", "n"):
        np.testing.assert_allclose(
            both[column].astype(float),
            both[f"{column}_slow"].astype(float),
            atol=EXACT if column != "n" else 0,
            rtol=0,
            err_msg=f"{metric.id} {column}",
        )


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_equals_the_slow_twin(seed):
    known = instruments()
    raw = portfolio(seed, known)
    slow = slow_twin(raw, known)
    assert set(slow["metric"]) >= FIRST
    for estimates in evaluate(folded(raw, known), FIRST, known):
        frame = estimates.frame
        compare(frame[frame["value"].notna()], slow, estimates.metric)


def test_what_is_derived_equals_the_slow_twin_where_nothing_is_hidden():
    known = instruments()
    raw = portfolio(4, known)
    slow = slow_twin(raw, known)
    frames = folded(raw, known)
    given = [as_shown(each) for each in evaluate(frames, FIRST, known)]
    found = {each.metric.id: each for each in derived(given, frames.nodes)}
    closeness = found["representativeness"]
    compare(closeness.frame[closeness.frame["value"].notna()], slow, closeness.metric)
    least = found["benefit_minimum"].frame.astype({"level": str, "instrument": str, "wave": str})
    groups = slow[slow["metric"] == "benefit_minimum"]
    both = least.merge(groups, on=KEYS, how="left", suffixes=("", "_slow"))
    np.testing.assert_allclose(both["value"], both["value_slow"], rtol=0, atol=EXACT)
    entity = ["instrument", "level", "entity", "wave"]
    smallest = groups.groupby(entity)["value"].min()
    assert len(smallest) == len(least)
    np.testing.assert_allclose(
        least.set_index(entity)["value"].sort_index(), smallest.sort_index(), rtol=0, atol=EXACT
    )


def as_shown(estimates: Estimates) -> Results:
    """Estimates as if the gate had nothing to hide: only for judging what is derived from them."""
    value = estimates.frame["value"]
    states = np.where(value.isna(), "not_reported", "value")
    counted = estimates.metric.unit in COUNTED
    state = np.where(counted & (value == 0), "zero", states)
    return Results(estimates.metric, Profile.INSIDE, estimates.frame.assign(state=state))
