"""Marks of what was erased: hashes under the installation's secret, in the database and beside it.

An older copy of the database does not know who was erased since. So every mark stands also in a
file of the home, which is copied apart from the database like the secret, and is read when a copy
is put back. A mark says nothing to who has no secret, and nothing to who has it but not the key.
Who may not sign in any more, roles that were withdrawn and keys that sign no more are marked too.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from data.fieldwork import installation
from data.schema import ErasedMark

FILE = "erased"
#: Kinds of keys, so that equal keys of two kinds never share a mark. ANSWER: the id of a response;
#: TAKEN_BACK: of one that its respondent took back; AGREEMENT: of one whose special categories are
#: gone; LINK: what joins the answers of one person; FORM: the number that a survey tool gave an
#: answer; PERSON: who came to events; INVITED: the disguised name of somebody who was invited;
#: ORGANISATION: a business ID or a name; REFUSED: a row of a file of which cells were refused.
#: Keys hold no number of a row (`data.keeping.codes`): another row may have it after a copy is put
#: back.
ANSWER, AGREEMENT, LINK, FORM = "answer", "agreement", "link", "form"
TAKEN_BACK = "taken back"
PERSON, INVITED, ORGANISATION = "person", "invited", "organisation"
REFUSED = "refused"
#: Not of people who were erased, but forgotten by an older copy as well. SHUT_OUT: who may not sign
#: in; WITHDRAWN: a role that somebody has no more; RETIRED, COMPROMISED: keys that sign no more.
SHUT_OUT, WITHDRAWN = "shut out", "withdrawn role"
RETIRED, COMPROMISED = "retired key", "compromised key"
KINDS = (
    *(ANSWER, TAKEN_BACK, AGREEMENT, LINK, FORM),
    *(PERSON, INVITED, ORGANISATION, REFUSED),
    *(SHUT_OUT, WITHDRAWN, RETIRED, COMPROMISED),
)

_LINE = re.compile(r"([0-9a-f]{64}) (\d{4}-\d{2}-\d{2})")


class DamagedMarks(Exception):
    """The file of marks holds something else. line: the first that is none; 0: no text at all."""

    def __init__(self, path: Path, line: int = 0) -> None:
        super().__init__(
            f"{path}, line {line}: not a mark and a day. Use a copy of the file; without it "
            "people who were erased come back with an older copy of the database."
        )
        self.path, self.line = path, line


def mark_all(home: Path, kind: str, keys: Iterable[str]) -> list[str]:
    """The marks of some keys of a kind, in their order. Raises: installation.ExposedSecret."""
    return installation.derived_hexes(home, f"gone {kind}", keys)


def remember(
    connection: sa.Connection, home: Path, keys: Mapping[str, Iterable[str]], on: date
) -> int:
    """How many marks of erased keys are new; in the transaction of the erasure, and in the file.

    keys: by kind. The file is written first: a mark too many erases on the next restore what
    somebody asked to be erased anyway, and one too few brings somebody back.
    Raises: installation.ExposedSecret, DamagedMarks, OSError when the disk is full.
    """
    fresh = {mark: on for kind, own in keys.items() for mark in mark_all(home, kind, own)}
    add(home, fresh)
    return _insert(connection, fresh)


def forget(connection: sa.Connection, home: Path, keys: Mapping[str, Iterable[str]]) -> None:
    """Nothing; some keys have no mark any more, in the database and in the file.

    Only for what may be given again, a role or the right to sign in: who was erased stays marked.
    Raises: installation.ExposedSecret, DamagedMarks, OSError.
    """
    gone = {mark for kind, own in keys.items() for mark in mark_all(home, kind, own)}
    connection.execute(sa.delete(ErasedMark).where(ErasedMark.mark.in_(gone)))
    with _alone(home):
        whole = read(home / FILE)
        if gone & whole.keys():
            _write(home, {mark: day for mark, day in whole.items() if mark not in gone})


def known(connection: sa.Connection) -> frozenset[str]:
    """The marks that the database has."""
    return frozenset(connection.scalars(sa.select(ErasedMark.mark)))


def bring(connection: sa.Connection, home: Path) -> int:
    """How many marks only the file had, or only the database; now both have all.

    Raises: DamagedMarks, OSError.
    """
    stored = dict(connection.execute(sa.select(ErasedMark.mark, ErasedMark.erased_on)).all())
    told = read(home / FILE)
    added = _insert(connection, told)
    missing = {mark: day for mark, day in stored.items() if mark not in told}
    if missing:
        add(home, missing)
    return added + len(missing)


def add(home: Path, fresh: Mapping[str, date]) -> None:
    """Writes marks to the file of a home, which is whole before and after.

    Sorted: the file does not tell in which order people left. Raises: DamagedMarks, OSError.
    """
    if not fresh:
        return
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home):
        _write(home, {**fresh, **read(home / FILE)})


def read(path: Path) -> dict[str, date]:
    """The marks of a file, with the day of each; none where there is no file.

    Raises: DamagedMarks naming the line.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise DamagedMarks(path) from error
    told = {}
    for number, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise DamagedMarks(path, number)
        told[match[1]] = date.fromisoformat(match[2])
    return told


def _write(home: Path, whole: Mapping[str, date]) -> None:
    lines = "".join(f"{mark} {day.isoformat()}\n" for mark, day in sorted(whole.items()))
    handle, name = tempfile.mkstemp(dir=home, prefix=f"{FILE}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(home / FILE)
    finally:
        Path(name).unlink(missing_ok=True)


def _insert(connection: sa.Connection, fresh: Mapping[str, date]) -> int:
    there = known(connection)
    rows = [{"mark": m, "erased_on": day} for m, day in sorted(fresh.items()) if m not in there]
    if rows:
        connection.execute(sa.insert(ErasedMark), rows)
    return len(rows)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    with (home / f"{FILE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
