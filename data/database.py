"""The engine, from a URL: SQLite by default, PostgreSQL by ``postgresql://``.

Every writing transaction on SQLite begins with BEGIN IMMEDIATE, so two writers wait for each
other instead of failing; a read-only connection (`reading`) begins plainly and never blocks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pysqlite3
import sqlalchemy as sa

#: SQLite before this can corrupt a database in WAL mode (the reset bug fixed in 3.51.3).
SAFE_SQLITE = (3, 51, 3)
WAIT_SECONDS = 20

URL_VARIABLE = "ARVIOMO_DATABASE"
HOME_VARIABLE = "ARVIOMO_HOME"


class UnsafeDatabase(Exception):
    """The database library or file is not one that may hold the truth."""


def home() -> Path:
    """The folder of everything that is not in the database: extracts and the embedded database."""
    return Path(os.environ.get(HOME_VARIABLE, "var")).resolve()


def database_url() -> str:
    """The database that the environment names, or the embedded one under `home`."""
    return os.environ.get(URL_VARIABLE) or f"sqlite:///{home() / 'arviomo.db'}"


def connect(url: str | None = None) -> sa.Engine:
    """An engine for a URL. Raises: UnsafeDatabase for an SQLite with the WAL-reset bug."""
    url = url or database_url()
    if url.startswith("sqlite"):
        return _connect_sqlite(url)
    return sa.create_engine(
        url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True
    )


def _connect_sqlite(url: str) -> sa.Engine:
    if pysqlite3.sqlite_version_info < SAFE_SQLITE:
        raise UnsafeDatabase(f"SQLite {pysqlite3.sqlite_version} < {SAFE_SQLITE}")
    path = sa.make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        module=pysqlite3.dbapi2,
        connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "connect")
    def _configure(connection, _record):
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={WAIT_SECONDS * 1000}",
            "trusted_schema=OFF",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection):
        reading_only = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection with one consistent snapshot for reading; it takes no write lock."""
    options = {"reading": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose one transaction is committed on leaving, or rolled back on an error."""
    with engine.begin() as connection:
        yield connection
