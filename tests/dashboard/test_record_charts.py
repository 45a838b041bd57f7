"""Grids of shares and the order of parts: what is drawn is what is known, and nothing else."""

from __future__ import annotations

import pytest

from dashboard import charts
from dashboard.charts import GridRow
from dashboard.sections.funnel import DAYS, ENDS
from dashboard.sections.journeys import LATER, losses_sentence, most_excess
from dashboard.sections.recorded import Line, basis_words, in_other_ways, value_words
from metrics.catalog import metrics
from metrics.metric import Method, Reason, Result, ValueState
from metrics.process import answered_by, case_outcome
from survey.text import LANGUAGES

LOSS = metrics()["journey_loss"]


def result(value=None, low=None, high=None, *, part="registered", **more) -> Result:
    """A published figure of a step; suppressed where it has no value."""
    state = ValueState.SUPPRESSED if value is None else ValueState.VALUE
    facts = {
        "metric": "journey_loss",
        "instrument": "",
        "level": "portfolio",
        "entity": 0,
        "wave": "all",
        "split": "total",
        "split_value": "",
        "n": None if value is None else 100,
        "p": None,
        "p_adjusted": None,
        "numerator": None,
        "denominator": None,
        "projects": 4,
        "coverage": None,
        "indicative": False,
        "method": Method.WILSON,
        "reason": Reason.TOO_FEW if value is None else None,
        "state": state,
    }
    return Result(part=part, value=value, low=low, high=high, **(facts | more))


def row_of(label: str, *values: float | None) -> GridRow:
    steps = LATER[: len(values)]
    return GridRow(
        label, tuple(result(value, part=step) for step, value in zip(steps, values, strict=True))
    )


def words(figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def opacity(colour: str) -> float:
    return float(colour.rstrip(")").split(",")[3])


def test_a_larger_share_is_a_stronger_cell():
    figure = charts.share_grid([row_of("Asukkaat", 0.1, 0.8)], LOSS, "fi", ("1", "2"))
    weak, strong = (opacity(colour) for colour in figure.data[0].marker.color)
    assert weak < strong
    assert {"10\u00a0%", "80\u00a0%"} <= set(words(figure))


def test_a_hidden_share_is_a_sign_in_an_outline_and_has_no_colour():
    figure = charts.share_grid([row_of("Yritykset", None, 0.5)], LOSS, "fi", ("1", "2"))
    hidden, known = figure.data[0].marker.color
    assert hidden == "rgba(0,0,0,0)"
    assert known != hidden
    outline, none = figure.data[0].marker.line.color
    assert outline != none
    assert "…" in words(figure)


def test_what_was_never_collected_has_no_cell_at_all():
    row = GridRow("Alkanut 2025", (result(0.5), None))
    figure = charts.share_grid([row], LOSS, "fi", ("1", "2"))
    assert len(figure.data[0].x) == 1


def test_an_indicative_share_says_so():
    row = GridRow("Henkilöstö", (result(0.26, indicative=True),))
    assert "~26\u00a0%" in words(charts.share_grid([row], LOSS, "fi", ("1",)))


def test_an_interval_that_is_the_figure_itself_is_not_written():
    bounds = result(0.19, 0.19, 0.19, method=Method.BOUNDS)
    assert not charts.has_range(bounds)
    assert charts.has_range(result(0.19, 0.19, 0.24, method=Method.BOUNDS))


def test_parts_are_those_of_their_metrics():
    assert tuple(map(str, answered_by.DAYS)) == DAYS
    ends = {f"{end}/{months}" for end in case_outcome.ENDS for months in case_outcome.MONTHS}
    assert set(ENDS) == ends


# --- sentences ----------------------------------------------------------------------------------


def excess_of(value, low, high, part="attended") -> Result:
    return result(value, low, high, part=part, metric="journey_excess", method=Method.LOG_RATIO)


def test_an_excess_beyond_chance_goes_before_a_larger_one_within_it():
    sure = excess_of(1.4, 1.1, 1.8, "attended")
    wide = excess_of(2.6, 0.4, 9.0, "answered")
    assert most_excess([wide, sure]) is sure
    assert most_excess([wide]) is wide
    assert most_excess([excess_of(None, None, None)]) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_that_are_lost_elsewhere_are_named(language):
    rows = [
        row_of("Kaikki", 0.4, 0.2),
        row_of("Asukkaat", 0.5, 0.1),
        row_of("Yritykset", 0.1, 0.3),
        row_of("Järjestöt", None, None),
    ]
    said = losses_sentence(rows, LOSS, language)
    assert "Yritykset" in said
    assert "Asukkaat" not in said
    assert "Järjestöt" not in said


def test_groups_that_are_lost_alike_are_not_listed():
    rows = [row_of("Kaikki", 0.4, 0.2), row_of("Asukkaat", 0.5, 0.1), row_of("Yritykset", 0.3, 0.2)]
    said = losses_sentence(rows, LOSS, "fi")
    assert "Sama askel" in said


def test_where_everybody_is_hidden_no_step_is_named():
    said = losses_sentence([row_of("Kaikki", None, None)], LOSS, "fi")
    assert said == "Yhtäkään näistä luvuista ei voida näyttää."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sum_is_told_only_where_somebody_is_in_it_twice(language):
    ways = {"distinct": 8.0, "sum": 10.0, "overlap": 2.0}  # 10 = 8 + 2
    found = [result(value, part=part) for part, value in ways.items()]
    said = in_other_ways(found, language)
    assert "10" in said
    assert "2" in said
    alone = [result(8.0, part="sum"), result(0.0, part="overlap", state=ValueState.ZERO)]
    assert in_other_ways(alone, language) == ""


def test_a_line_without_a_value_tells_its_reason_and_no_number():
    line = Line("x", LOSS, result(None))
    assert value_words(line, "fi") == "ei näytetä"
    assert not any(letter.isdigit() for letter in basis_words(line, "fi"))


def test_a_share_is_told_with_what_it_was_counted_from():
    line = Line("x", LOSS, result(0.5, 0.3, 0.7, numerator=7, denominator=14))
    assert basis_words(line, "fi").startswith("7 / 14, ")
