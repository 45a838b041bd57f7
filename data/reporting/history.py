"""What became of a reported value: every version, who made it, when and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from data import audit
from data.access import User
from data.schema import AppUser, ImportBatch, ReportedEvent, ReportedValue


@dataclass(frozen=True, slots=True)
class Event:
    """One version. act: of `data.schema.REPORT_ACTS`. changes: by column, before and after; of a
    correction also ``corrects``, the number of the value that it corrects."""

    version: int
    at: datetime
    by: str
    act: str
    changes: Mapping[str, Any]
    reason: str | None


@dataclass(frozen=True, slots=True)
class Saved:
    """It is stored (by the time the transaction is). reported: the value's number."""

    version: int
    reported: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing is stored: somebody changed the value since the version that was seen.

    version: the newest one. theirs: what was done since. mine: what was to be stored now.
    clashing: the columns that both changed.
    """

    version: int
    theirs: tuple[Event, ...]
    mine: Mapping[str, object] = field(default_factory=dict)
    clashing: tuple[str, ...] = ()


def events(connection: sa.Connection, reported: int, after: int = 0) -> list[Event]:
    """The versions of a value after one of them, the newest last.

    A value that a file brought was drafted by whoever imported it.
    """
    table = ReportedEvent
    rows = connection.execute(
        sa.select(table.__table__, AppUser.name.label("by"))
        .join(AppUser, AppUser.id == table.user_id)
        .where(table.reported_id == reported, table.version > after)
        .order_by(table.version)
    )
    found = [
        Event(row.version, row.at, row.by, row.act, json.loads(row.changes), row.reason)
        for row in rows
    ]
    return found if after else [*_brought(connection, reported), *found]


def _brought(connection: sa.Connection, reported: int) -> list[Event]:
    rows = connection.execute(
        sa.select(ImportBatch.imported_at, ImportBatch.imported_by)
        .join(ReportedValue, ReportedValue.batch_id == ImportBatch.id)
        .where(ReportedValue.id == reported)
    )
    return [Event(1, row.imported_at, row.imported_by, "drafted", {}, None) for row in rows]


def conflict_of(
    connection: sa.Connection, row: sa.Row, seen_version: int, mine: Mapping[str, object]
) -> Conflict:
    """What somebody else did since the version that was seen."""
    theirs = tuple(events(connection, row.id, after=seen_version))
    changed = {key for event in theirs for key in event.changes}
    return Conflict(row.version, theirs, mine, tuple(key for key in mine if key in changed))


def tell(
    connection: sa.Connection,
    user: User,
    reported: int,
    version: int,
    act: str,
    changes: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Nothing; the version stands in the history, and its steps in the audit."""
    connection.execute(
        sa.insert(ReportedEvent),
        {
            "reported_id": reported,
            "version": version,
            "user_id": user.id,
            "at": datetime.now(UTC),
            "act": act,
            "changes": told(changes or {}),
            "reason": reason,
        },
    )
    if act != "saved":  # what was saved stands in the history; the audit tells of the steps
        detail = {"version": version}
        audit.record(connection, user, f"report_{act}", f"reported:{reported}", detail)


def told(changes: Mapping[str, object]) -> str:
    """Changes as the history keeps them."""
    return json.dumps(changes, ensure_ascii=False, sort_keys=True, default=_plain)


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list]:
    """What is otherwise after than before, by column: both."""
    return {
        name: [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal | date) else repr(value)
