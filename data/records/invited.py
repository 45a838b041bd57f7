"""People who are invited: a code, told once, ties them to who they are at their first sign-in.

An administrator knows a name and a role, but not how the identity provider calls somebody. So the
person is there with their roles before they come, under an issuer that nobody signs in with; the
code leads to them once, and from then on they are their provider's issuer and subject.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from data import audit
from data.access import INVITED_ISSUER, SAMPLE_ISSUER, Kind, User, Verb, can, require
from data.schema import AppUser, UserInvitation

#: How long a code can be used.
LASTS = timedelta(days=14)
#: Letters of a name at most.
LONGEST = 200


class InvalidInvitation(Exception):
    """A name that is none, or a person who is not waiting to come; the message says which."""


def invite_user(
    connection: sa.Connection, user: User, name: str, now: datetime | None = None
) -> tuple[int, str]:
    """The number of a new person without a role, and the code that is told to them, once.

    Raises: NotPermitted, InvalidInvitation for a name that is empty or too long.
    """
    require(user, Verb.GRANT, Kind.USER)
    called = " ".join(name.split())
    if not 0 < len(called) <= LONGEST:
        raise InvalidInvitation(f"A person has a name of 1 to {LONGEST} letters.")
    row = {"issuer": INVITED_ISSUER, "subject": secrets.token_hex(16), "name": called}
    number = connection.scalar(sa.insert(AppUser).returning(AppUser.id), row)
    audit.record(connection, user, "invite_user", f"user:{number}")
    return number, _new_code(connection, number, now)


def invite_again(
    connection: sa.Connection, user: User, person: int, now: datetime | None = None
) -> str:
    """A new code for somebody who has not come; the one before leads nowhere from now on.

    Raises: NotPermitted, InvalidInvitation.
    """
    require(user, Verb.GRANT, Kind.USER)
    _check_waiting(connection, person)
    audit.record(connection, user, "invite_user", f"user:{person}")
    return _new_code(connection, person, now)


def invitations(connection: sa.Connection, user: User) -> dict[int, datetime]:
    """Until when the code of each person who has not come can be used; for administrators."""
    if not can(user, Verb.READ, Kind.USER):
        return {}
    row = UserInvitation
    return {
        person: until
        for person, until in connection.execute(sa.select(row.user_id, row.lasts_until))
    }


def cancel_invitation(connection: sa.Connection, user: User, person: int) -> None:
    """Take an invitation back: the code leads nowhere, and the person is let in no more.

    Raises: NotPermitted, InvalidInvitation.
    """
    require(user, Verb.GRANT, Kind.USER)
    _check_waiting(connection, person)
    connection.execute(sa.delete(UserInvitation).where(UserInvitation.user_id == person))
    mine = sa.update(AppUser).where(AppUser.id == person)
    connection.execute(mine.values(disabled_at=datetime.now(UTC)))
    audit.record(connection, user, "cancel_invitation", f"user:{person}")


def waiting(connection: sa.Connection, code: str, now: datetime | None = None) -> int | None:
    """The number of the person to whom a code leads; None where it leads nowhere, or no longer."""
    row = UserInvitation
    return connection.scalar(
        sa.select(row.user_id)
        .join(AppUser, AppUser.id == row.user_id)
        .where(
            row.code_sha256 == _hash(code),
            row.lasts_until > (now or datetime.now(UTC)),
            AppUser.issuer == INVITED_ISSUER,
            AppUser.disabled_at.is_(None),
        )
    )


def accept_invitation(
    connection: sa.Connection, code: str, issuer: str, subject: str, now: datetime | None = None
) -> int | None:
    """The number of the person who is this issuer's subject from now on; the code is used up.

    Missing: None where the code leads nowhere, or the subject is somebody here already.
    """
    person = waiting(connection, code, now)
    known = sa.select(AppUser.id).where(AppUser.issuer == issuer, AppUser.subject == subject)
    ours = issuer in (SAMPLE_ISSUER, INVITED_ISSUER)
    if person is None or ours or connection.scalar(known) is not None:
        return None
    row = UserInvitation
    used = sa.delete(row).where(row.user_id == person, row.code_sha256 == _hash(code))
    if connection.execute(used).rowcount != 1:
        return None  # somebody else was quicker
    mine = sa.update(AppUser).where(AppUser.id == person)
    connection.execute(mine.values(issuer=issuer, subject=subject))
    told = {"issuer": issuer}
    audit.record(connection, f"{person} invited", "accept_invitation", f"user:{person}", told)
    return person


def _check_waiting(connection: sa.Connection, person: int) -> None:
    who = sa.select(AppUser.id).where(AppUser.id == person, AppUser.issuer == INVITED_ISSUER)
    if connection.scalar(who) is None:
        raise InvalidInvitation(f"User {person} is not somebody who was invited and has not come.")


def _new_code(connection: sa.Connection, person: int, now: datetime | None) -> str:
    code, at, row = secrets.token_urlsafe(32), now or datetime.now(UTC), UserInvitation
    connection.execute(sa.delete(row).where(row.user_id == person))
    values = {
        "user_id": person,
        "code_sha256": _hash(code),
        "invited_at": at,
        "lasts_until": at + LASTS,
    }
    connection.execute(sa.insert(row), values)
    return code


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
