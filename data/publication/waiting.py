"""Answers that wait: two publications may not differ by a few people of any group.

Somebody who kept the sheet of yesterday could subtract it from today's; where one person answered
in between, the difference is that person. So the answers of a group that came to a collection since
it was last published wait until they are of at least FEWEST people, and as many of them answered
each question that most of them answered. A collection that lost or changed the answers of fewer
people than that keeps speaking with its published statistics as a whole. The first answers of a
wave and phase have nothing before them that they could be subtracted from, and do not wait. Nothing
overrides this.

What waits is part of what a revision says of its inputs, so the next refresh knows it, even where
the extracts are gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import sqlalchemy as sa
from numpy.typing import NDArray

from data.folding import extracts
from data.folding.extracts import FROM_FIRST, Withheld
from data.folding.record_frames import table
from data.folding.segments import AS_HELD
from data.schema import Response, Segment, SegmentMember
from data.sheets import RevisionFacts, Waiting
from metrics.metric import Profile
from metrics.unsafe import MINIMUM, PUPILS
from survey.instrument import WHOLE_PROCESS, Instrument
from survey.scoring import score

#: The fewest people of a group that two publications of a collection may differ by: as many as
#: anybody asks for who is shown a figure. Both profiles are of the same answers, so what the public
#: may not be told of holds answers back inside as well.
FEWEST = max(*MINIMUM.values(), PUPILS[Profile.INSIDE])
#: Collections whose link keys are read at once.
LOOKED_UP = 10_000
#: Under which name a revision's inputs say what waited: collection, group, revision.
INPUT = "withheld"


class Settled(NamedTuple):
    """What a refresh may read. collections: `segments.read_collections`, those that keep speaking
    with what is published at the revision that was; withheld: the answers that wait."""

    collections: pd.DataFrame
    withheld: tuple[Withheld, ...]
    waiting: tuple[Waiting, ...]


def settled(
    connection: sa.Connection,
    collections: pd.DataFrame,
    published: RevisionFacts | None,
    instruments: Mapping[str, Instrument],
    home: Path,
) -> Settled:
    """Which answers are published now, and which wait for more."""
    members = table(connection, sa.select(SegmentMember.__table__))
    held = members.groupby("collection_id")["revision"].max()
    before = collections["collection"].map(held)
    whole = collections.assign(held=before.fillna(FROM_FIRST).astype("int64"))
    rewritten = before.notna() & (whole["rewritten"] > whole["held"])
    at_hand = whole["collection"].isin(_at_hand(connection, members, home))
    lost = _lost(connection, whole[rewritten & at_hand], members, instruments, home)
    few = lost[lost.between(1, FEWEST - 1)]
    staying = whole["collection"].isin(few.index.get_level_values("collection"))
    earlier = pd.DataFrame(
        published.inputs.get(INPUT, []) if published else [],
        columns=["collection", "group", "after"],
    )
    # Where nothing is left to compare with, what waited is still known by when it came.
    arriving = ~(rewritten & at_hand) & (before.notna() | _joins(whole))
    came = _came(connection, whole[arriving], earlier)
    came = came[(came["n"] > 0) & (_fewest(connection, came, whole, instruments) < FEWEST)]
    kept = earlier[earlier["collection"].isin(whole.loc[staying, "collection"])]
    rows = pd.concat([came[["collection", "group", "after"]], kept], ignore_index=True)
    rows = rows.sort_values(["collection", "group"])
    counts = pd.concat([few.groupby("collection").sum(), came.groupby("collection")["n"].sum()])
    return Settled(
        collections.assign(
            revision=collections["revision"].where(~staying, whole["held"]),
            # What was rewritten since is not read yet.
            rewritten=collections["rewritten"].where(~staying, AS_HELD),
        ),
        tuple(Withheld(int(c), str(g), int(a)) for c, g, a in rows.itertuples(index=False)),
        _named(whole, counts.groupby(level=0).sum()),
    )


def _joins(collections: pd.DataFrame) -> pd.Series:
    """Collections that are not published yet, beside some of their wave or phase that are."""
    there = collections["held"] != FROM_FIRST
    series = [collections["project"], collections["instrument"]]
    beside = there.groupby([*series, collections["wave"]]).transform("any")
    phase = there.groupby([*series, collections["phase"]]).transform("any")
    return ~there & (beside | (phase & (collections["phase"] != WHOLE_PROCESS)))


def _came(
    connection: sa.Connection, collections: pd.DataFrame, earlier: pd.DataFrame
) -> pd.DataFrame:
    """The answers that came since each group was last published. Columns: collection, group, after
    (the revision that it was published with), n."""
    earlier = earlier.astype({"collection": "int64", "group": "str", "after": "int64"})
    waited = collections["collection"].isin(earlier["collection"])
    asked = collections[waited | (collections["revision"] != collections["held"])]
    since = asked.set_index("collection")["held"]
    first = earlier.groupby("collection")["after"].min().reindex(since.index)
    asked_after = first.fillna(since).clip(upper=since).astype("int64")
    arrivals = extracts.count_arrivals(connection, asked_after.to_dict())
    arrivals = arrivals.merge(earlier, on=["collection", "group"], how="left")
    after = arrivals["after"].fillna(arrivals["collection"].map(since)).astype("int64")
    arrivals = arrivals.assign(after=after)[arrivals["revision"] > after]
    return arrivals.groupby(["collection", "group", "after"], as_index=False)["n"].sum()


def _fewest(
    connection: sa.Connection,
    came: pd.DataFrame,
    collections: pd.DataFrame,
    instruments: Mapping[str, Instrument],
) -> pd.Series:
    """How many answers came in each row of `_came`; where most of them answered a question, or are
    of people who are followed, and some not, how many. Of twice FEWEST and more, most are enough.
    """
    fewest = came["n"].copy()
    near = came[came["n"].between(FEWEST, 2 * FEWEST - 1)]
    near = near.merge(collections[["collection", "instrument"]], on="collection").set_axis(
        near.index
    )
    # A collection is read once for each of its groups, because each came after its own revision.
    turn = near.groupby("collection").cumcount()
    for (key, _), own in near.groupby([near["instrument"], turn]):
        after = dict(zip(own["collection"].tolist(), own["after"].tolist(), strict=True))
        rows = extracts.read_rows(connection, instruments[key], after).to_pandas()
        rows = rows.merge(own[["collection", "group"]])
        followed = _followed(connection, rows, collections)
        found = _fewest_of(rows.assign(followed=followed), instruments[key])
        fewest[own.index] = found.reindex(own["collection"]).to_numpy()
    return fewest


def _fewest_of(rows: pd.DataFrame, instrument: Instrument) -> pd.Series:
    """The fewest people who answered anything that most of a collection's rows did, by it."""
    by = rows["collection"]
    answers = rows[[item.code for item in instrument.closed_items]]
    given = [answers.ge(0), score(answers, instrument).notna(), rows["followed"]]
    given = pd.concat(given, axis=1)
    counts, size = given.groupby(by).sum(), by.groupby(by).size()
    most = counts.where(counts.mul(2).ge(size, axis=0)).min(axis=1)
    return most.fillna(size).astype("int64")


def _followed(
    connection: sa.Connection, rows: pd.DataFrame, collections: pd.DataFrame
) -> NDArray[np.bool_]:
    """Which rows are of people who answered another collection of their project's questionnaire."""
    of = ["project", "instrument"]
    mine = collections[["collection", *of]]
    others = mine[mine["collection"].isin(rows["collection"])].merge(
        mine.rename(columns={"collection": "other"}), on=of
    )
    others = others[(others["other"] != others["collection"]).to_numpy()]
    keys = []
    for some in np.array_split(others["other"].unique(), len(others) // LOOKED_UP + 1):
        asked = Response.collection_id.in_(some.tolist()) & Response.link_key.is_not(None)
        query = sa.select(Response.collection_id.label("other"), Response.link_key).where(asked)
        keys.append(table(connection, query, words=["link_key"]))
    known = others.merge(pd.concat(keys), on="other")[["collection", "link_key"]].drop_duplicates()
    known = pd.MultiIndex.from_frame(known)
    return pd.MultiIndex.from_frame(rows[["collection", "link_key"]]).isin(known)


def _files(connection: sa.Connection) -> dict[int, str]:
    return dict(connection.execute(sa.select(Segment.id, Segment.extract_sha256)).all())


def _at_hand(connection: sa.Connection, members: pd.DataFrame, home: Path) -> list[int]:
    """The collections whose published answers are still in their files."""
    gone = [
        segment
        for segment, sha256 in _files(connection).items()
        if not extracts.segment_path(home, sha256).exists()
    ]
    missing = members["segment_id"].isin(gone).groupby(members["collection_id"]).any()
    return missing.index[~missing].tolist()


def _lost(
    connection: sa.Connection,
    collections: pd.DataFrame,
    members: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    home: Path,
) -> pd.Series:
    """How many people's answers are gone, changed or new in collections that were rewritten, the
    greater of what is gone and what is new, by collection and group."""
    files = _files(connection)
    found = [pd.Series(dtype="int64", index=pd.MultiIndex.from_arrays([[], []]))]
    for key, own in collections.groupby("instrument"):
        numbers = own["collection"].tolist()
        holding = members[members["collection_id"].isin(numbers)]
        paths = {segment: extracts.segment_path(home, files[segment]) for segment in
                 holding["segment_id"].unique()}  # fmt: skip
        old = [
            _counted(path, holding.loc[holding["segment_id"] == segment, "collection_id"].tolist())
            for segment, path in paths.items()
        ]
        now = extracts.read_rows(connection, instruments[key], dict.fromkeys(numbers, FROM_FIRST))
        found.append(_difference(pd.concat(old), _by_content(now)))
    return pd.concat(found).rename_axis(["collection", "group"])


def _counted(path: Path, collections: Sequence[int]) -> pd.Series:
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


def _difference(old: pd.Series, now: pd.Series) -> pd.Series:
    """The people of each collection and group who are in one of two and not in the other: the
    number of those that are gone or new, whichever is a few, or else the greater."""
    both = pd.concat([old.groupby(level=[0, 1, 2]).sum(), now], axis=1, keys=["old", "now"])
    change = (both["now"].fillna(0) - both["old"].fillna(0)).astype("int64")
    new = change.clip(lower=0).groupby(level=[0, 1]).sum()
    gone = (-change).clip(lower=0).groupby(level=[0, 1]).sum()
    return gone.where(gone.between(1, FEWEST - 1), new)


def _named(collections: pd.DataFrame, counts: pd.Series) -> tuple[Waiting, ...]:
    rows = collections[collections["collection"].isin(counts.index)]
    names = ["collection", "project", "instrument", "wave", "phase"]
    return tuple(
        Waiting(*row, int(counts[row[0]])) for row in rows[names].itertuples(index=False, name=None)
    )
