"""Counts as bars: proposals and what became of them, participants beside those concerned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import grammar
from dashboard.charts.intervals import Row, lower, upper
from metrics.metric import Metric, Result, Unit

BAR = 14
#: Pixels from the middle of a bar to the middle of the one under it.
UNDER = BAR + 4


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records a label has, and how many of them are of the kind that is counted."""

    label: str
    all: int
    counted: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A group's shares of the participants and of the people concerned, 0-1; None: not known."""

    label: str
    taking_part: float | None
    concerned: float | None
    absence: str = ""


@grammar.kept
def taken_up_bars(rows: Sequence[Row], metric: Metric, language: str) -> go.Figure:
    """Bars of proposals, the filled part taken up by somebody, the outline all of them.

    Missing: a row without counts is a dotted gap with its reason in words.
    """
    placed = list(zip(grammar.stacked([row.label for row in rows])[0], rows, strict=True))
    shown = [(place, row.result) for place, row in placed if grammar.is_shown(row.result)]
    high = max((result.denominator or 0 for _, result in shown), default=1) * 1.02
    layout = bar_layout([row.label for row in rows], high, Unit.COUNT, language)
    for place, row in placed:
        known = grammar.is_shown(row.result)
        words = taken_up_words(row, metric, language) if known else row.absence
        layout["annotations"] += [
            grammar.row_label(row.label, place),
            grammar.row_value(words, place, faint=not known),
        ]
    data = [
        bars("all", [(place, r.denominator or 0) for place, r in shown], metric, filled=False),
        bars("taken_up", [(place, r.numerator or 0) for place, r in shown], metric, filled=True),
        intervals_of_counts(shown),
        gap_lines([place for place, row in placed if not grammar.is_shown(row.result)], high),
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
    known = [(place, r) for place, r in at if r.low is not None and r.denominator]
    return go.Scatter(
        name="values",
        mode="markers",
        x=[result.value * result.denominator for _, result in known],
        y=[place for place, _ in known],
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


@grammar.kept
def counted_bars(rows: Sequence[Counted], metric: Metric, language: str) -> go.Figure:
    """Bars of counts of records: the outline all of them, the filled part those counted.

    Interval: none, because a count of records is not a sample.
    """
    placed = list(zip(grammar.stacked([row.label for row in rows])[0], rows, strict=True))
    high = max((row.all for row in rows), default=1) * 1.02
    layout = bar_layout([row.label for row in rows], high, Unit.COUNT, language)
    for place, row in placed:
        words = f"{written.count(row.counted, language)}/{written.count(row.all, language)}"
        layout["annotations"] += [
            grammar.row_label(row.label, place),
            grammar.row_value(words, place),
        ]
    data = [
        bars("all", [(place, row.all) for place, row in placed], metric, filled=False),
        bars("taken_up", [(place, row.counted) for place, row in placed], metric, filled=True),
    ]
    return grammar.drawn(data, layout, language)


@grammar.kept
def participation_bars(pairs: Sequence[Pair], metric: Metric, language: str) -> go.Figure:
    """A filled bar for each group's share of the participants, an outline for its share of those
    whom the matter concerns: the two would be equally long if everybody took part alike.

    Missing: a group whose share is not shown is a dotted gap with its reason in words.
    """
    labels = [pair.label for pair in pairs]
    placed = list(zip(grammar.stacked(labels, UNDER)[0], pairs, strict=True))
    layout = bar_layout(labels, 1.0, Unit.SHARE, language, below=UNDER)
    for place, pair in placed:
        layout["annotations"] += [
            grammar.row_label(pair.label, place),
            grammar.row_value(pair_words(pair, language), place, faint=pair.taking_part is None),
        ]
    taking_part = [(p, pair.taking_part) for p, pair in placed if pair.taking_part is not None]
    concerned = [(p + UNDER, pair.concerned) for p, pair in placed if pair.concerned is not None]
    data = [
        bars("taking_part", taking_part, metric, filled=True),
        bars("concerned", concerned, metric, filled=False),
        gap_lines([place for place, pair in placed if pair.taking_part is None], 1.0),
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


def bar_layout(
    labels: Sequence[str], high: float, unit: Unit, language: str, below: int = 0
) -> dict:
    """The layout of level bars that begin at zero."""
    _, height = grammar.stacked(labels, below)
    layout = grammar.canvas(height, top=6)
    layout["barmode"] = "overlay"
    layout["xaxis"] = grammar.axis(0, high, **grammar.ticks(0, high, unit, language))
    layout["yaxis"] = grammar.rows_axis(height)
    return layout


def bars(name: str, at: Sequence[tuple[int, float]], metric: Metric, *, filled: bool) -> go.Bar:
    """Level bars, filled or in outline."""
    return go.Bar(
        name=name,
        orientation="h",
        x=[value for _, value in at],
        y=[place for place, _ in at],
        width=BAR,
        marker={
            "color": grammar.colour(metric) if filled else grammar.CLEAR,
            "line": {"color": grammar.colour(metric), "width": 1.5},
        },
    )


def gap_lines(places: Sequence[int], high: float) -> go.Scatter:
    """Dotted lines on the rows that have no counts."""
    x: list[float | None] = []
    y: list[float | None] = []
    for place in places:
        x += [0, high, None]
        y += [place, place, None]
    return go.Scatter(
        name="gaps",
        mode="lines",
        x=x,
        y=y,
        line={"dash": "dot", "color": grammar.QUIET, "width": 1.5},
    )
