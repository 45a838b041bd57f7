"""What the projects of a funder reached together: approved and pending apart, each once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
import sqlalchemy as sa

from data.access import User
from data.reporting.definitions import stored_versions
from data.reporting.protection import is_of_people, protected
from data.reporting.rights import sees_inside, visible_targets
from data.reporting.targets import plain
from data.schema import CountedItem, IndicatorTarget, ReportedValue, ReportingPeriod
from metrics.indicators.counting import together
from metrics.indicators.indicator import Counting, Indicator
from metrics.metric import ValueState

APPROVED, PENDING = ("approved", "locked"), ("submitted",)
_TOLD = ("value", "zero")


@dataclass(frozen=True, slots=True)
class Tally:
    """One sum over projects, of everything from their start to their newest told period.

    projects: how many have told a figure, of: how many promised one. distinct and overlap: each
    entity once, and how many the sum counts more than once. Of people, for those outside, the sum
    is of the projects' figures as they are shown, and projects are those that it holds.
    Missing: None where nobody told; where levels and words cannot be added; distinct and overlap
    also where a figure was entered and not counted, so that nobody knows whose it is, and where
    people are rounded.
    """

    state: ValueState
    sum: Decimal | None
    distinct: int | None
    overlap: int | None
    projects: int
    of: int


@dataclass(frozen=True, slots=True)
class Total:
    """One indicator over the projects of a funder. approved and pending are never added."""

    indicator: Indicator
    approved: Tally
    pending: Tally


@dataclass(frozen=True, slots=True)
class ObjectiveTotal:
    """One indicator over the targets of one specific objective; None where targets name none.

    An enterprise that two objectives supported is in both: the objectives' numbers do not add up
    to the indicator's distinct one.
    """

    objective: str | None
    total: Total


def totals(connection: sa.Connection, user: User, funder: int) -> list[Total]:
    """The indicators that projects promised a funder, by key, over what a user may see."""
    return [each.total for each in _totals(connection, user, funder, by=["version"])]


def totals_by_objective(connection: sa.Connection, user: User, funder: int) -> list[ObjectiveTotal]:
    """The same for each specific objective, by key and objective; targets without one come last."""
    return _totals(connection, user, funder, by=["version", "objective"])


def _totals(
    connection: sa.Connection, user: User, funder: int, by: list[str]
) -> list[ObjectiveTotal]:
    table = IndicatorTarget
    promised = connection.execute(
        sa.select(table.id, table.project_id, table.indicator_id, table.objective).where(
            visible_targets(user), table.funder_id == funder
        )
    ).all()
    if not promised:
        return []
    versions = stored_versions(connection)
    inside = all(sees_inside(user, each) for each in {row.project_id for row in promised})
    names = ["target", "project", "version", "objective"]
    frame = pd.DataFrame([tuple(row) for row in promised], columns=names)
    told = {statuses: _told(connection, user, funder, statuses) for statuses in (APPROVED, PENDING)}
    items = {statuses: _items(connection, told[statuses], frame) for statuses in told}
    found = []
    for (version, *objective), own in frame.groupby(by, dropna=False):
        indicator = versions[int(version)].indicator
        approved, pending = (
            _tally(indicator, told[statuses], items[statuses], own, inside)
            for statuses in (APPROVED, PENDING)
        )
        named = objective[0] if objective and isinstance(objective[0], str) else None
        found.append(ObjectiveTotal(named, Total(indicator, approved, pending)))
    return sorted(
        found,
        key=lambda each: (
            each.total.indicator.key, each.objective is None, each.objective or "",
        ),
    )  # fmt: skip


def _told(
    connection: sa.Connection, user: User, funder: int, statuses: tuple[str, ...]
) -> pd.DataFrame:
    """The newest told value of each target in some statuses."""
    value, span = ReportedValue, ReportingPeriod
    place = sa.func.row_number().over(
        partition_by=value.target_id, order_by=[span.ends_on.desc(), value.correction.desc()]
    )
    ranked = (
        sa.select(
            value.id, value.target_id.label("target"), value.value, value.cumulative, value.basis,
            place.label("place"),
        )
        .join(span, span.id == value.period_id)
        .join(IndicatorTarget, IndicatorTarget.id == value.target_id)
        .where(visible_targets(user), IndicatorTarget.funder_id == funder)
        .where(value.status.in_(statuses), value.state.in_(_TOLD))
        .subquery()
    )  # fmt: skip
    rows = connection.execute(sa.select(ranked).where(ranked.c.place == 1))
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))


def _tally(
    indicator: Indicator,
    told: pd.DataFrame,
    items: pd.DataFrame,
    promised: pd.DataFrame,
    inside: bool,
) -> Tally:
    own = told.loc[told["target"].isin(promised["target"])].merge(promised, on="target")
    projects, of = len(own), len(promised)
    adds = indicator.counting in (Counting.DISTINCT, Counting.ADDITIVE)
    achieved = own["cumulative"].where(own["cumulative"].notna(), own["value"]).dropna()
    if not adds or achieved.empty:
        state = ValueState.NOT_REPORTED if projects == 0 else ValueState.NOT_APPLICABLE
        return Tally(state, None, None, None, projects, of)
    total = plain(sum(achieved, Decimal(0)))
    state = ValueState.ZERO if total == 0 else ValueState.VALUE
    if is_of_people(indicator) and not inside:
        return _outside(list(achieved), of)
    distinct = overlap = None
    if indicator.counting is Counting.DISTINCT and (own["basis"] == "counted").all():
        found = together(items[items["target"].isin(own["target"])], indicator.counting)
        distinct, overlap = found.distinct, int(total) - found.distinct
    return Tally(state, total, distinct, overlap, projects, of)


def _outside(achieved: list[Decimal], of: int) -> Tally:
    """The sum of what is shown of each project, as a release adds it: less nothing tells of one.

    Missing: projects with too few people are in neither the sum nor the number of projects; where
    all that is shown is 0 and some is not, nothing is told.
    """
    parts = [protected(plain(each)) for each in achieved]
    shown = [number for _, number in parts if number is not None]
    total = plain(sum(shown, Decimal(0)))
    if not total and len(shown) < len(parts):
        return Tally(ValueState.SUPPRESSED, None, None, None, len(shown), of)
    state = ValueState.ZERO if total == 0 else ValueState.VALUE
    return Tally(state, total, None, None, len(shown), of)


def _items(connection: sa.Connection, told: pd.DataFrame, promised: pd.DataFrame) -> pd.DataFrame:
    """The counted items of some values, with their targets and projects."""
    item = CountedItem
    counted = told.loc[told["basis"] == "counted", ["id", "target"]]
    rows = connection.execute(
        sa.select(
            item.reported_id.label("id"), item.entity, item.happened_on, item.amount, item.exclusion
        ).where(item.reported_id.in_(counted["id"].tolist()))
    )
    found = pd.DataFrame(rows.all(), columns=list(rows.keys()))
    return found.merge(counted, on="id").merge(promised[["target", "project"]], on="target")
