"""The cases of the invented projects, from an idea to daily work, and how most of them end."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from data.sample.conduct import keepers
from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from data.sample.register import Rows, ids, numbered
from data.schema import STAGE_DATES

_TEMPLATE = "tarpeesta-hankintaan"
_CASES = 24
_IDEAS = ("Laite", "Palvelu", "Opastus", "Kierrätystapa", "Sovellus", "Tilaratkaisu")
_STAGE_DAYS = (30, 150)


def records(
    portfolio: list[dict], known: dict[str, Rows], rng: np.random.Generator
) -> dict[str, Rows]:
    """Rows of cases; where one was split, the two that came of it follow at the end."""
    numbers = ids(known["project"])
    rows: Rows = []
    for project in keepers(portfolio):
        if project["template"] == _TEMPLATE:
            rows += _cases(project, numbers[project["code"]], len(rows), rng)
    return {"funnel_case": numbered(rows)}


def _cases(project: dict, number: int, before: int, rng: np.random.Generator) -> Rows:
    """The cases of one project. before: how many cases other projects have had so far."""
    # The first one goes on for as long as it can: what is merged is merged into it.
    rows = [_case(project["starts"] + timedelta(days=7), rng, goes_on=True)]
    last = min(project["starts"] + timedelta(days=600), LAST_DAY)
    for _ in range(_CASES - 1):
        days = int(rng.integers(8, (last - project["starts"]).days))
        rows.append(_case(project["starts"] + timedelta(days=days), rng))
    for at, row in enumerate(list(rows)):
        if row["end_kind"] == "split":
            halves = [_case(row["ended_on"], rng) for _ in range(2)]
            # A half that is split again ends there: its own halves are not followed.
            rows += [half | {"split_from_id": before + at + 1} for half in halves]
    for at, row in enumerate(rows):
        row |= {
            "code": f"{project['code']}-tapaus-{at + 1:02d}",
            "project_id": number,
            "title": f"{_IDEAS[int(rng.integers(len(_IDEAS)))]} {at + 1}",
        }
        if row["end_kind"] == "merged":
            row["merged_into_id"] = before + 1
    return rows


def _case(began: date, rng: np.random.Generator, goes_on: bool = False) -> dict:
    """The days of one case: at every stage it goes on or ends, until the last day."""
    known = KNOWN_EFFECTS
    row: dict = dict.fromkeys(STAGE_DATES)
    row |= dict.fromkeys(("end_kind", "ended_on", "merged_into_id", "split_from_id"))
    row["idea_on"] = day = began
    for stage, share in zip(STAGE_DATES[1:], known.case_goes_on, strict=True):
        day = day + timedelta(days=int(rng.integers(*_STAGE_DAYS)))
        ends = list(known.case_ends)
        end = ends[int(rng.choice(len(ends), p=list(known.case_ends.values())))]
        advances = rng.random() < share or goes_on
        if day > LAST_DAY:
            break
        if not advances:
            row |= {"end_kind": end, "ended_on": day}
            break
        row[stage] = day
    return row
