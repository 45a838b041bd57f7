"""How the invented projects were run: roles, rules, decisions, changes, places."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from data.sample.register import Rows, ids, numbered

_ROLES = (
    "Vetäjä", "Työpajojen ohjaaja", "Viestinnästä vastaava", "Arvioija",
    "Kumppanien yhteyshenkilö", "Käyttöönotosta vastaava",
)  # fmt: skip
_DECISIONS = (
    "Kokeilupaikan valinta", "Yrityskumppanien valinta", "Kokeilun jatkaminen",
    "Laitteiden hankinta", "Tilojen käyttö", "Tulosten julkaiseminen",
)  # fmt: skip
_CHANGES = (
    "Kokeilu siirtyi myöhemmäksi", "Kohderyhmä laajeni", "Yksi kumppani vaihtui",
    "Työpajoja vähennettiin",
)  # fmt: skip
_REASONS = (
    "Osallistujat pyysivät lisää aikaa.", "Tila oli remontissa.",
    "Ensimmäinen kokeilu osoitti, ettei ratkaisu toiminut sellaisenaan.",
    "Rahoitus varmistui myöhemmin kuin oli suunniteltu.",
)  # fmt: skip
#: What is tested first of all, decided before anything was known: metric and part.
_PRIMARY = {
    "kaarnalaiva": (("paired_change", "CAPA"), ("process_quality", "LEARN")),
    "tuulispaa": (("paired_change", "CAPA"),),
    "robottirinki": (("process_quality", "LEAD"), ("paired_change", "SERVICE")),
    "lautaselta-takaisin": (("drawback_share", ""), ("benefit_share", "")),
    "lahden-aani": (("proposals_taken_up", ""), ("process_quality", "INFL")),
}
_PORTFOLIO_PRIMARY = (("process_quality", "OVERALL"), ("paired_change", "SERVICE"))
#: The years for which the people of an area were counted, and how many for each one now.
_COUNTED = {2024: 0.98, 2025: 1.0}
_COUNTED_BY = "Kuvitteellinen väestötilasto"
#: Pupils and children for each member of staff in a school or a day-care centre.
_FOR_EACH_STAFF = 12


def keepers(portfolio: list[dict]) -> list[dict]:
    """The projects that keep records: those under way or done, but one."""
    return [
        project
        for project in portfolio
        if project.get("fielded", "full") == "full"
        and project["code"] != KNOWN_EFFECTS.recordless_project
    ]


def records(
    portfolio: list[dict], known: dict[str, Rows], rng: np.random.Generator
) -> dict[str, Rows]:
    """Rows of role, rules, decision, plan change, place and its use, population, primary metric."""
    numbers = ids(known["project"])
    projects = [(project, numbers[project["code"]]) for project in keepers(portfolio)]
    return {
        "project_role": numbered([row for one in projects for row in _roles(*one, rng)]),
        "ground_rules": [_rules(*one, rng) for one in projects],
        "decision": numbered([row for one in projects for row in _decisions(*one, rng)]),
        "plan_change": numbered([row for one in projects for row in _changes(*one, rng)]),
        **_places(known, {number for _, number in projects}, rng),
        "area_population": _populations(known["area"]),
        "primary_metric": [
            {"project_id": numbers[code], "position": at, "metric": metric, "part": part}
            for code, declared in _PRIMARY.items()
            for at, (metric, part) in enumerate(declared, start=1)
        ],
        "portfolio_metric": [
            {"position": at, "metric": metric, "part": part}
            for at, (metric, part) in enumerate(_PORTFOLIO_PRIMARY, start=1)
        ],
    }


def _roles(project: dict, number: int, rng: np.random.Generator) -> Rows:
    known = KNOWN_EFFECTS
    empty = project["code"] == known.unfilled_project
    filled = rng.random(len(_ROLES)) < known.roles_filled
    return [
        {
            "project_id": number,
            "title": title,
            "filled": at < known.roles_filled_there if empty else bool(filled[at]),
        }
        for at, title in enumerate(_ROLES)
    ]


def _rules(project: dict, number: int, rng: np.random.Generator) -> dict:
    before, after = (int(days) for days in (rng.integers(0, 20), rng.integers(10, 90)))
    drawn = rng.random()
    signed = None
    if drawn < KNOWN_EFFECTS.rules_in_time:
        signed = project["starts"] - timedelta(days=before)
    elif drawn < (1 + KNOWN_EFFECTS.rules_in_time) / 2:
        signed = project["starts"] + timedelta(days=after)
    return {"project_id": number, "signed_on": signed}


def _decisions(project: dict, number: int, rng: np.random.Generator) -> Rows:
    """Decisions whose lag halves with every known median."""
    rows = []
    for at in range(int(rng.integers(4, 9))):
        due = _some_day(project["starts"] + timedelta(days=30), rng)
        lag = rng.exponential(KNOWN_EFFECTS.decision_days / np.log(2))
        made = due + timedelta(days=int(np.ceil(lag)))
        rows.append(
            {
                "code": f"{project['code']}-paatos-{at + 1}",
                "project_id": number,
                "title": _DECISIONS[int(rng.integers(len(_DECISIONS)))],
                "due_on": due,
                "made_on": made if made <= LAST_DAY else None,
            }
        )
    return rows


def _some_day(first: date, rng: np.random.Generator) -> date:
    return first + timedelta(days=int(rng.integers(0, (LAST_DAY - first).days)))


def _changes(project: dict, number: int, rng: np.random.Generator) -> Rows:
    return [
        {
            "code": f"{project['code']}-muutos-{at + 1}",
            "project_id": number,
            "title": _CHANGES[int(rng.integers(len(_CHANGES)))],
            "changed_on": _some_day(project["starts"], rng),
            "reason": _REASONS[int(rng.integers(len(_REASONS)))]
            if rng.random() < KNOWN_EFFECTS.changes_with_reason
            else None,
        }
        for at in range(int(rng.integers(2, 6)))
    ]


def _places(
    known: dict[str, Rows], projects: set[int], rng: np.random.Generator
) -> dict[str, Rows]:
    """A place in every area but the network of cities, and the events that were held there."""
    areas = [area for area in known["area"] if area["kind"] != "network"]
    described = rng.permutation(len(areas)) < round(KNOWN_EFFECTS.places_described * len(areas))
    places = numbered(
        [
            {
                "code": f"paikka-{area['code']}",
                "name": f"{area['name_fi']}, kokoontumistila",
                "area_id": area["id"],
                "described": bool(described[at]),
            }
            for at, area in enumerate(areas)
        ]
    )
    place_of = {place["area_id"]: place["id"] for place in places}
    uses = [
        {
            "place_id": place_of[event["area_id"]],
            "project_id": event["project_id"],
            "event_id": event["id"],
        }
        for event in known["activity_event"]
        if event["project_id"] in projects
    ]
    return {"place": places, "place_use": numbered(uses)}


def _populations(areas: Rows) -> Rows:
    """Residents of areas; pupils and staff of schools and day-care centres."""
    return [
        {
            "area_id": area["id"],
            "group_code": group,
            "year": year,
            "people": round(people * share),
            "source": _COUNTED_BY,
        }
        for area in areas
        if area["population"]
        for group, people in _belonging(area).items()
        for year, share in _COUNTED.items()
    ]


def _belonging(area: dict) -> dict[str, int]:
    if area["kind"] != "setting":
        return {"RES": area["population"]}
    return {"CUS": area["population"], "STAFF": area["population"] // _FOR_EACH_STAFF}
