"""Reporting periods: the payment periods of a funder's money in a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import sqlalchemy as sa

from data import audit
from data.access import NotPermitted, User, require, visible_rows
from data.permissions import Kind, Verb
from data.reporting.definitions import stored_versions
from data.reporting.rights import sees, sees_inside
from data.reporting.targets import TOLD, project_days
from data.schema import (
    IndicatorTarget,
    ProjectFunder,
    Proof,
    ReportedValue,
    ReportingPeriod,
)
from metrics.indicators.agreement import Told, findings

#: What keeps a period from being closed; what else is missing is said and stands in nobody's way.
BLOCKING = ("no_value", "not_submitted", "returned", "disagrees")


class RefusedPeriod(Exception):
    """A period that cannot be opened, changed or closed. code: "not_funded", "reversed",
    "outside_project", "overlap", "due_early", "closed", "locked" or "incomplete"."""

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Period:
    """A payment period. closed_at: when its manager said that everything of it is reported."""

    id: int
    project: int
    funder: int
    number: int
    starts_on: date
    ends_on: date
    due_on: date | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Missing:
    """What a period lacks of an indicator.

    code: "no_value", "not_submitted", "returned", "disagrees" (values: the finding), "no_proof".
    reported: the value's number, where there is one.
    """

    code: str
    target: int
    indicator: str
    reported: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def blocking(self) -> bool:
        return self.code in BLOCKING


def periods(
    connection: sa.Connection,
    user: User,
    *,
    project: int | None = None,
    funder: int | None = None,
) -> list[Period]:
    """The periods that a user may see, by project, funder and time."""
    table = ReportingPeriod
    asked = {table.project_id: project, table.funder_id: funder}
    rows = connection.execute(
        sa.select(table.__table__)
        .where(*(column == value for column, value in asked.items() if value is not None))
        .order_by(table.project_id, table.funder_id, table.starts_on)
    ).all()
    seen = visible_rows(user, Kind.INDICATOR, rows, lambda row: row.project_id)
    return [_period(row) for row in seen if sees(user, row.project_id, row.funder_id)]


def period_of(connection: sa.Connection, user: User, period: int) -> Period:
    """One period. Raises: NotPermitted where it is not there, or not for this user to see."""
    table = ReportingPeriod.__table__
    row = connection.execute(sa.select(table).where(table.c.id == period)).one_or_none()
    if row is None or not sees(user, row.project_id, row.funder_id):
        raise NotPermitted(
            f"{user.name} sees no period {period}. Open it from the list.", user, f"period:{period}"
        )
    return _period(row)


def open_period(
    connection: sa.Connection,
    user: User,
    project: int,
    funder: int,
    starts_on: date,
    ends_on: date,
    due_on: date | None = None,
) -> int:
    """The number of a new period. Raises: NotPermitted; RefusedPeriod."""
    require(user, Verb.REPORT, Kind.INDICATOR, project)
    _hold(connection, project, funder)
    refuse_days(connection, project, funder, starts_on, ends_on, due_on)
    last = connection.scalar(
        sa.select(sa.func.max(ReportingPeriod.number)).where(
            ReportingPeriod.project_id == project, ReportingPeriod.funder_id == funder
        )
    )
    values = {
        "project_id": project,
        "funder_id": funder,
        "number": (last or 0) + 1,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "due_on": due_on,
    }
    inserted = sa.insert(ReportingPeriod).values(values).returning(ReportingPeriod.id)
    number = connection.execute(inserted).scalar_one()
    detail = {"starts_on": starts_on, "ends_on": ends_on}
    audit.record(connection, user, "period_opened", f"period:{number}", detail)
    return number


def change_period(
    connection: sa.Connection,
    user: User,
    period: int,
    starts_on: date,
    ends_on: date,
    due_on: date | None = None,
) -> None:
    """Nothing; the period has other days.

    Raises: NotPermitted; RefusedPeriod: also "locked" where a value of it is submitted, approved or
    released (`refuse_moved`), and "closed".
    """
    found = period_of(connection, user, period)
    require(user, Verb.REPORT, Kind.INDICATOR, found.project)
    _hold(connection, found.project, found.funder)
    if (starts_on, ends_on) != (found.starts_on, found.ends_on):
        refuse_moved(connection, period)
    if found.closed_at is not None:
        raise RefusedPeriod(
            "closed", "The period is closed. Ask for its values to be sent back.", period=period
        )
    refuse_days(connection, found.project, found.funder, starts_on, ends_on, due_on, period)
    days = {"starts_on": starts_on, "ends_on": ends_on, "due_on": due_on}
    connection.execute(sa.update(ReportingPeriod).where(ReportingPeriod.id == period).values(days))
    audit.record(connection, user, "period_changed", f"period:{period}", days)


def missing(connection: sa.Connection, user: User, period: int) -> list[Missing]:
    """What a period lacks, by target: what must be there before it is closed, and what should.

    Raises: NotPermitted for those who do not see the project's drafts.
    """
    found = period_of(connection, user, period)
    if not sees_inside(user, found.project):
        raise NotPermitted(
            f"{user.name} sees only what was submitted. Ask the project.", user, f"period:{period}"
        )
    value, target = ReportedValue, IndicatorTarget
    versions = stored_versions(connection)
    promised = connection.execute(
        sa.select(target.id, target.indicator_id)
        .where(target.project_id == found.project, target.funder_id == found.funder)
        .order_by(target.id)
    ).all()
    rows = connection.execute(
        sa.select(value.__table__).where(value.period_id == period).order_by(value.correction)
    ).all()
    newest = {row.target_id: row for row in rows}
    proved = set(
        connection.scalars(
            sa.select(Proof.reported_id).where(
                Proof.reported_id.in_([row.id for row in newest.values()])
            )
        )
    )
    lacking: list[Missing] = []
    told: dict[str, Told] = {}
    number: dict[str, tuple[int, int]] = {}
    for each in promised:
        indicator = versions[each.indicator_id].indicator
        row = newest.get(each.id)
        code = _lacks(row, proved)
        if code:
            lacking.append(Missing(code, each.id, indicator.key, None if row is None else row.id))
        if row is not None and row.value is not None:
            told[indicator.code] = Told(row.value, row.cumulative)
            number[indicator.code] = each.id, row.id
    known = [versions[each.indicator_id].indicator for each in promised]
    by_code = {indicator.code: indicator.key for indicator in known}
    for finding in findings(told, known):
        values = {"finding": finding.code, "other": finding.other, **finding.values}
        at, row_id = number[finding.indicator]
        lacking.append(Missing("disagrees", at, by_code[finding.indicator], row_id, values))
    return lacking


def close_period(connection: sa.Connection, user: User, period: int) -> None:
    """Nothing; the period is closed, and only what is sent back can still be changed.

    Raises: NotPermitted; RefusedPeriod: "closed", or "incomplete" naming how many things lack.
    """
    found = period_of(connection, user, period)
    require(user, Verb.REPORT, Kind.INDICATOR, found.project)
    _hold(connection, found.project, found.funder)
    if period_of(connection, user, period).closed_at is not None:
        raise RefusedPeriod("closed", "The period is closed already.", period=period)
    lacking = [each for each in missing(connection, user, period) if each.blocking]
    if lacking:
        names = ", ".join(sorted({each.indicator for each in lacking}))
        raise RefusedPeriod(
            "incomplete", f"Not everything is reported yet: {names}. Report each, or say why it is "
            "not reported.", period=period, indicators=names, count=len(lacking),
        )  # fmt: skip
    at = datetime.now(UTC)
    connection.execute(
        sa.update(ReportingPeriod)
        .where(ReportingPeriod.id == period)
        .values(closed_at=at, closed_by=user.id)
    )
    audit.record(connection, user, "period_closed", f"period:{period}")


def _lacks(row: sa.Row | None, proved: set[int]) -> str | None:
    if row is None:
        return "no_value"
    if row.status in ("draft", "returned"):
        return "returned" if row.status == "returned" else "not_submitted"
    if row.state in ("value", "zero") and row.id not in proved:
        return "no_proof"
    return None


def _hold(connection: sa.Connection, project: int, funder: int) -> None:
    """Nothing; nobody else opens, moves or closes periods of this money meanwhile.

    Raises: RefusedPeriod: "not_funded".
    """
    funding = sa.select(ProjectFunder.project_id).where(
        ProjectFunder.project_id == project, ProjectFunder.funder_id == funder
    )
    if connection.scalar(funding.with_for_update()) is None:
        raise RefusedPeriod(
            "not_funded", "This funder does not fund the project. Add its money in the register "
            "first.", project=project, funder=funder,
        )  # fmt: skip


def refuse_moved(connection: sa.Connection, period: int) -> None:
    """Nothing, when the first and the last day of a period may still move.

    Raises: RefusedPeriod: "locked" where a value of it is submitted, approved or released: it says
    what happened between these days. "closed" is asked by `change_period` alone.
    """
    told = sa.select(ReportedValue.id).where(
        ReportedValue.period_id == period, ReportedValue.status.in_(TOLD)
    )
    if connection.scalar(told.limit(1)) is not None:
        raise RefusedPeriod(
            "locked", "A value of this period is submitted, approved or released, so its days "
            "stay. Ask for the value to be sent back; where it is released, correct the value.",
            period=period,
        )  # fmt: skip


def refuse_days(
    connection: sa.Connection,
    project: int,
    funder: int,
    starts_on: date,
    ends_on: date,
    due_on: date | None,
    itself: int | None = None,
) -> None:
    """Nothing, when a period of some money may have these days. itself: the period that moves.

    Raises: RefusedPeriod.
    """
    if ends_on < starts_on:
        raise RefusedPeriod(
            "reversed", "The period ends before it starts. Correct its days.",
            starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip
    if due_on is not None and due_on < ends_on:
        raise RefusedPeriod(
            "due_early", "The report is due before the period ends. Correct the day.",
            due_on=due_on, ends_on=ends_on,
        )  # fmt: skip
    first, last = project_days(connection, project)
    if (first is not None and starts_on < first) or (last is not None and ends_on > last):
        raise RefusedPeriod(
            "outside_project", f"The project runs from {first} to {last}. A period lies within it: "
            "correct the days here, or those of the project.",
            first=first, last=last, starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip
    table = ReportingPeriod
    overlapping = connection.execute(
        sa.select(table.number, table.starts_on, table.ends_on).where(
            table.project_id == project,
            table.funder_id == funder,
            table.starts_on <= ends_on,
            table.ends_on >= starts_on,
            sa.true() if itself is None else table.id != itself,
        )
    ).first()
    if overlapping is not None:
        raise RefusedPeriod(
            "overlap", f"Period {overlapping.number} runs from {overlapping.starts_on} to "
            f"{overlapping.ends_on}, and a day is reported once. Choose days that are free.",
            number=overlapping.number, starts_on=overlapping.starts_on,
            ends_on=overlapping.ends_on,
        )  # fmt: skip


def _period(row: sa.Row) -> Period:
    return Period(
        row.id, row.project_id, row.funder_id, row.number, row.starts_on, row.ends_on, row.due_on,
        row.closed_at,
    )  # fmt: skip
