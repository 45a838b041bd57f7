"""Projects by phases as a table of coloured cells: every cell is a number or a sign first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import cells, grammar
from dashboard.charts.intervals import value_words
from metrics.metric import Metric, Result, Unit

#: Pixels: a cell, how far its middle stands under the label, and the space after it.
CELL, UNDER, AFTER = 24, 8, 18
#: The gap before the last column, and that one's width, in columns.
GAP, LAST = 0.15, 1.25
#: Points from which each step of blue begins, and how strong it is: neighbouring scores are told
#: apart, and ink keeps a contrast of 6:1 on the strongest.
STEPS = ((0, 0.05), (50, 0.14), (60, 0.24), (70, 0.36), (80, 0.5))
#: After the number of a cell: required parts are missing; it is of another questionnaire.
LACKS, SHORT = "*", "°"


@dataclass(frozen=True, slots=True)
class PhaseCell:
    """What is known of a phase of a project. result: None where nothing was asked in it.

    lacks: how many parts that the phase requires were not measured. short: the result comes from
    another questionnaire than the one that the page reads.
    """

    result: Result | None = None
    lacks: int = 0
    short: bool = False


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A project: its whole process, how reliable its mean is, and its phases in their order."""

    label: str
    overall: Result | None
    absence: str
    reliability: Result | None
    cells: tuple[PhaseCell, ...]


@grammar.kept
def phase_heatmap(
    rows: Sequence[PhaseRow], metric: Metric, language: str, heads: tuple[str, ...]
) -> go.Figure:
    """A row a project, a column a phase; the bluer a cell, the higher its number.

    heads: what the columns are called, the last one that of the reliability.
    Missing: a sign (`cells.SIGNS`) in an outlined cell; nothing where nobody was asked.
    """
    marks, end = grammar.stacked([row.label for row in rows], AFTER)
    at = [cells.HEAD + mark for mark in marks]
    phases = len(heads) - 1
    centres = [phase + 0.5 for phase in range(phases)] + [phases + GAP + LAST / 2]
    layout = grammar.canvas(cells.HEAD + end, top=0)
    layout["barmode"] = "overlay"
    layout["xaxis"] = grammar.axis(0, phases + GAP + LAST, **columns_axis(centres, heads))
    layout["yaxis"] = grammar.rows_axis(cells.HEAD + end)
    layout["annotations"] = [
        cells.words(f"<b>{head}</b>", centre, cells.HEAD / 2)
        for head, centre in zip(map(grammar.plain, heads), centres, strict=True)
    ]
    for place, row in zip(at, rows, strict=True):
        layout["annotations"] += row_words(row, place, metric.unit, language)
        texts = [cell_text(cell, language) for cell in row.cells]
        texts.append(reliability_text(row.reliability, language))
        layout["annotations"] += [
            cells.words(text, centre, place + UNDER)
            for text, centre in zip(texts, centres, strict=True)
            if text
        ]
    drawn = [
        (place + UNDER, phase, cell.result)
        for place, row in zip(at, rows, strict=True)
        for phase, cell in enumerate(row.cells)
        if cell.result is not None
    ]
    return grammar.drawn(
        [cells.filled(drawn, CELL, lambda value: cells.blue(strength(value)))], layout, language
    )


def columns_axis(centres: Sequence[float], heads: Sequence[str]) -> dict:
    """The names of the columns once more under the last row."""
    return {
        "showgrid": False,
        "tickmode": "array",
        "tickvals": list(centres),
        "ticktext": [grammar.plain(head) for head in heads],
        "tickangle": 0,
        "tickfont": {"size": 13},
    }


def row_words(row: PhaseRow, place: int, unit: Unit, language: str) -> list[dict]:
    """The name of a project and, at the right edge, its whole process with the interval."""
    shown = row.overall is not None and grammar.is_shown(row.overall)
    words = value_words(row.overall, unit, language) if shown else row.absence
    return [
        grammar.row_label(row.label, place),
        grammar.row_value(words, place, faint=not shown),
    ]


def cell_text(cell: PhaseCell, language: str) -> str:
    """What stands in a cell: ~68*°, a sign where there is no number, nothing where unasked."""
    result = cell.result
    if result is None:
        return ""
    text = cells.number_or_sign(result, lambda: written.number(result.value, language))
    return f"{text}{LACKS if cell.lacks else ''}{SHORT if cell.short else ''}"


def reliability_text(result: Result | None, language: str) -> str:
    """The reliability of a mean as a coefficient, or the sign of why it is not there."""
    if result is None:
        return ""
    if grammar.is_shown(result):
        return written.figure(result.value, Unit.COEFFICIENT, language)
    return cells.SIGNS.get(result.state, "")


def strength(points: float) -> float:
    """How strong the blue of a value of 0-100 is."""
    return [strong for begins, strong in STEPS if round(points) >= begins][-1]
