"""Files that came in, and what of them was refused, are told to those who may see rows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from data import database, records, schema
from data.access import Grant, Role, User

STEERING = User(1, "s", (Grant(Role.STEERING),))
MANAGER = User(2, "m", (Grant(Role.MANAGER, project=1),))
FUNDER = User(3, "f", (Grant(Role.FUNDER, funder=1),), {1: frozenset({2})})
EVALUATOR = User(4, "e", (Grant(Role.EVALUATOR),))
ADMINISTRATOR = User(5, "Aino", (Grant(Role.ADMINISTRATOR),))

CAME_IN = {
    schema.Project: [
        {"id": 1, "code": "a", "name_fi": "A", "invented": False},
        {"id": 3, "code": "c", "name_fi": "C", "invented": True},
    ],
    schema.ImportBatch: [
        {"id": number, "profile": "register", "kind": "projects", "file_name": f"{number}.csv",
         "file_sha256": str(number), "profile_sha256": "p",
         "imported_by": "aino", "status": "stored", "rows_read": 3, "rows_stored": 1,
         "imported_at": datetime(2026, 1, number),
         "rows_rejected": 2, "dropped_columns": '["email"]'}
        for number in (1, 2)
    ],
    schema.RejectedRow: [
        {"batch_id": 1, "row": 7, "column": "alku", "code": "bad_date", "value": "32.1.2026",
         "detail": '{"format": "D.M.YYYY"}'},
        {"batch_id": 1, "row": 2, "column": "koodi", "code": "duplicate", "value": "A",
         "detail": "{}"},
    ],
}  # fmt: skip


@pytest.fixture
def came_in(engine):
    """A database with CAME_IN in it."""
    with database.writing(engine) as connection:
        for table, rows in CAME_IN.items():
            connection.execute(sa.insert(table), rows)
    return engine


@pytest.fixture
def reading(came_in):
    with database.reading(came_in) as connection:
        yield connection


def ids(rows):
    return [row.id for row in rows]


def test_files_and_their_rejected_rows_are_for_evaluators_and_administrators(reading):
    nothing = records.Page([], 0)
    for user in (STEERING, MANAGER, FUNDER):
        assert records.import_batches(reading, user) == nothing
        assert records.rejected_rows(reading, user, 1) == nothing
    for user in (EVALUATOR, ADMINISTRATOR):
        assert ids(records.import_batches(reading, user).rows) == [2, 1]
        assert records.rejected_rows(reading, user, 1).total == 2


def test_rejected_rows_stand_in_the_order_of_the_file(reading):
    first, second = records.rejected_rows(reading, EVALUATOR, 1).rows
    assert (first.row, second.row) == (2, 7)
    assert (second.column, second.value, second.detail) == (
        "alku", "32.1.2026", {"format": "D.M.YYYY"},
    )  # fmt: skip
    assert records.rejected_rows(reading, EVALUATOR, 2) == records.Page([], 0)


def test_a_file_says_when_it_came_and_what_was_left_out(reading):
    page = records.import_batches(reading, EVALUATOR, limit=1)
    assert (page.total, len(page.rows)) == (2, 1)
    assert page.rows[0].imported_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert page.rows[0].dropped_columns == ("email",)


def test_a_database_is_a_sample_as_long_as_nothing_in_it_is_real(came_in):
    with database.writing(came_in) as connection:
        assert not records.is_sample_only(connection)  # a real project and stored files
        connection.execute(sa.update(schema.Project).values(invented=True))
        assert not records.is_sample_only(connection)  # stored files
        connection.execute(sa.update(schema.ImportBatch).values(status="undone"))
        assert not records.is_sample_only(connection)  # files that were taken back
        for gone in (schema.RejectedRow, schema.ImportBatch, schema.UserGrant, schema.AppUser):
            connection.execute(sa.delete(gone))
        assert records.is_sample_only(connection)
        connection.execute(
            sa.update(schema.Project).where(schema.Project.id == 3).values(invented=False)
        )
        assert not records.is_sample_only(connection)  # a real project
