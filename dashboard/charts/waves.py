"""The same figure at the waves of a process: baseline, during, end and follow-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import grammar
from dashboard.charts.intervals import Row, lower, upper
from metrics.metric import Metric
from metrics.reasons import WAVE_NAMES
from survey.instrument import WAVES

PANEL = 158
COLUMNS = 2
TITLE_WIDTH = 24


def wave_steps(
    panels: Sequence[tuple[str, Sequence[Row]]], metric: Metric, language: str
) -> go.Figure:
    """Small panels, one a scale, each with its levels at the waves and their intervals.

    Rows: the panels' rows are results of one scale at different waves.
    Missing: a wave without a value is a dotted upright with its reason; waves are joined by a
    thin dotted line, because different people may have answered them: two levels, not a change.
    """
    present = waves_of(panels)
    low, high = grammar.span([row.result for _, rows in panels for row in rows], metric.unit)
    columns = min(COLUMNS, max(1, len(panels)))
    lines = -(-len(panels) // columns)
    layout = grammar.canvas(PANEL * max(1, lines), top=4, bottom=8, left=10, right=10)
    data = []
    for number, (title, rows) in enumerate(panels, start=1):
        by_wave = {row.result.wave: row for row in rows}
        across, down = shares(number - 1, columns, lines)
        layout |= panel_axes(number, across, down, (low, high), present, language)
        layout["annotations"].append(panel_title(title, number))
        layout["annotations"] += wave_words(by_wave, present, number, metric, language, low)
        data += panel_marks(by_wave, present, number, metric)
        data.append(wave_gaps(by_wave, present, number, (low, high)))
    return grammar.drawn(data, layout, language)


def waves_of(panels: Sequence[tuple[str, Sequence[Row]]]) -> list[str]:
    """The waves that occur, in the order of the process."""
    found = {row.result.wave for _, rows in panels for row in rows}
    return [wave for wave in WAVES if wave in found]


def shares(index: int, columns: int, lines: int) -> tuple[list[float], list[float]]:
    """The part of the canvas that a panel's axes take: across and upward, 0-1."""
    line, column = divmod(index, columns)
    left, width = column / columns, 1 / columns
    top, height = 1 - line / lines, 1 / lines
    return (
        [left + 0.08 * width, left + 0.94 * width],
        [top - 0.82 * height, top - 0.26 * height],
    )


def panel_axes(
    number: int,
    across: list[float],
    down: list[float],
    ends: tuple[float, float],
    present: Sequence[str],
    language: str,
) -> dict:
    """The two axes of a panel: waves across, the unit's whole range upward."""
    suffix = suffix_of(number)
    return {
        f"xaxis{suffix}": {
            "domain": across,
            "anchor": f"y{suffix}",
            "range": [-0.5, len(present) - 0.5],
            "tickmode": "array",
            "tickvals": list(range(len(present))),
            "ticktext": [grammar.plain(WAVE_NAMES[wave].in_language(language)) for wave in present],
            "tickfont": {"size": 12},
            "tickangle": 0,
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "showline": False,
        },
        f"yaxis{suffix}": {
            **grammar.axis(*ends),
            "domain": down,
            "anchor": f"x{suffix}",
            "tickmode": "array",
            "tickvals": list(ends),
            "ticktext": [written.number(end, language) for end in ends],
            "tickfont": {"size": 11},
            "automargin": False,
        },
    }


def suffix_of(number: int) -> str:
    """How Plotly numbers the axes of a panel: nothing, 2, 3."""
    return "" if number == 1 else str(number)


def panel_title(title: str, number: int) -> dict:
    """The name of a panel, above it at the left edge."""
    suffix = suffix_of(number)
    return grammar.note(
        f"<b>{grammar.wrapped(title, TITLE_WIDTH)}</b>",
        xref=f"x{suffix} domain",
        x=0,
        xanchor="left",
        align="left",
        yref=f"y{suffix} domain",
        y=1,
        yanchor="bottom",
        yshift=8,
    )


def wave_words(
    by_wave: Mapping[str, Row],
    present: Sequence[str],
    number: int,
    metric: Metric,
    language: str,
    floor: float,
) -> list[dict]:
    """The value beside each mark, or the reason why there is none."""
    suffix = suffix_of(number)
    words = []
    for position, wave in enumerate(present):
        row = by_wave.get(wave)
        if row is None:
            continue
        shown = grammar.is_shown(row.result)
        text = written.figure(row.result.value, metric.unit, language) if shown else row.absence
        words.append(
            grammar.note(
                f"<b>{grammar.plain(text)}</b>" if shown else f"<i>{grammar.wrapped(text, 14)}</i>",
                xref=f"x{suffix}",
                x=position,
                xanchor="left" if shown else "center",
                xshift=12 if shown else 0,
                yref=f"y{suffix}",
                y=row.result.value if shown else floor,
                yanchor="middle" if shown else "bottom",
                font={"size": 13},
            )
        )
    return words


def panel_marks(
    by_wave: Mapping[str, Row], present: Sequence[str], number: int, metric: Metric
) -> list[go.Scatter]:
    """The marks of a panel with their intervals, and the thin line that joins them."""
    suffix = suffix_of(number)
    shown = [
        (position, by_wave[wave].result)
        for position, wave in enumerate(present)
        if wave in by_wave and grammar.is_shown(by_wave[wave].result)
    ]
    return [
        go.Scatter(
            name="values",
            mode="lines+markers",
            x=[position for position, _ in shown],
            y=[result.value for _, result in shown],
            xaxis=f"x{suffix}",
            yaxis=f"y{suffix}",
            line={"dash": "dot", "width": 1, "color": grammar.QUIET},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [upper(result) for _, result in shown],
                "arrayminus": [lower(result) for _, result in shown],
                "color": grammar.colour(metric),
                "thickness": 2.5,
                "width": 5,
            },
            marker={
                "symbol": [grammar.symbol(metric, result) for _, result in shown],
                "color": grammar.colour(metric),
                "size": 11,
                "line": {"width": 2, "color": grammar.colour(metric)},
            },
            cliponaxis=False,
        )
    ]


def wave_gaps(
    by_wave: Mapping[str, Row], present: Sequence[str], number: int, ends: tuple[float, float]
) -> go.Scatter:
    """Dotted uprights at the waves that have no value."""
    suffix = suffix_of(number)
    x: list[float | None] = []
    y: list[float | None] = []
    for position, wave in enumerate(present):
        if wave in by_wave and not grammar.is_shown(by_wave[wave].result):
            x += [position, position, None]
            y += [*ends, None]
    return go.Scatter(
        name="gaps",
        mode="lines",
        x=x,
        y=y,
        xaxis=f"x{suffix}",
        yaxis=f"y{suffix}",
        line={"dash": "dot", "color": grammar.QUIET, "width": 1.5},
    )
