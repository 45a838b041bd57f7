"""The phases of a project on a time line: what was planned and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import plotly.graph_objects as go

from dashboard import format as written
from dashboard.charts import grammar
from dashboard.wording import say

BAR = 12
#: Pixels from the middle of a planned bar to the middle of the actual one under it.
UNDER = BAR + 4
DAY = 86_400_000  # the unit of a date axis is a thousandth of a second


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase's planned and actual first and last day; None where not known."""

    label: str
    planned: tuple[date | None, date | None]
    actual: tuple[date | None, date | None]


@grammar.kept
def phase_timeline(phases: Sequence[Phase], today: date, language: str) -> go.Figure:
    """An outline for the plan and, below it, a filled bar for what happened.

    Missing: a phase that has begun and not ended reaches to today with an open end; one that has
    no dates has only its label, with the words for it.
    """
    known = [day for phase in phases for day in (*phase.planned, *phase.actual) if day]
    first = min(known, default=today) - timedelta(days=10)
    last = max([*known, today]) + timedelta(days=10)
    labels = [phase.label for phase in phases]
    at, height = grammar.stacked(labels, UNDER)
    layout = grammar.canvas(height, top=24)
    layout["barmode"] = "overlay"
    layout["xaxis"] = {
        **grammar.axis(0, 1),
        "type": "date",
        "range": [first.isoformat(), last.isoformat()],
        **year_ticks(first, last),
    }
    layout["yaxis"] = grammar.rows_axis(height)
    placed = list(zip(at, phases, strict=True))
    for place, phase in placed:
        layout["annotations"] += [
            grammar.row_label(phase.label, place),
            grammar.row_value(phase_words(phase, language), place, faint=phase.actual[0] is None),
        ]
    layout["shapes"].append(today_line(today))
    layout["annotations"].append(today_words(today, language))
    data = [
        stretches("planned", [(place, *phase.planned) for place, phase in placed], filled=False),
        stretches(
            "actual",
            [(place + UNDER, p.actual[0], p.actual[1] or today) for place, p in placed],
            filled=True,
        ),
    ]
    return grammar.drawn(data, layout, language)


def phase_words(phase: Phase, language: str) -> str:
    """The actual dates, or the planned ones, or that there are none."""
    if phase.actual[0]:
        return written.days(*phase.actual, language)
    if phase.planned[0]:
        return say("chart.planned", language, days=written.days(*phase.planned, language))
    return say("chart.no_dates", language)


def stretches(
    name: str, at: Sequence[tuple[int, date | None, date | None]], *, filled: bool
) -> go.Bar:
    """Bars from a first to a last day, both included."""
    known = [(y, first, last) for y, first, last in at if first and last and first <= last]
    return go.Bar(
        name=name,
        orientation="h",
        base=[first.isoformat() for _, first, _ in known],
        x=[((last - first).days + 1) * DAY for _, first, last in known],
        y=[y for y, _, _ in known],
        width=BAR,
        marker={
            "color": grammar.PROCESS if filled else grammar.CLEAR,
            "line": {"color": grammar.PROCESS if filled else grammar.QUIET, "width": 1.5},
        },
    )


def year_ticks(first: date, last: date) -> dict:
    """Ticks at the turns of years, or of quarters where the time is short."""
    months = (1,) if (last - first).days > 3 * 365 else (1, 7)
    if (last - first).days < 400:
        months = (1, 4, 7, 10)
    days = [
        date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in months
        if first <= date(year, month, 1) <= last
    ]
    return {
        "tickmode": "array",
        "tickvals": [day.isoformat() for day in days],
        "ticktext": [
            str(day.year) if day.month == 1 else f"{day.month}/{day.year}" for day in days
        ],
        "tickfont": {"size": 12},
    }


def today_line(today: date) -> dict:
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": today.isoformat(),
        "x1": today.isoformat(),
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": grammar.FAINT, "width": 2, "dash": "dash"},
    }


def today_words(today: date, language: str) -> dict:
    return grammar.note(
        grammar.plain(say("chart.today", language, day=written.day(today, language))),
        xref="x",
        x=today.isoformat(),
        xanchor="right",
        yref="paper",
        y=1,
        yanchor="bottom",
        yshift=4,
        font={"size": 13},
    )
