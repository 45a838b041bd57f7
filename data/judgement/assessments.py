"""Self-assessments as people write them: nothing that somebody wrote is silently overwritten.

Whoever changes an assessment says which version of it they saw. Where somebody else changed it
since, nothing is stored: the answer is a `Conflict` that shows what the other did and what was to
be done now, and the caller may say it again on top of the newer version. Every version has an
event in the history with what was before and after, so what was replaced knowingly is still there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from data import audit, schema
from data.access import NotPermitted, User, require
from data.judgement.assessment_reading import (
    JOINT,
    OWN,
    SUBMITTED,
    Action,
    Event,
    Rating,
    actions_of,
    events,
    ratings_of,
)
from data.judgement.assessment_rules import (
    Changes,
    IncompleteAssessment,
    InvalidAssessment,
    constructs_of,
    is_judged,
    refuse_construct,
    refuse_submitted,
    refuse_unknown,
    tidied,
    tidy,
)
from data.judgement.evidence import forget_unused, keep, plain_name
from data.permissions import Kind, Verb
from survey.rubric import rubric


@dataclass(frozen=True, slots=True)
class Saved:
    """It is stored (by the time the transaction is), and the assessment has this version."""

    version: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Nothing is stored: somebody changed the assessment since the version that was seen.

    version: the newest one. theirs: what was done since. mine: what was to be stored now.
    clashing: what both changed, named as in the events.
    """

    version: int
    theirs: tuple[Event, ...]
    mine: Changes | None
    clashing: tuple[str, ...]


def start(connection: sa.Connection, user: User, project: int, phase: str, kind: str = OWN) -> int:
    """The number of a user's own (or the joint) assessment of a phase, begun if there is none.

    Raises: NotPermitted; InvalidAssessment.
    """
    require(user, Verb.ASSESS, Kind.ASSESSMENT, project)
    refuse_unknown(connection, user, project, phase, kind)
    mine = [schema.Assessment.rater_id == user.id] if kind == OWN else []
    there = sa.select(schema.Assessment.id).where(
        schema.Assessment.project_id == project,
        schema.Assessment.phase == phase,
        schema.Assessment.kind == kind,
        *mine,
    )
    number = connection.scalar(there)
    if number is not None:
        return number
    attempt = connection.begin_nested()
    row = {
        "project_id": project,
        "phase": phase,
        "rater_id": user.id,
        "kind": kind,
        "rubric_version": rubric().version,
    }
    try:
        number = connection.scalar(
            sa.insert(schema.Assessment).values(row).returning(schema.Assessment.id)
        )
    except sa.exc.IntegrityError:  # the other rater began the joint one in this very moment
        attempt.rollback()
        return connection.scalar(there)
    attempt.commit()
    _tell(connection, user, number, 1, "started")
    return number


def save(
    connection: sa.Connection, user: User, assessment: int, seen_version: int, changes: Changes
) -> Saved | Conflict:
    """The new version, or what somebody else did meanwhile; then nothing is stored.

    Changes that change nothing make no new version.
    Raises: NotPermitted; InvalidAssessment, also where it is submitted and not reopened.
    """
    row = _locked(connection, user, assessment)
    changes = tidied(changes, row)
    if row.version != seen_version:
        return _conflict(connection, row, seen_version, changes)
    refuse_submitted(row)
    told = _written(connection, assessment, changes)
    return _next(connection, user, row, "saved", told) if told else Saved(row.version)


def submit(
    connection: sa.Connection, user: User, assessment: int, seen_version: int
) -> Saved | Conflict:
    """The new version: submitted, seen by readers and counted in figures.

    Raises: NotPermitted; InvalidAssessment; IncompleteAssessment naming what nothing is said of.
    """
    row = _locked(connection, user, assessment)
    if row.version != seen_version:
        return _conflict(connection, row, seen_version)
    refuse_submitted(row)
    ratings = ratings_of(connection, schema.Assessment.id == assessment).get(assessment, {})
    missing = tuple(
        construct
        for construct in constructs_of(row)
        if not is_judged(ratings.get(construct, Rating()))
    )
    if missing:
        raise IncompleteAssessment(missing)
    return _next(connection, user, row, "submitted", state=SUBMITTED)


def reopen(
    connection: sa.Connection, user: User, assessment: int, seen_version: int, reason: str
) -> Saved | Conflict:
    """The new version: open again for changes, and out of the figures until it is submitted.

    Raises: NotPermitted; InvalidAssessment where no reason is given or it is not submitted.
    """
    row = _locked(connection, user, assessment)
    why = tidy("reason", reason)
    if not why:
        raise InvalidAssessment("empty", "Say why it is reopened; the reason stays in its history.")
    if row.version != seen_version:
        return _conflict(connection, row, seen_version)
    if row.state != SUBMITTED:
        raise InvalidAssessment("state", "The assessment is open already. Change it as it is.")
    return _next(connection, user, row, "reopened", state="reopened", reason=why)


def attach(
    connection: sa.Connection,
    user: User,
    assessment: int,
    seen_version: int,
    construct: str,
    name: str,
    content: bytes,
) -> Saved | Conflict:
    """The new version with one more file behind a construct.

    Raises: NotPermitted; InvalidAssessment; evidence.RefusedEvidence.
    """
    row = _locked(connection, user, assessment)
    refuse_construct(construct, row)
    if row.version != seen_version:
        return _conflict(connection, row, seen_version)
    refuse_submitted(row)
    sha256 = keep(connection, content)
    key = {"assessment_id": assessment, "construct": construct, "sha256": sha256}
    if connection.scalar(_file(key)) is not None:
        return Saved(row.version)
    told = {"name": plain_name(name)}
    connection.execute(sa.insert(schema.AssessmentEvidence), key | told)
    changed = {f"evidence:{construct}:{sha256}": (None, told)}
    return _next(connection, user, row, "saved", changed)


def detach(
    connection: sa.Connection,
    user: User,
    assessment: int,
    seen_version: int,
    construct: str,
    sha256: str,
) -> Saved | Conflict:
    """The new version without a file; its content is gone when nothing else names it.

    Raises: NotPermitted; InvalidAssessment.
    """
    row = _locked(connection, user, assessment)
    if row.version != seen_version:
        return _conflict(connection, row, seen_version)
    refuse_submitted(row)
    key = {"assessment_id": assessment, "construct": construct, "sha256": sha256}
    name = connection.scalar(_file(key))
    if name is None:
        return Saved(row.version)
    table = schema.AssessmentEvidence.__table__
    connection.execute(sa.delete(table).where(*(table.c[k] == v for k, v in key.items())))
    forget_unused(connection, sha256)
    changed = {f"evidence:{construct}:{sha256}": ({"name": name}, None)}
    return _next(connection, user, row, "saved", changed)


def mark_done(
    connection: sa.Connection,
    user: User,
    assessment: int,
    seen_version: int,
    action: int,
    done_on: date | None,
) -> Saved | Conflict:
    """The new version with an action done on a day, or not done (None) after all.

    What was judged stays as it was handed in, so a submitted assessment need not be reopened and
    stays in the figures; its history says who marked what when.
    Raises: NotPermitted; InvalidAssessment where there is no such action.
    """
    row = _locked(connection, user, assessment)
    if row.version != seen_version:
        return _conflict(connection, row, seen_version)
    known = actions_of(connection, schema.Assessment.id == assessment).get(assessment, {})
    if action not in known:
        raise InvalidAssessment("action", f"There is no action {action} in this assessment.")
    changes = Changes(actions={action: replace(known[action], done_on=done_on)})
    told = _written(connection, assessment, changes)
    return _next(connection, user, row, "saved", told) if told else Saved(row.version)


# --- writing ------------------------------------------------------------------------------------


def _locked(connection: sa.Connection, user: User, assessment: int) -> sa.Row:
    """The row of an assessment that nobody else changes meanwhile. Raises: NotPermitted."""
    row = connection.execute(
        sa.select(schema.Assessment).where(schema.Assessment.id == assessment).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotPermitted(
            f"{user.name} sees no self-assessment {assessment}.", user, f"assessment:{assessment}"
        )
    require(user, Verb.ASSESS, Kind.ASSESSMENT, row.project_id)
    if row.kind != JOINT and row.rater_id != user.id:
        raise NotPermitted(
            f"{user.name} may not change the judgement of somebody else.",
            user,
            f"assessment:{assessment}",
        )
    return row


def _written(connection: sa.Connection, assessment: int, changes: Changes) -> dict[str, tuple]:
    """What was before and is after, of everything that changed; it is written already."""
    here = schema.Assessment.id == assessment
    ratings = ratings_of(connection, here).get(assessment, {})
    told = {}
    for construct, rating in changes.ratings.items():
        before = ratings.get(construct)
        if before != rating and not (before is None and rating == Rating()):
            _put_rating(connection, assessment, construct, rating)
            told[construct] = (_told(before), _told(rating))
    known = actions_of(connection, here).get(assessment, {})
    for number, action in changes.actions.items():
        if number not in known:
            raise InvalidAssessment("action", f"There is no action {number} in this assessment.")
        if known[number] != action:
            _put_action(connection, number, action)
            told[f"action:{number}"] = (_told(known[number]), _told(action))
    for action in changes.new_actions:
        number = connection.scalar(
            sa.insert(schema.AssessmentAction)
            .values(asdict(action) | {"assessment_id": assessment})
            .returning(schema.AssessmentAction.id)
        )
        told[f"action:{number}"] = (None, _told(action))
    return told


def _put_rating(connection: sa.Connection, assessment: int, construct: str, rating: Rating) -> None:
    level = schema.AssessmentLevel
    key = {"assessment_id": assessment, "construct": construct}
    connection.execute(
        sa.delete(level).where(level.assessment_id == assessment, level.construct == construct)
    )
    connection.execute(sa.insert(level), key | asdict(rating))


def _put_action(connection: sa.Connection, number: int, action: Action | None) -> None:
    mine = schema.AssessmentAction.id == number
    table = schema.AssessmentAction
    if action is None:
        connection.execute(sa.delete(table).where(mine))
    else:
        connection.execute(sa.update(table).where(mine).values(asdict(action)))


def _next(
    connection: sa.Connection,
    user: User,
    row: sa.Row,
    act: str,
    told: Mapping[str, tuple] | None = None,
    state: str | None = None,
    reason: str | None = None,
) -> Saved:
    """The next version of an assessment, with its event."""
    changed: dict[str, Any] = {"version": row.version + 1}
    if state is not None:
        changed |= {
            "state": state,
            "submitted_at": datetime.now(UTC) if state == SUBMITTED else None,
        }
    table = schema.Assessment
    connection.execute(sa.update(table).where(table.id == row.id).values(changed))
    _tell(connection, user, row.id, row.version + 1, act, told, reason)
    return Saved(row.version + 1)


def _tell(
    connection: sa.Connection,
    user: User,
    assessment: int,
    version: int,
    act: str,
    told: Mapping[str, tuple] | None = None,
    reason: str | None = None,
) -> None:
    connection.execute(
        sa.insert(schema.AssessmentEvent),
        {
            "assessment_id": assessment,
            "version": version,
            "user_id": user.id,
            "at": datetime.now(UTC),
            "act": act,
            "changes": json.dumps(told or {}, ensure_ascii=False, sort_keys=True),
            "reason": reason,
        },
    )
    if act != "saved":  # what was saved stands in the history; the audit tells of the steps
        detail = {"version": version}
        audit.record(connection, user, f"assessment_{act}", f"assessment:{assessment}", detail)


def _conflict(
    connection: sa.Connection, row: sa.Row, seen_version: int, mine: Changes | None = None
) -> Conflict:
    theirs = tuple(events(connection, row.id, after=seen_version))
    changed = {key for event in theirs for key in event.changes}
    wanted = [] if mine is None else [*mine.ratings, *(f"action:{n}" for n in mine.actions)]
    clashing = tuple(key for key in wanted if key in changed)
    return Conflict(row.version, theirs, mine, clashing)


def _file(key: Mapping[str, object]) -> sa.Select:
    table = schema.AssessmentEvidence.__table__
    return sa.select(table.c.name).where(*(table.c[name] == value for name, value in key.items()))


def _told(what: Rating | Action | None) -> dict[str, Any] | None:
    """As an event keeps it."""
    if what is None:
        return None
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(what).items()
    }
