"""Actions of a submitted self-assessment are marked done, and what was judged stays handed in."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import Grant, NotPermitted, Role, User
from data.judgement.assessment_reading import Action, Rating, assessment_of, history
from data.judgement.assessments import (
    Changes,
    Conflict,
    InvalidAssessment,
    Saved,
    mark_done,
    save,
    start,
    submit,
)
from survey.rubric import rubric

AILA = User(1, "Aila", (Grant(Role.MANAGER, project=1),))
BO = User(2, "Bo", (Grant(Role.MANAGER, project=1),))
STEERING = User(3, "Steering", (Grant(Role.STEERING),))
DAY = date(2026, 11, 20)


@pytest.fixture
def handed_in(engine) -> tuple[sa.Engine, int, int]:
    """A joint assessment of one project with one action, at version 3; its number, the action's."""
    with database.writing(engine) as connection:
        connection.execute(sa.insert(schema.Project), [{"id": 1, "code": "p1", "name_fi": "P"}])
        connection.execute(
            sa.insert(schema.AppUser),
            [
                {"id": user.id, "issuer": "i", "subject": user.name, "name": user.name}
                for user in (AILA, BO, STEERING)
            ],
        )
        number = start(connection, AILA, 1, "P3", "joint")
        levels = {construct: Rating(2) for construct in rubric().of("P3")}
        save(connection, AILA, number, 1, Changes(levels, new_actions=[Action("Sovitaan.")]))
        submit(connection, AILA, number, 2)
        (action,) = assessment_of(connection, AILA, number).actions
    return engine, number, action


def write(engine, step, *told):
    with database.writing(engine) as connection:
        return step(connection, *told)


def read(engine, step, *told):
    with database.reading(engine) as connection:
        return step(connection, *told)


def test_an_action_is_marked_without_reopening_and_the_history_says_by_whom(handed_in):
    engine, number, action = handed_in
    before = read(engine, assessment_of, AILA, number)
    assert write(engine, mark_done, BO, number, 3, action, DAY) == Saved(4)
    now = read(engine, assessment_of, AILA, number)
    assert (now.state, now.submitted_at) == ("submitted", before.submitted_at)
    assert now.ratings == before.ratings
    assert now.actions[action] == Action("Sovitaan.", done_on=DAY)
    told = read(engine, history, AILA, number)[-1]
    assert (told.version, told.by, told.act) == (4, "Bo", "saved")
    change = told.changes[f"action:{action}"]
    assert (change.before["done_on"], change.after["done_on"]) == (None, "2026-11-20")
    # And back again, by who sees the new version.
    assert write(engine, mark_done, AILA, number, 4, action, None) == Saved(5)
    assert read(engine, assessment_of, AILA, number).actions[action].done_on is None


def test_the_second_of_two_stores_nothing_and_is_told(handed_in):
    engine, number, action = handed_in
    write(engine, mark_done, AILA, number, 3, action, DAY)
    met = write(engine, mark_done, BO, number, 3, action, date(2026, 11, 22))
    assert isinstance(met, Conflict)
    assert [event.by for event in met.theirs] == ["Aila"]
    assert read(engine, assessment_of, BO, number).actions[action].done_on == DAY


def test_what_is_done_already_makes_no_version(handed_in):
    engine, number, action = handed_in
    write(engine, mark_done, AILA, number, 3, action, DAY)
    assert write(engine, mark_done, BO, number, 4, action, DAY) == Saved(4)


def test_only_who_may_assess_marks_and_only_what_is_there(handed_in):
    engine, number, action = handed_in
    with pytest.raises(NotPermitted):
        write(engine, mark_done, STEERING, number, 3, action, DAY)
    with pytest.raises(InvalidAssessment):
        write(engine, mark_done, AILA, number, 3, action + 1, DAY)
