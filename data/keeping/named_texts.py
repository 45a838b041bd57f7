"""Names in texts: every place of the schema where a name stands, and what becomes of it there.

The places are those of the schema, not of a list: a new column of text is looked through from its
first day. SQLite compares letters without regard to their size in ASCII only, so the database
narrows down by a part of the name that is ASCII, and Python compares.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from data import schema
from data.keeping import holdings

#: What stands where a name was.
NAMELESS = "–"
#: Shorter names than this are looked for only where they are all that a cell holds: a person "7"
#: must not take other people's cells that hold a 7.
SHORTEST = 6
#: Tables in which a text is not changed: it is signed or sealed, or stands beside what is.
SEALED = frozenset(("audit_event", "release", "reported_value", "reported_event", "proof",
                    "assessment_event"))  # fmt: skip
#: Texts of imports beside those that holdings call words.
_OF_IMPORTS = frozenset((("replaced_row", "before"),))
_READ = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """A cell that holds a name: the table, the column, and the row's key."""

    table: sa.Table
    column: str
    key: dict[str, object]
    cell: str

    @property
    def called(self) -> str:
        return f"{self.table.name}.{self.column}"


def normal(name: str) -> str:
    """A name as names are compared: letters of any size and any encoding, spaces as one."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def is_of(word: str, cell: str) -> bool:
    """Whether a cell names somebody: as all that it holds, or as a word of it."""
    return any(_mentions(word, text) for text in _texts(cell))


def may_hold(column: sa.ColumnElement[str], words: Iterable[str]) -> sa.ColumnElement[bool]:
    """The condition that a cell may hold one of some words; `is_of` says whether it does.

    It asks for the longest part of each that is ASCII, in any size, however JSON has written it.
    """
    parts = [max(re.findall("[0-9a-z]+", normal(word)), key=len, default="") for word in words]
    if not all(parts):
        return sa.true()
    return sa.or_(*(column.icontains(part, autoescape=True) for part in sorted(set(parts))))


def places(connection: sa.Connection, names: Iterable[str]) -> Iterator[Place]:
    """Every cell of the database that holds one of some names."""
    wanted = sorted({" ".join(name.split()) for name in names} - {"", NAMELESS})
    if not wanted:
        return
    for table in schema.Base.metadata.sorted_tables:
        columns = [column for column in table.columns if _is_text(column)]
        keys = list(table.primary_key.columns)
        for column in columns:
            asked = sa.select(*(key.label(f"key_{key.name}") for key in keys), column.label("cell"))
            asked = asked.where(column.is_not(None), may_hold(column, wanted))
            for row in connection.execute(asked.execution_options(yield_per=_READ)):
                if any(is_of(name, row.cell) for name in wanted):
                    key = {each.name: row._mapping[f"key_{each.name}"] for each in keys}
                    yield Place(table, column.name, key, row.cell)


def take_out(
    connection: sa.Connection, names: Iterable[str]
) -> tuple[Counter[str], Counter[str], set[tuple[int, int]]]:
    """How many cells of each column lost some names; of how many they were left, because they are
    sealed or no free text; and the refused rows (batch, row) that hold one, which are left too."""
    wanted = sorted({" ".join(name.split()) for name in names} - {""})
    changed, left, refused = Counter(), Counter(), set()
    for place in list(places(connection, wanted)):
        if place.table.name == "rejected_row":
            row = schema.RejectedRow
            asked = sa.select(row.batch_id, row.row).where(row.id == place.key["id"])
            refused.add(tuple(connection.execute(asked).one()))
        elif _is_changed(place):
            same = (place.table.c[name] == value for name, value in place.key.items())
            values = {place.column: _without(wanted, place.cell)}
            connection.execute(sa.update(place.table).where(*same).values(values))
            changed[place.called] += 1
        else:
            left[place.called] += 1
    return changed, left, refused


def _is_changed(place: Place) -> bool:
    if place.table.name in SEALED:
        return False
    told = (place.table.name, place.column)
    return told in _OF_IMPORTS or holdings.holdings()[told] == "words"


def _is_text(column: sa.Column) -> bool:
    return isinstance(column.type, sa.String)


def _mentions(word: str, text: str) -> bool:
    if normal(text) == normal(word):
        return True
    return len(word) >= SHORTEST and bool(_pattern(word).search(unicodedata.normalize("NFC", text)))


def _pattern(word: str) -> re.Pattern[str]:
    spaced = r"\s+".join(map(re.escape, unicodedata.normalize("NFC", word).split()))
    return re.compile(rf"(?<![\w-]){spaced}(?![\w-])", re.IGNORECASE)


def _texts(cell: str) -> Iterator[str]:
    """What a cell says: itself, or where it is JSON each text in it."""
    yield cell
    if cell[:1] in "[{":
        try:
            yield from _strings(json.loads(cell))
        except ValueError:
            return


def _strings(told: object) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, int | float) and not isinstance(told, bool):
        yield str(told)
    elif isinstance(told, dict):
        for name, value in told.items():
            yield name
            yield from _strings(value)
    elif isinstance(told, list):
        for value in told:
            yield from _strings(value)


def _without(names: Iterable[str], cell: str) -> str:
    if cell[:1] in "[{":
        try:
            told = json.loads(cell)
        except ValueError:
            return _nameless(names, cell)
        return json.dumps(_rewritten(names, told))
    return _nameless(names, cell)


def _rewritten(names: Iterable[str], told: object) -> object:
    if isinstance(told, str):
        return _nameless(names, told)
    if isinstance(told, dict):
        return {name: _rewritten(names, value) for name, value in told.items()}
    return [_rewritten(names, value) for value in told] if isinstance(told, list) else told


def _nameless(names: Iterable[str], text: str) -> str:
    for name in names:
        if normal(text) == normal(name):
            return NAMELESS
        if len(name) >= SHORTEST:
            text = _pattern(name).sub(NAMELESS, unicodedata.normalize("NFC", text))
    return text
