"""Freezing a reported period: approved values become a signed document, and are locked by it.

What is pending is named and never counted. A correction is a release of its own which takes the
place of the earlier one; that one stays as it left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data import audit
from data.access import User, require
from data.permissions import Kind, Verb
from data.publication.release_register import TooClose
from data.releases import content
from data.releases.canonical import plain
from data.releases.choosing import (
    Chosen,
    RefusedRelease,
    chosen_values,
    earlier_release,
    reason_of,
)
from data.releases.columns import NOW
from data.releases.entries import entries
from data.releases.keys import public_keys
from data.releases.register import UnknownPeople, tell
from data.releases.seal import sealed
from data.releases.verify_release import verify
from data.reporting.definitions import stored_versions
from data.reporting.values import lock
from data.schema import (
    Funder,
    Project,
    Release,
    ReleasedValue,
)
from metrics.indicators.indicator import NO_RELEASE

#: One release at a time may be the next of the chain (PostgreSQL; SQLite has one writer).
RELEASE_LOCK = 0x4152_5652


@dataclass(frozen=True, slots=True)
class Frozen:
    """A release as it was just made. pending: how many values are named in it and not counted."""

    id: int
    sha256: str
    values: int
    pending: int
    corrects: int | None
    document: bytes


def release(
    connection: sa.Connection,
    user: User,
    home: Path,
    *,
    funder: int,
    starts_on: date,
    ends_on: date,
    project: int | None = None,
    reason: str | None = None,
    figures: bool = True,
    now: datetime | None = None,
) -> Frozen:
    """The approved values of a funder's periods within some days, frozen, signed and locked.

    project: of one project alone, else of all that the funder pays for. reason: why an earlier
    release of the same days is corrected. figures: with the published figures of the projects, as
    the public profile protects them. Call it while writing.
    Raises: NotPermitted; RefusedRelease; keys.ExposedKey.
    """
    require(user, Verb.RELEASE, Kind.RELEASE, project)
    if ends_on < starts_on:
        raise RefusedRelease("reversed", "The last day is before the first. Swap them.")
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(RELEASE_LOCK)))
    at = now or datetime.now(UTC)
    chosen = chosen_values(connection, funder, project, starts_on, ends_on)
    settled = [row for row in chosen if row.settled]
    earlier = earlier_release(connection, funder, project, starts_on, ends_on)
    why = reason_of(connection, chosen, settled, earlier, reason)
    lock(connection, user, [row.id for row in settled if row.status == "approved"], at)
    told = {
        "scope": "funder" if project is None else "project",
        "funder": content.named(connection, Funder, funder),
        "project": None if project is None else content.named(connection, Project, project),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "released_at": at,
        "released_by": user.id,
        "corrects": None if earlier is None else earlier.sha256,
        "reason": why,
        "software": content.software(),
        "columns": NOW,
        **_contents(connection, user, home, settled, figures),
        "pending": [_pending(row) for row in chosen if not row.settled],
    }
    if figures:
        _register(connection, home, told["figures"])
    document, sha256 = sealed(plain(told), _newest(connection), home)
    # The release is read back by the verifier, which shares no code with what wrote it.
    verify(document, public_keys(home))
    number = connection.execute(
        sa.insert(Release)
        .values(
            scope=told["scope"], funder_id=funder, project_id=project, starts_on=starts_on,
            ends_on=ends_on, released_at=at, released_by=user.id, sha256=sha256,
            previous=_newest(connection), corrects_id=None if earlier is None else earlier.id,
            reason=why, document=document.decode(),
        )
        .returning(Release.id)
    ).scalar_one()  # fmt: skip
    rows = [{"release_id": number, "reported_id": row.id} for row in settled]
    connection.execute(sa.insert(ReleasedValue), rows)
    detail = {"sha256": sha256, "values": len(settled), "corrects": told["corrects"]}
    audit.record(connection, user, "release", f"release:{number}", detail)
    corrected = None if earlier is None else earlier.id
    pending = len(told["pending"])
    return Frozen(number, sha256, len(settled), pending, corrected, document)


# --- what is frozen -----------------------------------------------------------------------------


def _pending(row: Chosen) -> dict[str, Any]:
    return {
        "project": row.project,
        "indicator": row.indicator,
        "period": row.number,
        "status": row.status,
    }


def _contents(
    connection: sa.Connection, user: User, home: Path, settled: Sequence[Chosen], figures: bool
) -> dict[str, Any]:
    versions = content.definition_rows(connection, {row.version for row in settled})
    stored = stored_versions(connection)
    known = {row.id: stored[row.id].indicator for row in versions}
    values = entries(connection, home, [row.id for row in settled], known)
    projects = sorted({row.project for row in settled})
    publication = content.publication(connection)
    revision = publication["revision"] if publication and figures else None
    return {
        "projects": [content.named(connection, Project, number) for number in projects],
        "publication": publication,
        "instruments": content.asked_instruments(connection, projects),
        "definitions": content.definitions(versions),
        "values": values,
        "totals": content.totals(values, {each.key: each for each in known.values()}),
        "figures": content.figures(connection, user, projects, revision),
    }


# --- the chain, and what it refuses -------------------------------------------------------------


def _newest(connection: sa.Connection) -> str:
    """The hash of the newest release, or of none."""
    newest = sa.select(Release.sha256).order_by(Release.id.desc()).limit(1)
    return connection.scalar(newest) or NO_RELEASE


def _register(connection: sa.Connection, home: Path, figures: Sequence[dict[str, Any]]) -> None:
    try:
        tell(connection, home, figures)
    except TooClose as close:
        raise RefusedRelease(
            "too_close", f"{close} Or release without figures.", one=str(close.one),
            other=str(close.other), fewest=close.fewest,
        ) from close  # fmt: skip
    except UnknownPeople as lost:
        raise RefusedRelease("lost_extracts", str(lost)) from lost
