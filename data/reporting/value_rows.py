"""The rows of reported values: found, held and written, each version with its event."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import sqlalchemy as sa

from data.access import NotPermitted, User, require
from data.permissions import Kind, Verb
from data.reporting.definitions import stored_versions
from data.reporting.history import Saved, tell
from data.reporting.rights import require_approval
from data.schema import CountedItem, IndicatorTarget, ReportedValue, ReportingPeriod
from metrics.indicators.indicator import Indicator

#: The columns of a counted item that say what it is.
ITEM = (
    "entity", "kind", "happened_on", "source", "source_id", "role", "amount", "size", "exclusion",
)  # fmt: skip


def row_of(connection: sa.Connection, user: User, reported: int) -> tuple[sa.Row, Indicator]:
    """A value that nobody else changes meanwhile, with its place. Raises: NotPermitted."""
    row = connection.execute(
        sa.select(
            ReportedValue.__table__,
            IndicatorTarget.project_id,
            IndicatorTarget.funder_id,
            IndicatorTarget.indicator_id,
            ReportingPeriod.starts_on,
            ReportingPeriod.ends_on,
        )
        .join(IndicatorTarget, IndicatorTarget.id == ReportedValue.target_id)
        .join(ReportingPeriod, ReportingPeriod.id == ReportedValue.period_id)
        .where(ReportedValue.id == reported)
        .with_for_update(of=ReportedValue)
    ).one_or_none()
    if row is None:
        raise NotPermitted(
            f"{user.name} sees no reported value {reported}. Open it from the list.",
            user,
            f"reported:{reported}",
        )
    return row, stored_versions(connection)[row.indicator_id].indicator


def reported_by(connection: sa.Connection, user: User, reported: int) -> tuple[sa.Row, Indicator]:
    """A value as somebody who reports it holds it. Raises: NotPermitted."""
    row, indicator = row_of(connection, user, reported)
    require(user, Verb.REPORT, Kind.INDICATOR, row.project_id)
    return row, indicator


def judged_by(connection: sa.Connection, user: User, reported: int) -> sa.Row:
    """A value as somebody who approves it holds it. Raises: NotPermitted."""
    row, _ = row_of(connection, user, reported)
    require_approval(user, row.project_id, row.funder_id)
    return row


def newest_of(connection: sa.Connection, target: int, period: int) -> sa.Row | None:
    """The number and correction of the newest value of a target in a period, if there is one."""
    table = ReportedValue
    return connection.execute(
        sa.select(table.id, table.correction)
        .where(table.target_id == target, table.period_id == period)
        .order_by(table.correction.desc())
        .limit(1)
    ).one_or_none()


def insert(
    connection: sa.Connection,
    user: User,
    row: Mapping[str, object],
    changes: Mapping[str, object],
    reason: str | None,
) -> int:
    """The number of a new value, with its first event."""
    number = connection.execute(
        sa.insert(ReportedValue).values(row).returning(ReportedValue.id)
    ).scalar_one()
    tell(connection, user, number, 1, "drafted", changes, reason)
    return number


def write_next(
    connection: sa.Connection,
    user: User,
    row: sa.Row,
    act: str,
    values: Mapping[str, object],
    changes: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> Saved:
    """The next version of a value, with its event."""
    version = row.version + 1
    connection.execute(
        sa.update(ReportedValue)
        .where(ReportedValue.id == row.id)
        .values({**values, "version": version})
    )
    tell(connection, user, row.id, version, act, changes, reason)
    return Saved(version, row.id)


def forget_items(connection: sa.Connection, reported: int) -> None:
    """Nothing; a value has no counted items any more."""
    connection.execute(sa.delete(CountedItem).where(CountedItem.reported_id == reported))


def keep_items(connection: sa.Connection, reported: int, items: pd.DataFrame) -> None:
    """Nothing; a value has these items (`metrics.indicators.counting`)."""
    rows = items[list(ITEM)].assign(
        reported_id=reported,
        happened_on=pd.to_datetime(items["happened_on"]).dt.date,
        exclusion=items["exclusion"].where(items["exclusion"] != "", None),
    )
    rows = rows.astype(object).where(rows.notna(), None)
    if len(rows):
        connection.execute(sa.insert(CountedItem), rows.to_dict("records"))
