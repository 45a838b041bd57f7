"""The engine, from a URL: SQLite by default, PostgreSQL by ``postgresql://``.

Every writing transaction on SQLite begins with BEGIN IMMEDIATE, so two writers wait for each
other instead of failing; a read-only connection (`reading`) begins plainly and never blocks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pysqlite3
import sqlalchemy as sa

if TYPE_CHECKING:  # Alembic is imported when tables are moved, so that the server stays light.
    from alembic.config import Config

#: SQLite before this can corrupt a database in WAL mode (the reset bug fixed in 3.51.3).
SAFE_SQLITE = (3, 51, 3)
WAIT_SECONDS = 20

URL_VARIABLE = "ARVIOMO_DATABASE"
HOME_VARIABLE = "ARVIOMO_HOME"
#: "1" lets a database be served that a crash may take answers from: a trial, a test.
FORGETFUL_VARIABLE = "ARVIOMO_FORGETFUL_DATABASE"

#: Settings of PostgreSQL that, switched off, let a crash take what was committed or damage it.
DURABLE_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")


class UnsafeDatabase(Exception):
    """The database library or file is not one that may hold the truth."""


class DamagedDatabase(Exception):
    """The database file is not whole; nothing may be read from it or written to it."""


class ForgetfulDatabase(Exception):
    """The database says that something is committed which a crash may still lose.

    settings: what PostgreSQL says of each setting that makes it so.
    """

    def __init__(self, settings: dict[str, str]) -> None:
        super().__init__(", ".join(f"{name} = {value}" for name, value in settings.items()))
        self.settings = settings


class UnmatchedSchema(Exception):
    """The tables are not those of this program. code: "behind", "ahead" or "unknown"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def home() -> Path:
    """The folder of everything that is not in the database: extracts and the embedded database."""
    return _resolved(os.environ.get(HOME_VARIABLE, "var"), Path.cwd())


@lru_cache(maxsize=8)
def _resolved(folder: str, here: Path) -> Path:
    """Asked five times for each page that a respondent sends; each look follows links on disk."""
    return (here / folder).resolve()


def database_url() -> str:
    """The database that the environment names, or the embedded one under `home`."""
    return os.environ.get(URL_VARIABLE) or f"sqlite:///{home() / 'arviomo.db'}"


def connect(url: str | None = None) -> sa.Engine:
    """An engine for a URL. Raises: UnsafeDatabase for an SQLite with the WAL-reset bug."""
    url = url or database_url()
    if url.startswith("sqlite"):
        return _connect_sqlite(url)
    engine = sa.create_engine(
        url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True
    )
    sa.event.listen(engine, "handle_error", _leave_out_the_row)
    return engine


def _leave_out_the_row(context: sa.ExceptionContext) -> None:
    """PostgreSQL repeats the refused row in the details of its error; a log must not hold it."""
    diagnosis = getattr(context.original_exception, "diag", None)
    if diagnosis is None or diagnosis.message_detail is None:
        return
    context.original_exception.args = (diagnosis.message_primary,)
    if context.sqlalchemy_exception is not None:
        kind = type(context.original_exception).__name__
        context.sqlalchemy_exception.args = (f"({kind}) {diagnosis.message_primary}",)


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
            # What REPLACE deletes is deleted before the eyes of triggers.
            "recursive_triggers=ON",
            f"busy_timeout={WAIT_SECONDS * 1000}",
            "trusted_schema=OFF",
            "cache_size=-16000",
            # What is deleted is overwritten, not only let go of.
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection):
        reading_only = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection with one consistent snapshot for reading; it takes no write lock.

    The database itself refuses every write on it.
    """
    options = {"reading": True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            yield connection
            return
        # Straight to the driver: a page is read in several of these, and SQLAlchemy's own way
        # takes longer than SQLite.
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA query_only=ON")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA query_only=OFF")


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose one transaction is committed on leaving, or rolled back on an error."""
    with engine.begin() as connection:
        yield connection


# --- the shape of the tables --------------------------------------------------------------------

#: Two programs that migrate one PostgreSQL database wait for each other on this number.
MIGRATION_LOCK = 0x6172_7669
_MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(engine: sa.Engine, to: str = "head") -> str | None:
    """The revision that the tables are at after moving them, up or down, to one.

    All steps are one transaction: when it fails or the process is killed, the tables and what
    they hold are as before. ``to`` is a revision, "head" (the newest) or "base" (no tables).
    Raises: UnmatchedSchema when the database is newer than this program, or ``to`` is unknown.
    """
    from alembic import command

    config = _alembic()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        now = _revision(connection)
        known = _known_revisions(config)
        _refuse_newer(now, known)
        target = {"head": known[-1], "base": None}.get(to, to)
        if target is not None and target not in known:
            raise UnmatchedSchema(
                "unknown", f"There is no database revision {to!r}. Known: {known}."
            )
        config.attributes["connection"] = connection
        if _rank(target, known) >= _rank(now, known):
            command.upgrade(config, target)
        else:
            command.downgrade(config, target or "base")
        return _revision(connection)


def current(engine: sa.Engine) -> str | None:
    """The revision that the tables are at; None where there are no tables yet."""
    with reading(engine) as connection:
        return _revision(connection)


def require_current(engine: sa.Engine) -> None:
    """Nothing, when the tables are those of this program.

    Raises: UnmatchedSchema with code "behind" or "ahead", saying what to do.
    """
    now, known = current(engine), _known_revisions(_alembic())
    _refuse_newer(now, known)
    if now != known[-1]:
        raise UnmatchedSchema(
            "behind",
            f"The tables of the database are at revision {now or 'none'}, and this program needs "
            f"{known[-1]}. Take a copy of the database and run: arviomo migrate",
        )


def revisions() -> list[str]:
    """The revisions of the tables that this program knows, oldest first."""
    return _known_revisions(_alembic())


def require_whole(engine: sa.Engine) -> None:
    """Nothing, when an SQLite file is built as it must be; PostgreSQL looks after its own.

    What a page of the file says in itself has no checksum: a changed letter is not found here but
    by `data.keeping.row_hashes` against a copy, and by the hashes of leaves, releases and audit.
    Raises: DamagedDatabase saying what to do.
    """
    if engine.dialect.name != "sqlite":
        return
    try:
        with reading(engine) as connection:
            told = connection.exec_driver_sql("PRAGMA quick_check(3)").scalars().all()
    except sa.exc.DatabaseError as error:
        # Not a refusal to answer (locked, closed): the file is no database any more.
        if isinstance(error, sa.exc.OperationalError) and "malformed" not in str(error.orig):
            raise
        told = [str(error.orig)]
    if told != ["ok"]:
        raise DamagedDatabase(
            f"The database file is damaged ({'; '.join(told[:3])}). Stop everything that uses it, "
            "keep the file, and put back the newest copy: arviomo restore FILE --to FOLDER "
            "--erased LIST"
        )


def forgetful_settings(connection: sa.Connection) -> dict[str, str]:
    """What is switched off of `DURABLE_SETTINGS`, as this program's own connections have it.

    Nothing on SQLite, where every connection of ours waits for the disk.
    """
    if connection.dialect.name != "postgresql":
        return {}
    asked = sa.select(*(sa.func.current_setting(name).label(name) for name in DURABLE_SETTINGS))
    told = connection.execute(asked).one()._mapping
    return {name: told[name] for name in DURABLE_SETTINGS if told[name] == "off"}


def require_durable(engine: sa.Engine) -> dict[str, str]:
    """The `forgetful_settings` that the environment lets stand; empty when commits outlive a crash.

    Raises: ForgetfulDatabase where there are such settings and nobody has said that they may be.
    """
    with reading(engine) as connection:
        settings = forgetful_settings(connection)
    if settings and os.environ.get(FORGETFUL_VARIABLE) != "1":
        raise ForgetfulDatabase(settings)
    return settings


def _refuse_newer(now: str | None, known: list[str]) -> None:
    if now is not None and now not in known:
        raise UnmatchedSchema(
            "ahead",
            f"The tables of the database are at revision {now}, newer than this program "
            f"({known[-1]}). Install the newer program again, or restore an older copy.",
        )


def _rank(revision: str | None, known: list[str]) -> int:
    return -1 if revision is None else known.index(revision)


def _alembic() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def _known_revisions(config: Config) -> list[str]:
    """The revisions that this program knows, oldest first."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(config)
    return [step.revision for step in script.walk_revisions("base", "heads")][::-1]


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.scalar(sa.text("select version_num from alembic_version"))
