"""Figures -> still pictures: the HTML that a browser shows of a chart, without a script.

Our charts do not move and answer to no pointer, so all that a browser needs of them are lines,
marks and words in their places. Widths are shares of the room there is and heights are pixels, so
a picture fits every window; its words take the ink of the page and grow with the reader's letters.
A line is a border and not a ground, so that it stays where a reader's own colours, or a printer,
leave grounds away (dashboard/assets/pages.css).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from dashboard.charts import grammar

#: Pictures that are kept, by the figure they are of.
KEPT = 600
#: Pixels under the plot for the words of an axis, and for its title.
TICK_ROOM, TITLE_ROOM = 24, 24
#: Pixels of a letter on the axis at the left, and its widest words.
LETTER = 8
DASHES = {"dash": "dashed", "dot": "dotted", "solid": "solid", None: "solid"}
#: The few tags that the words of charts have; whatever else is there was written by somebody.
_TAGS = re.compile(r'(<br>|</?[bi]>|<span style="color:#[0-9a-f]{6}">|</span>)')

_kept: dict[int, tuple[go.Figure, str]] = {}


class NoStillPicture(Exception):
    """A figure holds something that no still picture is made of."""


def still(figure: go.Figure, alt: str) -> str:
    """The picture of a figure with its words for those who do not see it, as HTML.

    Raises: NoStillPicture for a kind of trace, shape or mark that the grammar does not have.
    """
    known = _kept.get(id(figure))
    if known is None:
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        # The figure is held with its picture, so that its number stays its own.
        known = _kept[id(figure)] = (figure, _picture(figure.to_plotly_json()))
    return f'<div class="still" role="img" aria-label="{html.escape(alt)}"{known[1]}</div>'


def _picture(told: dict[str, Any]) -> str:
    layout = told["layout"]
    margin, room = layout["margin"], _room(layout)
    height = layout["height"] - margin["t"] - margin["b"]
    frame = Frame(layout)
    drawn = [
        *_grid(frame),
        *(_shape(frame, shape) for shape in layout.get("shapes") or ()),
        *(part for trace in told["data"] for part in _trace(frame, trace)),
        *_axis_words(frame),
        *(_words(frame, note) for note in layout.get("annotations") or ()),
    ]
    place = (
        f"height:{height}px;margin:{margin['t']}px {margin['r']}px {room['bottom']}px "
        f"{room['left']}px"
    )
    return f'><div class="plot" style="{place}">{"".join(drawn)}</div>'


def _room(layout: dict[str, Any]) -> dict[str, int]:
    """Pixels that the axes need below the plot and at its left."""
    across, up = layout["xaxis"], layout["yaxis"]
    below, left = layout["margin"]["b"], layout["margin"]["l"]
    if _is_seen(across):
        below = max(below, TICK_ROOM + (TITLE_ROOM if _title(across) else 0))
    if _is_seen(up):
        widest = max((len(text) for text in up.get("ticktext") or ("",)), default=0)
        left = max(left, LETTER * widest + 10 + (TITLE_ROOM if _title(up) else 0))
    return {"bottom": below, "left": left}


def _is_seen(axis: dict[str, Any]) -> bool:
    return axis.get("visible", True)


def _title(axis: dict[str, Any]) -> str:
    return (axis.get("title") or {}).get("text") or ""


# --- where things stand -------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """The plot: from values to shares of its width, from the left, and height, from the top."""

    layout: dict[str, Any]

    def across(self, value: Any, of: str = "x") -> float:
        """Percent from the left edge."""
        if of == "paper":
            return 100 * value
        axis = self.layout["xaxis"]
        first, last = axis.get("domain") or (0.0, 1.0)
        low, high = map(number, axis["range"])
        return 100 * (first + (last - first) * (number(value) - low) / (high - low))

    def down(self, value: Any, of: str = "y") -> float:
        """Percent from the top."""
        if of == "paper":
            return 100 * (1 - value)
        low, high = map(number, self.layout["yaxis"]["range"])
        return 100 * (high - number(value)) / (high - low)


def number(value: Any) -> float:
    """A place on an axis; a day is told in thousandths of a second, as Plotly counts them."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp() * 1000
    return float(value)


def _box(name: str, style: str, inside: str = "") -> str:
    return f'<i class="{name}" style="{style}">{inside}</i>'


def _share(value: float) -> str:
    return f"{value:.2f}%"


# --- lines --------------------------------------------------------------------------------------


def _line(
    frame_ends: tuple[float, float, float, float], colour: str, width: float, dash: str | None
) -> str:
    """A line between two places, each as percent from the left and from the top."""
    left, top, right, bottom = frame_ends
    pen = f"{width:g}px {DASHES[dash]} {colour}"
    if abs(top - bottom) < 1e-6:
        first, last = sorted((left, right))
        style = f"left:{_share(first)};width:{_share(last - first)};top:{_share(top)};"
        return _box("level", f"{style}border-top:{pen};margin-top:-{width / 2:g}px")
    first, last = sorted((top, bottom))
    if abs(left - right) < 1e-6:
        style = f"left:{_share(left)};top:{_share(first)};height:{_share(last - first)};"
        return _box("upright", f"{style}border-left:{pen};margin-left:-{width / 2:g}px")
    # From corner to corner of its box, cut out of a ground of fine stripes.
    begin, end = sorted((left, right))
    falls = (left < right) == (top < bottom)
    corners = (
        "0 0,1.5px 0,100% 100%,calc(100% - 1.5px) 100%"
        if falls
        else "calc(100% - 1.5px) 0,100% 0,1.5px 100%,0 100%"
    )
    style = (
        f"left:{_share(begin)};width:{_share(end - begin)};top:{_share(first)};"
        f"height:{_share(last - first)};color:{colour};clip-path:polygon({corners})"
    )
    return _box(f"slope {DASHES[dash]}", style)


def _grid(frame: Frame) -> Iterator[str]:
    """The faint lines of the axes."""
    across, up = frame.layout["xaxis"], frame.layout["yaxis"]
    if _is_seen(across) and across.get("showgrid"):
        for value in across.get("tickvals") or ():
            at = frame.across(value)
            yield _line((at, 0, at, 100), across["gridcolor"], 1, None)
    if _is_seen(up) and up.get("showgrid"):
        for value in up.get("tickvals") or ():
            at = frame.down(value)
            yield _line((0, at, 100, at), up["gridcolor"], 1, None)


def _shape(frame: Frame, shape: dict[str, Any]) -> str:
    ends = (
        frame.across(shape["x0"], shape.get("xref", "x")),
        frame.down(shape["y0"], shape.get("yref", "y")),
        frame.across(shape["x1"], shape.get("xref", "x")),
        frame.down(shape["y1"], shape.get("yref", "y")),
    )
    pen = shape["line"]
    if shape["type"] == "line":
        return _line(ends, pen["color"], pen["width"], pen.get("dash"))
    if shape["type"] != "rect":
        raise NoStillPicture(f"a shape {shape['type']}; draw a line or a rect")
    return _bar(ends, grammar.CLEAR, pen["color"], pen["width"])


def _bar(ends: tuple[float, ...], fill: str, edge: str, width: float) -> str:
    """A box; one that is filled through and through is all border, so that it prints."""
    left, right = sorted((ends[0], ends[2]))
    top, bottom = sorted((ends[1], ends[3]))
    style = (
        f"left:{_share(left)};width:{_share(right - left)};top:{_share(top)};"
        f"height:{_share(bottom - top)};"
    )
    if fill.startswith("#"):
        return _box("bar", f"{style}color:{fill}", "<b></b>")
    ground = "" if fill == grammar.CLEAR else f";background:{fill}"
    return _box("bar", f"{style}border:{width:g}px solid {edge}{ground}")


# --- traces -------------------------------------------------------------------------------------


def _trace(frame: Frame, trace: dict[str, Any]) -> Iterator[str]:
    if trace["type"] == "bar":
        yield from _bars(frame, trace)
    elif trace["type"] == "scatter":
        mode = trace.get("mode", "")
        if "lines" in mode:
            yield from _segments(frame, trace)
        if "markers" in mode:
            yield from _ranges(frame, trace)
            yield from _marks(frame, trace)
    else:
        raise NoStillPicture(f"a trace {trace['type']}; draw scatter or bar")


def _each(value: Any, count: int) -> Sequence[Any]:
    """A setting that is of all marks or of each."""
    return value if isinstance(value, list | tuple) else [value] * count


def _bars(frame: Frame, trace: dict[str, Any]) -> Iterator[str]:
    lengths, count = trace.get("x") or (), len(trace.get("x") or ())
    paint = trace["marker"]
    parts = zip(
        _each(trace.get("base") or 0, count), lengths, trace.get("y") or (),
        _each(paint["color"], count), _each(paint["line"]["color"], count),
        strict=True,
    )  # fmt: skip
    half = trace["width"] / 2
    for base, length, middle, fill, edge in parts:
        begin = number(base)
        ends = (frame.across(begin), frame.down(middle - half),
                frame.across(begin + length), frame.down(middle + half))  # fmt: skip
        yield _bar(ends, fill, edge, paint["line"]["width"])


def _points(trace: dict[str, Any]) -> list[tuple[int, Any, Any]]:
    pairs = zip(trace.get("x") or (), trace.get("y") or (), strict=True)
    return [(at, x, y) for at, (x, y) in enumerate(pairs)]


def _segments(frame: Frame, trace: dict[str, Any]) -> Iterator[str]:
    pen, points = trace["line"], _points(trace)
    for (_, x, y), (_, later_x, later_y) in pairwise(points):
        if None not in (x, y, later_x, later_y):
            ends = (frame.across(x), frame.down(y), frame.across(later_x), frame.down(later_y))
            yield _line(ends, pen["color"], pen["width"], pen.get("dash"))


def _ranges(frame: Frame, trace: dict[str, Any]) -> Iterator[str]:
    """The intervals of marks, whole, with ends where they have some."""
    for at, x, y in _points(trace):
        if x is None or y is None:
            continue
        if told := trace.get("error_x"):
            below, above = told["arrayminus"][at], told["array"][at]
            if (below or above) and told["thickness"]:
                first, last = frame.across(x - below), frame.across(x + above)
                style = (
                    f"left:{_share(first)};width:{_share(last - first)};"
                    f"top:{_share(frame.down(y))};color:{told['color']};"
                    f"--pen:{told['thickness']:g}px;--end:{told['width']:g}px"
                )
                yield _box("range" if told["width"] else "range endless", style, "<b></b>")
        if told := trace.get("error_y"):
            top, bottom = frame.down(y + told["array"][at]), frame.down(y - told["arrayminus"][at])
            place = (frame.across(x), top, frame.across(x), bottom)
            yield _line(place, told["color"], told["thickness"], None)


def _marks(frame: Frame, trace: dict[str, Any]) -> Iterator[str]:
    paint, points = trace["marker"], _points(trace)
    if paint["size"] < 2:  # it only carries its interval
        return
    symbols = _each(paint.get("symbol", "circle"), len(points))
    for (_, x, y), symbol in zip(points, symbols, strict=True):
        if x is None or y is None:
            continue
        shape, _, hollow = symbol.partition("-")
        if shape not in ("circle", "diamond", "square"):
            raise NoStillPicture(f"a mark {symbol}; draw a circle, diamond or square")
        size = paint["size"] + (0 if hollow else 2)
        yield _box(
            f"mark {shape}{' hollow' if hollow else ''}",
            f"left:{_share(frame.across(x))};top:{_share(frame.down(y))};"
            f"color:{paint['color']};--size:{size}px",
        )


# --- words --------------------------------------------------------------------------------------


def settled(text: str) -> str:
    """The words of a chart as HTML: its few tags stay, everything else is shown as written."""
    return "".join(
        part if _TAGS.fullmatch(part) else html.escape(html.unescape(part))
        for part in _TAGS.split(text)
    )


def _axis_words(frame: Frame) -> Iterator[str]:
    across, up = frame.layout["xaxis"], frame.layout["yaxis"]
    if _is_seen(across):
        for value, text in _ticks(across):
            place = f"left:{_share(frame.across(value))};top:100%"
            yield f'<span class="tick" style="{place}">{settled(text)}</span>'
        if title := _title(across):
            yield f'<span class="title">{settled(title)}</span>'
    if _is_seen(up):
        for value, text in _ticks(up):
            place = f"right:100%;top:{_share(frame.down(value))}"
            yield f'<span class="tick aside" style="{place}">{settled(text)}</span>'
        if title := _title(up):
            yield f'<span class="title aside">{settled(title)}</span>'


def _ticks(axis: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    yield from zip(axis.get("tickvals") or (), axis.get("ticktext") or (), strict=True)


def _words(frame: Frame, note: dict[str, Any]) -> str:
    """A text at its place, hung up by the edge that it names."""
    x = frame.across(note["x"], note.get("xref", "x"))
    y = frame.down(note["y"], note.get("yref", "y"))
    shift, lift = note.get("xshift", 0), note.get("yshift", 0)
    hung_x, hung_y = note.get("xanchor", "center"), note.get("yanchor", "middle")
    along = {"left": "0", "center": "-50%", "right": "-100%"}[hung_x]
    upward = {"top": "0", "middle": "-50%", "bottom": "-100%"}[hung_y]
    kind = hung_x if note.get("xref") == "paper" and note["x"] in (0, 1) else "free"
    place = f"left:{_share(x)}" if kind != "right" else f"right:{_share(100 - x)}"
    along = "0" if kind == "right" else along
    style = f"{place};top:{_share(y)};transform:translate({along},{upward})"
    if shift or lift:
        style += f";margin:{-lift}px 0 0 {shift}px"
    if note["font"]["size"] != grammar.LABEL_SIZE:
        style += f";font-size:{note['font']['size'] / 16:g}rem"
    return f'<span class="{kind}" style="{style}">{settled(note["text"])}</span>'
