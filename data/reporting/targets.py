"""What projects promised their funders: baseline, milestone and target of each indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

import sqlalchemy as sa

from data import audit
from data.access import User, require
from data.permissions import Kind, Verb
from data.reporting.definitions import (
    Stored,
    definition_of,
    indicator_id,
    refuse_elsewhere,
    stored_versions,
)
from data.reporting.rights import visible_targets
from data.schema import IndicatorTarget, Project, ProjectFunder, ReportedValue
from metrics.indicators import indicator as catalogue
from metrics.indicators.agreement import Told, of_the_figure
from metrics.indicators.indicator import Indicator

#: In which statuses others read a value: what it stands on may not move under it.
TOLD = ("submitted", "approved", "locked")
_NUMBERS = ("baseline", "milestone", "target")
_WORDS = {"objective": 120, "baseline_source": 300, "expected": 10_000}
_PLACES = Decimal("0.0001")
#: More than this does not fit into a number of the database.
_MOST = Decimal(10) ** 13


class RefusedTarget(Exception):
    """A target that cannot be stored. code: "not_funded", "baseline_missing", "year_missing",
    "output_baseline", "milestone_alone", "words_only", "below_least", "above_most", "not_whole",
    "not_a_number", "too_long", "reversed", "locked" or "gone"."""

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Target:
    """What a project promised a funder of an indicator. indicator: its key. id: None where new."""

    project: int
    funder: int
    indicator: str
    baseline: Decimal | None = None
    baseline_year: int | None = None
    baseline_source: str | None = None
    milestone: Decimal | None = None
    milestone_on: date | None = None
    target: Decimal | None = None
    target_on: date | None = None
    objective: str | None = None
    expected: str | None = None
    id: int | None = None


def targets(
    connection: sa.Connection,
    user: User,
    *,
    project: int | None = None,
    funder: int | None = None,
) -> list[Target]:
    """The targets that a user may see, by project, funder and indicator."""
    asked = {IndicatorTarget.project_id: project, IndicatorTarget.funder_id: funder}
    rows = connection.execute(
        sa.select(IndicatorTarget.__table__).where(
            visible_targets(user), *(c == value for c, value in asked.items() if value is not None)
        )
    ).all()
    versions = stored_versions(connection)
    found = [target_of(row, versions) for row in rows]
    return sorted(found, key=lambda each: (each.project, each.funder, each.indicator))


def save_target(connection: sa.Connection, user: User, target: Target) -> int:
    """The number of a target, stored or changed; one project promises one funder an indicator once.

    What it was stays in the audit. Indicator, funder and baseline (with its year) stay as long as
    a value of it is submitted, approved or released; target, milestone and words may change.
    Raises: NotPermitted; RefusedTarget; definitions.RefusedIndicator.
    """
    require(user, Verb.REPORT, Kind.INDICATOR, target.project)
    target = fitting(connection, target)
    number = indicator_id(connection, target.indicator)
    row = _row_of(connection, target, number)
    values = {
        "project_id": target.project,
        "funder_id": target.funder,
        "indicator_id": number,
        **{name: value for name, value in asdict(target).items() if name in _COLUMNS},
    }
    if row is None:
        inserted = sa.insert(IndicatorTarget).values(values).returning(IndicatorTarget.id)
        found = connection.execute(inserted).scalar_one()
        audit.record(connection, user, "target_stored", f"target:{found}", _told(values, {}))
        return found
    before = row._asdict()
    if changed := _told(values, before):
        refuse_locked(connection, row.id, changed)
        connection.execute(
            sa.update(IndicatorTarget).where(IndicatorTarget.id == row.id).values(values)
        )
        audit.record(connection, user, "target_changed", f"target:{row.id}", changed)
    return row.id


def fitting(connection: sa.Connection, target: Target) -> Target:
    """The same target as it may be stored; nothing is written.

    Raises: RefusedTarget; definitions.RefusedIndicator.
    """
    _refuse_unfunded(connection, target)
    stored = definition_of(connection, target.indicator)
    refuse_elsewhere(connection, stored, target.project)
    target = _tidied(target)
    _refuse_misfit(target, stored.indicator)
    return target


_COLUMNS = (
    "objective", "baseline", "baseline_year", "baseline_source", "milestone", "milestone_on",
    "target", "target_on", "expected",
)  # fmt: skip


def target_of(row: sa.Row, versions: Mapping[int, Stored]) -> Target:
    """A row of the table as a target."""
    told = {name: getattr(row, name) for name in _COLUMNS}
    told |= {name: plain(told[name]) for name in _NUMBERS}
    key = versions[row.indicator_id].indicator.key
    return Target(row.project_id, row.funder_id, key, **told, id=row.id)


def decimal_of(value: object, name: str = "value") -> Decimal | None:
    """A number as it is stored, with at most four decimals; None where there is none.

    Raises: RefusedTarget: "not_a_number".
    """
    if value is None:
        return None
    try:
        number = Decimal(str(value))
        if isinstance(value, bool) or not number.is_finite() or abs(number) >= _MOST:
            raise InvalidOperation
    except InvalidOperation:
        raise RefusedTarget(
            "not_a_number", f"{name}: {value!r} is not a number that can be stored. Correct it.",
            name=name, value=str(value),
        ) from None  # fmt: skip
    return plain(number.quantize(_PLACES))


def plain(number: Decimal | None) -> Decimal | None:
    """A number without needless zeros, so that both databases give the same."""
    if number is None:
        return None
    trimmed = number.normalize()
    return trimmed.quantize(Decimal(1)) if trimmed == trimmed.to_integral() else trimmed


def _refuse_unfunded(connection: sa.Connection, target: Target) -> None:
    funding = sa.select(ProjectFunder.project_id).where(
        ProjectFunder.project_id == target.project, ProjectFunder.funder_id == target.funder
    )
    if connection.scalar(funding) is None:
        raise RefusedTarget(
            "not_funded", "This funder does not fund the project. Add its money in the register "
            "first.", project=target.project, funder=target.funder,
        )  # fmt: skip


def _tidied(target: Target) -> Target:
    """The same target with stored numbers and without needless spaces. Raises: RefusedTarget."""
    told: dict[str, object] = {name: decimal_of(getattr(target, name), name) for name in _NUMBERS}
    for name, limit in _WORDS.items():
        said = (getattr(target, name) or "").strip()
        if len(said) > limit:
            raise RefusedTarget(
                "too_long", f"{name} has {len(said)} letters, at most {limit}. Shorten it.",
                name=name, found=len(said), limit=limit,
            )  # fmt: skip
        told[name] = said or None
    return replace(target, **told)


def _refuse_misfit(target: Target, indicator: Indicator) -> None:
    if indicator.counting is catalogue.Counting.WORDS:
        if any(getattr(target, name) is not None for name in _NUMBERS):
            raise RefusedTarget(
                "words_only", f"{indicator.code} is told in words and has no numbers. Write what "
                "is expected instead.", indicator=indicator.code,
            )  # fmt: skip
        return
    _refuse_incomplete(target, indicator)
    for name in _NUMBERS:
        for finding in of_the_figure(indicator, Told(getattr(target, name))):
            raise RefusedTarget(
                finding.code, f"{name} does not fit the unit of {indicator.code}. Correct it.",
                indicator=indicator.code, name=name, **dict(finding.values),
            )  # fmt: skip


def _refuse_incomplete(target: Target, indicator: Indicator) -> None:
    said = {"indicator": indicator.code}
    if target.baseline is None and target.target is not None:
        raise RefusedTarget(
            "baseline_missing", f"{indicator.code} has a target and no baseline: nobody could say "
            "how far it got. Give the baseline with its year (0 for outputs).", **said,
        )  # fmt: skip
    if (target.baseline is None) != (target.baseline_year is None):
        raise RefusedTarget(
            "year_missing", "A baseline has a year and a year has a baseline. Give both.", **said
        )
    if target.milestone is not None and target.target is None:
        raise RefusedTarget(
            "milestone_alone", "A milestone lies on the way to a target. Give the target.", **said
        )
    if indicator.kind is catalogue.Kind.OUTPUT and target.baseline:
        raise RefusedTarget(
            "output_baseline", f"{indicator.code} is an output: it is counted from 0. Give the "
            "baseline 0.", baseline=float(target.baseline), **said,
        )  # fmt: skip
    days = (target.milestone_on, target.target_on)
    if None not in days and days[0] > days[1]:
        raise RefusedTarget(
            "reversed", "The milestone's day is after the target's. Correct the days.", **said
        )


def _row_of(connection: sa.Connection, target: Target, indicator: int) -> sa.Row | None:
    """The row that a target changes; None where it is new. Raises: RefusedTarget: "gone"."""
    table = IndicatorTarget.__table__
    if target.id is not None:
        which = (table.c.id == target.id, table.c.project_id == target.project)
    else:
        which = (
            table.c.project_id == target.project,
            table.c.funder_id == target.funder,
            table.c.indicator_id == indicator,
        )
    row = connection.execute(sa.select(table).where(*which).with_for_update()).one_or_none()
    if row is None and target.id is not None:
        raise RefusedTarget("gone", "This target is not there any more. Write it anew.")
    return row


def refuse_locked(connection: sa.Connection, number: int, changed: Mapping[str, object]) -> None:
    """Nothing, when what told values of a target stand on stays as it is.

    Raises: RefusedTarget: "locked" where a value is submitted, approved or released.
    """
    fixed = {"indicator_id", "funder_id", "baseline", "baseline_year"} & changed.keys()
    told = sa.select(ReportedValue.id).where(
        ReportedValue.target_id == number, ReportedValue.status.in_(TOLD)
    )
    if fixed and connection.scalar(told.limit(1)) is not None:
        raise RefusedTarget(
            "locked", "A value of this target is submitted, approved or released, and it is read "
            "against the target's indicator, funder and baseline, so these stay. Ask for the "
            "value to be sent back; where it is released, write a target for the next version of "
            "the indicator.", target=number,
        )  # fmt: skip


def _told(values: Mapping[str, object], before: Mapping[str, object]) -> dict[str, object]:
    """What is otherwise than before: both, as the audit keeps them."""
    changed = {}
    for name, value in values.items():
        was = before.get(name)
        was = plain(was) if isinstance(was, Decimal) else was
        if was != value:
            changed[name] = [_plain_word(was), _plain_word(value)]
    return changed


def _plain_word(value: object) -> object:
    return str(value) if isinstance(value, Decimal | date) else value


def project_days(connection: sa.Connection, project: int) -> tuple[date | None, date | None]:
    """The first and the last day of a project, as far as they are known."""
    row = connection.execute(
        sa.select(Project.starts_on, Project.ends_on).where(Project.id == project)
    ).one_or_none()
    return (None, None) if row is None else (row.starts_on, row.ends_on)
