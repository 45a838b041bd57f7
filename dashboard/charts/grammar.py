"""The grammar that every chart speaks: colours, shapes, canvas, axes and the words on them.

Outcome figures are orange diamonds and process figures blue circles, so the two are told apart by
shape as well as by colour. An indicative figure is hollow. What is not shown is a dotted gap with
its reason in words. The colours have a contrast of at least 4:1 against white and against the
dark background, so one figure serves both; the ink comes from the page's theme.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any, TypeVar

import plotly.graph_objects as go

from dashboard import format as written
from metrics.metric import Metric, Result, Unit, ValueState

PROCESS = "#2f7fc1"
OUTCOME = "#c4610e"
#: How those who lead a project judge it themselves: squares beside the participants' circles.
OWN = "#a8559f"
QUIET = "#7a7a7a"
FAINT = "rgba(128,128,128,0.28)"
CLEAR = "rgba(0,0,0,0)"

LABEL_SIZE = 14
LABEL_WIDTH = 28
LABEL_LINES = 2
#: Pixels: a line of a label, from the label down to the mark, and from the mark to the next row.
LINE, LIFT, DROP = 17, 10, 13

#: Figures that are kept drawn.
KEPT = 300
Drawing = TypeVar("Drawing", bound=Callable[..., go.Figure])

_SHOWN = (ValueState.VALUE, ValueState.ZERO)

#: The whole range of a unit; a chart never cuts it to make a difference look larger.
RANGES = {Unit.POINTS: (0.0, 100.0), Unit.SHARE: (0.0, 1.0), Unit.SCORE: (-100.0, 100.0)}


def kept(draw: Drawing) -> Drawing:
    """A drawing function that draws the same figures once for everybody who looks at them.

    What it takes is frozen all through, so equal arguments are equal pictures. Nobody may change
    a figure that was drawn.
    """
    remembered = lru_cache(maxsize=KEPT)(draw)

    @wraps(draw)
    def draw_once(rows: Sequence, *rest: Any, **named: Any) -> go.Figure:
        return remembered(frozen(rows), *rest, **named)

    return draw_once


def frozen(rows: Sequence) -> tuple:
    """Rows, or panels of rows, as tuples all through."""
    return tuple(frozen(row) if isinstance(row, list | tuple) else row for row in rows)


def is_shown(result: Result) -> bool:
    """Whether a figure has a value that may be drawn."""
    return result.state in _SHOWN and result.value is not None


def has_range(result: Result) -> bool:
    """Whether a figure has an interval that is more than the figure itself."""
    return result.low is not None and result.high is not None and result.low < result.high


def colour(metric: Metric) -> str:
    return OUTCOME if metric.kind == "outcome" else PROCESS


def symbol(metric: Metric, result: Result) -> str:
    """The mark of a figure: diamond or circle by kind, hollow when it is only indicative."""
    shape = "diamond" if metric.kind == "outcome" else "circle"
    return f"{shape}-open" if result.indicative else shape


def plain(text: str) -> str:
    """A text that Plotly shows as it was written: its tags and entities are made harmless."""
    return html.escape(text, quote=False)


def lines(text: str, width: int = LABEL_WIDTH, most: int = LABEL_LINES) -> list[str]:
    """A label cut into lines; what does not fit ends in an ellipsis (the table has it whole)."""
    cut = textwrap.wrap(text, width, max_lines=most, placeholder="…")
    return cut or [" "]


def wrapped(text: str, width: int = LABEL_WIDTH, most: int = LABEL_LINES) -> str:
    """A label as Plotly writes it, in at most `most` lines."""
    return "<br>".join(plain(line) for line in lines(text, width, most))


def stacked(labels: Sequence[str], below: int = 0) -> tuple[list[int], int]:
    """Where the mark of each row stands, and where the last row ends, in pixels from the top.

    below: pixels that a row needs under its mark.
    """
    marks, top = [], 0
    for label in labels:
        mark = top + LINE * len(lines(label)) + LIFT
        marks.append(mark)
        top = mark + DROP + below
    return marks, top


def span(results: Sequence[Result], unit: Unit, also: Sequence[float] = ()) -> tuple[float, float]:
    """The range of an axis: the whole range of the unit, or one that holds every interval.

    Changes are drawn on a range that is symmetrical about zero, counts on one that begins there.
    """
    if unit in RANGES:
        return RANGES[unit]
    ends = [
        end
        for result in results
        if is_shown(result)
        for end in (result.low, result.value, result.high)
        if end is not None
    ] + list(also)
    if unit is Unit.COEFFICIENT:
        return (-1.0 if min(ends, default=0.0) < 0 else 0.0, 1.0)
    farthest = max((abs(end) for end in ends), default=1.0) or 1.0
    if unit is Unit.EFFECT:
        farthest = max(1.0, farthest * 1.1)
        return (-farthest, farthest)
    if unit is Unit.CHANGE:
        farthest = max(5.0, farthest * 1.1)
        return (-farthest, farthest)
    return (0.0, farthest * 1.1)


def ticks(low: float, high: float, unit: Unit, language: str) -> dict:
    """Ticks with their texts, written in the language (the browser's own numbers are English)."""
    if unit is Unit.COEFFICIENT:
        at = [-1.0, -0.5, 0.0, 0.5, 1.0] if low < 0 else [0.0, 0.25, 0.5, 0.75, 1.0]
    elif unit is Unit.EFFECT:
        at = [half / 2 for half in range(int(low * 2), int(high * 2) + 1)]
    elif unit is Unit.SCORE:
        at = [-100.0, -50.0, 0.0, 50.0, 100.0]
    elif unit in RANGES:
        at = [low + (high - low) * quarter / 4 for quarter in range(5)]
    else:
        at = round_steps(low, high)
    return {
        "tickmode": "array",
        "tickvals": at,
        "ticktext": [tick(value, unit, language) for value in at],
    }


def tick(value: float, unit: Unit, language: str) -> str:
    if unit is Unit.CHANGE:
        return written.signed(value, language, 0)
    return written.figure(value, unit, language)


def round_steps(low: float, high: float) -> list[float]:
    """About four steps of 1, 2 or 5 times a power of ten that cover a range, zero among them."""
    reach = max(abs(low), abs(high))
    rough = reach / (2 if low < 0 else 4)
    power = 10.0 ** (len(str(int(max(rough, 1)))) - 1)
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    first = int(low // step) if low < 0 else 0
    return [step * k for k in range(first, int(high // step) + 1) if low <= step * k <= high]


def canvas(height: int, *, top: int = 8, bottom: int = 28, left: int = 10, right: int = 10) -> dict:
    """The layout that every chart begins with: see-through, still, and without a legend."""
    return {
        "height": height + top + bottom,
        "margin": {"t": top, "b": bottom, "l": left, "r": right, "pad": 0},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "dragmode": False,
        "hovermode": False,
        "font": {"size": LABEL_SIZE},
        "annotations": [],
        "shapes": [],
    }


def axis(low: float, high: float, **more) -> dict:
    """A number axis with faint lines, a little room at both ends, and no zooming."""
    room = (high - low) * 0.02
    return {
        "range": [low - room, high + room],
        "fixedrange": True,
        "showgrid": True,
        "gridcolor": FAINT,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "automargin": True,
        **more,
    }


def rows_axis(height: int) -> dict:
    """The axis of rows in pixels from the top; labels are written above the rows instead."""
    return {"range": [height, 0], "fixedrange": True, "visible": False}


def drawn(data: list, layout: dict, language: str) -> go.Figure:
    """The finished figure, with the language's decimal sign and no template of Plotly's own."""
    separators = ".," if language == "en" else ", "
    figure = go.Figure(data=data, layout={**layout, "separators": separators})
    figure.layout.template = None
    return figure


def gaps(at: Sequence[float], low: float, high: float) -> go.Scatter:
    """Dotted lines over the whole axis on rows that have no value: seen, and never a zero."""
    x: list[float | None] = []
    y: list[float | None] = []
    for place in at:
        x += [low, high, None]
        y += [place, place, None]
    line = {"dash": "dot", "color": QUIET, "width": 1.5}
    return go.Scatter(name="gaps", mode="lines", x=x, y=y, line=line)


def note(text: str, **where) -> dict:
    """An annotation without an arrow."""
    return {"text": text, "showarrow": False, "font": {"size": LABEL_SIZE}, **where}


def row_label(text: str, row: float) -> dict:
    """The label of a row, above its line at the left edge."""
    return note(
        wrapped(text),
        xref="paper",
        x=0,
        xanchor="left",
        align="left",
        yref="y",
        y=row,
        yanchor="bottom",
        yshift=LIFT - 4,
    )


def row_value(text: str, row: float, *, faint: bool = False) -> dict:
    """The words at the right edge of a row: its value and interval, or why there is none."""
    words = plain(text)
    return note(
        f"<i>{words}</i>" if faint else f"<b>{words}</b>",
        xref="paper",
        x=1,
        xanchor="right",
        align="right",
        yref="y",
        y=row,
        yanchor="bottom",
        yshift=LIFT - 4,
    )
