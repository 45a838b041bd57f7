"""Every collection as a refresh reads it: whose it is, when it was asked, and up to where."""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa

from data.schema import Collection, InstrumentVersion

#: More than the days of any calendar.
MOST_DAYS = 10_000_000


def read_collections(connection: sa.Connection) -> pd.DataFrame:
    """Every collection, by its number: project, instrument, wave, phase, revision, rewritten, and
    its window: its first and last day in one number, 0 where one is not known."""
    rows = connection.execute(
        sa.select(
            Collection.id,
            Collection.project_id,
            InstrumentVersion.code,
            InstrumentVersion.version,
            Collection.wave,
            Collection.phase,
            Collection.revision,
            Collection.rewritten,
            Collection.opens_on,
            Collection.closes_on,
        )
        .join(InstrumentVersion, InstrumentVersion.id == Collection.instrument_version_id)
        .order_by(Collection.id)
    )
    found = [
        (key, project, f"{code}@{version}", *rest, _window(opens_on, closes_on))
        for key, project, code, version, *rest, opens_on, closes_on in rows.all()
    ]
    columns = ["collection", "project", "instrument", "wave", "phase", "revision", "rewritten"]
    columns += ["window"]
    whole = {name: "int64" for name in ("collection", "project", "revision", "rewritten", "window")}
    words = {name: "str" for name in ("instrument", "wave", "phase")}
    return pd.DataFrame(found, columns=columns).astype(whole | words)


def _window(opens_on: date | None, closes_on: date | None) -> int:
    if opens_on is None or closes_on is None:
        return 0
    return opens_on.toordinal() * MOST_DAYS + closes_on.toordinal()
