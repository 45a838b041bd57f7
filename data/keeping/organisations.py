"""Organisations that are one person: their name goes from the register and from texts.

A text that is signed or sealed keeps it, and so does what others wrote in answers; both are told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from data import audit, database, schema
from data.access import User, require
from data.fieldwork.local_time import day_of
from data.keeping import codes, marks, named_texts, overwriting
from data.keeping.codes import Codes
from data.keeping.erasure import Erased, NobodyFound
from data.keeping.named_texts import NAMELESS, normal
from data.permissions import Kind, Verb


def erase_organisation(
    engine: sa.Engine, user: User, home: Path, called: str, now: datetime
) -> Erased:
    """What was erased of an organisation, where it is one person's name.

    called: its business ID, or its whole name. Raises: NotPermitted, NobodyFound,
    installation.ExposedSecret, marks.DamagedMarks.
    """
    require(user, Verb.UNDO, Kind.BATCH)
    with database.writing(engine) as connection:
        firms = [row for row in _named(connection) if _is_called(row, called)]
        names = names_of(firms) or {called}
        rows, left = take_away(connection, home, firms, names, day_of(now))
        if not rows:
            raise NobodyFound("No organisation has this business ID or name.")
        keys = {key for row in firms for key in keys_of(row)}
        marks.remember(connection, home, {marks.ORGANISATION: keys}, day_of(now))
        audit.record(connection, user, "erase_person", "organisation",
                     {"rows": rows.total()})  # fmt: skip
        overwriting.owe(home, {name.partition(".")[0] for name in rows}, day_of(now))
    return Erased(rows, left=left, waits=not overwriting.settle(engine, home))


def take_away(
    connection: sa.Connection, home: Path, firms: Sequence[sa.Row], names: Iterable[str], on: date
) -> tuple[Counter[str], Counter[str]]:
    """How many rows or cells of each table or column lost the names of some organisations, and of
    how many columns they were left."""
    rows: Counter[str] = Counter()
    firm = schema.Organisation
    mine = sa.update(firm).where(firm.id.in_([row.id for row in firms]))
    if firms:
        nameless = mine.values(name=NAMELESS, business_id=None)
        rows["organisation"] = connection.execute(nameless).rowcount
    changed, left, refused = named_texts.take_out(connection, names)
    rows += changed
    rows["rejected_row"] = forget_refused(connection, home, codes.read(connection), refused, on)
    return +rows, left


def returned(connection: sa.Connection, home: Path, known: frozenset[str]) -> list[sa.Row]:
    """The organisations that were erased once and have a name again."""
    rows = _named(connection)
    keys = [(row, key) for row in rows for key in _claims_of(row)]
    hashed = marks.mark_all(home, marks.ORGANISATION, [key for _, key in keys])
    back = {row.id for (row, _), mark in zip(keys, hashed, strict=True) if mark in known}
    return [row for row in rows if row.id in back]


def names_of(firms: Iterable[sa.Row]) -> set[str]:
    """Under which words organisations stand in texts."""
    return {word for row in firms for word in (row.name, row.business_id) if word}


def keys_of(row: sa.Row) -> set[str]:
    """Under which keys an organisation is remembered. Its name alone is a key only where it had
    nothing else: another with a business ID of its own may have the same."""
    name = normal(row.name)
    own = codes.said("id", row.business_id) if row.business_id else codes.said("alone", name)
    return {codes.said("name", name), own}


def forget_refused(
    connection: sa.Connection, home: Path, told: Codes, refused: set[tuple[int, int]], on: date
) -> int:
    """How many refused cells were deleted, of whole rows of files, with a mark for each row."""
    row, keys, gone = schema.RejectedRow, set(), 0
    for batch, number in sorted(refused):
        mine = (row.batch_id == batch) & (row.row == number)
        cells = connection.execute(sa.select(row.__table__).where(mine)).mappings().all()
        keys.add(told.refused(batch, number, cells))
        gone += connection.execute(sa.delete(row).where(mine)).rowcount
    marks.remember(connection, home, {marks.REFUSED: keys}, on)
    return gone


def _claims_of(row: sa.Row) -> list[str]:
    """Keys by which an organisation is one that was erased."""
    name = normal(row.name)
    if row.business_id:
        return [codes.said("id", row.business_id), codes.said("alone", name)]
    return [codes.said("name", name)]


def _named(connection: sa.Connection) -> list[sa.Row]:
    firm = schema.Organisation
    asked = sa.select(firm.id, firm.business_id, firm.name).where(firm.name != NAMELESS)
    return list(connection.execute(asked))


def _is_called(row: sa.Row, called: str) -> bool:
    plain = normal(called)
    return plain in (normal(row.name), normal(row.business_id or ""))
