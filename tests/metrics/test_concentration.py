"""Gini's coefficient and the seeded interval of a mean of sessions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics.concentration import UNITS_NEEDED, bootstrap_ratio, gini


def one(*amounts: int) -> float:
    return gini(np.zeros(len(amounts), dtype=np.int64), np.array(amounts), 1)[0]


def test_gini_by_hand():
    assert one(1, 2, 3, 4) == pytest.approx(0.25)  # (2 * 30 / 10 - 5) / 4
    assert one(3, 3, 3) == 0
    assert one(0, 0, 0, 0, 9) == pytest.approx(4 / 5)  # one voice of five
    assert np.isnan(one(0, 0))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_gini_equals_the_mean_difference_of_pairs(amounts):
    x = np.array(amounts, dtype=float)
    expected = np.abs(x[:, None] - x).sum() / (2 * len(x) ** 2 * x.mean())
    assert one(*amounts) == pytest.approx(expected, abs=1e-12)


def test_sessions_are_kept_apart():
    session = np.array([1, 0, 1, 0, 1, 0, 1])
    assert gini(session, np.array([1, 5, 2, 5, 3, 5, 4]), 2) == pytest.approx([0, 0.25])


def test_the_interval_is_the_same_every_time_and_for_every_figure():
    values = np.array([0.2, 0.5, 0.9, 0.4, 0.7, 0.6])
    figure = np.array([0] * 6 + [3] * 6)
    twice = np.concatenate([values, values[::-1]])
    found = bootstrap_ratio(figure, twice, np.ones(12), 4)
    assert found.value[0] == pytest.approx(0.55)
    assert (found.low[0], found.high[0]) == (found.low[3], found.high[3])
    assert found.low[0] < 0.55 < found.high[0]
    assert np.isnan(found.value[1])


def test_the_interval_agrees_with_another_bootstrap():
    rng = np.random.default_rng(8)
    values = rng.random(40)
    found = bootstrap_ratio(np.zeros(40, dtype=np.int64), values, np.ones(40), 1)
    draws = rng.choice(values, (20_000, 40)).mean(axis=1)
    # Monte Carlo error of a percentile from 1,000 draws is about a tenth of the half width.
    half = (np.quantile(draws, 0.975) - np.quantile(draws, 0.025)) / 2
    assert found.low[0] == pytest.approx(np.quantile(draws, 0.025), abs=half / 5)
    assert found.high[0] == pytest.approx(np.quantile(draws, 0.975), abs=half / 5)


def test_few_or_equal_units_have_no_interval():
    few = np.zeros(UNITS_NEEDED - 1, dtype=np.int64)
    found = bootstrap_ratio(few, np.arange(len(few)) / 10, np.ones(len(few)), 1)
    assert found.value[0] == pytest.approx(0.15)
    assert np.isnan(found.low[0])
    alike = bootstrap_ratio(np.zeros(9, dtype=np.int64), np.full(9, 0.4), np.ones(9), 1)
    assert alike.value[0] == pytest.approx(0.4)
    assert np.isnan(alike.low[0])


def test_projects_with_more_sessions_weigh_more():
    # Sums of equality over sessions / sessions: (1.8 + .1) / (2 + 1).
    found = bootstrap_ratio(np.zeros(2, dtype=np.int64), np.array([1.8, 0.1]), np.array([2, 1]), 1)
    assert found.value[0] == pytest.approx(1.9 / 3)
