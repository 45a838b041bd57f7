"""The columnar extract: answers of one instrument, one row a response, small whole numbers.

The truth keeps every response as a row of JSON; reading it again for every figure would cost more
the more answers there are. So each collection is written once for each of its revisions to a
Parquet file (a segment), and everything heavier than a sum reads segments. A file is named by the
hash of its content and is whole or absent: it is written aside and moved into place.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
import pyarrow.parquet as pq
import sqlalchemy as sa

from data.schema import Response
from survey.instrument import Instrument

FOLDER = "extracts"
UNFINISHED = ".unfinished"
#: Where the engine puts what does not fit into memory.
SPILL = "spill"
#: Responses that are read, parsed and written at a time.
CHUNK = 50_000
#: Small enough that a few collections of a large segment are read alone, large enough to pack.
ROW_GROUP = 16_384
#: Up to this many collections are looked up one by one; for more the whole table is read.
LOOKED_UP = 1_000

Advance = Callable[[int, int], None]


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
    """The columns of an extract: collection, group, link_key, and one a closed item."""
    items = [pa.field(item.code, pa.int8()) for item in instrument.closed_items]
    return pa.schema(
        [
            pa.field("collection", pa.int32(), nullable=False),
            pa.field("group", pa.string(), nullable=False),
            pa.field("link_key", pa.string()),
            *items,
        ]
    )


def extract(
    connection: sa.Connection,
    instrument: Instrument,
    collections: Sequence[int],
    home: Path,
    advance: Advance | None = None,
) -> tuple[str, int]:
    """The hash and the number of rows of a new segment with the answers of some collections.

    Rows: sorted by collection. Missing: null; don't-know is -1, not-applicable -2.
    advance: called with the number of responses read so far, and of all that are to be read.
    Raises: UnreadableAnswers naming instrument and item.
    """
    total = connection.execute(_wanted(connection, collections, sa.func.count())).scalar_one()
    batches, read = [], 0
    for rows in _responses(connection, collections):
        batches.append(_parsed(rows, instrument))
        read += len(rows)
        if advance:
            advance(read, total)
    table = pa.Table.from_batches(batches, extract_schema(instrument))
    return store_segment(sorted_rows(table), home), table.num_rows


def sorted_rows(table: pa.Table) -> pa.Table:
    """The rows by collection; rows of one collection stay in their order."""
    return table.take(pc.sort_indices(table, sort_keys=[("collection", "ascending")]))


def store_segment(table: pa.Table, home: Path) -> str:
    """The hash of a table's file, which is in its place when this returns.

    Raises: OSError when the disk is full or closed; nothing is left in the place of the file.
    """
    folder = extract_folder(home)
    with _written_aside(folder) as unfinished:
        pq.write_table(table, unfinished, compression="zstd", row_group_size=ROW_GROUP)
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


def _responses(
    connection: sa.Connection, collections: Sequence[int]
) -> Iterator[list[tuple[int, str, str | None, str]]]:
    """The responses of some collections, some thousands at a time, in a settled order."""
    columns = (Response.collection_id, Response.group_code, Response.link_key, Response.answers)
    rows = _wanted(connection, collections, *columns)
    if len(collections) <= LOOKED_UP:
        rows = rows.order_by(Response.collection_id, Response.id)
    else:
        rows = rows.order_by(Response.id)
    streamed = {"stream_results": True, "yield_per": CHUNK}
    yield from connection.execute(rows, execution_options=streamed).partitions()


def _wanted(
    connection: sa.Connection, collections: Sequence[int], *columns: sa.ColumnElement
) -> sa.Select:
    """A query on the responses of some collections, however many they are."""
    ids: object = [int(collection) for collection in collections]
    # The plus keeps the index out: where most rows are wanted, a scan reads them in order.
    column = "collection_id" if len(collections) <= LOOKED_UP else "+collection_id"
    listed = "= any(:ids)"
    if connection.dialect.name == "sqlite":
        ids, listed = orjson.dumps(ids).decode(), "in (select value from json_each(:ids))"
    condition = sa.text(f"{column} {listed}").bindparams(ids=ids)
    return sa.select(*columns).select_from(Response).where(condition)


def _parsed(rows: Sequence[tuple], instrument: Instrument) -> pa.RecordBatch:
    collections, groups, links, answers = zip(*rows, strict=True)
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
    keys = [pa.array(collections, pa.int32()), pa.array(groups), pa.array(links, pa.string())]
    return pa.record_batch([*keys, *items], schema=schema)


def _check_codes(items: Sequence[pa.Array], instrument: Instrument) -> None:
    for item, answers in zip(instrument.closed_items, items, strict=True):
        accepted = instrument.answers_of(item.code).accepted
        given = set(pc.unique(answers).drop_null().to_pylist())
        if wrong := sorted(given - accepted):
            raise UnreadableAnswers(
                f"{instrument.key}: {item.code} is answered with {wrong[0]}, which it does not "
                "offer. Take back the batch that stored it, or correct the answer."
            )
