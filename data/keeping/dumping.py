"""PostgreSQL into a folder of rows and back, without its own tools: they must be of the server's
version, and are often not there.

One file for each table, as COPY writes it, all of one snapshot; and where each sequence stands, so
that numbers of rows that are gone are not given again. Coming back, the migrations make the tables:
triggers and constraints stand before the first row comes, and every row passes them.
"""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from data import database
from data.keeping.row_hashes import TableHash, differing, row_hashes

#: Stands beside the tables and is made by migrating.
VERSION = "alembic_version"
SEQUENCES = "sequences.json"
_PIECE = 1 << 20


class NotLoaded(Exception):
    """Rows that were not put into a database. code: occupied (it holds tables), refused (the server
    did not take them), differs (they are not those that were copied)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def dump(engine: sa.Engine, folder: Path) -> tuple[str, dict[str, TableHash]]:
    """The revision and row hashes of a database whose rows are in a folder now.

    Raises: OSError when the disk is full.
    """
    folder.mkdir()
    with database.reading(engine) as connection:
        revision = connection.scalar(sa.text("select version_num from alembic_version"))
        with _cursor(connection) as cursor:
            for table in _tables(connection):
                copied = cursor.copy(_copy(table, "to stdout"))
                with _file(folder, table).open("wb") as file, copied as rows:
                    for piece in rows:
                        file.write(piece)
        hashes = row_hashes(connection)
        # Last: a sequence is of no snapshot, and must stand at the last of the rows or behind it.
        asked = sa.text(
            "select sequencename, last_value from pg_sequences "
            "where schemaname = current_schema() and last_value is not null"
        )
        stand = dict(tuple(row) for row in connection.execute(asked))
        (folder / SEQUENCES).write_text(json.dumps(stand, sort_keys=True), encoding="ascii")
    return revision, hashes


def load(engine: sa.Engine, folder: Path, revision: str, told: dict[str, TableHash]) -> None:
    """Puts rows into an empty database, whose tables are at their revision then.

    Raises: NotLoaded; the database is empty then, or as it was.
    """
    with database.reading(engine) as connection:
        if set(sa.inspect(connection).get_table_names()) - {VERSION}:
            raise NotLoaded("occupied", "The database holds tables. Name an empty one.")
    try:
        database.migrate(engine, revision)
        with database.writing(engine) as connection:
            _fill(connection, folder)
        with database.reading(engine) as connection:
            wrong = differing(row_hashes(connection), told)
        if wrong:
            raise NotLoaded(
                "differs", f"Rows of {', '.join(wrong)} are not those that were copied."
            )
    except (psycopg.Error, sa.exc.DBAPIError, OSError) as error:
        clear(engine)
        words = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
        raise NotLoaded("refused", f"The database did not take the rows: {words}") from error
    except BaseException:
        clear(engine)
        raise


def clear(engine: sa.Engine) -> None:
    """Leaves a database empty that was empty before rows came."""
    database.migrate(engine, "base")
    with database.writing(engine) as connection:
        connection.execute(sa.text(f"drop table if exists {VERSION}"))


def _fill(connection: sa.Connection, folder: Path) -> None:
    tables = _tables(connection)
    for table in reversed(tables):
        # What a migration has put there comes with the rows. The audit is empty, and closed.
        if connection.scalar(sa.select(sa.exists().select_from(table))):
            connection.execute(sa.delete(table))
    with _cursor(connection) as cursor:
        for table in tables:
            copied = cursor.copy(_copy(table, "from stdin"))
            with _file(folder, table).open("rb") as file, copied as rows:
                while piece := file.read(_PIECE):
                    rows.write(piece)
    stand = json.loads((folder / SEQUENCES).read_text(encoding="ascii"))
    for name, last in stand.items():
        at = sa.text("select setval(quote_ident(:name)::regclass, :last)")
        connection.execute(at, {"name": name, "last": last})


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables, those first that others point at."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION]


def _file(folder: Path, table: sa.Table) -> Path:
    return folder / f"{table.name}.copy"


def _copy(table: sa.Table, way: str) -> sql.Composed:
    # By name: a column that a later migration added stands elsewhere than in a new table.
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in sorted(table.columns.keys()))
    return sql.SQL(f"copy {{}} ({{}}) {way}").format(sql.Identifier(table.name), columns)


def _cursor(connection: sa.Connection) -> psycopg.Cursor:
    return connection.connection.driver_connection.cursor()
