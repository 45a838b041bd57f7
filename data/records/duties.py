"""What waits for those who lead projects: late phases, surveys, judgements, follow-ups, reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from data import schema
from data.access import User, reach
from data.permissions import Kind, Verb
from survey.instrument import PHASES

#: How far ahead somebody looks who asks what to do this week.
WEEK = timedelta(days=7)
#: A report takes longer to write than a week.
REPORT_AHEAD = timedelta(days=30)
#: Days after a phase ended in which it is still remembered well enough to be judged.
REMEMBERED = timedelta(days=90)
#: A follow-up is asked about half a year after the work ended, and not much later than a year.
FOLLOW_UP_FROM, FOLLOW_UP_UNTIL = timedelta(days=180), timedelta(days=400)
#: Whose time is over is not waited for.
GOING = ("running", "planned")


class Matter(StrEnum):
    """What waits, in the order in which matters of the same day are told."""

    PHASE_LATE = "phase_late"
    PERIOD_DUE = "period_due"
    RETURNED = "returned"
    COLLECTION_CLOSES = "collection_closes"
    ACTION_DUE = "action_due"
    DECISION_DUE = "decision_due"
    FOLLOW_UP = "follow_up"
    JUDGEMENT = "judgement"
    JUDGEMENT_OPEN = "judgement_open"
    PHASE_ENDS = "phase_ends"


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that waits for somebody in a project.

    due_on: the day by which; None where there is none. phase: of P1-P8, where it is about one.
    number: of the collection or the period that it is about. words: what somebody wrote of it,
    such as an agreed action; of a period, which one of the project's it is.
    """

    matter: Matter
    project: int
    due_on: date | None
    phase: str = ""
    number: int | None = None
    words: str = ""

    def days_late(self, today: date) -> int:
        """Days since it was due; negative for days that are left."""
        return 0 if self.due_on is None else (today - self.due_on).days


def duties(connection: sa.Connection, user: User, today: date) -> list[Duty]:
    """What waits for a user in the projects where they may do it, the latest first.

    Rows: duties; those with a day come before those without one.
    """
    order = list(Matter)
    found = [
        duty
        for ask in (_phases, _collections, _judgements, _agreed, _follow_ups, _reports)
        for duty in ask(connection, user, today)
    ]
    return sorted(
        found,
        key=lambda duty: (duty.due_on is None, duty.due_on or today, order.index(duty.matter)),
    )


def _mine(
    user: User, verb: Verb, kind: Kind, column: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    """The condition under which something of a project is the user's to do."""
    projects = reach(user, verb, kind)
    return sa.true() if projects is None else column.in_(projects)


def _phases(connection: sa.Connection, user: User, today: date) -> Iterator[Duty]:
    dates, phase, project = schema.ProjectPhase, schema.TemplatePhase, schema.Project
    rows = connection.execute(
        sa.select(dates.project_id, phase.common_phase, dates.planned_end_on)
        .join(phase, phase.id == dates.template_phase_id)
        .join(project, project.id == dates.project_id)
        .where(
            _mine(user, Verb.ASSESS, Kind.ASSESSMENT, project.id),
            project.status == "running",
            dates.actual_start_on.is_not(None),
            dates.actual_end_on.is_(None),
            dates.planned_end_on <= today + WEEK,
        )
    )
    for number, code, ends in rows:
        matter = Matter.PHASE_LATE if ends < today else Matter.PHASE_ENDS
        yield Duty(matter, number, ends, code)


def _collections(connection: sa.Connection, user: User, today: date) -> Iterator[Duty]:
    asked, fielding = schema.Opening, schema.Collection
    now = datetime.combine(today, datetime.min.time(), UTC)
    rows = connection.execute(
        sa.select(fielding.id, fielding.project_id, fielding.phase, asked.closes_at)
        .join(fielding, fielding.id == asked.collection_id)
        .where(
            _mine(user, Verb.ASK, Kind.COLLECTION, fielding.project_id),
            asked.closed_at.is_(None),
            asked.closes_at > now,
            asked.closes_at <= now + WEEK,
        )
    )
    for number, project, phase, closes in rows:
        yield Duty(Matter.COLLECTION_CLOSES, project, closes.date(), phase, number)


def _judgements(connection: sa.Connection, user: User, today: date) -> Iterator[Duty]:
    """Phases that go on or have just ended, of which the user has handed in no judgement."""
    dates, phase, project = schema.ProjectPhase, schema.TemplatePhase, schema.Project
    own = schema.Assessment
    rows = connection.execute(
        sa.select(dates.project_id, phase.common_phase, dates.actual_end_on, own.state)
        .join(phase, phase.id == dates.template_phase_id)
        .join(project, project.id == dates.project_id)
        .outerjoin(
            own,
            (own.project_id == dates.project_id)
            & (own.phase == phase.common_phase)
            & (own.kind == "own")
            & (own.rater_id == user.id),
        )
        .where(
            _mine(user, Verb.ASSESS, Kind.ASSESSMENT, project.id),
            phase.common_phase.in_(PHASES),
            dates.actual_end_on <= today,
            dates.actual_end_on >= today - REMEMBERED,
            sa.func.coalesce(own.state, "none") != "submitted",
        )
        .distinct()
    )
    for number, code, ended, state in rows:
        matter = Matter.JUDGEMENT if state is None else Matter.JUDGEMENT_OPEN
        yield Duty(matter, number, ended, code)


def _agreed(connection: sa.Connection, user: User, today: date) -> Iterator[Duty]:
    """Actions that were agreed on and decisions that are waited for, due by the end of the week."""
    action, of = schema.AssessmentAction, schema.Assessment
    rows = connection.execute(
        sa.select(of.project_id, of.phase, action.due_on, action.text)
        .join(of, of.id == action.assessment_id)
        .where(
            _mine(user, Verb.ASSESS, Kind.ASSESSMENT, of.project_id),
            # What somebody agreed with themselves alone is theirs to read.
            (of.kind == "joint") | (of.rater_id == user.id),
            of.state == "submitted",
            action.done_on.is_(None),
            action.due_on <= today + WEEK,
        )
    )
    for project, phase, due, text in rows:
        yield Duty(Matter.ACTION_DUE, project, due, phase, words=text)
    decision, project = schema.Decision, schema.Project
    rows = connection.execute(
        sa.select(decision.project_id, decision.due_on, decision.title)
        .join(project, project.id == decision.project_id)
        .where(
            _mine(user, Verb.ASSESS, Kind.ASSESSMENT, project.id),
            project.status.in_(GOING),
            decision.made_on.is_(None),
            decision.due_on <= today + WEEK,
        )
    )
    for number, due, title in rows:
        yield Duty(Matter.DECISION_DUE, number, due, words=title or "")


def _follow_ups(connection: sa.Connection, user: User, today: date) -> Iterator[Duty]:
    """Projects that ended half a year ago, asked at the end, and not asked since."""
    project, fielding = schema.Project, schema.Collection

    def asked(wave: str) -> sa.Exists:
        return sa.exists().where(fielding.project_id == project.id, fielding.wave == wave)

    rows = connection.execute(
        sa.select(project.id, project.ends_on).where(
            _mine(user, Verb.ASK, Kind.COLLECTION, project.id),
            project.ends_on.between(today - FOLLOW_UP_UNTIL, today - FOLLOW_UP_FROM + WEEK),
            asked("end"),
            ~asked("follow_up"),
        )
    )
    for number, ended in rows:
        yield Duty(Matter.FOLLOW_UP, number, ended + FOLLOW_UP_FROM)


def _reports(connection: sa.Connection, user: User, today: date) -> Iterator[Duty]:
    """Periods that are not closed and due, and values that came back."""
    period, value, target = schema.ReportingPeriod, schema.ReportedValue, schema.IndicatorTarget
    due = sa.func.coalesce(period.due_on, period.ends_on)
    rows = connection.execute(
        sa.select(period.id, period.project_id, period.due_on, period.ends_on, period.number).where(
            _mine(user, Verb.REPORT, Kind.INDICATOR, period.project_id),
            period.closed_at.is_(None),
            period.ends_on <= today + WEEK,
            due <= today + REPORT_AHEAD,
        )
    )
    for number, project, due_on, ends_on, which in rows:
        yield Duty(Matter.PERIOD_DUE, project, due_on or ends_on, number=number, words=str(which))
    rows = connection.execute(
        sa.select(target.project_id, period.id, period.number)
        .select_from(value)
        .join(target, target.id == value.target_id)
        .join(period, period.id == value.period_id)
        .where(
            _mine(user, Verb.REPORT, Kind.INDICATOR, target.project_id),
            value.status == "returned",
        )
        .distinct()
    )
    for project, number, which in rows:
        yield Duty(Matter.RETURNED, project, None, number=number, words=str(which))
