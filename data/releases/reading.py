"""The releases that somebody may see, and one of them as a file that is checked when opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from data import database
from data.access import NotPermitted, User, reach
from data.permissions import Kind, Verb
from data.releases.keys import public_keys
from data.releases.verify_release import Invalid, verify
from data.reporting.rights import own_funders, sees_inside
from data.schema import AppUser, Release


class BrokenRelease(Exception):
    """A stored release is not what was signed. code and path: of `verify_release.Invalid`."""

    def __init__(self, release: int, invalid: Invalid) -> None:
        super().__init__(
            f"Release {release} is not what was signed ({invalid}). It is not handed out; compare "
            "it with the file that left, and with a copy of the database."
        )
        self.release, self.code, self.path = release, invalid.code, invalid.path


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release as it is listed. corrected_by: the release that takes its place."""

    id: int
    scope: str
    funder: int
    project: int | None
    starts_on: date
    ends_on: date
    released_at: datetime
    released_by: str
    sha256: str
    corrects: int | None
    corrected_by: int | None
    reason: str | None


def releases(
    connection: sa.Connection,
    user: User,
    *,
    funder: int | None = None,
    project: int | None = None,
) -> list[ReleaseLine]:
    """The releases that a user may see, the newest first.

    A funder sees those that were made for it, a manager those of the own project alone: one of all
    that a funder pays for tells of others too.
    """
    asked = {Release.funder_id: funder, Release.project_id: project}
    later = sa.orm.aliased(Release)
    rows = connection.execute(
        sa.select(
            Release.__table__, AppUser.name.label("by"), later.id.label("corrected_by")
        )
        .join(AppUser, AppUser.id == Release.released_by)
        .outerjoin(later, later.corrects_id == Release.id)
        .where(*(column == value for column, value in asked.items() if value is not None))
        .order_by(Release.id.desc())
    ).all()  # fmt: skip
    return [
        ReleaseLine(
            row.id, row.scope, row.funder_id, row.project_id, row.starts_on, row.ends_on,
            row.released_at, row.by, row.sha256, row.corrects_id, row.corrected_by, row.reason,
        )
        for row in rows
        if _sees(user, row.funder_id, row.project_id)
    ]  # fmt: skip


def file_of(
    connection: sa.Connection, user: User, number: int, home: Path | None = None
) -> tuple[str, bytes]:
    """A release as it left: the name of its file ("release-3.json") and its bytes, the same ones.

    For the command line and a page's download; the bytes are checked before they are handed out.
    number: of `ReleaseLine.id`. home: where the public keys are; without one, this installation's.
    Raises: NotPermitted where it is not there, or not for this user to see; BrokenRelease;
    keys.ExposedKey where the file of public keys is not whole.
    """
    row = connection.execute(
        sa.select(Release.funder_id, Release.project_id, Release.document).where(
            Release.id == number
        )
    ).one_or_none()
    if row is None or not _sees(user, row.funder_id, row.project_id):
        raise NotPermitted(
            f"{user.name} sees no release {number}. Open it from the list.",
            user,
            f"release:{number}",
        )
    document = row.document.encode()
    try:
        verify(document, public_keys(home or database.home()))
    except Invalid as invalid:
        raise BrokenRelease(number, invalid) from invalid
    return file_name(number), document


def file_name(number: int) -> str:
    """The name of the file of a release."""
    return f"release-{number}.json"


def _sees(user: User, funder: int, project: int | None) -> bool:
    everything = reach(user, Verb.READ, Kind.RELEASE) is None
    if everything or funder in own_funders(user):
        return True
    return project is not None and sees_inside(user, project)
