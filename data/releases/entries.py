"""One record of a release for every reported value: what was reported, and all that it stands on.

A release leaves the house, so people are in it as those outside read them: numbers to the nearest
five, nothing below ten, no item by item. What is left out is held by ``exact``: keyed hashes of the
rows as they are, which only this installation can make again.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data.fieldwork.installation import derived_hexes
from data.releases.canonical import dump
from data.releases.columns import NOW, Columns
from data.reporting.protection import is_of_people, protected
from data.reporting.targets import plain
from data.reporting.value_rows import ITEM
from data.schema import (
    CountedItem,
    IndicatorTarget,
    Proof,
    ReportedEvent,
    ReportedValue,
    ReportingPeriod,
)
from metrics.indicators.attainment import attainment
from metrics.indicators.indicator import Counting, Indicator

#: How many values are asked for at once; a database takes so many names and not many more.
AT_ONCE = 5000
#: What a release tells of a period; its last three may still change for reasons that are told.
_PERIOD = ("number", "starts_on", "ends_on", "due_on", "closed_at", "closed_by")
_TARGET = (
    "objective", "baseline", "baseline_year", "baseline_source", "milestone", "milestone_on",
    "target", "target_on", "expected",
)  # fmt: skip
_PROOF = ("name", "link", "sha256", "kind", "bytes", "retain_until")
_EVENT = ("version", "at", "user_id", "act", "reason")

Row = Mapping[str, Any]


def entries(
    connection: sa.Connection,
    home: Path,
    reported: Sequence[int],
    indicators: Mapping[int, Indicator],
    held: Columns = NOW,
) -> list[dict[str, Any]]:
    """The records of some reported values, in their order.

    indicators: definitions by the number of their row. held: the columns that the keyed hashes
    hold; those of an older release are its own. Missing: a value that is not there has no
    record, nor has one whose target, period or definition is not there.
    """
    found: dict[int, dict[str, Any]] = {}
    for some in chunks(reported):
        values = _rows(connection, sa.select(ReportedValue.__table__), ReportedValue.id, some)
        targets = _by_id(connection, IndicatorTarget, {row["target_id"] for row in values})
        periods = _by_id(connection, ReportingPeriod, {row["period_id"] for row in values})
        behind = {
            name: _grouped(connection, table, some)
            for name, table in (
                ("items", CountedItem), ("proofs", Proof), ("events", ReportedEvent),
            )
        }  # fmt: skip
        for value in values:
            target = targets.get(value["target_id"], {})
            period = periods.get(value["period_id"])
            indicator = indicators.get(target.get("indicator_id"))
            if period is None or indicator is None:
                continue
            stands_on = {name: rows.get(value["id"], []) for name, rows in behind.items()}
            entry = _entry(value, target, period, indicator, stands_on)
            entry["exact"] = _exact(
                held, {"value": value, "target": target, "period": period, **stands_on}
            )
            found[value["id"]] = entry
    told = [found[number] for number in reported if number in found]
    _seal(home, told)
    return told


def _entry(
    value: Row, target: Row, period: Row, indicator: Indicator, behind: Mapping[str, list[Row]]
) -> dict[str, Any]:
    of_people = is_of_people(indicator)
    shown = _shown(value, of_people)
    items = None if of_people or value["basis"] != "counted" else behind["items"]
    return {
        "reported": value["id"],
        "project": target["project_id"],
        "funder": target["funder_id"],
        "indicator": indicator.key,
        "period": {name: period[name] for name in _PERIOD},
        "target": {name: target[name] for name in _TARGET},
        "correction": value["correction"],
        "version": value["version"],
        "status": value["status"],
        **shown,
        "text": value["text"],
        "rounded": of_people,
        "attained": attained(indicator, target, shown),
        "basis": value["basis"],
        "metric": _metric(value["metric"]),
        "revision": value["revision"],
        "method_note": value["method_note"],
        "retain_until": value["retain_until"],
        "items": None if items is None else [{name: row[name] for name in ITEM} for row in items],
        "exclusions": None if items is None else _exclusions(items),
        "proofs": [{name: row[name] for name in _PROOF} for row in behind["proofs"]],
        "events": [{name: row[name] for name in _EVENT} for row in behind["events"]],
    }


def _metric(told: str | None) -> Any:
    """Which published figure a value was read from; a row that somebody edited stays as it is."""
    try:
        return None if told is None else json.loads(told)
    except ValueError:
        return told


def shown_number(number: Any, of_people: bool) -> Any:
    """A reported number as it stands in a release."""
    number = plain(number)
    return protected(number)[1] if of_people else number


def _shown(value: Row, of_people: bool) -> dict[str, Any]:
    state = value["state"]
    if of_people:
        protection, _ = protected(plain(value["value"]))
        state = state if protection is None else protection.value
    return {
        "state": state,
        "value": shown_number(value["value"], of_people),
        "cumulative": shown_number(value["cumulative"], of_people),
    }


def attained(indicator: Indicator, target: Row, shown: Row) -> float | None:
    """How far a value got from its baseline to its target, of the numbers that are shown."""
    level = indicator.counting is Counting.LEVEL or shown["cumulative"] is None
    achieved = shown["value"] if level else shown["cumulative"]
    return attainment(plain(target["baseline"]), plain(target["target"]), achieved)


def _exclusions(items: Iterable[Row]) -> dict[str, int]:
    return dict(Counter(row["exclusion"] for row in items if row["exclusion"]))


# --- what is not told, held by keyed hashes -----------------------------------------------------


def _exact(held: Columns, rows: Mapping[str, Any]) -> dict[str, Any]:
    """Every column that stays, of every row that the value stands on; one that this version of the
    program does not know is left out, and so is not what it was."""

    def kept(kind: str, row: Row) -> dict[str, Any]:
        return {name: row[name] for name in held[kind] if name in row}

    return {
        kind: [kept(kind, row) for row in part] if isinstance(part, list) else kept(kind, part)
        for kind, part in rows.items()
        if kind in held
    }


def _seal(home: Path, told: list[dict[str, Any]]) -> None:
    """Nothing; in the place of the rows themselves stand their keyed hashes."""
    names = [(entry, name) for entry in told for name in entry["exact"]]
    words = [f"{name} {dump(entry['exact'][name]).decode()}" for entry, name in names]
    for (entry, name), sealed in zip(names, derived_hexes(home, "release", words), strict=True):
        entry["exact"][name] = sealed


# --- rows ---------------------------------------------------------------------------------------


def chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Some numbers at a time, each once, the smallest first."""
    every = sorted(set(numbers))
    for first in range(0, len(every), AT_ONCE):
        yield every[first : first + AT_ONCE]


def _rows(
    connection: sa.Connection, query: sa.Select, column: sa.ColumnElement[int], some: list[int]
) -> list[Row]:
    return [dict(row) for row in connection.execute(query.where(column.in_(some))).mappings()]


def _by_id(connection: sa.Connection, table: Any, numbers: set[int]) -> dict[int, Row]:
    rows = _rows(connection, sa.select(table.__table__), table.id, sorted(numbers))
    return {row["id"]: row for row in rows}


def _grouped(connection: sa.Connection, table: Any, some: list[int]) -> dict[int, list[Row]]:
    """The rows behind each value, in the order of their numbers."""
    found: dict[int, list[Row]] = {}
    query = sa.select(table.__table__).order_by(table.id)
    for row in _rows(connection, query, table.reported_id, some):
        found.setdefault(row["reported_id"], []).append(row)
    return found
