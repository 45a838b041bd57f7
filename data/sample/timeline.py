"""When each invented project did what: its phases, and the surveys fielded along them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from survey.instrument import WHOLE_PROCESS

DAYS_A_MONTH = 30.4
#: How long a phase takes, as shares of the project.
_LENGTHS = {"P1": 2, "P2": 2, "P3": 2, "P4": 4, "P5": 4, "P6": 5, "P7": 5, "P8": 4}
_ON_TIME = (0.90, 1.0)
_LATE_BUT_DONE = (1.0, 1.08)
_STALLED = 1.7
_SURVEY_DAYS = 21


def phases(portfolio: list[dict], templates: dict[str, dict], rng: np.random.Generator):
    """The phases of every project with planned and actual dates.

    Rows: one per project and phase of its template, in order; project is its code.
    Missing: an actual date is None while it has not come.
    """
    rows = []
    for project in portfolio:
        if project["template"]:
            rows += _phases_of(project, templates[project["template"]]["phases"], rng)
    return pd.DataFrame(rows)


def ends_on(project: dict) -> date:
    """The day on which a project was planned to end."""
    return project["starts"] + timedelta(days=round(project["months"] * DAYS_A_MONTH))


def _phases_of(project: dict, steps: list[list[str]], rng: np.random.Generator) -> list[dict]:
    lengths = np.array([_LENGTHS[step[0]] for step in steps], dtype=float)
    days = lengths / lengths.sum() * project["months"] * DAYS_A_MONTH
    planned = _days_from(project["starts"], days)
    actual = _days_from(project["starts"], days * _pace(project, days, rng))
    rows = []
    for position, step in enumerate(steps):
        started, ended = actual[position], actual[position + 1] - timedelta(days=1)
        begun = started <= LAST_DAY and project.get("fielded") != "planned"
        rows.append(
            {
                "project": project["code"],
                "position": position,
                "phase": step[0],
                "planned_start_on": planned[position],
                "planned_end_on": planned[position + 1] - timedelta(days=1),
                "actual_start_on": started if begun else None,
                "actual_end_on": ended if begun and ended <= LAST_DAY else None,
            }
        )
    return rows


def _pace(project: dict, days: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How many times its planned length each phase takes."""
    finishes = project["starts"] + timedelta(days=float(days.sum()) * _LATE_BUT_DONE[1])
    low, high = _LATE_BUT_DONE if finishes < LAST_DAY else _ON_TIME
    pace = rng.uniform(low, high, len(days))
    if project["code"] in KNOWN_EFFECTS.late_projects:
        pace[len(days) // 2 :] = _STALLED
    return pace


def _days_from(start: date, lengths: np.ndarray) -> list[date]:
    ends = np.concatenate([[0], np.cumsum(lengths)]).round().astype(int)
    days = [start + timedelta(days=int(day)) for day in ends]
    return [max(day, earlier) for earlier, day in pairwise([days[0], *days])]


def collections(portfolio: list[dict], project_phases: pd.DataFrame) -> pd.DataFrame:
    """Every survey that was fielded by the last day.

    Rows: one per project, instrument, wave and phase. Columns: project, instrument, wave, phase,
    opens_on, closes_on.
    """
    rows = []
    grouped = dict(iter(project_phases.groupby("project", sort=False)))
    for project in portfolio:
        fielded = project.get("fielded", "full")
        if fielded == "comparison":
            rows += _comparison(project)
        elif fielded == "full":
            rows += _along_phases(project, grouped[project["code"]])
    found = pd.DataFrame(rows, columns=["project", "instrument", "wave", "phase", "opens_on"])
    found = found[found["opens_on"] <= LAST_DAY].reset_index(drop=True)
    found["closes_on"] = [day + timedelta(days=_SURVEY_DAYS) for day in found["opens_on"]]
    return found


def _comparison(project: dict) -> list[tuple]:
    start, end = project["starts"], ends_on(project)
    return [
        (project["code"], "benefit@1", "baseline", WHOLE_PROCESS, start + timedelta(days=14)),
        (project["code"], "benefit@1", "end", WHOLE_PROCESS, end - timedelta(days=60)),
    ]


def _along_phases(project: dict, steps: pd.DataFrame) -> list[tuple]:
    code = project["code"]
    done = {
        row.phase: row.actual_end_on
        for row in steps.itertuples()
        if isinstance(row.actual_end_on, date)
    }
    last = "P6" if "P6" in set(steps["phase"]) else "P7"
    workshops = "P4" if "P4" in set(steps["phase"]) else "P3"
    before = timedelta(days=10)
    asked = [("process_pulse@1", "during", phase) for phase in ("P1", "P2", "P3")]
    asked += [("process_quality@1", "during", workshops), ("process_quality@1", "end", last)]
    asked += [("process_quality@1", "follow_up", "P8")]
    rows = [
        (code, instrument, wave, phase, done[phase] - before)
        for instrument, wave, phase in asked
        if phase in done
    ]
    first = project["starts"] + timedelta(days=7)
    rows.append((code, "benefit@1", "baseline", WHOLE_PROCESS, first))
    if last in done:
        rows.append((code, "benefit@1", "end", WHOLE_PROCESS, done[last] - before))
        later = done.get("P8") or done[last] + timedelta(days=180)
        if "P8" in done or "P8" not in set(steps["phase"]):
            rows.append((code, "benefit@1", "follow_up", WHOLE_PROCESS, later - before))
    return rows
