"""Groups by steps, or years by stages: a table of shares whose cells are shaded by their value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import cells, grammar
from metrics.metric import Metric, Result

#: Pixels that a cell is high.
CELL = 26
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
    return cells.table(
        rows,
        heads,
        CELL,
        language,
        text=lambda result: grid_text(result, metric, language),
        shade=lambda value: cells.blue(strength(value)),
    )


def grid_text(result: Result, metric: Metric, language: str) -> str:
    """What stands in a cell: the share, ~ before an indicative one, or a sign."""
    return cells.number_or_sign(
        result, lambda: grammar.plain(written.figure(result.value, metric.unit, language))
    )


def strength(share: float) -> float:
    """How strong the blue of a share is."""
    return FAINTEST + (STRONGEST - FAINTEST) * min(max(share, 0.0), 1.0)
