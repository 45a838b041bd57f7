"""The funder's desk: what was reached, who sees what of it, totals, and the record of a figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import NotPermitted
from data.releases import content
from data.reporting import costs, reading, values
from data.reporting.definitions import indicator_id, store_own
from metrics.indicators.catalogue import common
from metrics.indicators.indicator import Indicator
from metrics.metric import ValueState
from tests.data import reported
from tests.data.reported import (
    ADMINISTRATOR,
    CITY_FUNDER,
    ERDF,
    EVALUATOR,
    FUNDER,
    MANAGER,
    ONE,
    OTHER,
    SECOND,
    STEERING,
    THREE,
    TODAY,
    TWO,
    approved,
    drafted,
    entered,
    locked,
    numbers,
    opened,
    promised,
    read,
    submitted,
    version,
    write,
)


@pytest.fixture
def world(engine):
    return reported.fill(engine)


def lines(engine, user, **asked):
    return read(engine, reading.desk, user, today=TODAY, **asked)


def line(engine, user, **asked):
    (only,) = lines(engine, user, **asked)
    return only


def total(engine, user, key: str):
    found = read(engine, reading.totals, user, ERDF)
    return next(each for each in found if each.indicator.key == key)


def counted(engine, home, target: int, period: int) -> int:
    number = drafted(engine, target, period)
    write(engine, values.count, EVALUATOR, home, number, version(engine, number))
    write(engine, values.submit, EVALUATOR, number, version(engine, number))
    return number


# --- lines --------------------------------------------------------------------------------------


def test_a_line_tells_attainment_and_pace_with_their_sign(world):
    falling = promised(world, "ARV-WAITING@1", baseline=30, target=10)
    submitted(world, falling, opened(world), 20)
    told = line(world, FUNDER)
    assert (told.value, told.attained) == (Decimal(20), 0.5)
    # Of the project's 729 days 180 were gone when the half year ended that the value tells of.
    assert told.ahead == pytest.approx(0.5 - 180 / 729)
    # While the period runs, the calendar is read today: 90 days after the start.
    running = read(world, reading.desk, FUNDER, today=date(2025, 4, 1))[0]
    assert running.ahead == pytest.approx(0.5 - 90 / 729)


def test_a_target_that_equals_its_baseline_has_no_attainment(world):
    submitted(world, promised(world, "RCR03@2", baseline=5, target=5), opened(world), 5)
    told = line(world, FUNDER)
    assert (told.attained, told.ahead) == (None, None)


def test_zero_not_reported_and_not_applicable_stay_apart_on_the_desk(world):
    period = opened(world)
    for key, changes in (
        ("RCO02@1", {"value": 0}),
        ("RCO03@1", {"state": "not_applicable"}),
        ("RCO05@1", {"state": "not_reported"}),
    ):
        number = drafted(world, promised(world, key), period)
        changes |= {"method_note": "Kirjaukset"}
        write(world, values.save, EVALUATOR, number, 1, changes)
        write(world, values.submit, EVALUATOR, number, 2)
    promised(world, "RCO13@1")
    told = {each.target.indicator: (each.state, each.value) for each in lines(world, FUNDER)}
    assert told == {
        "RCO02@1": (ValueState.ZERO, Decimal(0)),
        "RCO03@1": (ValueState.NOT_APPLICABLE, None),
        "RCO05@1": (ValueState.NOT_REPORTED, None),
        "RCO13@1": (ValueState.NOT_REPORTED, None),
    }


def test_a_funder_sees_what_was_submitted_and_nothing_before_it(world):
    target, first = promised(world, "RCO13@1"), opened(world)
    number = entered(world, target, first, 100)
    assert line(world, FUNDER).status is None
    assert line(world, STEERING).status is None
    assert line(world, MANAGER).value == 100
    write(world, values.submit, MANAGER, number, 2)
    assert line(world, FUNDER).value == 100
    # The next period is being written: the desk goes on showing what was submitted.
    entered(world, target, opened(world, days=SECOND), 50)
    assert [line(world, user).value for user in (FUNDER, MANAGER)] == numbers(100, 100)
    write(world, values.send_back, FUNDER, number, 3, "Mistä?")
    write(world, values.save, MANAGER, number, 4, {"value": 90})
    told = line(world, FUNDER, every_period=True)
    assert (told.status, told.state, told.value) == ("returned", ValueState.NOT_REPORTED, None)
    assert len(lines(world, MANAGER, every_period=True)) == 2


def test_a_period_lists_what_is_reported_in_it_and_what_is_not(world):
    period = opened(world)
    entered(world, promised(world, "RCO13@1"), period, 100)
    promised(world, "RCO02@1")
    promised(world, "RCO02@1", TWO)
    told = lines(world, MANAGER, period=period)
    assert [(t.target.project, t.target.indicator, t.status) for t in told] == [
        (ONE, "RCO02@1", None),
        (ONE, "RCO13@1", "draft"),
    ]


def test_people_are_rounded_for_those_outside_and_few_are_not_told(world, tmp_path):
    target = promised(world, "ARV-PARTICIPATIONS@1", target=100)
    # Seven residents came in the first half, sixteen in the second: 23 in all.
    first = counted(world, tmp_path, target, opened(world))
    counted(world, tmp_path, target, opened(world, days=SECOND))
    inside, outside = (
        [(t.state.value, t.value, t.cumulative, t.rounded) for t in lines(
            world, user, every_period=True)]
        for user in (MANAGER, FUNDER)
    )  # fmt: skip
    assert inside == [
        ("value", Decimal(7), Decimal(7), False), ("value", Decimal(16), Decimal(23), False),
    ]  # fmt: skip
    assert outside == [
        ("suppressed", None, None, True), ("value", Decimal(15), Decimal(25), True),
    ]  # fmt: skip
    told = read(world, reading.record, FUNDER, first)
    assert (told.items, told.exclusions, told.findings) == (None, {}, [])
    assert all(each.changes == {} for each in told.events)
    assert {each.value for each in told.versions} == {None}
    assert total(world, FUNDER, "ARV-PARTICIPATIONS@1").pending.sum == 25


def test_enterprises_are_not_people(world, tmp_path):
    counted(world, tmp_path, promised(world, "RCO01@1"), opened(world))
    assert (line(world, FUNDER).value, line(world, FUNDER).rounded) == (Decimal(2), False)


def test_of_people_is_what_the_definition_says_whatever_its_unit_is_called(world):
    """Reporting in "neighbours", an own unit, was shown to the funder to the very person."""
    told = common()["ARV-WAITING@1"].model_dump() | {
        "code": "ESPOO-1", "kind": "output", "counting": "additive", "of_people": True,
        "unit": {"code": "neighbours", "label": {"fi": "naapuria", "sv": "grannar", "en": "n"}},
    }  # fmt: skip
    own = Indicator.model_validate(told)
    write(world, store_own, EVALUATOR, own, project=ONE)
    submitted(world, promised(world, "ESPOO-1@1"), opened(world), 7, cumulative=43)
    seen = line(world, FUNDER)
    assert (seen.state.value, seen.value, seen.cumulative) == ("suppressed", None, Decimal(45))
    assert line(world, MANAGER).value == 7


def test_a_funder_sees_what_events_cost_where_its_money_is_the_only_one(world):
    with database.writing(world) as connection:
        money = {ONE: (ERDF, 100), TWO: (ERDF, 50)}
        for project, (funder, euros) in money.items():
            connection.execute(
                sa.update(schema.ProjectFunder)
                .where(schema.ProjectFunder.project_id == project)
                .where(schema.ProjectFunder.funder_id == funder)
                .values(granted_eur=euros)
            )
        connection.execute(sa.update(schema.ActivityEvent).values(cost_eur=10))
    seen = read(world, costs.costs, FUNDER)
    # Project 1 has the city's money too, and which of the two paid its four events, nobody knows.
    assert (seen[ONE].granted, seen[ONE].events) == (Decimal(100), None)
    assert (seen[TWO].granted, seen[TWO].events) == (Decimal(50), Decimal(10))
    inside = read(world, costs.costs, MANAGER)
    assert inside[ONE].events == Decimal(40)


# --- totals -------------------------------------------------------------------------------------


def test_over_projects_an_enterprise_is_told_once_beside_the_sum(world, tmp_path):
    for project in (ONE, TWO):
        number = counted(
            world, tmp_path, promised(world, "RCO01@1", project), opened(world, project)
        )
        approved(world, number)
    told = total(world, FUNDER, "RCO01@1").approved
    # Companies 1 and 2 came to events of both projects; 4 has no business ID.
    assert (told.sum, told.distinct, told.overlap) == (Decimal(4), 2, 2)
    assert (told.projects, told.of) == (2, 2)


def test_each_objective_tells_its_enterprises_once(world, tmp_path):
    """Companies 1 and 2 came to both projects; in the second half company 3 to project 1 alone."""
    for project, objective in ((ONE, "1.1"), (TWO, "2.1"), (THREE, None)):
        target = promised(world, "RCO01@1", project, objective=objective)
        approved(world, counted(world, tmp_path, target, opened(world, project)))
    found = read(world, reading.totals_by_objective, FUNDER, ERDF)
    told = [(e.objective, e.total.approved.sum, e.total.approved.distinct) for e in found]
    assert told == [("1.1", 2, 2), ("2.1", 2, 2), (None, 0, 0)]
    assert {e.total.approved.overlap for e in found} == {0}
    whole = total(world, FUNDER, "RCO01@1").approved
    assert (whole.sum, whole.distinct, whole.overlap) == (4, 2, 2)


def test_within_an_objective_an_enterprise_of_two_projects_is_told_once(world, tmp_path):
    for project in (ONE, TWO):
        target = promised(world, "RCO01@1", project, objective="2.1")
        approved(world, counted(world, tmp_path, target, opened(world, project)))
    (only,) = read(world, reading.totals_by_objective, FUNDER, ERDF)
    told = only.total.approved
    assert (only.objective, told.sum, told.distinct, told.overlap) == ("2.1", 4, 2, 2)


def test_approved_and_pending_are_never_added(world, tmp_path):
    for project, settled in ((ONE, True), (TWO, False)):
        number = counted(
            world, tmp_path, promised(world, "RCO01@1", project), opened(world, project)
        )
        if settled:
            approved(world, number)
    told = total(world, FUNDER, "RCO01@1")
    assert (told.approved.sum, told.approved.projects) == (Decimal(2), 1)
    assert (told.pending.sum, told.pending.projects) == (Decimal(2), 1)


def test_a_correction_under_way_leaves_the_released_value_in_the_total(world):
    number = locked(world, submitted(world, promised(world, "RCO02@1"), opened(world), 3))
    new = write(world, values.correct, MANAGER, number, "Puuttui yksi.")
    write(world, values.save, MANAGER, new, 1, {"value": 4, "method_note": "n"})
    write(world, values.submit, MANAGER, new, 2)
    told = total(world, FUNDER, "RCO02@1")
    assert (told.approved.sum, told.pending.sum) == (Decimal(3), Decimal(4))
    approved(world, new)
    told = total(world, FUNDER, "RCO02@1")
    assert (told.approved.sum, told.pending.sum) == (Decimal(4), None)


@pytest.mark.parametrize(
    ("figures", "told", "of"),
    [
        # Each to the nearest five and then added, as a release adds them: 45 and 45, not 85 of 86.
        ((43, 43), ("value", 90, 2), 2),
        ((43, 7), ("value", 45, 1), 2),  # the seven could be had from a sum that holds them
        ((0, 7), ("suppressed", None, 1), 2),
        ((0, 0), ("zero", 0, 2), 2),
    ],
)
def test_people_are_added_as_they_are_shown_and_as_a_release_adds_them(world, figures, told, of):
    for project, people in zip((ONE, TWO), figures, strict=True):
        target = promised(world, "ARV-PARTICIPATIONS@1", project)
        number = submitted(world, target, opened(world, project), people, cumulative=people)
        approved(world, number)
    desk = total(world, FUNDER, "ARV-PARTICIPATIONS@1").approved
    assert ((desk.state.value, desk.sum, desk.projects), desk.of) == (told, of)
    shown = lines(world, FUNDER)
    keys = [
        {"indicator": each.indicator.key, "value": each.value, "basis": each.basis,
         "items": None, "state": each.state.value}
        for each in shown
    ]  # fmt: skip
    (released,) = content.totals(keys, {each.indicator.key: each.indicator for each in shown})
    assert released["sum"] == desk.sum


def test_what_was_entered_has_a_sum_and_nobody_knows_whose_it_is(world):
    approved(world, submitted(world, promised(world, "RCO01@1"), opened(world), 3))
    told = total(world, FUNDER, "RCO01@1").approved
    assert (told.sum, told.distinct, told.overlap) == (Decimal(3), None, None)


def test_levels_and_words_are_not_added(world):
    period = opened(world)
    approved(world, submitted(world, promised(world, "ARV-QUALITY@1"), period, 70))
    told = total(world, FUNDER, "ARV-QUALITY@1").approved
    assert (told.sum, told.state, told.projects) == (None, ValueState.NOT_APPLICABLE, 1)


def test_a_silent_period_does_not_unmake_what_was_told_before(world):
    target = promised(world, "RCO13@1")
    approved(world, submitted(world, target, opened(world), 100))
    later = drafted(world, target, opened(world, days=SECOND))
    changes = {"state": "not_reported", "method_note": "Ei tietoja vielä."}
    write(world, values.save, EVALUATOR, later, 1, changes)
    write(world, values.submit, EVALUATOR, later, 2)
    approved(world, later)
    assert total(world, FUNDER, "RCO13@1").approved.sum == 100


# --- the record ---------------------------------------------------------------------------------


def test_a_record_tells_everything_that_a_check_needs(world, tmp_path):
    target, period = promised(world, "RCO01@1", expected="Kymmenen yritystä."), opened(world)
    number = counted(world, tmp_path, target, period)
    part = submitted(world, promised(world, "RCO02@1"), period, 3)
    locked(world, number)
    told = read(world, reading.record, FUNDER, number)
    assert told.line.indicator.code == "RCO01"
    assert len(told.definition_sha256) == 64
    assert told.exclusions == {"duplicate": 1, "no_business_id": 1}
    assert sorted(told.items["exclusion"]) == ["", "", "duplicate", "no_business_id"]
    assert told.items["happened_on"].max().date() == date(2025, 5, 1)
    assert [e.act for e in told.events] == ["drafted", "submitted", "approved", "locked"]
    # Three with a grant of two supported.
    assert [(f.code, f.indicator) for f in told.findings] == [("part_above_whole", "RCO02")]
    new = write(world, values.correct, MANAGER, number, "Yksi puuttui.")
    assert [v.reported for v in read(world, reading.record, FUNDER, number).versions] == [number]
    both = read(world, reading.record, MANAGER, new).versions
    assert [(v.correction, v.status, v.reason) for v in both] == [
        (0, "locked", None),
        (1, "draft", "Yksi puuttui."),
    ]
    assert read(world, reading.record, MANAGER, number).line.reported == number
    assert read(world, reading.record, MANAGER, part).items is None


def test_a_record_is_for_those_who_see_the_value(world):
    number = entered(world, promised(world, "RCO02@1"), opened(world), 3)
    for user in (OTHER, FUNDER, STEERING, CITY_FUNDER):
        with pytest.raises(NotPermitted):
            read(world, reading.record, user, number)
    write(world, values.submit, MANAGER, number, 2)
    for user in (FUNDER, STEERING, ADMINISTRATOR):
        assert read(world, reading.record, user, number).line.value == 3
    for user in (OTHER, CITY_FUNDER):
        with pytest.raises(NotPermitted):
            read(world, reading.record, user, number)
    with pytest.raises(NotPermitted):
        read(world, reading.record, ADMINISTRATOR, 999)


# --- how much is asked --------------------------------------------------------------------------


def statements(engine, step) -> int:
    """How many statements the database is asked by a step."""
    asked = []

    def note(*told) -> None:
        asked.append(told[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    with database.reading(engine) as connection:
        step(connection)
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_the_desk_of_forty_projects_is_asked_as_few_times_as_that_of_one(sqlite_engine):
    world = reported.fill(sqlite_engine)
    submitted(world, promised(world, "RCO01@1"), opened(world), 5, cumulative=5)
    one = statements(world, lambda connection: reading.desk(connection, FUNDER, today=TODAY))
    many = range(101, 141)
    keys = [f"{c}@1" for c in ("RCO01", "RCO02", "RCO03", "RCO04", "RCO05", "RCO13", "RCR02",
                               "RCR01", "ARV-SOLUTIONS", "ARV-QUALITY")]  # fmt: skip
    with database.writing(world) as connection:

        def insert(model, rows) -> None:
            connection.execute(sa.insert(model), rows)

        insert(schema.Project, [{"id": n, "code": f"m{n}", "name_fi": "M"} for n in many])
        insert(schema.ProjectFunder, [{"project_id": n, "funder_id": ERDF} for n in many])
        versions = [indicator_id(connection, key) for key in keys]
        money = [{"project_id": n, "funder_id": ERDF} for n in many]
        insert(
            schema.IndicatorTarget,
            [
                m | {"indicator_id": v, "baseline": 0, "baseline_year": 2025, "target": 10}
                for m in money
                for v in versions
            ],
        )
        spans = [(date(2025, m, 1), date(2025, m, 28)) for m in (1, 4, 7, 10)]
        insert(
            schema.ReportingPeriod,
            [
                m | {"number": at, "starts_on": s, "ends_on": e}
                for m in money
                for at, (s, e) in enumerate(spans, start=1)
            ],
        )
        place = sa.select(
            schema.IndicatorTarget.id, schema.ReportingPeriod.id, sa.literal("value"),
            sa.literal(5), sa.literal(5), sa.literal("entered"), sa.literal("n"),
            sa.literal("submitted"),
        ).join(
            schema.ReportingPeriod,
            schema.ReportingPeriod.project_id == schema.IndicatorTarget.project_id,
        ).where(schema.IndicatorTarget.project_id.in_(many))  # fmt: skip
        names = ["target_id", "period_id", "state", "value", "cumulative", "basis", "method_note",
                 "status"]  # fmt: skip
        connection.execute(sa.insert(schema.ReportedValue).from_select(names, place))
    user = reported.User(3, "F", FUNDER.grants, {ERDF: frozenset(many)})
    told = read(world, reading.desk, user, today=TODAY)
    assert len(told) == 400
    assert {each.value for each in told} == {Decimal(5)}
    many = statements(world, lambda connection: reading.desk(connection, user, today=TODAY))
    assert many == one


def test_what_corrections_leave_standing_is_asked_at_once(world):
    def asked() -> tuple[int, list]:
        found = lines(world, MANAGER, every_period=True)
        kept = read(world, reading.standing, MANAGER, found, TODAY)
        count = statements(world, lambda c: reading.standing(c, MANAGER, found, TODAY))
        return count, [(each.reported, each.value) for each in kept]

    counts, released = [], []
    period = opened(world)
    for key in ("RCO02@1", "RCO03@1", "RCO05@1"):
        number = locked(world, submitted(world, promised(world, key), period, 3))
        released.append((number, Decimal(3)))
        new = write(world, values.correct, MANAGER, number, "Puuttui yksi.")
        write(world, values.save, MANAGER, new, 1, {"value": 4, "method_note": "n"})
        write(world, values.submit, MANAGER, new, 2)
        count, kept = asked()
        assert kept == released
        counts.append(count)
    assert len(set(counts)) == 1
