"""What people answered: instruments as fielded, collections, responses."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, in_order, not_negative, one_of
from survey.instrument import PHASES, WAVES, WHOLE_PROCESS


class InstrumentVersion(Base):
    """A questionnaire version as it was fielded: the whole file and its hash."""

    __tablename__ = "instrument_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("code", "version"),)


class Collection(Base):
    """One fielding of an instrument in a project: wave, phase and dates.

    revision counts the changes of its answers; a published sheet knows which revision it read.
    rewritten is the last revision that took answers away or changed them: since then answers only
    came, so a refresh that knows it or a later one reads no more than what came after.
    """

    __tablename__ = "collection"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_version.id"))
    wave: Mapped[str] = mapped_column(String(10))
    phase: Mapped[str] = mapped_column(String(2), server_default=WHOLE_PROCESS)
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(server_default="0")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    rewritten: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = (
        UniqueConstraint("project_id", "instrument_version_id", "wave", "phase"),
        one_of("wave", WAVES),
        one_of("phase", (*PHASES, WHOLE_PROCESS)),
        in_order("opens_on", "closes_on"),
        not_negative("revision"),
    )


class CollectionGroup(Base):
    """How many people of a group were invited to a collection; no row where it is not known."""

    __tablename__ = "collection_group"
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"), primary_key=True)
    invited: Mapped[int]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (not_negative("invited"),)


class Response(Base):
    """One person's answers to one collection: no name, no address, a date and no time.

    id is random, so the order of rows says nothing of the order of answering. answers is a JSON
    object of item code to whole number (-1 don't know, -2 not applicable); an item that was not
    answered is absent. revision is that of the collection with which the response came. source_key
    is a hash of the number that the survey tool gave it, so that a grown export brings it once.
    notice_version: what the person was told before answering by link. agreed: whether they agreed
    that answers of special categories are kept, null where none were asked for.
    """

    __tablename__ = "response"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    collection_id: Mapped[int] = mapped_column(ForeignKey("collection.id"))
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"))
    link_key: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str | None] = mapped_column(String(2))
    answered_on: Mapped[date | None]
    answers: Mapped[str] = mapped_column(Text)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    revision: Mapped[int] = mapped_column(server_default="0")
    source_key: Mapped[str | None] = mapped_column(String(64))
    notice_version: Mapped[str | None] = mapped_column(String(20))
    agreed: Mapped[bool | None]
    __table_args__ = (
        # With the group: how many came of each is counted in the index, a hundred times as fast.
        Index("ix_response_collection", "collection_id", "revision", "group_code"),
        Index(
            "uq_response_source",
            "collection_id",
            "source_key",
            unique=True,
            sqlite_where=text("source_key is not null"),
            postgresql_where=text("source_key is not null"),
        ),
        UniqueConstraint("collection_id", "link_key"),
        CheckConstraint("length(id) = 32", name="id_form"),
        {"sqlite_with_rowid": False},
    )


class OpenAnswer(Base):
    """Free text of one answer; read only by those who may see rows."""

    __tablename__ = "open_answer"
    response_id: Mapped[str] = mapped_column(
        ForeignKey("response.id", ondelete="CASCADE"), primary_key=True
    )
    item: Mapped[str] = mapped_column(String(30), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
