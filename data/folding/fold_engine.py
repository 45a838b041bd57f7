"""The engines that fold: what each needs to read extracts and to answer an expression.

An expression is worded in Ibis and means the same on every engine. For the embedded one its SQL
is kept, since it depends on the questionnaire alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.expr import types as ir

from survey.instrument import Instrument

#: An instrument and tables of an engine -> a table.
Expression = Callable[..., ir.Table]

_WORDED: dict[tuple, tuple[str, ibis.Schema]] = {}


def embedded(folder: Path, threads: int = 2, memory: str = "1GB") -> ibis.BaseBackend:
    """DuckDB with bounded memory; what does not fit is written to ``folder`` meanwhile."""
    return ibis.duckdb.connect(threads=threads, memory_limit=memory, temp_directory=str(folder))


def spark() -> ibis.BaseBackend:
    """Spark, as the session that is running or one on this machine (the extra ``spark``)."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .appName("arviomo")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    return ibis.pyspark.connect(session)


def read(backend: ibis.BaseBackend, extracts: Sequence[Path]) -> ir.Table:
    """The rows of some extracts, each with the name of its file."""
    if backend.name == "duckdb":
        files = [str(path) for path in extracts]
        return backend.read_parquet(files, table_name="answers", filename=True)
    parts = [
        backend.read_parquet(str(path)).mutate(filename=ibis.literal(str(path)))
        for path in extracts
    ]
    return ibis.union(*parts)


def shown(backend: ibis.BaseBackend, name: str, rows: pa.Table) -> ir.Table:
    """Some rows as a table of the engine."""
    if backend.name != "duckdb":
        # Under a name that lasts: what is kept of it is asked for again.
        return backend.create_view(name, ibis.memtable(rows), overwrite=True)
    backend.con.register(name, rows)
    return ibis.table(ibis.Schema.from_pyarrow(rows.schema), name=name)


def kept(
    backend: ibis.BaseBackend, word: Expression, instrument: Instrument, *tables: ir.Table
) -> ir.Table:
    """An expression as a table that several others read, so that it is worth keeping."""
    if backend.name != "duckdb":
        return word(instrument, *tables).cache()
    sql, schema = _worded(word, instrument, tables)
    # The engine is in memory: the table goes with the connection.
    backend.con.execute(f"create or replace temp table {word.__name__} as {sql}")
    return ibis.table(schema, name=word.__name__)


def result(
    backend: ibis.BaseBackend, word: Expression, instrument: Instrument, *tables: ir.Table
) -> pa.Table:
    """What an engine says to an expression over some of its tables."""
    if backend.name != "duckdb":
        return backend.to_pyarrow(word(instrument, *tables))
    sql, _ = _worded(word, instrument, tables)
    return backend.con.sql(sql).to_arrow_table()


def _worded(
    word: Expression, instrument: Instrument, tables: Sequence[ir.Table]
) -> tuple[str, ibis.Schema]:
    """An expression as SQL of the embedded engine, and the columns of its result.

    Worded once: hundreds of columns take longer to word than thousands of answers to fold.
    """
    shapes = tuple((table.get_name(), table.schema()) for table in tables)
    key = (word, instrument.key, instrument.sha256, shapes)
    if key not in _WORDED:
        expression = word(instrument, *(ibis.table(schema, name=name) for name, schema in shapes))
        _WORDED[key] = ibis.to_sql(expression, dialect="duckdb"), expression.schema()
    return _WORDED[key]
