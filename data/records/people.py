"""The people who are let in, and the roles they have. Every change is written into the audit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from data import audit, schema, sessions
from data.access import (
    INVITED_ISSUER,
    SAMPLE_ISSUER,
    Grant,
    Kind,
    Role,
    User,
    Verb,
    can,
    require,
    visible_rows,
)


class AddedTwice(Exception):
    """A person, or a role of a person, is there already."""


class InvalidGrant(Exception):
    """A role that nobody can have, or of somebody who is not there; the message says why."""


class LastAdministrator(Exception):
    """Nobody would be left who may give roles."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in, as an administrator sees them."""

    id: int
    issuer: str
    subject: str
    name: str
    disabled_at: datetime | None
    grants: tuple[Grant, ...]


def users(connection: sa.Connection, user: User) -> list[Person]:
    """Everybody who was ever let in, in the order they were added; for administrators."""
    if not can(user, Verb.READ, Kind.USER):
        return []
    grants: dict[int, list[Grant]] = defaultdict(list)
    given = schema.UserGrant
    for person, role, project, funder in connection.execute(
        sa.select(given.user_id, given.role, given.project_id, given.funder_id).order_by(given.id)
    ):
        grants[person].append(Grant(Role(role), project, funder))
    who = schema.AppUser
    found = connection.execute(
        sa.select(who.id, who.issuer, who.subject, who.name, who.disabled_at).order_by(who.id)
    )
    return visible_rows(user, Kind.USER, [Person(*row, tuple(grants[row.id])) for row in found])


def add_user(connection: sa.Connection, user: User, *, issuer: str, subject: str, name: str) -> int:
    """The number of the person who may sign in from now on; they see nothing without a role.

    Raises: NotPermitted, InvalidGrant for the sample's issuer or that of the invited, AddedTwice.
    """
    require(user, Verb.GRANT, Kind.USER)
    if issuer in (SAMPLE_ISSUER, INVITED_ISSUER):
        raise InvalidGrant(f"{issuer} is kept for those who do not sign in.")
    who = schema.AppUser
    same = sa.select(who.id).where(who.issuer == issuer, who.subject == subject)
    if connection.scalar(same) is not None:
        raise AddedTwice(f"{subject} of {issuer} is there already. Grant the role to them.")
    number = connection.scalar(
        sa.insert(who).returning(who.id), {"issuer": issuer, "subject": subject, "name": name}
    )
    audit.record(connection, user, "add_user", f"user:{number}", {"issuer": issuer})
    return number


def grant_role(
    connection: sa.Connection,
    user: User,
    person: int,
    role: str,
    *,
    project: int | None = None,
    funder: int | None = None,
) -> None:
    """Give a person a role: a manager's for one project, a funder's for one funder.

    Raises: NotPermitted, InvalidGrant, AddedTwice.
    """
    require(user, Verb.GRANT, Kind.USER)
    _check(connection, person, role, project, funder)
    given = schema.UserGrant
    row = {"user_id": person, "role": role, "project_id": project, "funder_id": funder}
    same = sa.select(given.id).where(*(getattr(given, name) == row[name] for name in row))
    if connection.scalar(same) is not None:
        raise AddedTwice(f"User {person} has that role already.")
    connection.execute(sa.insert(given), row)
    told = {"role": role, "project": project, "funder": funder}
    audit.record(connection, user, "grant_role", f"user:{person}", told)


def withdraw_role(
    connection: sa.Connection,
    user: User,
    person: int,
    role: str,
    *,
    project: int | None = None,
    funder: int | None = None,
) -> None:
    """Take a role from a person who has it, from their next click on.

    Raises: NotPermitted, InvalidGrant when they do not have it, LastAdministrator.
    """
    require(user, Verb.GRANT, Kind.USER)
    given = schema.UserGrant
    row = {"user_id": person, "role": role, "project_id": project, "funder_id": funder}
    same = [getattr(given, name) == row[name] for name in row]
    if connection.scalar(sa.select(given.id).where(*same)) is None:
        raise InvalidGrant(f"User {person} does not have that role.")
    if role == Role.ADMINISTRATOR:
        _keep_an_administrator(connection, person)
    connection.execute(sa.delete(given).where(*same))
    told = {"role": role, "project": project, "funder": funder}
    audit.record(connection, user, "withdraw_role", f"user:{person}", told)


def _keep_an_administrator(connection: sa.Connection, person: int) -> None:
    """Raises: LastAdministrator when nobody else who is let in could give roles."""
    given, who = schema.UserGrant, schema.AppUser
    able = (
        sa.select(given.user_id)
        .join(who, who.id == given.user_id)
        .where(
            given.role == Role.ADMINISTRATOR,
            who.disabled_at.is_(None),
            who.issuer.not_in((SAMPLE_ISSUER, INVITED_ISSUER)),
        )
    )
    if set(connection.scalars(able.with_for_update())) == {person}:
        raise LastAdministrator(
            f"User {person} is the last administrator. Make somebody else one first."
        )


def disable_user(connection: sa.Connection, user: User, person: int) -> None:
    """Let somebody in no more; what they did stays in the audit.

    Raises: NotPermitted, InvalidGrant when there is no such person, LastAdministrator.
    """
    require(user, Verb.GRANT, Kind.USER)
    _check_there(connection, schema.AppUser, person, "user")
    _keep_an_administrator(connection, person)
    connection.execute(
        sa.update(schema.AppUser)
        .where(schema.AppUser.id == person)
        .values(disabled_at=datetime.now(UTC))
    )
    sessions.end_all(connection, person)
    audit.record(connection, user, "disable_user", f"user:{person}")


def enable_user(connection: sa.Connection, user: User, person: int) -> None:
    """Let somebody in again who was disabled, with the roles that they had.

    Raises: NotPermitted, InvalidGrant when there is no such person.
    """
    require(user, Verb.GRANT, Kind.USER)
    _check_there(connection, schema.AppUser, person, "user")
    mine = sa.update(schema.AppUser).where(schema.AppUser.id == person)
    connection.execute(mine.values(disabled_at=None))
    audit.record(connection, user, "enable_user", f"user:{person}")


def _check(
    connection: sa.Connection, person: int, role: str, project: int | None, funder: int | None
) -> None:
    if role not in set(Role):
        raise InvalidGrant(f"There is no role {role}. The roles are: {', '.join(Role)}.")
    if (role == Role.MANAGER) != (project is not None):
        raise InvalidGrant("A manager's role names a project, and no other role does.")
    if (role == Role.FUNDER) != (funder is not None):
        raise InvalidGrant("A funder's role names a funder, and no other role does.")
    _check_there(connection, schema.AppUser, person, "user")
    if project is not None:
        _check_there(connection, schema.Project, project, "project")
    if funder is not None:
        _check_there(connection, schema.Funder, funder, "funder")


def _check_there(
    connection: sa.Connection, entity: type[schema.Base], number: int, called: str
) -> None:
    if connection.scalar(sa.select(entity.id).where(entity.id == number)) is None:
        raise InvalidGrant(f"There is no {called} with the number {number}.")
