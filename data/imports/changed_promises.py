"""What a file changed of targets and periods stands in the audit, as it does when a page does it.

A release is checked against it (`data.releases.since`): a column that changed without a line in the
audit was edited by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa

from data import audit
from data.access import User
from data.reporting.periods import RefusedPeriod, refuse_moved
from data.reporting.targets import RefusedTarget, plain, refuse_locked
from data.schema import IndicatorTarget, ReplacedRow, ReportingPeriod

_KINDS = (("target", IndicatorTarget), ("period", ReportingPeriod))


def tell(connection: sa.Connection, user: User, batch: int, *, undone: bool = False) -> None:
    """Nothing; the changes of a batch stand in the audit by target and period.

    undone: the batch is taken back; call it before its rows are put back.
    """
    for name, number, changed in _changes(connection, batch):
        told = {column: pair[::-1] if undone else pair for column, pair in changed.items()}
        audit.record(connection, user, f"{name}_changed", f"{name}:{number}", told)


def stood_on(connection: sa.Connection, batch: int) -> bool:
    """Whether taking a batch back would move what submitted, approved or released values stand
    on: a target's baseline, a period's days."""
    try:
        for name, number, changed in _changes(connection, batch):
            if name == "target":
                refuse_locked(connection, number, changed)
            elif {"starts_on", "ends_on"} & changed.keys():
                refuse_moved(connection, number)
    except (RefusedTarget, RefusedPeriod):
        return True
    return False


def _changes(
    connection: sa.Connection, batch: int
) -> Iterator[tuple[str, int, dict[str, list[object]]]]:
    """What a batch changed of targets and periods: which, and by column before and since."""
    kept = ReplacedRow
    for name, model in _KINDS:
        rows = connection.execute(
            sa.select(kept.row_key, kept.before)
            .where(kept.batch_id == batch, kept.record == model.__tablename__)
            .order_by(kept.id.desc())
        )
        # Of a row that was replaced twice the first state is the one that it had before.
        before = {json.loads(row.row_key)["id"]: json.loads(row.before) for row in rows}
        for number, was in before.items():
            columns = [model.__table__.c[column] for column in was]
            now = connection.execute(sa.select(*columns).where(model.id == number)).mappings().one()
            pairs = {
                column: [_said(model, column, value), _said(model, column, now[column])]
                for column, value in was.items()
            }
            if changed := {column: pair for column, pair in pairs.items() if pair[0] != pair[1]}:
                yield name, number, changed


def _said(model: type[IndicatorTarget | ReportingPeriod], column: str, value: object) -> object:
    """A value of a column as the audit writes it, kept as JSON or read from the table."""
    if value is None:
        return None
    kind = model.__table__.c[column].type
    if isinstance(kind, sa.Numeric):
        return str(plain(Decimal(str(value))))
    return str(value) if isinstance(kind, sa.Date) else value
