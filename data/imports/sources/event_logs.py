"""What an event log tells by itself: how long cases take, what is done again, where they wait."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise

#: What the columns of a log are called, case first, then the activity, then the moment.
_HEADS = (
    re.compile(r"case:concept:name|case.?id|case_concept_name|tapaus|ärende", re.IGNORECASE),
    re.compile(r"concept:name|activity|toiminto|tehtävä|aktivitet", re.IGNORECASE),
    re.compile(r"time:timestamp|timestamp|complete.timestamp|aikaleima|tidsstämpel", re.IGNORECASE),
)
SECONDS_OF_DAY = 86_400
LONG_DAYS = 30
Event = tuple[str, str, str]


def events_of(headers: Iterable[str], rows: Iterable[list[str]]) -> list[Event]:
    """Case, activity and moment of every row of a log; none where a column is not there."""
    listed = list(headers)
    places = [
        next((at for at, name in enumerate(listed) if head.fullmatch(name)), None)
        for head in _HEADS
    ]
    if None in places:
        return []
    return [tuple(cells[at] for at in places) for cells in rows if len(cells) > max(places)]


def log_summary(events: list[Event]) -> dict[str, float]:
    """Cases and events, days from the first to the last event of a case, and what was redone.

    Shape: ``median_days`` and ``mean_days`` over cases; ``long`` cases take more than 30 days;
    ``rework`` is the share of cases in which an activity was done more than once; ``unread``
    counts events whose moment cannot be read, which are left out. A moment without a zone is UTC.
    """
    cases: dict[str, list[datetime]] = defaultdict(list)
    done: dict[str, list[str]] = defaultdict(list)
    unread = 0
    for case, activity, said in events:
        moment = _moment(said)
        if moment is None or not case:
            unread += 1
            continue
        cases[case].append(moment)
        done[case].append(activity)
    if not cases:
        return {}
    days = [(max(told) - min(told)).total_seconds() / SECONDS_OF_DAY for told in cases.values()]
    again = sum(len(set(names)) < len(names) for names in done.values())
    return {
        "cases": len(cases),
        "events": sum(map(len, cases.values())),
        "median_days": statistics.median(days),
        "mean_days": statistics.fmean(days),
        "long": sum(each > LONG_DAYS for each in days),
        "rework": again / len(cases),
        "unread": unread,
    }


def longest_wait(events: list[Event]) -> tuple[str, float] | None:
    """The activity before which cases wait the longest in all, and the mean days of that wait."""
    told: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for case, activity, said in events:
        moment = _moment(said)
        if moment is not None and case:
            told[case].append((moment, activity))
    waits: dict[str, list[float]] = defaultdict(list)
    for steps in told.values():
        ordered = sorted(steps, key=lambda step: step[0])
        for (before, _), (after, activity) in pairwise(ordered):
            waits[activity].append((after - before).total_seconds() / SECONDS_OF_DAY)
    if not waits:
        return None
    activity = max(waits, key=lambda name: sum(waits[name]))
    return activity, statistics.fmean(waits[activity])


def _moment(said: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
