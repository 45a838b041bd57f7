"""What became of released rows since: changes that the audit tells of, and rows put beside them.

A funder may change a target, and a manager closes a period, after a value of them was released.
Both leave a line in the audit; a column that is otherwise without one was edited by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from data.releases.canonical import plain
from data.schema import (
    AuditEvent,
    ReleasedValue,
    ReportedEvent,
    ReportedValue,
    ReportingPeriod,
)

#: A line of the audit is written in the transaction of what it tells of.
_SAME_MOMENT = timedelta(minutes=1)
_TOLD = ("target_changed", "period_changed", "period_closed")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the audit about a target or a period."""

    id: int
    action: str
    by: str
    at: Any
    changes: Mapping[str, Any]


def lines(connection: sa.Connection) -> dict[str, list[Line]]:
    """What the audit tells of targets and periods, by ``target:3`` and ``period:4``, in order."""
    table = AuditEvent
    rows = connection.execute(
        sa.select(table.__table__).where(table.action.in_(_TOLD)).order_by(table.id)
    )
    found: dict[str, list[Line]] = {}
    for row in rows:
        line = Line(row.id, row.action, row.actor, row.at, read(row.detail))
        found.setdefault(row.subject, []).append(line)
    return found


def released_lines(connection: sa.Connection) -> dict[str, tuple[int, str]]:
    """The line of the audit that tells of each release, and the hash it names, by ``release:2``."""
    table = AuditEvent
    rows = connection.execute(
        sa.select(table.id, table.subject, table.detail)
        .where(table.action == "release")
        .order_by(table.id)
    )
    return {row.subject: (row.id, str(read(row.detail).get("sha256"))) for row in rows}


def taken_back(connection: sa.Connection, after: int) -> bool:
    """Whether an import was taken back after a line of the audit."""
    table = AuditEvent
    asked = sa.select(table.id).where(table.action == "undo_import", table.id > after)
    return connection.scalar(asked.limit(1)) is not None


def read(text: str) -> dict[str, Any]:
    """What a line says besides; nothing where somebody made it unreadable."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def told_since(
    entry: Mapping[str, Any],
    now: Mapping[str, Any],
    places: tuple[int, int],
    told: Mapping[str, list[Line]],
    after: int,
) -> dict[str, Any]:
    """A record of a release as it should read now: its target and period as the audit tells them.

    now: the record made anew. places: the numbers of target and period. after: the line of the
    audit that tells of the release.
    """
    target, period = (
        [line for line in told.get(f"{kind}:{number}", []) if line.id > after]
        for kind, number in zip(("target", "period"), places, strict=True)
    )
    return {
        **entry,
        "target": _replayed(entry["target"], target),
        "period": _closed(_replayed(entry["period"], period), now["period"], period),
    }


def _replayed(columns: Mapping[str, Any], since: list[Line]) -> dict[str, Any]:
    """Columns after changes that fit onto each other; where one does not, it is not believed."""
    found = dict(columns)
    for line in since:
        for name, change in line.changes.items():
            if name in found and isinstance(change, list) and change[0] == found[name]:
                found[name] = change[1]
    return found


def _closed(was: dict[str, Any], now: Mapping[str, Any], since: list[Line]) -> dict[str, Any]:
    """The period as it was closed since, where the audit tells of that moment and person."""
    if was["closed_at"] is not None or now["closed_at"] is None:
        return was
    for line in since:
        at = plain(line.at), plain(line.at - _SAME_MOMENT)
        by = line.by.split(" ")[0] == str(now["closed_by"])
        if line.action == "period_closed" and by and at[1] <= now["closed_at"] <= at[0]:
            return {**was, "closed_at": now["closed_at"], "closed_by": now["closed_by"]}
    return was


# --- rows beside released ones ------------------------------------------------------------------


def strangers(connection: sa.Connection) -> Iterator[str]:
    """Values and periods that stand beside released ones and that nobody made here: a correction
    without its whole history, a period over days that are released."""
    yield from (f"reported:{number}" for number in _strange_values(connection))
    yield from (f"period:{number}" for number in _strange_periods(connection))


def _strange_values(connection: sa.Connection) -> list[int]:
    value, event = ReportedValue, ReportedEvent
    released = sa.select(ReleasedValue.reported_id)
    known = sa.orm.aliased(ReportedValue)
    beside = sa.exists().where(
        known.id.in_(released),
        known.target_id == value.target_id,
        known.period_id == value.period_id,
    )
    rows = connection.execute(
        sa.select(value.__table__)
        .where(beside, value.id.not_in(released), value.status != "locked")
        .order_by(value.id)
    ).all()
    asked = [row.id for row in rows]
    histories: dict[int, list[sa.Row]] = {}
    for row in connection.execute(
        sa.select(event.__table__).where(event.reported_id.in_(asked)).order_by(event.version)
    ):
        histories.setdefault(row.reported_id, []).append(row)
    steps = set(
        map(
            tuple,
            connection.execute(
                sa.select(AuditEvent.subject, AuditEvent.action).where(
                    AuditEvent.subject.in_([f"reported:{number}" for number in asked])
                )
            ),
        )
    )
    corrected = {
        (row.target_id, row.period_id, row.correction): row.id
        for row in connection.execute(
            sa.select(value.id, value.target_id, value.period_id, value.correction).where(
                value.id.in_(released)
            )
        )
    }
    return [
        row.id
        for row in rows
        if not _told_of(
            row,
            histories.get(row.id, []),
            corrected.get((row.target_id, row.period_id, row.correction - 1)),
            steps,
        )
    ]


#: What a value is after each thing that somebody did with it.
_AFTER = {
    "drafted": ("draft",), "saved": ("draft", "returned"), "counted": ("draft", "returned"),
    "submitted": ("submitted",), "returned": ("returned",), "approved": ("approved",),
}  # fmt: skip


def _told_of(
    row: sa.Row, history: list[sa.Row], corrected: int | None, steps: set[tuple[str, str]]
) -> bool:
    """Whether a correction has every version of its history, from the released value that it
    corrects to its status, and the audit the same steps."""
    if corrected is None or [event.version for event in history] != [*range(1, row.version + 1)]:
        return False
    first, last = history[0], history[-1]
    if first.act != "drafted" or read(first.changes).get("corrects") != corrected:
        return False
    acts = {event.act for event in history} - {"saved"}
    told = all((f"reported:{row.id}", f"report_{act}") in steps for act in acts)
    return told and row.status in _AFTER.get(last.act, ())


def _strange_periods(connection: sa.Connection) -> list[int]:
    """Periods that share days with one of the same money of which something is released."""
    own, other = ReportingPeriod, sa.orm.aliased(ReportingPeriod)
    released = (
        sa.select(ReportedValue.period_id)
        .join(ReleasedValue, ReleasedValue.reported_id == ReportedValue.id)
        .distinct()
    )
    rows = connection.scalars(
        sa.select(other.id)
        .join(
            own,
            (own.project_id == other.project_id)
            & (own.funder_id == other.funder_id)
            & (own.id != other.id)
            & (own.starts_on <= other.ends_on)
            & (own.ends_on >= other.starts_on),
        )
        .where(own.id.in_(released))
        .distinct()
        .order_by(other.id)
    )
    return list(rows)


def target_and_period(connection: sa.Connection, reported: list[int]) -> dict[int, tuple[int, int]]:
    """The numbers of the target and the period of each value."""
    table = ReportedValue
    asked = sa.select(table.id, table.target_id, table.period_id).where(table.id.in_(reported))
    return {row.id: (row.target_id, row.period_id) for row in connection.execute(asked)}
