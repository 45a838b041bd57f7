"""Every constraint of the models is held by the database itself, on both databases."""

from __future__ import annotations

import re
import traceback
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database
from data.schema import Base, Revision
from survey.instrument import GROUPS

TABLES = Base.metadata.tables
EARLY, LATE = date(2026, 1, 1), date(2026, 1, 2)

#: What breaks the constraints whose name does not say it.
BREAKING = {
    "not_own_parent": {"id": 77, "parent_id": 77},
    "business_id_form": {"business_id": "1234567"},
    "weight_share": {"weight": Decimal("1.1")},
    "id_form": {"id": "0" * 31},
    "rows_reconcile": {"rows_read": 2, "rows_stored": 2, "rows_rejected": 1},
    "rows_stored_not_negative": {"rows_read": 0, "rows_stored": -1, "rows_rejected": 1},
    "rows_rejected_not_negative": {"rows_read": 0, "rows_stored": 1, "rows_rejected": -1},
    "manager_project": {"role": "manager", "project_id": None},
    "funder_funder": {"role": "steering", "funder_id": 1},
    "tested_first": {"tested": False},
    "asked_first": {"followed_on": None},
    "embedded_on_some_day": {"embedded": False},
    "position_few": {"position": 6},  # measurement.md 3.6: at most five primary metrics
    "end_with_its_day": {"ended_on": None},
    "merged_as_told": {"merged_into_id": 77},
    "not_into_itself": {"id": 77, "merged_into_id": 77, "end_kind": "merged"},
    "not_from_itself": {"id": 77, "split_from_id": 77},
    "stages_in_order": {"trial_on": EARLY},
    "submitted_with_its_time": {"state": "submitted"},
    "level_in_rubric": {"level": 5},
    "level_or_not": {"not_applicable": True},
    "bytes_limited": {"bytes": 5 * 1024 * 1024 + 1},
    "closes_at_after_opens_at": {
        "closes_at": datetime(2026, 1, 1), "opens_at": datetime(2026, 1, 2),
    },
    "joined_personal": {"joined": True, "link": "anonymous"},
    "one_subject": {"collection_id": None, "proposal_id": None},
    "some_text": {"fi": None, "sv": None, "en": None},
    "published_when": {"status": "published", "published_at": None},
    # A state that is none has no value either, or another check would refuse it first.
    "ck_reported_value_state_known": {"state": "?", "value": None, "text": None},
    "one_owner": {"programme_id": 1, "project_id": 1},
    "closed_by_somebody": {"closed_by": None},
    "target_from_a_baseline": {"baseline": None, "baseline_year": None},
    "baseline_with_its_year": {"baseline_year": None},
    "milestone_of_a_target": {"target": None},
    "value_where_there_is_one": {"state": "not_reported"},
    "zero_is_zero": {"state": "zero"},
    "nothing_is_zero": {"value": 0},
    "metric_named": {"basis": "metric"},
    "mark_form": {"mark": "0" * 63},
    "entered_with_its_method": {"basis": "entered", "method_note": None},
    "returned_with_a_reason": {"act": "returned", "reason": None},
    "graded_with_grounds": {"grade": "A", "substantiation": None},
    "of_one_thing": {"reported_id": None},
    "file_or_link": {"link": "https://example.org"},
    "file_with_its_kind": {"bytes": None},
    "country_form": {"country": "fi"},
    "scope_named": {"scope": "project"},
    "corrected_for_a_reason": {"corrects_id": 1, "reason": None},
}  # fmt: skip

#: What else a row says that refers to something.
ALONGSIDE = {
    # A grant that names a project or a funder is a manager's or a funder's.
    ("user_grant", "project_id"): {"role": "manager"},
    ("user_grant", "funder_id"): {"role": "funder"},
    ("funnel_case", "merged_into_id"): {"end_kind": "merged"},
    # A reply is about a collection or about a proposal.
    ("reply", "proposal_id"): {"collection_id": None},
    # An indicator belongs to a programme or to a project, a proof to a value or to a claim.
    ("indicator_version", "project_id"): {"programme_id": None},
    ("proof", "claim_id"): {"reported_id": None},
    ("release", "project_id"): {"scope": "project"},
}


def breaking_values(check: sa.CheckConstraint) -> dict[str, object]:
    """The values that break one constraint and, as far as can be, no other."""
    name = check.name.removeprefix(f"ck_{check.table.name}_")
    if told := BREAKING.get(check.name) or BREAKING.get(name):
        return told
    if match := re.fullmatch(r"(\w+)_known", name):
        return {match[1]: "?"}
    if match := re.fullmatch(r"(\w+)_not_negative", name):
        return {match[1]: -1}
    later, earlier = re.fullmatch(r"(\w+)_after_(\w+)", name).groups()
    return {later: EARLY, earlier: LATE}


def refused(connection: sa.Connection, table: str, row: dict[str, object]) -> str:
    """What the database says when it refuses a row; "" when it takes it."""
    attempt = connection.begin_nested()
    try:
        connection.execute(TABLES[table].insert(), [row])
    except sa.exc.IntegrityError as refusal:
        return str(refusal.orig)
    finally:
        attempt.rollback()
    return ""


def test_every_check_refuses_a_row_that_breaks_it(engine, valid_rows):
    with database.writing(engine) as connection:
        for table, row in valid_rows.items():
            checks = [c for c in TABLES[table].constraints if isinstance(c, sa.CheckConstraint)]
            for check in checks:
                said = refused(connection, table, row | breaking_values(check))
                assert check.name in said, f"{check.name} let a bad row of {table} in: {said}"
            connection.execute(TABLES[table].insert(), [row])


def test_every_column_that_must_be_filled_refuses_a_null(engine, valid_rows):
    with database.writing(engine) as connection:
        for table, row in valid_rows.items():
            for column in TABLES[table].columns:
                alone = list(TABLES[table].primary_key.columns) == [column]
                if column.nullable or (alone and isinstance(column.type, sa.Integer)):
                    continue  # the database numbers such a row itself
                said = refused(connection, table, row | {column.name: None})
                assert column.name in said and "null" in said.lower(), f"{column}: {said}"
            connection.execute(TABLES[table].insert(), [row])


def test_every_reference_refuses_a_row_that_is_not_there(engine, valid_rows):
    with database.writing(engine) as connection:
        for table, row in valid_rows.items():
            for column in TABLES[table].columns:
                if column.foreign_keys:
                    absent = "?" if isinstance(column.type, sa.String) else 999
                    told = ALONGSIDE.get((table, column.name), {})
                    said = refused(connection, table, row | told | {column.name: absent})
                    assert "foreign key" in said.lower(), f"{column}: {said}"
            connection.execute(TABLES[table].insert(), [row])


def test_every_key_refuses_a_second_row(engine, valid_rows):
    with database.writing(engine) as connection:
        for table, row in valid_rows.items():
            connection.execute(TABLES[table].insert(), [row])
        for table, row in valid_rows.items():
            for columns in keys(TABLES[table]):
                # Another number, or another random id, so that only the key in question clashes.
                other = {} if "id" in columns or "id" not in row else {"id": other_id(row["id"])}
                scoped = scoped_row(table, columns)
                if scoped:
                    connection.execute(TABLES[table].insert(), [row | scoped])
                said = refused(connection, table, row | scoped | other)
                # On SQLite the audit says so itself before its key does, lest a line is replaced.
                known = "unique" in said.lower() or said == "a line of the audit is never replaced"
                assert known, f"{table} {columns} took a second row: {said}"


def keys(table: sa.Table) -> list[list[str]]:
    constraints = [
        c for c in table.constraints if isinstance(c, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    indexes = [index for index in table.indexes if index.unique]
    return [[column.name for column in key.columns] for key in (*constraints, *indexes)]


def other_id(number: object) -> object:
    return "1" * 32 if isinstance(number, str) else number + 1000


def scoped_row(table: str, columns: list[str]) -> dict[str, object]:
    """What makes a row one that a key over some rows only concerns."""
    if table == "place_use" and columns == ["place_id", "project_id"]:
        return {"id": 57, "event_id": None}
    if table == "user_grant" and "project_id" in columns:
        return {"id": 55, "role": "manager", "project_id": 1}
    if table == "user_grant" and "funder_id" in columns:
        return {"id": 56, "role": "funder", "funder_id": 1}
    return {}


def test_a_file_may_be_stored_again_once_its_batch_is_undone(engine, valid_rows):
    batches, row = TABLES["import_batch"], valid_rows["import_batch"]
    with database.writing(engine) as connection:
        connection.execute(batches.insert(), [row | {"status": "undone"}])
        connection.execute(batches.insert(), [row | {"id": 2, "status": "stored"}])
        said = refused(connection, "import_batch", row | {"id": 3, "status": "stored"})
        assert "unique" in said.lower()


def test_people_without_a_link_key_may_answer_the_same_collection(engine, valid_rows):
    with database.writing(engine) as connection:
        for table, row in valid_rows.items():
            connection.execute(TABLES[table].insert(), [row])
        row = valid_rows["response"] | {"link_key": None, "source_key": None}
        for digit in "12":
            connection.execute(TABLES["response"].insert(), [row | {"id": digit * 32}])


def test_the_number_of_a_deleted_row_is_never_used_again(engine, valid_rows):
    # Otherwise a published figure of the deleted project would speak of the new one.
    projects = TABLES["project"]
    row = {"code": "a", "name_fi": "A", "status": "running"}
    with database.writing(engine) as connection:
        first = connection.execute(projects.insert().returning(projects.c.id), row).scalar_one()
        connection.execute(projects.delete())
        second = connection.execute(projects.insert().returning(projects.c.id), row).scalar_one()
    assert second > first


def test_the_seven_groups_and_the_unknown_one_are_there_in_their_order(engine):
    groups = TABLES["stakeholder_group"]
    with database.reading(engine) as connection:
        codes = connection.scalars(sa.select(groups.c.code).order_by(groups.c.position)).all()
    assert codes == [*GROUPS, "UNK"]


@pytest.mark.parametrize(
    "told",
    [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 3, 30, tzinfo=timezone(timedelta(hours=3))),  # Helsinki, summer
        datetime(2026, 10, 25, 0, 30),
    ],
)
def test_a_moment_comes_back_in_utc_whatever_zone_it_was_told_in(engine, told):
    with database.writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("set time zone 'Europe/Helsinki'")
        connection.execute(
            sa.insert(Revision),
            {"published_at": told, "code_version": "1", "inputs_sha256": "", "inputs": "",
             "metrics": ""},
        )  # fmt: skip
        kept = connection.scalar(sa.select(Revision.published_at))
    assert kept == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert kept.utcoffset() == timedelta(0)


def test_finnish_letters_money_and_numbers_come_back_as_they_went_in(engine, valid_rows):
    with database.writing(engine) as connection:
        for table, row in valid_rows.items():
            connection.execute(TABLES[table].insert(), [row])
        for table, row in valid_rows.items():
            kept = dict(connection.execute(sa.select(TABLES[table])).mappings().one())
            moments = {k: v.replace(tzinfo=UTC) for k, v in row.items() if isinstance(v, datetime)}
            assert kept == row | moments, table


def test_an_error_of_the_database_does_not_repeat_what_a_person_answered(engine, valid_rows):
    # trust.md F15: such an error reached the browser and the log with the parameter in it.
    canary = "010190-987K"
    row = {"id": "0" * 31, "collection_id": 1, "group_code": "RES", "answers": canary}
    with (
        pytest.raises(sa.exc.IntegrityError) as refusal,
        database.writing(engine) as connection,
    ):
        for table in ("process_template", "project", "instrument_version", "collection"):
            row_of_table = {k: v for k, v in valid_rows[table].items() if k != "batch_id"}
            connection.execute(TABLES[table].insert(), [row_of_table])
        connection.execute(TABLES["response"].insert(), [row])
    told = "".join(traceback.format_exception(refusal.value))
    assert "ck_response_id_form" in told
    assert canary not in told
