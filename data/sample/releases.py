"""What was released of the invented reports: two periods of one project, each a real release, and
the first of them once more with a correction."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from data import access
from data.access import User
from data.releases.freeze import Frozen, release
from data.reporting import values
from data.sample.effects import LAST_DAY
from data.sample.register import read
from data.schema import (
    IndicatorTarget,
    IndicatorVersion,
    ReportedEvent,
    ReportedValue,
    ReportingPeriod,
)

RELEASED = 2
#: The periods were released, an error was found, and the first one was released anew.
_FIRST, _FOUND = LAST_DAY - timedelta(days=30), LAST_DAY - timedelta(days=10)


def make(connection: sa.Connection, home: Path) -> list[Frozen]:
    """The first periods of the first project that reports, released in their order, and a
    correction of the first.

    Nothing is published yet when the sample is loaded, so they hold reported values alone.
    """
    evaluator = access.persona("evaluator", connection)
    periods = connection.execute(
        sa.select(ReportingPeriod.__table__)
        .order_by(ReportingPeriod.project_id, ReportingPeriod.number)
        .limit(RELEASED)
    ).all()
    made = [_release(connection, evaluator, home, period, _FIRST) for period in periods]
    reason = _correct(connection, evaluator, periods[0])
    return [*made, _release(connection, evaluator, home, periods[0], LAST_DAY, reason)]


def _release(
    connection: sa.Connection,
    user: User,
    home: Path,
    period: sa.Row,
    day: date,
    reason: str | None = None,
) -> Frozen:
    return release(
        connection, user, home, funder=period.funder_id, project=period.project_id,
        starts_on=period.starts_on, ends_on=period.ends_on, reason=reason, now=_noon(day),
    )  # fmt: skip


def _correct(connection: sa.Connection, evaluator: User, period: sa.Row) -> str:
    """Why a released value of a period was corrected; the correction is approved."""
    told = read("reporting.yaml")["corrected"]
    row = connection.execute(
        sa.select(ReportedValue.id, ReportedValue.value, ReportedValue.cumulative)
        .join(IndicatorTarget, IndicatorTarget.id == ReportedValue.target_id)
        .join(IndicatorVersion, IndicatorVersion.id == IndicatorTarget.indicator_id)
        .where(ReportedValue.period_id == period.id, IndicatorVersion.code == told["indicator"])
    ).one()
    reason = told["reason"]
    number = values.correct(connection, evaluator, row.id, reason)
    fewer = told["fewer"]
    changes = {
        "value": row.value - fewer, "cumulative": row.cumulative - fewer,
        "method_note": told["method_note"],
    }  # fmt: skip
    saved = values.save(connection, evaluator, number, 1, changes)
    sent = values.submit(connection, evaluator, number, saved.version)
    values.approve(connection, access.persona("administrator", connection), number, sent.version)
    # It happened in the invented time, and not on the day on which the sample is loaded.
    event = ReportedEvent
    mine = sa.update(event).where(event.reported_id == number)
    connection.execute(mine.values(at=_noon(_FOUND)))
    return reason


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
