"""The shared estimators against published values, hand sums and exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.statistics import (
    cluster_mean,
    cluster_ratio,
    difference_of_means,
    mean,
    moment_variance,
    recommendation,
    wilson,
)
from metrics.statistics.intervals import mean_difference, t_quantile

FREE = (-np.inf, np.inf)


def whole(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return whole(len(x)), whole(x.sum()), whole((x * x).sum())


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe 1998, table I, method 3 (Wilson without continuity correction).
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_newcombes_intervals(successes, n, low, high):
    found = wilson(whole(successes), whole(n))
    assert found.value[0] == successes / n
    assert found.low[0] == pytest.approx(low, abs=5e-5)
    assert found.high[0] == pytest.approx(high, abs=5e-5)


def test_wilson_ends_exactly_at_nobody_and_everybody():
    found = wilson(whole(0, 7, 0), whole(7, 7, 0))
    assert found.low[0] == 0.0
    assert found.high[1] == 1.0
    assert np.isnan([found.value[2], found.low[2], found.high[2]]).all()


def test_wilson_equals_scipy():
    for successes, n in ((3, 11), (35, 40), (6, 35)):
        expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
        found = wilson(whole(successes), whole(n))
        assert (found.low[0], found.high[0]) == pytest.approx((expected.low, expected.high))


def test_t_quantiles_equal_the_printed_table():
    # Student's table, two-sided 5 %: 1, 2, 9, 30 degrees of freedom; and 17.776 as in R's sleep.
    assert t_quantile(np.array([1.0, 2.0, 9.0, 30.0])) == pytest.approx(
        [12.7062, 4.3027, 2.2622, 2.0423], abs=5e-5
    )
    assert t_quantile(np.array([17.776]))[0] == pytest.approx(stats.t.ppf(0.975, 17.776))


# Darwin's maize, crossed minus self-fertilised, eighths of an inch (Fisher 1935).
MAIZE = np.array([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])


def test_paired_interval_of_darwins_maize():
    found = mean_difference(*moments(MAIZE), whole(100))
    # mean 20.933, t 2.148 (published): half width t(.975; 14) * 20.933 / 2.148.
    assert found.value[0] == pytest.approx(20.933, abs=5e-4)
    assert found.high[0] - found.value[0] == pytest.approx(2.1448 * 20.933 / 2.148, abs=0.01)


SLEEP = (
    np.array([7, -16, -2, -12, -1, 34, 37, 8, 0, 20]),
    np.array([19, 8, 11, 1, -1, 44, 55, 16, 46, 34]),
)


def test_paired_interval_of_sleep():
    # R: t.test(extra ~ group, paired = TRUE): -1.58, -2.459886 to -0.7001142 (tenths of hours).
    found = mean_difference(*moments(SLEEP[0] - SLEEP[1]), whole(1000))
    assert (found.value[0], found.low[0], found.high[0]) == pytest.approx(
        (-1.58, -2.459886, -0.7001142), abs=1e-6
    )


def test_independent_interval_of_sleep():
    # R: t.test(extra ~ group): -3.3654832 to 0.2054832, df 17.776 (later minus earlier: signs).
    found = difference_of_means(moments(SLEEP[0]), moments(SLEEP[1]), whole(1000))
    assert (found.value[0], found.low[0], found.high[0]) == pytest.approx(
        (1.58, -0.2054832, 3.3654832), abs=1e-6
    )


def test_difference_is_undefined_where_a_side_is():
    alone, none, same = (whole(1), whole(5), whole(25)), (whole(0),) * 3, moments(whole(4, 4, 4))
    assert np.isnan(difference_of_means(none, same, whole(10)).value[0])
    assert np.isnan(difference_of_means(alone, moments(MAIZE), whole(100)).low[0])
    assert np.isnan(difference_of_means(same, same, whole(10)).low[0])
    # One side without variance is still a comparison with the other.
    assert not np.isnan(difference_of_means(same, moments(MAIZE), whole(100)).low[0])


def test_mean_by_hand():
    # 40, 50, 60 points: mean 50, s 10, t(.975; 2) 4.3027: 50 -+ 24.84.
    found = mean(*moments(whole(40, 50, 60)), whole(100))
    assert (found.value[0], found.low[0], found.high[0]) == pytest.approx(
        (50, 25.1586, 74.8414), abs=1e-4
    )


def test_mean_is_cut_to_what_the_scale_can_show():
    found = mean(*moments(whole(95, 100)), whole(100))
    assert found.high[0] == 100.0
    assert found.low[0] == pytest.approx(97.5 - 12.7062 * 2.5, abs=1e-3)


def test_a_mean_of_one_or_of_equals_has_no_interval():
    found = mean(whole(0, 1, 3), whole(0, 80, 240), whole(0, 6400, 19200), whole(100, 100, 100))
    assert np.isnan(found.value[0])
    assert found.value[1:].tolist() == [80, 80]
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()


@given(st.lists(st.integers(0, 120_000), min_size=2, max_size=40), st.integers(0, 10_000))
def test_variance_of_moments_is_exact(values, repeats):
    x = np.array(values * (1 + repeats % 3), dtype=np.int64)
    n, total = len(x), int(x.sum())
    exact = Fraction(n * int((x * x).sum()) - total * total, n * (n - 1))
    assert moment_variance(*moments(x))[0] == pytest.approx(float(exact), rel=1e-12)


def test_variance_survives_answers_far_from_zero():
    # A million answers of 100,000 but one of 99,999: n*squares - total**2 cancels 16 digits.
    n = 1_000_000
    total, squares = n * 100_000 - 1, (n - 1) * 100_000**2 + 99_999**2
    exact = Fraction(n * squares - total * total, n * (n - 1))
    found = moment_variance(whole(n), whole(total), whole(squares))[0]
    assert found == pytest.approx(float(exact), rel=1e-9)


def test_variance_of_equals_is_exactly_zero():
    n = 123_457
    assert moment_variance(whole(n), whole(n * 99_991), whole(n * 99_991**2))[0] == 0.0


def test_recommendation_by_hand():
    # 10 answers, 5 promoters, 2 detractors: 30; variance (5+2)/10 - .3**2 = .61; se sqrt(.061).
    found = recommendation(whole(10), whole(5), whole(2))
    assert found.value[0] == 30
    assert found.low[0] == pytest.approx(30 - 1.959964 * 100 * 0.061**0.5, abs=1e-4)
    assert found.high[0] == pytest.approx(30 + 1.959964 * 100 * 0.061**0.5, abs=1e-4)


def test_recommendation_is_clipped_and_undefined_when_unanimous():
    found = recommendation(whole(4, 6, 0), whole(3, 6, 0), whole(0, 0, 0))
    assert found.high[0] == 100.0
    assert np.isnan(found.low[1:]).all()
    assert found.value[1] == 100
    assert np.isnan(found.value[2])


def test_cluster_mean_by_hand():
    # Projects at 40, 50, 60: the same sum as of three people; projects weigh the same.
    found = cluster_mean(whole(0, 0, 0, 1), np.array([40.0, 50.0, 60.0, 7.0]), 3, FREE)
    assert found.projects.tolist() == [3, 1, 0]
    assert found.interval.value[:2].tolist() == [50, 7]
    assert found.interval.high[0] == pytest.approx(74.8414, abs=1e-4)
    assert np.isnan(found.interval.low[1:]).all()
    assert np.isnan(found.interval.value[2])


@given(st.floats(-1e3, 1e3), st.integers(2, 30))
def test_projects_with_one_value_have_no_variance(value, projects):
    found = cluster_mean(np.zeros(projects, dtype=np.int64), np.full(projects, value), 1, FREE)
    assert found.interval.value[0] == value
    assert np.isnan(found.interval.low[0])


def test_cluster_ratio_by_hand():
    # 5/10, 3/10, 4/20: p 12/40; residuals 2, 0, -2; variance 3/2 * 8 / 40**2 = .0075.
    found = cluster_ratio(whole(0, 0, 0), whole(5, 3, 4), whole(10, 10, 20), 1, FREE)
    assert found.interval.value[0] == 0.3
    assert found.interval.high[0] == pytest.approx(0.3 + 4.30265 * 0.0075**0.5, abs=1e-5)


def test_cluster_ratio_of_equal_shares_has_no_interval():
    found = cluster_ratio(whole(0, 0, 1), whole(1, 3, 2), whole(3, 9, 5), 2, FREE)
    assert found.interval.value.tolist() == pytest.approx([1 / 3, 0.4])
    assert np.isnan(found.interval.low).all()


def test_cluster_ratio_equals_statsmodels():
    # The ratio is the slope of a weighted regression on a constant; cluster-robust with J/(J-1).
    import statsmodels.api as sm

    above, below = whole(5, 3, 4, 9), whole(10, 11, 20, 13)
    answers = np.concatenate(
        [np.r_[np.ones(a), np.zeros(b - a)] for a, b in zip(above, below, strict=True)]
    )
    cluster = np.repeat(np.arange(4), below)
    fit = sm.OLS(answers, np.ones(len(answers))).fit()
    robust = fit.get_robustcov_results("cluster", groups=cluster, use_correction=False, use_t=True)
    error = robust.bse[0] * (4 / 3) ** 0.5
    found = cluster_ratio(whole(0, 0, 0, 0), above, below, 1, FREE)
    half = (found.interval.high[0] - found.interval.low[0]) / 2
    assert half == pytest.approx(stats.t.ppf(0.975, 3) * error)
