"""What stands behind many reported values at once: their methods, their last steps, their items.

The same as the figure record says of one (`data.reporting.figure_record`), read in a few queries.
Everything is asked of lines of the desk, so nothing is told of what its reader does not see.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from data.access import User
from data.reporting.desk import DeskLine, desk
from data.reporting.rights import reports
from data.reporting.value_rules import OPEN
from data.schema import CountedItem, Release, ReleasedValue, ReportedEvent, ReportedValue
from metrics.indicators.counting import ITEM

SETTLED = ("approved", "locked")
#: How many values one query asks for; databases take only so many at once.
_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a value besides its line. since: when its status came about, in UTC.
    release: the hash of the newest release that froze it."""

    method_note: str | None
    metric: Mapping[str, Any] | None
    revision: int | None
    retain_until: date | None
    since: datetime | None
    release: str | None


def behind(connection: sa.Connection, user: User, lines: Sequence[DeskLine]) -> dict[int, Behind]:
    """What stands behind the values of some lines, by the number of the value.

    Missing: values that whoever reads them may not open (`_opened`).
    """
    value, event = ReportedValue, ReportedEvent
    known = [line.reported for line in lines if _opened(user, line)]
    last = (
        sa.select(event.reported_id, sa.func.max(event.at).label("since"))
        .group_by(event.reported_id)
        .subquery()
    )
    told = sa.select(
        value.id, value.method_note, value.metric, value.revision, value.retain_until, last.c.since
    ).outerjoin(last, last.c.reported_id == value.id)
    frozen = (
        sa.select(ReleasedValue.reported_id, Release.sha256)
        .join(Release, Release.id == ReleasedValue.release_id)
        .order_by(Release.id)
    )
    found: dict[int, Behind] = {}
    for some in _some(known):
        released = frozen.where(ReleasedValue.reported_id.in_(some))
        releases = dict(connection.execute(released).all())
        for row in connection.execute(told.where(value.id.in_(some))):
            metric = None if row.metric is None else json.loads(row.metric)
            found[row.id] = Behind(
                row.method_note, metric, row.revision, row.retain_until, row.since,
                releases.get(row.id),
            )  # fmt: skip
    return found


def items_behind(connection: sa.Connection, user: User, lines: Sequence[DeskLine]) -> pd.DataFrame:
    """The counted items of some lines, by value. Columns: reported, ITEM, exclusion ("" where the
    item counted).

    Missing: none of values that were not counted, are rounded for their reader, or may not be
    opened by them.
    """
    item = CountedItem
    counted = {
        line.reported: line.target.project
        for line in lines
        if line.basis == "counted" and not line.rounded and _opened(user, line)
    }
    names = ["reported", *(name for name in ITEM if name != "project"), "exclusion"]
    columns = [item.reported_id, *(getattr(item, name) for name in names[1:])]
    rows: list[tuple] = []
    for some in _some(list(counted)):
        asked = sa.select(*columns).where(item.reported_id.in_(some))
        rows += connection.execute(asked.order_by(item.reported_id, item.id)).all()
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(
        project=frame["reported"].map(counted), exclusion=frame["exclusion"].fillna("")
    )[["reported", *ITEM, "exclusion"]]


def standing(
    connection: sa.Connection, user: User, lines: Sequence[DeskLine], today: date | None = None
) -> list[DeskLine]:
    """The approved and released lines among some, and those that stand until a correction of them
    is approved."""
    corrections = [
        line.reported
        for line in lines
        if line.correction and line.status not in SETTLED and _opened(user, line)
    ]
    corrected = _corrected(connection, corrections)
    older = {
        line.reported: line
        for some in _some(list(corrected.values()))
        for line in desk(connection, user, reported=some, every_period=True, today=today)
    }
    standing = (
        line if line.status in SETTLED else older.get(corrected.get(line.reported))
        for line in lines
    )
    return [line for line in standing if line is not None]


def _corrected(connection: sa.Connection, corrections: list[int]) -> dict[int, int]:
    """The newest settled value of the same target and period as each of some corrections."""
    newer, settled = sa.orm.aliased(ReportedValue), sa.orm.aliased(ReportedValue)
    pairs = (
        sa.select(newer.id, settled.id)
        .join(
            settled,
            (settled.target_id == newer.target_id) & (settled.period_id == newer.period_id),
        )
        .where(settled.status.in_(SETTLED))
        .order_by(settled.correction)
    )
    found: dict[int, int] = {}
    for some in _some(corrections):
        found.update(connection.execute(pairs.where(newer.id.in_(some))).all())
    return found


def _opened(user: User, line: DeskLine) -> bool:
    """Whether somebody may open the record of a line: what is open or was sent back is read by
    those only who write it, as on the figure's page."""
    if line.reported is None:
        return False
    return line.status not in OPEN or reports(user, line.target.project)


def _some(numbers: list[int]) -> list[list[int]]:
    return [numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE)]
