"""Figures of registers equal those that are counted one record after another."""

from __future__ import annotations

import pandas as pd
import pytest

from metrics.evaluate import evaluate
from tests.metrics.compared import NUMBERS, compare, registers
from tests.metrics.slow_durations import DURATIONS, duration_figures
from tests.metrics.slow_logs import LOGS, log_figures
from tests.metrics.slow_registers import JUDGED, register_figures

METRICS = sorted({*JUDGED, "reach", *DURATIONS, *LOGS})
#: Whose n the definition does not name, and whose interval is resampled.
WITHOUT = {
    "voice_equality": {"low", "high"},
}


@pytest.fixture(scope="module")
def found() -> tuple[dict, pd.DataFrame]:
    frames = registers(3)
    slow = pd.concat([register_figures(frames), duration_figures(frames), log_figures(frames)])
    return {each.metric.id: each for each in evaluate(frames, METRICS)}, slow


@pytest.mark.parametrize("metric", METRICS)
def test_figures_of_registers_equal_the_slow_twin(found, metric):
    estimates, slow = found
    numbers = tuple(name for name in NUMBERS if name not in WITHOUT.get(metric, ()))
    compare(estimates[metric], slow, numbers)
