"""One figure a row with its interval: parts, groups, places or projects side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import grammar
from dashboard.wording import say
from metrics.metric import Metric, Result, Unit


@dataclass(frozen=True, slots=True)
class Row:
    """A figure and what it is called; absence is the short reason why it has no value.

    test: another figure about the same, which carries the p of a test.
    """

    label: str
    result: Result
    absence: str = ""
    test: Result | None = None

    @property
    def tested(self) -> Result:
        """The figure whose p belongs to the row."""
        return self.test or self.result


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that the rows are read against, such as the whole portfolio's."""

    label: str
    value: float


@grammar.kept
def interval_dots(
    rows: Sequence[Row], metric: Metric, language: str, reference: Reference | None = None
) -> go.Figure:
    """Rows of marks with their intervals, in the order given.

    Missing: a row without a value is a dotted gap over the whole axis with its reason in words.
    """
    results = [row.result for row in rows]
    low, high = grammar.span(results, metric.unit, [reference.value] if reference else ())
    at, height = grammar.stacked([row.label for row in rows])
    layout = grammar.canvas(height, top=26 if reference else 6)
    layout["xaxis"] = grammar.axis(low, high, **grammar.ticks(low, high, metric.unit, language))
    layout["yaxis"] = grammar.rows_axis(height)
    for place, row in zip(at, rows, strict=True):
        shown = grammar.is_shown(row.result)
        words = value_words(row.result, metric.unit, language) if shown else row.absence
        layout["annotations"] += [
            grammar.row_label(row.label, place),
            grammar.row_value(words, place, faint=not shown),
        ]
    if low < 0:
        layout["shapes"].append(upright(0, "solid"))
    if reference:
        layout["shapes"].append(upright(reference.value, "dash"))
        layout["annotations"].append(reference_label(reference, metric.unit, language))
    empty = [place for place, row in zip(at, rows, strict=True) if not grammar.is_shown(row.result)]
    drawn = [marks(rows, at, metric), grammar.gaps(empty, low, high)]
    return grammar.drawn(drawn, layout, language)


@grammar.kept
def change_forest(rows: Sequence[Row], metric: Metric, language: str) -> go.Figure:
    """Changes with their intervals about a zero line; the axis says which way is better.

    Missing: as in `interval_dots`.
    """
    figure = go.Figure(interval_dots(rows, metric, language))
    figure.layout.template = None  # a copy would take up Plotly's own again, seven kilobytes of it
    figure.update_layout(
        margin_b=50,
        height=figure.layout.height + 22,
        xaxis_title={
            "text": grammar.plain(say(f"chart.direction.{metric.better}", language)),
            "font": {"size": 13},
            "standoff": 6,
        },
    )
    return figure


def value_words(result: Result, unit: Unit, language: str) -> str:
    """A value and its interval in brackets: 68 (63–73); hollow marks say ~ before it."""
    value = written.figure(result.value, unit, language)
    if grammar.has_range(result):
        value = f"{value} ({written.interval(result.low, result.high, unit, language)})"
    return f"~ {value}" if result.indicative else value


def marks(rows: Sequence[Row], at: Sequence[int], metric: Metric) -> go.Scatter:
    """The marks of the rows that have a value, each with the whole of its interval."""
    shown = [
        (place, row.result)
        for place, row in zip(at, rows, strict=True)
        if grammar.is_shown(row.result)
    ]
    return go.Scatter(
        name="values",
        mode="markers",
        x=[result.value for _, result in shown],
        y=[place for place, _ in shown],
        error_x={
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
            "size": 12,
            "line": {"width": 2, "color": grammar.colour(metric)},
        },
        cliponaxis=False,
    )


def upper(result: Result) -> float:
    """How far the interval reaches above the value; 0 where there is no interval."""
    return 0.0 if result.high is None else max(0.0, result.high - result.value)


def lower(result: Result) -> float:
    """How far the interval reaches below the value; 0 where there is no interval."""
    return 0.0 if result.low is None else max(0.0, result.value - result.low)


def upright(at: float, dash: str) -> dict:
    """A line from top to bottom at a value."""
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": at,
        "x1": at,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": grammar.QUIET, "width": 1.5, "dash": dash},
    }


def reference_label(reference: Reference, unit: Unit, language: str) -> dict:
    """The words of the reference line, on top of it."""
    words = f"{reference.label} {written.figure(reference.value, unit, language)}"
    return grammar.note(
        grammar.plain(words),
        xref="x",
        x=reference.value,
        xanchor="center",
        yref="paper",
        y=1,
        yanchor="bottom",
        yshift=4,
        font={"size": 13},
    )
