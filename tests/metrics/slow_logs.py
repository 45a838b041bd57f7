"""Figures of event logs computed again, one case after another, from their definitions alone."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from metrics.frames import Frames
from tests.metrics.slow_estimators import NAN, wilson
from tests.metrics.slow_registers import COLUMNS, placed

LOGS = ["log_case_median", "log_case_mean", "log_case_long", "log_rework", "log_wait",
        "log_reached"]  # fmt: skip
DAY = 86_400_000
FEWEST = 10
Told = Iterator[tuple[str, str, dict]]


def log_figures(frames: Frames) -> pd.DataFrame:
    """Every figure of a log that has a value. Shape: metric, KEYS, value, low, high, n."""
    found: list[tuple] = []
    for place, rows in placed(frames, "log_steps"):
        own: dict[tuple[str, str], list] = defaultdict(list)
        for project, events in rows.groupby("project"):
            if events["case"].nunique() >= FEWEST:
                for metric, part, figure in _project(events.to_dict("records"), int(project)):
                    own[metric, part].append(figure)
        for (metric, part), figures in own.items():
            found.append((metric, "", part, *place, *_figure(metric, figures)))
    return pd.DataFrame(found, columns=COLUMNS)


def _figure(metric: str, said: list) -> tuple[float, float, float, int]:
    if metric in ("log_case_long", "log_rework"):
        return (*wilson(sum(said), len(said)), len(said))
    middle = metric in ("log_case_median", "log_reached")
    value = statistics.median(said) if middle else statistics.fmean(said)
    return value / DAY, NAN, NAN, len(said)


def _project(events: list[dict], project: int) -> Told:
    """What every case and event of a project adds to which figure."""
    cases: dict[int, list[dict]] = defaultdict(list)
    for event in events:
        cases[event["case"]].append(event)
    channels = _told({case: {steps[0]["channel"]} for case, steps in cases.items()})
    done = {case: {step["activity"] for step in steps} for case, steps in cases.items()}
    activities = _told(done)
    waited = {case: [s for s in steps if s["waited"] >= 0] for case, steps in cases.items()}
    words = {
        kind: _told({case: {s[column] for s in steps} for case, steps in waited.items()})
        for kind, column in (("activity", "activity"), ("unit", "office"), ("channel", "channel"))
    }
    columns = {"activity": "activity", "unit": "office", "channel": "channel"}
    for case, steps in cases.items():
        elapsed = max(step["since"] for step in steps)
        again = any(step["again"] for step in steps)
        channel = channels.get(steps[0]["channel"])
        for part in ("", *([f"channel/{channel}"] if channel else [])):
            yield "log_case_median", part, elapsed
            yield "log_case_mean", part, elapsed
            yield "log_case_long", part, elapsed > 30 * DAY
            yield "log_rework", part, again
        for activity in done[case]:
            mine = [step for step in steps if step["activity"] == activity]
            if told := activities.get(activity):
                yield "log_rework", f"activity/{told}", any(step["again"] for step in mine)
                yield "log_reached", f"activity/{told}", min(step["since"] for step in mine)
        for step in waited[case]:
            if sum(bool(held) for held in waited.values()) < FEWEST:
                continue
            yield "log_wait", "", step["waited"]
            for kind, column in columns.items():
                if told := words[kind].get(step[column]):
                    yield "log_wait", f"{kind}/{told}", step["waited"]


def _told(said: dict[int, set[str]]) -> dict[str, str]:
    """What each word is told as: itself, with others, or (absent) not at all."""
    cases: dict[str, set[int]] = defaultdict(set)
    for case, words in said.items():
        for word in words - {""}:
            cases[word].add(case)
    small = {word for word, held in cases.items() if len(held) < FEWEST}
    together = set().union(*(cases[word] for word in small))
    big = sorted((len(held), word) for word, held in cases.items() if word not in small)
    if 0 < len(together) < FEWEST and big:
        small.add(big[0][1])
        together |= cases[big[0][1]]
    told = {word: "*" if word in small else word for word in cases}
    return {w: t for w, t in told.items() if t != "*" or len(together) >= FEWEST}
