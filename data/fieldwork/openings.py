"""What an opening is: its times and state, what a respondent is shown of it, who may run it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

import sqlalchemy as sa

from data import schema
from data.access import User, require
from data.permissions import Kind, Verb
from survey.instrument import GROUPS, UNKNOWN_GROUP
from survey.text import LANGUAGES

State = Literal["planned", "open", "closed"]


class InvalidCollection(Exception):
    """What cannot be asked like this. code: project, instrument, wave, phase, groups, languages,
    link, joined, thanks, invited, notice, order (closes before it opens), past (closes in the
    past), opened (it is asked by link already), unknown (it is not), reason, not_open, not_closed,
    personal (it has no anonymous link), anonymous (it has no personal ones), invitees, not_invited
    (nobody under this reference)."""

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


def by_token(connection: sa.Connection, token: str) -> OpeningFacts | None:
    """The opening that an anonymous link leads to; None where there is none."""
    row = connection.execute(_by("token_sha256"), {"value": hashed(token)}).one_or_none()
    return None if row is None else _facts(row)


def of_collection(connection: sa.Connection, collection: int) -> OpeningFacts | None:
    """The opening of a collection; None where it is not answered by link."""
    row = connection.execute(_by("collection_id"), {"value": collection}).one_or_none()
    return None if row is None else _facts(row)


def by_public_id(connection: sa.Connection, public_id: str) -> OpeningFacts | None:
    """The opening that receipts name; None where there is none."""
    row = connection.execute(_by("public_id"), {"value": public_id}).one_or_none()
    return None if row is None else _facts(row)


def of_collections(connection: sa.Connection, collections: Sequence[int]) -> list[OpeningFacts]:
    """The openings of some collections, in their order; those without one are left out."""
    mine = schema.Opening.collection_id.in_(list(collections))
    found = {row.collection_id: _facts(row) for row in connection.execute(_openings().where(mine))}
    return [found[number] for number in collections if number in found]


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


def seal(connection: sa.Connection) -> None:
    """Marks the revisions of all openings as seen; the transaction holds their collections.

    An answer that comes after it has a revision that no reader knows yet.
    """
    fielding, asked = schema.Collection, schema.Opening
    opened = sa.select(fielding.id).join(asked, asked.collection_id == fielding.id)
    held = opened.order_by(fielding.id).with_for_update(key_share=True, of=fielding.__table__)
    connection.execute(held).all()
    now = sa.select(fielding.revision).where(fielding.id == asked.collection_id).scalar_subquery()
    connection.execute(sa.update(asked).where(asked.sealed != now).values(sealed=now))


# Built once: two hundred people who answer at once ask the same.


@cache
def _by(column: str) -> sa.Select:
    return _openings().where(getattr(schema.Opening, column) == sa.bindparam("value"))


@cache
def _openings() -> sa.Select:
    asked, fielding, groups = schema.Opening, schema.Collection, schema.OpeningGroup
    project, version = schema.Project, schema.InstrumentVersion
    listed = sa.select(sa.func.aggregate_strings(groups.group_code, " "))
    return (
        sa.select(
            asked.__table__,
            fielding.project_id,
            fielding.wave,
            fielding.phase,
            version.code,
            version.version,
            *(getattr(project, f"name_{language}") for language in LANGUAGES),
            listed.where(groups.collection_id == asked.collection_id)
            .correlate(asked)
            .scalar_subquery()
            .label("groups"),
        )
        .join(fielding, fielding.id == asked.collection_id)
        .join(project, project.id == fielding.project_id)
        .join(version, version.id == fielding.instrument_version_id)
    )


def _facts(row: sa.Row) -> OpeningFacts:
    thanks = {code: getattr(row, f"thanks_{code}") for code in LANGUAGES}
    chosen = set(row.groups.split())
    return OpeningFacts(
        row.collection_id,
        {code: getattr(row, f"name_{code}") or row.name_fi for code in LANGUAGES},
        f"{row.code}@{row.version}",
        row.wave,
        row.phase,
        tuple(code for code in (*GROUPS, UNKNOWN_GROUP) if code in chosen),
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
