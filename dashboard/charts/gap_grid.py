"""Projects by constructs: how far the project's own view and the participants' lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import cells, grammar
from metrics.metric import Result

#: Pixels that a cell is high.
CELL = 24
#: Points from which each step of colour begins, and how strong it is.
STEPS = ((0, 0.04), (5, 0.12), (10, 0.26), (20, 0.42))
#: The hue of each side: the colours of the two marks in the picture of one project.
_ABOVE, _BELOW = "154,95,201", "47,127,193"


@dataclass(frozen=True, slots=True)
class GapCells:
    """A project with a gap for each construct (None: nobody judged or was asked), and in words
    what it comes to."""

    label: str
    cells: tuple[Result | None, ...]
    words: str


@grammar.kept
def gap_grid(rows: Sequence[GapCells], language: str, heads: tuple[str, ...]) -> go.Figure:
    """A row a project, a column a construct; the sign says which side judged it better.

    Missing: a sign (`cells.SIGNS`) in an outlined cell; nothing where there is nothing to compare.
    """
    return cells.table(
        rows,
        heads,
        CELL,
        language,
        text=lambda result: gap_text(result, language),
        shade=shade,
        row_words=lambda row: row.words,
    )


def gap_text(result: Result, language: str) -> str:
    """What stands in a cell: +12, −8, ~ before an indicative one, or a sign."""
    return cells.number_or_sign(
        result, lambda: grammar.plain(written.signed(result.value, language, 0))
    )


def shade(gap: float) -> str:
    """The colour of a gap: violet where the project judged it better, blue where participants."""
    strong = [strength for begins, strength in STEPS if abs(round(gap)) >= begins][-1]
    return f"rgba({_ABOVE if gap > 0 else _BELOW},{strong:.3g})"
