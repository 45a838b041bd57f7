"""Segments: which answers of which collection are extracted and folded already, and which are not.

A response is extracted and folded once. A segment holds what came to a collection after one of its
revisions up to another; a refresh reads what came after the last one that is held. Statistics add
up, so those of a collection are the sum over its segments. Changes between waves do not add up
(they join people), so they are folded again for the series (the collections of one project and
instrument) that something new came to, reading the older answers from the segments that hold them.

A collection is read again as a whole when answers were taken from it or changed, when a file of
its segments is gone or was folded by other code, and when what is held and what is new do not make
up what the truth has. Nothing is repaired in place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import ibis
import pandas as pd
import sqlalchemy as sa

from data.folding import extracts, fold_engine, record_frames, statistics_fold, statistics_store
from data.folding.extracts import FROM_FIRST
from data.folding.fold_columns import CELL, SPLIT, SPOKEN
from data.folding.statistics_store import Statistics, Told
from data.schema import Segment, SegmentMember
from data.sheets import Progress
from survey.instrument import Instrument

#: What ``rewritten`` is of a collection that keeps speaking with what is held of it
#: (`data.publication.waiting`): not even other days are a reason to read it again.
AS_HELD = -1


@dataclass(frozen=True, eq=False)
class Folded:
    """One segment: which answers it speaks for, and the statistics folded from them.

    members: for each collection, the revision after which its answers here came, and the one up to
    which they did. id is None until it is published. told: what the statistics tell at a glance;
    read: all of them, or those of some collections.
    """

    id: int | None
    instrument: str
    extract_sha256: str
    statistics_sha256: str
    rows: int
    members: dict[int, tuple[int, int]]
    told: Told = field(repr=False)
    read: Callable[..., Statistics] = field(repr=False)

    @cached_property
    def statistics(self) -> Statistics:
        """Read when they are first asked for: most refreshes that bring figures of one project
        need those of no other."""
        return self.read()

    def of(self, collections: Collection[int]) -> Folded:
        """The same segment, with the statistics of some collections."""
        return replace(self, read=partial(self.read, collections=list(collections)))


def fold_news(
    connection: sa.Connection,
    instruments: Mapping[str, Instrument],
    collections: pd.DataFrame,
    home: Path,
    progress: Progress,
    withheld: Sequence[extracts.Withheld] = (),
    returning: Sequence[extracts.Withheld] = (),
) -> list[Folded]:
    """The segments that together hold every collection at its revision, older ones first.

    Reads and folds what no segment holds, but for withheld answers (`data.publication.waiting`);
    writes files, and nothing to the database. returning: answers that were withheld, and are read
    beside what is held of their collection.
    Raises: extracts.UnreadableAnswers, statistics_fold.StatisticsTooLarge, KeyError for an
    instrument that is not defined.
    """
    held = _held(connection, instruments, collections, home)
    whole = []
    for key, group in collections.groupby("instrument", sort=True):
        instrument, current = instruments[key], with_series(group)
        folded = [segment for segment in held if segment.instrument == key]
        news = _news(connection, folded, current)
        if len(news):
            folded = _without(folded, news.loc[news["after"] == FROM_FIRST, "collection"])
            read = partial(
                extracts.extract, connection, instrument, withheld=withheld, returning=returning
            )
            folded.append(_fold(read, instrument, current, news, folded, home, progress))
        whole += folded
    return whole


def whole_statistics(folded: list[Folded], current: pd.DataFrame) -> Statistics:
    """The statistics of some segments of one instrument together, as its collections are now."""
    cells = [_living(segment, segment.statistics.cells) for segment in folded]
    splits = [_living(segment, segment.statistics.splits) for segment in folded]
    languages = [_living(segment, segment.statistics.languages) for segment in folded]
    return Statistics(
        statistics_fold.merge(cells, CELL),
        statistics_fold.merge(splits, [*SPLIT, "window"]),
        *current_pairs(folded, current),
        statistics_fold.merge(languages, SPOKEN),
    )


def current_pairs(folded: list[Folded], current: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Pairs and differences of the series as they are now; of one folded twice, the newest."""
    current = with_series(current)
    signatures = set(current["series"])
    pairs: list[pd.DataFrame] = []
    differences: list[pd.DataFrame] = []
    for segment in reversed(folded):
        mine = segment.statistics.pairs
        pairs.append(mine[mine["series"].isin(signatures)])
        known = set(pairs[-1]["series"])
        collections = current.loc[current["series"].isin(known), "collection"]
        mine = segment.statistics.differences
        differences.append(mine[mine["collection"].isin(collections)])
        signatures -= known
    return pd.concat(pairs, ignore_index=True), pd.concat(differences, ignore_index=True)


def _living(segment: Folded, statistics: pd.DataFrame) -> pd.DataFrame:
    """The rows of the collections that the segment still speaks for."""
    return statistics[statistics["collection"].isin(list(segment.members))]


# --- what is held -------------------------------------------------------------------------------


def _held(
    connection: sa.Connection,
    instruments: Mapping[str, Instrument],
    collections: pd.DataFrame,
    home: Path,
) -> list[Folded]:
    rows = connection.execute(sa.select(Segment.__table__).order_by(Segment.id)).all()
    told = {
        row.id: found
        for row in rows
        if extracts.segment_path(home, row.extract_sha256).exists()
        and (
            found := statistics_store.glance(
                row.statistics_sha256, instruments[row.instrument], home
            )
        )
    }
    members = record_frames.table(connection, sa.select(SegmentMember.__table__))
    members = _without_gaps(members[members["segment_id"].isin(list(told))], collections)
    spans = {segment: _spans(own) for segment, own in members.groupby("segment_id")}
    return [
        Folded(
            *row,
            spans[row.id],
            told[row.id],
            partial(statistics_store.read, row.statistics_sha256, home),
        )
        for row in rows
        if row.id in spans
    ]


def at_hand(statistics: Statistics) -> Callable[..., Statistics]:
    """Reads statistics that are in memory, as those of a file are read."""

    def read(collections: Collection[int] | None = None) -> Statistics:
        return statistics if collections is None else statistics.of(collections)

    return read


def _without_gaps(members: pd.DataFrame, collections: pd.DataFrame) -> pd.DataFrame:
    """The members of collections that are held from the first answer on, none of it rewritten."""
    now = collections[["collection", "revision", "rewritten"]]
    now = now.rename(columns={"collection": "collection_id", "revision": "current"})
    members = members.merge(now, on="collection_id")
    members = members.sort_values(["collection_id", "after", "revision"], ignore_index=True)
    same = members.groupby("collection_id")["revision"]
    fits = (members["after"] == same.shift(fill_value=FROM_FIRST)) & (
        members["revision"] <= members["current"]
    )
    fits &= members["rewritten"] <= same.transform("first")
    return members[fits.groupby(members["collection_id"]).transform("all")]


def _spans(members: pd.DataFrame) -> dict[int, tuple[int, int]]:
    spans = zip(members["after"].tolist(), members["revision"].tolist(), strict=True)
    return dict(zip(members["collection_id"].tolist(), spans, strict=True))


def with_series(collections: pd.DataFrame) -> pd.DataFrame:
    """The collections of one instrument with the signature of their series.

    The signature changes when a collection comes, goes, or changes its answers, wave or phase.
    """
    text = collections[["collection", "revision", "wave", "phase"]].astype("str")
    step = text["collection"].str.cat([text["revision"], text["wave"], text["phase"]], sep=":")
    signature = step.groupby(collections["project"]).agg(";".join)
    return collections.assign(series=collections["project"].map(signature).astype("str"))


def _news(connection: sa.Connection, folded: list[Folded], current: pd.DataFrame) -> pd.DataFrame:
    """The collections of which something is to be folded, with the revision after which answers
    are read: those that changed, and those of a series that lost a collection since its changes
    were folded (nothing is read of these, but their pairs have no other segment to stand in)."""
    held = pd.Series(_up_to(folded), dtype="int64").reindex(current["collection"])
    current = current.assign(after=held.fillna(FROM_FIRST).to_numpy(dtype="int64"))
    moved = _moved(folded, current)
    new = (current["after"] < current["revision"]) | current["collection"].isin(moved)
    paired = current.groupby("series")["wave"].transform("nunique") > 1
    known = {series for segment in folded for series in segment.told.series["series"]}
    arriving = set(current.loc[new, "series"])
    orphaned = paired & ~current["series"].isin(known | arriving)
    news = current[new | (orphaned & (current["revision"] != FROM_FIRST))]
    # What a collection that stays as held has lost since is none of its news.
    whole = (news["after"] != FROM_FIRST) & (news["rewritten"] != AS_HELD)
    grown = news[whole].set_index("collection")["after"].to_dict()
    counted = extracts.count_responses(connection, grown)
    rows = _rows(folded)
    differing = [c for c, (total, new) in counted.items() if total != rows.get(c, 0) + new]
    differing += moved
    return news.assign(after=news["after"].where(~news["collection"].isin(differing), FROM_FIRST))


def _up_to(folded: list[Folded]) -> dict[int, int]:
    """The revision up to which each collection is held; segments follow each other."""
    ends: dict[int, int] = {}
    for segment in folded:
        for collection, (_, revision) in segment.members.items():
            ends[collection] = max(revision, ends.get(collection, FROM_FIRST))
    return ends


def _moved(folded: list[Folded], current: pd.DataFrame) -> list[int]:
    """The collections whose days are others than when their answers were read."""
    windows = current[current["rewritten"] != AS_HELD].set_index("collection")["window"]
    moved: set[int] = set()
    for segment in folded:
        read = _living(segment, segment.told.windows)
        read = read[read["collection"].isin(windows.index)]
        now = windows.reindex(read["collection"]).to_numpy()
        moved |= set(read.loc[read["window"].to_numpy() != now, "collection"])
    return sorted(moved)


def _rows(folded: list[Folded]) -> dict[int, int]:
    """How many responses of each collection are held."""
    living = [_living(segment, segment.told.people) for segment in folded]
    if not living:
        return {}
    return pd.concat(living).groupby("collection")["respondents"].sum().to_dict()


def _without(folded: list[Folded], collections: pd.Series) -> list[Folded]:
    """The segments without what is being read again; none that speaks for nothing any more."""
    leaving = set(collections)
    remaining = []
    for segment in folded:
        members = {c: span for c, span in segment.members.items() if c not in leaving}
        if members:
            remaining.append(replace(segment, members=members))
    return remaining


# --- folding ------------------------------------------------------------------------------------


def _fold(
    read: Callable[..., tuple[str, int]],
    instrument: Instrument,
    current: pd.DataFrame,
    news: pd.DataFrame,
    older: list[Folded],
    home: Path,
    progress: Progress,
) -> Folded:
    collections, after = news["collection"].tolist(), news["after"].tolist()
    extract_sha256, rows = read(
        dict(zip(collections, after, strict=True)),
        home=home,
        advance=lambda done, of: progress("extract", done, of),
    )
    progress("fold", 0, rows)
    path = extracts.segment_path(home, extract_sha256)
    engine = fold_engine.embedded(extracts.extract_folder(home) / extracts.SPILL)
    # Hundreds of columns take longer to plan than a few answers to fold, and one processor plans.
    with ThreadPoolExecutor(1) as aside:
        pairing = aside.submit(
            _fold_pairs, fold_engine.beside(engine), instrument, current, news, older, path, home
        )
        splits = statistics_fold.fold_splits(engine, [path], instrument)
        window = news.set_index("collection")["window"].reindex(splits["collection"])
        cells = statistics_fold.fold_cells(engine, [path], instrument)
        languages = statistics_fold.fold_languages(engine, [path], instrument, cells)
        pairs, differences = pairing.result()
    splits = splits.assign(window=window.to_numpy(dtype="int64"))
    statistics = Statistics(cells, splits, pairs, differences, languages)
    progress("fold", rows, rows)
    spans = zip(after, news["revision"].tolist(), strict=True)
    return Folded(
        None,
        instrument.key,
        extract_sha256,
        statistics_store.store(statistics, instrument, home),
        rows,
        dict(zip(collections, spans, strict=True)),
        statistics_store.told_of(statistics),
        at_hand(statistics),
    )


def _fold_pairs(
    engine: ibis.BaseBackend,
    instrument: Instrument,
    current: pd.DataFrame,
    news: pd.DataFrame,
    older: list[Folded],
    path: Path,
    home: Path,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    paired = current[current.groupby("series")["wave"].transform("nunique") > 1]
    touched = paired[paired["series"].isin(news["series"])]
    if touched.empty:
        return statistics_store.no_pairs(instrument), statistics_fold.no_differences()
    holding = [(path, news["collection"])]
    holding += [
        (extracts.segment_path(home, segment.extract_sha256), list(segment.members))
        for segment in older
    ]
    parts = [(file, touched[touched["collection"].isin(own)]) for file, own in holding]
    parts = [(file, part) for file, part in parts if len(part)]
    wanted = pd.concat([part.assign(extract=place) for place, (_, part) in enumerate(parts)])
    paths = [file for file, _ in parts]
    pairs, differences = statistics_fold.fold_pairs(engine, paths, instrument, wanted)
    series = touched.set_index("collection")["series"]
    pairs = pairs.assign(series=pairs["collection"].map(series).astype("str"))
    empty = touched.drop_duplicates("series")
    empty = empty[~empty["series"].isin(pairs["series"])]
    none = statistics_store.no_pairs(instrument)
    marks = pd.DataFrame(0, index=range(len(empty)), columns=none.columns)
    marks = marks.assign(group="", series=empty["series"].to_numpy())
    pairs = pd.concat([pairs, marks], ignore_index=True)[none.columns].astype(none.dtypes)
    return pairs, differences
