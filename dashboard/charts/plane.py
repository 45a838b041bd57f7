"""Projects as points between two figures: firm against flexible, process against outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts import grammar
from dashboard.charts.intervals import lower, upper, value_words
from metrics.metric import Metric, Result

#: Pixels; and how many of the first points carry the number of their row in the table.
HEIGHT, NUMBERED = 420, 5
THIN = "rgba(122,122,122,0.45)"


@dataclass(frozen=True, slots=True)
class Point:
    """A project with a figure along each axis; both are shown."""

    label: str
    x: Result
    y: Result


@dataclass(frozen=True, slots=True)
class Side:
    """An axis: the metric of its figures, what it is called, and a limit drawn across it."""

    metric: Metric
    title: str
    limit: float | None = None


@grammar.kept
def plane(points: Sequence[Point], across: Side, up: Side, language: str) -> go.Figure:
    """A mark a project with both of its intervals; the first rows of the table are numbered.

    Interval: thin lines both ways. A mark is hollow where either figure is only indicative.
    """
    layout = grammar.canvas(HEIGHT, top=10, bottom=10, left=4)
    layout["xaxis"] = side_axis(across, [point.x for point in points], language)
    layout["yaxis"] = side_axis(up, [point.y for point in points], language)
    layout["shapes"] = limits(across, up)
    layout["annotations"] = [
        grammar.note(
            str(number),
            x=point.x.value,
            y=point.y.value,
            xanchor="left",
            yanchor="bottom",
            xshift=5,
            yshift=3,
        )
        for number, point in enumerate(points[:NUMBERED], start=1)
    ]
    return grammar.drawn([marks(points, across, up, language)], layout, language)


def side_axis(side: Side, results: Sequence[Result], language: str) -> dict:
    unit = side.metric.unit
    low, high = grammar.span(results, unit)
    title = {"text": grammar.plain(side.title), "font": {"size": 13}, "standoff": 8}
    return grammar.axis(low, high, title=title, **grammar.ticks(low, high, unit, language))


def limits(across: Side, up: Side) -> list[dict]:
    """Dashed lines at the limits of the two sides, where they have one."""
    drawn = []
    for letter, other, side in (("x", "y", across), ("y", "x", up)):
        if side.limit is not None:
            drawn.append(
                {
                    "type": "line",
                    f"{letter}ref": letter,
                    f"{other}ref": "paper",
                    f"{letter}0": side.limit,
                    f"{letter}1": side.limit,
                    f"{other}0": 0,
                    f"{other}1": 1,
                    "layer": "below",
                    "line": {"color": grammar.QUIET, "width": 1.5, "dash": "dash"},
                }
            )
    return drawn


def words(point: Point, across: Side, up: Side, language: str) -> str:
    """The project, and its figure along each axis with its interval."""
    told = [
        f"{grammar.plain(side.title)}: {value_words(result, side.metric.unit, language)}"
        for side, result in ((across, point.x), (up, point.y))
    ]
    return "<br>".join([f"<b>{grammar.plain(point.label)}</b>", *told])


def marks(points: Sequence[Point], across: Side, up: Side, language: str) -> go.Scatter:
    """The marks with the whole of both intervals, and the words that explain each."""
    hollow = [point.x.indicative or point.y.indicative for point in points]
    return go.Scatter(
        name="values",
        mode="markers",
        x=[point.x.value for point in points],
        y=[point.y.value for point in points],
        hovertext=[words(point, across, up, language) for point in points],
        error_x=whiskers([point.x for point in points]),
        error_y=whiskers([point.y for point in points]),
        marker={
            "symbol": ["circle-open" if open_ else "circle" for open_ in hollow],
            "color": grammar.PROCESS,
            "size": 10,
            "line": {"width": 2, "color": grammar.PROCESS},
        },
        cliponaxis=False,
    )


def whiskers(results: Sequence[Result]) -> dict:
    return {
        "type": "data",
        "symmetric": False,
        "array": [upper(result) for result in results],
        "arrayminus": [lower(result) for result in results],
        "color": THIN,
        "thickness": 1,
        "width": 0,
    }
