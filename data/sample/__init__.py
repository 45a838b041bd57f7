"""The invented portfolio: forty projects that do not exist, always the same to the last byte.

It shows what the product does before any real data is in. Every project in it is marked as
invented, and what was built in (`KNOWN_EFFECTS`) is found again by the tests.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sqlalchemy as sa

from data.database import writing
from data.sample import activity, fieldwork, proposals, register, timeline, users
from data.sample.effects import KNOWN_EFFECTS, LAST_DAY, SEED, KnownEffects
from data.schema import Base, InstrumentVersion, Project, StakeholderGroup
from survey.instrument import GROUPS, UNKNOWN_GROUP, instruments

__all__ = ["KNOWN_EFFECTS", "LAST_DAY", "KnownEffects", "NotEmpty", "load"]

Progress = Callable[[str, int, int], None]


class NotEmpty(Exception):
    """The database holds projects already; invented ones are not mixed with them."""


def load(engine: sa.Engine, progress: Progress | None = None) -> None:
    """Store the invented portfolio in an empty, migrated database, in one transaction.

    progress: told the step (sample_portfolio, sample_store), how much of it is done, and of what.
    Raises: NotEmpty when the database holds a project.
    """
    tell = progress or _silent
    with writing(engine) as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(Project)):
            raise NotEmpty(
                "The database already holds projects, and invented ones are not mixed with them. "
                "Load the sample portfolio into an empty database."
            )
        _store_groups(connection)
        rows = _portfolio(_store_instruments(connection), tell)
        tables = [table for table in Base.metadata.sorted_tables if table.name in rows]
        for done, table in enumerate(tables):
            tell("sample_store", done, len(tables))
            _store(connection, table, rows[table.name])
        tell("sample_store", len(tables), len(tables))


def _silent(_step: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def _portfolio(versions: dict[str, int], tell: Progress) -> dict[str, register.Rows]:
    """Every row of the portfolio by table; the same rows whenever it is asked."""
    tell("sample_portfolio", 0, 3)
    portfolio, listed = register.read("portfolio.yaml"), register.read("places.yaml")
    steps = timeline.phases(portfolio, listed["templates"], _lot(10))
    rows = register.places(listed)
    rows["organisation"] = register.organisations(listed)
    rows |= register.projects(portfolio, steps, rows)
    numbers = register.ids(rows["project"])
    tell("sample_portfolio", 1, 3)
    rows |= activity.events(
        portfolio, steps, numbers, register.ids(rows["area"]), rows["organisation"], _lot(11)
    )
    proposed = register.read("proposals.yaml")
    rows |= proposals.proposals(proposed, rows, _lot(12))
    rows |= users.personas(rows)
    tell("sample_portfolio", 2, 3)
    rows |= fieldwork.surveys(portfolio, steps, numbers, versions, proposed["voices"])
    tell("sample_portfolio", 3, 3)
    return rows


def _lot(part: int) -> np.random.Generator:
    """A generator of its own for each part, so a change in one moves no other."""
    return np.random.default_rng([SEED, part])


def _store_groups(connection: sa.Connection) -> None:
    """The stakeholder groups, unless another import has stored them before."""
    held = set(connection.scalars(sa.select(StakeholderGroup.code)))
    rows = [
        {"code": code, "position": position}
        for position, code in enumerate((*GROUPS, UNKNOWN_GROUP), start=1)
        if code not in held
    ]
    if rows:
        connection.execute(sa.insert(StakeholderGroup), rows)


def _store_instruments(connection: sa.Connection) -> dict[str, int]:
    """Ids of the instrument versions that the sample fields, stored where they were not yet."""
    known = sa.select(InstrumentVersion.code, InstrumentVersion.version, InstrumentVersion.id)
    held = {f"{code}@{version}" for code, version, _ in connection.execute(known)}
    fielded = [instruments()[key] for key in fieldwork.INSTRUMENTS if key not in held]
    rows = [
        {
            "code": instrument.code,
            "version": instrument.version,
            "sha256": instrument.sha256,
            "body": instrument.canonical,
        }
        for instrument in fielded
    ]
    if rows:
        connection.execute(sa.insert(InstrumentVersion), rows)
    return {f"{code}@{version}": number for code, version, number in connection.execute(known)}


def _store(connection: sa.Connection, table: sa.Table, rows: register.Rows) -> None:
    if not rows:
        return
    connection.execute(table.insert(), rows)
    if connection.dialect.name == "postgresql" and table.name not in ("response",):
        _move_sequence(connection, table)


def _move_sequence(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL count on from the ids that were given, or the next import would collide."""
    if "id" not in table.c:
        return
    highest = sa.select(sa.func.max(table.c.id)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    connection.execute(sa.select(sa.func.setval(sequence, highest)))
