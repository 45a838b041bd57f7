"""What was lost of what is published: answers that were taken back or changed since.

What is published of a collection is in the files of its segments; set against the truth, they tell
how many answers of each group are gone and how many say something else. Answers that came since
are told apart by their revision. Only where many of them say the same as what is gone (a file that
was taken back and came again) nothing can be told apart, and the collection stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa

from data.folding import extracts
from data.folding.extracts import FROM_FIRST, Withheld
from data.schema import Segment
from survey.instrument import Instrument

_COUNTS = ("gone", "changed", "arrived", "same")


class Judged(NamedTuple):
    """kept: collections that keep speaking of what they lost, with what came beside it; as_was:
    those that stay as they were as a whole; people: how many answers that holds back, by
    collection."""

    kept: list[int]
    as_was: list[int]
    people: pd.Series


def at_hand(connection: sa.Connection, members: pd.DataFrame, home: Path) -> list[int]:
    """The collections whose published answers are still in their files."""
    gone = [
        segment
        for segment, sha256 in _files(connection).items()
        if not extracts.segment_path(home, sha256).exists()
    ]
    missing = members["segment_id"].isin(gone).groupby(members["collection_id"]).any()
    return missing.index[~missing].tolist()


def found(
    connection: sa.Connection,
    collections: pd.DataFrame,
    members: pd.DataFrame,
    came: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    home: Path,
) -> pd.DataFrame:
    """How many people's answers are gone, changed, arrived, and are gone and arrived the same, by
    collection and group. came: since when answers of which group came (collection, group, after).
    """
    files = _files(connection)
    empty = pd.MultiIndex.from_arrays([[], []])
    counted = [pd.DataFrame({name: pd.Series(dtype="int64") for name in _COUNTS}, index=empty)]
    for key, own in collections.groupby("instrument"):
        numbers = own["collection"].tolist()
        holding = members[members["collection_id"].isin(numbers)]
        old = [
            _published(extracts.segment_path(home, files[segment]), mine.tolist())
            for segment, mine in holding.groupby("segment_id")["collection_id"]
        ]
        since = [Withheld(*row) for row in came.itertuples(index=False) if row[0] in set(numbers)]
        whole = dict.fromkeys(numbers, FROM_FIRST)
        instrument = instruments[key]
        stayed = _by_content(extracts.read_rows(connection, instrument, whole, withheld=since))
        now = _by_content(extracts.read_rows(connection, instrument, whole))
        counted.append(_apart(pd.concat(old), stayed, now))
    return pd.concat(counted).rename_axis(["collection", "group"])


def judged(lost: pd.DataFrame, fewest: int) -> Judged:
    """What becomes of collections that lost answers, where fewer people than that may not be told
    of."""

    def few(people: pd.Series) -> pd.Series:
        return people.between(1, fewest - 1)

    again = lost["same"] >= fewest
    gone = lost["gone"] - lost["same"]
    new = lost["changed"] + lost["arrived"] - lost["same"]
    whole = again & (few(gone) | few(new))
    some = ~again & (few(lost["gone"]) | few(gone) | few(lost["changed"]))
    marks = pd.DataFrame({"again": again, "whole": whole, "some": some})
    by = marks.groupby(level="collection").any()
    as_was = by["whole"] | (by["some"] & by["again"])
    kept = by["some"] & ~as_was
    people = pd.concat([gone, new], axis=1).max(axis=1).where(whole)
    people = people.fillna(lost[["gone", "changed"]].max(axis=1).where(some)).dropna()
    return Judged(
        by.index[kept].tolist(),
        by.index[as_was].tolist(),
        people.astype("int64").groupby(level="collection").sum(),
    )


def _files(connection: sa.Connection) -> dict[int, str]:
    return dict(connection.execute(sa.select(Segment.id, Segment.extract_sha256)).all())


def _published(path: Path, collections: Sequence[int]) -> pd.Series:
    rows = pq.read_table(path)
    wanted = pa.array(collections, rows["collection"].type)
    return _by_content(rows.filter(pc.is_in(rows["collection"], wanted)))


def _by_content(rows: pa.Table) -> pd.Series:
    """How many answers say the same, by collection, group and the hash of what they say."""
    # The dates of a collection say when somebody answered, not what.
    names = [name for name in rows.column_names if name not in ("half", "late")]
    said = pd.DataFrame({name: rows[name].cast(pa.string()).to_pandas() for name in names})
    content = pd.util.hash_pandas_object(said, index=False)
    collection = rows["collection"].to_pandas()
    return content.groupby([collection, said["group"], content]).size()


def _apart(old: pd.Series, stayed: pd.Series, now: pd.Series) -> pd.DataFrame:
    """`found` of answers by content: published, of those that are left, and all that there are."""
    old = old.groupby(level=[0, 1, 2]).sum()
    each = pd.concat([old, stayed, now], axis=1, keys=["old", "stayed", "now"])
    each = each.fillna(0).astype("int64")
    gone = (each["old"] - each["stayed"]).clip(lower=0)
    arrived = each["now"] - each["stayed"]
    changed = (each["stayed"] - each["old"]).clip(lower=0)
    same = pd.concat([gone, arrived], axis=1).min(axis=1)
    counts = pd.concat([gone, changed, arrived, same], axis=1, keys=_COUNTS)
    return counts.groupby(level=[0, 1]).sum()
