"""Making a released figure again from what the database holds now, and naming what differs.

A difference is no proof of a wrong: records may have been corrected since. It says where to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data import sheets
from data.access import User, operator
from data.releases import columns, content
from data.releases.beside import (
    Difference,
    beside_values,
    changes,
    figures,
    proofs,
    totals,
)
from data.releases.canonical import plain
from data.releases.entries import attained, chunks, entries, shown_number
from data.reporting.protection import is_of_people
from data.reporting.sources import items as items_of
from data.schema import Release, ReportedValue
from metrics.indicators.counting import count
from metrics.indicators.indicator import FigureName, Indicator
from metrics.metric import Level, Result

#: What tells an item from another when it is counted again.
_ITEM = (
    "entity", "kind", "happened_on", "source", "source_id", "role", "amount", "size", "exclusion",
)  # fmt: skip


def differences(
    connection: sa.Connection, home: Path, document: Mapping[str, Any], user: User | None = None
) -> list[Difference]:
    """What of a verified release comes out otherwise now: every value counted, read or looked up
    again with all that it stands on, attainments, definitions, totals, published figures, names,
    and the files behind them. What is pending is told without a figure, so nothing of it is.

    document: a whole release file (`verify_release.verify`). user: who reads the figures; without
    one, whoever holds the database. Raises: data.fieldwork.installation.ExposedSecret.
    """
    release = document["release"]
    known = {
        each["key"]: Indicator.model_validate(each["definition"]) for each in release["definitions"]
    }
    reader = operator() if user is None else user
    lost = columns.unknown(release)
    return [
        *_unknown(connection, document),
        *(Difference("columns", "older", name, None) for name in lost),
        *beside_values(connection, release),
        *_stored(connection, home, release, known, lost),
        *_attained(release["values"], known),
        *_counted(connection, home, release["values"], known),
        *_read(connection, reader, release["values"], known),
        *totals(release, known),
        *figures(connection, reader, release["figures"]),
        *proofs(home, release["values"]),
    ]


def _unknown(connection: sa.Connection, document: Mapping[str, Any]) -> Iterator[Difference]:
    """A release that is signed and that nobody made here: somebody else has the key."""
    row = sa.select(Release.id).where(Release.sha256 == document["sha256"])
    if connection.scalar(row) is None:
        yield Difference("sha256", "unknown", document["sha256"], None)


# --- values -------------------------------------------------------------------------------------


def _stored(
    connection: sa.Connection,
    home: Path,
    release: Mapping[str, Any],
    known: Mapping[str, Indicator],
    lost: Sequence[str],
) -> Iterator[Difference]:
    """Every record as the database tells it now: entered figures and words, method notes, states,
    targets, periods, proofs and events among them."""
    values = release["values"]
    rows = content.keyed_definitions(connection, known)
    held = columns.held_by(release)
    made = entries(connection, home, [each["reported"] for each in values], rows, held)
    now = {each["reported"]: each for each in plain(made)}
    for place, was in enumerate(values):
        path = f"values[{place}]"
        again = now.get(was["reported"])
        if again is None:
            yield Difference(path, "stored", was["indicator"], None)
            continue
        was, again = (columns.comparable(each, lost) for each in (was, columns.as_told(was, again)))
        told, other = ({**each, "exact": None} for each in (was, again))
        found = list(changes(told, other, path))
        yield from (Difference(at, "stored", one, two) for at, one, two in found)
        if not found and was["exact"] != again["exact"]:
            # Only what the release does not tell is otherwise.
            yield Difference(f"{path}.exact", "exact", None, None)


def _attained(
    values: Sequence[Mapping[str, Any]], known: Mapping[str, Indicator]
) -> Iterator[Difference]:
    """How far each value got, from the numbers of the release itself."""
    for place, was in enumerate(values):
        target = {name: _number(was["target"][name]) for name in ("baseline", "target")}
        shown = {name: _number(was[name]) for name in ("value", "cumulative")}
        now = attained(known[was["indicator"]], target, shown)
        if now != was["attained"]:
            yield Difference(f"values[{place}].attained", "attained", was["attained"], now)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


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
    names = [name for name in _ITEM if not was or name in was[0]]
    frame = now.assign(happened_on=pd.to_datetime(now["happened_on"]).dt.strftime("%Y-%m-%d"))
    frame = frame[names].astype(object)
    frame = frame.where(frame.notna() & (frame != ""), None)
    here = set(frame.itertuples(index=False, name=None))
    told = {tuple(item[name] for name in names): place for place, item in enumerate(was)}
    for item in sorted(told.keys() - here, key=told.__getitem__):
        yield Difference(f"{path}.items[{told[item]}]", "counted", _named(names, item), None)
    for item in sorted(here - told.keys(), key=repr):
        yield Difference(f"{path}.items", "counted", None, _named(names, item))


def _named(names: Sequence[str], item: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(names, item, strict=True))


def _read(
    connection: sa.Connection,
    user: User,
    values: Sequence[Mapping[str, Any]],
    known: Mapping[str, Indicator],
) -> Iterator[Difference]:
    """Values that were read from a published figure, against the newest publication: the value
    itself, its state, n, interval and the version of its metric."""
    revision = sheets.latest_revision(connection)
    versions = {} if revision is None else sheets.published(connection, revision).metrics
    for place, was in enumerate(values):
        name = known[was["indicator"]].figure
        if was["basis"] != "metric" or name is None:
            continue
        figure = _figure(connection, user, was["project"], name, revision)
        value = None if figure is None or figure.value is None else content.decimal(figure.value)
        now = plain(shown_number(value, was["rounded"]))
        path = f"values[{place}]"
        for column in ("value", "cumulative"):
            if now != was[column]:
                yield Difference(f"{path}.{column}", "read", was[column], now)
        facts = dict.fromkeys(_FACTS) if figure is None else _facts(figure, versions)
        told = was["metric"] if isinstance(was["metric"], dict) else {}
        for column, fact in facts.items():
            if column in told and told[column] != fact:
                yield Difference(f"{path}.metric.{column}", "read", told[column], fact)


#: What is kept of a figure beside its value.
_FACTS = ("version", "n", "low", "high")


def _facts(figure: Result, versions: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: getattr(figure, name) for name in _FACTS[1:]}
    return {"version": versions.get(figure.metric), **facts}


def _figure(
    connection: sa.Connection, user: User, project: int, name: FigureName, revision: int | None
) -> Result | None:
    if revision is None:
        return None
    asked = name.model_dump(exclude={"split_value"})
    found = sheets.read_figures(
        connection, user, revision=revision, level=Level.PROJECT.value, entity=project,
        public=True, **asked,
    )  # fmt: skip
    return next((each for each in found if each.split_value == name.split_value), None)
