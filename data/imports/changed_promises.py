"""What a file changed of targets and periods stands in the audit, as it does when a page does it.

A release is checked against it (`data.releases.since`): a column that changed without a line in the
audit was edited by hand.
"""

from __future__ import annotations

import json
from decimal import Decimal

import sqlalchemy as sa

from data import audit
from data.access import User
from data.reporting.targets import plain
from data.schema import IndicatorTarget, ReplacedRow, ReportingPeriod

_KINDS = (("target", IndicatorTarget), ("period", ReportingPeriod))


def tell(connection: sa.Connection, user: User, batch: int, *, undone: bool = False) -> None:
    """Nothing; the changes of a batch stand in the audit by target and period.

    undone: the batch is taken back; call it before its rows are put back.
    """
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
            changed = {}
            for column, value in was.items():
                pair = [_said(model, column, value), _said(model, column, now[column])]
                if pair[0] != pair[1]:
                    changed[column] = pair[::-1] if undone else pair
            if changed:
                audit.record(connection, user, f"{name}_changed", f"{name}:{number}", changed)


def _said(model: type[IndicatorTarget | ReportingPeriod], column: str, value: object) -> object:
    """A value of a column as the audit writes it, kept as JSON or read from the table."""
    if value is None:
        return None
    kind = model.__table__.c[column].type
    if isinstance(kind, sa.Numeric):
        return str(plain(Decimal(str(value))))
    return str(value) if isinstance(kind, sa.Date) else value
