"""A collection that is answered by link, as the tests of asking and answering need it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from data import access, database, schema
from data.fieldwork import asking, invitations
from data.fieldwork.answers import Receipt, accept
from data.fieldwork.asking import NewCollection
from survey.instrument import instruments

USER = access.operator()
#: In the middle of the days on which `opened` takes answers.
NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
PULSE = instruments()["process_pulse@1"]
#: One answer to every closed item, the lowest that it offers.
GIVEN = {item.code: PULSE.answers_of(item.code).codes[0] for item in PULSE.closed_items}


def opened(engine: sa.Engine, project: str = "a", **changes: object) -> int:
    """The number of a collection that takes answers from 1 to 30 November 2026."""
    with database.writing(engine) as connection:
        known = sa.select(schema.Project.id).where(schema.Project.code == project)
        number = connection.scalar(known) or connection.scalar(
            sa.insert(schema.Project).returning(schema.Project.id),
            {"code": project, "name_fi": f"Hanke {project}"},
        )
        asked = {
            "project": number,
            "instrument": PULSE.key,
            "wave": "during",
            "groups": ("RES",),
            "opens": datetime(2026, 11, 1),
            "closes": datetime(2026, 12, 1),
        }
        return asking.open_collection(connection, USER, NewCollection(**asked | changes), NOW)


def link(engine: sa.Engine, home: Path, collection: int) -> str:
    """The token of the anonymous link."""
    with database.writing(engine) as connection:
        return asking.anonymous_link(connection, USER, home, collection)


def invited(
    engine: sa.Engine, home: Path, collection: int, people: int, group: str = "RES"
) -> list[str]:
    """The tokens of some people, who are called person-0, person-1, ..."""
    asked = [invitations.Invitee(group, f"person-{number}") for number in range(people)]
    with database.writing(engine) as connection:
        links = invitations.invite(connection, USER, home, collection, asked)
    return [link.token for link in links]


def answer(
    engine: sa.Engine,
    home: Path,
    token: str,
    submission: str = "a-random-submission",
    given: Mapping[str, int | str] = GIVEN,
    now: datetime = NOW,
    group: str | None = None,
    language: str = "fi",
) -> Receipt:
    return accept(engine, home, token, submission, group, language, given, now)


def count(engine: sa.Engine, table: type) -> int:
    with database.reading(engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))
