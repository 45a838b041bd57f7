"""Copies of an installation: taken while it runs, sealed, and put back only where all is whole.

A copy holds the database as it was at one moment, the files of the home that cannot be made anew,
and a list of both with hashes: of every file, and of the rows of every table. SQLite is copied by
its own online backup, never as a file in use; PostgreSQL table by table at the snapshot at which
the rows are hashed. Who was erased after a copy was taken is erased again when it is put back.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
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
from data.keeping import dumping, erasure, marks, returned
from data.keeping.row_hashes import TableHash, differing, row_hashes
from data.keeping.sealed import Key, NotOpened, SealedReader, SealedWriter
from data.permissions import Kind, Verb

MANIFEST, DATABASE, ROWS = "manifest.json", "arviomo.db", "rows"
#: Files of a home that are copied. The secret and the key that signs are among them, so a copy
#: must be sealed; ``extracts`` too, as what waits could not be told without them.
FILES = ("secret", "release_key", "release_keys.public", marks.FILE)
FOLDERS = ("proofs", "extracts", "profiles")
_PASSED = (".unfinished", ".lock")


class NotRestored(Exception):
    """A copy that was not put back. code: not_empty, foreign, closed, damaged, differs, newer,
    system (of PostgreSQL where SQLite is meant), occupied (the database holds tables), refused (by
    the database)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy holds. taken_at: the moment of its rows. erased: rows that were erased again."""

    taken_at: datetime
    revision: str
    tables: dict[str, TableHash]
    files: int
    erased: int = 0

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())


def back_up(engine: sa.Engine, user: User, home: Path, file: Path, key: Key) -> Copy:
    """The copy of an installation in a sealed file, which has its name only once it is whole.

    Others may read and write meanwhile. Raises: NotPermitted, FileExistsError, OSError when
    the disk is full: then nothing is left.
    """
    require(user, Verb.READ, Kind.AUDIT)
    if file.exists():
        raise FileExistsError(file)
    with _full_told():
        return _taken(engine, user, home, file, key)


def _taken(engine: sa.Engine, user: User, home: Path, file: Path, key: Key) -> Copy:
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


def restore(file: Path, home: Path, key: Key, erased: Path | None = None,
            url: str | None = None) -> Copy:  # fmt: skip
    """What a copy holds, once it is put back into an empty home and people are erased again who
    were erased since.

    erased: the newest list of marks, where the installation's own is not in the home's place.
    url: an empty PostgreSQL, for a copy of one. Nothing is in the home unless all is whole.
    Raises: NotRestored, marks.DamagedMarks.
    """
    if home.exists() and any(home.iterdir()):
        raise NotRestored("not_empty", f"{home} is not empty. Name a new folder.")
    newest = marks.read(erased) if erased else {}
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=f"{home.name}.") as space:
        folder = Path(space) / "home"
        manifest = _unpack(file, folder, key)
        _check_files(folder, manifest)
        tables = {name: TableHash(*told) for name, told in manifest["tables"].items()}
        _refuse_newer(manifest["revision"])
        engine = _opened(folder, manifest, tables, url)
        try:
            database.migrate(engine)
            marks.add(folder, newest)
            again = returned.reapply(engine, folder)
            _tidy(engine)
        except BaseException:
            if engine.dialect.name == "postgresql":
                dumping.clear(engine)
            raise
        finally:
            engine.dispose()
        if home.exists():
            home.rmdir()
        folder.rename(home)
    return Copy(
        datetime.fromisoformat(manifest["taken_at"]), manifest["revision"], tables,
        len(manifest["files"]), again,
    )  # fmt: skip


# --- taking -------------------------------------------------------------------------------------


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
def _full_told() -> Iterator[None]:
    """SQLite says in its own way that the disk is full."""
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


# --- putting back -------------------------------------------------------------------------------


def _unpack(file: Path, folder: Path, key: Key) -> dict:
    folder.mkdir(mode=0o700)
    try:
        with file.open("rb") as source:
            reader = SealedReader(source, key)
            with tarfile.open(fileobj=reader, mode="r|") as box:
                box.extractall(folder, filter="data")
            reader.drain()
        manifest = folder / MANIFEST
        told = json.loads(manifest.read_bytes())
        manifest.unlink()
    except NotOpened as error:
        raise NotRestored(error.code, str(error)) from error
    except (tarfile.TarError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise NotRestored("damaged", f"The copy is not whole: {error}") from error
    return told


def _check_files(folder: Path, manifest: dict) -> None:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as source:
                told = hashlib.file_digest(source, "sha256").hexdigest()
            found[path.relative_to(folder).as_posix()] = told
    if found != manifest["files"]:
        raise NotRestored("damaged", "The files of the copy are not those of its own list.")


def _refuse_newer(revision: str) -> None:
    if revision not in database.revisions():
        raise NotRestored(
            "newer",
            f"The copy is of a newer program (tables at {revision}). Install that one and put it "
            "back with it.",
        )


def _opened(
    folder: Path, manifest: dict, tables: dict[str, TableHash], url: str | None
) -> sa.Engine:
    """An engine on the restored database, its rows those of the copy."""
    if f"{ROWS}/{dumping.SEQUENCES}" in manifest["files"]:
        if not url or not url.startswith("postgresql"):
            raise NotRestored(
                "system", "The copy is of a PostgreSQL. Name an empty one: --database URL."
            )
        engine = database.connect(url)
        try:
            dumping.load(engine, folder / ROWS, manifest["revision"], tables)
        except dumping.NotLoaded as refused:
            engine.dispose()
            raise NotRestored(refused.code, str(refused)) from refused
        shutil.rmtree(folder / ROWS)
        return engine
    engine = database.connect(f"sqlite:///{folder / DATABASE}")
    database.require_whole(engine)
    with database.reading(engine) as connection:
        _check_rows(connection, tables)
    return engine


def _check_rows(connection: sa.Connection, tables: dict[str, TableHash]) -> None:
    if wrong := differing(row_hashes(connection), tables):
        raise NotRestored("differs", f"Rows of {', '.join(wrong)} are not those that were copied.")


def _tidy(engine: sa.Engine) -> None:
    """Leaves an SQLite file in one piece, without anything of what was erased again."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("vacuum")
        raw.execute("pragma wal_checkpoint(truncate)")
