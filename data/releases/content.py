"""What a release says beside its values: whose it is, what judged it, and which figures stood."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pandas as pd
import sqlalchemy as sa

import data.releases
import data.reporting
import metrics
import survey
from data import sheets
from data.access import User
from data.releases.entries import shown_number
from data.reporting.protection import is_of_people
from data.reporting.targets import plain as plain_decimal
from data.schema import (
    Collection,
    Funder,
    IndicatorVersion,
    InstrumentVersion,
    Project,
)
from metrics.indicators.counting import together
from metrics.indicators.indicator import Counting, Indicator
from metrics.metric import Level, Result, Split

T = TypeVar("T")
#: The columns of a figure in a release. What its metric means, its version says.
FIGURE = (
    "metric", "instrument", "part", "wave", "state", "value", "low", "high", "n", "coverage",
    "indicative", "method", "reason",
)  # fmt: skip
#: What has a say in a reported figure and in how it is frozen.
_JUDGING = (data.releases, data.reporting, metrics, survey)


@cache
def software() -> str:
    """The version of the program, and a hash of everything that has a say in a release."""
    folders = [Path(package.__path__[0]) for package in _JUDGING]
    sources = sorted(
        path for folder in folders for kind in ("*.py", "*.yaml") for path in folder.rglob(kind)
    )
    hashed = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
    return f"{version('arviomo')}+{hashed[:12]}"


def named(connection: sa.Connection, table: type[Funder | Project], number: int) -> dict[str, Any]:
    """The number, code and names of a funder or a project."""
    columns = (table.id, table.code, table.name_fi, table.name_sv, table.name_en)
    row = connection.execute(sa.select(*columns).where(table.id == number)).one()
    names = {"fi": row.name_fi, "sv": row.name_sv, "en": row.name_en}
    return {"number": row.id, "code": row.code, "name": names}


def definitions(rows: Sequence[sa.Row]) -> list[dict[str, Any]]:
    """The definitions of indicators as they were used, with their hashes."""
    return [
        {
            "key": f"{row.code}@{row.version}",
            "sha256": row.sha256,
            "programme": row.programme_id,
            "project": row.project_id,
            "definition": orjson.loads(row.definition),
        }
        for row in rows
    ]


def keyed_definitions(connection: sa.Connection, known: Mapping[str, T]) -> dict[int, T]:
    """What is known of indicators by their keys, by the numbers that their rows have now."""
    table = IndicatorVersion
    rows = connection.execute(sa.select(table.id, table.code, table.version))
    keys = {row.id: f"{row.code}@{row.version}" for row in rows}
    return {number: known[key] for number, key in keys.items() if key in known}


def definition_rows(connection: sa.Connection, numbers: set[int]) -> list[sa.Row]:
    table = IndicatorVersion
    query = sa.select(table.__table__).where(table.id.in_(sorted(numbers)))
    return list(connection.execute(query.order_by(table.code, table.version)))


def asked_instruments(connection: sa.Connection, projects: Sequence[int]) -> list[dict[str, str]]:
    """The questionnaires that the projects asked, with their hashes."""
    table = InstrumentVersion
    rows = connection.execute(
        sa.select(table.code, table.version, table.sha256)
        .join(Collection, Collection.instrument_version_id == table.id)
        .where(Collection.project_id.in_(projects))
        .distinct()
        .order_by(table.code, table.version)
    )
    return [{"key": f"{row.code}@{row.version}", "sha256": row.sha256} for row in rows]


def publication(connection: sa.Connection, revision: int | None = None) -> dict[str, Any] | None:
    """Under which publication the figures stood: what was read and what judged it. Missing: None
    before the first one, and where an old revision is not kept any more.

    revision: the newest one, unless another is told.
    """
    facts = sheets.published(connection, revision)
    if facts is None:
        return None
    return {
        "revision": facts.id,
        "published_at": facts.published_at,
        "code_version": facts.code_version,
        "inputs_sha256": facts.inputs_sha256,
        "inputs": facts.inputs,
        "metrics": facts.metrics,
    }


def figures(
    connection: sa.Connection, user: User, projects: Sequence[int], revision: int | None
) -> list[dict[str, Any]]:
    """The published totals of each project as the public profile protects them; none before the
    first publication. Shape: rows in the order of the columns."""
    if revision is None:
        return []
    return [
        {"project": project, "columns": list(FIGURE), "rows": list(map(figure_row, found))}
        for project in projects
        if (found := read_figures(connection, user, project, revision))
    ]


def read_figures(
    connection: sa.Connection, user: User, project: int, revision: int
) -> list[Result]:
    """The totals of one project that leave the house."""
    return sheets.read_figures(
        connection, user, revision=revision, level=Level.PROJECT.value, entity=project,
        split=Split.TOTAL.value, public=True,
    )  # fmt: skip


def figure_row(figure: Result) -> list[Any]:
    cells = [getattr(figure, name) for name in FIGURE]
    return [getattr(cell, "value", cell) for cell in cells]


def decimal(value: float) -> Decimal:
    """A published figure as the decimal that is reported of it."""
    return plain_decimal(Decimal(str(round(value, 4))))


# --- sums of what was approved ------------------------------------------------------------------


def totals(
    values: Sequence[Mapping[str, Any]], indicators: Mapping[str, Indicator]
) -> list[dict[str, Any]]:
    """One sum an indicator over the projects and periods of a release, of its values alone.

    distinct and overlap: each entity once, and how often the sum counts one more than once; they
    are None where some value was not counted, or is of people. Levels and words have no sum.
    """
    told = pd.DataFrame(
        [(each["indicator"], each["value"], each["basis"], each["items"]) for each in values],
        columns=["indicator", "value", "basis", "items"],
    )
    found = []
    for key, own in told.groupby("indicator"):
        indicator = indicators[str(key)]
        if indicator.counting not in (Counting.DISTINCT, Counting.ADDITIVE):
            continue
        known = [value for value in own["value"] if value is not None]
        of_people = is_of_people(indicator)
        hidden = any(each["state"] == "suppressed" for each in values if each["indicator"] == key)
        if hidden and not sum(known):
            known = []  # zeros beside what is not shown are not a sum of zero
        counted = indicator.counting is Counting.DISTINCT and (own["basis"] == "counted").all()
        alike = _together(values, str(key)) if counted and not of_people else None
        found.append(
            {
                "indicator": str(key),
                "sum": shown_number(sum(known), of_people) if known else None,
                "values": len(known),
                "of": len(own),
                "distinct": alike,
                "overlap": None if alike is None else int(sum(known)) - alike,
            }
        )
    return found


def as_decimals(values: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The values of a stored release, their numbers as decimals again."""
    return [
        {**each, "value": None if each["value"] is None else Decimal(each["value"])}
        for each in values
    ]


def _together(values: Sequence[Mapping[str, Any]], key: str) -> int:
    """How many different entities the counted items of some values name."""
    rows = [
        {"project": each["project"], **item}
        for each in values
        if each["indicator"] == key
        for item in each["items"]
        if item["exclusion"] is None
    ]
    if not rows:
        return 0
    return together(pd.DataFrame(rows), Counting.DISTINCT).distinct
