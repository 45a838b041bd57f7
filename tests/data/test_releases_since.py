"""What may change after a release, because the audit tells of it; and what stands beside one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import audit, database, schema
from data.access import operator
from data.imports.profile import profiles
from data.imports.run import store
from data.imports.undo import undo
from data.releases import chain
from data.releases.freeze import RefusedRelease
from data.reporting import periods, targets
from tests.data import released, reported
from tests.data.released import contents
from tests.data.reported import EVALUATOR, MANAGER, read, write


@pytest.fixture
def world(sqlite_engine, tmp_path):
    """An engine, its home and the numbers of its values, all released."""
    numbers = released.fill(sqlite_engine, tmp_path)
    released.release(sqlite_engine, tmp_path)
    return sqlite_engine, tmp_path, numbers


def found(engine, home) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in read(engine, chain.check, home)]


def edit(engine, statement) -> None:
    with database.writing(engine) as connection:
        connection.execute(statement)


# --- changes that are told ----------------------------------------------------------------------


def test_a_target_that_its_project_changed_is_no_edit_and_one_by_sql_is(world):
    engine, home, _ = world
    (target,) = [
        each
        for each in read(engine, targets.targets, EVALUATOR, project=1)
        if each.indicator == "RCR03@2"
    ]
    changed = replace(
        target, milestone=Decimal("5.5"), milestone_on=date(2026, 1, 1), target=Decimal(20),
        expected="Enemmän", baseline_source="Rekisteri", objective="2.2",
    )  # fmt: skip
    with pytest.raises(targets.RefusedTarget):  # RCR03 counts whole enterprises
        write(engine, targets.save_target, MANAGER, changed)
    changed = replace(changed, milestone=Decimal(5))
    write(engine, targets.save_target, MANAGER, changed)
    write(engine, targets.save_target, MANAGER, replace(changed, target=Decimal(25)))
    assert found(engine, home) == []
    edit(engine, sa.update(schema.IndicatorTarget).values(milestone=6, target=26))
    paths = {path.partition(".")[2] for _, path in found(engine, home)}
    assert paths == {"target.milestone", "target.target"}


def test_a_line_of_the_audit_that_fits_nothing_is_not_believed(world):
    engine, home, _ = world
    target = sa.select(schema.IndicatorTarget.id).order_by(schema.IndicatorTarget.id).limit(1)
    with database.writing(engine) as connection:
        number = connection.scalar(target)
        edited = sa.update(schema.IndicatorTarget).where(schema.IndicatorTarget.id == number)
        connection.execute(edited.values(target=99))
        told = {"target": ["77", "99"]}
        audit.record(connection, EVALUATOR, "target_changed", f"target:{number}", told)
    assert found(engine, home)


def test_a_target_that_a_file_changes_and_restores_is_no_edit(world, tmp_path):
    engine, home, _ = world
    path = tmp_path / "targets.csv"
    path.write_text(
        "project,funder,indicator,baseline,baseline_year,target,target_on,expected\n"
        "p1,f1,RCO01@1,0,2025,15,2026-12-31,Enemmän\n",
        encoding="utf-8",
    )
    batch = store(engine, profiles()["targets"], path, operator())
    assert found(engine, home) == []
    undo(engine, batch.id, operator())
    assert found(engine, home) == []


def test_a_period_is_closed_after_its_release_by_who_says_so(world):
    engine, home, _ = world
    first = schema.ReportingPeriod.id == 1
    edit(engine, sa.update(schema.ReportingPeriod).where(first).values(
        closed_at=released.NOW, closed_by=EVALUATOR.id
    ))  # fmt: skip
    paths = {path.partition(".")[2] for _, path in found(engine, home)}
    assert paths == {"period.closed_at", "period.closed_by"}
    edit(engine, sa.update(schema.ReportingPeriod).where(first).values(
        closed_at=None, closed_by=None
    ))  # fmt: skip
    write(engine, periods.close_period, MANAGER, 1)
    assert found(engine, home) == []
    edit(engine, sa.update(schema.ReportingPeriod).where(first).values(closed_by=EVALUATOR.id))
    assert found(engine, home)


# --- rows beside released ones ------------------------------------------------------------------


def test_a_correction_that_somebody_inserted_is_found_and_one_that_was_made_is_not(world):
    engine, home, numbers = world
    made = released.corrected(engine, numbers["hand"], 5)
    assert found(engine, home) == []
    table = schema.ReportedValue
    row = dict(reported.row(engine, numbers["firms"])._mapping)
    inserted = row | {"id": 901, "correction": 1, "value": 40, "status": "approved"}
    edit(engine, sa.insert(table).values(inserted))
    assert found(engine, home) == [("stranger", "reported:901")]
    # With a history that is made up as well, the audit lacks its steps.
    history = [
        {"reported_id": 901, "version": version, "user_id": 6, "at": released.NOW, "act": act,
         "changes": f'{{"corrects": {numbers["firms"]}}}' if version == 1 else "{}"}
        for version, act in enumerate(("drafted", "saved", "saved", "submitted", "approved"), 1)
    ]  # fmt: skip
    assert len(history) == row["version"]
    edit(engine, sa.insert(schema.ReportedEvent).values(history))
    assert found(engine, home) == [("stranger", "reported:901")]
    edit(engine, sa.delete(schema.ReportedEvent).where(schema.ReportedEvent.reported_id == made))
    assert ("stranger", f"reported:{made}") in found(engine, home)


def test_a_period_over_days_that_are_released_is_found(world):
    engine, home, _ = world
    row = {
        "id": 77, "project_id": 1, "funder_id": 1, "number": 9, "starts_on": date(2025, 6, 30),
        "ends_on": date(2025, 7, 1),
    }  # fmt: skip
    edit(engine, sa.insert(schema.ReportingPeriod).values(row))
    assert found(engine, home) == [("stranger", "period:77")]


def test_a_release_without_its_line_in_the_audit_is_named(world):
    engine, home, _ = world
    with database.writing(engine) as connection:
        connection.execute(sa.text("drop trigger if exists audit_event_kept"))
        table = schema.AuditEvent
        connection.execute(sa.delete(table).where(table.action == "release"))
    assert ("untold", "audit_event") in found(engine, home)


def test_a_line_of_the_audit_that_was_made_up_is_found(world):
    engine, home, _ = world
    with database.writing(engine) as connection:
        connection.execute(sa.text("drop trigger if exists audit_event_unchanged"))
        table = schema.AuditEvent
        told = sa.update(table).where(table.action == "target_stored")
        connection.execute(told.values(action="target_changed", detail="{}"))
    assert {code for code, _ in found(engine, home)} == {"audit"}


# --- corrections leave as corrections -----------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        {"project": 1},
        {"ends_on": date(2025, 6, 30)},
        {"starts_on": date(2024, 12, 1)},
    ],
    ids=["scope", "fewer-days", "more-days"],
)
def test_a_correction_never_leaves_as_a_first_release_of_other_days(world, other):
    engine, home, numbers = world
    new = released.corrected(engine, numbers["hand"], 5)
    for more in (other, other | {"reason": "Yksi yritys puuttui."}):
        with pytest.raises(RefusedRelease, match="Release that one anew first") as error:
            released.release(engine, home, **more)
        assert (error.value.code, error.value.values["release"]) == ("corrects_elsewhere", 1)
    assert released.statuses(engine)[new] == "approved"
    second = released.release(engine, home, reason="Yksi yritys puuttui.")
    assert second.corrects == 1
    # Once it is said what it corrects, it stands in releases of other days too, with its history.
    third = contents(released.release(engine, home, **other))
    (told,) = [each for each in third["values"] if each["reported"] == new]
    assert (told["correction"], told["events"][0]["reason"]) == (1, "Yksi yritys puuttui.")
    assert found(engine, home) == []
