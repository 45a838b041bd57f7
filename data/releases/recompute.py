"""Making a released figure again from what the database holds now, and naming what differs.

A difference is no proof of a wrong: records may have been corrected since. It says where to look.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data import sheets
from data.access import User, operator
from data.releases import content
from data.releases.canonical import plain
from data.releases.entries import chunks, shown_number
from data.reporting.proofs import path_of
from data.reporting.protection import is_of_people
from data.reporting.sources import items as items_of
from data.schema import ReportedValue
from metrics.indicators.counting import count
from metrics.indicators.indicator import FigureName, Indicator
from metrics.metric import Level

#: What tells an item from another when it is counted again.
_ITEM = ("entity", "kind", "happened_on", "source", "source_id", "role", "amount", "exclusion")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that comes out otherwise now.

    path: the record and the column in the release. code: "counted" (a value or its items),
    "read" (a value that is read from a published figure), "figure", "figure_gone", "total",
    "proof_gone" or "proof_changed". was: as released; now: as it comes out. Missing: both None
    where the numbers are of people and only their rows tell that they differ.
    """

    path: str
    code: str
    was: Any
    now: Any


def differences(
    connection: sa.Connection, home: Path, document: Mapping[str, Any], user: User | None = None
) -> list[Difference]:
    """What of a verified release comes out otherwise now: values counted and read again, published
    figures as they are published now, totals, and the files behind them.

    document: a whole release file (`verify_release.verify`). user: who reads the figures; without
    one, whoever holds the database. Raises: data.fieldwork.installation.ExposedSecret.
    """
    release = document["release"]
    known = {
        each["key"]: Indicator.model_validate(each["definition"]) for each in release["definitions"]
    }
    reader = operator() if user is None else user
    return [
        *_counted(connection, home, release["values"], known),
        *_read(connection, reader, release["values"], known),
        *_totals(release, known),
        *_figures(connection, reader, release["figures"]),
        *_proofs(home, release["values"]),
    ]


# --- values -------------------------------------------------------------------------------------


def _counted(
    connection: sa.Connection,
    home: Path,
    values: Sequence[Mapping[str, Any]],
    known: Mapping[str, Indicator],
) -> Iterator[Difference]:
    """Counted values, counted again; records are read once a source."""
    exact = _exact_values(connection, values)
    listed: dict[str, dict[int, pd.DataFrame]] = {}
    for place, was in enumerate(values):
        indicator = known[was["indicator"]]
        if was["basis"] != "counted" or indicator.counted is None:
            continue
        if indicator.counted not in listed:
            projects = sorted({each["project"] for each in values})
            found = items_of(connection, home, indicator.counted, projects)
            listed[indicator.counted] = {
                int(project): own for project, own in found.groupby("project")
            }
            listed[indicator.counted][0] = found.head(0)
        own = listed[indicator.counted]
        days = [date.fromisoformat(was["period"][name]) for name in ("starts_on", "ends_on")]
        again = count(own.get(was["project"], own[0]), indicator.counting, *days)
        path = f"values[{place}]"
        yield from _numbers(path, was, again, is_of_people(indicator), exact)
        if was["items"] is not None:
            yield from _items(path, was["items"], again.items)


def _numbers(
    path: str,
    was: Mapping[str, Any],
    again: Any,
    of_people: bool,
    exact: Mapping[int, Mapping[str, Any]],
) -> Iterator[Difference]:
    for name in ("value", "cumulative"):
        number = None if getattr(again, name) is None else Decimal(getattr(again, name))
        now = plain(shown_number(number, of_people))
        if now != was[name]:
            yield Difference(f"{path}.{name}", "counted", was[name], now)
        elif of_people and number != exact.get(was["reported"], {}).get(name):
            # The same rounded number, of other people: said without either number.
            yield Difference(f"{path}.{name}", "counted", None, None)


def _exact_values(
    connection: sa.Connection, values: Sequence[Mapping[str, Any]]
) -> dict[int, Mapping[str, Any]]:
    """The rows of rounded values, with the numbers that the release does not tell."""
    rounded = [each["reported"] for each in values if each["rounded"]]
    table = ReportedValue
    asked = sa.select(table.id, table.value, table.cumulative)
    return {
        row["id"]: row
        for some in chunks(rounded)
        for row in connection.execute(asked.where(table.id.in_(some))).mappings()
    }


def _items(path: str, was: Sequence[Mapping[str, Any]], now: pd.DataFrame) -> Iterator[Difference]:
    """What was looked at then and not now, or now and not then."""
    frame = now.assign(happened_on=pd.to_datetime(now["happened_on"]).dt.strftime("%Y-%m-%d"))
    frame = frame[list(_ITEM)].astype(object)
    frame = frame.where(frame.notna() & (frame != ""), None)
    here = set(frame.itertuples(index=False, name=None))
    told = {tuple(item[name] for name in _ITEM): place for place, item in enumerate(was)}
    for item in sorted(told.keys() - here, key=told.__getitem__):
        yield Difference(f"{path}.items[{told[item]}]", "counted", _named(item), None)
    for item in sorted(here - told.keys(), key=repr):
        yield Difference(f"{path}.items", "counted", None, _named(item))


def _named(item: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_ITEM, item, strict=True))


def _read(
    connection: sa.Connection,
    user: User,
    values: Sequence[Mapping[str, Any]],
    known: Mapping[str, Indicator],
) -> Iterator[Difference]:
    """Values that were read from a published figure, against the newest publication."""
    revision = sheets.latest_revision(connection)
    for place, was in enumerate(values):
        name = known[was["indicator"]].figure
        if was["basis"] != "metric" or name is None:
            continue
        now = _figure(connection, user, was["project"], name, revision)
        if now is not None:
            now = plain(shown_number(now, was["rounded"]))
        if now != was["value"]:
            yield Difference(f"values[{place}].value", "read", was["value"], now)


def _figure(
    connection: sa.Connection, user: User, project: int, name: FigureName, revision: int | None
) -> Decimal | None:
    if revision is None:
        return None
    asked = name.model_dump(exclude={"split_value"})
    found = sheets.read_figures(
        connection, user, revision=revision, level=Level.PROJECT.value, entity=project,
        public=True, **asked,
    )  # fmt: skip
    values = [each.value for each in found if each.split_value == name.split_value]
    return None if not values or values[0] is None else content.decimal(values[0])


# --- what stands beside the values --------------------------------------------------------------


def _totals(release: Mapping[str, Any], known: Mapping[str, Indicator]) -> Iterator[Difference]:
    again = plain(content.totals(content.as_decimals(release["values"]), known))
    for place, was in enumerate(release["totals"]):
        now = next((each for each in again if each["indicator"] == was["indicator"]), None)
        if now != was:
            yield Difference(f"totals[{place}]", "total", was, now)


def _figures(
    connection: sa.Connection, user: User, frozen: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """Published figures, as the newest publication tells them."""
    revision = sheets.latest_revision(connection)
    for place, each in enumerate(frozen):
        columns = each["columns"]
        now = {}
        if revision is not None:
            found = content.read_figures(connection, user, each["project"], revision)
            now = {_key(content.FIGURE, row): row for row in map(content.figure_row, found)}
        for at, was in enumerate(each["rows"]):
            path = f"figures[{place}].rows[{at}]"
            again = now.get(_key(columns, was))
            if again is None:
                yield Difference(path, "figure_gone", was, None)
            elif again != was:
                yield Difference(path, "figure", was, again)


def _key(columns: Sequence[str], row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(row[columns.index(name)] for name in ("metric", "instrument", "part", "wave"))


def _proofs(home: Path, values: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    for place, each in enumerate(values):
        for at, proof in enumerate(each["proofs"]):
            if proof["sha256"] is None:
                continue
            path = f"values[{place}].proofs[{at}]"
            try:
                found = hashlib.sha256(path_of(home, proof["sha256"]).read_bytes()).hexdigest()
            except FileNotFoundError:
                yield Difference(path, "proof_gone", proof["sha256"], None)
                continue
            if found != proof["sha256"]:
                yield Difference(path, "proof_changed", proof["sha256"], found)
