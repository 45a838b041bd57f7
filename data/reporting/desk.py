"""The funder's desk: one line a target, with what it reached and how far that is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from data.access import User, reach
from data.permissions import Kind, Verb
from data.reporting.definitions import Stored, stored_versions
from data.reporting.periods import Period
from data.reporting.protection import is_of_people, protected
from data.reporting.rights import reports, sees_inside, visible_targets
from data.reporting.targets import Target, plain, target_of
from data.reporting.value_rules import OPEN
from data.schema import IndicatorTarget, Project, Proof, ReportedValue, ReportingPeriod
from metrics.indicators.attainment import attainment, pace
from metrics.indicators.indicator import Counting, Indicator
from metrics.metric import ValueState

RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A target with a value of it.

    Missing: period, reported and status are None where nothing is reported that the reader sees;
    state is then not_reported. attained: share of the way from baseline to target; ahead: that,
    less the share of time gone by the end of the period, or by today while it runs. rounded: the
    numbers are of people, and shown to the nearest five.
    """

    target: Target
    indicator: Indicator
    period: Period | None
    reported: int | None
    version: int | None
    correction: int
    status: str | None
    state: ValueState
    value: Decimal | None
    cumulative: Decimal | None
    text: str | None
    basis: str | None
    attained: float | None
    ahead: float | None
    proofs: int
    rounded: bool

    @property
    def achieved(self) -> Decimal | None:
        """What is set against the target: all so far, or what stands at the period's end."""
        if self.indicator.counting is Counting.LEVEL or self.cumulative is None:
            return self.value
        return self.cumulative


def desk(
    connection: sa.Connection,
    user: User,
    *,
    funder: int | None = None,
    project: int | None = None,
    period: int | None = None,
    target: int | None = None,
    reported: Collection[int] | None = None,
    every_period: bool = False,
    today: date | None = None,
) -> list[DeskLine]:
    """The targets that a user may see, each with its newest value, by project and indicator.

    Without a period: the newest value that was submitted, else one that is being written, where
    the reader may see that. With one: its value there. every_period: one line a target and period.
    Whoever does not report a project sees what was submitted and later; of what was returned, that
    it was. reported: exactly these values, also where newer ones took their place, and no more.
    """
    promised = _promised(connection, user, funder, project, target)
    if not promised:
        return []
    versions = stored_versions(connection)
    newest: dict[int, list[sa.Row]] = {}
    asked = _asked(funder, project, target)
    narrowed = [
        condition
        for condition, told in (
            (ReportedValue.period_id == period, period),
            (ReportedValue.id.in_(reported or ()), reported),
        )
        if told is not None
    ]
    values = _values(user, [*asked, *narrowed], every_period, period is None)
    for row in connection.execute(values):
        newest.setdefault(row.target_id, []).append(row)
    day = today or date.today()
    inside = {row.project_id: sees_inside(user, row.project_id) for row in promised}
    writes = {row.project_id: reports(user, row.project_id) for row in promised}
    untold = [None] if period is None and reported is None else []
    lines = [
        _line(row, value, versions, inside[row.project_id], writes[row.project_id], day)
        for row in promised
        for value in newest.get(row.id, untold)
    ]
    if period is not None:
        lines += _silent(connection, promised, newest, versions, period, day)
    return sorted(
        lines,
        key=lambda line: (
            line.target.project,
            line.target.funder,
            line.target.indicator,
            date.min if line.period is None else line.period.starts_on,
        ),
    )


def seen_values(user: User) -> sa.ColumnElement[bool]:
    """The condition under which a value of a target that is seen is seen itself."""
    writable = reach(user, Verb.REPORT, Kind.INDICATOR)
    if writable is None:
        return sa.true()
    return (ReportedValue.status != "draft") | IndicatorTarget.project_id.in_(writable)


def _promised(
    connection: sa.Connection,
    user: User,
    funder: int | None,
    project: int | None,
    target: int | None,
) -> list[sa.Row]:
    days = (Project.starts_on.label("begun_on"), Project.ends_on.label("over_on"))
    return list(
        connection.execute(
            sa.select(IndicatorTarget.__table__, *days)
            .join(Project, Project.id == IndicatorTarget.project_id)
            .where(visible_targets(user), *_asked(funder, project, target))
        )
    )


def _asked(
    funder: int | None, project: int | None, target: int | None
) -> list[sa.ColumnElement[bool]]:
    asked = {
        IndicatorTarget.funder_id: funder,
        IndicatorTarget.project_id: project,
        IndicatorTarget.id: target,
    }
    return [column == value for column, value in asked.items() if value is not None]


def _values(
    user: User, asked: list[sa.ColumnElement[bool]], every_period: bool, settled_first: bool
) -> sa.Select:
    """The newest value of each target, or of each target and period."""
    value, span = ReportedValue, ReportingPeriod
    each = [value.target_id, value.period_id] if every_period else [value.target_id]
    place = sa.func.row_number().over(
        partition_by=each,
        order_by=[
            sa.case((value.status.in_(OPEN), 1), else_=0) if settled_first else sa.literal(0),
            span.ends_on.desc(),
            value.correction.desc(),
        ],
    )
    proofs = sa.select(sa.func.count()).where(Proof.reported_id == value.id).scalar_subquery()
    ranked = (
        sa.select(
            value.__table__, place.label("place"), proofs.label("proofs"), span.number,
            span.starts_on, span.ends_on, span.due_on, span.closed_at,
        )
        .join(span, span.id == value.period_id)
        .join(IndicatorTarget, IndicatorTarget.id == value.target_id)
        .where(visible_targets(user), seen_values(user), *asked)
        .subquery()
    )  # fmt: skip
    return sa.select(ranked).where(ranked.c.place == 1)


def _silent(
    connection: sa.Connection,
    promised: list[sa.Row],
    newest: Mapping[int, list[sa.Row]],
    versions: Mapping[int, Stored],
    period: int,
    day: date,
) -> list[DeskLine]:
    """The targets of a period's money of which nothing is reported in it."""
    span = connection.execute(
        sa.select(ReportingPeriod.project_id, ReportingPeriod.funder_id).where(
            ReportingPeriod.id == period
        )
    ).one_or_none()
    return [
        _line(row, None, versions, inside=True, writes=True, day=day)
        for row in promised
        if span is not None and (row.project_id, row.funder_id) == tuple(span)
        if row.id not in newest
    ]


def _line(
    row: sa.Row,
    value: sa.Row | None,
    versions: Mapping[int, Stored],
    inside: bool,
    writes: bool,
    day: date,
) -> DeskLine:
    target, indicator = target_of(row, versions), versions[row.indicator_id].indicator
    if value is None:
        return DeskLine(
            target, indicator, None, None, None, 0, None, ValueState.NOT_REPORTED, None, None,
            None, None, None, None, 0, False,
        )  # fmt: skip
    hidden = value.status == RETURNED and not writes
    line = DeskLine(
        target,
        indicator,
        Period(
            value.period_id, row.project_id, row.funder_id, value.number, value.starts_on,
            value.ends_on, value.due_on, value.closed_at,
        ),
        value.id,
        value.version,
        value.correction,
        value.status,
        ValueState.NOT_REPORTED if hidden else ValueState(value.state),
        None if hidden else plain(value.value),
        None if hidden else plain(value.cumulative),
        None if hidden else value.text,
        value.basis,
        None,
        None,
        value.proofs,
        False,
    )  # fmt: skip
    if is_of_people(indicator) and not inside:
        line = _rounded(line)
    gone = attainment(target.baseline, target.target, line.achieved)
    until = target.target_on or row.over_on
    # A value speaks of its period's last day, so the calendar is read on that day and no later.
    told_on = min(day, value.ends_on)
    return replace(line, attained=gone, ahead=pace(gone, row.begun_on, until, told_on))


def _rounded(line: DeskLine) -> DeskLine:
    """The line as those outside read a number of people."""
    state, value = protected(line.value)
    _, cumulative = protected(line.cumulative)
    return replace(
        line,
        state=line.state if state is None else state,
        value=value,
        cumulative=cumulative,
        rounded=True,
    )
