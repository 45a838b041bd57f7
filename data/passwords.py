"""Passwords of people whom no identity provider knows: for a workshop, off unless asked for.

Kept as argon2id keeps them. A name and a network together may be wrong five times in a quarter of
an hour and wait longer after each further time. A network may be wrong so often with whatever
names, and all networks together so often; beyond that strangers wait, and who has signed in from
where they are within a month does not. So nobody's tries elsewhere hold somebody up where they
work. A name that nobody has takes as long as a wrong password.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import unicodedata
from datetime import UTC, datetime, timedelta

import argon2
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from data import access, audit, sessions
from data.access import User, require
from data.database import writing
from data.networks import network_of
from data.permissions import Kind, Verb
from data.schema import AppUser, LocalPassword, SignInFailure

#: Letters of a password at least, and bytes at most: more would only keep the server busy.
SHORTEST, LONGEST = 15, 1024
#: Wrong ones before somebody waits, and the first wait, which doubles up to the last.
FREE, FIRST_WAIT, LAST_WAIT = 5, timedelta(minutes=1), timedelta(hours=24)
#: A quarter of an hour without a wrong one, and the count begins anew once no wait is left.
WINDOW = timedelta(minutes=15)

#: Wrong ones within a `WINDOW` from one network, whatever the names, and from all together, before
#: strangers wait for the next. A class that signs in from one address makes some mistakes.
OF_A_NETWORK, OF_ALL = 50, 500
#: How long a network is known from which somebody has signed in.
KNOWN = timedelta(days=30)

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
    _store(connection, person, password)
    audit.record(connection, user, "set_password", f"user:{person}")


def choose_password(connection: sa.Connection, person: int, password: str) -> None:
    """Let somebody who was invited choose their first password. Raises: WeakPassword."""
    _store(connection, person, password)
    audit.record(connection, access.actor(connection, person), "set_password", f"user:{person}")


def _store(connection: sa.Connection, person: int, password: str) -> None:
    plain = _plain(password)
    if len(plain) < SHORTEST or len(plain.encode()) > LONGEST:
        raise WeakPassword(f"A password has at least {SHORTEST} letters and at most {LONGEST}.")
    kept, now = LocalPassword, datetime.now(UTC)
    connection.execute(sa.delete(kept).where(kept.user_id == person))
    values = {"user_id": person, "password_hash": _HASHER.hash(plain), "set_at": now}
    connection.execute(sa.insert(kept), values)
    sessions.end_all(connection, person, now)


def person_of(
    engine: sa.Engine, name: str, password: str, address: str, now: datetime | None = None
) -> int | None:
    """The number of the person whose name and password these are; None where they are wrong.

    A try counts before it is looked at, so that a hundred at once are a hundred. Nobody waits for
    the database while the hash is worked out.
    Raises: Wait, without looking at the password.
    """
    now, network = now or datetime.now(UTC), network_of(address)
    name = name.replace("\0", "")  # PostgreSQL takes none, and no name has one
    with writing(engine) as connection:
        counted = _count(connection, name, network, now)
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
        gone = sa.delete(SignInFailure).where(
            SignInFailure.who_sha256.in_(
                (_key("pair", name, network), _key("known", name, network))
            )
        )
        connection.execute(gone)
        for key in counted:  # what was right was no wrong one
            _add(connection, key, now, -1)
        _add(connection, _key("known", name, network), now, 0)
    return row.id


def _is_right(kept: str, password: str) -> bool:
    plain = _plain(password)
    if len(plain.encode()) > LONGEST:
        plain = ""
    try:
        return _HASHER.verify(kept, plain)
    except argon2.exceptions.VerifyMismatchError:
        return False


def _count(connection: sa.Connection, name: str, network: str, now: datetime) -> tuple[str, ...]:
    """One more try of a name from a network: the keys under which it counts for its network and
    for all; none where somebody has signed in from there. Raises: Wait where there were too many.
    """
    _forget(connection, now)
    row, pair = SignInFailure, _key("pair", name, network)
    mine = row.who_sha256 == pair
    failed = connection.execute(sa.select(row.failures, row.last_at).where(mine)).one_or_none()
    if failed is not None and (left := _wait_left(failed, now)) > timedelta(0):
        raise Wait(int(left.total_seconds()) + 1)
    _add(connection, pair, now, 1)
    known = sa.select(row.who_sha256).where(row.who_sha256 == _key("known", name, network))
    if connection.scalar(known) is not None:
        return ()
    window = int(now.timestamp() // WINDOW.total_seconds())
    limits = {_key("network", network, window): OF_A_NETWORK, _key("all", window): OF_ALL}
    for key, most in limits.items():
        count = connection.scalar(sa.select(row.failures).where(row.who_sha256 == key))
        if count is not None and count >= most:
            raise Wait(int((window + 1) * WINDOW.total_seconds() - now.timestamp()) + 1)
    for key in limits:
        _add(connection, key, now, 1)
    return tuple(limits)


def _forget(connection: sa.Connection, now: datetime) -> None:
    """Forget what is too long ago, for everybody."""
    row = SignInFailure
    stale = row.failures.between(1, FREE) & (row.last_at <= now - WINDOW)
    over = (row.failures > FREE) & (row.last_at <= now - LAST_WAIT)
    unknown = (row.failures <= 0) & (row.last_at <= now - KNOWN)
    connection.execute(sa.delete(row).where(stale | over | unknown))


def _add(connection: sa.Connection, key: str, now: datetime, number: int) -> None:
    """Count under a key, whoever else counts under it at the same time."""
    row = SignInFailure
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    one = insert(row).values(who_sha256=key, failures=number, last_at=now)
    connection.execute(
        one.on_conflict_do_update(
            index_elements=[row.who_sha256],
            set_={"failures": row.failures + number, "last_at": now},
        )
    )


def _wait_left(failed: sa.Row, now: datetime) -> timedelta:
    if failed.failures < FREE:
        return timedelta(0)
    doubled = min(failed.failures - FREE, 12)
    return failed.last_at + min(FIRST_WAIT * 2**doubled, LAST_WAIT) - now


def _key(*words: object) -> str:
    """What is counted, under one hash: people type passwords where names belong."""
    return hashlib.sha256(json.dumps([str(word) for word in words]).encode()).hexdigest()


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _nobodys() -> str:
    """A hash that belongs to nobody, to be as slow for names that nobody has: it is written, not
    worked out, with what the hasher asks for, so that the first time is like every other."""
    made = _HASHER
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
        for length in (made.salt_len, made.hash_len)
    )
    cost = f"m={made.memory_cost},t={made.time_cost},p={made.parallelism}"
    return f"$argon2id$v={argon2.low_level.ARGON2_VERSION}${cost}${salt}${digest}"
