"""Every instrument that answers may belong to: the shipped ones, and those that users brought.

A fielded instrument is kept whole with its hash (``instrument_version``), so an answer can always
be read with the questionnaire that was asked.
"""

from __future__ import annotations

import json
from functools import lru_cache

import sqlalchemy as sa
from pydantic import ValidationError

from data import audit
from data.access import User, require
from data.permissions import Kind, Verb
from data.schema import InstrumentVersion
from survey.instrument import Instrument, instruments


class InstrumentConflict(Exception):
    """Two instruments share a key and differ in content; the message names the key."""

    def __init__(self, key: str):
        self.key = key
        super().__init__(
            f"{key}: stored answers belong to an instrument of this key with other contents; "
            "give the changed one a new version"
        )


def known_instruments(connection: sa.Connection) -> dict[str, Instrument]:
    """Shipped and stored instruments by key (``code@version``).

    Raises: InstrumentConflict when a stored one differs from the shipped one of the same key, or
    is not what its hash says.
    """
    known = dict(instruments())
    rows = connection.execute(
        sa.select(
            InstrumentVersion.code,
            InstrumentVersion.version,
            InstrumentVersion.sha256,
            InstrumentVersion.body,
        )
    ).all()
    for row in rows:
        key = f"{row.code}@{row.version}"
        if key not in known:
            known[key] = _stored(key, row.body)
        if known[key].sha256 != row.sha256:
            raise InstrumentConflict(key)
    return known


def instrument_of(connection: sa.Connection, key: str) -> Instrument:
    """The shipped or stored instrument of a key, without a look at any other.

    Raises: KeyError where there is none, InstrumentConflict where it is not what its hash says.
    """
    if key in instruments():
        return instruments()[key]
    version = InstrumentVersion
    named = version.code + "@" + sa.cast(version.version, sa.String)
    row = connection.execute(
        sa.select(version.sha256, version.body).where(named == key)
    ).one_or_none()
    if row is None:
        raise KeyError(key)
    return _checked(key, row.sha256, row.body)


def bring_instrument(connection: sa.Connection, user: User, instrument: Instrument) -> int:
    """The id of an instrument that somebody brought; it can be asked from now on.

    Raises: NotPermitted, InstrumentConflict where another content is known under its key.
    """
    require(user, Verb.STORE, Kind.BATCH)
    if instruments().get(instrument.key, instrument) != instrument:
        raise InstrumentConflict(instrument.key)
    number = field_instrument(connection, instrument)
    audit.record(connection, user, "bring_instrument", f"instrument:{instrument.key}")
    return number


def field_instrument(connection: sa.Connection, instrument: Instrument) -> int:
    """The id under which an instrument's answers are stored; stored now if it never was.

    Raises: InstrumentConflict when another content is stored under its key.
    """
    row = connection.execute(
        sa.select(InstrumentVersion.id, InstrumentVersion.sha256).where(
            InstrumentVersion.code == instrument.code,
            InstrumentVersion.version == instrument.version,
        )
    ).one_or_none()
    if row is not None:
        if row.sha256 != instrument.sha256:
            raise InstrumentConflict(instrument.key)
        return row.id
    return connection.execute(
        sa.insert(InstrumentVersion).values(
            code=instrument.code,
            version=instrument.version,
            sha256=instrument.sha256,
            body=instrument.canonical,
        )
    ).inserted_primary_key[0]


@lru_cache(maxsize=64)
def _checked(key: str, sha256: str, body: str) -> Instrument:
    found = _stored(key, body)
    if found.sha256 != sha256:
        raise InstrumentConflict(key)
    return found


def _stored(key: str, body: str) -> Instrument:
    try:
        return Instrument.model_validate(json.loads(body))
    except (ValidationError, json.JSONDecodeError) as error:
        raise InstrumentConflict(key) from error
