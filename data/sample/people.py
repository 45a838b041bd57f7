"""Who came to the invented events, who spoke there, and how far people's journeys went.

A person is a key made of a draw: there is nobody behind it.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from data.sample.conduct import keepers
from data.sample.effects import KNOWN_EFFECTS, LAST_DAY, SEED
from data.sample.register import Rows, ids
from metrics.stages import STEPS

#: How many people of each group take part in more than one project.
_ACTIVE = 60
_ACTIVE_SHARE = 0.10
#: Whom a project wants to reach first, where it works with them; the first that fits.
_PRIORITIES = ("NGO", "RES", "CUS")
#: How many times somebody speaks in a workshop beyond the first; those who take all the room.
_SPEAKING = 4.0
_TALKERS, _TALKING, _ELSE_SPEAKS = 2, 40, 0.3
_STEP_DAYS = 30


def records(
    portfolio: list[dict], known: dict[str, Rows], rng: np.random.Generator
) -> dict[str, Rows]:
    """Rows of attendance, contribution, journey step and priority group."""
    numbers = ids(known["project"])
    projects = {numbers[project["code"]]: project for project in keepers(portfolio)}
    panels = _panels(projects, rng)
    came = _attendance(panels, known, rng)
    return {
        "attendance": came.to_dict("records"),
        "contribution": _contributions(came, known, numbers[KNOWN_EFFECTS.unequal_project], rng),
        "journey_step": _journeys(panels, projects, rng),
        "priority_group": [
            {"project_id": number, "group_code": _priority(project)}
            for number, project in projects.items()
        ],
    }


def _panels(projects: dict[int, dict], rng: np.random.Generator) -> pd.DataFrame:
    """The people of every project: project_id, group_code, person_key. A few are in several."""
    parts = []
    for number, project in projects.items():
        for group, size in project["people"].items():
            shared = int(_ACTIVE_SHARE * size)
            active = np.sort(rng.choice(_ACTIVE, shared, replace=False))
            names = [f"{group}:{at}" for at in active]
            names += [f"{project['code']}:{group}:{at}" for at in range(size - shared)]
            keys = [_key(name) for name in names]
            parts.append(
                pd.DataFrame({"project_id": number, "group_code": group, "person_key": keys})
            )
    return pd.concat(parts, ignore_index=True)


def _key(name: str) -> str:
    return hashlib.sha256(f"{SEED}:{name}".encode()).hexdigest()


def _priority(project: dict) -> str:
    return next((group for group in _PRIORITIES if group in project["people"]), "STAFF")


def _attendance(
    panels: pd.DataFrame, known: dict[str, Rows], rng: np.random.Generator
) -> pd.DataFrame:
    """As many of a group as the organiser counted, drawn from the project's own people."""
    events = {event["id"]: event["project_id"] for event in known["activity_event"]}
    counted = pd.DataFrame(known["event_participants"])
    counted["project_id"] = counted["event_id"].map(events)
    both = counted.merge(panels, on=["project_id", "group_code"])
    both["lot"] = rng.random(len(both))
    order = both.sort_values(["event_id", "group_code", "lot"])
    place = order.groupby(["event_id", "group_code"]).cumcount()
    came = order[(place < order["people"]).to_numpy()]
    came = came.sort_values(["event_id", "group_code", "person_key"])
    return came[["event_id", "person_key", "group_code"]]


def _contributions(
    came: pd.DataFrame, known: dict[str, Rows], unequal: int, rng: np.random.Generator
) -> Rows:
    """Turns in workshops: about as many for everybody, but in one project two people's."""
    workshops = {
        event["id"]: event["project_id"]
        for event in known["activity_event"]
        if event["kind"] == "workshop"
    }
    spoke = came[came["event_id"].isin(list(workshops))].reset_index(drop=True)
    even = 1 + rng.poisson(_SPEAKING, len(spoke))
    few = np.where(
        spoke.groupby("event_id").cumcount() < _TALKERS,
        _TALKING,
        rng.random(len(spoke)) < _ELSE_SPEAKS,
    )
    here = spoke["event_id"].map(workshops) == unequal
    return spoke.assign(times=np.where(here, few, even)).to_dict("records")


def _journeys(panels: pd.DataFrame, projects: dict[int, dict], rng: np.random.Generator) -> Rows:
    """Each person's steps up to the one where they fall away, or up to the last day."""
    known = KNOWN_EFFECTS
    stays = np.tile([1.0, *known.journey_stays], (len(panels), 1))
    lost = STEPS.index(known.lost_step)
    stays[(panels["group_code"] == known.lost_group).to_numpy(), lost] = known.lost_stay
    goes_on = np.logical_and.accumulate(rng.random(stays.shape) < stays, axis=1)
    starts = {number: pd.Timestamp(one["starts"]) for number, one in projects.items()}
    begun = panels["project_id"].map(starts)
    days = 14 + _STEP_DAYS * np.arange(len(STEPS)) + rng.integers(0, 20, stays.shape)
    steps = [
        panels.assign(step=step, reached_on=begun + pd.to_timedelta(days[:, at], unit="D"))[
            goes_on[:, at]
        ]
        for at, step in enumerate(STEPS)
    ]
    every = pd.concat(steps).sort_values(["project_id", "person_key", "reached_on"])
    done = every[every["reached_on"] <= pd.Timestamp(LAST_DAY)]
    return done.assign(reached_on=done["reached_on"].dt.date).to_dict("records")
