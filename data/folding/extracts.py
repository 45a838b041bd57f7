"""The columnar extract: answers of one instrument, one row a response, small whole numbers.

The truth keeps every response as a row of JSON; reading it again for every figure would cost more
the more answers there are. So each response is written once to a Parquet file (a segment), and
everything heavier than a sum reads segments. A file is named by the hash of its content and is
whole or absent: it is written aside and moved into place.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
import pyarrow.parquet as pq
import sqlalchemy as sa

from data.schema import Collection, Response
from survey.instrument import Instrument

FOLDER = "extracts"
UNFINISHED = ".unfinished"
#: Where the engine puts what does not fit into memory.
SPILL = "spill"
#: Responses that are read, parsed and written at a time.
CHUNK = 50_000
#: Small enough that a few collections of a large segment are read alone, large enough to pack.
ROW_GROUP = 16_384
#: Up to this many whole collections are looked up one by one; for more the whole table is read.
LOOKED_UP = 1_000
#: The revision after which all answers of a collection came.
FROM_FIRST = -1

Advance = Callable[[int, int], None]


class Withheld(NamedTuple):
    """Answers of a group to a collection that are not published yet: those that came after a
    revision (`data.publication.waiting`)."""

    collection: int
    group: str
    after: int


class UnreadableAnswers(Exception):
    """Stored answers are not what their instrument asks; the message names the instrument."""


def extract_folder(home: Path) -> Path:
    """The folder of the segments under a home, made if it is not there."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def segment_path(home: Path, sha256: str) -> Path:
    """Where a file of this content stands."""
    return home / FOLDER / f"{sha256}.parquet"


def extract_schema(instrument: Instrument) -> pa.Schema:
    """The columns of an extract: collection, group, link_key, half, late, language, and one a
    closed item.

    half: one of two random halves of the people, by their link key the same in every questionnaire
    and wave (by the response where there is no key). late: answered in the second half of the
    collection's days (null where a date is missing). language: in which the questionnaire was
    answered (null where that is not known).
    """
    items = [pa.field(item.code, pa.int8()) for item in instrument.closed_items]
    return pa.schema(
        [
            pa.field("collection", pa.int32(), nullable=False),
            pa.field("group", pa.string(), nullable=False),
            pa.field("link_key", pa.string()),
            pa.field("half", pa.int8(), nullable=False),
            pa.field("late", pa.int8()),
            pa.field("language", pa.string()),
            *items,
        ]
    )


def extract(
    connection: sa.Connection,
    instrument: Instrument,
    collections: Mapping[int, int],
    home: Path,
    advance: Advance | None = None,
    withheld: Sequence[Withheld] = (),
    returning: Sequence[Withheld] = (),
) -> tuple[str, int]:
    """The hash and the number of rows of a new segment with answers of some collections.

    Parameters, rows and errors: as `read_rows`.
    """
    table = read_rows(connection, instrument, collections, advance, withheld, returning)
    return store_segment(table, home), table.num_rows


def read_rows(
    connection: sa.Connection,
    instrument: Instrument,
    collections: Mapping[int, int],
    advance: Advance | None = None,
    withheld: Sequence[Withheld] = (),
    returning: Sequence[Withheld] = (),
) -> pa.Table:
    """Answers of some collections as an extract holds them.

    collections: for each the revision after which the answers that are read came (FROM_FIRST: all).
    Rows: sorted by collection. Missing: null; don't-know is -1, not-applicable -2.
    advance: called with the number of responses read so far, and of all that are to be read.
    withheld: answers that are left out. returning: answers of a group that are read from an earlier
    revision on than the others of their collection.
    Raises: UnreadableAnswers naming instrument and item.
    """
    wanted = dict(collections)
    for each in returning:
        if each.collection in wanted:
            wanted[each.collection] = min(wanted[each.collection], each.after)
    counts = _wanted(connection, wanted, sa.func.count())
    total = sum(connection.execute(count).scalar_one() for count in counts)
    windows = _windows(connection)
    batches, read = [], 0
    for rows in _responses(connection, wanted):
        batch = _parsed(rows, instrument, windows)
        if withheld or returning:
            batch = batch.filter(_settled(rows, collections, withheld, returning))
        batches.append(batch)
        read += len(rows)
        if advance:
            advance(read, total)
    return sorted_rows(pa.Table.from_batches(batches, extract_schema(instrument)))


def count_arrivals(connection: sa.Connection, collections: Mapping[int, int]) -> pd.DataFrame:
    """How many responses of each group came to each collection after a revision, and with which.

    Columns: collection, group, revision, n.
    """
    columns = ["collection", "group", "revision", "n"]
    rows = []
    if collections:
        ids = _listed(connection, list(collections.items()))
        mine = (Response.collection_id == ids.c.collection) & (Response.revision > ids.c.after)
        by = (ids.c.collection, Response.group_code, Response.revision)
        counts = sa.select(*by, sa.func.count()).select_from(ids.join(Response, mine))
        rows = connection.execute(counts.group_by(*by)).all()
    whole = dict.fromkeys(("collection", "revision", "n"), "int64")
    return pd.DataFrame(rows, columns=columns).astype(whole | {"group": "str"})


def count_responses(
    connection: sa.Connection, collections: Mapping[int, int]
) -> dict[int, tuple[int, int]]:
    """How many responses each collection has in all, and how many came after a revision."""
    if not collections:
        return {}
    ids = _listed(connection, list(collections.items()))
    mine = Response.collection_id == ids.c.collection
    # Two counts of entries of the index; a sum over the rows of a group takes ten times as long.
    total, new = (
        sa.select(sa.func.count()).where(wanted).correlate(ids).scalar_subquery()
        for wanted in (mine, mine & (Response.revision > ids.c.after))
    )
    counts = connection.execute(sa.select(ids.c.collection, total, new))
    return {collection: (total, new) for collection, total, new in counts}


def sorted_rows(table: pa.Table) -> pa.Table:
    """The rows by collection; rows of one collection stay in their order."""
    return table.take(pc.sort_indices(table, sort_keys=[("collection", "ascending")]))


def store_segment(table: pa.Table, home: Path, together: int = ROW_GROUP) -> str:
    """The hash of a table's file, which is in its place when this returns.

    together: rows that are packed together, and so read together.
    Raises: OSError when the disk is full or closed; nothing is left in the place of the file.
    """
    folder = extract_folder(home)
    with _written_aside(folder) as unfinished:
        pq.write_table(table, unfinished, compression="zstd", row_group_size=together)
        sha256 = _hash_of(unfinished)
        unfinished.replace(segment_path(home, sha256))
    return sha256


def remove_unused(home: Path, used: set[str]) -> int:
    """How many files were removed because no published sheet needs them."""
    folder = extract_folder(home)
    kept = {segment_path(home, sha256) for sha256 in used}
    unused = [path for path in folder.glob("*.parquet") if path not in kept]
    unused += folder.glob(f"*{UNFINISHED}")
    unused += (folder / SPILL).glob("*")
    for path in unused:
        path.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        (folder / SPILL).rmdir()
    return len(unused)


@contextmanager
def _written_aside(folder: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(suffix=UNFINISHED, dir=folder)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)


def _hash_of(path: Path) -> str:
    """The hash of a file's content, once the content is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _responses(connection: sa.Connection, collections: Mapping[int, int]) -> Iterator[list[tuple]]:
    """The wanted responses, some thousands at a time; those of a collection in a settled order."""
    # A day as text: as such Arrow reads it, and no object is made of it.
    columns = (
        Response.collection_id,
        Response.group_code,
        Response.link_key,
        Response.id,
        sa.cast(Response.answered_on, sa.String),
        Response.language,
        Response.answers,
        Response.revision,
    )
    streamed = {"stream_results": True, "yield_per": CHUNK}
    for rows in _wanted(connection, collections, *columns):
        ordered = rows.order_by(Response.id)
        yield from connection.execute(ordered, execution_options=streamed).partitions()


def _wanted(
    connection: sa.Connection,
    collections: Mapping[int, int],
    *columns: sa.ColumnElement,
) -> list[sa.Select]:
    """Queries that together find the wanted responses, however many collections there are.

    Where many collections are read whole, a scan finds their responses in the order of the ids.
    """
    whole = {collection for collection, after in collections.items() if after == FROM_FIRST}
    scanned = whole if len(whole) > LOOKED_UP else set()
    looked_up = [(c, after) for c, after in collections.items() if c not in scanned]
    rows = sa.select(*columns).select_from(Response)
    queries = []
    if scanned:
        ids = _listed(connection, [(c, FROM_FIRST) for c in scanned])
        # The plus keeps the index out.
        column = sa.literal_column("+response.collection_id")
        queries.append(rows.where(column.in_(sa.select(ids.c.collection))))
    if looked_up:
        ids = _listed(connection, looked_up)
        mine = (Response.collection_id == ids.c.collection) & (Response.revision > ids.c.after)
        queries.append(sa.select(*columns).select_from(ids.join(Response, mine)))
    return queries


def _listed(connection: sa.Connection, pairs: Sequence[tuple[int, int]]) -> sa.Subquery:
    """Collections and revisions as a table, sent as one value: however many, the query is one."""
    pairs = [(int(collection), int(after)) for collection, after in pairs]
    if connection.dialect.name == "sqlite":
        listed = 'select value ->> 0 as collection, value ->> 1 as "after" from json_each(:pairs)'
        given = {"pairs": orjson.dumps(pairs).decode()}
    else:
        listed = 'select * from unnest(:ids, :revisions) as listed(collection, "after")'
        ids, revisions = zip(*pairs, strict=True)
        given = {"ids": list(ids), "revisions": list(revisions)}
    columns = (sa.column("collection", sa.Integer), sa.column("after", sa.Integer))
    return sa.text(listed).bindparams(**given).columns(*columns).subquery("listed")


def _windows(connection: sa.Connection) -> pd.DataFrame:
    """The first and the last day of the collections that have both, as days since 1970."""
    dated = sa.select(Collection.id, Collection.opens_on, Collection.closes_on).where(
        Collection.opens_on.is_not(None), Collection.closes_on.is_not(None)
    )
    rows = connection.execute(dated).all()
    ids, opens, closes = zip(*rows, strict=True) if rows else ((), (), ())
    days = [pa.array(each, pa.date32()).cast(pa.int32()).to_numpy() for each in (opens, closes)]
    return pd.DataFrame({"opens": days[0], "closes": days[1]}, index=list(ids))


def _halves(links: pa.Array, ids: Sequence[str]) -> pa.Array:
    keys = pc.coalesce(links, pa.array(ids, pa.string())).to_numpy(zero_copy_only=False)
    # This hash is the same in every process and version.
    return pa.array(pd.util.hash_array(keys, categorize=False) & 1, pa.int8())


def _late(
    collections: Sequence[int], answered: Sequence[str | None], windows: pd.DataFrame
) -> pa.Array:
    """Whether an answer came in the second half of the days; of an odd number the middle day is
    in the first."""
    known = windows.reindex(collections)
    day = pa.array(answered, pa.string()).cast(pa.date32()).cast(pa.int32())
    since = day.to_numpy(zero_copy_only=False) - known["opens"].to_numpy(dtype="float64")
    days = (known["closes"] - known["opens"]).to_numpy(dtype="float64") + 1
    return pa.array((2 * since >= days).astype("int8"), mask=np.isnan(since))


def _parsed(rows: Sequence[tuple], instrument: Instrument, windows: pd.DataFrame) -> pa.RecordBatch:
    collections, groups, links, ids, answered, languages, answers, _ = zip(*rows, strict=True)
    schema = extract_schema(instrument)
    asked = pa.schema([schema.field(item.code) for item in instrument.closed_items])
    try:
        table = pj.read_json(
            io.BytesIO("\n".join(answers).encode()),
            pj.ReadOptions(block_size=1 << 24),
            pj.ParseOptions(explicit_schema=asked, unexpected_field_behavior="ignore"),
        )
    except pa.ArrowInvalid as error:
        raise UnreadableAnswers(
            f"{instrument.key}: stored answers of collections {min(collections)}-"
            f"{max(collections)} cannot be read ({error}). Take back the batch that stored them."
        ) from error
    if table.num_rows != len(rows):
        raise UnreadableAnswers(
            f"{instrument.key}: {len(rows)} responses of collections {min(collections)}-"
            f"{max(collections)} hold {table.num_rows} JSON objects; each must hold one. "
            "Take back the batch that stored them."
        )
    items = [table[item.code].combine_chunks() for item in instrument.closed_items]
    _check_codes(items, instrument)
    links = pa.array(links, pa.string())
    keys = [
        pa.array(collections, pa.int32()),
        pa.array(groups),
        links,
        _halves(links, ids),
        _late(collections, answered, windows),
        pa.array(languages, pa.string()),
    ]
    return pa.record_batch([*keys, *items], schema=schema)


def _settled(
    rows: Sequence[tuple],
    collections: Mapping[int, int],
    withheld: Sequence[Withheld],
    returning: Sequence[Withheld],
) -> pa.Array:
    """Which responses are not among the withheld ones, and came after what is held."""
    numbers, groups, *_, revisions = zip(*rows, strict=True)
    keys, revision = pd.MultiIndex.from_arrays([numbers, groups]), np.array(revisions)
    waits_from, since = (
        pd.DataFrame(each, columns=Withheld._fields).set_index(["collection", "group"])["after"]
        .reindex(keys).to_numpy(dtype=float)
        for each in (withheld, returning)
    )  # fmt: skip
    held = pd.Series(collections).reindex(numbers).to_numpy(dtype=float)
    return pa.array((revision > np.fmin(held, since)) & ~(revision > waits_from))


def _check_codes(items: Sequence[pa.Array], instrument: Instrument) -> None:
    for item, answers in zip(instrument.closed_items, items, strict=True):
        accepted = instrument.answers_of(item.code).accepted
        given = set(pc.unique(answers).drop_null().to_pylist())
        if wrong := sorted(given - accepted):
            raise UnreadableAnswers(
                f"{instrument.key}: {item.code} is answered with {wrong[0]}, which it does not "
                "offer. Take back the batch that stored it, or correct the answer."
            )
