"""What was released of the invented reports: two periods of one project, each a real release."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import sqlalchemy as sa

from data import access
from data.releases.freeze import Frozen, release
from data.sample.effects import LAST_DAY
from data.schema import ReportingPeriod

RELEASED = 2


def make(connection: sa.Connection, home: Path) -> list[Frozen]:
    """The first periods of the first project that reports, released in their order.

    Nothing is published yet when the sample is loaded, so they hold reported values alone.
    """
    evaluator = access.persona("evaluator", connection)
    periods = connection.execute(
        sa.select(ReportingPeriod.__table__)
        .order_by(ReportingPeriod.project_id, ReportingPeriod.number)
        .limit(RELEASED)
    )
    return [
        release(
            connection, evaluator, home, funder=period.funder_id, project=period.project_id,
            starts_on=period.starts_on, ends_on=period.ends_on,
            now=datetime.combine(LAST_DAY, time(12), UTC),
        )
        for period in periods.all()
    ]  # fmt: skip
