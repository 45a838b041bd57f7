"""Indicators of a programme's or a project's own, brought in as a file of definitions.

The file is written as the shipped ones are (`metrics/indicators/common`): units and rules once,
then the indicators with their texts in three languages, and for each whether it is of people.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from data.access import User
from data.database import writing
from data.reporting.definitions import RefusedIndicator, store_own
from data.schema import Programme, Project
from metrics.indicators.catalogue import common, read_indicators


def bring_indicators(
    engine: sa.Engine,
    user: User,
    path: Path,
    *,
    programme: str | None = None,
    project: str | None = None,
) -> list[str]:
    """The keys of the indicators of a file, stored for a programme or a project that a code names.

    All of a file or nothing; what is stored already with the same contents stays as it is.
    Raises: metrics.indicators.catalogue.InvalidIndicator; RefusedIndicator: also "no_owner" where
    the code names nothing, "unknown_whole" where one is a part of an indicator that is not there;
    data.access.NotPermitted.
    """
    told = read_indicators(path)
    with writing(engine) as connection:
        owner = {
            "programme": _number(connection, Programme, programme),
            "project": _number(connection, Project, project),
        }
        for indicator in told.values():
            store_own(connection, user, indicator, **owner)
        known = {each.code for each in (*common().values(), *told.values())}
        for indicator in told.values():
            for whole in set(indicator.part_of) - known:
                raise RefusedIndicator(
                    "unknown_whole", f"{indicator.code} is a part of {whole}, which is neither "
                    "common nor in the file. Correct its code, or add it to the file.",
                    indicator=indicator.code, whole=whole,
                )  # fmt: skip
    return sorted(told)


def _number(
    connection: sa.Connection, table: type[Programme | Project], code: str | None
) -> int | None:
    if code is None:
        return None
    number = connection.scalar(sa.select(table.id).where(table.code == code))
    if number is None:
        raise RefusedIndicator(
            "no_owner", f"Nothing is called {code!r} in the register. Give the code of a programme "
            "or a project.", name=code,
        )  # fmt: skip
    return number
