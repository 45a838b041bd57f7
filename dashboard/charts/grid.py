"""Groups by steps, or years by stages: a table of shares whose cells are shaded by their value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import grammar
from metrics.metric import Metric, Result, ValueState

#: Pixels: a cell, how far its middle stands under the label, the space after it, and the head.
CELL, UNDER, AFTER, HEAD = 26, 9, 20, 24
FILLED = 0.94
#: How strong the colour of 0 and of 1 is: ink keeps a contrast of 6:1 on either.
FAINTEST, STRONGEST = 0.06, 0.5
BLUE = "47,127,193"
#: What stands in a cell that has no number.
SIGNS = {
    ValueState.SUPPRESSED: "…",
    ValueState.NOT_APPLICABLE: "–",
    ValueState.NOT_REPORTED: "?",
}


@dataclass(frozen=True, slots=True)
class GridRow:
    """A group or a year with a share for each column; None: nothing was ever collected."""

    label: str
    cells: tuple[Result | None, ...]


@grammar.kept
def share_grid(
    rows: Sequence[GridRow], metric: Metric, language: str, heads: tuple[str, ...]
) -> go.Figure:
    """A row a label, a column a head; the stronger the colour, the larger the share.

    Missing: a sign (`SIGNS`) in an outlined cell; nothing where nothing was collected.
    """
    marks, end = grammar.stacked([row.label for row in rows], AFTER)
    at = [HEAD + mark for mark in marks]
    layout = grammar.canvas(HEAD + end, top=0, bottom=8)
    layout["barmode"] = "overlay"
    layout["xaxis"] = grammar.axis(0, len(heads), visible=False)
    layout["yaxis"] = grammar.rows_axis(HEAD + end)
    layout["annotations"] = [
        in_cell(f"<b>{grammar.plain(head)}</b>", column, HEAD / 2)
        for column, head in enumerate(heads)
    ]
    for place, row in zip(at, rows, strict=True):
        layout["annotations"].append(grammar.row_label(row.label, place))
        layout["annotations"] += [
            in_cell(grid_text(result, metric, language), column, place + UNDER)
            for column, result in enumerate(row.cells)
            if result is not None
        ]
    return grammar.drawn([cells(rows, at)], layout, language)


def in_cell(text: str, column: int, y: float) -> dict:
    return grammar.note(
        text, xref="x", x=column + 0.5, xanchor="center", yref="y", y=y, yanchor="middle"
    )


def grid_text(result: Result, metric: Metric, language: str) -> str:
    """What stands in a cell: the share, ~ before an indicative one, or a sign."""
    if not grammar.is_shown(result):
        return SIGNS.get(result.state, "")
    text = grammar.plain(written.figure(result.value, metric.unit, language))
    return f"~{text}" if result.indicative else text


def cells(rows: Sequence[GridRow], at: Sequence[int]) -> go.Bar:
    """The cells: filled where there is a number, in outline where there is a sign."""
    drawn = [
        (place + UNDER, column, result)
        for place, row in zip(at, rows, strict=True)
        for column, result in enumerate(row.cells)
        if result is not None
    ]
    return go.Bar(
        name="cells",
        orientation="h",
        base=[column + (1 - FILLED) / 2 for _, column, _ in drawn],
        x=[FILLED] * len(drawn),
        y=[place for place, _, _ in drawn],
        width=CELL,
        marker={
            "color": [shade(result) for _, _, result in drawn],
            "line": {
                "width": 1,
                "color": [
                    grammar.CLEAR if grammar.is_shown(result) else grammar.QUIET
                    for _, _, result in drawn
                ],
            },
        },
    )


def shade(result: Result) -> str:
    """The blue of a share; nothing where there is none."""
    if not grammar.is_shown(result):
        return grammar.CLEAR
    share = min(max(result.value, 0.0), 1.0)
    return f"rgba({BLUE},{FAINTEST + (STRONGEST - FAINTEST) * share:.3f})"
