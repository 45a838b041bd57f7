"""What was done and proposed: events, proposals and their fate."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    ForeignKey,
    Numeric,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, in_order, not_negative, one_of
from survey.instrument import PHASES, WHOLE_PROCESS

EVENT_KINDS = (
    "workshop",
    "meeting",
    "market_dialogue",
    "trial",
    "pilot",
    "training",
    "survey",
    "other",
)
PROPOSAL_STATUSES = (
    "submitted",
    "taken_up",
    "accepted",
    "merged",
    "selected",
    "done",
    "rejected",
    "withdrawn",
)
#: Steps that say that somebody took a proposal up, whatever became of it later.
TAKEN_UP_STATUSES = ("taken_up", "accepted", "merged", "selected", "done")


class ActivityEvent(Base):
    """Something that was done: a workshop, a market dialogue, a trial, a pilot."""

    __tablename__ = "activity_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    phase: Mapped[str] = mapped_column(String(2), server_default=WHOLE_PROCESS)
    title: Mapped[str | None] = mapped_column(String(300))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    hours: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    cost_eur: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (
        one_of("kind", EVENT_KINDS),
        one_of("phase", (*PHASES, WHOLE_PROCESS)),
        in_order("starts_on", "ends_on"),
        not_negative("hours"),
        not_negative("cost_eur"),
    )


class EventParticipants(Base):
    """Participations of a group in an event."""

    __tablename__ = "event_participants"
    event_id: Mapped[int] = mapped_column(
        ForeignKey("activity_event.id", ondelete="CASCADE"), primary_key=True
    )
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"), primary_key=True)
    people: Mapped[int]
    __table_args__ = (not_negative("people"),)


class EventOrganisation(Base):
    __tablename__ = "event_organisation"
    event_id: Mapped[int] = mapped_column(
        ForeignKey("activity_event.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )


class Proposal(Base):
    """A resident's proposal. taken_up_by: who took it up, as the register names them."""

    __tablename__ = "proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    category: Mapped[str | None]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    taken_up_by: Mapped[str | None] = mapped_column(String(300))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class ProposalStatus(Base):
    """One step of a proposal's fate; the last position is where it stands. Dates may be unknown."""

    __tablename__ = "proposal_status"
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    on_date: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (one_of("status", PROPOSAL_STATUSES),)


class ProposalPlan(Base):
    """A plan that a proposal was merged into. budget_eur is the whole plan's, so it is never
    summed over proposals; share_eur is the proposal's part of it."""

    __tablename__ = "proposal_plan"
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), primary_key=True
    )
    plan_code: Mapped[str] = mapped_column(String(60), primary_key=True)
    selected: Mapped[bool]
    budget_eur: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    share_eur: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (not_negative("budget_eur"), not_negative("share_eur"))
