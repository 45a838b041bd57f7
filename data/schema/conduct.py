"""How projects were run, from their own records: roles, rules, decisions, places, people.

People are known by keys that an import hashes: no name is kept, and no key that tells whose it is.
"""

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

from data.schema.tables import Base, not_negative, one_of
from metrics.stages import STEPS

#: More primary tests than this are a search for the one that comes out well.
PRIMARY_METRICS = 5


class Brought:
    """A row that an import brings, and can take back."""

    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


def owned() -> Mapped[int]:
    """The project that a record belongs to; the record goes with it."""
    return mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)


class ProjectRole(Brought, Base):
    """A role that a project planned, and whether somebody fills it; never who."""

    __tablename__ = "project_role"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    title: Mapped[str]
    filled: Mapped[bool]
    __table_args__ = (UniqueConstraint("project_id", "title"),)


class GroundRules(Brought, Base):
    """A project that was asked for its ground rules. signed_on: when its parties signed them;
    nothing where they did not."""

    __tablename__ = "ground_rules"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    signed_on: Mapped[date | None]


class Decision(Brought, Base):
    """A decision that a project was waiting for; made_on is open until somebody made it."""

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    project_id: Mapped[int] = owned()
    title: Mapped[str | None] = mapped_column(String(300))
    due_on: Mapped[date]
    made_on: Mapped[date | None]


class PlanChange(Brought, Base):
    """A change of a project's plan, with its reason where somebody wrote it down."""

    __tablename__ = "plan_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    project_id: Mapped[int] = owned()
    title: Mapped[str | None] = mapped_column(String(300))
    changed_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)


class Place(Brought, Base):
    """A place where people meet. described: its accessibility description is complete."""

    __tablename__ = "place"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    described: Mapped[bool]


class PlaceUse(Brought, Base):
    """A project met in a place; in which event, where that is known."""

    __tablename__ = "place_use"
    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    project_id: Mapped[int] = owned()
    event_id: Mapped[int | None] = mapped_column(
        ForeignKey("activity_event.id", ondelete="CASCADE"), index=True
    )
    __table_args__ = (
        UniqueConstraint("place_id", "project_id", "event_id"),
        # Nulls differ from each other, so a use without an event needs a key of its own.
        Index(
            "uq_place_use_no_event",
            "place_id",
            "project_id",
            unique=True,
            sqlite_where=text("event_id is null"),
            postgresql_where=text("event_id is null"),
        ),
    )


class _InEvent(Brought):
    """A person in an event, under a hashed key."""

    event_id: Mapped[int] = mapped_column(
        ForeignKey("activity_event.id", ondelete="CASCADE"), primary_key=True
    )
    person_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"))


class Attendance(_InEvent, Base):
    """A person who came to an event."""

    __tablename__ = "attendance"


class Contribution(_InEvent, Base):
    """How many times a person contributed (posts, cards, turns) in an event."""

    __tablename__ = "contribution"
    times: Mapped[int]
    __table_args__ = (not_negative("times"),)


class JourneyStep(Brought, Base):
    """A step (invited, registered, ... answered) that a person reached in a project."""

    __tablename__ = "journey_step"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    person_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    step: Mapped[str] = mapped_column(String(12), primary_key=True)
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"))
    reached_on: Mapped[date | None]
    __table_args__ = (one_of("step", STEPS),)


class PriorityGroup(Brought, Base):
    """A group that a project declared it wants to reach first."""

    __tablename__ = "priority_group"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"), primary_key=True)


def _few() -> CheckConstraint:
    return CheckConstraint(f"position >= 1 and position <= {PRIMARY_METRICS}", name="position_few")


class PrimaryMetric(Brought, Base):
    """A test that a project declared as primary before it looked; positions keep them few."""

    __tablename__ = "primary_metric"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(60), server_default="")
    __table_args__ = (UniqueConstraint("project_id", "metric", "part"), _few())


class PortfolioMetric(Base):
    """A test that is declared as primary for the whole portfolio."""

    __tablename__ = "portfolio_metric"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    metric: Mapped[str] = mapped_column(String(40))
    part: Mapped[str] = mapped_column(String(60), server_default="")
    __table_args__ = (UniqueConstraint("metric", "part"), _few())
