"""Change of the same people: published values, second implementations, and awkward people."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_statsmodels

from metrics.evaluate import evaluate
from metrics.statistics.change import (
    group_effects,
    mcnemar,
    paired_difference,
    paired_effects,
    paired_shares,
    small_sample_factor,
    standardised_change,
    standardised_difference,
)
from metrics.statistics.ranks import STEPS, end_rank, typical_changes
from tests.metrics.small import figure, small

# Darwin's maize, crossed minus self-fertilised, eighths of an inch (Fisher 1935).
MAIZE = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])
# R's sleep, extra hours in tenths under the two drugs (Student 1908).
SLEEP = np.array([7, -16, -2, -12, -1, 34, 37, 8, 0, 20]) - np.array(
    [19, 8, 11, 1, -1, 44, 55, 16, 46, 34]
)


def whole(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def moments(*people: np.ndarray, at: list[int] | None = None) -> pd.DataFrame:
    """One row a project with the moments of its people's changes; all in figure 0."""
    return pd.DataFrame(
        {
            "figure": at or [0] * len(people),
            "n": [len(x) for x in people],
            "total": [int(x.sum()) for x in people],
            "squares": [int((x * x).sum()) for x in people],
        }
    )


def counted(*people: np.ndarray, at: list[int] | None = None) -> pd.DataFrame:
    """One row a project with its people counted by their change in steps; all in figure 0."""
    tables = [dict(zip(*np.unique(x, return_counts=True), strict=True)) for x in people]
    rows = pd.DataFrame([{f"d{step}": n for step, n in table.items()} for table in tables])
    return rows.fillna(0).astype(np.int64).assign(figure=at or [0] * len(people))


# --- standardised change ------------------------------------------------------------------------


def test_the_factor_for_small_samples_is_hedges_table():
    # Hedges 1981, table 1: 2 .5642, 3 .7236, 10 .9228, 50 .9849; one degree of freedom has none.
    found = small_sample_factor(np.array([2.0, 3.0, 10.0, 50.0, 1.0]))
    assert found[:4] == pytest.approx([0.5642, 0.7236, 0.9228, 0.9849], abs=6e-5)
    assert np.isnan(found[4])


@pytest.mark.parametrize("people", [MAIZE, SLEEP])
def test_d_z_and_its_interval_equal_scipys_noncentral_t(people):
    found = standardised_change(*(whole(int(v)) for v in moments(people).iloc[0, 1:]))
    n, t = len(people), people.mean() / people.std(ddof=1) * np.sqrt(len(people))
    assert found.value[0] == pytest.approx(t / np.sqrt(n) * small_sample_factor(n - 1.0))
    for end, probability in ((found.low[0], 0.975), (found.high[0], 0.025)):
        # The end is the noncentrality at which what was seen has this probability.
        assert stats.nct.cdf(t, n - 1, end * np.sqrt(n)) == pytest.approx(probability, abs=1e-6)


def test_p_of_one_project_is_the_paired_t():
    # Darwin: t 2.148, p .0497; sleep: t -4.0621, p .002833 (published).
    found = paired_effects(moments(MAIZE, SLEEP, at=[0, 1]))
    assert found["p"].tolist() == pytest.approx([0.0497, 0.002833], abs=5e-5)
    assert found["p"][1] == pytest.approx(stats.ttest_1samp(SLEEP, 0).pvalue)
    assert found["method"].tolist() == ["noncentral_t", "noncentral_t"]


def test_several_projects_are_the_mean_of_theirs_with_t_over_projects():
    people = [MAIZE, SLEEP, np.arange(-4, 8)]
    found = paired_effects(moments(*people)).iloc[0]
    own = [paired_effects(moments(x))["value"][0] for x in people]
    test = stats.ttest_1samp(own, 0)
    assert found["value"] == pytest.approx(np.mean(own))
    assert found["p"] == pytest.approx(test.pvalue)
    ends = test.confidence_interval()
    assert (found["low"], found["high"]) == pytest.approx((ends.low, ends.high))
    assert (found["n"], found["projects"], found["method"]) == (37, 3, "cluster_mean")


def test_few_pairs_and_equal_changes_are_refused_with_their_number():
    nine, same = MAIZE[:9], np.full(12, 5)
    found = paired_effects(moments(nine, same, whole(3), whole(3, 4), at=[0, 1, 2, 3]))
    assert found["value"].isna().all()
    assert found["p"].isna().all()
    assert found["n"].tolist() == [9, 12, 1, 2]
    assert found["reason"].tolist() == [
        "too_few_pairs", "no_variance", "too_few_pairs", "too_few_pairs"
    ]  # fmt: skip


def test_difference_of_two_groups_is_hedges_g():
    # By hand: 1 2 3 and 3 4 5: 2 / 1 * J(4), J(4) = .7979 (Hedges 1981).
    first, second = (whole(3), whole(6), whole(14)), (whole(3), whole(12), whole(50))
    found = standardised_difference(first, second)
    assert found.value[0] == pytest.approx(2 * 0.7979, abs=1e-4)
    assert found.low[0] < 0 < found.value[0] < found.high[0]
    mirrored = standardised_difference(second, first)
    assert mirrored.low[0] == pytest.approx(-found.high[0])


def test_nobody_lost_leaves_no_difference_to_estimate():
    sides = {"first_n": [8], "first_total": [9], "first_squares": [20]}
    rows = pd.DataFrame(
        {"figure": [0], **sides, "second_n": [0], "second_total": [0], "second_squares": [0]}
    )
    found = group_effects(rows).iloc[0]
    assert (found["reason"], found["n"]) == ("not_estimable", 0)


# --- shares -------------------------------------------------------------------------------------


def test_mcnemar_has_no_correction():
    # Agresti: approval 794/150/86/570: 17.356; 34.71 in copied output is twice that.
    p = mcnemar(whole(86), whole(150))
    assert p[0] == pytest.approx(stats.chi2.sf(17.356, 1), rel=2e-3)
    assert p[0] == pytest.approx(
        mcnemar_of_statsmodels([[794, 150], [86, 570]], exact=False, correction=False).pvalue
    )


@pytest.mark.parametrize(("gained", "lost"), [(3, 9), (0, 5), (12, 12), (1, 0)])
def test_few_who_crossed_are_tested_exactly(gained, lost):
    expected = stats.binomtest(gained, gained + lost).pvalue
    assert mcnemar(whole(gained), whole(lost))[0] == pytest.approx(expected)


def test_nobody_crossing_tests_nothing():
    assert np.isnan(mcnemar(whole(0), whole(0))[0])


def test_paired_difference_covers_what_it_says():
    # Every outcome of 20 pairs with shares .5 before and .65 after, weighted by its chance.
    chances = np.array([0.4, 0.25, 0.1, 0.25])
    n = 20
    cells = np.array([c for c in product(range(n + 1), repeat=3) if sum(c) <= n])
    cells = np.column_stack([cells, n - cells.sum(axis=1)])
    weight = stats.multinomial.pmf(cells, n, chances)
    found = paired_difference(*cells.T)
    covered = (found.low <= 0.15) & (found.high >= 0.15)
    assert 0.94 <= weight[covered].sum() <= 0.975


def test_paired_difference_by_hand_without_correlation():
    # 2 of 10 gained, nobody lost: no correlation; Wilson 2/10 .0567-.5098, 0/10 0-.2775.
    found = paired_difference(whole(0), whole(2), whole(0), whole(8))
    low = 0.2 - np.hypot(0.2 - 0.0567, 0.2775)
    assert (found.value[0], found.low[0]) == pytest.approx((0.2, low), abs=2e-4)
    assert found.high[0] == pytest.approx(0.5098, abs=2e-4)


def test_shares_of_several_projects_add_people_up():
    rows = pd.DataFrame(
        {"figure": [0, 0], "both": [5, 6], "gained": [3, 5], "lost": [1, 1], "neither": [3, 3]}
    )
    found = paired_shares(rows).iloc[0]
    # (3 + 5 - 1 - 1) / 27 pairs; residuals of two projects: 2/12 and 4/15 around 6/27.
    assert found["value"] == pytest.approx(100 * 6 / 27)
    assert (found["n"], found["projects"]) == (27, 2)
    # Residual 2 - 12 * 6/27 = -2/3 and its opposite: variance 2 * 2 * (2/3)**2 / 27**2.
    half = 12.7062 * 100 * np.sqrt(2 * 2 * (2 / 3) ** 2) / 27
    assert found["high"] == pytest.approx(100 * 6 / 27 + half, abs=0.01)


# --- typical change -----------------------------------------------------------------------------


def means_of_two(x: np.ndarray) -> np.ndarray:
    return np.sort([(x[i] + x[j]) / 2 for i in range(len(x)) for j in range(i, len(x))])


def test_typical_change_of_darwins_maize():
    found = typical_changes(counted(MAIZE)).iloc[0]
    means = means_of_two(MAIZE)
    # The 26th mean from either end, Hollander & Wolfe's table for 15; p .0413, W 24 (published).
    assert found["value"] == pytest.approx(100 * np.median(means) / STEPS)
    assert found["low"] == pytest.approx(100 * means[25] / STEPS)
    assert found["high"] == pytest.approx(100 * means[-26] / STEPS)
    assert found["p"] == pytest.approx(0.0413, abs=5e-5)
    assert found["p"] == pytest.approx(stats.wilcoxon(MAIZE, method="exact").pvalue)


def test_the_ranks_that_end_the_interval():
    # Hollander & Wolfe, table A.4, two-sided 5 %: n 6: 1, n 10: 9, n 15: 26; below 6 there is none.
    assert end_rank(whole(6, 10, 15)).tolist() == [1, 9, 26]
    assert np.isnan(end_rank(whole(0, 1, 5))).all()
    # The normal ranks go on where the exact ones end.
    assert np.diff(end_rank(np.arange(45, 56))).min() > 0


@pytest.mark.parametrize("seed", range(6))
def test_ties_and_zeros_are_counted_out_exactly(seed):
    x = np.random.default_rng(seed).integers(-3, 5, 12)
    x[:2] = (1, -2)
    found = typical_changes(counted(x)).iloc[0]
    assert found["value"] == pytest.approx(100 * np.median(means_of_two(x)) / STEPS)
    nonzero = x[x != 0]
    ranks = stats.rankdata(np.abs(nonzero))
    signs = np.array(list(product([0, 1], repeat=len(nonzero))))
    sums, seen = signs @ ranks, ranks[nonzero > 0].sum()
    least = min((sums <= seen + 1e-9).mean(), (sums >= seen - 1e-9).mean())
    assert found["p"] == pytest.approx(min(1, 2 * least))


def test_many_changes_take_the_normal_rule_with_ties():
    x = np.random.default_rng(4).integers(-4, 7, 60)
    expected = stats.wilcoxon(x, zero_method="wilcox", method="approx", correction=True).pvalue
    assert typical_changes(counted(x))["p"][0] == pytest.approx(expected)


def test_typical_change_without_enough_or_without_any():
    found = typical_changes(counted(MAIZE[:9], np.zeros(12, dtype=int), whole(4), at=[0, 1, 2]))
    assert found["reason"].tolist() == ["too_few_pairs", "no_variance", "too_few_pairs"]
    assert found["n"].tolist() == [9, 12, 1]
    assert found["value"][1] == 0
    assert np.isnan(found["p"][1])


def test_people_of_one_project_count_as_alike():
    # Eight projects whose people all share their project's luck: ranks of 160 single people find
    # "change" in most draws; sums of signs over projects in about 5 of 100.
    rng = np.random.default_rng(8)
    people = [np.rint(rng.normal(luck, 6, 20)).astype(int) for luck in rng.normal(0, 8, 200 * 8)]
    together = [np.concatenate(people[8 * at : 8 * at + 8]) for at in range(200)]
    clustered = typical_changes(counted(*people, at=list(np.repeat(range(200), 8))))["p"]
    naive = typical_changes(counted(*together, at=list(range(200))))["p"]
    assert (naive < 0.05).sum() > 80
    assert (clustered < 0.05).sum() <= 16


# --- through the sheet --------------------------------------------------------------------------


def test_the_three_changes_of_a_project_are_read_off_its_frames():
    unit = 24 * 5000
    # Twelve pairs: eight rose by one step of 24, three stayed, one fell by two.
    changes = {1: 8, 0: 3, -2: 1}
    steps = [("CAPA", d * unit // 24, n) for d, n in changes.items()]
    total = sum(d * n for _, d, n in steps)
    squares = sum(d * d * n for _, d, n in steps)
    series = (1, "benefit@1", "baseline", "end")
    frames = small(
        paired_moments=[(*series, "RES", "CAPA", 12, total, squares, unit)],
        paired_differences=[(*series, *step, unit) for step in steps],
        paired_choices=[(*series, "CAPA1", *cell) for cell in [(0, 1, 7), (1, 0, 1), (1, 1, 4)]],
        respondents=[(1, "benefit@1", "end", "P0", "RES", 12, 20)],
    )
    only = ["change_effect", "change_typical", "change_share"]
    found = {each.metric.id: figure(each.frame, level="project") for each in evaluate(frames, only)}
    x = np.repeat([1, 0, -2], [8, 3, 1])
    assert found["change_effect"]["value"] == pytest.approx(
        x.mean() / x.std(ddof=1) * small_sample_factor(np.array(11.0))
    )
    # Most means of two are half a step or one step: the median is 1, as 8 of 12 rose by one.
    assert found["change_typical"]["value"] == pytest.approx(100 / 24 * np.median(means_of_two(x)))
    assert found["change_share"]["value"] == pytest.approx(100 * (7 - 1) / 12)
    assert found["change_share"]["p"] == pytest.approx(stats.binomtest(7, 8).pvalue)
    assert {row["n"] for row in found.values()} == {12}
