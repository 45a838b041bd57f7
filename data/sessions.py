"""Who is signed in, kept by us: each sign-in is a row that ends when we say so.

The browser holds a random token, the database its hash. A copied cookie is worth nothing once the
row has ended: by signing out, by being idle, by the end of the day, or when its person is let in
no longer. Times are handed in, so that tests need not wait.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from data import access, audit
from data.access import User
from data.schema import SignInSession

IDLE_VARIABLE, LONGEST_VARIABLE = "ARVIOMO_IDLE_MINUTES", "ARVIOMO_SESSION_HOURS"
#: Minutes without a click, and hours altogether, after which somebody signs in again.
IDLE, LONGEST = 30, 10
#: What the limits may be at most: a forgotten screen in a library is one that somebody finds.
IDLE_MOST, LONGEST_MOST = 240, 24
#: A click within this time of the last one that was noted is not noted.
NOTED = timedelta(seconds=60)
#: How long a session that has ended stays; the audit tells of it longer.
KEPT = timedelta(days=2)


class InvalidLimits(Exception):
    """A limit of sessions that is no number, or too large; values: variable, value and most."""

    def __init__(self, variable: str, value: str, most: int) -> None:
        super().__init__(f"{variable}={value}: a whole number from 1 to {most} is needed.")
        self.values = {"variable": variable, "value": value, "most": most}


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts without a click, and altogether."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that lasts, and its person with the rights that they have now; user is None for
    somebody whom nobody has given a role."""

    id: int
    person: int
    seen_at: datetime
    user: User | None


def limits() -> Limits:
    """The limits that the environment names, or ours. Raises: InvalidLimits."""
    return Limits(
        timedelta(minutes=_limit(IDLE_VARIABLE, IDLE, IDLE_MOST)),
        timedelta(hours=_limit(LONGEST_VARIABLE, LONGEST, LONGEST_MOST)),
    )


def _limit(variable: str, usual: int, most: int) -> int:
    written = os.environ.get(variable, str(usual))
    if not written.isdecimal() or not 1 <= int(written) <= most:
        raise InvalidLimits(variable, written, most)
    return int(written)


def begin(connection: sa.Connection, person: int, now: datetime | None = None) -> str:
    """The token of a new session of a person, for their browser alone.

    What ended long ago is forgotten on the way.
    """
    now = now or datetime.now(UTC)
    token, row = secrets.token_urlsafe(32), SignInSession
    forgotten = now - KEPT - limits().longest
    connection.execute(sa.delete(row).where(row.started_at < forgotten))
    values = {"user_id": person, "token_sha256": _hash(token), "started_at": now, "seen_at": now}
    connection.execute(sa.insert(row), values)
    return token


def find(connection: sa.Connection, token: str, now: datetime | None = None) -> Session | None:
    """The session that a token opens; None where it has ended or there never was one."""
    now, lasts, row = now or datetime.now(UTC), limits(), SignInSession
    found = connection.execute(
        sa.select(row.id, row.user_id, row.seen_at).where(
            row.token_sha256 == _hash(token),
            row.ended_at.is_(None),
            row.seen_at > now - lasts.idle,
            row.started_at > now - lasts.longest,
        )
    ).one_or_none()
    if found is None or not access.is_let_in(connection, found.user_id):
        return None
    return Session(*found, access.user_numbered(connection, found.user_id))


def is_worth_noting(session: Session, now: datetime | None = None) -> bool:
    """Whether so long passed since the last click that this one should be noted."""
    return (now or datetime.now(UTC)) - session.seen_at >= NOTED


def note(connection: sa.Connection, session: Session, now: datetime | None = None) -> None:
    """Somebody has clicked: the idle time begins anew. A session that has ended stays so."""
    row = SignInSession
    mine = sa.update(row).where(row.id == session.id, row.ended_at.is_(None))
    connection.execute(mine.values(seen_at=now or datetime.now(UTC)))


def end(connection: sa.Connection, token: str, now: datetime | None = None) -> bool:
    """Whether a token opened a session until now; it is ended, and with it every copied cookie."""
    row = SignInSession
    ended = connection.execute(
        sa.update(row)
        .where(row.token_sha256 == _hash(token), row.ended_at.is_(None))
        .values(ended_at=now or datetime.now(UTC))
        .returning(row.user_id)
    ).scalar_one_or_none()
    if ended is None:
        return False
    audit.record(connection, access.actor(connection, ended), "sign_out", f"user:{ended}")
    return True


def end_all(connection: sa.Connection, person: int, now: datetime | None = None) -> None:
    """Every session of a person is ended."""
    row = SignInSession
    mine = sa.update(row).where(row.user_id == person, row.ended_at.is_(None))
    connection.execute(mine.values(ended_at=now or datetime.now(UTC)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
