"""Risk ratios within projects: by hand, against statsmodels, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2

from metrics.statistics.journeys import stratified_ratio


def ratio_of(*strata: tuple[int, int, int, int]):
    """One figure; a stratum: lost and people of the first group, lost and people of the second."""
    a, n1, b, n2 = (np.array(column) for column in zip(*strata, strict=True))
    return stratified_ratio(np.zeros(len(strata), dtype=np.int64), (a, b), (n1, n2), 1)


def test_one_project_is_the_plain_ratio():
    found = ratio_of((20, 100, 10, 100))
    # By hand: 2; exp(log 2 -+ 1.96 * sqrt(1/20 - 1/100 + 1/10 - 1/100)) = exp(.6931 -+ .7067).
    assert found.value[0] == pytest.approx(2)
    assert (found.low[0], found.high[0]) == pytest.approx((0.9866, 4.0544), abs=1e-3)
    other = Table2x2([[20, 80], [10, 90]])
    assert found.value[0] == pytest.approx(other.riskratio)
    assert (found.low[0], found.high[0]) == pytest.approx(other.riskratio_confint())


def test_projects_are_not_thrown_together():
    # In both projects the two groups are lost alike (9 of 10 there, 1 of 10 here), but the priority
    # group is mostly in the one that loses many: together 47/70 to 19/110, which is 3.9.
    found = ratio_of((45, 50, 9, 10), (2, 20, 10, 100))
    assert found.value[0] == pytest.approx(1)


def test_pooled_ratio_by_hand():
    # R = 4*30/50 + 6*10/40 = 3.9; S = 3*20/50 + 1*30/40 = 1.95
    found = ratio_of((4, 20, 3, 30), (6, 30, 1, 10))
    assert found.value[0] == pytest.approx(2)
    # Greenland-Robins by hand: (20*30*7 - 4*3*50)/50**2 = 1.44; (30*10*7 - 6*1*40)/40**2 = 1.1625
    half = 1.959963984540054 * np.sqrt((1.44 + 1.1625) / (3.9 * 1.95))
    assert found.high[0] == pytest.approx(2 * np.exp(half))


def test_pooled_ratio_equals_statsmodels():
    strata = [(4, 20, 3, 30), (6, 30, 1, 10), (5, 9, 8, 31)]
    other = StratifiedTable([np.array([[a, n - a], [b, m - b]]) for a, n, b, m in strata])
    assert ratio_of(*strata).value[0] == pytest.approx(other.riskratio_pooled)


@pytest.mark.parametrize(
    ("strata", "value", "has_interval"),
    [
        ([(0, 10, 4, 10)], 0.0, False),
        ([(4, 10, 0, 10)], np.nan, False),  # nobody of the others was lost
        ([(0, 10, 0, 10)], np.nan, False),
        ([(10, 10, 10, 10)], 1.0, False),  # everybody was lost
        ([(1, 1, 1, 2)], 2.0, True),
    ],
)
def test_awkward_ratios(strata, value, has_interval):
    found = ratio_of(*strata)
    assert found.value[0] == pytest.approx(value, nan_ok=True)
    assert np.isnan(found.low[0]) != has_interval


def test_the_interval_covers_the_truth():
    # 4,000 portfolios of 6 projects, 25 priority people and 40 others each; risks differ between
    # projects, the ratio is 1.5 everywhere. 95 % +- 4 standard errors of 4,000 draws is 93.6-96.4.
    rng = np.random.default_rng(36)
    samples, projects = 4000, 6
    risk = rng.uniform(0.1, 0.5, (samples, projects))
    lost = (rng.binomial(25, 1.5 * risk).ravel(), rng.binomial(40, risk).ravel())
    people = (np.full(samples * projects, 25), np.full(samples * projects, 40))
    figure = np.repeat(np.arange(samples), projects)
    found = stratified_ratio(figure, lost, people, samples)
    covered = (found.low <= 1.5) & (found.high >= 1.5)
    assert 0.936 <= covered.mean() <= 0.964
