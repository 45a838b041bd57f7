"""What was done in the invented projects: events, who came, and what it cost."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from data.sample.effects import LAST_DAY
from data.sample.register import Rows, numbered

#: What is done in each phase, in Finnish as organisers write it; how many of them in a phase.
_EVENTS = {
    "P1": (("meeting", "Tarvekeskustelu"),),
    "P2": (("workshop", "Ideailta"),),
    "P3": (("meeting", "Pelisääntöpalaveri"),),
    "P4": (("workshop", "Työpaja"), ("market_dialogue", "Vuoropuhelu yritysten kanssa")),
    "P5": (("trial", "Kokeilu"),),
    "P6": (("pilot", "Pilotti"),),
    "P7": (("meeting", "Käyttöönoton suunnittelu"),),
    "P8": (("training", "Koulutus muille"),),
}
#: How readily the people of a group come to one event.
_COMING = {"RES": 0.30, "CUS": 0.34, "STAFF": 0.42, "COM": 0.36, "NGO": 0.38, "RDI": 0.40}
_DAYS = {"trial": 30, "pilot": 75}
_NOT_REPORTED = 0.10
#: Which organisations come to what themes; the rest are drawn from everybody.
_SECTORS = {
    "oppiminen": "koulutusteknologia", "robotiikka": "robotiikka", "sote": "terveysteknologia",
    "ruoka": "ravintola", "kiertotalous": "kiertotalous", "liikenne": "liikkuminen",
    "digitalisaatio": "ohjelmistot", "data-ja-tekoaly": "ohjelmistot", "tilat": "muotoilu",
}  # fmt: skip


def events(
    portfolio: list[dict],
    steps: pd.DataFrame,
    numbers: dict[str, int],
    area_ids: dict[str, int],
    organisations: Rows,
    rng: np.random.Generator,
) -> dict[str, Rows]:
    """Rows of activity event, its participants by group, and its organisations."""
    by_code = {project["code"]: project for project in portfolio}
    begun = steps[steps["actual_start_on"].notna()]
    found, people, guests = [], [], []
    for step in begun.itertuples():
        project = by_code[step.project]
        circle = _circle(project, organisations, rng)
        for kind, title in _EVENTS[step.phase]:
            event = _event(step, kind, title, rng)
            if event["starts_on"] > LAST_DAY:
                continue
            number = len(found) + 1
            found.append(
                event
                | {
                    "code": f"{step.project}-{number:03d}",
                    "project_id": numbers[step.project],
                    "area_id": area_ids[next(iter(project["areas"]))],
                }
            )
            people += _came(number, project, rng)
            guests += _guests(number, circle, rng)
    return {
        "activity_event": numbered(found),
        "event_participants": people,
        "event_organisation": guests,
    }


def _event(step, kind: str, title: str, rng: np.random.Generator) -> dict:
    end = step.actual_end_on if isinstance(step.actual_end_on, date) else LAST_DAY
    room = max((end - step.actual_start_on).days, 1)
    starts = step.actual_start_on + timedelta(days=int(rng.integers(0, room)))
    hours = Decimal(int(rng.integers(4, 17))) / 2
    cost = Decimal(int(rng.integers(4, 60)) * 50)
    if kind in _DAYS:
        hours, cost = hours * 12, cost * 4
    ends = min(starts + timedelta(days=_DAYS[kind]), end) if kind in _DAYS else starts
    return {
        "kind": kind,
        "phase": step.phase,
        "title": title,
        "starts_on": starts,
        "ends_on": ends,
        "hours": None if rng.random() < _NOT_REPORTED else hours,
        "cost_eur": None if rng.random() < _NOT_REPORTED else cost,
    }


def _came(number: int, project: dict, rng: np.random.Generator) -> Rows:
    """Participants by group; now and then an organiser has not counted them at all."""
    if rng.random() < _NOT_REPORTED / 2:
        return []
    return [
        {
            "event_id": number,
            "group_code": group,
            "people": int(rng.binomial(people, _COMING[group] * rng.uniform(0.6, 1.2))),
        }
        for group, people in project["people"].items()
    ]


def _circle(project: dict, organisations: Rows, rng: np.random.Generator) -> list[int]:
    """The organisations that work with a project: those of its themes, and some others."""
    sectors = {_SECTORS.get(theme) for theme in project["themes"]}
    near = [row["id"] for row in organisations if row["sector"] in sectors]
    others = [row["id"] for row in organisations if row["group_code"] in project["people"]]
    drawn = rng.choice(others, min(4, len(others)), replace=False).tolist()
    return sorted({*near, *drawn})


def _guests(number: int, circle: list[int], rng: np.random.Generator) -> Rows:
    count = int(rng.integers(0, min(4, len(circle)) + 1))
    drawn = rng.choice(circle, count, replace=False)
    return [
        {"event_id": number, "organisation_id": int(organisation)} for organisation in sorted(drawn)
    ]
