"""Charts of many projects: cells say their number or sign in words, points keep both intervals."""

from __future__ import annotations

import pytest

from dashboard.charts import PhaseCell, PhaseRow, Point, Side, cell_text, phase_heatmap, plane
from dashboard.charts.cells import SIGNS
from dashboard.charts.heatmap import strength
from metrics.catalog import metrics
from metrics.metric import Method, Reason, Result, ValueState

QUALITY = metrics()["process_quality"]
HEADS = ("P1", "P2", "P3", "luot.")


def result(value=None, low=None, high=None, *, state=ValueState.VALUE, **more) -> Result:
    """A published figure of a project."""
    shown = state in (ValueState.VALUE, ValueState.ZERO)
    facts = {
        "metric": "process_quality",
        "instrument": "process_quality@1",
        "part": "OVERALL",
        "level": "project",
        "entity": 1,
        "wave": "end",
        "split": "total",
        "split_value": "",
        "p": None,
        "p_adjusted": None,
        "n": 40 if shown else None,
        "numerator": None,
        "denominator": None,
        "projects": 1,
        "coverage": None,
        "indicative": False,
        "method": Method.STUDENT if shown else Method.NONE,
        "reason": None if shown else Reason.TOO_FEW,
    }
    return Result(state=state, value=value, low=low, high=high, **(facts | more))


def row(*cells: PhaseCell, label="Lukulyhty", **more) -> PhaseRow:
    facts = {"overall": result(64, 61, 66), "absence": "", "reliability": result(0.82, 0.7, 0.9)}
    return PhaseRow(label, cells=cells, **(facts | more))


def words(figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (PhaseCell(result(68.4)), "68"),
        (PhaseCell(result(68.4, indicative=True)), "~68"),
        (PhaseCell(result(68.4), lacks=2), "68*"),
        (PhaseCell(result(68.4, indicative=True), lacks=1, short=True), "~68*°"),
        (PhaseCell(result(0.0, state=ValueState.ZERO)), "0"),
        (PhaseCell(result(state=ValueState.SUPPRESSED)), "…"),
        (PhaseCell(result(state=ValueState.NOT_APPLICABLE)), "–"),
        (PhaseCell(result(state=ValueState.NOT_REPORTED)), "?"),
        (PhaseCell(None), ""),
    ],
)
def test_every_state_of_a_cell_has_a_sign_of_its_own(cell, text):
    assert cell_text(cell, "fi") == text


def test_the_signs_of_absence_are_told_apart():
    assert len({*SIGNS.values(), "0", ""}) == 5


def test_a_cell_says_its_number_and_is_the_bluer_the_higher():
    figure = phase_heatmap(
        [row(PhaseCell(result(20)), PhaseCell(result(90)), PhaseCell(None))], QUALITY, "fi", HEADS
    )
    assert {"20", "90"} <= set(words(figure))
    weak, strong = (float(colour.split(",")[-1][:-1]) for colour in figure.data[0].marker.color)
    assert weak < strong
    assert len(figure.data[0].x) == 2  # nobody was asked about the third phase


@pytest.mark.parametrize(
    ("lower", "higher"), [(49.4, 49.6), (59.4, 60.2), (69.4, 70.2), (79.4, 80.2)]
)
def test_scores_that_are_written_differently_at_a_limit_are_shaded_differently(lower, higher):
    strengths = [strength(value) for value in (lower, higher)]
    assert strengths == sorted(set(strengths))


def test_a_hidden_cell_is_an_outline_without_a_colour():
    figure = phase_heatmap(
        [row(PhaseCell(result(state=ValueState.SUPPRESSED)), *[PhaseCell()] * 2)],
        QUALITY, "fi", HEADS,
    )  # fmt: skip
    assert list(figure.data[0].marker.color) == ["rgba(0,0,0,0)"]
    assert list(figure.data[0].marker.line.color) != ["rgba(0,0,0,0)"]
    assert "…" in words(figure)


def test_a_row_says_its_whole_process_with_its_interval_and_its_reliability():
    figure = phase_heatmap([row(*[PhaseCell()] * 3)], QUALITY, "fi", HEADS)
    assert "<b>64 (61–66)</b>" in words(figure)
    assert "0,82" in words(figure)
    absent = row(*[PhaseCell()] * 3, overall=None, absence="ei kerätty", reliability=None)
    said = words(phase_heatmap([absent], QUALITY, "fi", HEADS))
    assert "<i>ei kerätty</i>" in said
    assert "0,82" not in said


def test_columns_are_named_above_the_first_row_and_under_the_last():
    figure = phase_heatmap([row(*[PhaseCell()] * 3)], QUALITY, "fi", HEADS)
    assert [f"<b>{head}</b>" for head in HEADS] == words(figure)[: len(HEADS)]
    assert tuple(figure.layout.xaxis.ticktext) == HEADS


def test_a_name_with_tags_is_shown_as_written():
    figure = phase_heatmap([row(*[PhaseCell()] * 3, label="<b>x</b>")], QUALITY, "fi", HEADS)
    assert "&lt;b&gt;x&lt;/b&gt;" in words(figure)


def test_a_point_keeps_both_of_its_intervals():
    share = metrics()["balanced_leadership"]
    point = Point("a", result(60, 50, 75), result(0.4, 0.3, 0.6, indicative=True))
    figure = plane([point], Side(QUALITY, "x", 60), Side(share, "y"), "fi")
    marks = figure.data[0]
    assert (list(marks.error_x.array), list(marks.error_x.arrayminus)) == ([15], [10])
    assert list(marks.error_y.array) == pytest.approx([0.2])
    assert list(marks.error_y.arrayminus) == pytest.approx([0.1])
    assert list(marks.marker.symbol) == ["circle-open"]
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(60, 60)]
    assert figure.layout.xaxis.range[0] <= 0 < 100 <= figure.layout.xaxis.range[1]
    assert figure.layout.yaxis.range[1] >= 1


def test_only_the_first_rows_of_the_table_are_numbered_on_the_plane():
    points = [Point(str(n), result(50 + n), result(50)) for n in range(30)]
    side = Side(QUALITY, "x")
    assert words(plane(points, side, side, "fi")) == [str(n) for n in range(1, 6)]


def test_thousands_of_points_are_drawn_at_once():
    points = [Point(str(n), result(n % 100), result(50)) for n in range(1000)]
    side = Side(QUALITY, "x")
    assert len(plane(points, side, side, "fi").data[0].x) == 1000
