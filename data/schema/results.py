"""What projects led to, from their own records: needs, cases, solutions, firms, outputs, ties."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.conduct import Brought, owned
from data.schema.tables import Base, in_order, not_negative, one_of
from metrics.stages import CASE_ENDS, OUTPUT_KINDS, STAGES
from survey.instrument import WAVES

#: The day on which a case reached each stage.
STAGE_DATES = tuple(f"{stage}_on" for stage in STAGES)


class AreaPopulation(Brought, Base):
    """How many people of a group live in or belong to an area in a year, and who counted them."""

    __tablename__ = "area_population"
    area_id: Mapped[int] = mapped_column(
        ForeignKey("area.id", ondelete="CASCADE"), primary_key=True
    )
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    people: Mapped[int]
    source: Mapped[str]
    __table_args__ = (not_negative("people"), not_negative("year"))


class ProjectOrganisation(Brought, Base):
    """An organisation that takes part in a project, whether or not it came to an event."""

    __tablename__ = "project_organisation"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )


class Need(Brought, Base):
    """A need that a group stated. tested: a solution was tried; sufficient: its users said so."""

    __tablename__ = "need"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    project_id: Mapped[int] = owned()
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"))
    title: Mapped[str | None] = mapped_column(String(300))
    stated_on: Mapped[date | None]
    tested: Mapped[bool]
    sufficient: Mapped[bool]
    __table_args__ = (CheckConstraint("tested or not sufficient", name="tested_first"),)


class FirmFollowUp(Brought, Base):
    """A company that took part, as it was last asked. followed_on: when; nothing: not yet."""

    __tablename__ = "firm_follow_up"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    joined_on: Mapped[date | None]
    tested: Mapped[bool]
    followed_on: Mapped[date | None]
    new_product: Mapped[bool]
    new_market: Mapped[bool]
    first_sale_on: Mapped[date | None]
    __table_args__ = (
        in_order("joined_on", "followed_on"),
        CheckConstraint(
            "followed_on is not null or not (new_product or new_market)", name="asked_first"
        ),
    )


class JointOutput(Brought, Base):
    """Something that joint work left behind; amount is the number of volunteers or credits."""

    __tablename__ = "joint_output"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    project_id: Mapped[int] = owned()
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str | None] = mapped_column(String(300))
    appeared_on: Mapped[date | None]
    amount: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (one_of("kind", OUTPUT_KINDS), not_negative("amount"))


class Solution(Brought, Base):
    """What came out of a project. embedded: it has its place in the normal budget."""

    __tablename__ = "solution"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    project_id: Mapped[int] = owned()
    name: Mapped[str] = mapped_column(String(300))
    ready_on: Mapped[date | None]
    embedded: Mapped[bool]
    embedded_on: Mapped[date | None]
    __table_args__ = (
        in_order("ready_on", "embedded_on"),
        CheckConstraint("embedded_on is null or embedded", name="embedded_on_some_day"),
    )


class Adoption(Brought, Base):
    """An organisation that took a solution into use. in_use: it still uses it."""

    __tablename__ = "adoption"
    solution_id: Mapped[int] = mapped_column(
        ForeignKey("solution.id", ondelete="CASCADE"), primary_key=True
    )
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    adopted_on: Mapped[date | None]
    in_use: Mapped[bool]


class SolutionReuse(Brought, Base):
    """A later project that took over a solution of an earlier one and built on it."""

    __tablename__ = "solution_reuse"
    solution_id: Mapped[int] = mapped_column(
        ForeignKey("solution.id", ondelete="CASCADE"), primary_key=True
    )
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class TieRoster(Brought, Base):
    """An organisation that was asked in a wave whom it works with, and whether it answered."""

    __tablename__ = "tie_roster"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    wave: Mapped[str] = mapped_column(String(10), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    answered: Mapped[bool]
    __table_args__ = (one_of("wave", WAVES),)


class OrganisationTie(Brought, Base):
    """An organisation (source) told in a wave that it works with another (target)."""

    __tablename__ = "organisation_tie"
    project_id: Mapped[int] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), primary_key=True
    )
    wave: Mapped[str] = mapped_column(String(10), primary_key=True)
    source_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    target_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    __table_args__ = (one_of("wave", WAVES),)


def _stages_in_order() -> CheckConstraint:
    """No day of a case lies before an earlier one that is known; stages may be passed over."""
    days = (*STAGE_DATES, "ended_on")
    rules = [
        f"({days[at]} is null or {days[at]} >= {_latest(days[at - 1 :: -1])})"
        for at in range(1, len(days))
    ]
    return CheckConstraint(" and ".join(rules), name="stages_in_order")


def _latest(days: tuple[str, ...]) -> str:
    return days[0] if len(days) == 1 else f"coalesce({', '.join(days)})"


class FunnelCase(Brought, Base):
    """A case from an idea to somebody's daily work: the days on which it reached its stages, how
    it ended if it went no further, and the cases that it was merged into or split from."""

    __tablename__ = "funnel_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    project_id: Mapped[int] = owned()
    title: Mapped[str | None] = mapped_column(String(300))
    idea_on: Mapped[date]
    partner_on: Mapped[date | None]
    development_on: Mapped[date | None]
    trial_on: Mapped[date | None]
    pilot_on: Mapped[date | None]
    adoption_on: Mapped[date | None]
    end_kind: Mapped[str | None] = mapped_column(String(10))
    ended_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("funnel_case.id"), index=True)
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("funnel_case.id"), index=True)
    __table_args__ = (
        one_of("end_kind", CASE_ENDS),
        CheckConstraint("(end_kind is null) = (ended_on is null)", name="end_with_its_day"),
        CheckConstraint("merged_into_id is null or end_kind = 'merged'", name="merged_as_told"),
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        CheckConstraint("split_from_id <> id", name="not_from_itself"),
        _stages_in_order(),
    )
