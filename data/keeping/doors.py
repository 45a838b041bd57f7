"""Doors that were shut: an older copy lets in whom nobody lets in any more.

Who is disabled, and a role that is withdrawn, is marked like who was erased (`data.keeping.marks`):
in the database and in the file beside it that is copied every day. Who gets a role or the right to
sign in again loses the mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from data import audit, schema, sessions
from data.fieldwork.local_time import day_of
from data.keeping import codes, marks

#: Who shuts again what an older copy had opened, as the audit names it.
HOUSE = "arviomo"


@dataclass(frozen=True, slots=True)
class Shut:
    """How many people and roles were shut out again."""

    people: int = 0
    roles: int = 0


@contextmanager
def kept_shut(connection: sa.Connection, home: Path, person: int) -> Iterator[None]:
    """Marks what a change to a person shuts, and unmarks what it opens; in its transaction.

    Raises: installation.ExposedSecret, marks.DamagedMarks, OSError.
    """
    before = _open(connection, person)
    yield
    after = _open(connection, person)
    marks.remember(connection, home, _by_kind(before - after), day_of(datetime.now(UTC)))
    if after - before:
        marks.forget(connection, home, _by_kind(after - before))


def shut_again(connection: sa.Connection, home: Path, known: frozenset[str], now: datetime) -> Shut:
    """What an older copy had opened and was shut again, each with a line in the audit.

    Raises: installation.ExposedSecret.
    """
    people = roles = 0
    for person in connection.scalars(sa.select(schema.AppUser.id)).all():
        for kind, key, grant in sorted(_open(connection, person), key=str):
            if marks.mark_all(home, kind, [key])[0] not in known:
                continue
            if kind == marks.SHUT_OUT:
                _disable(connection, person, now)
                people += 1
            else:
                _withdraw(connection, person, grant)
                roles += 1
    return Shut(people, roles)


def _open(connection: sa.Connection, person: int) -> set[tuple[str, str, int]]:
    """What is open to a person, as it would be marked: kind, key, and the number of the role."""
    who, given = schema.AppUser, schema.UserGrant
    known = sa.select(who.issuer, who.subject, who.disabled_at).where(who.id == person)
    row = connection.execute(known).one()
    roles = connection.execute(
        sa.select(given.id, given.role, schema.Project.code, schema.Funder.code)
        .join(schema.Project, schema.Project.id == given.project_id, isouter=True)
        .join(schema.Funder, schema.Funder.id == given.funder_id, isouter=True)
        .where(given.user_id == person)
    )
    found = {
        (marks.WITHDRAWN, codes.said(row.issuer, row.subject, role, project or "", funder or ""), n)
        for n, role, project, funder in roles
    }
    if row.disabled_at is None:
        found.add((marks.SHUT_OUT, codes.said(row.issuer, row.subject), 0))
    return found


def _by_kind(found: set[tuple[str, str, int]]) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for kind, key, _ in found:
        kinds.setdefault(kind, set()).add(key)
    return kinds


def _disable(connection: sa.Connection, person: int, now: datetime) -> None:
    mine = sa.update(schema.AppUser).where(schema.AppUser.id == person)
    connection.execute(mine.values(disabled_at=now))
    sessions.end_all(connection, person, now)
    audit.record(connection, HOUSE, "disable_user", f"user:{person}")


def _withdraw(connection: sa.Connection, person: int, grant: int) -> None:
    given = schema.UserGrant
    row = connection.execute(sa.select(given.__table__).where(given.id == grant)).one()
    connection.execute(sa.delete(given).where(given.id == grant))
    told = {"role": row.role, "project": row.project_id, "funder": row.funder_id}
    audit.record(connection, HOUSE, "withdraw_role", f"user:{person}", told)
