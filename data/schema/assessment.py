"""How those who lead a project judge its phases themselves, and how each judgement came about."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, one_of
from survey.instrument import PHASES

ASSESSMENT_KINDS = ("own", "joint")
ASSESSMENT_STATES = ("draft", "submitted", "reopened")
#: What somebody did to an assessment.
ASSESSMENT_ACTS = ("started", "saved", "submitted", "reopened")
#: What a file that backs a level may be, told from its first bytes.
EVIDENCE_KINDS = ("pdf", "png", "jpeg")
EVIDENCE_BYTES = 5 * 1024 * 1024


class Assessment(Base):
    """One judgement of one phase of a project: a rater's own, or the one that they agreed on.

    rater_id: whose it is; of a joint one, who started it. version counts the changes; whoever
    changes it says which version they saw. Only what is submitted counts in figures.
    """

    __tablename__ = "assessment"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    phase: Mapped[str] = mapped_column(String(2))
    rater_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    kind: Mapped[str] = mapped_column(String(5))
    rubric_version: Mapped[int]
    state: Mapped[str] = mapped_column(String(9), server_default="draft")
    version: Mapped[int] = mapped_column(server_default="1")
    submitted_at: Mapped[datetime | None]
    __table_args__ = (
        one_of("phase", PHASES),
        one_of("kind", ASSESSMENT_KINDS),
        one_of("state", ASSESSMENT_STATES),
        CheckConstraint(
            "(state = 'submitted') = (submitted_at is not null)", name="submitted_with_its_time"
        ),
        Index(
            "uq_assessment_own",
            "project_id",
            "phase",
            "rater_id",
            unique=True,
            sqlite_where=text("kind = 'own'"),
            postgresql_where=text("kind = 'own'"),
        ),
        Index(
            "uq_assessment_joint",
            "project_id",
            "phase",
            unique=True,
            sqlite_where=text("kind = 'joint'"),
            postgresql_where=text("kind = 'joint'"),
        ),
    )


class AssessmentLevel(Base):
    """The level of the rubric that a construct has reached, and why; no level: not judged yet."""

    __tablename__ = "assessment_level"
    assessment_id: Mapped[int] = mapped_column(
        ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    construct: Mapped[str] = mapped_column(String(30), primary_key=True)
    level: Mapped[int | None]
    not_applicable: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    evidence_link: Mapped[str | None] = mapped_column(String(500))
    __table_args__ = (
        CheckConstraint("level is null or (level >= 1 and level <= 4)", name="level_in_rubric"),
        CheckConstraint("level is null or not not_applicable", name="level_or_not"),
    )


class EvidenceFile(Base):
    """The content of a file, kept once under its hash."""

    __tablename__ = "evidence_file"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    bytes: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (
        one_of("kind", EVIDENCE_KINDS),
        CheckConstraint(f"bytes >= 1 and bytes <= {EVIDENCE_BYTES}", name="bytes_limited"),
    )


class AssessmentEvidence(Base):
    """A file that backs what is said of a construct, under the name that it was brought with."""

    __tablename__ = "assessment_evidence"
    assessment_id: Mapped[int] = mapped_column(
        ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True
    )
    construct: Mapped[str] = mapped_column(String(30), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_file.sha256"), primary_key=True)
    name: Mapped[str]


class AssessmentAction(Base):
    """What was agreed to be done, who sees to it, by when, and when it was done."""

    __tablename__ = "assessment_action"
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(
        ForeignKey("assessment.id", ondelete="CASCADE"), index=True
    )
    construct: Mapped[str | None] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]


class AssessmentEvent(Base):
    """What became of an assessment with each of its versions: who, when, what, and why.

    changes: a JSON object from what was changed to what it was before and is since then.
    """

    __tablename__ = "assessment_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id", ondelete="CASCADE"))
    version: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(9))
    changes: Mapped[str] = mapped_column(Text, server_default="{}")
    reason: Mapped[str | None] = mapped_column(Text)
    # One event a version: two who change the same version cannot both be written down.
    __table_args__ = (
        UniqueConstraint("assessment_id", "version"),
        one_of("act", ASSESSMENT_ACTS),
    )
