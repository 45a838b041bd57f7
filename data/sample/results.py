"""What the invented projects led to: needs, firms, outputs, solutions, and who took them over."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from data.sample.conduct import keepers
from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from data.sample.register import Rows, ids, numbered

_NEEDS = (
    "Tieto löytyy yhdestä paikasta", "Matka on turvallinen", "Apua saa iltaisin",
    "Väline sopii monelle", "Ohjeet ovat selkokielellä", "Odotusaika lyhenee",
)  # fmt: skip
#: Outputs that working with a group leaves: kind, and the least and most of its number.
_OUTPUTS = {
    "RDI": (("publication", 1, 2), ("thesis", 1, 2), ("credits", 20, 160)),
    "NGO": (("volunteers", 3, 25), ("partnership", 1, 2), ("continued", 1, 2)),
    "COM": (("application", 1, 2), ("partnership", 1, 2)),
}
_OUTPUT_LIKELY = 0.6
_TESTED, _NEW_PRODUCT, _NEW_MARKET, _FOLLOWED = 0.8, 0.4, 0.25, 0.85
_FOLLOW_UP_DAYS = 730
_EMBEDDED, _IN_USE = 0.5, 0.85
_EMBEDDING_DAYS = 240
_ADOPTERS = ("city", "school", "association")
_SOLUTIONS = ("toimintamalli", "väline")


def records(
    portfolio: list[dict], known: dict[str, Rows], rng: np.random.Generator
) -> dict[str, Rows]:
    """Rows of need, organisations of projects, firm follow-up, output, solution and its spread."""
    numbers = ids(known["project"])
    projects = [(project, numbers[project["code"]]) for project in keepers(portfolio)]
    partners = _partners(known, {number for _, number in projects})
    solutions = _solutions(projects, known, rng)
    return {
        "need": numbered([row for one in projects for row in _needs(*one, rng)]),
        "project_organisation": partners,
        "firm_follow_up": _firms(projects, partners, known, rng),
        "joint_output": numbered([row for one in projects for row in _outputs(*one, rng)]),
        "solution": solutions,
        "adoption": _adoptions(solutions, known, rng),
        "solution_reuse": _reuse(solutions, numbers),
    }


def _needs(project: dict, number: int, rng: np.random.Generator) -> Rows:
    known = KNOWN_EFFECTS
    rows = []
    for group in project["people"]:
        for _ in range(int(rng.integers(2, 5))):
            tested = bool(rng.random() < known.needs_tested)
            rows.append(
                {
                    "code": f"{project['code']}-tarve-{len(rows) + 1}",
                    "project_id": number,
                    "group_code": group,
                    "title": _NEEDS[int(rng.integers(len(_NEEDS)))],
                    "stated_on": project["starts"] + timedelta(days=int(rng.integers(0, 60))),
                    "tested": tested,
                    "sufficient": tested and bool(rng.random() < known.needs_sufficient),
                }
            )
    return rows


def _partners(known: dict[str, Rows], projects: set[int]) -> Rows:
    """The organisations that came to a project's events are said to be its partners."""
    owner = {event["id"]: event["project_id"] for event in known["activity_event"]}
    pairs = {
        (owner[guest["event_id"]], guest["organisation_id"])
        for guest in known["event_organisation"]
    }
    return [
        {"project_id": project, "organisation_id": organisation}
        for project, organisation in sorted(pairs)
        if project in projects
    ]


def _firms(
    projects: list, partners: Rows, known: dict[str, Rows], rng: np.random.Generator
) -> Rows:
    """Companies among the partners, asked again; time to the first sale halves by its median."""
    company = {row["id"] for row in known["organisation"] if row["kind"] == "company"}
    starts = {number: project["starts"] for project, number in projects}
    rows = []
    for partner in partners:
        if partner["organisation_id"] not in company:
            continue
        joined = starts[partner["project_id"]] + timedelta(days=int(rng.integers(30, 200)))
        asked = min(joined + timedelta(days=_FOLLOW_UP_DAYS), LAST_DAY)
        lots = rng.random(4)
        wait = rng.exponential(KNOWN_EFFECTS.first_sale_days / np.log(2))
        sale = joined + timedelta(days=int(np.ceil(min(wait, 10_000))))
        followed = bool(lots[0] < _FOLLOWED)
        rows.append(
            partner
            | {
                "joined_on": joined,
                "tested": bool(lots[1] < _TESTED),
                "followed_on": asked if followed else None,
                "new_product": followed and bool(lots[2] < _NEW_PRODUCT),
                "new_market": followed and bool(lots[3] < _NEW_MARKET),
                "first_sale_on": sale if followed and sale <= asked else None,
            }
        )
    return rows


def _outputs(project: dict, number: int, rng: np.random.Generator) -> Rows:
    likely = [output for group in project["people"] for output in _OUTPUTS.get(group, ())]
    drawn = [output for output in likely if rng.random() < _OUTPUT_LIKELY]
    return [
        {
            "code": f"{project['code']}-tulos-{at + 1}",
            "project_id": number,
            "kind": kind,
            "title": None,
            "appeared_on": _later(project["starts"], rng),
            "amount": int(rng.integers(low, high + 1)) if kind in ("volunteers", "credits") else 1,
        }
        for at, (kind, low, high) in enumerate(drawn)
    ]


def _later(day: date, rng: np.random.Generator) -> date:
    return day + timedelta(days=int(rng.integers(60, (LAST_DAY - day).days)))


def _solutions(projects: list, known: dict[str, Rows], rng: np.random.Generator) -> Rows:
    """Two solutions of every project that has ended, and one of each that others built on."""
    ended = {row["id"] for row in known["project"] if row["status"] == "ended"}
    rows = []
    for project, number in projects:
        goes_on = number not in ended
        if goes_on and project["code"] not in KNOWN_EFFECTS.generations[:-1]:
            continue
        for name in _SOLUTIONS[:1] if goes_on else _SOLUTIONS:
            ready = project["starts"] + timedelta(days=int(rng.integers(300, 420)))
            lag = timedelta(days=int(rng.exponential(_EMBEDDING_DAYS)))
            embedded = bool(rng.random() < _EMBEDDED) and ready + lag <= LAST_DAY
            rows.append(
                {
                    "code": f"{project['code']}-{name}",
                    "project_id": number,
                    "name": f"{project['fi']}: {name}",
                    "ready_on": ready,
                    "embedded": embedded,
                    "embedded_on": ready + lag if embedded else None,
                }
            )
    return numbered(rows)


def _adoptions(solutions: Rows, known: dict[str, Rows], rng: np.random.Generator) -> Rows:
    """What has found its place is taken into use elsewhere; of the rest, now and then one."""
    takers = [row["id"] for row in known["organisation"] if row["kind"] in _ADOPTERS]
    rows: Rows = []
    for solution in solutions:
        count = int(rng.integers(1, 4)) if solution["embedded"] else int(rng.random() < 0.3)
        drawn = sorted(rng.choice(takers, count, replace=False))
        rows += [_adoption(solution, int(taker), rng) for taker in drawn]
    return rows


def _adoption(solution: dict, taker: int, rng: np.random.Generator) -> dict:
    adopted = solution["ready_on"] + timedelta(days=int(rng.integers(30, 400)))
    return {
        "solution_id": solution["id"],
        "organisation_id": taker,
        "adopted_on": min(adopted, LAST_DAY),
        "in_use": bool(rng.random() < _IN_USE),
    }


def _reuse(solutions: Rows, numbers: dict[str, int]) -> Rows:
    """Each generation takes over the first solution of the one before."""
    made = {row["project_id"]: row["id"] for row in reversed(solutions)}
    line = [numbers[code] for code in KNOWN_EFFECTS.generations]
    return [{"solution_id": made[parent], "project_id": child} for parent, child in pairwise(line)]
