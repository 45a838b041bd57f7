"""The file of a segment's statistics: all its tables, in parts that are Arrow streams.

A part says which collections it reaches from and to, so that those of a few collections are read
alone. Beside the tables stands what they tell of every collection at a glance (`Told`): whether
something is to be folded is decided by it. A file says which code folded it and which
questionnaire; read by other code it counts as absent, so a changed rule is never mixed with
statistics of the old one.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import orjson
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
#: The name of each part and the collections that it reaches from and to, in the order of the parts.
PARTS = b"parts"
#: Rows of a table in one part: few enough that those of a project are quickly unpacked.
TOGETHER = 1_000
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


@dataclass(frozen=True, eq=False)
class Told:
    """What statistics tell at a glance. series: the signatures in their pairs. windows: collection,
    window. people: collection, respondents."""

    series: pd.DataFrame
    windows: pd.DataFrame
    people: pd.DataFrame


def told_of(statistics: Statistics) -> Told:
    """What some statistics tell at a glance."""
    people = statistics.cells.groupby("collection", as_index=False)["respondents"].sum()
    return Told(
        statistics.pairs[["series"]].drop_duplicates(),
        statistics.splits[["collection", "window"]].drop_duplicates(),
        people,
    )


def no_pairs(instrument: Instrument) -> pd.DataFrame:
    """The pairs of a segment without any series of several waves."""
    names = [*fold_columns.PAIR, "people", *fold_columns.pair_columns(instrument)]
    kinds = {name: "str" if name == "group" else "int64" for name in names}
    return pd.DataFrame(columns=[*names, "series"]).astype(kinds | {"series": "str"})


def store(statistics: Statistics, instrument: Instrument, home: Path) -> str:
    """The hash of the file of some statistics, which is in its place when this returns."""
    told = told_of(statistics)
    parts = [(each.name, 0, 0, _stream(getattr(told, each.name))) for each in fields(Told)]
    parts += [
        part
        for each in fields(Statistics)
        for part in _parts(each.name, getattr(statistics, each.name))
    ]
    table = pa.table({"stream": pa.array([stream for *_, stream in parts], pa.large_binary())})
    said = {CODE: _code(instrument), PARTS: orjson.dumps([reach for *reach, _ in parts])}
    return store_segment(table.replace_schema_metadata(said), home, 1)


def glance(sha256: str, instrument: Instrument, home: Path) -> Told | None:
    """What the statistics of a file tell at a glance; None where there is none, or other code
    folded it."""
    path = segment_path(home, sha256)
    if not path.exists():
        return None
    with pq.ParquetFile(path) as file:
        said = file.schema_arrow.metadata or {}
        if said.get(CODE) != _code(instrument) or PARTS not in said:
            return None
        return Told(**_tables(file, Told, None))


def read(sha256: str, home: Path, collections: Collection[int] | None = None) -> Statistics:
    """The statistics of a file that `glance` has seen; those of some collections, if given."""
    with pq.ParquetFile(segment_path(home, sha256)) as file:
        return Statistics(**_tables(file, Statistics, collections))


def _parts(name: str, frame: pd.DataFrame) -> Iterator[tuple[str, int, int, bytes]]:
    """The parts of a table: its name, the collections that each reaches from and to, its stream."""
    for start in range(0, max(len(frame), 1), TOGETHER):
        part = frame.iloc[start : start + TOGETHER]
        reach = part["collection"]
        ends = (int(reach.min()), int(reach.max())) if len(part) else (0, -1)
        yield name, *ends, _stream(part)


def _tables(
    file: pq.ParquetFile, kind: type[Statistics | Told], collections: Collection[int] | None
) -> dict[str, pd.DataFrame]:
    """The tables of a file by name; where collections are given, the parts that reach to them."""
    reaches = orjson.loads(file.schema_arrow.metadata[PARTS])
    ordered = sorted(collections or ())
    places: dict[str, list[int]] = {each.name: [] for each in fields(kind)}
    for place, (name, least, most) in enumerate(reaches):
        wanted = collections is None or bisect_left(ordered, least) < bisect_right(ordered, most)
        # The first part says which columns there are, also where nothing is said of anybody.
        if name in places and (wanted or not places[name]):
            places[name].append(place)
    return {name: _frame(file, own, collections) for name, own in places.items()}


def _stream(frame: pd.DataFrame) -> bytes:
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    table = pa.table([_narrow(column) for column in table.columns], table.column_names)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _frame(
    file: pq.ParquetFile, places: list[int], collections: Collection[int] | None
) -> pd.DataFrame:
    parts = []
    for stream in file.read_row_groups(places, columns=["stream"])["stream"]:
        part = pa.ipc.open_stream(stream.as_buffer()).read_all()
        if collections is not None:
            number = part["collection"].cast(pa.int64())
            part = part.filter(pc.is_in(number, pa.array(collections, pa.int64())))
        whole = [
            pa.int64() if pa.types.is_integer(field.type) else field.type for field in part.schema
        ]
        parts.append(part.cast(pa.schema(zip(part.column_names, whole, strict=True))))
    return pa.concat_tables(parts).combine_chunks().to_pandas()


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
