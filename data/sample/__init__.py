"""The invented portfolio: forty projects that do not exist, always the same to the last byte.

It shows what the product does before any real data is in. Every project in it is marked as
invented, and what was built in (`KNOWN_EFFECTS`) is found again by the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from data.database import writing
from data.instruments import field_instrument
from data.sample import (
    activity,
    assessments,
    conduct,
    event_logs,
    fieldwork,
    funnel,
    openings,
    people,
    proposals,
    register,
    releases,
    reporting,
    results,
    themes,
    ties,
    timeline,
    users,
)
from data.sample.effects import KNOWN_EFFECTS, LAST_DAY, SEED, KnownEffects
from data.schema import Base, Project, StakeholderGroup
from survey.instrument import GROUPS, UNKNOWN_GROUP, instruments

__all__ = ["KNOWN_EFFECTS", "LAST_DAY", "KnownEffects", "NotEmpty", "is_loaded", "load"]

Progress = Callable[[str, int, int], None]

_STEP = "store"


class NotEmpty(Exception):
    """The database holds projects already; invented ones are not mixed with them."""


def load(engine: sa.Engine, progress: Progress | None = None, home: Path | None = None) -> None:
    """Store the invented portfolio in an empty, migrated database, in one transaction.

    progress: told the step (store), how much of it is done, and of how much. home: where the
    installation keeps its secret and its files; without it the keys of counted items are the same
    everywhere, no file is attached and nothing is released.
    Raises: NotEmpty when the database holds a project.
    """
    tell = progress or _silent
    with writing(engine) as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(Project)):
            raise NotEmpty(
                "The database already holds projects, and invented ones are not mixed with them. "
                "Load the sample portfolio into an empty database."
            )
        tell(_STEP, 0, 0)
        _store_groups(connection)
        rows = _portfolio(
            {key: field_instrument(connection, instruments()[key]) for key in fieldwork.INSTRUMENTS}
        )
        total = len(rows) + len(reporting.TABLES)
        _store_all(connection, rows, partial(tell, _STEP), 0, total)
        # What was reported is counted from the records, as they stand now.
        told = reporting.records(connection, rows, home)
        _store_all(connection, told, partial(tell, _STEP), len(rows), total)
        if home is not None:
            releases.make(connection, home)


def is_loaded(connection: sa.Connection) -> bool:
    """Whether the database holds the invented portfolio."""
    invented = sa.select(sa.func.count()).select_from(Project).where(Project.invented)
    return bool(connection.scalar(invented))


def _silent(_step: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def _portfolio(versions: dict[str, int]) -> dict[str, register.Rows]:
    """Every row of the portfolio by table; the same rows whenever it is asked.

    versions: ids of instrument versions by key.
    """
    portfolio, listed = register.read("portfolio.yaml"), register.read("places.yaml")
    proposed = register.read("proposals.yaml")
    steps = timeline.phases(portfolio, listed["templates"], _lot(10))
    rows = register.places(listed)
    rows["organisation"] = register.organisations(listed)
    rows |= register.projects(portfolio, steps, rows)
    numbers = register.ids(rows["project"])
    rows |= activity.events(
        portfolio, steps, numbers, register.ids(rows["area"]), rows["organisation"], _lot(11)
    )
    rows |= proposals.proposals(proposed, rows, _lot(12))
    rows |= proposals.closed(rows, _lot(13))
    rows |= users.personas(rows)
    rows |= fieldwork.surveys(portfolio, steps, numbers, versions, proposed["voices"])
    for lot, part in enumerate((conduct, people, results, funnel), start=14):
        rows |= part.records(portfolio, rows, _lot(lot))
    rows |= ties.records(rows, _lot(18))
    rows |= event_logs.records(portfolio, rows, _lot(19))
    rows |= assessments.records(rows)
    rows |= themes.more_answers(rows, versions["process_quality@1"], proposed["voices"])
    rows |= themes.records(rows)
    rows |= openings.records(rows, versions)
    return rows


def _lot(part: int) -> np.random.Generator:
    """A generator of its own for each part, so a change in one moves no other."""
    return np.random.default_rng([SEED, part])


def _store_groups(connection: sa.Connection) -> None:
    """The stakeholder groups, unless they are there already."""
    held = set(connection.scalars(sa.select(StakeholderGroup.code)))
    rows = [
        {"code": code, "position": position}
        for position, code in enumerate((*GROUPS, UNKNOWN_GROUP), start=1)
        if code not in held
    ]
    if rows:
        connection.execute(sa.insert(StakeholderGroup), rows)


def _store_all(
    connection: sa.Connection,
    rows: dict[str, register.Rows],
    tell: Callable[[int, int], None],
    before: int,
    total: int,
) -> None:
    tables = [table for table in Base.metadata.sorted_tables if table.name in rows]
    for done, table in enumerate(tables, start=before + 1):
        _store(connection, table, rows[table.name])
        tell(done, total)


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
