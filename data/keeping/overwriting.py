"""Overwriting: what is deleted goes also from where the database still keeps it.

SQLite overwrites deleted rows in its file (``secure_delete``), but they stay in the log beside it
until that is emptied, and it is not emptied while somebody reads. PostgreSQL keeps deleted rows
until VACUUM, and cannot let go of them while somebody reads an older state. So the debt is written
down before anything is deleted, in a file of the home, and goes only when it is paid: at once, or
by the next refresh, retention, start of the server or ``arviomo erase --finish``.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from data.database import WAIT_SECONDS
from data.schema import Base

FILE = "overwriting"
#: For how many seconds an erasure waits for readers to end, and who does it on the way.
LONG, SHORT = WAIT_SECONDS, 2
#: From this age on pages tell of a debt; earlier it would tell that somebody left today.
LATE = timedelta(days=1)
_POLL = 0.1


def owe(home: Path, tables: Iterable[str], on: date) -> None:
    """Nothing; what is deleted from some tables now has to be overwritten. Call it before the
    transaction ends. Raises: OSError."""
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        handle = os.open(home / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(" ".join([on.isoformat(), *sorted(tables)]) + "\n")
            file.flush()
            os.fsync(file.fileno())


def is_owed(home: Path) -> bool:
    """Whether something that was deleted still stands in a log or in rows that nobody sees."""
    return (home / FILE).exists()


def is_late(home: Path, today: date) -> bool:
    """Whether something has been owed for more than a day."""
    days = [date.fromisoformat(line.partition(" ")[0]) for line in _lines(home)]
    return any(today - day > LATE for day in days)


def settle(engine: sa.Engine, home: Path, wait: float | None = None) -> bool:
    """Whether nothing is owed now; readers are waited for so many seconds, or for LONG."""
    wait = LONG if wait is None else wait
    lines = _lines(home)
    if not lines:
        return True
    if engine.dialect.name == "sqlite":
        paid = _emptied(engine, wait)
    else:
        paid = _vacuumed(engine, {name for line in lines for name in line.split()[1:]}, wait)
    if paid:
        _strike(home, len(lines))
    return paid


def _emptied(engine: sa.Engine, wait: float) -> bool:
    """Whether the log beside an SQLite file is empty now."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute(f"pragma busy_timeout={int(wait * 1000)}")
        try:
            [(busy, *_)] = raw.execute("pragma wal_checkpoint(truncate)").fetchall()
        finally:
            raw.execute(f"pragma busy_timeout={WAIT_SECONDS * 1000}")
    return not busy


def _vacuumed(engine: sa.Engine, tables: set[str], wait: float) -> bool:
    """Whether PostgreSQL has let go of the deleted rows of some tables.

    VACUUM does not say that it left rows to an older reader, so those are waited for before.
    """
    older = sa.text(
        "select count(*) from pg_stat_activity where datname = current_database() "
        "and pid <> pg_backend_pid() and age(backend_xmin) > age(cast(:now as xid))"
    )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        asked = sa.text("select cast(cast(pg_current_xact_id() as xid) as text)")
        now, until = connection.scalar(asked), time.monotonic() + wait
        while connection.scalar(older, {"now": now}):
            if time.monotonic() > until:
                return False
            time.sleep(_POLL)
        quoted = connection.dialect.identifier_preparer.quote
        for name in sorted(tables & Base.metadata.tables.keys()):
            connection.execute(sa.text(f"vacuum {quoted(name)}"))
    return True


def _lines(home: Path) -> list[str]:
    try:
        return (home / FILE).read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []


def _strike(home: Path, paid: int) -> None:
    """What came meanwhile is still owed."""
    with _alone(home):
        left = _lines(home)[paid:]
        path, other = home / FILE, home / f"{FILE}.new"
        if not left:
            path.unlink(missing_ok=True)
            return
        other.write_text("".join(f"{line}\n" for line in left), encoding="ascii")
        other.replace(path)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / f"{FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
