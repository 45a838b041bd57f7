"""What funders are told: indicators, targets, reported values with what was counted, claims,
and releases that freeze it.

A reported value is never overwritten once it is locked: a correction is a row of its own.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Numeric,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, in_order, not_negative, one_of
from metrics.indicators.indicator import EXCLUSIONS, GRADES, SIZES
from metrics.metric import Level

#: How a value came about.
BASES = ("counted", "metric", "entered")
#: What a reported value can be; "suppressed" is never entered, it is how others are shown it.
REPORTED_STATES = ("value", "zero", "not_reported", "not_applicable")
REPORT_STATUSES = ("draft", "submitted", "returned", "approved", "locked")
#: What somebody did to a reported value.
REPORT_ACTS = ("drafted", "saved", "counted", "submitted", "returned", "approved", "locked")
PROOF_KINDS = ("pdf", "png", "jpeg", "xlsx", "csv")
#: What a release speaks of.
RELEASE_SCOPES = ("project", "funder")


def _amount() -> Mapped[Decimal | None]:
    return mapped_column(Numeric(18, 4))


class IndicatorVersion(Base):
    """A definition as it was used: common to all (no owner), of a programme or of one project.

    definition: the whole `metrics.indicators.indicator.Indicator` as JSON; sha256 is of it.
    """

    __tablename__ = "indicator_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    programme_id: Mapped[int | None] = mapped_column(
        ForeignKey("programme.id", ondelete="CASCADE"), index=True
    )
    project_id: Mapped[int | None] = mapped_column(
        ForeignKey("project.id", ondelete="CASCADE"), index=True
    )
    definition: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("programme_id is null or project_id is null", name="one_owner"),
    )


class ReportingPeriod(Base):
    """A payment period of a funder's money in a project. closed_at: when its manager closed it."""

    __tablename__ = "reporting_period"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int]
    funder_id: Mapped[int]
    number: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "funder_id"],
            ["project_funder.project_id", "project_funder.funder_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("project_id", "funder_id", "number"),
        in_order("starts_on", "ends_on"),
        CheckConstraint("(closed_at is null) = (closed_by is null)", name="closed_by_somebody"),
    )


class IndicatorTarget(Base):
    """What a project promised a funder of an indicator. expected: the effect that was expected
    before the work began, in the project's own words."""

    __tablename__ = "indicator_target"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int]
    funder_id: Mapped[int]
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator_version.id"), index=True)
    objective: Mapped[str | None] = mapped_column(String(120))
    baseline: Mapped[Decimal | None] = _amount()
    baseline_year: Mapped[int | None]
    baseline_source: Mapped[str | None] = mapped_column(String(300))
    milestone: Mapped[Decimal | None] = _amount()
    milestone_on: Mapped[date | None]
    target: Mapped[Decimal | None] = _amount()
    target_on: Mapped[date | None]
    expected: Mapped[str | None] = mapped_column(Text)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (
        ForeignKeyConstraint(
            ["project_id", "funder_id"],
            ["project_funder.project_id", "project_funder.funder_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("project_id", "funder_id", "indicator_id"),
        CheckConstraint("target is null or baseline is not null", name="target_from_a_baseline"),
        CheckConstraint(
            "(baseline is null) = (baseline_year is null)", name="baseline_with_its_year"
        ),
        CheckConstraint("milestone is null or target is not null", name="milestone_of_a_target"),
    )


class ReportedValue(Base):
    """What is reported of a target in a period. correction: 0 for the first, 1 for what corrects
    it, and so on. version counts the changes; whoever changes it says which version they saw.

    value: of the period alone; cumulative: from the project's start to the end of the period.
    text: of an indicator without numbers. metric: for basis "metric", which published figure, as
    JSON. revision: under which publication it was read.
    """

    __tablename__ = "reported_value"
    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("indicator_target.id", ondelete="CASCADE"))
    period_id: Mapped[int] = mapped_column(
        ForeignKey("reporting_period.id", ondelete="CASCADE"), index=True
    )
    correction: Mapped[int] = mapped_column(server_default="0")
    state: Mapped[str] = mapped_column(String(14))
    value: Mapped[Decimal | None] = _amount()
    cumulative: Mapped[Decimal | None] = _amount()
    text: Mapped[str | None] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(String(7))
    metric: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int | None]
    method_note: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(9), server_default="draft")
    version: Mapped[int] = mapped_column(server_default="1")
    retain_until: Mapped[date | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    __table_args__ = (
        UniqueConstraint("target_id", "period_id", "correction"),
        one_of("state", REPORTED_STATES),
        one_of("basis", BASES),
        one_of("status", REPORT_STATUSES),
        not_negative("correction"),
        CheckConstraint(
            "(state in ('value', 'zero')) = (value is not null or text is not null)",
            name="value_where_there_is_one",
        ),
        CheckConstraint(
            "state <> 'zero' or (value is not null and value = 0)", name="zero_is_zero"
        ),
        CheckConstraint("state <> 'value' or value is null or value <> 0", name="nothing_is_zero"),
        CheckConstraint("(basis = 'metric') = (metric is not null)", name="metric_named"),
        CheckConstraint(
            "basis <> 'entered' or state not in ('value', 'zero') or method_note is not null",
            name="entered_with_its_method",
        ),
    )


class ReportedEvent(Base):
    """What became of a reported value with each of its versions: who, when, what, and why."""

    __tablename__ = "reported_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    reported_id: Mapped[int] = mapped_column(ForeignKey("reported_value.id", ondelete="CASCADE"))
    version: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str] = mapped_column(String(9))
    changes: Mapped[str] = mapped_column(Text, server_default="{}")
    reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("reported_id", "version"),
        one_of("act", REPORT_ACTS),
        CheckConstraint("act <> 'returned' or reason is not null", name="returned_with_a_reason"),
    )


class CountedItem(Base):
    """One thing that a counted value looked at: counted, or left out and why.

    entity: a keyed hash of what it is (an organisation's business ID, a person's key), the same in
    every release of this installation. source and source_id: the record that says so. size: how
    large the enterprise was said to be when it was counted.
    """

    __tablename__ = "counted_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    reported_id: Mapped[int] = mapped_column(
        ForeignKey("reported_value.id", ondelete="CASCADE"), index=True
    )
    entity: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[int]
    role: Mapped[str | None] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(server_default="1")
    size: Mapped[str | None] = mapped_column(String(6))
    exclusion: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (
        one_of("exclusion", EXCLUSIONS), one_of("size", SIZES), not_negative("amount"),
    )  # fmt: skip


class Claim(Base):
    """What somebody says that the work led to, how well it is backed, and what else may explain it.

    expected: what was expected before; found: what came of it. A claim may be about any level.
    """

    __tablename__ = "claim"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    level: Mapped[str] = mapped_column(String(10))
    entity: Mapped[int]
    statement_fi: Mapped[str] = mapped_column(Text)
    statement_sv: Mapped[str | None] = mapped_column(Text)
    statement_en: Mapped[str | None] = mapped_column(Text)
    grade: Mapped[str] = mapped_column(String(1))
    expected: Mapped[str | None] = mapped_column(Text)
    found: Mapped[str | None] = mapped_column(Text)
    contribution: Mapped[str] = mapped_column(Text)
    substantiation: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[datetime]
    updated_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    __table_args__ = (
        one_of("level", tuple(Level)),
        one_of("grade", GRADES),
        # A grade above "aspiration" needs something to stand on.
        CheckConstraint("grade = 'E' or substantiation is not null", name="graded_with_grounds"),
    )


class Proof(Base):
    """A file or a link that backs a reported value or a claim.

    The file lies outside the database under its hash (`data.reporting.proofs`). retain_until: the
    day up to which it must be kept.
    """

    __tablename__ = "proof"
    id: Mapped[int] = mapped_column(primary_key=True)
    reported_id: Mapped[int | None] = mapped_column(
        ForeignKey("reported_value.id", ondelete="CASCADE")
    )
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"))
    name: Mapped[str]
    link: Mapped[str | None] = mapped_column(String(500))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    kind: Mapped[str | None] = mapped_column(String(5))
    bytes: Mapped[int | None]
    retain_until: Mapped[date | None]
    added_at: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    __table_args__ = (
        one_of("kind", PROOF_KINDS),
        CheckConstraint("(reported_id is null) <> (claim_id is null)", name="of_one_thing"),
        CheckConstraint("(link is null) <> (sha256 is null)", name="file_or_link"),
        CheckConstraint(
            "(sha256 is null) = (kind is null) and (sha256 is null) = (bytes is null)",
            name="file_with_its_kind",
        ),
        UniqueConstraint("reported_id", "sha256"),
        UniqueConstraint("reported_id", "link"),
        UniqueConstraint("claim_id", "sha256"),
        UniqueConstraint("claim_id", "link"),
    )


class Release(Base):
    """A reported period, frozen: the signed document as it left, and the one before it.

    document: canonical JSON, byte for byte. previous: the hash of the release before it in this
    installation's chain, which has one beginning (`metrics.indicators.indicator.NO_RELEASE`).
    corrects: the release that this one takes the place of, with the reason; it stays.
    """

    __tablename__ = "release"
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(7))
    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    released_at: Mapped[datetime]
    released_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        one_of("scope", RELEASE_SCOPES),
        in_order("starts_on", "ends_on"),
        CheckConstraint("(scope = 'project') = (project_id is not null)", name="scope_named"),
        CheckConstraint("corrects_id is null or reason is not null", name="corrected_for_a_reason"),
    )


class ReleasedValue(Base):
    """Which reported values a release froze."""

    __tablename__ = "released_value"
    release_id: Mapped[int] = mapped_column(
        ForeignKey("release.id", ondelete="CASCADE"), primary_key=True
    )
    reported_id: Mapped[int] = mapped_column(
        ForeignKey("reported_value.id"), primary_key=True, index=True
    )
