"""Cells of a shaded table: a number or a sign in each, so that colour never says it alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import plotly.graph_objects as go

from dashboard.charts import grammar
from metrics.metric import Result, ValueState

#: Pixels above the first row for the names of the columns, and the part of a column a cell takes.
HEAD, FILLED = 24, 0.94
#: Before a number that is indicative only.
ABOUT = "~"
#: What stands in a cell that has no number.
SIGNS = {
    ValueState.SUPPRESSED: "…",
    ValueState.NOT_APPLICABLE: "–",
    ValueState.NOT_REPORTED: "?",
}
_BLUE = "47,127,193"


class CellRow(Protocol):
    """A row of a table: its label, and a result for each column (None: nothing stands there)."""

    @property
    def label(self) -> str: ...

    @property
    def cells(self) -> tuple[Result | None, ...]: ...


def table(
    rows: Sequence[CellRow],
    heads: Sequence[str],
    height: int,
    language: str,
    *,
    text: Callable[[Result], str],
    shade: Callable[[float], str],
    row_words: Callable[[CellRow], str] | None = None,
) -> go.Figure:
    """A row a label, a column a head, a shaded cell for each result.

    height: pixels of a cell. text: what stands in a cell. shade: the colour of its value.
    row_words: what stands at the right edge of a row.
    """
    marks, end = grammar.stacked([row.label for row in rows], height - 6)
    at = [HEAD + mark for mark in marks]
    under = height // 2 - 4
    layout = grammar.canvas(HEAD + end, top=0, bottom=8)
    layout["barmode"] = "overlay"
    layout["xaxis"] = grammar.axis(0, len(heads), visible=False)
    layout["yaxis"] = grammar.rows_axis(HEAD + end)
    layout["annotations"] = [
        words(f"<b>{grammar.plain(head)}</b>", column + 0.5, HEAD / 2)
        for column, head in enumerate(heads)
    ]
    drawn = []
    for place, row in zip(at, rows, strict=True):
        layout["annotations"].append(grammar.row_label(row.label, place))
        if row_words is not None:
            told = row_words(row)
            layout["annotations"].append(grammar.row_value(told, place, faint=not told))
        drawn += [
            (place + under, column, result)
            for column, result in enumerate(row.cells)
            if result is not None
        ]
    layout["annotations"] += [
        words(text(result), column + 0.5, middle) for middle, column, result in drawn
    ]
    return grammar.drawn([filled(drawn, height, shade)], layout, language)


def words(text: str, x: float, y: float) -> dict:
    """A text in the middle of a cell, or the name of a column."""
    return grammar.note(
        text,
        xref="x",
        x=x,
        xanchor="center",
        yref="y",
        y=y,
        yanchor="middle",
        font={"size": 13},
    )


def number_or_sign(result: Result, number: Callable[[], str]) -> str:
    """The number of a result, ~ before an indicative one; the sign of why there is none."""
    if not grammar.is_shown(result):
        return SIGNS.get(result.state, "")
    return f"{ABOUT if result.indicative else ''}{number()}"


def blue(strength: float) -> str:
    """The blue of the cells, that strong."""
    return f"rgba({_BLUE},{strength:.3g})"


def filled(
    cells: Sequence[tuple[float, int, Result]], height: int, shade: Callable[[float], str]
) -> go.Bar:
    """Cells filled where there is a number, in outline where there is a sign.

    cells: the middle of the row, the column, and the result. shade: the colour of a value.
    """
    return go.Bar(
        name="cells",
        orientation="h",
        base=[column + (1 - FILLED) / 2 for _, column, _ in cells],
        x=[FILLED] * len(cells),
        y=[middle for middle, _, _ in cells],
        width=height,
        marker={
            "color": [
                shade(result.value) if grammar.is_shown(result) else grammar.CLEAR
                for _, _, result in cells
            ],
            "line": {
                "width": 1,
                "color": [
                    grammar.CLEAR if grammar.is_shown(result) else grammar.QUIET
                    for _, _, result in cells
                ],
            },
        },
    )
