"""What the invented projects reported to one of their funders: targets, periods, values, claims.

Values are counted from the invented records in the same way as real ones, so this part is made
when all others are stored. Projects report a year at a time; their first years are approved, what
came last is in every state that there is.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from data.reporting.definitions import canonical, sha256_of
from data.reporting.proofs import put_file
from data.reporting.sources import items as items_of
from data.reporting.value_rows import ITEM
from data.reporting.values import KEPT_YEARS
from data.sample.effects import LAST_DAY
from data.sample.register import Rows, ids, numbered, read
from data.sample.users import FUNDER
from metrics.indicators.catalogue import common
from metrics.indicators.counting import Counted, count
from metrics.indicators.indicator import Counting, Indicator
from metrics.metric import Level

#: Under which the invented items are hashed where no installation is at hand: no secret.
KEY = b"arviomo:sample"
#: What `records` makes.
TABLES = (
    "indicator_version", "reporting_period", "indicator_target", "reported_value",
    "reported_event", "counted_item", "claim", "proof",
)  # fmt: skip
#: How the newest period of each project stands, in turn; before it everything is approved.
_NEWEST = ("submitted", "returned", "draft", "submitted", "approved")
#: What was done of a value up to each status, by whom.
_WAY = {
    "draft": (("drafted", "manager"), ("saved", "manager")),
    "submitted": (("submitted", "manager"),),
    "approved": (("approved", "funder"),),
    "returned": (("returned", "funder"),),
}
_STEPS = {
    "draft": ("draft",),
    "submitted": ("draft", "submitted"),
    "returned": ("draft", "submitted", "returned"),
    "approved": ("draft", "submitted", "approved"),
}
_DUE, _YEAR = timedelta(days=60), 365.25
_LINK = "https://example.org/arviomo/{project}/{number}"
_FILE = ("muistio.csv", b"paiva;asia\n2024-02-01;Yritykset ja koulut sopivat kokeilusta\n")


def records(
    connection: sa.Connection, known: dict[str, Rows], home: Path | None
) -> dict[str, Rows]:
    """Rows of indicators, periods, targets, values with their history and items, claims, proofs.

    connection: where everything else of the sample is stored already.
    """
    told = read("reporting.yaml")
    versions = _versions(told["targets"])
    periods, targets = _periods(known), _targets(known, told["targets"], versions)
    found = _values(connection, known, told, versions, periods, targets, home or KEY)
    claims = _claims(known, told["claims"])
    return {
        "indicator_version": versions,
        "reporting_period": periods,
        "indicator_target": targets,
        **found,
        "claim": claims,
        "proof": _proofs(known, found["reported_value"], claims, home),
    }


def _funded(known: dict[str, Rows]) -> list[dict]:
    """The projects that the funder of the sample's persona pays for and that have begun."""
    funder = ids(known["funder"])[FUNDER]
    mine = {row["project_id"] for row in known["project_funder"] if row["funder_id"] == funder}
    return [row for row in known["project"] if row["id"] in mine and row["starts_on"] < LAST_DAY]


def _versions(targets: dict[str, list]) -> Rows:
    return numbered(
        [
            {
                "code": indicator.code,
                "version": indicator.version,
                "programme_id": None,
                "project_id": None,
                "definition": canonical(indicator),
                "sha256": sha256_of(indicator),
            }
            for indicator in (common()[key] for key in targets)
        ]
    )


def _periods(known: dict[str, Rows]) -> Rows:
    """A year at a time from each project's start; the last one ends with the project."""
    rows = []
    for project in _funded(known):
        starts, number = project["starts_on"], 1
        while starts < min(project["ends_on"], LAST_DAY):
            ends = min(_a_year_from(starts) - timedelta(days=1), project["ends_on"])
            closed = ends + _DUE < LAST_DAY and number == 1
            rows.append(
                {
                    "project_id": project["id"],
                    "funder_id": ids(known["funder"])[FUNDER],
                    "number": number,
                    "starts_on": starts,
                    "ends_on": ends,
                    "due_on": ends + _DUE,
                    "closed_at": _at(ends + _DUE) if closed else None,
                    "closed_by": _people(known)["evaluator"] if closed else None,
                }
            )
            starts, number = ends + timedelta(days=1), number + 1
    return numbered(rows)


def _a_year_from(day: date) -> date:
    return day.replace(year=day.year + 1)


def _targets(known: dict[str, Rows], told: dict[str, list], versions: Rows) -> Rows:
    number = {f"{row['code']}@{row['version']}": row["id"] for row in versions}
    rows = []
    for project in _funded(known):
        years = (project["ends_on"] - project["starts_on"]).days / _YEAR
        for key, (baseline, aim, expected) in told.items():
            level = common()[key].counting is Counting.LEVEL
            target = aim if level or aim is None else max(round(aim * years), 1)
            rows.append(
                {
                    "project_id": project["id"],
                    "funder_id": ids(known["funder"])[FUNDER],
                    "indicator_id": number[key],
                    "objective": "2.1",
                    "baseline": None if baseline is None else Decimal(baseline),
                    "baseline_year": None if baseline is None else project["starts_on"].year,
                    "target": None if target is None else Decimal(target),
                    "target_on": None if target is None else project["ends_on"],
                    "expected": expected,
                }
            )
    return numbered(rows)


# --- values -------------------------------------------------------------------------------------


def _values(
    connection: sa.Connection,
    known: dict[str, Rows],
    told: dict,
    versions: Rows,
    periods: Rows,
    targets: Rows,
    key: Path | bytes,
) -> dict[str, Rows]:
    """Values of every target in every period that is over, with what became of them."""
    indicators = {row["id"]: common()[f"{row['code']}@{row['version']}"] for row in versions}
    sources = {each.counted for each in indicators.values() if each.counted is not None}
    projects = [project["id"] for project in _funded(known)]
    listed = {source: items_of(connection, key, source, projects) for source in sorted(sources)}
    over = [row for row in periods if row["ends_on"] <= LAST_DAY]
    last = {row["project_id"]: row["number"] for row in over}
    values, events, counted_items = [], [], []
    for period in over:
        project = period["project_id"]
        newest = last[project]
        status = "approved" if period["number"] < newest else _NEWEST[project % len(_NEWEST)]
        for target in [row for row in targets if row["project_id"] == project]:
            indicator = indicators[target["indicator_id"]]
            value = {"id": len(values) + 1, "target_id": target["id"], "period_id": period["id"]}
            counted = None
            if indicator.counted is not None:
                found = listed[indicator.counted]
                own = found[found["project"] == project]
                counted = count(own, indicator.counting, period["starts_on"], period["ends_on"])
                counted_items += _items(value["id"], counted)
            said = _said(indicator, counted, told, period)
            # What cannot be told yet is only drafted in the newest period.
            silent = indicator.figure is not None and period["number"] == newest
            stands = "draft" if silent else status
            steps = _steps(known, value["id"], stands, period, told)
            value |= said | {
                "status": stands, "version": len(steps),
                "retain_until": date(period["ends_on"].year + KEPT_YEARS + 1, 12, 31),
            }  # fmt: skip
            values.append(value)
            events += steps
    return {
        "reported_value": values,
        "reported_event": numbered(events),
        "counted_item": numbered(counted_items),
    }


def _said(indicator: Indicator, counted: Counted | None, told: dict, period: dict) -> dict:
    nothing = {"state": "not_reported", "value": None, "cumulative": None, "text": None}
    if counted is not None:
        return {
            "state": "zero" if counted.value == 0 else "value",
            "value": Decimal(counted.value),
            "cumulative": Decimal(counted.cumulative),
            "text": None,
            "basis": "counted",
            "method_note": None,
        }
    if indicator.counting is Counting.WORDS:
        words = told["changes"][(period["project_id"] + period["number"]) % len(told["changes"])]
        grounds = {"basis": "entered", "method_note": told["grounds"]}
        return nothing | {"state": "value", "text": words} | grounds
    return nothing | {"basis": "entered", "method_note": told["not_yet"]}


def _steps(known: dict[str, Rows], number: int, status: str, period: dict, told: dict) -> Rows:
    """What became of a value up to its status."""
    people = _people(known)
    acts = [step for part in _STEPS[status] for step in _WAY[part]]
    return [
        {
            "reported_id": number,
            "version": version,
            "user_id": people[who],
            "at": _at(min(period["ends_on"] + timedelta(days=10 * version), LAST_DAY)),
            "act": act,
            "changes": "{}",
            "reason": told["returned"] if act == "returned" else None,
        }
        for version, (act, who) in enumerate(acts, start=1)
    ]


def _items(number: int, counted: Counted) -> Rows:
    items = counted.items
    rows = items[list(ITEM)].assign(
        reported_id=number,
        happened_on=pd.to_datetime(items["happened_on"]).dt.date,
        exclusion=items["exclusion"].where(items["exclusion"] != "", None),
    )
    return rows.astype(object).where(rows.notna(), None).to_dict("records")


# --- claims and proofs --------------------------------------------------------------------------


def _claims(known: dict[str, Rows], told: list[dict]) -> Rows:
    numbers = {level: ids(known[level]) for level in ("project", "theme")}
    by, at = _people(known)["evaluator"], _at(LAST_DAY)
    rows = []
    for claim in told:
        level, code = claim["about"]
        rows.append(
            {
                "code": claim["code"],
                "level": level,
                "entity": 0 if level == Level.PORTFOLIO else numbers[level][code],
                "statement_fi": claim["fi"],
                "statement_sv": claim["sv"],
                "statement_en": claim["en"],
                "grade": claim["grade"],
                "expected": claim["expected"],
                "found": claim["found"],
                "contribution": claim["contribution"],
                "substantiation": claim["grounds"],
                "version": 1,
                "updated_at": at,
                "updated_by": by,
            }
        )
    return numbered(rows)


def _proofs(known: dict[str, Rows], values: Rows, claims: Rows, home: Path | None) -> Rows:
    """A link behind every approved value that was told, and one behind every claim with grounds;
    one file, where there is a place for it."""
    by = _people(known)["manager"]
    told = [v for v in values if v["status"] == "approved" and v["state"] != "not_reported"]
    empty = {
        "reported_id": None, "claim_id": None, "link": None, "sha256": None, "kind": None,
        "bytes": None, "retain_until": None, "added_at": _at(LAST_DAY), "added_by": by,
    }  # fmt: skip
    rows = [
        empty
        | {
            "reported_id": value["id"],
            "name": "Osallistujalista",
            "link": _LINK.format(project=value["period_id"], number=value["id"]),
            "retain_until": value["retain_until"],
        }
        for value in told
    ]
    rows += [
        empty
        | {
            "claim_id": claim["id"],
            "name": "Perustelumuistio",
            "link": _LINK.format(project="vaitteet", number=claim["code"].lower()),
        }
        for claim in claims
        if claim["substantiation"]
    ]
    if home is not None:
        rows.append(empty | _filed(home) | {"reported_id": told[0]["id"]})
    return numbered(rows)


def _filed(home: Path) -> dict:
    name, content = _FILE
    sha256 = hashlib.sha256(content).hexdigest()
    put_file(home, sha256, content)
    return {"name": name, "sha256": sha256, "kind": "csv", "bytes": len(content)}


def _people(known: dict[str, Rows]) -> dict[str, int]:
    return {row["subject"]: row["id"] for row in known["app_user"]}


def _at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
