"""Charts that answer to a pointer: the same figure, zoomable, with the words of each mark."""

from __future__ import annotations

from dashboard.charts import Row, grammar, interval_dots
from dashboard.charts.live import live
from dashboard.charts.plane import Point, Side, plane
from metrics.catalog import metrics
from tests.dashboard.test_still import result

QUALITY = metrics()["process_quality"]


def test_a_mark_tells_its_row_and_its_value_with_the_interval():
    rows = [Row("Kaivo", result(68.0, 63.0, 73.0)), Row("Silta", result(40.0, 20.0, 60.0))]
    marks = live(interval_dots(rows, QUALITY, "en")).data[0]
    assert marks.hovertext == ("Kaivo<br><b>68 (63–73)</b>", "Silta<br><b>40 (20–60)</b>")


def test_what_is_hidden_says_nothing_to_a_pointer():
    drawn = live(interval_dots([Row("Kaivo", result(None), "too few answers")], QUALITY, "en"))
    assert [trace.hoverinfo for trace in drawn.data] == ["skip", "skip"]


def test_a_project_between_two_figures_is_named_and_what_is_written_is_no_markup():
    point = Point("<b>Kaivo</b>", result(68.0, 63.0, 73.0), result(40.0))
    drawn = live(plane([point], Side(QUALITY, "Firm"), Side(QUALITY, "Flexible"), "en"))
    said = grammar.plain("<b>Kaivo</b>")
    assert drawn.data[0].hovertext == (f"<b>{said}</b><br>Firm: 68 (63–73)<br>Flexible: 40",)
    assert "<b>Kaivo</b>" not in said


def test_value_axes_zoom_and_the_figure_on_the_page_stays_as_it_was():
    figure = interval_dots([Row("Kaivo", result(68.0, 63.0, 73.0))], QUALITY, "en")
    drawn = live(figure)
    assert (drawn.layout.xaxis.fixedrange, drawn.layout.yaxis.fixedrange) == (False, True)
    assert (drawn.layout.hovermode, drawn.layout.dragmode) == ("closest", "zoom")
    assert (figure.layout.xaxis.fixedrange, figure.layout.hovermode) == (True, False)
