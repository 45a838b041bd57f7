"""Reported values as they come about: drafted, counted or entered, submitted, approved, corrected.

Whoever changes a value says which version of it they saw. Where somebody else changed it since,
nothing is stored and the answer is a `Conflict`. Every version has an event. A released value is
locked: a correction is a new row beside it, and the old one stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import sqlalchemy as sa

from data.access import NotPermitted, User, require
from data.permissions import Kind, Verb
from data.reporting.history import Conflict, Saved, conflict_of, differences
from data.reporting.targets import plain, project_days
from data.reporting.value_numbers import count, counted_of, read_from_figure
from data.reporting.value_rows import (
    ITEM,
    forget_items,
    insert,
    judged_by,
    newest_of,
    reported_by,
    write_next,
)
from data.reporting.value_rules import (
    OPEN,
    SAID,
    RefusedReport,
    columns_of,
    refuse_findings,
    refuse_status,
    refuse_unready,
    settled,
)
from data.schema import (
    CountedItem,
    IndicatorTarget,
    ReportedEvent,
    ReportedValue,
    ReportingPeriod,
)
from metrics.indicators.indicator import Counting, Indicator

__all__ = [
    "Conflict",
    "RefusedReport",
    "Saved",
    "approve",
    "correct",
    "count",
    "counted_of",
    "draft",
    "lock",
    "read_from_figure",
    "save",
    "send_back",
    "submit",
]

#: Until when what backs a value is kept: the end of this many years after the project's last one.
KEPT_YEARS = 5
#: How many values are locked at once; a database takes so many names and not many more.
_AT_ONCE = 5000


def draft(connection: sa.Connection, user: User, target: int, period: int) -> int:
    """The number of the value of a target in a period, drafted if there is none.

    Raises: NotPermitted; RefusedReport: "other_period", "period_closed".
    """
    place = connection.execute(
        sa.select(
            IndicatorTarget.project_id,
            IndicatorTarget.funder_id,
            ReportingPeriod.project_id.label("period_project"),
            ReportingPeriod.funder_id.label("period_funder"),
            ReportingPeriod.ends_on,
            ReportingPeriod.closed_at,
        )
        .join(ReportingPeriod, ReportingPeriod.id == period)
        .where(IndicatorTarget.id == target)
    ).one_or_none()
    if place is None:
        raise NotPermitted(
            f"{user.name} sees no such target and period. Open them from the list.",
            user,
            f"target:{target}",
        )
    require(user, Verb.REPORT, Kind.INDICATOR, place.project_id)
    if (place.project_id, place.funder_id) != (place.period_project, place.period_funder):
        raise RefusedReport("other_period", "The period belongs to other money. Choose another.")
    newest = newest_of(connection, target, period)
    if newest is not None:
        return newest.id
    if place.closed_at is not None:
        raise RefusedReport("period_closed", "The period is closed. Report it in the next one.")
    row = {
        "target_id": target,
        "period_id": period,
        "state": "not_reported",
        "basis": "entered",
        "retain_until": _kept(connection, place.project_id, place.ends_on),
    }
    attempt = connection.begin_nested()
    try:
        number = insert(connection, user, row, {}, None)
    except sa.exc.IntegrityError:  # somebody else drafted it in this very moment
        attempt.rollback()
        return newest_of(connection, target, period).id
    attempt.commit()
    return number


def save(
    connection: sa.Connection,
    user: User,
    reported: int,
    seen_version: int,
    changes: Mapping[str, object],
) -> Saved | Conflict:
    """The new version of an entered value, or what somebody else did meanwhile.

    changes: any of state, value, cumulative, text, method_note, retain_until. A number that is
    entered by hand takes the place of a counted one and needs a method note. Changes that change
    nothing make no new version. Raises: NotPermitted; RefusedReport.
    """
    row, indicator = reported_by(connection, user, reported)
    if row.version != seen_version:
        return conflict_of(connection, row, seen_version, changes)
    refuse_status(row.status, OPEN, "save")
    before = columns_of(row)
    after = settled(indicator, before, changes)
    changed = differences(before, after)
    if not changed:
        return Saved(row.version, row.id)
    more: dict[str, object] = {}
    if set(SAID) & changed.keys():
        if "cumulative" not in changes and after["value"] is not None:
            after["cumulative"] = _cumulative(connection, row, indicator, after["value"])
        more = {"basis": "entered", "metric": None, "revision": None}
        forget_items(connection, row.id)
        if after["state"] in ("value", "zero") and not after["method_note"]:
            raise RefusedReport(
                "method_missing", "A figure that is entered by hand needs a method note: where it "
                "comes from and how it was made.", indicator=indicator.code,
            )  # fmt: skip
    refuse_findings(indicator, after)
    changed = differences(
        before | {"basis": row.basis}, after | {"basis": more.get("basis", row.basis)}
    )
    return write_next(connection, user, row, "saved", after | more, changed)


# --- the way of a value -------------------------------------------------------------------------


def submit(
    connection: sa.Connection, user: User, reported: int, seen_version: int
) -> Saved | Conflict:
    """The new version: submitted, and seen by its funder. Raises: NotPermitted; RefusedReport."""
    row, indicator = reported_by(connection, user, reported)
    if row.version != seen_version:
        return conflict_of(connection, row, seen_version, {})
    refuse_status(row.status, OPEN, "submit")
    refuse_unready(indicator, columns_of(row))
    return write_next(connection, user, row, "submitted", {"status": "submitted"})


def send_back(
    connection: sa.Connection, user: User, reported: int, seen_version: int, reason: str
) -> Saved | Conflict:
    """The new version: returned, to be changed and submitted again.

    Raises: NotPermitted; RefusedReport: "reason_missing" among others.
    """
    row = judged_by(connection, user, reported)
    why = _reason(reason, "Say what is to be changed; the reason stays in its history.")
    if row.version != seen_version:
        return conflict_of(connection, row, seen_version, {})
    refuse_status(row.status, ("submitted", "approved"), "send_back")
    return write_next(connection, user, row, "returned", {"status": "returned"}, reason=why)


def approve(
    connection: sa.Connection, user: User, reported: int, seen_version: int
) -> Saved | Conflict:
    """The new version: approved, and counted in totals of what is. Raises: NotPermitted;
    RefusedReport."""
    row = judged_by(connection, user, reported)
    if row.version != seen_version:
        return conflict_of(connection, row, seen_version, {})
    refuse_status(row.status, ("submitted",), "approve")
    return write_next(connection, user, row, "approved", {"status": "approved"})


def correct(connection: sa.Connection, user: User, reported: int, reason: str) -> int:
    """The number of a new row that corrects a released one; the old one stays as it is.

    Raises: NotPermitted; RefusedReport: "not_locked", "corrected", "reason_missing".
    """
    row, _ = reported_by(connection, user, reported)
    why = _reason(reason, "Say why it is corrected; the reason stays with both values.")
    if row.status != "locked":
        raise RefusedReport(
            "not_locked", f"The value is {row.status} and not released. Change it as it is.",
            status=row.status,
        )  # fmt: skip
    newest = newest_of(connection, row.target_id, row.period_id)
    if newest.correction != row.correction:
        raise RefusedReport(
            "corrected", "The value has a newer correction already. Go on with that one.",
            reported=newest.id,
        )  # fmt: skip
    kept = {name: getattr(row, name) for name in _KEPT}
    new = kept | {"correction": row.correction + 1}
    number = insert(connection, user, new, {"corrects": row.id}, why)
    columns = [CountedItem.__table__.c[name] for name in ITEM]
    connection.execute(
        sa.insert(CountedItem).from_select(
            ["reported_id", *ITEM],
            sa.select(sa.literal(number), *columns)
            .where(CountedItem.reported_id == row.id)
            .order_by(CountedItem.id),
        )
    )
    return number


_KEPT = (
    "target_id", "period_id", "state", "value", "cumulative", "text", "basis", "metric",
    "revision", "method_note", "retain_until",
)  # fmt: skip


def lock(
    connection: sa.Connection, user: User, reported: Sequence[int], at: datetime | None = None
) -> None:
    """Nothing; approved values are locked by their release (`data.releases`), which asked for the
    permission and stands in the audit for all of them.

    at: the moment of the release. Raises: RefusedReport: "status" where one is not approved.
    """
    for first in range(0, len(reported), _AT_ONCE):
        chosen = ReportedValue.id.in_(reported[first : first + _AT_ONCE])
        columns = (ReportedValue.id, ReportedValue.status, ReportedValue.version)
        rows = connection.execute(sa.select(*columns).where(chosen).with_for_update()).all()
        for status in {row.status for row in rows}:
            refuse_status(status, ("approved",), "lock")
        changed = {"status": "locked", "version": ReportedValue.version + 1}
        connection.execute(sa.update(ReportedValue).where(chosen).values(changed))
        moment = at or datetime.now(UTC)
        told = [
            {"reported_id": row.id, "version": row.version + 1, "user_id": user.id, "at": moment,
             "act": "locked"}
            for row in rows
        ]  # fmt: skip
        connection.execute(sa.insert(ReportedEvent), told)


def _cumulative(
    connection: sa.Connection, row: sa.Row, indicator: Indicator, value: Decimal
) -> Decimal | None:
    """What an entered figure comes to from the project's start, as far as that follows.

    Missing: None where distinct entities were reported before: some may be the same.
    """
    if indicator.counting is Counting.LEVEL:
        return value
    before = connection.execute(
        sa.select(ReportedValue.cumulative)
        .join(ReportingPeriod, ReportingPeriod.id == ReportedValue.period_id)
        .where(ReportedValue.target_id == row.target_id, ReportingPeriod.ends_on < row.starts_on)
        .order_by(ReportingPeriod.ends_on.desc(), ReportedValue.correction.desc())
    ).first()
    if before is None:
        return value
    if indicator.counting is Counting.DISTINCT or before.cumulative is None:
        return None
    return plain(before.cumulative + value)


def _kept(connection: sa.Connection, project: int, ends_on: date) -> date:
    _, last = project_days(connection, project)
    return date(max(ends_on, last or ends_on).year + KEPT_YEARS, 12, 31)


def _reason(reason: str, wanted: str) -> str:
    why = (reason or "").strip()
    if not why:
        raise RefusedReport("reason_missing", wanted)
    if len(why) > 4000:
        raise RefusedReport(
            "too_long", f"The reason has {len(why)} letters, at most 4000. Shorten it.",
            name="reason", found=len(why), limit=4000,
        )  # fmt: skip
    return why
