"""Many tests at once: published p-values, statsmodels, and tests that were never made."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from metrics.catalog import metrics as known
from metrics.metric import Profile, Results
from metrics.multiplicity import TooManyPrimary, adjusted, benjamini_hochberg, holm

# Benjamini & Hochberg 1995, section 4.1: 15 tests of thrombolysis.
THROMBOLYSIS = np.array(
    [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0,
    ]
)  # fmt: skip
ONE = np.zeros(15, dtype=np.int64)


def test_of_fifteen_tests_three_stay_by_holm_and_four_by_benjamini_hochberg():
    assert (15 * THROMBOLYSIS <= 0.05).sum() == 3
    assert (holm(ONE, THROMBOLYSIS) <= 0.05).sum() == 3
    assert (benjamini_hochberg(ONE, THROMBOLYSIS) <= 0.05).sum() == 4


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_both_equal_statsmodels_family_by_family(p, seed):
    rng = np.random.default_rng(seed)
    p, family = np.array(p), rng.integers(0, 3, len(p))
    # multipletests collects garbage at every call, which costs as much as all that is in memory.
    with mock.patch("gc.collect"):
        compare(p, family)


def compare(p: np.ndarray, family: np.ndarray) -> None:
    for rule, name in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        found = rule(family, p)
        for each in np.unique(family):
            expected = multipletests(p[family == each], method=name)[1]
            np.testing.assert_allclose(found[family == each], expected, atol=1e-12)
        assert (found >= p - 1e-15).all()


def results(metric: str, *rows: tuple) -> Results:
    """Figures of a metric: level, entity, part, p, state."""
    frame = pd.DataFrame(rows, columns=["level", "entity", "part", "p", "state"])
    return Results(known()[metric], Profile.INSIDE, frame.assign(p_adjusted=np.nan))


def declared(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["level", "entity", "metric", "part"])


def test_declared_tests_are_held_to_holm_and_the_rest_to_the_false_discovery_rate():
    given_results = [
        results(
            "change_effect",
            ("project", 1, "CAPA", 0.01, "value"),
            ("project", 1, "SERVICE", 0.04, "value"),
            ("project", 2, "CAPA", 0.03, "value"),
        ),
        results(
            "change_share",
            ("project", 1, "NEED", 0.02, "zero"),
            ("project", 1, "REC", 0.03, "value"),
            ("portfolio", 1, "NEED", 0.5, "value"),
        ),
    ]
    primary = declared(
        ("project", 1, "change_effect", ""), ("portfolio", 0, "change_share", "NEED")
    )
    effect, share = adjusted(given_results, primary)
    # Project 1 declared both effects: Holm .02 .04; its shares are two of the rest: BH .03 .03.
    assert effect.frame["p_adjusted"].tolist() == pytest.approx([0.02, 0.04, 0.03])
    assert share.frame["p_adjusted"].tolist() == pytest.approx([0.03, 0.03, 0.5])
    assert effect.metric.id == "change_effect"


def test_what_was_not_tested_or_may_not_be_shown_leaves_the_family():
    given_results = [
        results(
            "change_effect",
            ("project", 1, "A", 0.02, "value"),
            ("project", 1, "B", np.nan, "value"),
            ("project", 1, "C", 0.001, "suppressed"),
            ("project", 1, "D", 0.03, "value"),
        )
    ]
    found = adjusted(given_results, declared())[0].frame["p_adjusted"].to_numpy()
    # Two tests are left: BH .03 .03 (with the missing one counted all would be NaN).
    np.testing.assert_allclose(found, [0.03, np.nan, np.nan, 0.03])


def test_a_sixth_primary_test_is_refused():
    primary = declared(*[("project", 3, "change_effect", part) for part in "ABCDEF"])
    with pytest.raises(TooManyPrimary, match="project 3 declares 6 primary tests; at most 5"):
        adjusted([], primary)


def test_nothing_to_adjust():
    assert adjusted([], declared()) == []
    found = adjusted([results("change_effect")], declared())
    assert found[0].frame.empty
