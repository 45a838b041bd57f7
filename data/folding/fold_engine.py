"""The engines that fold: what each needs to read extracts and to answer an expression.

An expression is worded in Ibis and means the same on every engine. For the embedded one its SQL
is kept, since it depends on the questionnaire alone: in memory, and in a file for the processes
that come after.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import ibis
import orjson
import pyarrow as pa
from ibis.expr import types as ir

from data.folding.extracts import UNFINISHED
from survey import instrument as instrument_rules
from survey import item, scoring
from survey.instrument import Instrument

#: The modules of this room that say how things are worded.
_WORDING = ("fold_columns.py", "fold_engine.py", "fold_expressions.py")

#: An instrument and tables of an engine -> a table.
Expression = Callable[..., ir.Table]

#: SQL and the columns of its result.
Worded = tuple[str, ibis.Schema]

_WORDED: dict[tuple, Worded] = {}
#: How the files are called that keep wordings.
WORDING = ".worded"


def embedded(folder: Path, threads: int = 2, memory: str = "1GB") -> ibis.BaseBackend:
    """DuckDB with bounded memory; what does not fit is written to ``folder`` meanwhile."""
    return ibis.duckdb.connect(threads=threads, memory_limit=memory, temp_directory=str(folder))


def beside(backend: ibis.BaseBackend) -> ibis.BaseBackend:
    """The embedded engine once more, for another thread; it shares memory and processors."""
    return ibis.duckdb.from_connection(backend.con.cursor())


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
    sql, schema = _worded(backend, word, instrument, tables)
    # The engine is in memory: the table goes with the connection.
    backend.con.execute(f"create or replace temp table {word.__name__} as {sql}")
    return ibis.table(schema, name=word.__name__)


def result(
    backend: ibis.BaseBackend, word: Expression, instrument: Instrument, *tables: ir.Table
) -> pa.Table:
    """What an engine says to an expression over some of its tables."""
    if backend.name != "duckdb":
        return backend.to_pyarrow(word(instrument, *tables))
    sql, _ = _worded(backend, word, instrument, tables)
    return backend.con.sql(sql).to_arrow_table()


def _worded(
    backend: ibis.BaseBackend,
    word: Expression,
    instrument: Instrument,
    tables: Sequence[ir.Table],
) -> Worded:
    """An expression as SQL of the embedded engine, and the columns of its result.

    Worded once: hundreds of columns take longer to word than thousands of answers to fold.
    """
    shapes = tuple((table.get_name(), table.schema()) for table in tables)
    key = (word.__name__, instrument.key, instrument.sha256, shapes)
    if key not in _WORDED:
        path = _wordings(backend) / f"{_wording_rules()}-{_named(key)}{WORDING}"
        _WORDED[key] = _remembered(path) or _kept_at(path, _word(word, instrument, shapes))
    return _WORDED[key]


def _word(
    word: Expression, instrument: Instrument, shapes: Sequence[tuple[str, ibis.Schema]]
) -> Worded:
    expression = word(instrument, *(ibis.table(schema, name=name) for name, schema in shapes))
    return ibis.to_sql(expression, dialect="duckdb"), expression.schema()


def _wordings(backend: ibis.BaseBackend) -> Path:
    """The folder of an engine's wordings: that in which the one for its spill stands."""
    ((spill,),) = backend.con.execute("select current_setting('temp_directory')").fetchall()
    return Path(spill).parent


@cache
def _wording_rules() -> str:
    """What words: this package's expressions, the scoring they word, and Ibis."""
    sources = [path.read_bytes() for path in (Path(__file__).parent / name for name in _WORDING)]
    sources += [Path(module.__file__).read_bytes() for module in (item, instrument_rules, scoring)]
    return hashlib.sha256(b"\0".join([*sources, ibis.__version__.encode()])).hexdigest()[:16]


def _named(key: tuple[str, str, str, tuple[tuple[str, ibis.Schema], ...]]) -> str:
    word, *asked, shapes = key
    columns = [[name, [[each, str(kind)] for each, kind in s.items()]] for name, s in shapes]
    return hashlib.sha256(orjson.dumps([word, *asked, columns])).hexdigest()[:32]


def _remembered(path: Path) -> Worded | None:
    if not path.exists():
        return None
    sql, columns = orjson.loads(path.read_bytes())
    return sql, ibis.schema(columns)


def _kept_at(path: Path, worded: Worded) -> Worded:
    """The same wording, in its file; those of other rules are gone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in path.parent.glob(f"*{WORDING}"):
        if not other.name.startswith(_wording_rules()):
            other.unlink(missing_ok=True)
    sql, schema = worded
    aside = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    aside.write_bytes(orjson.dumps([sql, [[name, str(kind)] for name, kind in schema.items()]]))
    aside.replace(path)
    return worded
