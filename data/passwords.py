"""Passwords of people whom no identity provider knows: for a workshop, off unless asked for.

Kept as argon2id keeps them. A name and an address together may be wrong five times in a quarter of
an hour and wait longer after each further time; nobody else's tries hold somebody up. A name that
nobody has takes as long as a wrong password.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache

import argon2
import sqlalchemy as sa

from data import access, audit, sessions
from data.access import User, require
from data.database import writing
from data.permissions import Kind, Verb
from data.schema import AppUser, LocalPassword, SignInFailure

#: Letters of a password at least, and bytes at most: more would only keep the server busy.
SHORTEST, LONGEST = 15, 1024
#: Wrong ones before somebody waits, and the first wait, which doubles up to the last.
FREE, FIRST_WAIT, LAST_WAIT = 5, timedelta(minutes=1), timedelta(hours=24)
#: A quarter of an hour without a wrong one, and the count begins anew once no wait is left.
WINDOW = timedelta(minutes=15)

_HASHER = argon2.PasswordHasher()


class WeakPassword(Exception):
    """A password that is too short or too long; the message says what is needed."""


class Wait(Exception):
    """Too many wrong passwords. seconds: until the next one is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many wrong passwords. Wait for {seconds} seconds.")
        self.seconds = seconds


def set_password(connection: sa.Connection, user: User, person: int, password: str) -> None:
    """Give a person a password, or another one, and end their sessions.

    Raises: NotPermitted, WeakPassword.
    """
    require(user, Verb.GRANT, Kind.USER)
    plain = _plain(password)
    if len(plain) < SHORTEST or len(plain.encode()) > LONGEST:
        raise WeakPassword(f"A password has at least {SHORTEST} letters and at most {LONGEST}.")
    kept, now = LocalPassword, datetime.now(UTC)
    connection.execute(sa.delete(kept).where(kept.user_id == person))
    values = {"user_id": person, "password_hash": _HASHER.hash(plain), "set_at": now}
    connection.execute(sa.insert(kept), values)
    sessions.end_all(connection, person, now)
    audit.record(connection, user, "set_password", f"user:{person}")


def person_of(
    engine: sa.Engine, name: str, password: str, address: str, now: datetime | None = None
) -> int | None:
    """The number of the person whose name and password these are; None where they are wrong.

    A try counts before it is looked at, so that a hundred at once are a hundred. Nobody waits for
    the database while the hash is worked out.
    Raises: Wait, without looking at the password.
    """
    now, who = now or datetime.now(UTC), _who(name, address)
    with writing(engine) as connection:
        _count(connection, who, now)
        row = connection.execute(
            sa.select(AppUser.id, LocalPassword.password_hash)
            .join(LocalPassword, LocalPassword.user_id == AppUser.id)
            .where(
                AppUser.issuer == access.LOCAL_ISSUER,
                AppUser.subject == name,
                AppUser.disabled_at.is_(None),
            )
        ).one_or_none()
    # Whether or not there is such a name, one hash is worked out.
    if not _is_right(row.password_hash if row else _nobodys(), password) or row is None:
        return None
    with writing(engine) as connection:
        connection.execute(sa.delete(SignInFailure).where(SignInFailure.who_sha256 == who))
    return row.id


def _is_right(kept: str, password: str) -> bool:
    plain = _plain(password)
    if len(plain.encode()) > LONGEST:
        plain = ""
    try:
        return _HASHER.verify(kept, plain)
    except argon2.exceptions.VerifyMismatchError:
        return False


def _count(connection: sa.Connection, who: str, now: datetime) -> None:
    """One more try of a name from an address. Raises: Wait where there were too many.

    What is too long ago is forgotten for everybody.
    """
    row = SignInFailure
    stale = (row.failures <= FREE) & (row.last_at <= now - WINDOW)
    connection.execute(sa.delete(row).where(stale | (row.last_at <= now - LAST_WAIT)))
    mine = row.who_sha256 == who
    failed = connection.execute(sa.select(row.failures, row.last_at).where(mine)).one_or_none()
    if failed is None:
        connection.execute(sa.insert(row), {"who_sha256": who, "failures": 1, "last_at": now})
        return
    if (left := _wait_left(failed, now)) > timedelta(0):
        raise Wait(int(left.total_seconds()) + 1)
    connection.execute(sa.update(row).where(mine).values(failures=row.failures + 1, last_at=now))


def _wait_left(failed: sa.Row, now: datetime) -> timedelta:
    if failed.failures < FREE:
        return timedelta(0)
    doubled = min(failed.failures - FREE, 12)
    return failed.last_at + min(FIRST_WAIT * 2**doubled, LAST_WAIT) - now


def _who(name: str, address: str) -> str:
    """Name and address under one hash: people type passwords where names belong."""
    return hashlib.sha256(f"{name}\n{address}".encode()).hexdigest()


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    """A hash that belongs to nobody, to be as slow for names that nobody has."""
    return _HASHER.hash("nobody has this password")
