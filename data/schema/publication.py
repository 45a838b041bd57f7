"""What is published: extracts by content, revisions, leaves of protected figures, findings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, not_negative, one_of
from metrics.metric import Level, Profile

PROFILES = tuple(Profile)
LEVELS = tuple(Level)


class Segment(Base):
    """A columnar extract file and the statistics folded from it, named by content."""

    __tablename__ = "segment"
    id: Mapped[int] = mapped_column(primary_key=True)
    instrument: Mapped[str] = mapped_column(String(50))
    extract_sha256: Mapped[str] = mapped_column(String(64))
    statistics_sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    __table_args__ = (not_negative("rows"),)


class SegmentMember(Base):
    """Which answers of which collection a segment holds: what came after one revision (-1: from
    the first) up to another. The members of a collection follow each other without a gap."""

    __tablename__ = "segment_member"
    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True
    )
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    after: Mapped[int]
    revision: Mapped[int]


class Revision(Base):
    """One publication. inputs: hashes of what was read; code_version: what judged it."""

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    published_at: Mapped[datetime]
    code_version: Mapped[str] = mapped_column(String(60))
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    inputs: Mapped[str] = mapped_column(Text)
    metrics: Mapped[str] = mapped_column(Text)


class Leaf(Base):
    """Figures that are read together (`data.publication.leaves`), named by what they say."""

    __tablename__ = "leaf"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes]


class EntityLeaf(Base):
    """Which leaf holds all figures of an entity under a revision, and how many they are."""

    __tablename__ = "entity_leaf"
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    profile: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    entity: Mapped[int] = mapped_column(primary_key=True)
    figures: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("leaf.sha256"), index=True)
    __table_args__ = (
        one_of("profile", PROFILES),
        one_of("level", LEVELS),
        not_negative("figures"),
    )


class MeasureLeaf(Base):
    """Which leaf holds one measure of all entities of a level under a revision."""

    __tablename__ = "measure_leaf"
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    profile: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    metric: Mapped[str] = mapped_column(String(40), primary_key=True)
    instrument: Mapped[str] = mapped_column(String(50), primary_key=True)
    part: Mapped[str] = mapped_column(String(60), primary_key=True)
    split: Mapped[str] = mapped_column(String(10), primary_key=True)
    figures: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("leaf.sha256"), index=True)
    __table_args__ = (
        one_of("profile", PROFILES),
        one_of("level", LEVELS),
        not_negative("figures"),
    )


class Finding(Base):
    """A project that needs attention under a revision, and why (`metrics.attention`)."""

    __tablename__ = "finding"
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    profile: Mapped[str] = mapped_column(String(6), primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    weight: Mapped[int]
    detail: Mapped[str] = mapped_column(Text, server_default="{}")
    __table_args__ = (one_of("profile", PROFILES),)


class ReleasedPopulation(Base):
    """Some people of whom figures were released: no other release may be about almost the same.

    cells is a JSON object: how many people of each cell (a collection and group, or whatever the
    people were told apart by). released_at is UTC.
    """

    __tablename__ = "released_population"
    id: Mapped[int] = mapped_column(primary_key=True)
    released_at: Mapped[datetime]
    profile: Mapped[str] = mapped_column(String(6))
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    instrument: Mapped[str] = mapped_column(String(50))
    wave: Mapped[str] = mapped_column(String(10))
    split: Mapped[str] = mapped_column(String(10))
    split_value: Mapped[str] = mapped_column(String(60))
    people: Mapped[int]
    cells: Mapped[str] = mapped_column(Text)
    __table_args__ = (one_of("profile", PROFILES), not_negative("people"))
