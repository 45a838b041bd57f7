"""You said, we did: what is replied to a collection or to a proposal, and shown once published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from data import audit, schema
from data.access import User, can, require
from data.permissions import Kind, Verb
from survey.text import LANGUAGES

LONGEST = 4_000


class InvalidReply(Exception):
    """A reply that cannot be kept. code: subject, texts, unknown."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """What was done about what people said. texts: by language, where somebody wrote it."""

    id: int
    collection: int | None
    proposal: int | None
    texts: Mapping[str, str]
    status: str
    published_at: datetime | None
    written_at: datetime
    written_by: str

    def in_language(self, language: str) -> tuple[str, str]:
        """The text in a language, or else in the first that there is, and which one that is."""
        found = next(code for code in (language, *LANGUAGES) if code in self.texts)
        return self.texts[found], found


def replies_of(
    connection: sa.Connection,
    user: User,
    *,
    collection: int | None = None,
    proposal: int | None = None,
) -> list[Reply]:
    """The replies to a collection or a proposal that a user may see, drafts too, newest first.

    Raises: InvalidReply (subject) unless one of the two is asked about.
    """
    project = _project(connection, collection, proposal)
    if not can(user, Verb.READ, Kind.REPLY, project):
        return []
    return _read(connection, *_about(collection, proposal))


def published_replies(
    connection: sa.Connection, *, collection: int | None = None, proposal: int | None = None
) -> list[Reply]:
    """The published replies to a collection or a proposal, newest first; for everybody."""
    published = schema.Reply.status == "published"
    return _read(connection, published, *_about(collection, proposal))


def write_reply(
    connection: sa.Connection,
    user: User,
    texts: Mapping[str, str],
    now: datetime,
    *,
    collection: int | None = None,
    proposal: int | None = None,
) -> int:
    """The number of a new draft. Raises: NotPermitted, InvalidReply."""
    require(user, Verb.REPLY, Kind.REPLY, _project(connection, collection, proposal))
    _check_subject(connection, collection, proposal)
    about = {"collection_id": collection, "proposal_id": proposal}
    written = {"written_at": now, "written_by": f"{user.id} {user.name}"[:200]}
    number = connection.scalar(
        sa.insert(schema.Reply).returning(schema.Reply.id), {**about, **written, **_texts(texts)}
    )
    audit.record(connection, user, "write_reply", f"reply:{number}", about)
    return number


def change_reply(
    connection: sa.Connection, user: User, reply: int, texts: Mapping[str, str], now: datetime
) -> None:
    """Other words for a reply; one that is published stays so.

    Raises: NotPermitted, InvalidReply.
    """
    _require(connection, user, reply)
    written = {"written_at": now, "written_by": f"{user.id} {user.name}"[:200]}
    _update(connection, reply, {**written, **_texts(texts)})
    audit.record(connection, user, "change_reply", f"reply:{reply}")


def publish_reply(connection: sa.Connection, user: User, reply: int, now: datetime) -> None:
    """Shows a reply to everybody who has the link, from now on.

    Raises: NotPermitted, InvalidReply.
    """
    _require(connection, user, reply)
    _update(connection, reply, {"status": "published", "published_at": now})
    audit.record(connection, user, "publish_reply", f"reply:{reply}")


def withdraw_reply(connection: sa.Connection, user: User, reply: int) -> None:
    """Makes a reply a draft again. Raises: NotPermitted, InvalidReply."""
    _require(connection, user, reply)
    _update(connection, reply, {"status": "draft", "published_at": None})
    audit.record(connection, user, "withdraw_reply", f"reply:{reply}")


def _require(connection: sa.Connection, user: User, reply: int) -> None:
    kept = schema.Reply
    row = connection.execute(
        sa.select(kept.collection_id, kept.proposal_id).where(kept.id == reply)
    ).one_or_none()
    project = _project(connection, *row) if row else None
    require(user, Verb.REPLY, Kind.REPLY, project)
    if row is None:
        raise InvalidReply("unknown", f"There is no reply {reply}.")


def _project(connection: sa.Connection, collection: int | None, proposal: int | None) -> int | None:
    """The project of what a reply is about; None where a proposal has none, or nothing is there."""
    if (collection is None) == (proposal is None):
        raise InvalidReply("subject", "A reply is about one collection or about one proposal.")
    about = schema.Collection if proposal is None else schema.Proposal
    number = collection if proposal is None else proposal
    return connection.scalar(sa.select(about.project_id).where(about.id == number))


def _check_subject(connection: sa.Connection, collection: int | None, proposal: int | None) -> None:
    about = schema.Collection if proposal is None else schema.Proposal
    number = collection if proposal is None else proposal
    if connection.scalar(sa.select(about.id).where(about.id == number)) is None:
        raise InvalidReply("subject", "There is nothing with this number to reply to.")


def _about(collection: int | None, proposal: int | None) -> list[sa.ColumnElement[bool]]:
    kept = schema.Reply
    asked = ((kept.collection_id, collection), (kept.proposal_id, proposal))
    return [column == number for column, number in asked if number is not None]


def _texts(texts: Mapping[str, str]) -> dict[str, str | None]:
    said = {code: (texts.get(code) or "").strip() or None for code in LANGUAGES}
    if not any(said.values()) or set(texts) - set(LANGUAGES):
        raise InvalidReply("texts", "Write the reply in at least one of the languages.")
    if any(len(text) > LONGEST for text in said.values() if text):
        raise InvalidReply("texts", f"A reply may have {LONGEST} characters.")
    return said


def _update(connection: sa.Connection, reply: int, values: Mapping[str, object]) -> None:
    kept = schema.Reply
    connection.execute(sa.update(kept).where(kept.id == reply).values(**values))


def _read(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> list[Reply]:
    kept = schema.Reply
    rows = connection.execute(sa.select(kept).where(*which).order_by(kept.id.desc()))
    return [
        Reply(
            row.id,
            row.collection_id,
            row.proposal_id,
            {code: text for code in LANGUAGES if (text := getattr(row, code))},
            row.status,
            row.published_at,
            row.written_at,
            row.written_by,
        )
        for row in rows
    ]
