"""Places as tiles of equal size in a grid that keeps north up: a map that asks nobody for tiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import grammar
from dashboard.charts.intervals import Reference, Row, lower, upper
from metrics.metric import Metric

#: Tiles beside each other: a phone has room for three. More places than this need a fourth.
ABREAST, MANY = 3, 15
#: Pixels: a tile from top to bottom, and from its top to its name, mark, value and interval.
TILE, NAME, MARK, VALUE, INTERVAL = 128, 8, 58, 70, 90
#: The part of a tile's width that its axis takes, and letters on a line of its name.
INSET, LETTERS = 0.1, 14


@dataclass(frozen=True, slots=True)
class Place:
    """A figure and where it is of, in degrees."""

    row: Row
    latitude: float
    longitude: float


@grammar.kept
def tile_map(
    places: Sequence[Place], metric: Metric, language: str, reference: Reference | None = None
) -> go.Figure:
    """A tile for every place with its name, its mark with the whole interval, and its value.

    Missing: a place without a value has a dotted gap and the reason in words.
    """
    across, down = cells(
        np.array([place.longitude for place in places]),
        np.array([place.latitude for place in places]),
    )
    results = [place.row.result for place in places]
    low, high = grammar.span(results, metric.unit, [reference.value] if reference else ())
    wide, tall = int(across.max()) + 1, int(down.max()) + 1
    height = tall * TILE
    layout = grammar.canvas(height, top=4, bottom=4, left=4, right=4)
    layout["xaxis"] = {"range": [0, max(wide, ABREAST)], "fixedrange": True, "visible": False}
    layout["yaxis"] = grammar.rows_axis(height)

    def along(value: float, column: int) -> float:
        return column + INSET + (1 - 2 * INSET) * (value - low) / (high - low)

    for column, row, place in zip(across, down, places, strict=True):
        top = int(row) * TILE
        layout["shapes"] += frame(int(column), top)
        layout["annotations"] += words(place, int(column), top, metric, language)
        if reference:
            layout["shapes"].append(tick(along(reference.value, int(column)), top))
    return grammar.drawn(
        [gaps(places, across, down), marks(places, across, down, metric, (low, high), along)],
        layout,
        language,
    )


def cells(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The column and the row of each place, a cell for each: west to the left, north on top.

    Places go by their order and not by their distance, so that one far place does not crowd the
    others. Columns hold alike many, and within a column whatever lies north stands above.
    """
    number = len(longitude)
    wide = min(number, ABREAST if number <= MANY else ABREAST + 1)
    tall = -(-number // wide)
    across = np.empty(number, dtype=int)
    across[np.argsort(longitude, kind="stable")] = (
        (np.arange(number) + 0.5) * wide / number
    ).astype(int)
    wanted = np.empty(number)
    wanted[np.argsort(-latitude, kind="stable")] = (np.arange(number) + 0.5) / number * tall - 0.5
    down = np.empty(number, dtype=int)
    for column in range(wide):
        theirs = np.flatnonzero(across == column)
        theirs = theirs[np.argsort(wanted[theirs], kind="stable")]
        # A column is full or lacks one: of the few ways to leave a row out, the nearest.
        ways = combinations(range(tall), len(theirs))
        aims = wanted[theirs]
        down[theirs] = min(ways, key=lambda way, aims=aims: float(((way - aims) ** 2).sum()))
    return across, down


def frame(column: int, top: int) -> list[dict]:
    """The quiet outline of a tile, and the axis that its mark stands on."""
    line = {"color": grammar.FAINT, "width": 1}
    return [
        {
            "type": "rect",
            "x0": column + 0.02,
            "x1": column + 0.98,
            "y0": top + 3,
            "y1": top + TILE - 3,
            "line": line,
            "layer": "below",
        },
        {
            "type": "line",
            "x0": column + INSET,
            "x1": column + 1 - INSET,
            "y0": top + MARK,
            "y1": top + MARK,
            "line": {"color": grammar.FAINT, "width": 2},
            "layer": "below",
        },
    ]


def tick(at: float, top: int) -> dict:
    """The reference on the axis of a tile."""
    return {
        "type": "line",
        "x0": at,
        "x1": at,
        "y0": top + MARK - 9,
        "y1": top + MARK + 9,
        "line": {"color": grammar.QUIET, "width": 1.5, "dash": "dash"},
        "layer": "below",
    }


def words(place: Place, column: int, top: int, metric: Metric, language: str) -> list[dict]:
    """The name of a place, its value, and its interval; or why there is no value."""
    result = place.row.result

    def line(text: str, at: int) -> dict:
        return grammar.note(
            text,
            x=column + 0.5,
            y=top + at,
            xanchor="center",
            yanchor="top",
            font={"size": 13},
        )

    said = [line(grammar.wrapped(place.row.label, LETTERS), NAME)]
    if not grammar.is_shown(result):
        return [*said, line(f"<i>{grammar.wrapped(place.row.absence, LETTERS)}</i>", VALUE)]
    value = written.figure(result.value, metric.unit, language)
    said.append(
        line(f"<b>{grammar.plain(f'~ {value}' if result.indicative else value)}</b>", VALUE)
    )
    if grammar.has_range(result):
        interval = written.interval(result.low, result.high, metric.unit, language)
        said.append(line(grammar.plain(f"({interval})"), INTERVAL))
    return said


def marks(
    places: Sequence[Place],
    across: np.ndarray,
    down: np.ndarray,
    metric: Metric,
    ends: tuple[float, float],
    along: Callable[[float, int], float],
) -> go.Scatter:
    """The marks of the places that have a value, each with the whole of its interval."""
    scale = (1 - 2 * INSET) / (ends[1] - ends[0])
    shown = [
        (int(column), int(row), place.row.result)
        for column, row, place in zip(across, down, places, strict=True)
        if grammar.is_shown(place.row.result)
    ]
    return go.Scatter(
        name="values",
        mode="markers",
        x=[along(result.value, column) for column, _, result in shown],
        y=[row * TILE + MARK for _, row, _ in shown],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [upper(result) * scale for *_, result in shown],
            "arrayminus": [lower(result) * scale for *_, result in shown],
            "color": grammar.colour(metric),
            "thickness": 2.5,
            "width": 4,
        },
        marker={
            "symbol": [grammar.symbol(metric, result) for *_, result in shown],
            "color": grammar.colour(metric),
            "size": 11,
            "line": {"width": 2, "color": grammar.colour(metric)},
        },
        cliponaxis=False,
    )


def gaps(places: Sequence[Place], across: np.ndarray, down: np.ndarray) -> go.Scatter:
    """A dotted line over the axis of each tile that has no value."""
    x: list[float | None] = []
    y: list[float | None] = []
    for column, row, place in zip(across, down, places, strict=True):
        if not grammar.is_shown(place.row.result):
            x += [column + INSET, column + 1 - INSET, None]
            y += [row * TILE + MARK, row * TILE + MARK, None]
    return go.Scatter(
        name="gaps", mode="lines", x=x, y=y,
        line={"dash": "dot", "color": grammar.QUIET, "width": 1.5},
    )  # fmt: skip
