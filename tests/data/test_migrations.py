"""The tables go up and down with what they hold, and equal the models, on both databases."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from data import database
from data.schema import Base

REVISIONS = [
    "2026_11_22_1", "2026_11_22_2", "2026_11_22_3", "2026_11_22_4", "2026_11_22_5",
    "2026_11_22_6", "2026_11_22_7", "2026_11_22_8", "2026_11_22_9",
    "2026_11_22_10", "2026_11_22_11", "2026_11_22_12", "2026_11_22_13", "2026_11_22_14",
    "2026_11_22_15", "2026_11_22_20", "2026_11_22_21",
    "2026_11_22_22", "2026_11_23_1", "2026_11_23_2", "2026_11_23_3",
    "2026_11_23_4", "2026_11_23_5",
]  # fmt: skip
#: What a refresh makes anew from the truth; a migration may throw it away.
PUBLISHED = {
    "segment", "segment_member", "revision", "finding", "figure", "leaf", "entity_leaf",
    "measure_leaf",
}  # fmt: skip
#: The seals of the audit, made anew with fresh salt when the tables come up again.
SEALED = {("audit_event", name) for name in ("salt", "content_sha256", "previous", "sha256")}
Row = dict[str, object]


@pytest.fixture
def bare_engine(bare_url):
    """An engine on an empty database without tables, on each of the two systems."""
    engine = database.connect(bare_url)
    yield engine
    engine.dispose()


def shape(engine: sa.Engine) -> set[str]:
    """Every table, column, constraint and index as the database itself tells them."""
    queries = {
        "sqlite": ["select sql from sqlite_master where sql is not null and type <> 'trigger'"],
        "postgresql": [
            "select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) "
            "from pg_constraint where connamespace = 'public'::regnamespace",
            "select indexdef from pg_indexes where schemaname = 'public'",
            "select table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable "
            "|| coalesce(' ' || column_default, '') || coalesce(' ' || numeric_precision, '') "
            "|| coalesce(' ' || numeric_scale, '') || coalesce(' ' || character_maximum_length, '')"
            " from information_schema.columns where table_schema = 'public'",
        ],
    }
    with database.reading(engine) as connection:
        told = [
            line
            for query in queries[engine.dialect.name]
            for line in connection.scalars(sa.text(query))
        ]
    # Alembic writes a default of SQLite in brackets, the models do not; both mean the same.
    told = [re.sub(r"DEFAULT \(([^)]+)\)", r"DEFAULT \1", line) for line in told]
    # SQLite puts a column that was added later onto the line of the one before.
    told = [
        re.sub(r", (\w+ (?:(?:INTEGER|TEXT) DEFAULT|VARCHAR|BOOLEAN))", r",\n\t\1", line)
        for line in told
    ]
    # And a check that was added with its column onto that of the column.
    told = [re.sub(r" (CONSTRAINT ck_\w+ CHECK)", r",\n\t\1", line) for line in told]
    # A table that was altered by copying it has its name in quotes.
    told = [re.sub(r'CREATE TABLE "(\w+)"', r"CREATE TABLE \1", line) for line in told]
    # The order of constraints within a table has no meaning.
    pieces = {" | ".join(sorted(part.strip(" ,") for part in text.splitlines())) for text in told}
    return {piece for piece in pieces if "alembic_version" not in piece}


def contents(engine: sa.Engine) -> dict[str, list[Row]]:
    """All rows of all tables that hold the truth, by table."""
    with database.reading(engine) as connection:
        return {
            name: [
                {column: value for column, value in row.items() if (name, column) not in SEALED}
                for row in connection.exec_driver_sql(f'select * from "{name}"').mappings()
            ]
            for name in sa.inspect(connection).get_table_names()
            if name not in {"alembic_version", *PUBLISHED}
        }


def shared(tables: dict[str, list[Row]], before: dict[str, list[Row]]) -> dict[str, list[tuple]]:
    """The rows of ``tables``, in some order, as far as ``before`` has such tables and columns."""
    columns = {name: list(rows[0]) for name, rows in before.items() if rows}
    return {
        name: sorted((tuple(row[column] for column in kept) for row in tables[name]), key=repr)
        for name, kept in columns.items()
    }


def fill(engine: sa.Engine, valid_rows: dict[str, Row]) -> None:
    """One row in every empty table that there is, and a thousand answers where those are kept."""
    with database.writing(engine) as connection:
        present = set(sa.inspect(connection).get_table_names())
        for name, row in valid_rows.items():
            if name not in present:
                continue
            rows = connection.exec_driver_sql(f'select * from "{name}" limit 1')
            columns = set(rows.keys())
            if rows.first() is not None:
                continue
            known = {column: value for column, value in row.items() if column in columns}
            # The types are the models': the tables themselves do not tell every one of them.
            insert = sa.insert(Base.metadata.tables[name])
            connection.execute(insert, [known])
            if name == "response":
                keyless = dict.fromkeys({"link_key", "source_key"} & known.keys())
                more = [known | keyless | {"id": f"{i:032}"} for i in range(1, 1000)]
                connection.execute(insert, more)


def test_a_fresh_database_is_the_one_that_the_program_needs(engine):
    database.require_current(engine)
    assert database.current(engine) == REVISIONS[-1]


def test_the_migrated_tables_are_those_of_the_models(engine):
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_migrated_tables_have_the_checks_and_indexes_of_the_models(bare_engine):
    database.migrate(bare_engine)
    migrated = shape(bare_engine)
    database.migrate(bare_engine, "base")
    Base.metadata.create_all(bare_engine)
    assert migrated == shape(bare_engine)


def test_tables_go_up_down_and_up_again_and_keep_what_they_hold(bare_engine, valid_rows):
    database.migrate(bare_engine, REVISIONS[0])
    fill(bare_engine, valid_rows)
    before = contents(bare_engine)
    for earlier, later in pairwise(REVISIONS):
        assert database.migrate(bare_engine, later) == later
        fill(bare_engine, valid_rows)
        full = contents(bare_engine)
        assert database.migrate(bare_engine, earlier) == earlier
        down = contents(bare_engine)
        assert shared(down, before) == shared(before, before)
        assert down.keys() == before.keys()
        assert database.migrate(bare_engine, later) == later
        again = contents(bare_engine)
        assert shared(again, before) == shared(before, before)
        assert all(again[name] == [] for name in full.keys() - before.keys())
        fill(bare_engine, valid_rows)
        before = contents(bare_engine)
        assert shared(before, full) == shared(full, full)


def test_the_way_down_ends_without_tables(bare_engine, valid_rows):
    database.migrate(bare_engine)
    fill(bare_engine, valid_rows)
    assert database.migrate(bare_engine, "base") is None
    assert sa.inspect(bare_engine).get_table_names() == ["alembic_version"]
    assert database.migrate(bare_engine) == REVISIONS[-1]


def test_a_database_that_is_behind_says_which_command_helps(bare_engine):
    with pytest.raises(database.UnmatchedSchema, match="arviomo migrate") as none:
        database.require_current(bare_engine)
    database.migrate(bare_engine, REVISIONS[-2])
    with pytest.raises(database.UnmatchedSchema, match=REVISIONS[-2]) as old:
        database.require_current(bare_engine)
    assert (none.value.code, old.value.code) == ("behind", "behind")


def test_a_database_of_a_newer_program_is_left_alone(engine):
    with database.writing(engine) as connection:
        connection.execute(sa.text("update alembic_version set version_num = '2099_01_01_1'"))
    before = shape(engine)
    for step in (database.require_current, database.migrate):
        with pytest.raises(database.UnmatchedSchema, match="newer than this program") as ahead:
            step(engine)
        assert ahead.value.code == "ahead"
    assert shape(engine) == before


def test_a_revision_that_does_not_exist_is_refused(engine):
    with pytest.raises(database.UnmatchedSchema, match="2025_01_01"):
        database.migrate(engine, "2025_01_01")


#: Moves the tables of argv[1] to argv[2], and is killed before its statement number argv[3].
KILLED = """
import os, signal, sys
import sqlalchemy as sa
from data import database

url, to, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
engine = database.connect(url)
told = 0

@sa.event.listens_for(engine, "before_cursor_execute")
def count(*_):
    global told
    told += 1
    if told == last:
        os.kill(os.getpid(), signal.SIGKILL)

database.migrate(engine, to)
print(told)
"""


def run_killed(url: str, to: str, last: int) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", KILLED, url, to, str(last)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize(
    ("start", "to", "points"),
    [
        # This way up took 43 statements when it was written, the way down 29, counted by the
        # program itself: killed early, in the middle, and at the end.
        (REVISIONS[1], "head", (9, 25, 43)),
        (REVISIONS[-1], REVISIONS[1], (8, 18, 29)),
    ],
    ids=["up", "down"],
)
def test_a_killed_migration_leaves_tables_and_rows_as_they_were(
    bare_url, bare_engine, valid_rows, start, to, points
):
    database.migrate(bare_engine, start)
    fill(bare_engine, valid_rows)
    before = shape(bare_engine), contents(bare_engine)
    for point in points:
        bare_engine.dispose()
        killed = run_killed(bare_url, to, point)
        assert killed.returncode == -9, f"not killed at {point}: {killed.stdout}{killed.stderr}"
        assert database.current(bare_engine) == start
        assert (shape(bare_engine), contents(bare_engine)) == before
    database.migrate(bare_engine, to)


def test_two_programs_that_migrate_at_once_wait_for_each_other(bare_url, bare_engine):
    never = "-1"
    command = [sys.executable, "-c", KILLED, bare_url, "head", never]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    for program in both:
        _, said = program.communicate(timeout=300)
        assert program.returncode == 0, said.decode()
    database.require_current(bare_engine)
