"""What is missing, or cannot be right, in what has come in: for those who bring files.

Nothing here counts answers or people, so nothing can be subtracted from a figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data import schema
from data.access import User, can
from data.permissions import Kind, Verb
from data.reporting.definitions import indicators
from survey.instrument import UNKNOWN_GROUP

#: An event this many times the size of the usual one of its kind is looked at twice.
TIMES = 10
#: Among fewer events nothing is usual.
FEWEST = 10
#: So many answers without a group are worth asking for.
ANSWERS = 10


class Lack(StrEnum):
    PHASE_OVERDUE = "phase_overdue"
    TARGET_WITHOUT_VALUE = "target_without_value"
    WAVE_WITHOUT_BASELINE = "wave_without_baseline"
    GROUP_UNKNOWN = "group_unknown"
    PART_OVER_WHOLE = "part_over_whole"
    USED_OVER_GRANTED = "used_over_granted"
    SHARES_OVER_BUDGET = "shares_over_budget"
    OUTLIER = "outlier"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing or odd. project: 0 where it is no project's. what: a phase, an indicator, a
    wave, an event or a plan, as it is called."""

    lack: Lack
    project: int
    what: str


def gaps(connection: sa.Connection, user: User, today: date) -> list[Gap]:
    """Everything that is missing or cannot be right, in the order of Lack.

    Rows: none for those who may not read what came in.
    """
    if not can(user, Verb.READ, Kind.BATCH):
        return []
    return [
        *_overdue(connection, today),
        *_unreported(connection, today),
        *_no_baseline(connection),
        *_no_group(connection),
        *_parts(connection),
        *_money(connection),
        *_shares(connection),
        *_outliers(connection),
    ]


def _overdue(connection: sa.Connection, today: date) -> Iterator[Gap]:
    """Phases that should have ended and have no end."""
    dates, phase, project = schema.ProjectPhase, schema.TemplatePhase, schema.Project
    rows = connection.execute(
        sa.select(project.id, phase.common_phase)
        .join(dates, dates.project_id == project.id)
        .join(phase, phase.id == dates.template_phase_id)
        .where(dates.planned_end_on < today, dates.actual_end_on.is_(None))
        .where(project.status.in_(("planned", "running")))
        .order_by(project.id, phase.position)
    )
    return (Gap(Lack.PHASE_OVERDUE, number, code) for number, code in rows)


def _unreported(connection: sa.Connection, today: date) -> Iterator[Gap]:
    """Promised indicators of which nothing was reported in a period that has ended."""
    target, period, value = schema.IndicatorTarget, schema.ReportingPeriod, schema.ReportedValue
    told = sa.exists().where(value.target_id == target.id, value.period_id == period.id)
    rows = connection.execute(
        sa.select(target.project_id, schema.IndicatorVersion.code, period.number)
        .join(schema.IndicatorVersion, schema.IndicatorVersion.id == target.indicator_id)
        .join(
            period,
            sa.and_(period.project_id == target.project_id, period.funder_id == target.funder_id),
        )
        .where(period.ends_on < today, ~told)
        .order_by(target.project_id, schema.IndicatorVersion.code, period.number)
    )
    return (Gap(Lack.TARGET_WITHOUT_VALUE, one, f"{code} / {number}") for one, code, number in rows)


def _no_baseline(connection: sa.Connection) -> Iterator[Gap]:
    """Later waves of a questionnaire that nobody asked at the beginning."""
    later, first = schema.Collection, sa.orm.aliased(schema.Collection)
    began = sa.exists().where(
        first.project_id == later.project_id,
        first.instrument_version_id == later.instrument_version_id,
        first.wave == "baseline",
    )
    version = schema.InstrumentVersion
    rows = connection.execute(
        sa.select(later.project_id, version.code, later.wave)
        .join(version, version.id == later.instrument_version_id)
        .where(later.wave.in_(("end", "follow_up")), ~began)
        .distinct()
        .order_by(later.project_id, version.code, later.wave)
    )
    return (Gap(Lack.WAVE_WITHOUT_BASELINE, one, f"{code} / {wave}") for one, code, wave in rows)


def _no_group(connection: sa.Connection) -> Iterator[Gap]:
    """Questionnaires in which the group of many answers is not known."""
    asked, answer, version = schema.Collection, schema.Response, schema.InstrumentVersion
    rows = connection.execute(
        sa.select(asked.project_id, version.code, asked.wave)
        .join(answer, answer.collection_id == asked.id)
        .join(version, version.id == asked.instrument_version_id)
        .where(answer.group_code == UNKNOWN_GROUP)
        .group_by(asked.project_id, version.code, asked.wave)
        .having(sa.func.count() >= ANSWERS)
        .order_by(asked.project_id, version.code, asked.wave)
    )
    return (Gap(Lack.GROUP_UNKNOWN, one, f"{code} / {wave}") for one, code, wave in rows)


def _parts(connection: sa.Connection) -> Iterator[Gap]:
    """Reported parts that are more than what they are a part of."""
    target, value, version = schema.IndicatorTarget, schema.ReportedValue, schema.IndicatorVersion
    rows = connection.execute(
        sa.select(
            target.project_id.label("project"), target.funder_id, value.period_id,
            version.code, value.value, value.correction,
        )
        .join(target, target.id == value.target_id)
        .join(version, version.id == target.indicator_id)
        .where(value.value.is_not(None))
        .order_by(value.correction)
    ).all()  # fmt: skip
    # A correction comes after what it corrects, and takes its place.
    held = {(r.project, r.funder_id, r.period_id, r.code): r.value for r in rows}
    wholes = {each.code: each.part_of for each in indicators(connection).values() if each.part_of}
    for (project, funder, period, code), amount in held.items():
        for whole in wholes.get(code, ()):
            other = held.get((project, funder, period, whole))
            if other is not None and amount > other:
                yield Gap(Lack.PART_OVER_WHOLE, project, f"{code} > {whole}")


def _money(connection: sa.Connection) -> Iterator[Gap]:
    """Money that was used beyond what was granted."""
    funding, funder = schema.ProjectFunder, schema.Funder
    rows = connection.execute(
        sa.select(funding.project_id, funder.name_fi)
        .join(funder, funder.id == funding.funder_id)
        .where(funding.used_eur > funding.granted_eur)
        .order_by(funding.project_id)
    )
    return (Gap(Lack.USED_OVER_GRANTED, one, name) for one, name in rows)


def _shares(connection: sa.Connection) -> Iterator[Gap]:
    """Plans whose proposals' shares come to more than the plan has, by more than rounding."""
    plan = schema.ProposalPlan
    rows = connection.execute(
        sa.select(plan.plan_code)
        .group_by(plan.plan_code)
        .having(sa.func.sum(plan.share_eur) > sa.func.max(plan.budget_eur) * 1.01)
        .order_by(plan.plan_code)
    ).scalars()
    return (Gap(Lack.SHARES_OVER_BUDGET, 0, code) for code in rows)


def _outliers(connection: sa.Connection) -> Iterator[Gap]:
    """Events far larger than is usual of their kind: a slip of the pen, or something special."""
    event, people = schema.ActivityEvent, schema.EventParticipants
    rows = connection.execute(
        sa.select(event.project_id, event.code, event.kind, sa.func.sum(people.people))
        .join(people, people.event_id == event.id)
        .group_by(event.id, event.project_id, event.code, event.kind)
        .order_by(event.id)
    ).all()
    found = pd.DataFrame(rows, columns=["project", "code", "kind", "people"])
    size = found["people"].astype(float)
    of_kind = size.groupby(found["kind"])
    usual = np.maximum(of_kind.transform("median"), 1.0)
    odd = found[(size > TIMES * usual) & (of_kind.transform("size") >= FEWEST)]
    return (Gap(Lack.OUTLIER, row.project, row.code) for row in odd.itertuples())
