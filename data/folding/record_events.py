"""The frame of event logs: every event with what went before it in its case."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from data.folding.typed_rows import NOT_KNOWN, typed
from data.schema import LoggedEvent
from metrics import records

_MILLISECOND = pd.Timedelta(milliseconds=1)
_WORDS = {"channel": LoggedEvent.channel, "office": LoggedEvent.unit}


def log_steps(connection: sa.Connection) -> pd.DataFrame:
    """`records.LOG_STEPS`. Rows: events of one moment stand in the order in which they came in.

    The channel of a case is the first that its events name.
    """
    query = sa.select(
        LoggedEvent.project_id.label("project"),
        LoggedEvent.case_key.label("case"),
        LoggedEvent.activity,
        LoggedEvent.happened_at,
        *(sa.func.coalesce(column, "").label(name) for name, column in _WORDS.items()),
    ).order_by(
        LoggedEvent.project_id, LoggedEvent.case_key, LoggedEvent.happened_at, LoggedEvent.id
    )
    found = connection.execute(query)
    steps = pd.DataFrame(found.all(), columns=list(found.keys()))
    if steps.empty:
        return typed(steps.assign(waited=0, since=0, again=0), records.LOG_STEPS)
    steps["case"], _ = pd.factorize(steps["case"])
    at = pd.to_datetime(steps["happened_at"], utc=True)
    one = steps.assign(at=at).groupby(["project", "case"], sort=False)
    steps["since"] = (at - one["at"].transform("first")) // _MILLISECOND
    steps["waited"] = (one["at"].diff() // _MILLISECOND).fillna(NOT_KNOWN)
    steps["again"] = steps.duplicated(["project", "case", "activity"])
    named = steps["channel"].where(steps["channel"] != "")
    first = named.groupby([steps["project"], steps["case"]]).transform("first")
    steps["channel"] = first.fillna("")
    return typed(steps, records.LOG_STEPS)
