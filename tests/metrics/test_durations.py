"""Curves of open and ended records against published tables, slow textbooks and statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from metrics.statistics.durations import (
    AT_RISK,
    is_followed,
    life_table,
    limits,
    median_days,
    share_by,
)


def whole(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


# Weeks in remission, 6-MP trial (Freireich et al. 1963): treated (0 where still in remission), and
# placebo, where everybody relapsed.
TREATED = whole(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35)
RELAPSED = whole(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)
PLACEBO = whole(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
BOTH = (
    np.repeat([0, 1], 21),
    np.concatenate([TREATED, PLACEBO]),
    np.concatenate([RELAPSED, np.ones(21, dtype=np.int64)]),
)


def test_the_table_of_the_6mp_trial():
    table = life_table(*BOTH)
    told = (table.figure == 0) & (table.events > 0)
    share, spread = table.after[told], table.spread[told]
    assert table.day[told].tolist() == [6, 7, 10, 13, 16, 22, 23]
    # Published: survival and its standard errors (reference-values.md, 15).
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert share == pytest.approx(expected, abs=5e-5)
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert share * np.sqrt(spread) == pytest.approx(errors, abs=5e-5)


def test_the_medians_of_the_6mp_trial():
    found = median_days(*BOTH, 2)
    assert found.value.tolist() == [23, 8]  # published
    # As R's survfit(conf.type = "log-log") and statsmodels: 13 upwards, and 4 to 11.
    assert found.low.tolist() == [13, 4]
    assert found.high[1] == 11
    assert np.isnan(found.high[0])


def random_records(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Records of one figure with ties, a day 0 and some that are open."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(25, 80))
    return rng.integers(0, 30, n), (rng.random(n) < 0.7).astype(np.int64)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")
def test_curve_and_median_equal_statsmodels(seed):
    days, event = random_records(seed)
    figure = np.zeros(len(days), dtype=np.int64)
    other = SurvfuncRight(days, event)
    table = life_table(figure, days, event)
    happened = table.events > 0
    assert table.day[happened].tolist() == other.surv_times.tolist()
    assert table.after[happened] == pytest.approx(other.surv_prob)
    open_still = (table.after > 0) & happened
    errors = table.after[open_still] * np.sqrt(table.spread[open_still])
    assert errors == pytest.approx(other.surv_prob_se[: len(errors)])
    found = median_days(figure, days, event, 1)
    assert found.value[0] == other.quantile(0.5)
    low, high = other.quantile_ci(0.5, method="cloglog")
    assert (found.low[0], found.high[0]) == (low, high)


def test_a_curve_of_exactly_one_half_has_its_median_on_that_day():
    # Four records, all ended: S is 3/4, 1/2 (after 3/4 * 2/3), 1/4, 0.
    found = median_days(np.zeros(4, dtype=np.int64), whole(2, 5, 9, 12), whole(1, 1, 1, 1), 1)
    assert found.value[0] == 5


@pytest.mark.parametrize(
    ("days", "event", "value"),
    [
        ([4, 9, 30], [0, 0, 0], np.nan),  # nothing has happened yet
        ([7], [1], 7),
        ([7], [0], np.nan),
        ([0, 0, 5], [1, 1, 0], 0),  # done on the first day
        ([6, 6, 6, 6], [1, 1, 1, 1], 6),
        ([6, 6, 6, 6], [1, 0, 0, 0], np.nan),  # ties: the open ones were at risk, S = 3/4
        ([3, 8], [1, 1], 3),
    ],
)
def test_awkward_medians(days, event, value):
    found = median_days(np.zeros(len(days), dtype=np.int64), whole(*days), whole(*event), 1)
    assert found.value[0] == pytest.approx(value, nan_ok=True)
    # None of these tells where the interval ends.
    assert np.isnan(found.high[0])


def test_limits_are_not_defined_where_all_or_nobody_is_left():
    low, high = limits(np.array([1.0, 0.0, 0.5]), np.array([0.0, np.inf, 0.05]))
    assert np.isnan(low[:2]).all() and np.isnan(high[:2]).all()
    assert 0 < low[2] < 0.5 < high[2] < 1


def slow_incidence(days, end, day):
    """Aalen-Johansen as the textbook writes it, one record at a time."""
    surviving, incidence = 1.0, 0.0
    for now in sorted({d for d, e in zip(days, end, strict=True) if e > 0 and d <= day}):
        at_risk = sum(1 for d in days if d >= now)
        one = sum(1 for d, e in zip(days, end, strict=True) if d == now and e == 1)
        every = sum(1 for d, e in zip(days, end, strict=True) if d == now and e > 0)
        incidence += surviving * one / at_risk
        surviving *= 1 - every / at_risk
    return incidence


RECORDS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=25)


@given(RECORDS, RECORDS, st.integers(0, 10))
def test_incidence_equals_the_textbook_for_several_figures_at_once(first, second, day):
    figure = np.repeat([0, 1], [len(first), len(second)])
    days, end = (np.array(column) for column in zip(*first, *second, strict=True))
    found = share_by(figure, days, end, whole(day, day))
    for at, records in enumerate((first, second)):
        expected = slow_incidence(*zip(*records, strict=True), day)
        assert found.value[at] == pytest.approx(expected, abs=1e-12)
        if not np.isnan(found.low[at]):
            assert 0 <= found.low[at] <= found.value[at] <= found.high[at] <= 1


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")
def test_incidence_and_its_error_equal_statsmodels(seed):
    rng = np.random.default_rng(seed)
    days, end = rng.integers(1, 40, 90), rng.integers(0, 3, 90)
    other = CumIncidenceRight(days, end)
    at = int(np.searchsorted(other.times, 20, side="right")) - 1
    found = share_by(np.zeros(90, dtype=np.int64), days, end, whole(20))
    share, error = other.cinc[0][at], other.cinc_se[0][at]
    assert found.value[0] == pytest.approx(share)
    # The interval on log(-log(1 - F)) taken apart again: its half width there is z * error.
    ends = np.log(-np.log(1 - np.array([found.low[0], found.high[0]])))
    expected = 2 * 1.959963984540054 * error / ((1 - share) * -np.log(1 - share))
    assert ends[1] - ends[0] == pytest.approx(expected)


def test_without_other_ends_the_incidence_is_one_minus_kaplan_meier():
    found = share_by(*BOTH, whole(23, 8))
    # 1 - S(23) of the treated; 13 of 21 of the placebo group by week 8 (published table).
    assert found.value == pytest.approx([1 - 0.4482, 13 / 21], abs=5e-5)
    table = life_table(*BOTH)
    last = np.flatnonzero((table.figure == 0) & (table.day == 23))
    low, high = limits(table.after[last], table.spread[last])
    assert (found.low[0], found.high[0]) == pytest.approx((1 - high[0], 1 - low[0]))


def test_other_ends_are_not_waiting():
    # By hand: rejected on day 1, piloted on day 2, open on day 3: by day 2, 2/3 * 1/2 = 1/3.
    # One minus Kaplan-Meier, the rejected one taken for open, would say 1/2.
    figure = np.zeros(3, dtype=np.int64)
    assert share_by(figure, whole(1, 2, 3), whole(2, 1, 0), whole(2)).value[0] == pytest.approx(
        1 / 3
    )


@pytest.mark.parametrize(
    ("days", "end", "day", "value"),
    [
        ([5, 6, 7], [0, 0, 0], 30, 0.0),
        ([0, 0, 3, 3], [1, 2, 0, 0], 0, 0.25),
        ([4, 4, 4], [1, 1, 1], 4, 1.0),
        ([4, 4, 4], [2, 2, 2], 4, 0.0),
        ([9], [1], 8, 0.0),
    ],
)
def test_awkward_shares(days, end, day, value):
    found = share_by(np.zeros(len(days), dtype=np.int64), whole(*days), whole(*end), whole(day))
    assert found.value[0] == pytest.approx(value)
    if value in (0.0, 1.0):
        assert np.isnan(found.low[0])


def test_a_curve_is_drawn_while_five_are_at_risk_or_nothing_is_unknown():
    open_still = np.full(AT_RISK, 90)
    cases = [
        (np.append(open_still, 10), [0] * AT_RISK + [0], True),  # five left, one lost on the way
        (np.append(open_still[1:], 10), [0] * (AT_RISK - 1) + [0], False),
        (whole(3, 5, 20), [1, 1, 1], True),  # all ended: a plain share
        (whole(3, 5, 60), [1, 0, 0], False),
    ]
    for days, end, expected in cases:
        figure = np.zeros(len(days), dtype=np.int64)
        assert is_followed(figure, days, whole(*end), whole(60))[0] == expected


def test_no_records_have_no_curve():
    nothing = np.zeros(0, dtype=np.int64)
    assert np.isnan(median_days(nothing, nothing, nothing, 2).value).all()
    assert np.isnan(share_by(nothing, nothing, nothing, whole(30, 60)).value).all()


def test_intervals_cover_the_truth():
    # 2,000 samples of 60: exponential times with mean 50, censored uniformly on 30-150; another
    # end twice as rare competes in the second. 95 % +- 4 standard errors of 2,000 draws is 93-97.
    rng = np.random.default_rng(15)
    samples, n = 2000, 60
    figure = np.repeat(np.arange(samples), n)
    event = rng.exponential(50, samples * n)
    lost = rng.uniform(30, 150, samples * n)
    # Days are cut finely so that ties do not blur the truth.
    days = (1000 * np.minimum(event, lost)).astype(np.int64)
    median = median_days(figure, days, (event <= lost).astype(np.int64), samples)
    truth = 1000 * 50 * np.log(2)
    covered = (median.low <= truth) & ~(median.high < truth)
    assert 0.93 <= covered.mean() <= 0.97
    rival = rng.exponential(100, samples * n)
    days = (1000 * np.minimum(np.minimum(event, rival), lost)).astype(np.int64)
    end = np.where(lost < np.minimum(event, rival), 0, np.where(event < rival, 1, 2))
    share = share_by(figure, days, end, np.full(samples, 40_000))
    # Cause-specific hazards 1/50 and 1/100: F(40) = 2/3 * (1 - exp(-40 * .03)).
    truth = 2 / 3 * (1 - np.exp(-1.2))
    assert 0.93 <= ((share.low <= truth) & (truth <= share.high)).mean() <= 0.97
