"""Figures -> vectors: rows of dots with their intervals, and a grid of the process by phase.

Pure: rows in, SVG out. Process figures are circles and outcome figures diamonds, an indicative one
is hollow, what is not shown is a dotted gap with its reason: a print in black says as much. Every
interval that is known is drawn, and no axis is cut to make a difference look larger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from dashboard import format as written
from dashboard.brief.letters import settable
from dashboard.charts import Reference, Row, grammar, has_range, is_shown
from dashboard.charts.intervals import value_words
from dashboard.wording import say
from metrics.metric import Metric, Result

#: Points: the picture, where the plot begins and ends, a line of a label, and around the rows.
WIDTH, LEFT, RIGHT = 470.0, 168.0, 350.0
LINE, ROW, TOP, BOTTOM = 9.0, 17.0, 4.0, 16.0
#: Points above the rows for the words of a reference line, below for those of a direction.
REFERENCE, DIRECTION = 14.0, 12.0
LABEL_LETTERS, SIZE, SMALL = 38, 9.0, 7.5
#: Points: a cell of the grid at most, its height, and its heading.
CELL, CELL_HEIGHT, HEAD = 90.0, 21.5, 23.0
INK, QUIET, FAINT = "#1a1a1a", "#5c5c5c", "#c9c9c9"
FONT = "Libertinus Serif"


@dataclass(frozen=True, slots=True)
class Plot:
    """Where values stand: from low at the left edge to high at the right one."""

    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        within = min(max(value, self.low), self.high)
        return self.left + (within - self.low) / (self.high - self.low) * (self.right - self.left)


# --- rows of dots -------------------------------------------------------------------------------


def dots(
    rows: Sequence[Row],
    metric: Metric,
    language: str,
    reference: Reference | None = None,
    *,
    direction: bool = False,
) -> str:
    """Rows of marks with their intervals, in the order given, as an SVG.

    direction: say under the axis which way is better. Missing: a row without a value is a dotted
    gap over the whole axis with its reason in words.
    """
    results = [row.result for row in rows]
    low, high = grammar.span(results, metric.unit, [reference.value] if reference else ())
    plot = Plot(low, high, LEFT, RIGHT)
    top = TOP + (REFERENCE if reference else 0)
    height = top + ROW * len(rows) + BOTTOM + (DIRECTION if direction else 0)
    floor = top + ROW * len(rows)
    ticks = grammar.ticks(low, high, metric.unit, language)
    drawn = axis(plot, ticks["tickvals"], ticks["ticktext"], top, floor)
    if low < 0:
        drawn.append(line(plot.at(0), top, plot.at(0), floor, QUIET, 1.0))
    if reference:
        drawn += reference_line(plot, reference, metric, language, top, floor)
    for place, row in enumerate(rows):
        middle = top + ROW * (place + 0.5)
        drawn += label(row.label, middle)
        drawn += mark(plot, row, metric, middle)
        drawn += value(row, metric, language, middle)
    if direction:
        words = say(f"chart.direction.{metric.better}", language)
        drawn.append(text(words, (LEFT + RIGHT) / 2, height - 2, "middle", SMALL, QUIET))
    return picture(drawn, WIDTH, height)


def axis(
    plot: Plot, at: Sequence[float], words: Sequence[str], top: float, floor: float
) -> list[str]:
    """Faint lines at the steps of an axis, with their numbers under them."""
    drawn = []
    for step, word in zip(at, words, strict=True):
        x = plot.at(step)
        drawn.append(line(x, top, x, floor, FAINT, 0.6))
        drawn.append(text(word, x, floor + 10, "middle", SMALL, QUIET))
    return drawn


def reference_line(
    plot: Plot, reference: Reference, metric: Metric, language: str, top: float, floor: float
) -> list[str]:
    """A dashed line at a value, with what it is of above it."""
    x = plot.at(reference.value)
    words = f"{reference.label} {written.figure(reference.value, metric.unit, language)}"
    return [
        line(x, top, x, floor, QUIET, 1.0, "4 2.5"),
        text(words, x, top - 4, "middle", SMALL, QUIET),
    ]


def label(words: str, middle: float) -> list[str]:
    """What a row is called, in at most two lines; the table has it whole."""
    cut = grammar.lines(settable(words), LABEL_LETTERS)
    first = middle + 3 - LINE * (len(cut) - 1) / 2
    return [text(part, 0, first + LINE * place, "start", SIZE) for place, part in enumerate(cut)]


def mark(plot: Plot, row: Row, metric: Metric, middle: float) -> list[str]:
    """The mark of a row with the whole of its interval; a dotted gap where there is no value."""
    if not is_shown(row.result):
        return [line(plot.left, middle, plot.right, middle, QUIET, 1.0, "1 3")]
    return [
        *span(plot, row.result, metric, middle, 3.5),
        shape(plot.at(row.result.value), middle, metric, row.result, 4.2),
    ]


def span(plot: Plot, result: Result, metric: Metric, middle: float, cap: float) -> list[str]:
    """An interval as a line with ends; nothing where none is known."""
    if not has_range(result):
        return []
    colour = grammar.colour(metric)
    first, last = plot.at(result.low), plot.at(result.high)
    return [
        line(first, middle, last, middle, colour, 1.6),
        line(first, middle - cap, first, middle + cap, colour, 1.2),
        line(last, middle - cap, last, middle + cap, colour, 1.2),
    ]


def shape(x: float, y: float, metric: Metric, result: Result, size: float) -> str:
    """The mark of a figure: diamond or circle by kind, hollow when it is only indicative."""
    colour = grammar.colour(metric)
    fill = "#ffffff" if result.indicative else colour
    drawn = f'fill="{fill}" stroke="{colour}" stroke-width="{min(1.5, size / 2):.2f}"'
    if metric.kind == "outcome":
        far = size * 1.25
        points = f"{x:.2f},{y - far:.2f} {x + far:.2f},{y:.2f} {x:.2f},{y + far:.2f}"
        return f'<polygon points="{points} {x - far:.2f},{y:.2f}" {drawn}/>'
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{size:.2f}" {drawn}/>'


def value(row: Row, metric: Metric, language: str, middle: float) -> list[str]:
    """The value and interval of a row at the right edge, or why there is none."""
    if is_shown(row.result):
        words = value_words(row.result, metric.unit, language)
        return [text(words, WIDTH, middle + 3, "end", SIZE, weight="bold")]
    return [text(row.absence, WIDTH, middle + 3, "end", SIZE, QUIET, style="italic")]


# --- the process by phase -----------------------------------------------------------------------


def grid(
    parts: Sequence[str],
    phases: Sequence[tuple[str, str]],
    cells: Mapping[tuple[str, str], Row],
    metric: Metric,
    language: str,
) -> str:
    """Sides of the process by its phases as an SVG: in every cell a number, and under it the mark
    with its interval on a line from the least to the most possible.

    phases: code and name of each. cells: by part and phase. Missing: a cell that nobody was asked
    in is a dash; one without a value has its reason in a word.
    """
    wide = min(CELL, (WIDTH - LEFT) / max(1, len(phases)))
    low, high = grammar.span([], metric.unit)
    drawn = []
    for column, (code, name) in enumerate(phases):
        x = LEFT + wide * (column + 0.5)
        drawn.append(text(code, x, 8, "middle", SIZE, weight="bold"))
        short = grammar.lines(settable(name), int(wide / 4), 1)[0]
        drawn.append(text(short, x, 17, "middle", 7.0, QUIET))
    for place, part in enumerate(parts):
        top = HEAD + CELL_HEIGHT * place
        drawn.append(line(0, top, LEFT + wide * len(phases), top, FAINT, 0.5))
        drawn += label(part, top + CELL_HEIGHT / 2)
        for column, (code, _) in enumerate(phases):
            left = LEFT + wide * column
            plot = Plot(low, high, left + 5, left + wide - 5)
            drawn += cell(plot, cells.get((part, code)), metric, language, top)
    return picture(drawn, WIDTH, HEAD + CELL_HEIGHT * len(parts) + 2)


def cell(plot: Plot, row: Row | None, metric: Metric, language: str, top: float) -> list[str]:
    """One cell of the grid: the number over its interval, or a word for what is not there."""
    middle = (plot.left + plot.right) / 2
    if row is None:
        return [text(say("table.none", language), middle, top + 13, "middle", SIZE, QUIET)]
    if not is_shown(row.result):
        words = say(f"brief.cell.{row.result.state.value}", language)
        return [text(words, middle, top + 13, "middle", 7.0, QUIET, style="italic")]
    number = written.figure(row.result.value, metric.unit, language)
    words = f"~{number}" if row.result.indicative else number
    base = top + 15.5
    return [
        text(words, middle, top + 9.5, "middle", SIZE, weight="bold"),
        line(plot.left, base, plot.right, base, FAINT, 0.8),
        *span(plot, row.result, metric, base, 4.2),
        shape(plot.at(row.result.value), base, metric, row.result, 1.5),
    ]


# --- strokes ------------------------------------------------------------------------------------


def picture(drawn: Sequence[str], width: float, height: float) -> str:
    """The whole SVG; whoever does not see it reads its words, which are set beside it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}">{"".join(drawn)}</svg>'
    )


def line(
    x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dashes: str = ""
) -> str:
    broken = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" '
        f'stroke="{colour}" stroke-width="{width}"{broken}/>'
    )


def text(
    words: str,
    x: float,
    y: float,
    anchor: str,
    size: float,
    colour: str = INK,
    *,
    weight: str = "normal",
    style: str = "normal",
) -> str:
    """Words exactly as they are: no markup of theirs reaches the picture."""
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" font-style="{style}" fill="{colour}">'
        f"{escape(settable(words))}</text>"
    )
