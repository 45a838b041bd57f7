"""Whether a phase is ready for the next one: what belongs to it, and what is missing of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from data import schema
from data.access import User, require
from data.judgement.assessment_reading import JOINT, SUBMITTED
from data.permissions import Kind, Verb
from metrics.metric import Profile
from metrics.unsafe import MINIMUM
from survey.rubric import records_required, rubric

#: How a construct of the phase was judged.
AGREED, OWN_ONLY, INAPPLICABLE, MISSING = "joint", "own", "not_applicable", "missing"
#: What else is missing, besides records and constructs.
PARTICIPANTS, ACTIONS = "participants", "actions"


@dataclass(frozen=True, slots=True)
class Readiness:
    """What belongs to a phase of a project, and whether it is there.

    records: by the metric that they lead to. constructs: whether they were judged, together or by
    single raters only, in what is submitted. participants: enough people answered about the phase
    to show anything. missing: the metrics, constructs, "participants" and "actions" (still open)
    that keep it from being ready.
    """

    project: int
    phase: str
    records: Mapping[str, bool]
    constructs: Mapping[str, str]
    participants: bool
    open_actions: int
    missing: tuple[str, ...]

    @property
    def ready(self) -> bool:
        return not self.missing


def ready(connection: sa.Connection, user: User, project: int, phase: str) -> Readiness:
    """What a phase has and what it misses before the next one.

    A construct that single raters judged counts as judged; one that does not apply is not missed.
    Raises: access.NotPermitted; KeyError for a phase that there is not.
    """
    require(user, Verb.READ, Kind.ASSESSMENT, project)
    records = {
        key: connection.scalar(sa.select(_RECORDS[key](project, phase)))
        for key in records_required(phase)
    }
    constructs = _judged(connection, project, phase)
    answered = _has_answers(connection, project, phase)
    actions = _open_actions(connection, project, phase)
    missing = [key for key, there in records.items() if not there]
    missing += [key for key, how in constructs.items() if how == MISSING]
    missing += [PARTICIPANTS] * (not answered) + [ACTIONS] * (actions > 0)
    return Readiness(project, phase, records, constructs, answered, actions, tuple(missing))


def _judged(connection: sa.Connection, project: int, phase: str) -> dict[str, str]:
    """How each construct of the phase was judged in what is submitted."""
    level, assessment = schema.AssessmentLevel, schema.Assessment
    rows = connection.execute(
        sa.select(assessment.kind, level.construct, level.level, level.not_applicable)
        .join(assessment, assessment.id == level.assessment_id)
        .where(
            assessment.project_id == project,
            assessment.phase == phase,
            assessment.state == SUBMITTED,
        )
        # The joint judgement is read last and stands, whatever single raters said.
        .order_by(assessment.kind.desc())
    ).all()
    found = dict.fromkeys(rubric().of(phase), MISSING)
    for row in rows:
        if row.level is None and not row.not_applicable:
            continue
        how = AGREED if row.kind == JOINT else OWN_ONLY
        found[row.construct] = INAPPLICABLE if row.not_applicable else how
    return found


def _has_answers(connection: sa.Connection, project: int, phase: str) -> bool:
    """Whether as many people as are needed to show anything answered one questionnaire."""
    people = (
        sa.select(sa.func.count().label("n"))
        .select_from(schema.Response)
        .join(schema.Collection, schema.Collection.id == schema.Response.collection_id)
        .join(
            schema.InstrumentVersion,
            schema.InstrumentVersion.id == schema.Collection.instrument_version_id,
        )
        .where(
            schema.Collection.project_id == project,
            schema.Collection.phase == phase,
            _is_of_kind("process"),
        )
        .group_by(schema.Collection.instrument_version_id)
        .subquery()
    )
    most = connection.scalar(sa.select(sa.func.max(people.c.n)))
    return (most or 0) >= MINIMUM[Profile.INSIDE]


def _open_actions(connection: sa.Connection, project: int, phase: str) -> int:
    action, assessment = schema.AssessmentAction, schema.Assessment
    return connection.scalar(
        sa.select(sa.func.count())
        .select_from(action)
        .join(assessment, assessment.id == action.assessment_id)
        .where(
            assessment.project_id == project,
            assessment.phase == phase,
            assessment.state == SUBMITTED,
            action.done_on.is_(None),
        )
    )


# --- whether a record is there ------------------------------------------------------------------


def _kept(table: type[schema.Base], *which: sa.ColumnElement[bool]):
    """The condition that a project has a row in a table."""

    def there(project: int, _phase: str) -> sa.Exists:
        return sa.exists().where(table.project_id == project, *which)

    return there


def _attended(project: int, phase: str) -> sa.Exists:
    return sa.exists().where(
        schema.ActivityEvent.project_id == project,
        schema.ActivityEvent.phase == phase,
        schema.EventParticipants.event_id == schema.ActivityEvent.id,
        schema.EventParticipants.people > 0,
    )


def _in_events(table: type[schema.Base]):
    """The condition that a project has people in some event."""

    def there(project: int, _phase: str) -> sa.Exists:
        return sa.exists().where(
            schema.ActivityEvent.project_id == project,
            table.event_id == schema.ActivityEvent.id,
        )

    return there


def _answered_proposal(project: int, _phase: str) -> sa.Exists:
    return sa.exists().where(
        schema.Proposal.project_id == project,
        schema.ProposalStatus.proposal_id == schema.Proposal.id,
        schema.ProposalStatus.on_date.is_not(None),
    )


def _measured_outcome(project: int, _phase: str) -> sa.Exists:
    return sa.exists().where(
        schema.Collection.project_id == project,
        schema.Response.collection_id == schema.Collection.id,
        schema.InstrumentVersion.id == schema.Collection.instrument_version_id,
        _is_of_kind("outcome"),
    )


def _adopted(project: int, _phase: str) -> sa.Exists:
    return sa.exists().where(
        schema.Solution.project_id == project, schema.Adoption.solution_id == schema.Solution.id
    )


def _taken_further(project: int, _phase: str) -> sa.Exists:
    return sa.exists().where(
        schema.Solution.project_id == project,
        schema.SolutionReuse.solution_id == schema.Solution.id,
        schema.SolutionReuse.project_id != project,
    )


def _is_of_kind(kind: str) -> sa.ColumnElement[bool]:
    """Whether a questionnaire is of a kind; its body is one line of JSON without spaces."""
    return schema.InstrumentVersion.body.contains(f'"kind":"{kind}"', autoescape=True)


#: The condition under which a project has the record that each metric is made of.
_RECORDS = {
    "needs_met": _kept(schema.Need),
    "proposals_taken_up": _kept(schema.Proposal),
    "response_time": _answered_proposal,
    "rules_signed": _kept(schema.GroundRules, schema.GroundRules.signed_on.is_not(None)),
    "roles_filled": _kept(schema.ProjectRole, schema.ProjectRole.filled),
    "participation": _attended,
    "voice_equality": _in_events(schema.Contribution),
    "changes_absorbed": _kept(schema.PlanChange),
    "decision_lag": _kept(schema.Decision),
    "outcome_score": _measured_outcome,
    "adopters": _adopted,
    "lineage": _taken_further,
    "repeat_participation": _in_events(schema.Attendance),
}
