"""What self-assessments become beside the table itself: a frame, readiness, and the sample's."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import Grant, NotPermitted, Role, User
from data.folding.record_results import assessments
from data.judgement.assessment_reading import Rating
from data.judgement.assessments import Changes, reopen, save, start, submit
from data.judgement.readiness import ready
from survey.rubric import records_required, rubric

ONE = 1
AILA = User(1, "Aila", (Grant(Role.MANAGER, project=ONE),))
BO = User(2, "Bo", (Grant(Role.MANAGER, project=ONE),))


@pytest.fixture
def filled(engine) -> sa.Engine:
    with database.writing(engine) as connection:
        connection.execute(sa.insert(schema.Project), {"id": ONE, "code": "p", "name_fi": "P"})
        connection.execute(
            sa.insert(schema.AppUser),
            [{"id": u.id, "issuer": "i", "subject": u.name, "name": u.name} for u in (AILA, BO)],
        )
    return engine


def judge(engine, user: User, kind: str, phase: str = "P3", **levels: int | None) -> int:
    """A submitted assessment; what is not named has level 2, None does not apply."""
    ratings = {
        construct: Rating(levels.get(construct, 2), levels.get(construct, 2) is None)
        for construct in rubric().of(phase)
    }
    with database.writing(engine) as connection:
        number = start(connection, user, ONE, phase, kind)
        version = save(connection, user, number, 1, Changes(ratings)).version
        submit(connection, user, number, version)
    return number


def frame(engine) -> dict[tuple, tuple]:
    with database.reading(engine) as connection:
        rows = assessments(connection).itertuples(index=False, name=None)
    return {row[1:4]: row[4:] for row in rows}


def test_only_what_is_submitted_becomes_a_record(filled):
    judge(filled, AILA, "own", GOAL=1)
    bos = judge(filled, BO, "own", GOAL=4)
    with database.writing(filled) as connection:
        started = start(connection, AILA, ONE, "P3", "joint")
        save(connection, AILA, started, 1, Changes({"GOAL": Rating(4)}))
    # By hand: levels 1 and 4 are 0 and 3 steps above the lowest: 2 raters, sum 3, squares 9.
    assert frame(filled)["P3", "GOAL", "own"] == (2, 3, 9)
    assert ("P3", "GOAL", "joint") not in frame(filled)
    with database.writing(filled) as connection:
        reopen(connection, BO, bos, 3, "Mistake.")
    assert frame(filled)["P3", "GOAL", "own"] == (1, 0, 0)


def test_what_raters_agree_does_not_apply_counts_nowhere(filled):
    judge(filled, AILA, "own", GOAL=4)
    judge(filled, AILA, "joint", GOAL=None)
    found = frame(filled)
    assert set(found) == {("P3", c, kind) for c in ("RULE", "TRUST") for kind in ("own", "joint")}


# --- ready for the next phase -------------------------------------------------------------------


def is_ready(engine, phase: str = "P3"):
    with database.reading(engine) as connection:
        return ready(connection, AILA, ONE, phase)


def test_a_phase_without_anything_misses_everything(filled):
    found = is_ready(filled)
    assert not found.ready
    assert found.missing == (
        "rules_signed", "roles_filled", "GOAL", "RULE", "TRUST", "participants",
    )  # fmt: skip


def test_a_phase_with_everything_is_ready(filled):
    judge(filled, AILA, "own")
    judge(filled, BO, "joint", TRUST=None)
    with database.writing(filled) as connection:
        connection.execute(
            sa.insert(schema.GroundRules), {"project_id": ONE, "signed_on": date(2026, 1, 2)}
        )
        connection.execute(
            sa.insert(schema.ProjectRole), {"project_id": ONE, "title": "Lead", "filled": True}
        )
        _answered(connection, people=5)
    found = is_ready(filled)
    assert found.ready
    assert found.constructs == {"GOAL": "joint", "RULE": "joint", "TRUST": "not_applicable"}
    assert found.records == {"rules_signed": True, "roles_filled": True}


def _answered(connection: sa.Connection, people: int) -> None:
    version = connection.scalar(
        sa.insert(schema.InstrumentVersion)
        .values(code="a", version=1, sha256="", body='{"kind":"process"}')
        .returning(schema.InstrumentVersion.id)
    )
    collection = connection.scalar(
        sa.insert(schema.Collection)
        .values(project_id=ONE, instrument_version_id=version, wave="during", phase="P3")
        .returning(schema.Collection.id)
    )
    connection.execute(
        sa.insert(schema.Response),
        [
            {"id": f"{i:032}", "collection_id": collection, "group_code": "RES", "answers": "{}"}
            for i in range(people)
        ],
    )


def test_fewer_people_than_may_be_shown_are_no_view_of_participants(filled):
    with database.writing(filled) as connection:
        _answered(connection, people=4)
    assert not is_ready(filled).participants


def test_every_required_record_of_every_phase_is_looked_for(filled):
    for phase in rubric().phases:
        found = is_ready(filled, phase)
        assert tuple(found.records) == records_required(phase)
        assert not any(found.records.values())


def test_a_funder_is_not_told_whether_a_phase_is_ready(filled):
    funder = User(9, "F", (Grant(Role.FUNDER, funder=1),), {1: frozenset({ONE})})
    with database.reading(filled) as connection, pytest.raises(NotPermitted):
        ready(connection, funder, ONE, "P3")
