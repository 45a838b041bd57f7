"""Headline figures beside those of the publication before: what is said, and when it is chance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.sections import since
from dashboard.sections.since import Moved, chance_of, headlines_since
from data.sheets import RevisionFacts
from metrics.catalog import metrics
from metrics.metric import Method, Result, ValueState

QUALITY = metrics()["process_quality"]
BEFORE, NOW = (RevisionFacts(n, None, "", "", {}, {"process_quality": 1}) for n in (1, 2))


def result(value: float, low: float, high: float, n: int) -> Result:
    return Result(
        metric="process_quality", instrument="process_quality@1", part="all", level="portfolio",
        entity=0, wave="end", split="total", split_value="", state=ValueState.VALUE, value=value,
        low=low, high=high, p=None, p_adjusted=None, n=n, numerator=None, denominator=None,
        projects=4, coverage=None, indicative=False, method=Method.CLUSTER_MEAN, reason=None,
    )  # fmt: skip


def test_the_chance_is_of_the_new_answers_alone():
    then, now = result(60, 50, 70, 100), result(65, 60, 70, 400)
    # Half widths 10 and 5: 5 / sqrt(100 - 25) x 1.96 = 1.1316, of which p = 0.2578.
    assert chance_of(Moved("Quality", QUALITY, then, now)) == pytest.approx(0.2578, abs=0.0002)


@pytest.mark.parametrize(
    "now",
    [
        result(65, 60, 70, 90),  # fewer answers: some were taken back
        result(65, 50, 80, 400),  # a wider interval: the later does not hold the earlier
        replace(result(65, 60, 70, 400), low=None, high=None),
    ],
)
def test_what_does_not_hold_the_earlier_answers_is_not_judged(now):
    assert chance_of(Moved("Quality", QUALITY, result(60, 50, 70, 100), now)) is None


def said(monkeypatch, then: Result, now: Result, before: RevisionFacts = BEFORE) -> str:
    held = {1: then, 2: now}

    def figures(_viewing, scope):
        return {"process": [("Process quality", QUALITY, held[scope.publication.id])]}

    monkeypatch.setattr(since, "glance_figures", figures)
    viewing = type("Viewing", (), {"language": "en"})()
    scope = since.Scope("portfolio", 0, NOW, "end", None, None)
    return headlines_since(viewing, scope, before)


def test_a_difference_that_chance_may_bring_is_told_as_one(monkeypatch):
    words = said(monkeypatch, result(60, 50, 70, 100), result(65, 60, 70, 400))
    assert "Process quality 65 / 100 (was 60 / 100)" in words
    assert "no larger than new answers may bring by chance" in words


def test_a_difference_beyond_chance_is_named_without_a_cause(monkeypatch):
    # 10 / sqrt(9 - 1) x 1.96 = 6.9: far beyond chance.
    words = said(monkeypatch, result(60, 57, 63, 100), result(70, 69, 71, 900))
    assert "larger than new answers would bring by chance for: process quality" in words
    assert "do not say why" in words


def test_equal_figures_and_other_definitions_are_told_apart(monkeypatch):
    same = result(60, 57, 63, 100)
    assert said(monkeypatch, same, same) == "The headline figures are the same as then."
    other = replace(BEFORE, metrics={"process_quality": 2})
    assert said(monkeypatch, same, result(70, 69, 71, 900), other) == ""
