"""Erasure of one person: every row of theirs, and what joins them in the files of the figures.

What was published stays as it is until ten of a group are gone (`data.publication.waiting`): the
difference of two publications would be the person. So the row of an extract is not taken out at
once. What joins it to anything, the key, is replaced by a random one that stands nowhere else; what
is left are whole numbers without a person, and they go when the figures do.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from data import audit, database, schema
from data.access import User, require
from data.fieldwork import invitations, withdrawals
from data.fieldwork.local_time import day_of
from data.keeping import codes, marks, named_texts, overwriting, tracing
from data.keeping.codes import Codes
from data.keeping.tracing import Traces
from data.permissions import Kind, Verb

#: Rows that tell of a person and stay: that answers were taken back (a random id), what a release
#: has locked (a keyed hash that backs a reported figure), lines of the audit, which are blanked.
STAYING = frozenset(("taken_back", "counted_item", "audit_event"))
_CHILDREN = frozenset(("open_answer", "answer_coding", "answer_clearance"))


class NobodyFound(Exception):
    """Nothing is held under a key."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each table were erased, and in how many files of the figures keys were
    replaced. left: how many cells of which columns still name somebody, because they are sealed or
    others wrote them; waits: readers keep the database from overwriting what was deleted, so that
    is done later (`data.keeping.overwriting`)."""

    rows: Mapping[str, int] = field(default_factory=dict)
    files: int = 0
    left: Mapping[str, int] = field(default_factory=dict)
    waits: bool = False

    @property
    def whole(self) -> int:
        return sum(self.rows.values())


def erase(
    engine: sa.Engine,
    user: User,
    home: Path,
    key: str,
    now: datetime,
    project: int | None = None,
) -> Erased:
    """What was erased of the person that a key belongs to; gone for good when this returns, unless
    it says that overwriting waits.

    key: the address of a receipt, a key as a file or the database has it, or the reference of a
    list. project: only there.
    Raises: NotPermitted, NobodyFound, installation.ExposedSecret, marks.DamagedMarks.
    """
    require(user, Verb.UNDO, Kind.BATCH)
    with refreshes_wait(home):
        with database.writing(engine) as connection:
            traces = tracing.trace(connection, home, key, project)
            collections = collections_of(connection, project)
            rows = erase_rows(connection, user, home, traces, day_of(now))
            if not rows:
                raise NobodyFound("Nothing is held under this key.")
            replaced = replace_keys(connection, home, traces.links, collections)
            overwriting.owe(home, rows, day_of(now))
        remove_files(home, replaced)
        settled = overwriting.settle(engine, home)
    return Erased(rows, len(replaced), _left(engine, traces), not settled)


def _left(engine: sa.Engine, traces: Traces) -> Counter[str]:
    """Where texts name somebody by the key that was told: others wrote them, so nothing is
    changed."""
    with database.reading(engine) as connection:
        said = [word for word in traces.words if len(word) >= named_texts.SHORTEST]
        return Counter(place.called for place in named_texts.places(connection, said))


# --- rows ---------------------------------------------------------------------------------------


def erase_rows(
    connection: sa.Connection, user: User | str, home: Path, traces: Traces, on: date
) -> dict[str, int]:
    """How many rows of each table were deleted, with marks and a line in the audit."""
    held = list(tracing.rows_of(connection, home, traces))
    counted = Counter(each.table.name for each in held)
    if not counted.keys() - STAYING:
        return {}
    collections = sorted(
        {each.row["collection_id"] for each in held if each.table.name == "response"}
    )
    _hold(connection, collections)
    answers = [each.row["id"] for each in held if each.table.name == "response"]
    marks.remember(connection, home, _marked(connection, held, traces), on)
    for answer in answers:  # one of each round, at most
        withdrawals.blank_words(connection, answer)
    _unlock_items(connection, [e.row["id"] for e in held if e.table.name == "counted_item"])
    invited = [each.row for each in held if each.table.name == "invitation"]
    gone = _CHILDREN | STAYING | {"invitation", "used_link"}
    for each in held:
        if each.table.name not in gone:
            same = (column == each.row[column.name] for column in each.table.primary_key)
            connection.execute(sa.delete(each.table).where(*same))
    for row in invited:
        invitations.forget(connection, home, [row["collection_id"]], row["person"])
    withdrawals.let_reread(connection, collections)
    rows = {name: n for name, n in sorted(counted.items()) if name not in STAYING}
    audit.record(connection, user, "erase_person", "person", {"rows": sum(rows.values())})
    return rows


def _hold(connection: sa.Connection, collections: list[int]) -> None:
    fielding = schema.Collection
    mine = sa.select(fielding.id).where(fielding.id.in_(collections)).order_by(fielding.id)
    connection.execute(mine.with_for_update(key_share=True))


def _marked(
    connection: sa.Connection, held: list[tracing.Held], traces: Traces
) -> dict[str, set[str]]:
    """Keys by kind, as they stood in the rows: what was only tried leaves no mark."""
    told = codes.read(connection)
    keys: dict[str, set[str]] = {kind: set() for kind in marks.KINDS}
    refused: dict[tuple[int, int], list[Mapping[str, object]]] = {}
    for each in held:
        row = each.row
        if each.table.name == "rejected_row":
            refused.setdefault((row["batch_id"], row["row"]), []).append(row)
        elif each.table.name == "response":
            keys[marks.ANSWER].add(row["id"])
        elif each.table.name == "invitation":
            keys[marks.INVITED].add(codes.said(told.project_of(row), row["person"] or ""))
        one = codes.remembered(row) if each.table.name == "replaced_row" else row
        for kind, key in keys_of(one, told):
            # A receipt, or the number of a form, is of one answer: the others of its link stay.
            if kind != marks.LINK or one["link_key"] in traces.links:
                keys[kind].add(key)
    keys[marks.REFUSED] = {told.refused(*place, cells) for place, cells in refused.items()}
    return keys


def keys_of(row: Mapping[str, object], told: Codes) -> list[tuple[str, str]]:
    """The keys of a person in a row as they are marked, with their kinds: two projects may call
    two people by the same number."""
    named = [
        (kind, codes.said(told.project_of(row), str(row[column])))
        for kind, column in ((marks.PERSON, "person_key"), (marks.LINK, "link_key"))
        if row.get(column)
    ]
    return [*named, (marks.FORM, told.form_of(row))] if row.get("source_key") else named


def _unlock_items(connection: sa.Connection, items: list[int]) -> None:
    """Lets counted items that no release has locked name nobody, not even by a keyed hash."""
    item, locked = schema.CountedItem, schema.ReleasedValue
    released = sa.select(locked.reported_id)
    free = item.id.in_(items) & item.reported_id.not_in(released)
    for number in connection.scalars(sa.select(item.id).where(free)).all():
        own = sa.update(item).where(item.id == number)
        connection.execute(own.values(entity=secrets.token_hex(32)))


def collections_of(connection: sa.Connection, project: int | None) -> list[int]:
    """The collections of a project, or all."""
    fielding = schema.Collection
    asked = sa.select(fielding.id)
    if project is not None:
        asked = asked.where(fielding.project_id == project)
    return list(connection.scalars(asked))


# --- files --------------------------------------------------------------------------------------


def replace_keys(
    connection: sa.Connection, home: Path, links: frozenset[str], collections: list[int]
) -> list[str]:
    """The hashes of the files of figures that held a key; others are in their place.

    The old ones are removed once the transaction is committed.
    """
    if not links:
        return []
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from data.folding import extracts

    segment, replaced = schema.Segment, []
    new = {key: secrets.token_hex(32) for key in sorted(links)}
    wanted = pa.array(list(new), pa.string())
    for sha256 in connection.scalars(sa.select(segment.extract_sha256).distinct()).all():
        path = extracts.segment_path(home, sha256)
        if not path.exists():
            continue
        own = pq.read_table(path, columns=["collection", "link_key"])
        keys = own["link_key"]
        mine = pc.and_(
            pc.is_in(keys, wanted), pc.is_in(own["collection"], pa.array(collections, pa.int32()))
        )
        if not pc.any(mine).as_py():
            continue
        table = pq.read_table(path)
        place = table.schema.get_field_index("link_key")
        at = pc.index_in(keys, wanted)
        surrogate = pc.take(pa.array(list(new.values()), pa.string()), at)
        column = pc.if_else(mine, surrogate, keys)
        table = table.set_column(place, table.schema.field(place), column)
        own = sa.update(segment).where(segment.extract_sha256 == sha256)
        connection.execute(own.values(extract_sha256=extracts.store_segment(table, home)))
        replaced.append(sha256)
    return replaced


def remove_files(home: Path, replaced: list[str]) -> None:
    """Removes files of figures that others stand in the place of."""
    folder = home / "extracts"
    for path in [folder / f"{sha256}.parquet" for sha256 in replaced]:
        path.unlink(missing_ok=True)
    if replaced:
        # What a refresh that was killed left; none runs now.
        for path in folder.glob("*.unfinished"):
            path.unlink()


@contextmanager
def refreshes_wait(home: Path) -> Iterator[None]:
    """No refresh writes files of figures meanwhile: it would bring back a key that it has read."""
    folder = home / "extracts"
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / "refresh.lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
