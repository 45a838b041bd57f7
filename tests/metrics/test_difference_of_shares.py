"""The difference of two shares against a published interval."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.statistics import wilson
from metrics.statistics.ratings import difference


def test_the_difference_of_two_shares_has_newcombes_interval():
    # Newcombe 1998, method 10 (square-and-add of Wilson intervals): 56/70 less 48/80.
    one, other = wilson(np.array([56]), np.array([70])), wilson(np.array([48]), np.array([80]))
    found = difference(one, other, (-1.0, 1.0))
    assert found.value[0] == pytest.approx(0.2)
    assert found.low[0] == pytest.approx(0.0524, abs=5e-5)
    assert found.high[0] == pytest.approx(0.3339, abs=5e-5)
