"""Projects, what they belong to, their phases, and whom their matter concerns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    ForeignKey,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, Named, in_order, not_negative, one_of, weight_share

PROJECT_STATUSES = ("planned", "running", "ended")


class Project(Named, Base):
    """A development project. ``invented`` marks the sample portfolio wherever it is shown."""

    __tablename__ = "project"
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10), server_default="running")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    template_id: Mapped[int | None] = mapped_column(ForeignKey("process_template.id"))
    is_comparison: Mapped[bool] = mapped_column(server_default=text("false"))
    invented: Mapped[bool] = mapped_column(server_default=text("false"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (one_of("status", PROJECT_STATUSES), in_order("starts_on", "ends_on"))


class ProjectTheme(Base):
    """weight: declared share of the project's money, summing to 1 over its themes."""

    __tablename__ = "project_theme"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True, index=True)
    weight: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    __table_args__ = (weight_share(),)


class ProjectArea(Base):
    __tablename__ = "project_area"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True, index=True)
    weight: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    __table_args__ = (weight_share(),)


class ProjectProgramme(Base):
    __tablename__ = "project_programme"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    programme_id: Mapped[int] = mapped_column(
        ForeignKey("programme.id"), primary_key=True, index=True
    )
    weight: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    __table_args__ = (weight_share(),)


class ProjectFunder(Base):
    """Money that a funder granted to a project and that has been used, in euros."""

    __tablename__ = "project_funder"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"), primary_key=True, index=True)
    granted_eur: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    used_eur: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    __table_args__ = (not_negative("granted_eur"), not_negative("used_eur"))


class ProjectPhase(Base):
    """Planned and actual dates of a project's phase."""

    __tablename__ = "project_phase"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    template_phase_id: Mapped[int] = mapped_column(ForeignKey("template_phase.id"))
    planned_start_on: Mapped[date | None]
    planned_end_on: Mapped[date | None]
    actual_start_on: Mapped[date | None]
    actual_end_on: Mapped[date | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (
        UniqueConstraint("project_id", "template_phase_id"),
        in_order("planned_start_on", "planned_end_on"),
        in_order("actual_start_on", "actual_end_on"),
    )


class AffectedPopulation(Base):
    """How many people of a group the matter of a project concerns, and who says so."""

    __tablename__ = "affected_population"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"), primary_key=True)
    people: Mapped[int]
    source: Mapped[str]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (not_negative("people"),)
