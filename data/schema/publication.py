"""What is published: extracts by content, revisions, protected figures, findings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, not_negative, one_of
from metrics.metric import Level, Profile, Split, ValueState

PROFILES = tuple(Profile)
LEVELS = tuple(Level)
SPLITS = tuple(Split)
VALUE_STATES = tuple(ValueState)


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
    """Which revision of which collection a segment holds; one current row per collection."""

    __tablename__ = "segment_member"
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    segment_id: Mapped[int] = mapped_column(
        ForeignKey("segment.id", ondelete="CASCADE"), index=True
    )
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


class Figure(Base):
    """One protected figure of a revision, as pages and exports read it."""

    __tablename__ = "figure"
    revision_id: Mapped[int] = mapped_column(
        ForeignKey("revision.id", ondelete="CASCADE"), primary_key=True
    )
    profile: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[str] = mapped_column(String(10), primary_key=True)
    entity: Mapped[int] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(String(40), primary_key=True)
    instrument: Mapped[str] = mapped_column(String(50), primary_key=True)
    part: Mapped[str] = mapped_column(String(60), primary_key=True)
    wave: Mapped[str] = mapped_column(String(10), primary_key=True)
    split: Mapped[str] = mapped_column(String(10), primary_key=True)
    split_value: Mapped[str] = mapped_column(String(10), primary_key=True)
    state: Mapped[str] = mapped_column(String(14))
    value: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    n: Mapped[int | None]
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    projects: Mapped[int | None]
    coverage: Mapped[float | None]
    indicative: Mapped[bool]
    method: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(30))
    __table_args__ = (
        one_of("profile", PROFILES),
        one_of("level", LEVELS),
        one_of("split", SPLITS),
        one_of("state", VALUE_STATES),
        CheckConstraint(
            "state in ('value', 'zero') or (value is null and low is null and high is null)",
            name="no_value_without_state",
        ),
        CheckConstraint(
            "state not in ('value', 'zero') or value is not null", name="value_with_state"
        ),
        CheckConstraint("state <> 'zero' or value = 0", name="zero_is_zero"),
        CheckConstraint(
            "state <> 'suppressed' or (n is null and numerator is null and denominator is null"
            # With the number of invited people known, coverage gives n back.
            " and coverage is null)",
            name="suppressed_is_bare",
        ),
        {"sqlite_with_rowid": False},
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
