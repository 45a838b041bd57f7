"""The project's own view and the gap equal those computed one project and phase after another."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from metrics.derived import derived
from metrics.evaluate import evaluate
from metrics.metric import KEYS, Estimates
from survey.instrument import instruments
from tests.metrics.compared import compare
from tests.metrics.raw import folded, portfolio
from tests.metrics.raw_records import records
from tests.metrics.slow_ratings import gap_figures, rating_figures
from tests.metrics.test_twin import as_shown

SOURCES = ["process_quality", "self_assessment", "rater_agreement"]


@pytest.fixture(scope="module")
def found() -> tuple[dict, pd.DataFrame]:
    raw = portfolio(5, instruments(), 6)
    frames = folded(raw, instruments())
    projects = int(frames.nodes["project"].max())
    judged = records(5, projects)["assessments"]
    frames = replace(frames, assessments=judged).validated()
    estimates = {each.metric.id: each for each in evaluate(frames, SOURCES)}
    shown = {each.metric.id: each for each in map(as_shown, estimates.values())}
    words = {name: str for name in KEYS if name != "entity"}
    sides = [shown[name].frame.astype(words) for name in ("process_quality", "self_assessment")]
    slow = pd.concat([rating_figures(frames), gap_figures(*sides, frames.nodes)])
    (gap,) = (
        each
        for each in derived(list(shown.values()), frames.nodes, ["perception_gap"])
        if each.metric.id == "perception_gap"
    )
    return estimates | {"perception_gap": Estimates(gap.metric, gap.frame)}, slow


@pytest.mark.parametrize("metric", [*SOURCES[1:], "perception_gap"])
def test_the_projects_own_view_equals_the_slow_twin(found, metric):
    estimates, slow = found
    compare(estimates[metric], slow)
