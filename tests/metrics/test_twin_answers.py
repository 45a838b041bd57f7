"""Figures of answers, and those read off others, equal those computed person by person."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import pytest

from metrics.derived import derived
from metrics.evaluate import evaluate, sheets
from metrics.expand import expand
from metrics.frames import Frames
from metrics.metric import Estimates
from survey.instrument import instruments
from tests.metrics.compared import NUMBERS, compare
from tests.metrics.raw_asked import asked
from tests.metrics.slow_changes import CHANGES, change_figures
from tests.metrics.slow_derived import DERIVED, SOURCES, derived_figures
from tests.metrics.slow_scales import COMPARED, SCALES, compared_figures, scale_figures
from tests.metrics.slow_twin import scored_rows
from tests.metrics.test_twin import as_shown

#: What is not compared: intervals from all signs of tied ranks.
WITHOUT = {
    "change_typical": {"low", "high"},
    # Resampled, of the first order only, or told by other intervals.
    "breadth": {"low", "high"},
    "r_indicator": {"low", "high"},
    "max_bias": {"low", "high"},
    "weighted_quality": {"low", "high"},
}
#: Where an optimum or an inverse is sought on both sides, both stop a little off.
NEARLY = {
    "random_intercept": 1e-4, "scale_omega": 1e-4, "dropout_bias": 1e-5, "change_effect": 1e-5,
    "reliability_of_mean": 1e-4, "shrunken_quality": 1e-3, "effective_n": 1e-5,
    "weighted_quality": 1e-4,
}  # fmt: skip


@dataclass(frozen=True)
class Both:
    frames: Frames
    answers: pd.DataFrame
    scored: pd.DataFrame
    fast: dict[str, Estimates]
    slow: pd.DataFrame


@pytest.fixture(scope="module")
def both() -> Both:
    known = instruments()
    raw, frames = asked(4, known)
    answers = raw.responses.merge(raw.collections, on="collection")
    scored = scored_rows(answers, known)
    scored = scored[scored["part"] != "LEADB"]
    slow = pd.concat(
        [
            *scale_figures(answers, scored, raw.nodes, known),
            *change_figures(answers, scored, frames, known),
        ]
    )
    fast = evaluate(frames, {*SCALES, *CHANGES, *SOURCES}, known)
    given = {each.metric.id: each for each in fast}
    return Both(frames, answers, scored, given, slow[slow["value"].notna()])


@pytest.mark.parametrize("metric", sorted({*SCALES, *CHANGES}))
def test_figures_of_answers_equal_the_slow_twin(both, metric):
    numbers = tuple(name for name in NUMBERS if name not in WITHOUT.get(metric, ()))
    fast, least = both.fast[metric], 6
    if metric == "scale_omega":
        fast = replace(fast, frame=fast.frame[(fast.frame["level"] == "portfolio").to_numpy()])
    if metric == "difference_in_differences":
        # There are two scales of outcomes, and nothing but the portfolio stands beside sites.
        numbers, least = (*numbers, "p"), 2
    compare(fast, both.slow, numbers, NEARLY.get(metric, 1e-7), least)


@pytest.mark.parametrize("metric", COMPARED)
def test_projects_beside_each_other_equal_the_slow_twin(both, metric):
    known = instruments()
    (sheet,) = sheets(both.frames, [metric], known)
    portfolio = (sheet.nodes.nodes["level"] == "portfolio").to_numpy()
    rows, figures, _ = expand(sheet.cells, sheet.nodes.only(portfolio))
    found = sheet.module.across(rows).reset_index(drop=True)
    keys = figures.take(rows["figure"].to_numpy()).reset_index(drop=True)
    keys = keys.assign(level="project", entity=rows["project"])
    fast = Estimates(sheet.metric, pd.concat([keys, found], axis=1))
    slow = compared_figures(both.scored, both.frames.nodes, known)
    compare(fast, slow, NUMBERS, NEARLY[metric])


@pytest.fixture(scope="module")
def read_off(both) -> tuple[dict, pd.DataFrame]:
    given = {name: both.fast[name] for name in SOURCES}
    shown = [as_shown(each) for each in given.values()]
    found = {each.metric.id: each for each in derived(shown, both.frames.nodes)}
    tables = {name: each.frame for name, each in given.items()}
    return found, derived_figures(tables, both.frames.nodes)


@pytest.mark.parametrize("metric", DERIVED)
def test_what_is_read_off_others_equals_the_slow_twin(read_off, metric):
    found, slow = read_off
    numbers = tuple(name for name in NUMBERS if name not in WITHOUT.get(metric, ()))
    compare(found[metric], slow, numbers, NEARLY.get(metric, 1e-7))
