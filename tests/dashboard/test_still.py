"""Still pictures: the lines, marks and words of a chart as HTML, without a script."""

import html
import re

import plotly.graph_objects as go
import pytest

from dashboard.charts import Reference, Row, grammar, interval_dots
from dashboard.charts.still import NoStillPicture, settled, still
from metrics.catalog import metrics
from metrics.metric import Method, Reason, Result, ValueState

QUALITY = metrics()["process_quality"]


def result(value: float | None, low: float | None = None, high: float | None = None, **more):
    """A published figure; one without a value is hidden."""
    shown = value is not None
    facts = {
        "metric": "process_quality", "instrument": "process_quality@1", "part": "GOAL",
        "level": "theme", "entity": 1, "wave": "end", "split": "total", "split_value": "",
        "n": 100 if shown else None, "p": None, "p_adjusted": None, "numerator": None,
        "denominator": None, "projects": 4, "coverage": None, "indicative": False,
        "state": ValueState.VALUE if shown else ValueState.SUPPRESSED,
        "method": Method.CLUSTER_MEAN if shown else Method.NONE,
        "reason": None if shown else Reason.TOO_FEW,
    }  # fmt: skip
    return Result(value=value, low=low, high=high, **(facts | more))


def places(picture: str, name: str) -> list[dict[str, str]]:
    """The style of every part of a kind."""
    found = re.findall(rf'<i class="{name}" style="([^"]*)"', picture)
    return [dict(pair.split(":", 1) for pair in style.split(";")) for style in found]


def share(value: float) -> float:
    # The axis of points is 0 to 100 with a fiftieth of room at each end: 104 wide, from -2.
    return 100 * (value + 2) / 104


def test_marks_and_intervals_stand_at_their_values():
    rows = [Row("A", result(68.0, 63.0, 73.0)), Row("B", result(40.0, 20.0, 60.0))]
    picture = still(interval_dots(rows, QUALITY, "en"), "two rows")
    marks = places(picture, "mark circle")
    assert [float(m["left"][:-1]) for m in marks] == pytest.approx([share(68), share(40)], abs=0.01)
    ranges = places(picture, "range")
    assert [float(r["left"][:-1]) for r in ranges] == pytest.approx(
        [share(63), share(20)], abs=0.01
    )
    # Ten and forty points of a width of 104.
    assert [float(r["width"][:-1]) for r in ranges] == pytest.approx(
        [1000 / 104, 4000 / 104], abs=0.01
    )
    assert "68 (63–73)" in picture


def test_what_is_hidden_is_a_dotted_gap_with_its_reason_and_no_mark():
    row = Row("A", result(None), "too few answers")
    picture = still(interval_dots([row], QUALITY, "en"), "one row")
    assert not places(picture, "mark circle")
    (gap,) = places(picture, "level")
    assert "dotted" in gap["border-top"]
    assert float(gap["width"][:-1]) == pytest.approx(10_000 / 104, abs=0.01)  # 0 to 100, whole
    assert "<i>too few answers</i>" in picture


def test_an_indicative_mark_is_hollow_and_a_reference_is_dashed():
    row = Row("A", result(68.0, 50.0, 80.0, indicative=True))
    picture = still(interval_dots([row], QUALITY, "en", Reference("all", 70.0)), "one row")
    assert places(picture, "mark circle hollow")
    assert any("dashed" in line["border-left"] for line in places(picture, "upright"))


def test_what_somebody_wrote_is_shown_as_written_and_never_run():
    wicked = '<img src=x onerror=alert(1)> "q" <b>no</b> &amp; </div><script>'
    row = Row(wicked[:28], result(68.0, 63.0, 73.0))
    picture = still(interval_dots([row], QUALITY, "en"), wicked)
    assert "<img" not in picture
    assert "<script" not in picture
    assert f'aria-label="{html.escape(wicked)}"' in picture
    assert settled(grammar.plain(wicked)).count("&lt;img") == 1
    assert settled("<b>a</b><br><i>b</i> <u>c</u>") == "<b>a</b><br><i>b</i> &lt;u&gt;c&lt;/u&gt;"


def test_the_same_figure_is_drawn_once():
    rows = [Row("A", result(68.0, 63.0, 73.0))]
    figure = interval_dots(rows, QUALITY, "en")
    assert still(figure, "x") == still(interval_dots(rows, QUALITY, "en"), "x")


@pytest.mark.parametrize(
    "trace",
    [
        go.Pie(values=[1, 2]),
        go.Scatter(mode="markers", x=[1], y=[1], marker={"symbol": "star", "size": 9}),
    ],
)
def test_what_the_grammar_does_not_have_is_refused(trace):
    layout = grammar.canvas(10) | {"xaxis": grammar.axis(0, 1), "yaxis": grammar.rows_axis(10)}
    with pytest.raises(NoStillPicture, match="draw"):
        still(grammar.drawn([trace], layout, "en"), "x")
