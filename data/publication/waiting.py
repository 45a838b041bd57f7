"""Answers that wait: two publications may not differ by a few people of any group.

Somebody who kept the sheet of yesterday could subtract it from today's; where one person answered
in between, the difference is that person. So the answers of a group that came to a collection since
it was last published wait until they are of at least FEWEST people, and as many of them answered
each question that most of them answered. A collection that lost or changed the answers of fewer
people than that keeps speaking of them, and what came is added to it. The first answers of a wave
and phase have nothing before them that they could be subtracted from; they wait for each other
only while they are still asked for by link, so that the few of the first day are not published
apart from those of the second. Nothing overrides this.

What waits is part of what a revision says of its inputs, so the next refresh knows it, even where
the extracts are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from data import schema
from data.fieldwork.openings import state
from data.folding import extracts
from data.folding.extracts import FROM_FIRST, Withheld
from data.folding.record_frames import table
from data.folding.segments import AS_HELD
from data.publication import losses, remembering
from data.schema import Response, SegmentMember
from data.sheets import GROWN, KEPT, WITHHELD, RevisionFacts, Waiting
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
_WAITS = ["collection", "group", "after"]


class Settled(NamedTuple):
    """What a refresh may read. collections: as `collected.read_collections`, those of which nothing
    is published yet at FROM_FIRST; withheld: the answers that wait; returning: those that waited
    and are read onto what a collection keeps speaking with; kept: the collections that do; grown:
    the projects and questionnaires of which what is hidden stays so (`remembering`)."""

    collections: pd.DataFrame
    withheld: tuple[Withheld, ...]
    returning: tuple[Withheld, ...]
    kept: list[int]
    waiting: tuple[Waiting, ...]
    grown: list[tuple[int, str]]


def settled(
    connection: sa.Connection,
    collections: pd.DataFrame,
    published: RevisionFacts | None,
    instruments: Mapping[str, Instrument],
    home: Path,
) -> Settled:
    """Which answers are published now, and which wait for more."""
    members = table(connection, sa.select(SegmentMember.__table__))
    spans = members.groupby("collection_id")["revision"]
    held = collections["collection"].map(spans.max()).fillna(FROM_FIRST).astype("int64")
    whole = collections.assign(held=held)
    there, said = held != FROM_FIRST, published.inputs if published else {}
    kept_before = whole["collection"].isin(said.get(KEPT, []))
    first = collections["collection"].map(spans.min())
    # Where nothing is left to compare with, what waited is still known by when it came.
    at_hand = whole["collection"].isin(losses.at_hand(connection, members, home))
    compared = there & at_hand & ((whole["rewritten"] > first) | kept_before)
    earlier = pd.DataFrame(said.get(WITHHELD, []), columns=_WAITS)
    earlier = earlier.astype({"collection": "int64", "group": "str", "after": "int64"})
    beside = there | _joins(whole)
    arriving = beside | whole["collection"].isin(_still_asking(connection))
    came = _came(connection, whole[arriving], earlier)
    lost = losses.found(
        connection, whole[compared], members, came[["collection", "group", "after"]],
        instruments, home,
    )  # fmt: skip
    apart = losses.judged(lost, FEWEST)
    came = came[~came["collection"].isin(apart.as_was)]
    waits = _waits(
        connection, came, lost["same"], whole, whole.loc[beside, "collection"], instruments
    )
    released, came = came[~waits], came[waits]
    kept = whole["collection"].isin(apart.kept)
    as_was = whole["collection"].isin(apart.as_was)
    rows = [came[_WAITS], earlier[earlier["collection"].isin(apart.as_was)][_WAITS]]
    rows = pd.concat(rows, ignore_index=True).sort_values(["collection", "group"])
    back = released.merge(earlier, on=_WAITS)
    back = back[back["collection"].isin(apart.kept)]
    pending = arriving & ~there & ~whole["collection"].isin(released["collection"])
    # What was compared and found apart enough is read anew, whatever holds it.
    rewritten = collections["rewritten"].where(~compared, held + 1).where(~(kept | as_was), AS_HELD)
    before = {(int(project), str(key)) for project, key in said.get(GROWN, [])}
    grown = remembering.grown(connection, whole, released, earlier, lost["gone"], FEWEST)
    counts = pd.concat([apart.people, came.groupby("collection")["n"].sum()])
    return Settled(
        collections.assign(
            revision=collections["revision"].where(~as_was, held).where(~pending, FROM_FIRST),
            rewritten=rewritten,
        ),
        _withheld(rows),
        _withheld(back[_WAITS]),
        sorted([*apart.kept, *apart.as_was]),
        _named(whole, counts.groupby(level=0).sum()),
        sorted(before.union(grown)),
    )


def _withheld(rows: pd.DataFrame) -> tuple[Withheld, ...]:
    return tuple(Withheld(int(c), str(g), int(a)) for c, g, a in rows.itertuples(index=False))


def _still_asking(connection: sa.Connection) -> list[int]:
    """The collections that are asked by link and are not closed yet."""
    opening, now = schema.Opening, datetime.now(UTC)
    rows = connection.execute(
        sa.select(opening.collection_id, opening.opens_at, opening.closes_at, opening.closed_at)
    )
    return [collection for collection, *times in rows if state(*times, now) != "closed"]


def _waits(
    connection: sa.Connection,
    came: pd.DataFrame,
    same: pd.Series,
    collections: pd.DataFrame,
    beside: pd.Series,
    instruments: Mapping[str, Instrument],
) -> pd.Series:
    """Which rows of `_came` are too few to be published."""
    keys = pd.MultiIndex.from_frame(came[["collection", "group"]])
    # Somebody who took answers back and gave the same again is nobody new.
    new = came["n"] - same.reindex(keys).fillna(0).to_numpy()
    subtracted = came[came["collection"].isin(beside)]
    fewest = came["n"].copy()
    fewest[subtracted.index] = _fewest(connection, subtracted, collections, instruments)
    return (new < FEWEST) | (fewest < FEWEST)


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
    waited = collections["collection"].isin(earlier["collection"])
    asked = collections[waited | (collections["revision"] != collections["held"])]
    since = asked.set_index("collection")["held"]
    first = earlier.groupby("collection")["after"].min().reindex(since.index)
    asked_after = first.fillna(since).clip(upper=since).astype("int64")
    arrivals = extracts.count_arrivals(connection, asked_after.to_dict())
    arrivals = arrivals.merge(earlier, on=["collection", "group"], how="left")
    after = arrivals["after"].fillna(arrivals["collection"].map(since)).astype("int64")
    arrivals = arrivals.assign(after=after)[arrivals["revision"] > after]
    arrivals = arrivals[arrivals["n"] > 0]
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


def _named(collections: pd.DataFrame, counts: pd.Series) -> tuple[Waiting, ...]:
    rows = collections[collections["collection"].isin(counts.index)]
    names = ["collection", "project", "instrument", "wave", "phase"]
    return tuple(
        Waiting(*row, int(counts[row[0]])) for row in rows[names].itertuples(index=False, name=None)
    )
