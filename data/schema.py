"""The truth: every table, with its constraints held by the database itself.

Codes from closed lists are checked by the database. Names of things that users bring are kept as
they were given (``name_fi``), with Swedish and English beside them where somebody wrote them.
Everything that an import stored carries its batch, so a batch can be taken back.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from metrics.metric import Level, Profile, Split, ValueState
from survey.instrument import GROUPS, PHASES, UNKNOWN_GROUP, WAVES, WHOLE_PROCESS

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
PROJECT_STATUSES = ("planned", "running", "ended")
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
BATCH_STATUSES = ("stored", "undone")
ROLES = ("steering", "manager", "funder", "evaluator", "administrator")
PROFILES = tuple(Profile)
LEVELS = tuple(Level)
SPLITS = tuple(Split)
VALUE_STATES = tuple(ValueState)


class UtcTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and read back with its zone; one without a zone is taken as UTC.

    Without this PostgreSQL would store the moment in the time zone of the session.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {str: String(200), datetime: UtcTime}


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The constraint that a column holds one of a closed list of codes."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=f"{column}_known")


def in_order(earlier: str, later: str) -> CheckConstraint:
    """The constraint that a pair of dates is not reversed."""
    return CheckConstraint(
        f"{later} is null or {earlier} is null or {earlier} <= {later}",
        name=f"{later}_after_{earlier}",
    )


def not_negative(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")


def weight_share() -> CheckConstraint:
    return CheckConstraint("weight is null or (weight >= 0 and weight <= 1)", name="weight_share")


# --- the register -------------------------------------------------------------------------------


class Named:
    """An entity with a code that users know it by and a name in up to three languages."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    name_fi: Mapped[str] = mapped_column(String(300))
    name_sv: Mapped[str | None] = mapped_column(String(300))
    name_en: Mapped[str | None] = mapped_column(String(300))


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
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (
        one_of("kind", ORGANISATION_KINDS),
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
    __table_args__ = (not_negative("people"),)


# --- answers ------------------------------------------------------------------------------------


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
    __table_args__ = (
        UniqueConstraint("project_id", "instrument_version_id", "wave", "phase"),
        one_of("wave", WAVES),
        one_of("phase", (*PHASES, WHOLE_PROCESS)),
        in_order("opens_on", "closes_on"),
    )


class CollectionGroup(Base):
    """How many people of a group were invited to a collection; no row where it is not known."""

    __tablename__ = "collection_group"
    collection_id: Mapped[int] = mapped_column(
        ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True
    )
    group_code: Mapped[str] = mapped_column(ForeignKey("stakeholder_group.code"), primary_key=True)
    invited: Mapped[int]
    __table_args__ = (not_negative("invited"),)


class Response(Base):
    """One person's answers to one collection: no name, no address, a date and no time.

    id is random, so the order of rows says nothing of the order of answering. answers is a JSON
    object of item code to whole number (-1 don't know, -2 not applicable); an item that was not
    answered is absent.
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
    __table_args__ = (
        Index("ix_response_collection", "collection_id"),
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


# --- activity and proposals ---------------------------------------------------------------------


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


# --- what came in -------------------------------------------------------------------------------


class ImportBatch(Base):
    """One accepted file: what it was, how many rows it held, what became of them."""

    __tablename__ = "import_batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    profile: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(300))
    file_sha256: Mapped[str] = mapped_column(String(64))
    profile_sha256: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]
    status: Mapped[str] = mapped_column(String(10))
    rows_read: Mapped[int]
    rows_stored: Mapped[int]
    rows_rejected: Mapped[int]
    dropped_columns: Mapped[str] = mapped_column(Text, server_default="[]")
    __table_args__ = (
        one_of("status", BATCH_STATUSES),
        CheckConstraint("rows_read = rows_stored + rows_rejected", name="rows_reconcile"),
        not_negative("rows_stored"),
        not_negative("rows_rejected"),
        Index(
            "uq_import_batch_file",
            "file_sha256",
            "profile_sha256",
            unique=True,
            sqlite_where=text("status = 'stored'"),
            postgresql_where=text("status = 'stored'"),
        ),
    )


class RejectedRow(Base):
    """A row of a file that was not stored, and why. value: the offending cell, shortened."""

    __tablename__ = "rejected_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE"), index=True
    )
    row: Mapped[int]
    column: Mapped[str]
    code: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, server_default="{}")


# --- who may do what ----------------------------------------------------------------------------


class AppUser(Base):
    """A person who may sign in, known by issuer and subject of their identity provider."""

    __tablename__ = "app_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    disabled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class UserGrant(Base):
    """A role of a user; a manager's names a project, a funder's names a funder."""

    __tablename__ = "user_grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("funder.id", ondelete="CASCADE"))
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("(role = 'manager') = (project_id is not null)", name="manager_project"),
        CheckConstraint("(role = 'funder') = (funder_id is not null)", name="funder_funder"),
        UniqueConstraint("user_id", "project_id"),
        UniqueConstraint("user_id", "funder_id"),
        # Nulls differ from each other in a unique constraint, so whole-house roles need their own.
        Index(
            "uq_user_grant_whole_house",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("project_id is null and funder_id is null"),
            postgresql_where=text("project_id is null and funder_id is null"),
        ),
    )


class AuditEvent(Base):
    """Who did what when; no personal answers."""

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(Text, server_default="{}")


# --- what is published --------------------------------------------------------------------------


class Segment(Base):
    """A columnar extract file and the statistics folded from it, named by content."""

    __tablename__ = "segment"
    id: Mapped[int] = mapped_column(primary_key=True)
    instrument: Mapped[str] = mapped_column(String(50))
    extract_sha256: Mapped[str] = mapped_column(String(64))
    statistics_sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]


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


# SQLite hands the number of a deleted row out again unless told otherwise. A published figure, an
# extract or a cached page that still names the old row would then speak of the new one.
for _table in Base.metadata.tables.values():
    if "id" in _table.columns and isinstance(_table.columns["id"].type, Integer):
        _table.dialect_options["sqlite"]["autoincrement"] = True
