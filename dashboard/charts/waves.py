"""The same figures at the waves of a process: baseline, during, end and follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from dashboard import series
from dashboard.charts import grammar
from dashboard.charts.intervals import Row, lower, upper, value_words
from metrics.metric import Metric
from metrics.names import WAVE_NAMES

#: Pixels: the name of a panel, one wave in it, and the space after it.
TITLE, WAVE, AFTER = 26, 22, 12
#: Pixels that a change of the questionnaire takes between two waves: its words over its line.
BREAK, WORDS = 30, 10
#: The part of the width that the marks take; waves are named left of it, values right of it.
DOMAIN = (0.26, 0.66)

#: A scale's name and its results at the waves.
Panel = tuple[str, Sequence[Row]]


@grammar.kept
def wave_steps(panels: Sequence[Panel], metric: Metric, language: str) -> go.Figure:
    """Small panels under each other, one a scale, each with its levels at the waves.

    Missing: a wave without a value is a dotted gap with its reason in words. The waves are joined
    by a thin dotted line only, because different people may have answered them: these are levels.
    Where the questionnaire changed the line is broken, and a dashed line across says so.
    """
    low, high = grammar.span([row.result for _, rows in panels for row in rows], metric.unit)
    placed, height = stacked(panels)
    layout = grammar.canvas(height, top=4)
    layout["xaxis"] = grammar.axis(
        low, high, domain=DOMAIN, **grammar.ticks(low, high, metric.unit, language)
    )
    layout["yaxis"] = grammar.rows_axis(height)
    for top, title, waves in placed:
        layout["annotations"].append(panel_title(title, top))
        for place, broken in breaks(waves):
            layout["shapes"].append(across(place))
            layout["annotations"].append(break_words(broken, place, language))
    rows = [(place, row) for _, _, waves in placed for place, row in waves]
    for place, row in rows:
        layout["annotations"] += wave_words(place, row, metric, language)
    joined = [waves for _, _, waves in placed]
    empty = [place for place, row in rows if not grammar.is_shown(row.result)]
    drawn = [steps(joined, metric), grammar.gaps(empty, low, high)]
    return grammar.drawn(drawn, layout, language)


def stacked(
    panels: Sequence[Panel],
) -> tuple[list[tuple[int, str, list[tuple[int, Row]]]], int]:
    """Each panel's top, name and rows with their places, and where the last one ends, in pixels."""
    placed, top = [], 0
    for title, rows in panels:
        place, waves = top + TITLE + WAVE // 2, []
        for row in sorted(rows, key=lambda row: series.place_of(row.result)):
            if waves and series.is_broken(waves[-1][1].result, row.result):
                place += BREAK
            waves.append((place, row))
            place += WAVE
        placed.append((top, title, waves))
        top = place - WAVE // 2 + AFTER
    return placed, top


def breaks(waves: Sequence[tuple[int, Row]]) -> list[tuple[float, series.Break]]:
    """Where in a panel the questionnaire changed, and the results before and after."""
    return [
        ((above + below) / 2, (earlier.result, later.result))
        for (above, earlier), (below, later) in pairwise(waves)
        if series.is_broken(earlier.result, later.result)
    ]


def across(place: float) -> dict:
    """A dashed line over the whole width where the questionnaire changed."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "yref": "y",
        "y0": place + WORDS,
        "y1": place + WORDS,
        "line": {"color": grammar.QUIET, "width": 1.5, "dash": "dash"},
    }


def break_words(broken: series.Break, place: float, language: str) -> dict:
    """What stands at a break, over its line."""
    return grammar.note(
        f"<i>{grammar.plain(series.break_label(broken, language))}</i>",
        xref="paper",
        x=0,
        xanchor="left",
        yref="y",
        y=place + WORDS,
        yanchor="bottom",
        font={"size": 13},
    )


def panel_title(title: str, top: int) -> dict:
    """The name of a panel at the left edge."""
    return grammar.note(
        f"<b>{grammar.wrapped(title, 44, 1)}</b>",
        xref="paper",
        x=0,
        xanchor="left",
        yref="y",
        y=top + TITLE - 4,
        yanchor="bottom",
    )


def wave_words(place: int, row: Row, metric: Metric, language: str) -> list[dict]:
    """The wave's name on the left of its line, its value or the reason for none on the right."""
    shown = grammar.is_shown(row.result)
    wave = WAVE_NAMES[row.result.wave].in_language(language)
    words = value_words(row.result, metric.unit, language) if shown else row.absence
    sides = ((wave, 0, "left"), (words if shown else f"<i>{grammar.plain(words)}</i>", 1, "right"))
    return [
        grammar.note(
            text if text.startswith("<i>") else grammar.plain(text),
            xref="paper",
            x=x,
            xanchor=anchor,
            yref="y",
            y=place,
            yanchor="middle",
            font={"size": 13},
        )
        for text, x, anchor in sides
    ]


def apart(x: list, y: list, above: list, below: list, symbols: list) -> None:
    """End the line: what is drawn next is not joined to what was drawn before."""
    for values, nothing in ((x, None), (y, None), (above, 0.0), (below, 0.0), (symbols, "circle")):
        values.append(nothing)


def steps(panels: Sequence[Sequence[tuple[int, Row]]], metric: Metric) -> go.Scatter:
    """The marks with their intervals, joined within a panel as long as the questionnaire is
    the same, and apart between panels."""
    x: list[float | None] = []
    y: list[float | None] = []
    above: list[float] = []
    below: list[float] = []
    symbols: list[str] = []
    for panel in panels:
        before: Row | None = None
        for place, row in panel:
            if not grammar.is_shown(row.result):
                continue
            if before is not None and series.is_broken(before.result, row.result):
                apart(x, y, above, below, symbols)
            before, result = row, row.result
            x.append(result.value)
            y.append(place)
            above.append(upper(result))
            below.append(lower(result))
            symbols.append(grammar.symbol(metric, result))
        apart(x, y, above, below, symbols)
    return go.Scatter(
        name="values",
        mode="lines+markers",
        x=x,
        y=y,
        connectgaps=False,
        line={"dash": "dot", "width": 1, "color": grammar.QUIET},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": above,
            "arrayminus": below,
            "color": grammar.colour(metric),
            "thickness": 2.5,
            "width": 4,
        },
        marker={
            "symbol": symbols,
            "color": grammar.colour(metric),
            "size": 9,
            "line": {"width": 2, "color": grammar.colour(metric)},
        },
        cliponaxis=False,
    )
