"""Reported values: counted, entered, read, on their way, locked and corrected."""

from __future__ import annotations

import random
import threading
from datetime import date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import NotPermitted
from data.reporting import values
from data.reporting.definitions import store_own
from data.reporting.history import events
from data.reporting.values import Conflict, RefusedReport, Saved
from metrics.indicators.catalogue import common
from metrics.indicators.indicator import Indicator
from tests.data import reported
from tests.data.reported import (
    ADMINISTRATOR,
    CITY,
    CITY_FUNDER,
    EVALUATOR,
    FUNDER,
    MANAGER,
    ONE,
    OTHER,
    SECOND,
    STEERING,
    approved,
    drafted,
    entered,
    locked,
    opened,
    promised,
    read,
    row,
    submitted,
    version,
    write,
)


@pytest.fixture
def world(engine):
    return reported.fill(engine)


@pytest.fixture
def small(sqlite_engine):
    """The same on SQLite alone, for rules that no database has a say in."""
    return reported.fill(sqlite_engine)


def refused(engine, step, *told) -> str:
    with pytest.raises(RefusedReport) as error:
        write(engine, step, *told)
    assert str(error.value)
    return error.value.code


def save(engine, number, **changes):
    return write(engine, values.save, MANAGER, number, version(engine, number), changes)


def counted(engine, home, number):
    return write(engine, values.count, MANAGER, home, number, version(engine, number))


def items(engine, number) -> dict[str | None, int]:
    """How many items of a value each reason keeps out; None: none does."""
    item = schema.CountedItem
    with engine.connect() as connection:
        return dict(
            connection.execute(
                sa.select(item.exclusion, sa.func.count())
                .where(item.reported_id == number)
                .group_by(item.exclusion)
            ).all()
        )


# --- counting -----------------------------------------------------------------------------------


def test_an_enterprise_counts_once_however_many_events_it_came_to(world, tmp_path):
    target = promised(world, "RCO01@1")
    first = drafted(world, target, opened(world))
    counted(world, tmp_path, first)
    # In the first half of 2025: 1 and 2 at event 1, 1 again at event 2; 4 has no business ID.
    assert (row(world, first).value, row(world, first).cumulative) == (2, 2)
    assert items(world, first) == {None: 2, "duplicate": 1, "no_business_id": 1}
    second = drafted(world, target, opened(world, days=SECOND))
    counted(world, tmp_path, second)
    # In the second half 1 and 3 came; from the start 1, 2 and 3 did. The sum of periods is 4.
    assert (row(world, second).value, row(world, second).cumulative) == (2, 3)
    assert items(world, second) == {None: 2, "out_of_period": 3, "no_business_id": 1}


def test_the_same_enterprise_has_the_same_key_in_two_projects(world, tmp_path):
    keys = {}
    for project in (ONE, reported.TWO):
        number = drafted(world, promised(world, "RCO01@1", project), opened(world, project))
        write(world, values.count, EVALUATOR, tmp_path, number, version(world, number))
        with world.connect() as connection:
            item = schema.CountedItem
            keys[project] = set(
                connection.scalars(
                    sa.select(item.entity).where(
                        item.reported_id == number, item.exclusion.is_(None)
                    )
                )
            )
    assert keys[ONE] == keys[reported.TWO]
    assert all(len(key) == 64 for key in keys[ONE])


def test_occurrences_add_up_over_periods(world, tmp_path):
    told = common()["RCO16@2"].model_dump() | {"code": "ESPOO-1", "version": 1, "period": "own"}
    own = Indicator.model_validate(told | {"counted": "participations"})
    write(world, store_own, EVALUATOR, own, project=ONE)
    target = promised(world, "ESPOO-1@1")
    numbers = [drafted(world, target, opened(world, days=d)) for d in (reported.FIRST, SECOND)]
    for number in numbers:
        counted(world, tmp_path, number)
    # 3 + 2 organisations came in the first half, 2 in the second.
    assert [row(world, number).value for number in numbers] == [5, 2]
    assert [row(world, number).cumulative for number in numbers] == [5, 7]


def test_an_empty_count_is_a_true_zero(world, tmp_path):
    number = drafted(world, promised(world, "ARV-SOLUTIONS@1"), opened(world))
    counted(world, tmp_path, number)
    assert (row(world, number).state, row(world, number).value) == ("zero", 0)


@pytest.mark.parametrize("key", ["RCO02@1", "RCO14@2", "RCO16@2", "RCO112@2"])
def test_what_is_not_counted_from_records_says_so(world, tmp_path, key):
    number = drafted(world, promised(world, key), opened(world))
    assert refused(world, values.count, MANAGER, tmp_path, number, 1) == "not_counted_from_records"
    assert refused(world, values.read_from_figure, MANAGER, number, 1) == "not_read_from_a_figure"


@pytest.mark.parametrize("key", ["RCO84@2", "RCO116@2", "RCR104@2"])
def test_what_partners_of_several_countries_did_is_not_counted_while_no_record_tells_countries(
    world, tmp_path, key
):
    with database.writing(world) as connection:
        row = {"id": 1, "code": "ib", "name_fi": "Interreg Itämeri"}
        connection.execute(sa.insert(schema.Programme).values(row))
        link = {"project_id": ONE, "programme_id": 1}
        connection.execute(sa.insert(schema.ProjectProgramme).values(link))
    number = drafted(world, promised(world, key), opened(world))
    assert refused(world, values.count, MANAGER, tmp_path, number, 1) == "not_counted_from_records"


# --- entering -----------------------------------------------------------------------------------


def test_zero_not_reported_and_not_applicable_stay_apart(world):
    target, period = promised(world, "RCO02@1"), opened(world)
    number = entered(world, target, period, 0)
    assert (row(world, number).state, row(world, number).value) == ("zero", 0)
    save(world, number, value=None)
    assert (row(world, number).state, row(world, number).value) == ("not_reported", None)
    save(world, number, state="not_applicable")
    assert row(world, number).state == "not_applicable"


@pytest.mark.parametrize(
    ("indicator", "changes", "code"),
    [
        ("RCO02@1", {"value": -1, "method_note": "n"}, "below_least"),
        ("RCO02@1", {"value": 1.5, "method_note": "n"}, "not_whole"),
        ("ARV-QUALITY@1", {"value": 100.5, "method_note": "n"}, "above_most"),
        ("RCO02@1", {"value": 5, "cumulative": 4, "method_note": "n"}, "cumulative_below_value"),
        ("RCO02@1", {"value": 5}, "method_missing"),
        ("RCO02@1", {"value": "viisi"}, "not_a_number"),
        ("RCO02@1", {"value": float("nan")}, "not_a_number"),
        ("RCO02@1", {"value": 10**14}, "not_a_number"),
        ("RCO02@1", {"state": "zero", "value": 3, "method_note": "n"}, "zero"),
        ("RCO02@1", {"state": "value", "value": 0, "method_note": "n"}, "zero"),
        ("RCO02@1", {"state": "not_reported", "value": 3}, "state_with_value"),
        ("RCO02@1", {"state": "suppressed"}, "state"),
        ("RCO02@1", {"state": "value", "method_note": "n"}, "value_missing"),
        ("RCO02@1", {"status": "approved"}, "unknown_field"),
        ("ARV-CHANGE@1", {"value": 3, "text": "t", "method_note": "n"}, "words_only"),
        ("ARV-CHANGE@1", {"text": "x" * 10_001, "method_note": "n"}, "too_long"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(small, indicator, changes, code):
    plain = {"baseline": None, "baseline_year": None, "target": None}
    number = drafted(small, promised(small, indicator, **plain), opened(small))
    with pytest.raises(RefusedReport) as error:
        save(small, number, **changes)
    assert error.value.code == code
    assert (row(small, number).version, row(small, number).state) == (1, "not_reported")


def test_what_changed_is_told_in_words(world):
    words = {"baseline": None, "baseline_year": None, "target": None, "expected": "Helpompaa."}
    number = drafted(world, promised(world, "ARV-CHANGE@1", **words), opened(world))
    save(world, number, text=" Asiointi on helpompaa. ", method_note="Haastattelut")
    told = row(world, number)
    assert (told.state, told.value, told.text) == ("value", None, "Asiointi on helpompaa.")
    save(world, number, text="")
    assert (row(world, number).state, row(world, number).text) == ("not_reported", None)


def test_a_number_by_hand_takes_the_place_of_a_counted_one(world, tmp_path):
    number = drafted(world, promised(world, "RCO01@1"), opened(world))
    counted(world, tmp_path, number)
    save(world, number, method_note="Tarkistettu")  # a note alone leaves the count as it is
    assert (row(world, number).basis, sum(items(world, number).values())) == ("counted", 4)
    save(world, number, value=5)
    assert (row(world, number).basis, items(world, number)) == ("entered", {})


def test_the_whole_of_entered_figures_follows_where_it_can(world):
    first, second = opened(world), opened(world, days=SECOND)
    additive = promised(world, "RCO13@1")
    entered(world, additive, first, 100)
    assert row(world, entered(world, additive, second, 50)).cumulative == 150
    distinct = promised(world, "RCO02@1")
    entered(world, distinct, first, 3)
    again = entered(world, distinct, second, 2)
    # Some of the two may be among the three: nobody can add them, so it has to be said.
    assert row(world, again).cumulative is None
    assert refused(world, values.submit, MANAGER, again, 2) == "cumulative_missing"
    save(world, again, cumulative=4)
    assert isinstance(write(world, values.submit, MANAGER, again, 3), Saved)


def test_a_period_of_other_money_is_refused(world):
    target = promised(world, "RCO01@1")
    assert (
        refused(world, values.draft, MANAGER, target, opened(world, funder=CITY)) == "other_period"
    )


def test_drafting_twice_is_one_draft(world):
    target, period = promised(world, "RCO01@1"), opened(world)
    assert drafted(world, target, period) == drafted(world, target, period)
    # Five years after the year in which the project ends (Reg. 2021/1060, article 82).
    assert row(world, drafted(world, target, period)).retain_until == date(2031, 12, 31)


def test_the_database_itself_keeps_the_states_apart(world):
    number = entered(world, promised(world, "RCO02@1"), opened(world), 3)
    table = schema.ReportedValue
    for wrong in (
        {"state": "value", "value": 0},
        {"state": "zero", "value": 3},
        {"state": "zero", "value": None, "text": "ei mitään"},
        {"state": "not_reported"},
        {"state": "value", "value": None},
        {"state": "suppressed", "value": None},
        {"method_note": None},
        {"basis": "metric"},
        {"status": "sent"},
        {"correction": -1},
    ):
        with pytest.raises(sa.exc.IntegrityError), database.writing(world) as connection:
            connection.execute(sa.update(table).where(table.id == number).values(wrong))
    event = {"reported_id": number, "version": 9, "user_id": 1, "at": datetime(2026, 1, 1)}
    with pytest.raises(sa.exc.IntegrityError), database.writing(world) as connection:
        connection.execute(sa.insert(schema.ReportedEvent).values(event | {"act": "returned"}))
    assert row(world, number).value == 3


# --- the way of a value -------------------------------------------------------------------------


def test_a_value_goes_its_way_and_says_who_when_and_why(world):
    number = submitted(world, promised(world, "RCO02@1"), opened(world), 3)
    assert refused(world, values.send_back, FUNDER, number, 3, "  ") == "reason_missing"
    write(world, values.send_back, FUNDER, number, 3, "Mistä luku on?")
    assert row(world, number).status == "returned"
    save(world, number, value=4)
    write(world, values.submit, MANAGER, number, 5)
    write(world, values.approve, FUNDER, number, 6)
    told = read(world, events, number)
    assert [(e.version, e.act, e.by) for e in told] == [
        (1, "drafted", "Arvioija"),
        (2, "saved", "Arvioija"),
        (3, "submitted", "Arvioija"),
        (4, "returned", "Rahoittaja"),
        (5, "saved", "Mari"),
        (6, "submitted", "Mari"),
        (7, "approved", "Rahoittaja"),
    ]
    assert told[3].reason == "Mistä luku on?"
    assert told[4].changes["value"] == ["3", "4"]


def test_nothing_is_done_out_of_turn(world, tmp_path):
    number = entered(world, promised(world, "RCO02@1"), opened(world), 3)
    assert refused(world, values.approve, FUNDER, number, 2) == "status"
    write(world, values.submit, MANAGER, number, 2)
    assert refused(world, values.submit, MANAGER, number, 3) == "status"
    assert refused(world, values.save, MANAGER, number, 3, {"value": 9}) == "not_open"
    assert refused(world, values.count, MANAGER, tmp_path, number, 3) == "not_open"
    approved(world, number)
    assert refused(world, values.save, MANAGER, number, 4, {"value": 9}) == "not_open"
    assert row(world, number).value == 3


def test_a_locked_value_is_not_changed_by_anybody(world, tmp_path):
    number = locked(world, submitted(world, promised(world, "RCO01@1"), opened(world), 3))
    before = row(world, number)
    for step, told in (
        (values.save, (ADMINISTRATOR, number, 5, {"value": 9})),
        (values.count, (ADMINISTRATOR, tmp_path, number, 5)),
        (values.read_from_figure, (ADMINISTRATOR, number, 5)),
        (values.submit, (ADMINISTRATOR, number, 5)),
        (values.approve, (ADMINISTRATOR, number, 5)),
        (values.send_back, (ADMINISTRATOR, number, 5, "why")),
    ):
        assert refused(world, step, *told) == "locked"
    assert row(world, number) == before


def test_a_correction_is_a_new_row_and_the_old_one_stays(world, tmp_path):
    number = drafted(world, promised(world, "RCO01@1"), opened(world))
    counted(world, tmp_path, number)
    write(world, values.submit, MANAGER, number, 2)
    assert refused(world, values.correct, MANAGER, number, "why") == "not_locked"
    locked(world, number)
    before, listed = row(world, number), items(world, number)
    assert refused(world, values.correct, MANAGER, number, "") == "reason_missing"
    new = write(world, values.correct, MANAGER, number, "Yksi yritys puuttui.")
    assert (row(world, new).correction, row(world, new).status) == (1, "draft")
    assert (row(world, new).value, items(world, new)) == (before.value, listed)
    save(world, new, value=7, method_note="Lisättiin yksi.")
    assert (row(world, number), items(world, number)) == (before, listed)
    assert refused(world, values.correct, MANAGER, number, "again") == "corrected"
    first = read(world, events, new)[0]
    assert (first.reason, first.changes) == ("Yksi yritys puuttui.", {"corrects": number})


def test_nothing_reported_is_submitted_only_with_a_reason(world):
    number = drafted(world, promised(world, "RCR03@2"), opened(world))
    assert refused(world, values.submit, MANAGER, number, 1) == "reason_missing"
    save(world, number, method_note="Tulokset todetaan vasta vuoden päästä.")
    write(world, values.submit, MANAGER, number, 2)
    assert (row(world, number).status, row(world, number).state) == ("submitted", "not_reported")


# --- who may ------------------------------------------------------------------------------------


def test_only_those_who_report_write_and_only_the_own_funder_approves(world, tmp_path):
    target, period = promised(world, "RCO01@1"), opened(world)
    number = submitted(world, target, period, 3)
    for user in (OTHER, FUNDER, STEERING, CITY_FUNDER):
        for step, told in (
            (values.draft, (user, target, period)),
            (values.save, (user, number, 3, {"value": 4})),
            (values.count, (user, tmp_path, number, 3)),
            (values.submit, (user, number, 3)),
            (values.correct, (user, number, "why")),
        ):
            with pytest.raises(NotPermitted):
                write(world, step, *told)
    for user in (MANAGER, OTHER, STEERING, EVALUATOR, CITY_FUNDER):
        with pytest.raises(NotPermitted):
            write(world, values.approve, user, number, 3)
    assert isinstance(write(world, values.approve, FUNDER, number, 3), Saved)


# --- two at once --------------------------------------------------------------------------------


def test_an_old_version_is_a_conflict_that_shows_both(world):
    number = entered(world, promised(world, "RCO02@1"), opened(world), 3)
    save(world, number, value=4)
    told = write(world, values.save, EVALUATOR, number, 2, {"value": 5, "method_note": "n"})
    assert isinstance(told, Conflict)
    assert (told.version, told.clashing, told.mine["value"]) == (3, ("value",), 5)
    assert told.theirs[0].changes["value"] == ["3", "4"]
    assert row(world, number).value == Decimal(4)


def test_many_who_draft_at_once_draft_one(world):
    target, period = promised(world, "RCO02@1"), opened(world)
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(drafted(world, target, period)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_many_who_write_at_once_lose_nothing(world):
    number = entered(world, promised(world, "RCO13@1"), opened(world), 0)
    problems: list[Exception] = []

    def adding(seed: int) -> None:
        lot = random.Random(seed)
        try:
            for _ in range(4):
                while True:
                    seen = row(world, number)
                    changes = {"value": seen.value + 1}
                    told = write(world, values.save, MANAGER, number, seen.version, changes)
                    if isinstance(told, Saved):
                        break
                    lot.random()
        except Exception as error:  # reported below, in the thread that can fail the test
            problems.append(error)

    threads = [threading.Thread(target=adding, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert row(world, number).value == 16
