"""What waits for a manager: only of the own projects, the latest first, nothing that is done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import Grant, Role, User
from data.records.duties import Matter, duties
from data.records.naming import named_things

TODAY = date(2026, 11, 22)
MANAGER = User(1, "m", (Grant(Role.MANAGER, project=1),))
FUNDER = User(2, "f", (Grant(Role.FUNDER, funder=1),), {1: frozenset({1})})
EVALUATOR = User(3, "e", (Grant(Role.EVALUATOR),))


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def both(**values: object) -> list[dict]:
    """A row for each of the two projects."""
    return [values | {"project_id": 1}, values | {"project_id": 2}]


ROWS = {
    schema.AppUser: [{"id": n, "issuer": "i", "subject": str(n), "name": "x"} for n in (1, 2, 3)],
    schema.Funder: [{"id": 1, "code": "f", "name_fi": "Rahoittaja"}],
    schema.ProcessTemplate: [{"id": 1, "code": "t", "name_fi": "Malli"}],
    schema.TemplatePhase: [
        {"id": n, "template_id": 1, "position": n, "common_phase": f"P{n}", "name_fi": f"Vaihe {n}"}
        for n in (1, 2, 3, 4)
    ],
    schema.Project: [
        {"id": n, "code": str(n), "name_fi": f"Hanke {n}", "template_id": 1, "status": "running"}
        for n in (1, 2)
    ],
    schema.ProjectFunder: both(funder_id=1),
    schema.ProjectPhase: [
        # Ended within what is remembered; long ago; late; and about to end.
        *both(template_phase_id=1, actual_start_on=day(-90), actual_end_on=day(-30)),
        *both(template_phase_id=2, actual_start_on=day(-400), actual_end_on=day(-300)),
        *both(template_phase_id=3, actual_start_on=day(-30), planned_end_on=day(-5)),
        *both(template_phase_id=4, actual_start_on=day(-3), planned_end_on=day(6)),
    ],
    schema.ReportingPeriod: [
        *both(funder_id=1, number=1, starts_on=day(-800), ends_on=day(-500),
              closed_at=datetime(2026, 1, 1, tzinfo=UTC), closed_by=1),
        *both(funder_id=1, number=2, starts_on=day(-400), ends_on=day(-40), due_on=day(10)),
        *both(funder_id=1, number=3, starts_on=day(-30), ends_on=day(300)),
    ],
    schema.Decision: [
        {"code": "d", "project_id": 1, "title": "Kuka jatkaa?", "due_on": day(-1)},
        {"code": "e", "project_id": 1, "title": "Tehty", "due_on": day(-1), "made_on": day(-2)},
    ],
}  # fmt: skip


@pytest.fixture
def town(engine):
    with database.writing(engine) as connection:
        for table, rows in ROWS.items():
            for row in rows:
                connection.execute(sa.insert(table), [row])
    return engine


def matters(town, user):
    with database.reading(town) as connection:
        return [(duty.matter, duty.phase or duty.words) for duty in duties(connection, user, TODAY)]


def test_what_waits_stands_in_the_order_of_its_day(town):
    assert matters(town, MANAGER) == [
        (Matter.JUDGEMENT, "P1"),
        (Matter.PHASE_LATE, "P3"),
        (Matter.DECISION_DUE, "Kuka jatkaa?"),
        (Matter.PHASE_ENDS, "P4"),
        (Matter.PERIOD_DUE, "2"),
    ]


def test_a_manager_sees_the_own_project_and_a_funder_has_nothing_to_do_in_it(town):
    with database.reading(town) as connection:
        assert {duty.project for duty in duties(connection, MANAGER, TODAY)} == {1}
        assert {duty.project for duty in duties(connection, EVALUATOR, TODAY)} == {1, 2}
        assert duties(connection, FUNDER, TODAY) == []


def test_a_judgement_that_was_handed_in_no_longer_waits_and_one_begun_says_so(town):
    one = {"project_id": 1, "phase": "P1", "kind": "own", "rubric_version": 1}
    with database.writing(town) as connection:
        connection.execute(sa.insert(schema.Assessment), [one | {"rater_id": 1}])
        # Somebody else's does not stand for one's own.
        done = {"state": "submitted", "submitted_at": datetime(2026, 11, 1, tzinfo=UTC)}
        connection.execute(sa.insert(schema.Assessment), [one | {"rater_id": 3} | done])
    assert (Matter.JUDGEMENT_OPEN, "P1") in matters(town, MANAGER)
    with database.writing(town) as connection:
        connection.execute(sa.update(schema.Assessment).values(**done))
    assert not {Matter.JUDGEMENT, Matter.JUDGEMENT_OPEN} & {m for m, _ in matters(town, MANAGER)}


def test_a_follow_up_waits_half_a_year_after_the_end_until_it_is_asked(town):
    with database.writing(town) as connection:
        connection.execute(
            sa.insert(schema.InstrumentVersion),
            [{"id": 1, "code": "b", "version": 1, "sha256": "", "body": ""}],
        )
        connection.execute(sa.update(schema.Project).values(ends_on=day(-200), status="ended"))
        asked = {"project_id": 1, "instrument_version_id": 1}
        connection.execute(sa.insert(schema.Collection), [asked | {"wave": "end"}])
    found = {matter for matter, _ in matters(town, MANAGER)}
    assert Matter.FOLLOW_UP in found
    # A project that has ended has no phases that run late.
    assert not {Matter.PHASE_LATE, Matter.DECISION_DUE} & found
    with database.writing(town) as connection:
        connection.execute(sa.insert(schema.Collection), [asked | {"wave": "follow_up"}])
    assert Matter.FOLLOW_UP not in {matter for matter, _ in matters(town, MANAGER)}


def test_a_search_is_given_only_the_projects_that_somebody_may_see(town):
    def projects(user):
        with database.reading(town) as connection:
            return {one.id for one in named_things(connection, user) if one.sort == "project"}

    assert projects(MANAGER) == projects(FUNDER) == {1}
    assert projects(EVALUATOR) == {1, 2}
