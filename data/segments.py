"""Segments: which revision of which collection is extracted and folded already, and what is not.

A closed wave does not change, so it is extracted and folded once; a refresh reads only
collections whose revision no segment holds. Changes between waves are folded again for the series
(the collections of one project and instrument) that something new came to, reading the older
waves from the segments that hold them.

A segment is out of date as a whole when a file of it is gone or when it was folded by other code:
then its collections are read from the truth again. Nothing is repaired in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from data import extracts, statistics_fold, statistics_store
from data.schema import Collection, InstrumentVersion, Segment, SegmentMember
from data.sheets import Progress
from survey.instrument import Instrument

#: More segments of an instrument than this are merged.
MANY = 24


@dataclass(frozen=True, eq=False)
class Folded:
    """One segment: which collections it speaks for, and the statistics folded from them.

    cells: `statistics_fold.fold_cells`; pairs: `fold_pairs` with the column ``series``, the
    signature of the series as it was when its changes were folded (``people`` is 0 on the one row
    of a series in which nobody answered two waves). id is None until it is published.
    """

    id: int | None
    instrument: str
    extract_sha256: str
    statistics_sha256: str
    rows: int
    members: dict[int, int]
    cells: pd.DataFrame = field(repr=False)
    pairs: pd.DataFrame = field(repr=False)


def read_collections(connection: sa.Connection) -> pd.DataFrame:
    """Every collection: collection, project, instrument, wave, phase, revision, by collection."""
    rows = connection.execute(
        sa.select(
            Collection.id,
            Collection.project_id,
            InstrumentVersion.code,
            InstrumentVersion.version,
            Collection.wave,
            Collection.phase,
            Collection.revision,
        )
        .join(InstrumentVersion, InstrumentVersion.id == Collection.instrument_version_id)
        .order_by(Collection.id)
    )
    found = [
        (key, project, f"{code}@{version}", wave, phase, revision)
        for key, project, code, version, wave, phase, revision in rows
    ]
    columns = ["collection", "project", "instrument", "wave", "phase", "revision"]
    whole = {name: "int64" for name in ("collection", "project", "revision")}
    words = {name: "str" for name in ("instrument", "wave", "phase")}
    return pd.DataFrame(found, columns=columns).astype(whole | words)


def fold_news(
    connection: sa.Connection,
    instruments: Mapping[str, Instrument],
    collections: pd.DataFrame,
    home: Path,
    progress: Progress,
) -> list[Folded]:
    """The segments that together hold every collection at its revision, older ones first.

    Reads and folds what no segment holds; writes files, and nothing to the database.
    Raises: extracts.UnreadableAnswers, statistics_fold.StatisticsTooLarge, KeyError for an
    instrument that is not defined.
    """
    held = _held(connection, instruments, collections, home)
    whole = []
    for key, group in collections.groupby("instrument", sort=True):
        instrument, current = instruments[key], _with_series(group)
        folded = [segment for segment in held if segment.instrument == key]
        stale = _stale(folded, current)
        if len(stale):
            folded = _without(folded, stale)
            folded.append(_fold(connection, instrument, current, stale, folded, home, progress))
        if len(folded) > MANY:
            folded = _merged(folded, current, instrument, home)
        whole += folded
    return whole


def current_pairs(folded: list[Folded], current: pd.DataFrame) -> pd.DataFrame:
    """The pairs of the series as they are now; of one that was folded twice, the newest."""
    signatures = set(_with_series(current)["series"])
    kept: list[pd.DataFrame] = []
    for segment in reversed(folded):
        valid = segment.pairs[segment.pairs["series"].isin(signatures)]
        kept.append(valid)
        signatures -= set(valid["series"])
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()


# --- what is held -------------------------------------------------------------------------------


def _held(
    connection: sa.Connection,
    instruments: Mapping[str, Instrument],
    collections: pd.DataFrame,
    home: Path,
) -> list[Folded]:
    members: dict[int, dict[int, int]] = {}
    revisions = dict(zip(collections["collection"], collections["revision"], strict=True))
    for member in connection.execute(sa.select(SegmentMember.__table__)):
        if revisions.get(member.collection_id) == member.revision:
            members.setdefault(member.segment_id, {})[member.collection_id] = member.revision
    found = []
    for row in connection.execute(sa.select(Segment.__table__).order_by(Segment.id)):
        if row.id not in members or not extracts.segment_path(home, row.extract_sha256).exists():
            continue
        statistics = statistics_store.read(row.statistics_sha256, instruments[row.instrument], home)
        if statistics is not None:
            found.append(Folded(*row, members[row.id], *statistics))
    return found


def _with_series(collections: pd.DataFrame) -> pd.DataFrame:
    """The collections of one instrument with the signature of their series.

    The signature changes when a collection comes, goes, or changes its answers, wave or phase.
    """
    text = collections[["collection", "revision", "wave", "phase"]].astype("str")
    step = text["collection"].str.cat([text["revision"], text["wave"], text["phase"]], sep=":")
    signature = step.groupby(collections["project"]).agg(";".join)
    return collections.assign(series=collections["project"].map(signature).astype("str"))


def _stale(folded: list[Folded], current: pd.DataFrame) -> pd.DataFrame:
    """The collections to be read: those that no segment holds, and those of a series that lost
    one since its changes were folded (their pairs have no other segment to stand in)."""
    holding = {collection for segment in folded for collection in segment.members}
    new = ~current["collection"].isin(holding)
    paired = current.groupby("series")["wave"].transform("nunique") > 1
    known = {series for segment in folded for series in segment.pairs["series"]}
    arriving = set(current.loc[new, "series"])
    orphaned = paired & ~current["series"].isin(known | arriving)
    return current[new | orphaned]


def _without(folded: list[Folded], stale: pd.DataFrame) -> list[Folded]:
    """The segments without what is being read again; none that speaks for nothing any more."""
    leaving = set(stale["collection"])
    remaining = []
    for segment in folded:
        members = {c: r for c, r in segment.members.items() if c not in leaving}
        if members:
            remaining.append(replace(segment, members=members))
    return remaining


# --- folding ------------------------------------------------------------------------------------


def _fold(
    connection: sa.Connection,
    instrument: Instrument,
    current: pd.DataFrame,
    stale: pd.DataFrame,
    older: list[Folded],
    home: Path,
    progress: Progress,
) -> Folded:
    collections = stale["collection"].tolist()
    extract_sha256, rows = extracts.extract(
        connection, instrument, collections, home, lambda done, of: progress("extract", done, of)
    )
    progress("fold", 0, rows)
    path = extracts.segment_path(home, extract_sha256)
    cells = statistics_fold.fold_cells(_engine(home), [path], instrument)
    pairs = _fold_pairs(instrument, current, stale, older, path, home)
    progress("fold", rows, rows)
    revisions = dict(zip(collections, stale["revision"].tolist(), strict=True))
    return Folded(
        None,
        instrument.key,
        extract_sha256,
        statistics_store.store(cells, pairs, instrument, home),
        rows,
        revisions,
        cells,
        pairs,
    )


def _engine(home: Path):
    return statistics_fold.embedded(extracts.extract_folder(home) / extracts.SPILL)


def _fold_pairs(
    instrument: Instrument,
    current: pd.DataFrame,
    stale: pd.DataFrame,
    older: list[Folded],
    path: Path,
    home: Path,
) -> pd.DataFrame:
    paired = current[current.groupby("series")["wave"].transform("nunique") > 1]
    touched = paired[paired["series"].isin(stale["series"])]
    if touched.empty:
        return statistics_store.no_pairs(instrument)
    place = {collection: 0 for collection in stale["collection"]}
    paths = [path]
    for segment in older:
        if wanted := set(segment.members) & set(touched["collection"]) - set(place):
            place |= dict.fromkeys(wanted, len(paths))
            paths.append(extracts.segment_path(home, segment.extract_sha256))
    touched = touched.assign(extract=touched["collection"].map(place).astype("int32"))
    pairs = statistics_fold.fold_pairs(_engine(home), paths, instrument, touched)
    series = touched.set_index("collection")["series"]
    pairs = pairs.assign(series=pairs["collection"].map(series).astype("str"))
    empty = touched.drop_duplicates("series")
    empty = empty[~empty["series"].isin(pairs["series"])]
    none = statistics_store.no_pairs(instrument)
    marks = pd.DataFrame(0, index=range(len(empty)), columns=none.columns)
    marks = marks.assign(group="", series=empty["series"].to_numpy())
    return pd.concat([pairs, marks], ignore_index=True)[none.columns].astype(none.dtypes)


def _merged(
    folded: list[Folded], current: pd.DataFrame, instrument: Instrument, home: Path
) -> list[Folded]:
    """Fewer segments with the same content: the small ones become one, or all of them do."""
    largest = max(segment.rows for segment in folded)
    small = [segment for segment in folded if 2 * segment.rows <= largest]
    small = small if len(small) > 1 else folded
    rows, cells, members = [], [], {}
    for segment in small:
        table = pq.read_table(extracts.segment_path(home, segment.extract_sha256))
        living = list(segment.members)
        rows.append(table.filter(pc.is_in(table["collection"], pa.array(living, pa.int32()))))
        cells.append(segment.cells[segment.cells["collection"].isin(living)])
        members |= segment.members
    table = extracts.sorted_rows(pa.concat_tables(rows))
    whole = statistics_fold.merge(cells, statistics_fold.CELL)
    pairs = current_pairs(folded, current)
    merged = Folded(
        None,
        instrument.key,
        extracts.store_segment(table, home),
        statistics_store.store(whole, pairs, instrument, home),
        table.num_rows,
        members,
        whole,
        pairs,
    )
    return [segment for segment in folded if segment not in small] + [merged]
