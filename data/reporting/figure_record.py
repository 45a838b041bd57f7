"""The figure record: everything that a check of one reported value needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data.access import NotPermitted, User
from data.reporting.definitions import stored_versions
from data.reporting.desk import DeskLine, desk
from data.reporting.history import Event, events
from data.reporting.proofs import ProofLine, proof_lines
from data.reporting.protection import is_of_people
from data.reporting.rights import reports, sees, sees_inside
from data.reporting.targets import plain
from data.reporting.value_rules import OPEN
from data.schema import (
    CountedItem,
    IndicatorTarget,
    Proof,
    Release,
    ReleasedValue,
    ReportedEvent,
    ReportedValue,
)
from metrics.indicators.agreement import Finding, Told, findings
from metrics.indicators.counting import ITEM
from metrics.indicators.indicator import Counting, Indicator


@dataclass(frozen=True, slots=True)
class Version:
    """One row of a value: the first one, or what corrects it, and why."""

    reported: int
    correction: int
    status: str
    value: Decimal | None
    cumulative: Decimal | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Released:
    """A release that froze a value."""

    id: int
    released_at: datetime
    sha256: str


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """One reported value with all that stands behind it.

    items: ITEM and ``exclusion``, one row a thing that was looked at; None where the value was not
    counted, and where it is of people and the reader is outside. exclusions: how many items each
    reason keeps out. metric: which published figure it was read from. versions: the first row and
    its corrections, oldest first; nothing of them is ever overwritten.
    """

    line: DeskLine
    definition_sha256: str
    method_note: str | None
    metric: Mapping[str, Any] | None
    revision: int | None
    retain_until: date | None
    items: pd.DataFrame | None
    exclusions: Mapping[str, int]
    proofs: list[ProofLine]
    events: list[Event]
    versions: list[Version]
    findings: list[Finding]
    releases: list[Released]


def record(
    connection: sa.Connection, user: User, reported: int, today: date | None = None
) -> FigureRecord:
    """The record of one reported value. Raises: NotPermitted where the user does not see it."""
    row = _row(connection, user, reported)
    told = _line(connection, user, row, today)
    stored = stored_versions(connection)[row.indicator_id]
    hidden = told.rounded
    items = None if hidden or row.basis != "counted" else items_of(connection, row)
    known = {} if items is None else items["exclusion"].value_counts().to_dict()
    inside = sees_inside(user, row.project_id)
    return FigureRecord(
        told,
        stored.sha256,
        row.method_note,
        None if row.metric is None else json.loads(row.metric),
        row.revision,
        row.retain_until,
        items,
        {name: count for name, count in known.items() if name},
        proof_lines(connection, Proof.reported_id == reported),
        _events(connection, reported, inside and not hidden),
        _versions(connection, user, row, hidden),
        [] if hidden else agreement(connection, row, reports(user, row.project_id)),
        _releases(connection, reported),
    )


def line(
    connection: sa.Connection, user: User, reported: int, today: date | None = None
) -> DeskLine:
    """The desk's line of exactly one value. Raises: NotPermitted where the user does not see it."""
    return _line(connection, user, _row(connection, user, reported), today)


def items_of(connection: sa.Connection, row: sa.Row) -> pd.DataFrame:
    """The counted items of a value. Shape: ITEM and ``exclusion``, "" where it counted."""
    item = CountedItem
    names = [name for name in ITEM if name != "project"]
    found = connection.execute(
        sa.select(*(getattr(item, name) for name in names), item.exclusion)
        .where(item.reported_id == row.id)
        .order_by(item.id)
    )
    frame = pd.DataFrame(found.all(), columns=[*names, "exclusion"])
    frame = frame.assign(
        project=row.project_id,
        exclusion=frame["exclusion"].fillna("").astype("str"),
        happened_on=pd.to_datetime(frame["happened_on"]),
    )
    return frame[[*ITEM, "exclusion"]]


def agreement(connection: sa.Connection, row: sa.Row, reporting: bool) -> list[Finding]:
    """What does not fit between a value and the others of its project, funder and period.

    reporting: for who reports of the project. Others are told of nothing that is not handed in,
    and of no number of people that they would read rounded.
    """
    value = ReportedValue
    rows = connection.execute(
        sa.select(value.__table__, IndicatorTarget.indicator_id)
        .join(IndicatorTarget, IndicatorTarget.id == value.target_id)
        .where(value.period_id == row.period_id)
        .where(sa.true() if reporting else value.status.not_in(OPEN))
        .order_by(value.correction)
    ).all()
    versions = stored_versions(connection)
    if not reporting:
        rows = [each for each in rows if not is_of_people(versions[each.indicator_id].indicator)]
    newest = {each.target_id: each for each in rows} | {row.target_id: row}
    amounts = dict(
        connection.execute(
            sa.select(CountedItem.reported_id, sa.func.sum(CountedItem.amount))
            .where(CountedItem.reported_id == row.id, CountedItem.exclusion.is_(None))
            .group_by(CountedItem.reported_id)
        ).all()
    )
    told: dict[str, Told] = {}
    known: list[Indicator] = []
    for each in newest.values():
        indicator = versions[each.indicator_id].indicator
        known.append(indicator)
        counted = each.id == row.id and row.basis == "counted"
        level = indicator.counting is Counting.LEVEL
        items = int(amounts.get(row.id, 0)) if counted and not level else None
        told[indicator.code] = Told(plain(each.value), plain(each.cumulative), items)
    code = versions[row.indicator_id].indicator.code
    return [each for each in findings(told, known) if code in (each.indicator, each.other)]


def _row(connection: sa.Connection, user: User, reported: int) -> sa.Row:
    row = connection.execute(
        sa.select(
            ReportedValue.__table__,
            IndicatorTarget.project_id,
            IndicatorTarget.funder_id,
            IndicatorTarget.indicator_id,
        )
        .join(IndicatorTarget, IndicatorTarget.id == ReportedValue.target_id)
        .where(ReportedValue.id == reported)
    ).one_or_none()
    seen = row is not None and sees(user, row.project_id, row.funder_id)
    if seen and (row.status not in OPEN or reports(user, row.project_id)):
        return row
    raise NotPermitted(
        f"{user.name} sees no reported value {reported}. Open it from the desk.",
        user,
        f"reported:{reported}",
    )


def _line(connection: sa.Connection, user: User, row: sa.Row, today: date | None) -> DeskLine:
    """The desk's line of exactly this row, whether or not a newer one took its place."""
    lines = desk(connection, user, target=row.target_id, reported=[row.id], today=today)
    return lines[0]


def _events(connection: sa.Connection, reported: int, whole: bool) -> list[Event]:
    """What became of the value; those outside read who and when, and not what drafts said."""
    told = events(connection, reported)
    if whole:
        return told
    return [replace(each, changes={}) for each in told if each.act not in ("saved", "counted")]


def _versions(connection: sa.Connection, user: User, row: sa.Row, hidden: bool) -> list[Version]:
    value, event = ReportedValue, ReportedEvent
    rows = connection.execute(
        sa.select(value.__table__, event.reason)
        .outerjoin(event, (event.reported_id == value.id) & (event.version == 1))
        .where(value.target_id == row.target_id, value.period_id == row.period_id)
        .order_by(value.correction)
    )
    writes = reports(user, row.project_id)
    return [
        Version(
            each.id, each.correction, each.status,
            None if hidden else plain(each.value), None if hidden else plain(each.cumulative),
            each.reason,
        )
        for each in rows
        if writes or each.status not in OPEN
    ]  # fmt: skip


def _releases(connection: sa.Connection, reported: int) -> list[Released]:
    rows = connection.execute(
        sa.select(Release.id, Release.released_at, Release.sha256)
        .join(ReleasedValue, ReleasedValue.release_id == Release.id)
        .where(ReleasedValue.reported_id == reported)
        .order_by(Release.id)
    )
    return [Released(*row) for row in rows]
