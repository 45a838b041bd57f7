"""The same figures at the waves of a process: baseline, during, end and follow-up."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts import grammar
from dashboard.charts.intervals import Row, lower, upper, value_words
from metrics.metric import Metric
from metrics.names import WAVE_NAMES
from survey.instrument import WAVES

#: Pixels: the name of a panel, one wave in it, and the space after it.
TITLE, WAVE, AFTER = 26, 22, 12
#: The part of the width that the marks take; waves are named left of it, values right of it.
DOMAIN = (0.26, 0.66)

#: A scale's name and its results at the waves.
Panel = tuple[str, Sequence[Row]]


@grammar.kept
def wave_steps(panels: Sequence[Panel], metric: Metric, language: str) -> go.Figure:
    """Small panels under each other, one a scale, each with its levels at the waves.

    Missing: a wave without a value is a dotted gap with its reason in words. The waves are joined
    by a thin dotted line only, because different people may have answered them: these are levels.
    """
    low, high = grammar.span([row.result for _, rows in panels for row in rows], metric.unit)
    placed, height = stacked(panels)
    layout = grammar.canvas(height, top=4)
    layout["xaxis"] = grammar.axis(
        low, high, domain=DOMAIN, **grammar.ticks(low, high, metric.unit, language)
    )
    layout["yaxis"] = grammar.rows_axis(height)
    for top, title, _ in placed:
        layout["annotations"].append(panel_title(title, top))
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
        ordered = sorted(rows, key=lambda row: WAVES.index(row.result.wave))
        first = top + TITLE + WAVE // 2
        placed.append((top, title, [(first + WAVE * i, row) for i, row in enumerate(ordered)]))
        top += TITLE + WAVE * len(ordered) + AFTER
    return placed, top


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


def steps(panels: Sequence[Sequence[tuple[int, Row]]], metric: Metric) -> go.Scatter:
    """The marks with their intervals, joined within a panel and apart between panels."""
    x: list[float | None] = []
    y: list[float | None] = []
    above: list[float] = []
    below: list[float] = []
    symbols: list[str] = []
    for panel in panels:
        shown = [(place, row.result) for place, row in panel if grammar.is_shown(row.result)]
        x += [result.value for _, result in shown] + [None]
        y += [place for place, _ in shown] + [None]
        above += [upper(result) for _, result in shown] + [0.0]
        below += [lower(result) for _, result in shown] + [0.0]
        symbols += [grammar.symbol(metric, result) for _, result in shown] + ["circle"]
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
