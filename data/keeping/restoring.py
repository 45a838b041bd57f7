"""Copies that are put back: whole or not at all, and without what was taken away since.

People who were erased after a copy was taken are erased again, people and roles that were shut out
stay so, a key that was retired signs no more, and every sign-in has ended. The audit tells that a
copy was put back, and of when it is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from data import access, audit, database, schema
from data.keeping import doors, dumping, marks, returned
from data.keeping.backup import DATABASE, MANIFEST, ROWS, Copy, full_told
from data.keeping.doors import Shut
from data.keeping.row_hashes import TableHash, differing, row_hashes
from data.keeping.sealed import Key, NotOpened, SealedReader
from data.releases import keys, rotation


class NotRestored(Exception):
    """A copy that was not put back. code: not_empty, foreign, closed, damaged, differs, newer,
    system (of PostgreSQL where SQLite is meant), occupied (the database holds tables), refused (by
    the database)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class PutBack:
    """A copy that was put back. erased: rows that were erased again; sessions: sign-ins that were
    ended; shut: who was let in by the copy only; key_replaced: its key signs no more."""

    copy: Copy
    erased: int
    sessions: int
    shut: Shut
    key_replaced: bool


def restore(file: Path, home: Path, key: Key, erased: Path | None = None,
            url: str | None = None) -> PutBack:  # fmt: skip
    """What became of a copy that is put back into an empty home.

    erased: the newest list of marks, where the installation's own is not in the home's place.
    url: an empty PostgreSQL, for a copy of one. Nothing is in the home unless all is whole.
    Raises: NotRestored, marks.DamagedMarks, installation.ExposedSecret, keys.ExposedKey; OSError
    when the disk is full: then nothing is left.
    """
    if home.exists() and any(home.iterdir()):
        raise NotRestored("not_empty", f"{home} is not empty. Name a new folder.")
    newest = marks.read(erased) if erased else {}
    home.parent.mkdir(parents=True, exist_ok=True)
    space = tempfile.TemporaryDirectory(dir=home.parent, prefix=f"{home.name}.")
    with full_told(), space as place:
        folder = Path(place) / "home"
        manifest = _unpack(file, folder, key)
        _check_files(folder, manifest)
        tables = {name: TableHash(*told) for name, told in manifest["tables"].items()}
        _refuse_newer(manifest["revision"])
        taken_at = datetime.fromisoformat(manifest["taken_at"])
        copy = Copy(taken_at, manifest["revision"], tables, len(manifest["files"]))
        engine = _opened(folder, manifest, tables, url)
        try:
            database.migrate(engine)
            marks.add(folder, newest)
            put_back = _without_what_went(engine, folder, copy)
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
    return put_back


def _without_what_went(engine: sa.Engine, folder: Path, copy: Copy) -> PutBack:
    """The copy as it may be used: nobody is signed in, and what went since is gone again."""
    now = datetime.now(UTC)
    with database.writing(engine) as connection:
        visit = schema.SignInSession
        open_yet = sa.update(visit).where(visit.ended_at.is_(None))
        ended = connection.execute(open_yet.values(ended_at=now)).rowcount
        # Whoever used an invitation since is let in no second time, and may have been disabled.
        withdrawn = connection.execute(sa.delete(schema.UserInvitation)).rowcount
        marks.bring(connection, folder)
        known = marks.known(connection)
        shut = doors.shut_again(connection, folder, known, now)
        replaced = _retire_again(connection, folder, known)
    again = returned.reapply(engine, folder, now)
    told = {
        "taken_at": copy.taken_at.isoformat(), "rows": copy.rows, "erased_again": again,
        "sign_ins_ended": ended, "shut_out": shut.people, "roles_withdrawn": shut.roles,
        "invitations_withdrawn": withdrawn,
        "key_replaced": replaced,
    }  # fmt: skip
    with database.writing(engine) as connection:
        audit.record(connection, access.operator(), "restore", "database", told)
    return PutBack(copy, again, ended, shut, replaced)


def _retire_again(connection: sa.Connection, folder: Path, known: frozenset[str]) -> bool:
    """Whether the key of the copy had been retired since, so that a new one is made; the old one
    vouches for the releases that the copy holds, and for no others."""
    active = [key for key, ended in keys.public_keys(folder).items() if ended is None]
    for kind in (marks.COMPROMISED, marks.RETIRED):
        if any(mark in known for mark in marks.mark_all(folder, kind, active)):
            rotation.rotate(
                connection, access.operator(), folder, compromised=kind == marks.COMPROMISED
            )
            return True
    return False


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
