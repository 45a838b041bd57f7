"""Self-assessments as people read them: who sees which, and how each came about."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from data import schema
from data.access import NotPermitted, User, can, require, visible_rows
from data.permissions import Kind, Verb

OWN, JOINT = schema.ASSESSMENT_KINDS
SUBMITTED = "submitted"


@dataclass(frozen=True, slots=True)
class Rating:
    """What is said of one construct. level: of the rubric, 1-4; None: not judged (yet)."""

    level: int | None = None
    not_applicable: bool = False
    reason: str | None = None
    evidence_link: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What was agreed to be done. construct: what it is to better; None: the phase as a whole."""

    text: str
    owner: str | None = None
    due_on: date | None = None
    done_on: date | None = None
    construct: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that backs what is said of a construct."""

    construct: str
    sha256: str
    name: str
    kind: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """One judgement of one phase. writable: the reader may change it, reopened if submitted."""

    id: int
    project: int
    phase: str
    kind: str
    rater: int
    rater_name: str
    rubric_version: int
    state: str
    version: int
    submitted_at: datetime | None
    ratings: Mapping[str, Rating]
    actions: Mapping[int, Action]
    evidence: Sequence[Evidence]
    writable: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What something was before and is since then; None where it was not there."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Event:
    """What became of an assessment with one version. by: the person's name. changes: by what was
    changed: a construct, ``action:<number>`` or ``evidence:<construct>:<hash>``."""

    version: int
    at: datetime
    by: str
    act: str
    changes: Mapping[str, Change]
    reason: str | None


def assessments_of(
    connection: sa.Connection, user: User, project: int | None = None, phase: str | None = None
) -> list[Assessment]:
    """The assessments that a user may see, by project and phase, the joint one first.

    What is submitted is seen by those who read assessments; a draft or a reopened one by its
    rater, a joint one by all who may assess the project. Raters judge alone first: while
    somebody's own judgement of a phase is open, they see nobody else's own one.
    """
    which = [
        column == asked
        for column, asked in (
            (schema.Assessment.project_id, project),
            (schema.Assessment.phase, phase),
        )
        if asked is not None
    ]
    rows = connection.execute(
        sa.select(*schema.Assessment.__table__.columns, schema.AppUser.name.label("rater_name"))
        .join(schema.AppUser, schema.AppUser.id == schema.Assessment.rater_id)
        .where(*which)
        .order_by(
            schema.Assessment.project_id,
            schema.Assessment.phase,
            schema.Assessment.kind,
            schema.Assessment.id,
        )
    ).all()
    readable = visible_rows(user, Kind.ASSESSMENT, rows, lambda row: row.project_id)
    judging = {
        (row.project_id, row.phase)
        for row in readable
        if row.kind == OWN and row.rater_id == user.id and row.state != SUBMITTED
    }
    seen = [row for row in readable if _is_visible(row, user, judging)]
    return _whole(connection, user, seen, which)


def assessment_of(connection: sa.Connection, user: User, assessment: int) -> Assessment:
    """One assessment. Raises: NotPermitted where it is not there, or not for this user to see."""
    place = connection.execute(
        sa.select(schema.Assessment.project_id, schema.Assessment.phase).where(
            schema.Assessment.id == assessment
        )
    ).one_or_none()
    if place is not None:
        for each in assessments_of(connection, user, place.project_id, place.phase):
            if each.id == assessment:
                return each
    raise NotPermitted(
        f"{user.name} sees no self-assessment {assessment}. Open it from the list.",
        user,
        f"assessment:{assessment}",
    )


def history(connection: sa.Connection, user: User, assessment: int) -> list[Event]:
    """Everything that became of an assessment, the newest last.

    Raises: NotPermitted for those who may not assess the project: drafts are not for readers.
    """
    found = assessment_of(connection, user, assessment)
    require(user, Verb.ASSESS, Kind.ASSESSMENT, found.project)
    return events(connection, assessment, after=0)


def events(connection: sa.Connection, assessment: int, after: int) -> list[Event]:
    """What became of an assessment after a version, the newest last."""
    rows = connection.execute(
        sa.select(schema.AssessmentEvent, schema.AppUser.name.label("by"))
        .join(schema.AppUser, schema.AppUser.id == schema.AssessmentEvent.user_id)
        .where(
            schema.AssessmentEvent.assessment_id == assessment,
            schema.AssessmentEvent.version > after,
        )
        .order_by(schema.AssessmentEvent.version)
    )
    return [
        Event(
            row.version,
            row.at,
            row.by,
            row.act,
            {key: Change(*pair) for key, pair in json.loads(row.changes).items()},
            row.reason,
        )
        for row in rows
    ]


# --- who sees what ------------------------------------------------------------------------------


def _is_visible(row: sa.Row, user: User, judging: set[tuple[int, str]]) -> bool:
    mine = row.rater_id == user.id
    if row.state != SUBMITTED:
        return mine if row.kind == OWN else _may_assess(user, row.project_id)
    return mine or row.kind == JOINT or (row.project_id, row.phase) not in judging


def _may_assess(user: User, project: int) -> bool:
    return can(user, Verb.ASSESS, Kind.ASSESSMENT, project)


# --- reading ------------------------------------------------------------------------------------


def ratings_of(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> dict[int, dict]:
    """What is said of each construct, by assessment and construct."""
    level = schema.AssessmentLevel
    found: dict[int, dict[str, Rating]] = defaultdict(dict)
    for row in connection.execute(
        sa.select(level)
        .join(schema.Assessment, schema.Assessment.id == level.assessment_id)
        .where(*which)
        .order_by(level.assessment_id, level.construct)
    ):
        found[row.assessment_id][row.construct] = Rating(
            row.level, row.not_applicable, row.reason, row.evidence_link
        )
    return found


def actions_of(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> dict[int, dict]:
    """What was agreed to be done, by assessment and number of the action."""
    action = schema.AssessmentAction
    found: dict[int, dict[int, Action]] = defaultdict(dict)
    for row in connection.execute(
        sa.select(action)
        .join(schema.Assessment, schema.Assessment.id == action.assessment_id)
        .where(*which)
        .order_by(action.id)
    ):
        found[row.assessment_id][row.id] = Action(
            row.text, row.owner, row.due_on, row.done_on, row.construct
        )
    return found


def evidence_of(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> dict[int, list]:
    """The files of each assessment, without their content."""
    link, file = schema.AssessmentEvidence, schema.EvidenceFile
    found: dict[int, list[Evidence]] = defaultdict(list)
    for row in connection.execute(
        sa.select(link.assessment_id, link.construct, link.sha256, link.name, file.kind, file.bytes)
        .join(file, file.sha256 == link.sha256)
        .join(schema.Assessment, schema.Assessment.id == link.assessment_id)
        .where(*which)
        .order_by(link.assessment_id, link.construct, link.name, link.sha256)
    ):
        found[row.assessment_id].append(Evidence(*row[1:]))
    return found


def _whole(
    connection: sa.Connection,
    user: User,
    rows: Sequence[sa.Row],
    which: Sequence[sa.ColumnElement[bool]],
) -> list[Assessment]:
    """The assessments of some rows with everything that belongs to them."""
    ratings, actions, evidence = (
        read(connection, *which) for read in (ratings_of, actions_of, evidence_of)
    )
    return [
        Assessment(
            row.id,
            row.project_id,
            row.phase,
            row.kind,
            row.rater_id,
            row.rater_name,
            row.rubric_version,
            row.state,
            row.version,
            row.submitted_at,
            ratings.get(row.id, {}),
            actions.get(row.id, {}),
            tuple(evidence.get(row.id, ())),
            _may_assess(user, row.project_id) and (row.kind == JOINT or row.rater_id == user.id),
        )
        for row in sorted(rows, key=_in_order)
    ]


def _in_order(row: sa.Row) -> tuple[int, str, bool, int]:
    return row.project_id, row.phase, row.kind != JOINT, row.id
