"""The file of a segment's statistics: all its tables, each an Arrow stream under its name.

A file says which code folded it and which questionnaire; read by other code it counts as absent,
so a changed rule is never mixed with statistics of the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.folding import extracts, fold_columns, fold_engine, fold_expressions, statistics_fold
from data.folding.extracts import segment_path, store_segment
from metrics import frames
from survey import instrument as instrument_rules
from survey import item, scoring
from survey.instrument import Instrument

#: What a change of means other statistics for the same answers.
FOLDING = (
    extracts,
    fold_columns,
    fold_engine,
    fold_expressions,
    statistics_fold,
    frames,
    item,
    instrument_rules,
    scoring,
)
CODE = b"folded by"
#: The types of whole numbers, smallest first.
WHOLE = (pa.int8(), pa.int16(), pa.int32(), pa.int64())


@dataclass(frozen=True, eq=False)
class Statistics:
    """Everything that is folded from a segment.

    cells: `statistics_fold.fold_cells`. splits: `fold_splits` with the column ``window``, the days
    of the collection as they were when its answers were read. pairs: `fold_pairs` with the column
    ``series``, the signature of the series as it was when its changes were folded (``people`` is 0
    on the one row of a series in which nobody can be followed). differences: those of the pairs.
    languages: `fold_languages`.
    """

    cells: pd.DataFrame
    splits: pd.DataFrame
    pairs: pd.DataFrame
    differences: pd.DataFrame
    languages: pd.DataFrame

    def of(self, collections: Collection[int]) -> Statistics:
        """What they say of some collections."""
        frames = {each.name: getattr(self, each.name) for each in fields(self)}
        return Statistics(
            **{name: f[f["collection"].isin(collections)] for name, f in frames.items()}
        )


def no_pairs(instrument: Instrument) -> pd.DataFrame:
    """The pairs of a segment without any series of several waves."""
    names = [*fold_columns.PAIR, "people", *fold_columns.pair_columns(instrument)]
    kinds = {name: "str" if name == "group" else "int64" for name in names}
    return pd.DataFrame(columns=[*names, "series"]).astype(kinds | {"series": "str"})


def store(statistics: Statistics, instrument: Instrument, home: Path) -> str:
    """The hash of the file of some statistics, which is in its place when this returns."""
    names = [field.name for field in fields(Statistics)]
    streams = [_stream(getattr(statistics, name)) for name in names]
    table = pa.table({"name": names, "stream": pa.array(streams, pa.large_binary())})
    return store_segment(table.replace_schema_metadata({CODE: _code(instrument)}), home)


def read(sha256: str, instrument: Instrument, home: Path) -> Statistics | None:
    """The statistics of a file; None where there is none, or other code folded it."""
    path = segment_path(home, sha256)
    if not path.exists():
        return None
    table = pq.read_table(path)
    if (table.schema.metadata or {}).get(CODE) != _code(instrument):
        return None
    streams = zip(table["name"].to_pylist(), table["stream"], strict=True)
    return Statistics(**{name: _frame(stream.as_buffer()) for name, stream in streams})


def _stream(frame: pd.DataFrame) -> bytes:
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    table = pa.table([_narrow(column) for column in table.columns], table.column_names)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _frame(stream: pa.Buffer) -> pd.DataFrame:
    table = pa.ipc.open_stream(stream).read_all()
    whole = [
        pa.int64() if pa.types.is_integer(field.type) else field.type for field in table.schema
    ]
    return table.cast(pa.schema(zip(table.column_names, whole, strict=True))).to_pandas()


def _narrow(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same whole numbers in the smallest type that holds them: most are counts of a few."""
    if not pa.types.is_integer(column.type) or not len(column):
        return column
    least, most = pc.min_max(column).values()
    bits = max(abs(least.as_py() or 0), abs(most.as_py() or 0)).bit_length()
    return column.cast(next((kind for kind in WHOLE if bits < kind.bit_width), pa.int64()))


def _code(instrument: Instrument) -> bytes:
    return f"{_rules()} {instrument.sha256}".encode()


@cache
def _rules() -> str:
    """The hash of the code that folds."""
    sources = [Path(module.__file__).read_bytes() for module in FOLDING]
    return hashlib.sha256(b"\0".join(sources)).hexdigest()
