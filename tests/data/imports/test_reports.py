"""Files of targets, periods and reported values: what comes in, what is refused and why."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports.problems import UndoRefused, message
from data.imports.profile import profiles
from data.imports.run import preview, store, undo
from data.reporting import reading, values
from data.reporting.history import events
from data.reporting.targets import targets
from tests.data import reported
from tests.data.reported import (
    ERDF,
    EVALUATOR,
    FIRST,
    MANAGER,
    ONE,
    SECOND,
    TODAY,
    entered,
    opened,
    promised,
    read,
    row,
    submitted,
    version,
    write,
)

TARGETS = "project,funder,indicator,baseline,baseline_year,target,target_on,expected\n"
PERIODS = "project,funder,number,starts_on,ends_on,due_on\n"
VALUES = "project,funder,indicator,period,state,value,cumulative,text,method_note\n"


@pytest.fixture
def world(engine):
    return reported.fill(engine)


def bring(engine, folder, kind: str, text: str):
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return store(engine, profiles()[kind], path, operator())


def refused(engine, folder, kind: str, text: str) -> list[tuple[int | None, str, object]]:
    """Row, code and reason of everything that is wrong; each can be said in every language."""
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    seen = preview(engine, profiles()[kind], path, operator())
    for problem in seen.problems:
        assert all(message(problem, language, "f") for language in ("fi", "sv", "en"))
        assert "@why" not in message(problem, "fi", "f")
    return [(p.row, p.code, p.detail.get("why")) for p in seen.problems]


def test_targets_come_in_change_and_go_again(world, tmp_path):
    rows = f"{TARGETS}p1,f1,RCO01@1,0,2025,12,2026-12-31,\np2,F1,RCR03@2,1,2024,-0,,Enemmän\n"
    first = bring(world, tmp_path, "targets", rows)
    (told,) = read(world, reading.desk, MANAGER, project=ONE, today=TODAY)
    assert (told.target.target, told.target.target_on) == (Decimal(12), date(2026, 12, 31))
    second = bring(world, tmp_path, "targets", f"{TARGETS}p1,f1,RCO01@1,0,2025,15,2026-12-31,\n")
    (told,) = read(world, reading.desk, MANAGER, project=ONE, today=TODAY)
    assert told.target.target == 15
    undo(world, second.id, operator())
    (told,) = read(world, reading.desk, MANAGER, project=ONE, today=TODAY)
    assert told.target.target == 12
    undo(world, first.id, operator())
    assert read(world, reading.desk, EVALUATOR, today=TODAY) == []


def test_targets_are_judged_as_on_the_page(world, tmp_path):
    rows = TARGETS + (
        "p1,f1,RCO99@1,0,2025,12,,\n"  # not in the catalogue
        "p1,f1,RCO02@1,,,12,,\n"
        "p1,f1,RCO03@1,5,2025,12,,\n"
        "p1,f1,RCO84@2,0,2025,12,,\n"
        "p2,f2,RCO01@1,0,2025,12,,\n"
        "p1,f1,RCR03@2,0,2025,1.5,,\n"
        "p1,f1,RCO13@1,0,2025,paljon,,\n"
        "p1,f1,ARV-CHANGE@1,0,2025,12,,\n"
    )
    assert refused(world, tmp_path, "targets", rows) == [
        (2, "unknown_indicator", None),
        (3, "report_refused", "@why_baseline_missing"),
        (4, "report_refused", "@why_output_baseline"),
        (5, "report_refused", "@why_interreg_only"),
        (6, "report_refused", "@why_not_funded"),
        (7, "report_refused", "@why_not_whole"),
        (8, "not_an_amount", None),
        (9, "report_refused", "@why_words_only"),
    ]


def test_what_a_submitted_value_stands_on_is_not_changed_by_a_file(world, tmp_path):
    target = promised(world, "RCR03@2", baseline=1, target=5)
    period = opened(world)
    submitted(world, target, period, 3)
    rows = f"{TARGETS}p1,f1,RCR03@2,2,2025,5,,\n"
    assert refused(world, tmp_path, "targets", rows) == [(2, "report_refused", "@why_locked")]
    days = f"{PERIODS}p1,f1,1,2025-01-01,2025-05-31,\n"
    locks = [(2, "report_refused", "@why_locked")]
    assert refused(world, tmp_path, "reporting_periods", days) == locks
    opened(world, days=SECOND)
    with database.writing(world) as connection:
        closing = sa.update(schema.ReportingPeriod).where(schema.ReportingPeriod.number == 2)
        connection.execute(closing.values(closed_at=datetime.now(UTC), closed_by=EVALUATOR.id))
    days = f"{PERIODS}p1,f1,2,2025-07-01,2025-11-30,\n"
    closed = [(2, "report_refused", "@why_closed")]
    assert refused(world, tmp_path, "reporting_periods", days) == closed


def test_a_file_is_not_taken_back_under_a_submitted_value(world, tmp_path):
    target = promised(world, "RCR03@2", baseline=1, target=5)
    batch = bring(world, tmp_path, "targets", f"{TARGETS}p1,f1,RCR03@2,2,2025,5,,\n")
    submitted(world, target, opened(world), 3)
    with pytest.raises(UndoRefused) as error:
        undo(world, batch.id, operator())
    assert [p.code for p in error.value.problems] == ["undo_told"]
    assert all(message(p, "sv", "f") for p in error.value.problems)
    (told,) = read(world, targets, MANAGER)
    assert told.baseline == 2


def test_periods_that_share_days_are_refused(world, tmp_path):
    opened(world, days=FIRST)
    rows = PERIODS + (
        "p1,f1,2,2025-06-30,2025-09-30,\n"  # the first one ends on this day
        "p1,f1,3,2025-10-01,2025-12-31,\n"
        "p1,f1,4,2025-12-31,2026-03-31,\n"  # the row above ends on this day
        "p1,f1,5,2026-12-01,2027-01-31,\n"
        "p1,f1,6,2026-05-01,2026-06-30,2026-06-01\n"
    )
    assert refused(world, tmp_path, "reporting_periods", rows) == [
        (2, "report_refused", "@why_overlap"),
        (4, "report_refused", "@why_overlap"),
        (5, "report_refused", "@why_outside_project"),
        (6, "ends_before_start", None),
    ]


def test_values_come_in_as_drafts_with_their_states(world, tmp_path):
    period = opened(world)
    for key in ("RCO02@1", "RCO03@1", "RCO05@1", "RCO13@1"):
        promised(world, key)
    rows = VALUES + (
        "p1,f1,RCO02@1,1,zero,0,0,,Kirjaukset\n"
        "p1,f1,RCO03@1,1,not_applicable,,,,\n"
        "p1,f1,RCO05@1,1,not_reported,,,,\n"
        "p1,f1,RCO13@1,1,value,12.5,112.5,,Kirjanpito\n"
    )
    batch = bring(world, tmp_path, "reported_values", rows)
    told = read(world, reading.desk, MANAGER, period=period, today=TODAY)
    assert [(t.status, t.state.value, t.value, t.cumulative) for t in told] == [
        ("draft", "zero", Decimal(0), Decimal(0)),
        ("draft", "not_applicable", None, None),
        ("draft", "not_reported", None, None),
        ("draft", "value", Decimal("12.5"), Decimal("112.5")),
    ]
    number = told[3].reported
    # Nobody wrote the first version by hand: the batch says who brought it.
    (first,) = read(world, events, number)
    assert (first.version, first.act) == (1, "drafted")
    again = bring(world, tmp_path, "reported_values", rows + "\n")
    assert (again.rows_read, again.rows_stored) == (4, 4)
    assert row(world, number).version == 1
    write(world, values.submit, MANAGER, number, 1)
    with pytest.raises(UndoRefused):
        undo(world, batch.id, operator())


def test_values_are_judged_as_on_the_page_and_replace_nothing(world, tmp_path):
    period = opened(world)
    for key in ("RCO02@1", "RCO03@1", "RCO05@1", "RCO13@1", "ARV-BENEFIT@1"):
        promised(world, key, target=1)
    entered(world, promised(world, "RCO13@1", target=1), period, 5)
    rows = VALUES + (
        "p1,f1,RCO01@1,1,value,1,1,,n\n"
        "p1,f1,RCO02@1,7,value,1,1,,n\n"
        "p1,f1,RCO02@1,1,value,0,0,,n\n"
        "p1,f1,RCO03@1,1,value,2,1,,n\n"
        "p1,f1,RCO05@1,1,suppressed,,,,n\n"
        "p1,f1,RCO13@1,1,value,6,6,,n\n"
        "p1,f1,ARV-BENEFIT@1,1,value,70,70,,n\n"
    )
    assert refused(world, tmp_path, "reported_values", rows) == [
        (2, "unknown_target", None),
        (3, "unknown_period", None),
        (4, "report_refused", "@why_zero"),
        (5, "report_refused", "@why_cumulative_below_value"),
        (6, "unknown_value", None),
        (7, "already_reported", None),
        (8, "report_refused", "@why_above_most"),
    ]
    no_note = f"{VALUES}p1,f1,RCO02@1,1,value,1,1,,\n"
    assert refused(world, tmp_path, "reported_values", no_note) == [
        (2, "report_refused", "@why_method_missing")
    ]


def test_what_reports_depend_on_is_not_taken_from_under_them(world, tmp_path):
    targets = bring(world, tmp_path, "targets", f"{TARGETS}p1,f1,RCO02@1,0,2025,12,,\n")
    periods = bring(
        world, tmp_path, "reporting_periods", f"{PERIODS}p1,f1,1,2025-01-01,2025-06-30,\n"
    )
    with database.reading(world) as connection:
        number = connection.scalar(sa.select(schema.IndicatorTarget.id))
        period = connection.scalar(
            sa.select(schema.ReportingPeriod.id).where(schema.ReportingPeriod.funder_id == ERDF)
        )
    value = entered(world, number, period, 3)
    for batch, what in ((targets, "@target"), (periods, "@period")):
        with pytest.raises(UndoRefused) as error:
            undo(world, batch.id, operator())
        assert error.value.problems[0].detail["what"] == what
    assert version(world, value) == 2
