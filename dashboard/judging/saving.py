"""What the buttons of a self-assessment do, and what the writer is told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
import streamlit as st

from dashboard import session
from dashboard.judging.draft import Draft
from dashboard.judging.words import construct_name
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.surveys.views import present
from dashboard.truth import engine
from dashboard.wording import say
from data.access import NotPermitted, User
from data.database import writing
from data.judgement import assessments
from data.judgement.assessment_reading import Assessment, assessment_of
from data.judgement.assessments import Conflict, IncompleteAssessment, InvalidAssessment, Saved
from data.judgement.evidence import RefusedEvidence

#: Under what the last word of a button is kept until the page says it.
_SAID = "judge_said"

Step = Callable[[sa.Connection, User], Saved | Conflict]


class Said(NamedTuple):
    """What came of a click: a text, its values, and whether it went well."""

    well: bool
    key: str
    values: dict[str, object]


def draft_of(viewing: Viewing, assessment: Assessment) -> Draft:
    """The unsaved work of whoever looks; on the newest version, as long as nothing is written."""
    name = _name(viewing, assessment.id)
    draft = session.work(name, lambda: Draft.of(assessment))
    if draft.version != assessment.version and not draft.is_changed:
        session.drop_work(name)
        draft = session.work(name, lambda: Draft.of(assessment))
    return draft


def drop(viewing: Viewing, draft: Draft) -> None:
    """Forget what is not stored."""
    session.drop_work(_name(viewing, draft.assessment))


def save(viewing: Viewing, draft: Draft) -> bool:
    """Whether the draft is stored; a conflict or a refusal is kept for the page to say."""
    version, changes = draft.decide(), draft.changes()

    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        return assessments.save(connection, user, draft.assessment, version, changes)

    if not _done(viewing, draft, step):
        return False
    drop(viewing, draft)
    _say(True, "judge.saved")
    return True


def submit(viewing: Viewing, draft: Draft) -> None:
    """Store the draft, and hand the assessment in."""
    if draft.is_changed and not save(viewing, draft):
        return

    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        now = assessment_of(connection, user, draft.assessment)
        return assessments.submit(connection, user, draft.assessment, now.version)

    if _done(viewing, draft, step):
        drop(viewing, draft)
        _say(True, "judge.submitted")


def reopen(viewing: Viewing, assessment: Assessment, reason: str) -> None:
    """Open a submitted assessment again."""
    draft = draft_of(viewing, assessment)

    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        return assessments.reopen(connection, user, assessment.id, assessment.version, reason)

    if _done(viewing, draft, step):
        drop(viewing, draft)
        _say(True, "judge.reopened")


def mark_done(viewing: Viewing, assessment: Assessment, action: int, done_on: date | None) -> None:
    """Mark an action of a submitted assessment as done, or as not done after all."""

    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        return assessments.mark_done(
            connection, user, assessment.id, assessment.version, action, done_on
        )

    draft = draft_of(viewing, assessment)
    if _done(viewing, draft, step):
        drop(viewing, draft)
        _say(True, "judge.marked_done" if done_on else "judge.marked_undone")


def start(project: int, phase: str, kind: str) -> None:
    """Begin an assessment of a phase."""
    try:
        with writing(engine()) as connection:
            assessments.start(connection, present(connection), project, phase, kind)
    except (InvalidAssessment, NotPermitted) as refused:
        _say(False, f"judge.refused.{getattr(refused, 'code', 'permission')}")


def attach(viewing: Viewing, draft: Draft, construct: str, name: str, content: bytes) -> bool:
    """Whether a file is stored behind a construct; nobody's words are touched by it."""

    def step(connection: sa.Connection, user: User, version: int) -> Saved | Conflict:
        return assessments.attach(
            connection, user, draft.assessment, version, construct, name, content
        )

    return _beside(viewing, draft, step, "judge.attached")


def detach(viewing: Viewing, draft: Draft, construct: str, sha256: str) -> bool:
    """Whether a file is taken away."""

    def step(connection: sa.Connection, user: User, version: int) -> Saved | Conflict:
        return assessments.detach(connection, user, draft.assessment, version, construct, sha256)

    return _beside(viewing, draft, step, "judge.detached")


def tell(language: str) -> None:
    """Say what came of the last click, once."""
    said: Said | None = session.kept(_SAID)
    if said is None:
        return
    session.keep(_SAID, None)
    values = dict(said.values)
    if "missing" in values:
        values["missing"] = ", ".join(construct_name(code, language) for code in values["missing"])
    (st.success if said.well else st.error)(literal(say(said.key, language, **values)))


# --- inside -------------------------------------------------------------------------------------


def _beside(
    viewing: Viewing,
    draft: Draft,
    step: Callable[[sa.Connection, User, int], Saved | Conflict],
    key: str,
) -> bool:
    """Whether a step is done that leaves the words alone, whatever version the draft stands on."""

    def on_newest(connection: sa.Connection, user: User) -> Saved | Conflict:
        now = assessment_of(connection, user, draft.assessment)
        answer = step(connection, user, now.version)
        if isinstance(answer, Saved) and now.version == draft.version:
            # Nobody wrote in between, so the draft stands on the version that this step made.
            draft.version = answer.version
        return answer

    if not _done(viewing, draft, on_newest):
        return False
    _say(True, key)
    return True


def _done(viewing: Viewing, draft: Draft, step: Step) -> bool:
    """Whether a step is stored, with the rights that its writer has now; what kept it from being so
    is kept for the page to say."""
    try:
        with writing(engine()) as connection:
            answer = step(connection, present(connection))
    except (InvalidAssessment, RefusedEvidence) as refused:
        _say(False, f"judge.refused.{refused.code}")
        return False
    except IncompleteAssessment as incomplete:
        _say(False, "judge.incomplete", missing=incomplete.missing)
        return False
    except NotPermitted:
        _say(False, "judge.refused.permission")
        return False
    if isinstance(answer, Conflict):
        if answer.mine is None:
            drop(viewing, draft)
            _say(False, "judge.changed_meanwhile")
        else:
            draft.meet(answer)
        return False
    return True


def _say(well: bool, key: str, **values: object) -> None:
    session.keep(_SAID, Said(well, key, values))


def _name(viewing: Viewing, assessment: int) -> str:
    return f"judge:{assessment}:{viewing.user.id}"
