"""Two views of the same thing a row: the project's own, and that of those who took part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts import grammar
from dashboard.charts.intervals import lower, upper
from metrics.metric import Metric, Result

#: What joins the two marks of a row: wide enough to be seen before the marks are read.
_BAR = "rgba(122,122,122,0.38)"
_SQUARE, _CIRCLE = "■", "●"


@dataclass(frozen=True, slots=True)
class GapRow:
    """A construct of a phase: how the project judges it, how participants do, and what that is.

    words: what stands at the right edge: the gap and what it means, or why there is none. faint:
    there is no gap to tell of.
    """

    label: str
    own: Result | None
    participants: Result | None
    gap: Result | None
    words: str
    faint: bool = False


@grammar.kept
def dumbbell(
    rows: Sequence[GapRow], metric: Metric, language: str, heads: tuple[str, str]
) -> go.Figure:
    """A row a construct: a square for the project, a circle with its interval for participants.

    heads: what the two marks are called. Missing: a side without a value has no mark, and a row
    without either is a dotted gap over the whole axis.
    """
    low, high = grammar.RANGES[metric.unit]
    at, height = grammar.stacked([row.label for row in rows])
    layout = grammar.canvas(height, top=30)
    layout["xaxis"] = grammar.axis(low, high, **grammar.ticks(low, high, metric.unit, language))
    layout["yaxis"] = grammar.rows_axis(height)
    layout["annotations"] = [key_of(heads)]
    for place, row in zip(at, rows, strict=True):
        layout["annotations"] += [
            grammar.row_label(row.label, place),
            grammar.row_value(row.words, place, faint=row.faint),
        ]
    both = zip(at, values_of(rows, "own"), values_of(rows, "participants"), strict=True)
    empty = [place for place, own, participants in both if own is None and participants is None]
    traces = [
        bars(rows, at),
        # The square is the larger one and lies below, so both are seen where they agree.
        side(rows, at, "own", "square", grammar.OWN, 15),
        side(rows, at, "participants", "circle", grammar.PROCESS, 11),
        grammar.gaps(empty, low, high),
    ]
    return grammar.drawn(traces, layout, language)


def key_of(heads: tuple[str, str]) -> dict:
    """What the marks are, above the first row: a reader meets it before the marks."""
    own, participants = (grammar.plain(head) for head in heads)
    return grammar.note(
        f'<span style="color:{grammar.OWN}">{_SQUARE}</span> {own}   '
        f'<span style="color:{grammar.PROCESS}">{_CIRCLE}</span> {participants}',
        xref="paper",
        x=0,
        xanchor="left",
        align="left",
        yref="paper",
        y=1,
        yanchor="bottom",
        yshift=6,
    )


def values_of(rows: Sequence[GapRow], name: str) -> list[Result | None]:
    """One side of every row, where it has a value."""
    found = (getattr(row, name) for row in rows)
    return [result if result is not None and grammar.is_shown(result) else None for result in found]


def side(
    rows: Sequence[GapRow], at: Sequence[int], name: str, shape: str, colour: str, size: int
) -> go.Scatter:
    """The marks of one side, with the intervals of participants."""
    shown = [
        (place, result)
        for place, result in zip(at, values_of(rows, name), strict=True)
        if result is not None
    ]
    ranges = name == "participants"
    return go.Scatter(
        name=name,
        mode="markers",
        x=[result.value for _, result in shown],
        y=[place for place, _ in shown],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [upper(result) if ranges else 0.0 for _, result in shown],
            "arrayminus": [lower(result) if ranges else 0.0 for _, result in shown],
            "color": colour,
            "thickness": 2.5 if ranges else 0,
            "width": 5 if ranges else 0,
        },
        marker={
            # A judgement by a few is what it is; only what stands for many can be indicative.
            "symbol": [
                f"{shape}-open" if ranges and result.indicative else shape for _, result in shown
            ],
            "color": colour,
            "size": size,
            "line": {"width": 2, "color": colour},
        },
        cliponaxis=False,
    )


def bars(rows: Sequence[GapRow], at: Sequence[int]) -> go.Scatter:
    """What joins the two marks of each row that has both."""
    x: list[float | None] = []
    y: list[float | None] = []
    both = zip(at, values_of(rows, "own"), values_of(rows, "participants"), strict=True)
    for place, own, participants in both:
        if own is not None and participants is not None:
            x += [own.value, participants.value, None]
            y += [place, place, None]
    return go.Scatter(name="gap", mode="lines", x=x, y=y, line={"color": _BAR, "width": 7})
