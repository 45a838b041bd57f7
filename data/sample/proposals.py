"""The invented residents' proposals, and what became of each."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from data.sample.register import Rows, ids, numbered

#: How many proposals come from each area, and which project runs the channel there.
_AREAS = {
    "espoonlahti": (70, "lahden-aani"),
    "iso-omena": (70, "omenapuun-alla"),
    "hakunila": (50, "hakunilan-kyselylaatikko"),
    "tikkurila": (60, "tarttumapinta"),
    "myyrmaki": (24, None),
    "otaniemi": (14, None),
    "nuuksio": (12, None),
}
_THROUGH_CHANNEL = 0.88
_UNDATED = 0.04
#: What follows a proposal, by whether somebody took it up.
_FATES_TAKEN = {
    ("taken_up",): 0.24,
    ("taken_up", "accepted"): 0.22,
    ("taken_up", "accepted", "done"): 0.30,
    ("taken_up", "merged"): 0.12,
    ("taken_up", "rejected"): 0.12,
}
_FATES_LEFT = {(): 0.66, ("rejected",): 0.26, ("withdrawn",): 0.08}
_PLANS = 6
#: Days to an answer, the least and one more than the most.
_ANSWER_DAYS = (3, 90)
_TAKEN_UP = ("Asia siirrettiin sille, jolle se kuuluu.", "Selvitys aloitettiin.")
_REFUSED = ("Tähän ei löytynyt tekijää.", "Asia ei kuulu kaupungin päätettäväksi.")


def proposals(listed: dict, known: dict[str, Rows], rng: np.random.Generator) -> dict[str, Rows]:
    """Rows of proposal, its status history, and the plans that merged ones became part of."""
    titles = _titles(listed, rng)
    areas, projects, themes = (ids(known[kind]) for kind in ("area", "project", "theme"))
    starts = {row["code"]: row["starts_on"] for row in known["project"]}
    found, history, plans = [], [], []
    for area, (count, channel) in _AREAS.items():
        taken = _taken(area, count, rng)
        for place in range(count):
            number = len(found) + 1
            title, category = next(titles)
            through = channel is not None and rng.random() < _THROUGH_CHANNEL
            entry = listed["categories"][category]
            taker = entry["takers"][int(rng.integers(len(entry["takers"])))]
            found.append(
                {
                    "code": f"ehdotus-{number:04d}",
                    "title": title,
                    "category": category,
                    "area_id": areas[area],
                    "project_id": projects[channel] if through else None,
                    "theme_id": themes[entry["theme"]],
                    "taken_up_by": taker if taken[place] else None,
                }
            )
            opened = starts[channel] if channel else date(2023, 3, 1)
            steps = _steps(number, opened, bool(taken[place]), listed["reasons"], rng)
            history += steps
            if steps[-1]["status"] == "merged":
                plans.append(_plan(number, rng))
    return {"proposal": numbered(found), "proposal_status": history, "proposal_plan": plans}


def closed(known: dict[str, Rows], rng: np.random.Generator) -> dict[str, Rows]:
    """The histories with an answer and its reason for the known share of old proposals.

    Only outside the slow area; whom somebody took up stays as it was drawn. Every answer gets a
    reason, and so many of those that lay unanswered get a refusal that the share is met.
    """
    slow = ids(known["area"])[KNOWN_EFFECTS.slow_area]
    histories: dict[int, Rows] = {
        row["id"]: [] for row in known["proposal"] if row["area_id"] != slow
    }
    elsewhere = [row for row in known["proposal_status"] if row["proposal_id"] not in histories]
    for step in known["proposal_status"]:
        if step["proposal_id"] in histories:
            histories[step["proposal_id"]].append(step)
    open_ones = [steps for steps in histories.values() if len(steps) == 1]
    withdrawn = sum(steps[-1]["status"] == "withdrawn" for steps in histories.values())
    answered = len(histories) - len(open_ones) - withdrawn
    wanted = round(KNOWN_EFFECTS.closure_elsewhere * len(histories)) - answered
    for at in sorted(rng.permutation(len(open_ones))[:wanted]):
        open_ones[at].append(_refusal(open_ones[at][0], rng))
    for steps in histories.values():
        for step in steps[1:]:
            if step["status"] != "withdrawn" and not step["reason"]:
                step["reason"] = _TAKEN_UP[int(rng.integers(len(_TAKEN_UP)))]
    every = [*elsewhere, *(step for steps in histories.values() for step in steps)]
    return {"proposal_status": sorted(every, key=lambda row: (row["proposal_id"], row["position"]))}


def _refusal(submitted: dict, rng: np.random.Generator) -> dict:
    made = submitted["on_date"]
    day = made and min(made + timedelta(days=int(rng.integers(*_ANSWER_DAYS))), LAST_DAY)
    return submitted | {
        "position": 1,
        "status": "rejected",
        "on_date": day,
        "reason": _REFUSED[int(rng.integers(len(_REFUSED)))],
    }


def _titles(listed: dict, rng: np.random.Generator):
    """Titles in a drawn order, none of them twice."""
    every = [
        (f"{thing} {spot}", category)
        for category, entry in listed["categories"].items()
        for thing in entry["things"]
        for spot in listed["spots"]
    ]
    return iter([every[at] for at in rng.permutation(len(every))])


def _taken(area: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """Which of an area's proposals were taken up: exactly the known share, drawn by lot."""
    known = KNOWN_EFFECTS
    share = known.take_up_slow if area == known.slow_area else known.take_up_elsewhere
    return rng.permutation(count) < round(share * count)


def _steps(
    number: int, opened: date, taken: bool, reasons: dict[str, list[str]], rng: np.random.Generator
) -> Rows:
    fates = _FATES_TAKEN if taken else _FATES_LEFT
    drawn = rng.choice(len(fates), p=list(fates.values()))
    day = opened + timedelta(days=int(rng.integers(0, (LAST_DAY - opened).days - 30)))
    rows = []
    for position, status in enumerate(("submitted", *list(fates)[drawn])):
        if position:
            day = min(day + timedelta(days=int(rng.integers(*_ANSWER_DAYS))), LAST_DAY)
        told = reasons.get(status)
        rows.append(
            {
                "proposal_id": number,
                "position": position,
                "status": status,
                "on_date": None if rng.random() < _UNDATED else day,
                "reason": told[int(rng.integers(len(told)))] if told else None,
            }
        )
    return rows


def _plan(number: int, rng: np.random.Generator) -> dict:
    plan = int(rng.integers(1, _PLANS + 1))
    return {
        "proposal_id": number,
        "plan_code": f"suunnitelma-{plan}",
        "selected": plan % 2 == 0,
        "budget_eur": Decimal(12_000 * plan),
        "share_eur": Decimal(int(rng.integers(5, 30)) * 100),
    }
