"""The register of the invented portfolio: places, themes, money, organisations, projects."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from data.sample.timeline import ends_on

_HERE = Path(__file__).parent
#: Numbers that the Finnish register has not reached, so no invented firm has a real one's.
_FIRST_BUSINESS_NUMBER = 9_900_001
_CHECK_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2])

#: How many people a matter concerns for each one who could take part.
_AFFECTED = {"RES": 12, "CUS": 8, "STAFF": 4, "COM": 5, "NGO": 3, "RDI": 2, "PUB": 2}
_AFFECTED_SOURCE = "Kuvitteellinen arvio"
_AFFECTED_UNKNOWN = (
    "hengitystauko", "korjaushetki", "robottirinki", "pyorapesa", "naapuriapu", "torikeittio",
)  # fmt: skip
#: Groups that a project concerns though none of them takes part.
_ABSENT = {"lahden-aani": {"COM": 240}, "tuulispaa": {"NGO": 60}, "viimeinen-mutka": {"CUS": 900}}

Rows = list[dict]


def read(name: str):
    """A file of this package."""
    return yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))


def numbered(rows: Rows) -> Rows:
    """The rows with ids 1, 2, ... in their order."""
    return [{"id": number, **row} for number, row in enumerate(rows, start=1)]


def ids(rows: Rows) -> dict[str, int]:
    """The id of each row by its code."""
    return {row["code"]: row["id"] for row in rows}


def _named(entries: dict[str, list[str]]) -> Rows:
    return numbered(
        [
            {"code": code, "name_fi": fi, "name_sv": sv, "name_en": en}
            for code, (fi, sv, en) in entries.items()
        ]
    )


def places(listed: dict) -> dict[str, Rows]:
    """Rows of programme, funder, theme, area, process template and its phases."""
    numbers = {code: number for number, code in enumerate(listed["areas"], start=1)}
    areas = numbered(
        [
            {
                "code": code,
                "kind": kind,
                "parent_id": numbers.get(parent),
                "population": population,
                "latitude": latitude,
                "longitude": longitude,
                "name_fi": fi,
                "name_sv": sv,
                "name_en": en,
            }
            for code, (kind, parent, population, latitude, longitude, fi, sv, en) in listed[
                "areas"
            ].items()
        ]
    )
    templates = _named({code: entry["name"] for code, entry in listed["templates"].items()})
    return {
        "programme": _named(listed["programmes"]),
        "funder": _named(listed["funders"]),
        "theme": _named(listed["themes"]),
        "area": areas,
        "process_template": templates,
        "template_phase": numbered(
            [
                {
                    "template_id": template["id"],
                    "position": position,
                    "common_phase": phase,
                    "name_fi": fi,
                    "name_sv": sv,
                    "name_en": en,
                }
                for template in templates
                for position, (phase, fi, sv, en) in enumerate(
                    listed["templates"][template["code"]]["phases"]
                )
            ]
        ),
    }


#: Most are small, and of some nobody wrote down how large they are.
_SIZES = ("micro", "small", "micro", "medium", None, "small", "micro", "large", "small")


def organisations(listed: dict) -> Rows:
    """Rows of organisation, each with a business ID of the right form and check digit."""
    valid = business_ids(len(listed["organisations"]))
    return numbered(
        [
            {
                "business_id": business_id,
                "name": name,
                "kind": kind,
                "sector": sector,
                "group_code": group,
                "size": _SIZES[place % len(_SIZES)] if kind == "company" else None,
                "country": "FI",
            }
            for place, (business_id, (kind, group, sector, name)) in enumerate(
                zip(valid, listed["organisations"], strict=True)
            )
        ]
    )


def business_ids(count: int) -> list[str]:
    """As many business IDs in a row; a remainder of one has no check digit and is passed over."""
    numbers = np.arange(_FIRST_BUSINESS_NUMBER, _FIRST_BUSINESS_NUMBER + 2 * count + 11)
    digits = numbers[:, None] // 10 ** np.arange(6, -1, -1) % 10
    rest = digits @ _CHECK_WEIGHTS % 11
    usable = rest != 1
    check = np.where(rest == 0, 0, 11 - rest)
    pairs = zip(numbers[usable], check[usable], strict=True)
    return [f"{number}-{digit}" for number, digit in pairs][:count]


def projects(portfolio: list[dict], steps: pd.DataFrame, known: dict[str, Rows]) -> dict[str, Rows]:
    """Rows of project, its links, its phases and the people whom it concerns."""
    template_ids = ids(known["process_template"])
    rows = numbered(
        [
            {
                "code": project["code"],
                "name_fi": project["fi"],
                "name_sv": project["sv"],
                "name_en": project["en"],
                "description": project["text"],
                "status": _status(project, steps),
                "starts_on": project["starts"],
                "ends_on": ends_on(project),
                "template_id": template_ids.get(project["template"]),
                "is_comparison": project["code"] in KNOWN_EFFECTS.comparison_projects,
                "invented": True,
            }
            for project in portfolio
        ]
    )
    numbers = ids(rows)
    return {
        "project": rows,
        "project_theme": _weighted(portfolio, numbers, "themes", "theme", known),
        "project_area": _weighted(portfolio, numbers, "areas", "area", known),
        "project_programme": _programmes(portfolio, numbers, known),
        "project_funder": _money(portfolio, numbers, known),
        "project_phase": _phases(portfolio, steps, numbers, known),
        "affected_population": _affected(portfolio, numbers),
    }


def _status(project: dict, steps: pd.DataFrame) -> str:
    if project.get("fielded") == "planned":
        return "planned"
    own = steps[steps["project"] == project["code"]]
    done = own["actual_end_on"].notna().all() if len(own) else ends_on(project) <= LAST_DAY
    return "ended" if done else "running"


def _weighted(portfolio, numbers, listed: str, kind: str, known) -> Rows:
    targets = ids(known[kind])
    return [
        {
            "project_id": numbers[project["code"]],
            f"{kind}_id": targets[code],
            "weight": Decimal(str(weight)),
        }
        for project in portfolio
        for code, weight in project[listed].items()
    ]


def _programmes(portfolio, numbers, known) -> Rows:
    targets = ids(known["programme"])
    return [
        {
            "project_id": numbers[project["code"]],
            "programme_id": targets[code],
            "weight": Decimal(1),
        }
        for project in portfolio
        for code in project["programmes"]
    ]


def _money(portfolio, numbers, known) -> Rows:
    """Granted money, and used money in the proportion of the time that has passed."""
    targets = ids(known["funder"])
    return [
        {
            "project_id": numbers[project["code"]],
            "funder_id": targets[code],
            "granted_eur": Decimal(granted),
            "used_eur": (Decimal(granted) * _passed(project)).quantize(Decimal("0.01")),
        }
        for project in portfolio
        for code, granted in project["funders"].items()
    ]


def _passed(project: dict) -> Decimal:
    whole = (ends_on(project) - project["starts"]).days
    gone = (LAST_DAY - project["starts"]).days
    return Decimal(min(max(gone, 0), whole)) / Decimal(whole) * Decimal("0.96")


def _phases(portfolio, steps: pd.DataFrame, numbers, known) -> Rows:
    found = {
        (phase["template_id"], phase["position"]): phase["id"] for phase in known["template_phase"]
    }
    templates = ids(known["process_template"])
    template_of = {project["code"]: templates.get(project["template"]) for project in portfolio}
    dates = ["planned_start_on", "planned_end_on", "actual_start_on", "actual_end_on"]
    return numbered(
        [
            {
                "project_id": numbers[step["project"]],
                "template_phase_id": found[template_of[step["project"]], step["position"]],
            }
            | {column: step[column] if isinstance(step[column], date) else None for column in dates}
            for step in steps.to_dict("records")
        ]
    )


def _affected(portfolio, numbers) -> Rows:
    return [
        {
            "project_id": numbers[project["code"]],
            "group_code": group,
            "people": people,
            "source": _AFFECTED_SOURCE,
        }
        for project in portfolio
        if project["code"] not in _AFFECTED_UNKNOWN and project.get("fielded") != "comparison"
        for group, people in _concerned(project).items()
    ]


def _concerned(project: dict) -> dict[str, int]:
    counted = {group: people * _AFFECTED[group] for group, people in project["people"].items()}
    return counted | _ABSENT.get(project["code"], {})
