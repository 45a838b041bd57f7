"""Charts draw every interval, leave gaps where there is no value, and show words as written."""

from __future__ import annotations

import json
from datetime import date

import pytest

from dashboard import charts
from dashboard.charts import Counted, Pair, Phase, Reference, Row
from dashboard.charts.grammar import round_steps
from metrics.catalog import metrics
from metrics.metric import Method, Reason, Result, ValueState

QUALITY = metrics()["process_quality"]
BENEFIT = metrics()["benefit_share"]
CHANGE = metrics()["paired_change"]
PROPOSALS = metrics()["proposals_taken_up"]
PARTICIPATION = metrics()["participation"]


def result(value=None, low=None, high=None, *, state=ValueState.VALUE, **more) -> Result:
    """A published figure; what a test does not say is as plain as can be."""
    shown = state in (ValueState.VALUE, ValueState.ZERO)
    facts = {
        "metric": "process_quality",
        "instrument": "process_quality@1",
        "part": "GOAL",
        "level": "theme",
        "entity": 1,
        "wave": "end",
        "split": "total",
        "split_value": "",
        "n": 100 if shown else None,
        "p": None,
        "p_adjusted": None,
        "numerator": None,
        "denominator": None,
        "projects": 4,
        "coverage": None,
        "indicative": False,
        "method": Method.CLUSTER_MEAN if shown else Method.NONE,
        "reason": None if shown else Reason.TOO_FEW,
    }
    return Result(state=state, value=value, low=low, high=high, **(facts | more))


HIDDEN = Row("Yritykset", result(state=ValueState.SUPPRESSED), "ei näytetä")


def trace(figure, name: str):
    return next(trace for trace in figure.data if trace.name == name)


def words(figure) -> str:
    return " ".join(annotation.text for annotation in figure.layout.annotations)


def test_every_mark_has_the_whole_of_its_interval():
    figure = charts.interval_dots(
        [Row("a", result(60, 55, 70)), Row("b", result(80, 79, 82))], QUALITY, "fi"
    )
    marks = trace(figure, "values")
    assert list(marks.x) == [60, 80]
    assert list(marks.error_x.array) == [10, 2]
    assert list(marks.error_x.arrayminus) == [5, 1]
    assert marks.error_x.visible is not False


def test_a_suppressed_figure_is_a_labelled_gap_and_never_a_mark():
    figure = charts.interval_dots([Row("a", result(60, 55, 70)), HIDDEN], QUALITY, "fi")
    assert list(trace(figure, "values").x) == [60]
    gap = trace(figure, "gaps")
    assert list(gap.x) == [0, 100, None]
    assert gap.line.dash == "dot"
    assert gap.y[0] != trace(figure, "values").y[0]
    assert "ei näytetä" in words(figure)


def test_a_figure_that_is_zero_is_a_mark_and_not_a_gap():
    zero = Row("a", result(0.0, 0.0, 0.1, state=ValueState.ZERO, metric="benefit_share"))
    figure = charts.interval_dots([zero], BENEFIT, "fi")
    assert list(trace(figure, "values").x) == [0.0]
    assert list(trace(figure, "gaps").x or []) == []


def test_an_indicative_figure_is_hollow_and_says_so_in_text():
    figure = charts.interval_dots([Row("a", result(60, 40, 80, indicative=True))], QUALITY, "fi")
    assert list(trace(figure, "values").marker.symbol) == ["circle-open"]
    assert "~ 60 (40–80)" in words(figure)


def test_outcome_and_process_differ_in_shape_and_not_only_in_colour():
    process = charts.interval_dots([Row("a", result(60, 55, 70))], QUALITY, "fi")
    outcome = charts.interval_dots([Row("a", result(0.6, 0.5, 0.7))], BENEFIT, "fi")
    shapes = {trace(figure, "values").marker.symbol[0] for figure in (process, outcome)}
    assert shapes == {"circle", "diamond"}


def test_the_axis_is_the_whole_range_of_the_unit():
    figure = charts.interval_dots([Row("a", result(60, 55, 70))], QUALITY, "fi")
    low, high = figure.layout.xaxis.range
    assert low <= 0
    assert high >= 100


def test_changes_are_drawn_about_zero():
    row = Row("a", result(-3.0, -12.0, 6.0, metric="paired_change"))
    figure = charts.change_forest([row], CHANGE, "fi")
    low, high = figure.layout.xaxis.range
    assert low == pytest.approx(-high)
    assert low <= -12
    assert any(shape.x0 == shape.x1 == 0 for shape in figure.layout.shapes)
    assert "heikkeni" in figure.layout.xaxis.title.text


def test_a_reference_is_drawn_and_named():
    reference = Reference("koko salkku", 66)
    figure = charts.interval_dots([Row("a", result(60, 55, 70))], QUALITY, "fi", reference)
    assert any(shape.x0 == 66 for shape in figure.layout.shapes)
    assert "koko salkku 66" in words(figure)


def test_what_a_user_wrote_is_never_markup():
    wicked = '<a href="https://example.org">x</a> & <b>y</b>'
    figure = charts.interval_dots([Row(wicked, result(60, 55, 70))], QUALITY, "fi")
    label = figure.layout.annotations[0].text
    assert "<a" not in label
    assert label.startswith("&lt;a")


def test_a_label_takes_at_most_two_lines():
    figure = charts.interval_dots([Row("pitkä nimi " * 20, result(60, 55, 70))], QUALITY, "fi")
    assert figure.layout.annotations[0].text.count("<br>") == 1


@pytest.mark.parametrize(("language", "decimal"), [("fi", ","), ("sv", ","), ("en", ".")])
def test_decimals_follow_the_language(language, decimal):
    row = Row("a", result(1.5, -0.5, 3.5, metric="paired_change"))
    figure = charts.change_forest([row], CHANGE, language)
    assert figure.layout.separators[0] == decimal
    assert f"+1{decimal}5" in words(figure)


def test_waves_keep_their_gap_and_their_intervals():
    panel = (
        "Yhteinen tavoite",
        [
            Row("x", result(50, 45, 56, wave="during")),
            Row("x", result(state=ValueState.SUPPRESSED, wave="end"), "ei näytetä"),
            Row("x", result(70, 60, 80, wave="follow_up")),
        ],
    )
    figure = charts.wave_steps([panel], QUALITY, "fi")
    marks = trace(figure, "values")
    assert [x for x in marks.x if x is not None] == [50, 70]
    assert list(marks.error_x.array)[:2] == [6, 10]
    assert list(trace(figure, "gaps").x) == [0, 100, None]
    for said in ("Aikana", "Lopussa", "Seuranta", "ei näytetä"):
        assert said in words(figure)


def test_proposals_show_counts_and_the_interval_of_their_share():
    row = Row("Otaniemi", result(0.25, 0.15, 0.4, numerator=10, denominator=40))
    figure = charts.taken_up_bars([row], PROPOSALS, "fi")
    assert list(trace(figure, "all").x) == [40]
    assert list(trace(figure, "taken_up").x) == [10]
    assert list(trace(figure, "values").error_x.array) == [pytest.approx(0.15 * 40)]
    assert "10/40" in words(figure)


def test_counts_of_records_are_bars_from_zero():
    figure = charts.counted_bars([Counted("Puistot", 40, 12)], PROPOSALS, "fi")
    assert figure.layout.xaxis.range[0] <= 0
    assert list(trace(figure, "taken_up").x) == [12]


def test_participants_stand_beside_those_concerned_and_a_hidden_group_is_a_gap():
    pairs = [Pair("Asukkaat", 0.4, 0.6), Pair("Yritykset", None, 0.1, "ei näytetä")]
    figure = charts.participation_bars(pairs, PARTICIPATION, "fi")
    assert list(trace(figure, "taking_part").x) == [0.4]
    assert list(trace(figure, "concerned").x) == [0.6, 0.1]
    assert list(trace(figure, "gaps").x) == [0, 1.0, None]


def test_a_phase_that_has_not_ended_reaches_to_today():
    phases = [Phase("Kokeilu", (date(2026, 1, 1), date(2026, 3, 1)), (date(2026, 1, 10), None))]
    figure = charts.phase_timeline(phases, date(2026, 4, 10), "fi")
    planned, actual = figure.data
    day = 86_400_000  # a date axis counts in thousandths of a second
    assert list(planned.x) == [60 * day]  # 1.1.-1.3.2026, both included
    assert list(actual.x) == [91 * day]  # 10.1.-10.4.2026, both included
    assert "10.1.2026–" in words(figure)


def test_a_phase_without_dates_says_so():
    figure = charts.phase_timeline(
        [Phase("Hankinta", (None, None), (None, None))], date(2026, 4, 10), "fi"
    )
    assert all(len(bars.x) == 0 for bars in figure.data)
    assert "ei päivämääriä" in words(figure)


@pytest.mark.parametrize(
    ("low", "high", "steps"),
    [
        (0.0, 41.0, [0, 20, 40]),
        (0.0, 3.3, [0, 1, 2, 3]),
        (-6.0, 6.0, [-5, 0, 5]),
        (0.0, 306.0, [0, 100, 200, 300]),
    ],
)
def test_steps_are_round_and_hold_zero(low, high, steps):
    assert round_steps(low, high) == steps


def test_a_chart_of_nothing_but_gaps_still_stands():
    figure = charts.interval_dots([HIDDEN, HIDDEN], QUALITY, "fi")
    assert list(trace(figure, "values").x) == []
    json.loads(figure.to_json())


def test_figures_carry_no_template_and_no_legend():
    figure = charts.interval_dots([Row("a", result(60, 55, 70))], QUALITY, "fi")
    assert figure.layout.template.to_plotly_json() == {}
    assert figure.layout.showlegend is False
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
