"""The file of a segment's statistics: cells and pairs in one Parquet table.

A file says which code folded it and which questionnaire; read by other code it counts as absent,
so a changed rule is never mixed with statistics of the old one.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data import extracts, fold_engine, statistics_fold
from data.extracts import segment_path, store_segment
from survey import instrument as instrument_rules
from survey import scoring
from survey.instrument import Instrument

#: What a change of means other statistics for the same answers.
FOLDING = (extracts, fold_engine, statistics_fold, instrument_rules, scoring)
CODE = b"folded by"


def no_pairs(instrument: Instrument) -> pd.DataFrame:
    """The pairs of a segment without any series of several waves."""
    names = ["collection", "earlier", "group", "people"]
    names += statistics_fold.moment_columns(instrument)
    kinds = {name: "str" if name == "group" else "int64" for name in names}
    return pd.DataFrame(columns=[*names, "series"]).astype(kinds | {"series": "str"})


def store(cells: pd.DataFrame, pairs: pd.DataFrame, instrument: Instrument, home: Path) -> str:
    """The hash of the file of some statistics, which is in its place when this returns."""
    shared = pa.unify_schemas([_arrow(cells).schema, _arrow(pairs).schema])
    table = pa.concat_tables([_arrow(cells), _arrow(pairs)], promote_options="default")
    return store_segment(table.cast(shared.with_metadata({CODE: _code(instrument)})), home)


def read(
    sha256: str, instrument: Instrument, home: Path
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Cells and pairs of a file; None where there is none, or other code folded it."""
    path = segment_path(home, sha256)
    if not path.exists():
        return None
    table = pq.read_table(path)
    if (table.schema.metadata or {}).get(CODE) != _code(instrument):
        return None
    is_cell = table["series"].is_null()
    pairs = table.filter(table["series"].is_valid()).select(no_pairs(instrument).columns.tolist())
    cells = table.filter(is_cell).drop_columns(["earlier", "people", "series"])
    return cells.to_pandas(), pairs.to_pandas()


def _arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def _code(instrument: Instrument) -> bytes:
    return f"{_rules()} {instrument.sha256}".encode()


@cache
def _rules() -> str:
    """The hash of the code that folds."""
    sources = [Path(module.__file__).read_bytes() for module in FOLDING]
    return hashlib.sha256(b"\0".join(sources)).hexdigest()
