"""Groups by steps, or years by stages: a table of shares whose cells are shaded by their value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import cells, grammar
from metrics.metric import Metric, Result

#: Pixels: a cell, how far its middle stands under the label, and the space after it.
CELL, UNDER, AFTER = 26, 9, 20
#: How strong the colour of 0 and of 1 is: ink keeps a contrast of 6:1 on either.
FAINTEST, STRONGEST = 0.06, 0.5


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

    Missing: a sign (`cells.SIGNS`) in an outlined cell; nothing where nothing was collected.
    """
    marks, end = grammar.stacked([row.label for row in rows], AFTER)
    at = [cells.HEAD + mark for mark in marks]
    layout = grammar.canvas(cells.HEAD + end, top=0, bottom=8)
    layout["barmode"] = "overlay"
    layout["xaxis"] = grammar.axis(0, len(heads), visible=False)
    layout["yaxis"] = grammar.rows_axis(cells.HEAD + end)
    layout["annotations"] = [
        cells.words(f"<b>{grammar.plain(head)}</b>", column + 0.5, cells.HEAD / 2)
        for column, head in enumerate(heads)
    ]
    for place, row in zip(at, rows, strict=True):
        layout["annotations"].append(grammar.row_label(row.label, place))
        layout["annotations"] += [
            cells.words(grid_text(result, metric, language), column + 0.5, place + UNDER)
            for column, result in enumerate(row.cells)
            if result is not None
        ]
    drawn = [
        (place + UNDER, column, result)
        for place, row in zip(at, rows, strict=True)
        for column, result in enumerate(row.cells)
        if result is not None
    ]
    return grammar.drawn(
        [cells.filled(drawn, CELL, lambda value: cells.blue(strength(value)))], layout, language
    )


def grid_text(result: Result, metric: Metric, language: str) -> str:
    """What stands in a cell: the share, ~ before an indicative one, or a sign."""
    return cells.number_or_sign(
        result, lambda: grammar.plain(written.figure(result.value, metric.unit, language))
    )


def strength(share: float) -> float:
    """How strong the blue of a share is."""
    return FAINTEST + (STRONGEST - FAINTEST) * min(max(share, 0.0), 1.0)
