"""A new signing key, and what the old one had signed: written down before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from data import audit
from data.access import User, require
from data.fieldwork.local_time import day_of
from data.keeping import marks
from data.permissions import Kind, Verb
from data.releases import keys, since
from data.releases.freeze import RELEASE_LOCK
from data.releases.verify_release import Invalid, verify
from data.schema import Release
from metrics.indicators.indicator import NO_RELEASE


@dataclass(frozen=True, slots=True)
class Rotated:
    """A new key. anchored: how many releases the old keys vouch for; left_out: numbers of stored
    ones that are not what was signed, or of which the audit does not tell."""

    key: str
    anchored: int
    left_out: tuple[int, ...]


def rotate(
    connection: sa.Connection, user: User, home: Path, *, compromised: bool = False
) -> Rotated:
    """A new key; the old one vouches for what is in the chain now and for nothing after it.

    compromised: somebody else may have had it, which auditors read too. A stored release that is
    not whole is not vouched for. Call it while writing: nobody releases meanwhile.
    Raises: NotPermitted; keys.ExposedKey; installation.ExposedSecret; marks.DamagedMarks.
    """
    require(user, Verb.RELEASE, Kind.RELEASE)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(RELEASE_LOCK)))
    known, told = keys.public_keys(home), since.released_lines(connection)
    signed: dict[str, list[str]] = {}
    left_out, before = [], NO_RELEASE
    for row in connection.execute(sa.select(Release.__table__).order_by(Release.id)):
        try:
            file = verify(row.document.encode(), known, before)
        except Invalid:
            left_out.append(row.id)
        else:
            if told.get(f"release:{row.id}", (0, ""))[1] == file["sha256"]:
                signed.setdefault(file["key"], []).append(file["sha256"])
            else:
                left_out.append(row.id)
        before = row.sha256
    # Before the key goes: an older copy of the home would bring it back as one that signs.
    kind = marks.COMPROMISED if compromised else marks.RETIRED
    ending = [key for key, ended in known.items() if ended is None]
    marks.remember(connection, home, {kind: ending}, day_of(datetime.now(UTC)))
    key = keys.rotate(home, signed, compromised=compromised)
    anchored = sum(map(len, signed.values()))
    detail = {"compromised": compromised, "signed": anchored, "left_out": left_out, "new": key}
    audit.record(connection, user, "retire_key", "release_key", detail)
    return Rotated(key, anchored, tuple(left_out))
