"""Copies of an installation: taken while it runs, and sealed; `data.keeping.restoring` puts them
back.

A copy holds the database as it was at one moment, the files of the home that cannot be made anew,
and a list of both with hashes: of every file, and of the rows of every table. SQLite is copied by
its own online backup, never as a file in use; PostgreSQL table by table at the snapshot at which
the rows are hashed.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pysqlite3
import sqlalchemy as sa

from data import audit, database
from data.access import User, require
from data.fieldwork import installation
from data.keeping import dumping, erasure, marks
from data.keeping.row_hashes import TableHash, row_hashes
from data.keeping.sealed import Key, SealedWriter
from data.permissions import Kind, Verb

MANIFEST, DATABASE, ROWS = "manifest.json", "arviomo.db", "rows"
#: Files of a home that are copied. The secret and the key that signs are among them, so a copy
#: must be sealed; ``extracts`` too, as what waits could not be told without them.
FILES = ("secret", "release_key", "release_keys.public", marks.FILE)
FOLDERS = ("proofs", "extracts", "profiles")
_PASSED = (".unfinished", ".lock")


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy holds. taken_at: the moment of its rows."""

    taken_at: datetime
    revision: str
    tables: dict[str, TableHash]
    files: int

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def back_up(engine: sa.Engine, user: User, home: Path, file: Path, key: Key) -> Copy:
    """The copy of an installation in a sealed file, which has its name only once it is whole.

    Others may read and write meanwhile. Raises: NotPermitted, installation.ExposedSecret,
    FileExistsError, OSError when the disk is full: then nothing is left.
    """
    require(user, Verb.READ, Kind.AUDIT)
    if file.exists():
        raise FileExistsError(file)
    with full_told():
        return _taken(engine, user, home, file, key)


def _taken(engine: sa.Engine, user: User, home: Path, file: Path, key: Key) -> Copy:
    # Marks that are made after the copy are found in it by the secret: it must be there.
    installation.secret(home)
    with database.writing(engine) as connection:
        audit.record(connection, user, "backup", "database")
    aside = tempfile.TemporaryDirectory(dir=_made(home), prefix="backup.")
    # A refresh would put other files of figures beside the copied rows.
    with _aside(file) as unfinished, aside as space, erasure.refreshes_wait(home):
        copied = Path(space) / (DATABASE if engine.dialect.name == "sqlite" else ROWS)
        taken_at = datetime.now(UTC)
        revision, tables = _copy_database(engine, copied)
        with unfinished.open("wb") as out:
            os.fchmod(out.fileno(), 0o600)
            writer = SealedWriter(out, key)
            files = _pack(writer, copied, home, taken_at, revision, tables)
            writer.finish()
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    return Copy(taken_at, revision, tables, files)


def _copy_database(engine: sa.Engine, copied: Path) -> tuple[str, dict[str, TableHash]]:
    if engine.dialect.name == "postgresql":
        return dumping.dump(engine, copied)
    with engine.connect() as connection:
        source = connection.connection.driver_connection
        target = pysqlite3.connect(copied)
        try:
            # All pages in one step: others go on writing to the log beside the file meanwhile;
            # in several steps, each write of theirs would start the copy anew.
            source.backup(target, pages=-1)
        finally:
            target.close()
    own = database.connect(f"sqlite:///{copied}")
    try:
        with database.reading(own) as connection:
            found = row_hashes(connection)
        return database.current(own), found
    finally:
        own.dispose()
        with closing(pysqlite3.connect(copied)) as one:
            # One file, without a log beside it.
            one.execute("pragma journal_mode=delete")


def _pack(
    writer: SealedWriter,
    copied: Path,
    home: Path,
    taken_at: datetime,
    revision: str,
    tables: dict[str, TableHash],
) -> int:
    """How many files were packed; the list of them comes last."""
    hashes: dict[str, str] = {}
    with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as box:
        for name, path in [*_database_files(copied), *_files(home)]:
            try:
                with path.open("rb") as source:
                    size = os.fstat(source.fileno()).st_size
                    hashes[name] = hashlib.file_digest(source, "sha256").hexdigest()
                    source.seek(0)
                    told = tarfile.TarInfo(name)
                    told.size, told.mode = size, 0o600
                    box.addfile(told, source)
            except FileNotFoundError:  # a refresh has put another in its place meanwhile
                continue
        manifest = {
            "taken_at": taken_at.isoformat(),
            "revision": revision,
            "tables": tables,
            "files": hashes,
        }
        body = json.dumps(manifest, sort_keys=True).encode()
        told = tarfile.TarInfo(MANIFEST)
        told.size, told.mode = len(body), 0o600
        with tempfile.SpooledTemporaryFile() as last:
            last.write(body)
            last.seek(0)
            box.addfile(told, last)
    return len(hashes)


def _database_files(copied: Path) -> list[tuple[str, Path]]:
    """A database file, or the folder of the rows of one."""
    if copied.is_file():
        return [(copied.name, copied)]
    return [(f"{copied.name}/{path.name}", path) for path in sorted(copied.iterdir())]


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    for name in FILES:
        if (home / name).is_file():
            yield name, home / name
    for folder in FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and path.suffix not in _PASSED:
                yield path.relative_to(home).as_posix(), path


@contextmanager
def full_told() -> Iterator[None]:
    """SQLite says in its own way that the disk is full. Raises: OSError."""
    try:
        yield
    except (sa.exc.OperationalError, pysqlite3.OperationalError) as error:
        if not any(word in str(error) for word in ("disk is full", "disk I/O error")):
            raise
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error


def _made(home: Path) -> Path:
    home.mkdir(parents=True, exist_ok=True)
    return home


@contextmanager
def _aside(file: Path) -> Iterator[Path]:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)
