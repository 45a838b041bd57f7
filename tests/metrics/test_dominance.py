"""Money sums and figures of organisations, on the examples of the Handbook on SDC of 2024."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.dominance import UnlikelyPercentage, own_figures, p_percent, protection_bound
from metrics.metric import Profile


def unsafe(*values: float, p: float = 10, holdings=None, weight=None) -> bool:
    holding = np.arange(len(values)) if holdings is None else np.array(holdings)
    cell = np.zeros(len(values), dtype=int)
    (found,) = p_percent(cell, holding, np.array(values), p, weight)
    return bool(found)


def test_the_second_largest_must_not_know_the_largest_too_well():
    # Example 2: 110,000 of which 52,000 and 50,000; (8,000 by others) overestimates by 15.4 %.
    assert not unsafe(52_000, 50_000, 5_000, 3_000, p=10)
    assert unsafe(52_000, 50_000, 5_000, 3_000, p=15.5)
    assert not unsafe(52_000, 50_000, 5_000, 3_000, p=15.3)


def test_two_large_ones_tell_each_other_though_neither_dominates():
    # Example 1: 100,000 of which 50,000 and 49,000, safe by (1,90): 1,000 is 2 % of the largest.
    assert unsafe(50_000, 49_000, 600, 400, p=2.5)
    assert not unsafe(50_000, 49_000, 600, 400, p=1.9)


def test_a_cell_that_is_mostly_one_needs_a_wide_interval():
    # Example 4: 300 + 20 + 10, (1,85).
    assert unsafe(300, 20, 10)
    assert protection_bound(300, 330, 85) == pytest.approx(352.94, abs=0.005)


def test_a_sampled_contribution_stands_for_several():
    # Handbook: 100 with weight 4 and 10 with weight 7: total 470, the two largest are 100 and 100.
    # Others: 470 - 200 = 270, far above 10 % of 100; for p of 100 still not below.
    assert not unsafe(100, 10, weight=np.array([4.0, 7.0]), p=100)
    # As it stands, the same two contributions are two organisations.
    assert unsafe(100, 10)


def test_companies_of_one_holding_count_as_one():
    assert not unsafe(40, 35, 30, 25, p=10)
    # 75 of one holding, 30 and 25 of others: 130 - 75 - 30 = 25 < 40 % of 75.
    assert not unsafe(40, 35, 30, 25, p=33, holdings=[1, 1, 2, 3])
    assert unsafe(40, 35, 30, 25, p=34, holdings=[1, 1, 2, 3])
    # Two holdings are too few, however many companies.
    assert unsafe(40, 35, 30, 25, p=1, holdings=[1, 1, 2, 2])


def test_each_cell_is_judged_alone():
    cell, value = np.array([1, 1, 1, 2, 2, 2]), np.array([5.0, 5, 5, 90, 5, 1])
    assert p_percent(cell, np.arange(6), value, 10).to_dict() == {1: False, 2: True}


@pytest.mark.parametrize("p", [0, -1, 101])
def test_p_is_a_percentage(p):
    with pytest.raises(UnlikelyPercentage, match="between 0 and 100"):
        unsafe(1, 2, 3, p=p)


def test_one_person_is_not_an_organisation():
    assert own_figures(np.array([0, 1, 2, 3]), Profile.INSIDE).tolist() == [
        False,
        False,
        True,
        True,
    ]
    assert own_figures(np.array([1, 2, 3]), Profile.PUBLIC).tolist() == [False, False, True]
