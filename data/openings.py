"""What an opening is: its times and state, what a respondent is shown of it, who may run it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from data import schema
from data.access import User, require
from data.permissions import Kind, Verb
from survey.text import LANGUAGES

State = Literal["planned", "open", "closed"]


class InvalidCollection(Exception):
    """What cannot be asked like this. code: project, instrument, wave, phase, groups, languages,
    link, joined, thanks, invited, notice, order (closes before it opens), past (closes in the
    past), opened (it is asked by link already), unknown (it is not), reason, not_closed,
    personal (it has no anonymous link), anonymous (it has no personal ones), invitees."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class LostSecret(Exception):
    """A link was made with another secret than this installation has now."""


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """What a respondent may know. names: of the project, by language, Finnish where another is
    missing; instrument: ``code@version``; thanks: by language, where somebody wrote it."""

    collection: int
    names: Mapping[str, str]
    instrument: str
    wave: str
    phase: str
    groups: tuple[str, ...]
    languages: tuple[str, ...]
    link: str
    joined: bool
    opens_at: datetime
    closes_at: datetime | None
    closed_at: datetime | None
    thanks: Mapping[str, str]
    notice_version: str
    public_id: str
    generation: int
    project: int

    def state(self, now: datetime) -> State:
        """Planned, open or closed at a moment."""
        return state(self.opens_at, self.closes_at, self.closed_at, now)


def state(
    opens_at: datetime, closes_at: datetime | None, closed_at: datetime | None, now: datetime
) -> State:
    """What an opening is at a moment. It is reckoned anew each time and never stored, so a clock
    that jumps and comes back changes nothing."""
    if closed_at is not None or (closes_at is not None and now >= closes_at):
        return "closed"
    return "planned" if now < opens_at else "open"


def hashed(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def opening(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> OpeningFacts | None:
    """The opening that fits some conditions; None where there is none."""
    asked, fielding = schema.Opening, schema.Collection
    project, version = schema.Project, schema.InstrumentVersion
    row = connection.execute(
        sa.select(
            asked,
            fielding.project_id,
            fielding.wave,
            fielding.phase,
            version.code,
            version.version,
            *(getattr(project, f"name_{language}") for language in LANGUAGES),
        )
        .join(fielding, fielding.id == asked.collection_id)
        .join(project, project.id == fielding.project_id)
        .join(version, version.id == fielding.instrument_version_id)
        .where(*which)
    ).one_or_none()
    if row is None:
        return None
    groups = sa.select(schema.OpeningGroup.group_code).join(
        schema.StakeholderGroup, schema.StakeholderGroup.code == schema.OpeningGroup.group_code
    )
    mine = schema.OpeningGroup.collection_id == row.collection_id
    in_order = groups.where(mine).order_by(schema.StakeholderGroup.position)
    thanks = {code: getattr(row, f"thanks_{code}") for code in LANGUAGES}
    return OpeningFacts(
        row.collection_id,
        {code: getattr(row, f"name_{code}") or row.name_fi for code in LANGUAGES},
        f"{row.code}@{row.version}",
        row.wave,
        row.phase,
        tuple(connection.scalars(in_order)),
        tuple(row.languages.split()),
        row.link,
        row.joined,
        row.opens_at,
        row.closes_at,
        row.closed_at,
        {code: said for code, said in thanks.items() if said},
        row.notice_version,
        row.public_id,
        row.generation,
        row.project_id,
    )


def require_asking(connection: sa.Connection, user: User, collection: int) -> int:
    """The project of an opening that a user may run; its collection is held by the transaction.

    Raises: NotPermitted, also where there is no such collection; InvalidCollection (unknown) where
    it is not asked by link.
    """
    project = hold(connection, collection)
    require(user, Verb.ASK, Kind.COLLECTION, project)
    mine = schema.Opening.collection_id == collection
    if project is None or not connection.scalar(sa.select(sa.exists().where(mine))):
        raise InvalidCollection("unknown", f"Collection {collection} is not answered by link.")
    return project


def hold(connection: sa.Connection, collection: int) -> int | None:
    """The project of a collection that nobody else changes until the transaction ends.

    Others may go on referring to it. On SQLite whoever writes holds everything.
    """
    fielding = schema.Collection
    held = sa.select(fielding.project_id).where(fielding.id == collection)
    return connection.scalar(held.with_for_update(key_share=True))
