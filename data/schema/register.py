"""The register: themes, areas, programmes, funders, organisations, process templates."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, Named, not_negative, one_of
from metrics.indicators.indicator import SIZES
from survey.instrument import GROUPS, PHASES, UNKNOWN_GROUP

AREA_KINDS = ("setting", "local_area", "city", "network")
ORGANISATION_KINDS = (
    "company",
    "association",
    "school",
    "research",
    "city",
    "parish",
    "state",
    "other",
)


class Programme(Named, Base):
    __tablename__ = "programme"
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class Funder(Named, Base):
    __tablename__ = "funder"
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class Theme(Named, Base):
    __tablename__ = "theme"
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class Area(Named, Base):
    """A place in the tree setting -> local area -> city -> network of cities."""

    __tablename__ = "area"
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    population: Mapped[int | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (
        one_of("kind", AREA_KINDS),
        CheckConstraint("parent_id is null or parent_id <> id", name="not_own_parent"),
        not_negative("population"),
    )


class StakeholderGroup(Base):
    """The seven reporting groups and UNK (not known)."""

    __tablename__ = "stakeholder_group"
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    position: Mapped[int]
    __table_args__ = (one_of("code", (*GROUPS, UNKNOWN_GROUP)),)


class Organisation(Base):
    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    business_id: Mapped[str | None] = mapped_column(String(9), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(20))
    sector: Mapped[str | None]
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"))
    size: Mapped[str | None] = mapped_column(String(6))
    country: Mapped[str | None] = mapped_column(String(2))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (
        one_of("kind", ORGANISATION_KINDS),
        one_of("size", SIZES),
        CheckConstraint("length(country) = 2 and country = upper(country)", name="country_form"),
        CheckConstraint("business_id is null or length(business_id) = 9", name="business_id_form"),
    )


class ProcessTemplate(Named, Base):
    """A named sequence of phases; every phase is mapped to one of the common P1-P8."""

    __tablename__ = "process_template"


class TemplatePhase(Base):
    __tablename__ = "template_phase"
    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("process_template.id", ondelete="CASCADE"))
    position: Mapped[int]
    common_phase: Mapped[str] = mapped_column(String(2))
    name_fi: Mapped[str]
    name_sv: Mapped[str | None]
    name_en: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("template_id", "position"),
        one_of("common_phase", PHASES),
    )
