"""Counts as bars: proposals and what became of them, participants beside those concerned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import grammar
from dashboard.charts.intervals import Row, lower, rows_range, upper
from metrics.metric import Metric, Result, Unit

BAR = 14


@dataclass(frozen=True, slots=True)
class Pair:
    """A group's shares of the participants and of the people concerned, 0-1; None: not known."""

    label: str
    taking_part: float | None
    concerned: float | None
    absence: str = ""


def taken_up_bars(rows: Sequence[Row], metric: Metric, language: str) -> go.Figure:
    """Bars of proposals, the filled part taken up by somebody, the outline all of them.

    Missing: a row without counts is a dotted gap with its reason in words.
    """
    counted = [row.result.denominator or 0 for row in rows if grammar.is_shown(row.result)]
    high = max(counted, default=1) * 1.02
    height = grammar.pitch([row.label for row in rows])
    layout = grammar.canvas(height * len(rows), top=6)
    layout["barmode"] = "overlay"
    layout["xaxis"] = grammar.axis(0, high, **grammar.ticks(0, high, Unit.COUNT, language))
    layout["yaxis"] = {**grammar.rows_axis(len(rows)), "range": rows_range(len(rows), height)}
    for position, row in enumerate(rows):
        shown = grammar.is_shown(row.result)
        words = taken_up_words(row, metric, language) if shown else row.absence
        layout["annotations"] += [
            grammar.row_label(row.label, position),
            grammar.row_value(words, position, faint=not shown),
        ]
    shown_rows = [(i, row.result) for i, row in enumerate(rows) if grammar.is_shown(row.result)]
    data = [
        bars(
            "all",
            [(i, result.denominator or 0) for i, result in shown_rows],
            metric,
            height,
            filled=False,
        ),
        bars(
            "taken_up",
            [(i, result.numerator or 0) for i, result in shown_rows],
            metric,
            height,
            filled=True,
        ),
        intervals_of_counts(shown_rows),
        gap_lines([i for i, row in enumerate(rows) if not grammar.is_shown(row.result)], high),
    ]
    return grammar.drawn(data, layout, language)


def taken_up_words(row: Row, metric: Metric, language: str) -> str:
    """12/40 · 30 %."""
    result = row.result
    words = written.figure(result.value, metric.unit, language)
    if result.denominator is None:
        return words
    taken_up = written.count(result.numerator or 0, language)
    return f"{taken_up}/{written.count(result.denominator, language)} · {words}"


def intervals_of_counts(at: Sequence[tuple[int, Result]]) -> go.Scatter:
    """The intervals of the shares, drawn on the bars where they would end."""
    known = [(i, result) for i, result in at if result.low is not None and result.denominator]
    return go.Scatter(
        name="values",
        mode="markers",
        x=[result.value * result.denominator for _, result in known],
        y=[i for i, _ in known],
        marker={"size": 1, "color": grammar.QUIET},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [upper(result) * result.denominator for _, result in known],
            "arrayminus": [lower(result) * result.denominator for _, result in known],
            "color": grammar.QUIET,
            "thickness": 2,
            "width": 5,
        },
    )


def bars(
    name: str, at: Sequence[tuple[int, float]], metric: Metric, height: int, *, filled: bool
) -> go.Bar:
    """Level bars, filled or in outline."""
    return go.Bar(
        name=name,
        orientation="h",
        x=[value for _, value in at],
        y=[position for position, _ in at],
        width=BAR / height,
        marker={
            "color": grammar.colour(metric) if filled else grammar.CLEAR,
            "line": {"color": grammar.colour(metric), "width": 1.5},
        },
    )


def gap_lines(positions: Sequence[int], high: float) -> go.Scatter:
    """Dotted lines on the rows that have no counts."""
    x: list[float | None] = []
    y: list[float | None] = []
    for position in positions:
        x += [0, high, None]
        y += [position, position, None]
    return go.Scatter(
        name="gaps",
        mode="lines",
        x=x,
        y=y,
        line={"dash": "dot", "color": grammar.QUIET, "width": 1.5},
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records a label has, and how many of them are of the kind that is counted."""

    label: str
    all: int
    counted: int


def counted_bars(rows: Sequence[Counted], metric: Metric, language: str) -> go.Figure:
    """Bars of counts of records: the outline all of them, the filled part those counted.

    Interval: none, because a count of records is not a sample.
    """
    high = max((row.all for row in rows), default=1) * 1.02
    height = grammar.pitch([row.label for row in rows])
    layout = grammar.canvas(height * len(rows), top=6)
    layout["barmode"] = "overlay"
    layout["xaxis"] = grammar.axis(0, high, **grammar.ticks(0, high, Unit.COUNT, language))
    layout["yaxis"] = {**grammar.rows_axis(len(rows)), "range": rows_range(len(rows), height)}
    for position, row in enumerate(rows):
        words = f"{written.count(row.counted, language)}/{written.count(row.all, language)}"
        layout["annotations"] += [
            grammar.row_label(row.label, position),
            grammar.row_value(words, position),
        ]
    data = [
        bars("all", [(i, row.all) for i, row in enumerate(rows)], metric, height, filled=False),
        bars(
            "taken_up",
            [(i, row.counted) for i, row in enumerate(rows)],
            metric,
            height,
            filled=True,
        ),
    ]
    return grammar.drawn(data, layout, language)


def participation_bars(pairs: Sequence[Pair], metric: Metric, language: str) -> go.Figure:
    """A filled bar for each group's share of the participants, an outline for its share of those
    whom the matter concerns: the two would be equally long if everybody took part alike.

    Missing: a group whose share is not shown is a dotted gap with its reason in words.
    """
    height = grammar.pitch([pair.label for pair in pairs]) + BAR
    layout = grammar.canvas(height * len(pairs), top=6)
    layout["barmode"] = "overlay"
    layout["xaxis"] = grammar.axis(0, 1, **grammar.ticks(0, 1, Unit.SHARE, language))
    layout["yaxis"] = {**grammar.rows_axis(len(pairs)), "range": rows_range(len(pairs), height)}
    low_bar = BAR * 1.3 / height
    for position, pair in enumerate(pairs):
        layout["annotations"] += [
            grammar.row_label(pair.label, position),
            grammar.row_value(pair_words(pair, language), position, faint=pair.taking_part is None),
        ]
    data = [
        bars(
            "taking_part",
            [(i, pair.taking_part) for i, pair in enumerate(pairs) if pair.taking_part is not None],
            metric,
            height,
            filled=True,
        ),
        bars(
            "concerned",
            [
                (i + low_bar, pair.concerned)
                for i, pair in enumerate(pairs)
                if pair.concerned is not None
            ],
            metric,
            height,
            filled=False,
        ),
        gap_lines([i for i, pair in enumerate(pairs) if pair.taking_part is None], 1),
    ]
    return grammar.drawn(data, layout, language)


def pair_words(pair: Pair, language: str) -> str:
    """The two shares, participants first: 24 % · 31 %."""
    if pair.taking_part is None:
        return pair.absence
    words = written.share(pair.taking_part, language)
    if pair.concerned is None:
        return words
    return f"{words} · {written.share(pair.concerned, language)}"
