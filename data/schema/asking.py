"""How people are asked by link: openings, invitations, notices, and what is replied to them.

No row here says who answered what. A link is known by the hash of its token only; that a personal
link was used is kept under a name that the database alone cannot compute
(`data.fieldwork.installation`).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, in_order, one_of
from survey.text import LANGUAGES

LINKS = ("anonymous", "personal")
REPLY_STATUSES = ("draft", "published")


class Notice(Base):
    """What people are told of their personal data before they answer; a version never changes."""

    __tablename__ = "notice"
    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    fi: Mapped[str] = mapped_column(Text)
    sv: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]


class Opening(Base):
    """What a collection that is answered by link has besides.

    closes_at: the planned end, none where it stays open; closed_at: when somebody ended it by hand.
    joined: personal links whose answers carry a pseudonymous key, so that waves can be joined.
    token_sha256: of the anonymous link, none until it was made; generation counts its makings.
    languages: those in which it can be answered, in order, with spaces between. reminded_on: when
    reminders were last asked for; never of whom, or the answers after that day would be theirs.
    sealed: the revision of the collection that a refresh has seen; answers that come by link share
    the next one, so that their revisions do not tell in which order they came.
    """

    __tablename__ = "opening"
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    link: Mapped[str] = mapped_column(String(10))
    joined: Mapped[bool] = mapped_column(server_default=text("false"))
    generation: Mapped[int] = mapped_column(server_default="1")
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    notice_version: Mapped[str] = mapped_column(ForeignKey("notice.version"))
    languages: Mapped[str] = mapped_column(String(20))
    thanks_fi: Mapped[str | None] = mapped_column(Text)
    thanks_sv: Mapped[str | None] = mapped_column(Text)
    thanks_en: Mapped[str | None] = mapped_column(Text)
    reminded_on: Mapped[date | None]
    sealed: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    __table_args__ = (
        one_of("link", LINKS),
        in_order("opens_at", "closes_at"),
        CheckConstraint("link = 'personal' or not joined", name="joined_personal"),
    )


class OpeningGroup(Base):
    """A group that is asked by link."""

    __tablename__ = "opening_group"
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("opening.collection_id", ondelete="CASCADE"), primary_key=True
    )
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"), primary_key=True)


class Invitation(Base):
    """One personal link. person: a keyed hash of how the inviter calls the person; never a name.

    id is random and orders the rows, so they do not tell in which order people were invited.
    """

    __tablename__ = "invitation"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("opening.collection_id", ondelete="CASCADE")
    )
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"))
    language: Mapped[str | None] = mapped_column(String(2))
    person: Mapped[str | None] = mapped_column(String(64))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("collection_id", "person"),
        one_of("language", LANGUAGES),
        CheckConstraint("length(id) = 32", name="id_form"),
        {"sqlite_with_rowid": False},
    )


class UsedLink(Base):
    """A personal link that was used, under a keyed hash: without the installation's secret nobody
    can say which link, and no column says which answer."""

    __tablename__ = "used_link"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


class TakenBack(Base):
    """Answers that their respondent took back: the id under which they stood, and the day.

    So a receipt can say what became of them, and answers that come again, with the same form or
    out of a copy of the database, are known as taken back.
    """

    __tablename__ = "taken_back"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id", ondelete="CASCADE"))
    taken_back_on: Mapped[date]
    __table_args__ = (
        CheckConstraint("length(id) = 32", name="id_form"),
        {"sqlite_with_rowid": False},
    )


class Reply(Base):
    """What was done about what people said: in a collection, or in one proposal."""

    __tablename__ = "reply"
    id: Mapped[int] = mapped_column(primary_key=True)
    collection_id: Mapped[int | None] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), index=True
    )
    proposal_id: Mapped[int | None] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    fi: Mapped[str | None] = mapped_column(Text)
    sv: Mapped[str | None] = mapped_column(Text)
    en: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10), server_default="draft")
    published_at: Mapped[datetime | None]
    written_at: Mapped[datetime]
    written_by: Mapped[str]
    __table_args__ = (
        one_of("status", REPLY_STATUSES),
        CheckConstraint("(collection_id is null) <> (proposal_id is null)", name="one_subject"),
        CheckConstraint("coalesce(fi, sv, en) is not null", name="some_text"),
        CheckConstraint(
            "(status = 'published') = (published_at is not null)", name="published_when"
        ),
    )
