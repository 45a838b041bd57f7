"""Definitions, targets and periods: what is refused, and that nothing is changed then."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import NotPermitted
from data.reporting import definitions, periods, targets, values
from data.reporting.definitions import RefusedIndicator
from data.reporting.periods import RefusedPeriod
from data.reporting.targets import RefusedTarget, Target
from metrics.indicators.catalogue import common
from metrics.indicators.indicator import Indicator
from tests.data import reported
from tests.data.reported import (
    ADMINISTRATOR,
    CITY,
    CITY_FUNDER,
    ERDF,
    EVALUATOR,
    FIRST,
    FUNDER,
    MANAGER,
    ONE,
    OTHER,
    SECOND,
    STEERING,
    THREE,
    TWO,
    approved,
    entered,
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


@pytest.fixture
def small(sqlite_engine):
    """The same on SQLite alone, for rules that no database has a say in."""
    return reported.fill(sqlite_engine)


def lock(engine, value: int) -> None:
    """A release takes an approved value with it."""
    write(engine, values.lock, ADMINISTRATOR, [value])


def stored(engine, table) -> int:
    with database.reading(engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(table))


def own(**changed) -> Indicator:
    """An indicator of somebody's own."""
    told = common()["ARV-WAITING@1"].model_dump() | {"code": "ESPOO-1"} | changed
    return Indicator.model_validate(told)


# --- definitions --------------------------------------------------------------------------------


def test_a_definition_is_stored_at_its_first_use_and_then_frozen(world):
    promised(world, "RCO01@1")
    promised(world, "RCO01@1", TWO)
    assert stored(world, schema.IndicatorVersion) == 1
    with database.writing(world) as connection:
        table = schema.IndicatorVersion
        changed = definitions.canonical(common()["RCO01@1"]).replace("enterprises", "firms")
        connection.execute(sa.update(table).values(definition=changed))
    with pytest.raises(RefusedIndicator) as error:
        read(world, definitions.indicators)
    assert error.value.code == "changed"


def test_a_definition_that_differs_from_the_shipped_one_is_noticed(world):
    other = Indicator.model_validate(common()["RCO01@1"].model_dump() | {"better": "down"})
    with database.writing(world) as connection:
        row = {"code": "RCO01", "version": 1, "definition": definitions.canonical(other)}
        row["sha256"] = definitions.sha256_of(other)
        connection.execute(sa.insert(schema.IndicatorVersion).values(row))
    with pytest.raises(RefusedIndicator) as error:
        promised(world, "RCO01@1")
    assert error.value.code == "changed"


def test_own_indicators_are_versioned_and_belong_to_somebody(world):
    number = write(world, definitions.store_own, MANAGER, own(), project=ONE)
    assert write(world, definitions.store_own, MANAGER, own(), project=ONE) == number
    newer = own(version=2, better="up")
    write(world, definitions.store_own, MANAGER, newer, project=ONE)
    offered = read(world, definitions.offered, ONE)
    assert offered["ESPOO-1@2"] == newer
    assert "ESPOO-1@1" not in offered
    assert "ESPOO-1@2" not in read(world, definitions.offered, TWO)
    for indicator, place, code in (
        (own(better="none"), {"project": ONE}, "changed"),
        (own(version=1, code="ESPOO-1"), {"project": TWO}, "taken"),
        (own(code="RCO01"), {"project": ONE}, "common"),
        (own(period="2021-2027", code="ESPOO-2"), {"project": ONE}, "period"),
        (own(code="ESPOO-2"), {}, "owner"),
        (own(code="ESPOO-2"), {"project": ONE, "programme": 1}, "owner"),
    ):
        with pytest.raises(RefusedIndicator) as error:
            write(world, definitions.store_own, EVALUATOR, indicator, **place)
        assert error.value.code == code
    with pytest.raises(NotPermitted):
        write(world, definitions.store_own, OTHER, own(code="ESPOO-3"), project=ONE)
    with pytest.raises(RefusedIndicator) as error:
        promised(world, "ESPOO-1@2", TWO, baseline=30, target=10)
    assert error.value.code == "other_project"


def test_an_interreg_indicator_is_refused_elsewhere_and_taken_there(world):
    with pytest.raises(RefusedIndicator) as error:
        promised(world, "RCO84@2")
    assert error.value.code == "interreg_only"
    assert not any(each.interreg_only for each in read(world, definitions.offered, ONE).values())
    with database.writing(world) as connection:
        row = {"id": 1, "code": "ib", "name_fi": "Interreg Itämeri"}
        connection.execute(sa.insert(schema.Programme).values(row))
        link = {"project_id": TWO, "programme_id": 1}
        connection.execute(sa.insert(schema.ProjectProgramme).values(link))
    assert promised(world, "RCO84@2", TWO)
    assert "RCO84@2" in read(world, definitions.offered, TWO)


def test_a_programmes_own_indicator_stays_in_the_programme(world):
    with database.writing(world) as connection:
        row = {"id": 1, "code": "ohjelma", "name_fi": "Ohjelma"}
        connection.execute(sa.insert(schema.Programme).values(row))
        link = {"project_id": TWO, "programme_id": 1}
        connection.execute(sa.insert(schema.ProjectProgramme).values(link))
    write(world, definitions.store_own, EVALUATOR, own(code="OHJELMA-1"), programme=1)
    assert promised(world, "OHJELMA-1@1", TWO, baseline=30, target=10)
    with pytest.raises(RefusedIndicator) as error:
        promised(world, "OHJELMA-1@1", ONE, baseline=30, target=10)
    assert error.value.code == "other_programme"


@pytest.mark.parametrize("key", ["RCO99@1", "RCO01", "RCO01@x", "RCO01@2", ""])
def test_an_unknown_indicator_is_refused(small, key):
    with pytest.raises(RefusedIndicator) as error:
        promised(small, key)
    assert error.value.code == "unknown"


# --- targets ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("indicator", "told", "code"),
    [
        ("RCO01@1", {"baseline": None, "baseline_year": None}, "baseline_missing"),
        ("RCO01@1", {"baseline_year": None}, "year_missing"),
        ("RCO01@1", {"baseline": None, "target": None}, "year_missing"),
        ("RCO01@1", {"baseline": 3}, "output_baseline"),
        ("RCR03@2", {"target": None, "milestone": 3}, "milestone_alone"),
        ("RCR03@2", {"target": -1}, "below_least"),
        ("RCR03@2", {"target": 1.5}, "not_whole"),
        ("ARV-BENEFIT@1", {"target": 70}, "above_most"),
        ("RCR03@2", {"target": "paljon"}, "not_a_number"),
        ("RCR03@2", {"target": float("inf")}, "not_a_number"),
        ("RCR03@2", {"objective": "x" * 121}, "too_long"),
        ("ARV-CHANGE@1", {}, "words_only"),
        ("RCR03@2", {"funder": CITY, "project": TWO}, "not_funded"),
        (
            "RCR03@2",
            {"milestone": 3, "milestone_on": date(2026, 2, 1), "target_on": date(2026, 1, 1)},
            "reversed",
        ),
    ],
)
def test_a_target_that_cannot_be_judged_is_refused(small, indicator, told, code):
    with pytest.raises(RefusedTarget) as error:
        promised(small, indicator, **told)
    assert error.value.code == code
    assert stored(small, schema.IndicatorTarget) == 0


def test_the_database_itself_refuses_a_target_without_a_baseline(world):
    number = write(world, definitions.indicator_id, "RCR03@2")
    row = {"project_id": ONE, "funder_id": ERDF, "indicator_id": number, "target": Decimal(5)}
    with pytest.raises(sa.exc.IntegrityError), database.writing(world) as connection:
        connection.execute(sa.insert(schema.IndicatorTarget).values(row))


def test_a_target_is_stored_once_and_changed_in_its_place(world):
    number = promised(world, "RCR03@2", baseline=1, target=5, objective=" 2.1 ")
    assert promised(world, "RCR03@2", baseline=1, target=6, objective="2.1") == number
    (told,) = read(world, targets.targets, MANAGER, project=ONE)
    assert (told.target, told.objective, told.id) == (Decimal(6), "2.1", number)
    with database.reading(world) as connection:
        audit = schema.AuditEvent
        said = connection.scalars(
            sa.select(audit.detail).where(audit.action == "target_changed")
        ).all()
    assert said == ['{"target": ["5", "6"]}']


def test_once_something_is_released_the_baseline_stays(world):
    promised(world, "RCR03@2", baseline=1, target=5)
    (told,) = read(world, targets.targets, MANAGER, project=ONE)
    value = submitted(world, told.id, opened(world), 3)
    for settle in (lambda: None, lambda: approved(world, value), lambda: lock(world, value)):
        settle()
        with pytest.raises(RefusedTarget) as error:
            promised(world, "RCR03@2", baseline=2, target=5)
        assert error.value.code == "locked"
    assert promised(world, "RCR03@2", baseline=1, target=7) == told.id


def test_each_sees_the_targets_that_are_theirs(world):
    promised(world, "RCO01@1", ONE)
    promised(world, "RCO01@1", THREE)
    promised(world, "RCO01@1", ONE, funder=CITY)

    def seen(user):
        return [(t.project, t.funder) for t in read(world, targets.targets, user)]

    assert seen(MANAGER) == [(ONE, ERDF), (ONE, CITY)]
    assert seen(OTHER) == [(THREE, ERDF)]
    assert seen(FUNDER) == [(ONE, ERDF), (THREE, ERDF)]
    assert seen(CITY_FUNDER) == [(ONE, CITY)]
    assert seen(STEERING) == [(ONE, ERDF), (ONE, CITY), (THREE, ERDF)]
    for user in (OTHER, FUNDER, STEERING):
        with pytest.raises(NotPermitted):
            write(world, targets.save_target, user, Target(ONE, ERDF, "RCO01@1"))


# --- periods ------------------------------------------------------------------------------------


def refused(engine, *told) -> str:
    with pytest.raises(RefusedPeriod) as error:
        write(engine, periods.open_period, MANAGER, *told)
    return error.value.code


def test_periods_share_no_day_and_lie_within_the_project(world):
    opened(world, days=SECOND)
    assert opened(world, days=FIRST)
    assert opened(world, funder=CITY, days=FIRST), "another funder's money has its own periods"
    for days in ((date(2025, 6, 30), date(2025, 6, 30)), (date(2025, 1, 1), date(2026, 12, 31))):
        assert refused(world, ONE, ERDF, *days) == "overlap"
    assert refused(world, ONE, ERDF, date(2024, 12, 31), date(2024, 12, 31)) == "outside_project"
    assert refused(world, ONE, ERDF, date(2026, 12, 1), date(2027, 1, 1)) == "outside_project"
    assert refused(world, ONE, ERDF, date(2026, 2, 1), date(2026, 1, 1)) == "reversed"
    due = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 1, 31))
    assert refused(world, ONE, ERDF, *due) == "due_early"
    assert refused(world, TWO, CITY, *FIRST) == "not_funded"
    told = read(world, periods.periods, MANAGER, project=ONE, funder=ERDF)
    assert [(p.number, p.starts_on) for p in told] == [(2, FIRST[0]), (1, SECOND[0])]


def test_an_approved_or_released_period_is_not_moved(world):
    number = opened(world)
    write(world, periods.change_period, MANAGER, number, FIRST[0], date(2025, 5, 31))
    write(world, periods.change_period, MANAGER, number, *FIRST)
    value = submitted(world, promised(world, "RCO02@1"), number, 3)
    for settle in (lambda: None, lambda: approved(world, value), lambda: lock(world, value)):
        settle()
        with pytest.raises(RefusedPeriod) as error:
            write(world, periods.change_period, MANAGER, number, FIRST[0], date(2025, 5, 31))
        assert error.value.code == "locked"
    # When it is due may still change: no figure stands on it.
    write(world, periods.change_period, MANAGER, number, *FIRST, date(2025, 8, 31))
    with pytest.raises(NotPermitted):
        write(world, periods.change_period, OTHER, number, *FIRST)


def test_a_period_is_closed_when_nothing_lacks(world):
    number, target = opened(world), promised(world, "RCO01@1")
    part = promised(world, "RCO02@1")

    def lacking():
        return [(m.code, m.indicator) for m in read(world, periods.missing, MANAGER, number)]

    assert lacking() == [("no_value", "RCO01@1"), ("no_value", "RCO02@1")]
    value = entered(world, target, number, 3)
    assert lacking()[0] == ("not_submitted", "RCO01@1")
    write(world, values.submit, MANAGER, value, 2)
    # Four of three enterprises: a part is more than its whole.
    other = submitted(world, part, number, 4)
    assert lacking() == [
        ("no_proof", "RCO01@1"), ("no_proof", "RCO02@1"), ("disagrees", "RCO02@1"),
    ]  # fmt: skip
    with pytest.raises(RefusedPeriod) as error:
        write(world, periods.close_period, MANAGER, number)
    assert (error.value.code, error.value.values["count"]) == ("incomplete", 1)
    write(world, values.send_back, FUNDER, other, version(world, other), "Tarkistakaa.")
    assert ("returned", "RCO02@1") in lacking()
    changes = {"value": 2}
    write(world, values.save, MANAGER, other, version(world, other), changes)
    write(world, values.submit, MANAGER, other, version(world, other))
    write(world, periods.close_period, MANAGER, number)
    assert read(world, periods.period_of, FUNDER, number).closed_at is not None
    with pytest.raises(RefusedPeriod) as error:
        write(world, periods.close_period, MANAGER, number)
    assert error.value.code == "closed"
    later = promised(world, "RCO03@1")
    with pytest.raises(values.RefusedReport) as late:
        write(world, values.draft, MANAGER, later, number)
    assert late.value.code == "period_closed"


def test_what_lacks_is_told_to_the_project_and_not_to_its_funder(world):
    number = opened(world)
    for user in (FUNDER, CITY_FUNDER, OTHER):
        with pytest.raises(NotPermitted):
            read(world, periods.missing, user, number)
