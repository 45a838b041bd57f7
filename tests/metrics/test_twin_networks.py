"""Figures of networks equal those that networkx gives."""

from __future__ import annotations

import pandas as pd
import pytest

from metrics.evaluate import evaluate
from survey.instrument import instruments
from tests.metrics.compared import compare
from tests.metrics.raw import portfolio
from tests.metrics.slow_networks import NETWORKS, network_figures, networked


@pytest.fixture(scope="module", params=[1, 2])
def found(request) -> tuple[dict, pd.DataFrame]:
    frames = networked(request.param, portfolio(request.param, instruments(), 6).nodes)
    fast = {each.metric.id: each for each in evaluate(frames, NETWORKS)}
    return fast, network_figures(frames)


@pytest.mark.parametrize("metric", NETWORKS)
def test_figures_of_networks_equal_the_slow_twin(found, metric):
    fast, slow = found
    compare(fast[metric], slow)
