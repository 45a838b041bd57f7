"""Where the files of proofs lie: beside the database, under the hash of their content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from data.schema import Proof

FOLDER = "proofs"
_DIGITS = hashlib.sha256().digest_size * 2
#: A file comes before the row that names it; none is removed within this time.
_ARRIVING = timedelta(days=1)


def path_of(home: Path, sha256: str) -> Path:
    """Where a file of this hash lies."""
    return home / FOLDER / sha256[:2] / sha256


def put_file(home: Path, sha256: str, content: bytes) -> None:
    """A file in its place, whole: whoever reads it sees all of it or nothing."""
    path = path_of(home, sha256)
    with suppress(FileNotFoundError):
        os.utime(path)  # brought again: `remove_files` leaves it
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def passed(connection: sa.Connection, home: Path, today: date, now: datetime) -> list[str]:
    """The hashes of files that nothing names, or whose time is over for everything that does.

    A file that came within a day is left: the row that names it may not be stored yet.
    """
    rows = connection.execute(
        sa.select(Proof.sha256, Proof.retain_until).where(Proof.sha256.is_not(None))
    ).all()
    needed = {row.sha256 for row in rows if row.retain_until is None or row.retain_until >= today}
    return [
        path.name
        for path in sorted((home / FOLDER).glob("??/*"))
        if path.name not in needed and len(path.name) == _DIGITS and not _is_fresh(path, now)
    ]


def remove_files(home: Path, gone: Iterable[str], now: datetime | None = None) -> list[str]:
    """The hashes of files that are gone now. One that was brought again meanwhile stays: it is
    moved aside first, so that whoever brings it finds either it or nothing, and writes it."""
    removed = []
    for sha256 in gone:
        path = path_of(home, sha256)
        aside = path.with_name(f".{sha256}.going")
        try:
            path.rename(aside)
        except FileNotFoundError:
            continue
        if _is_fresh(aside, now or datetime.now(UTC)):
            aside.rename(path)
        else:
            aside.unlink()
            removed.append(sha256)
    return removed


def _is_fresh(path: Path, now: datetime) -> bool:
    brought = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return now - brought < _ARRIVING
