"""Whom a published sheet speaks of: the people behind every figure of a project that it shows.

A figure above projects is made of shown project figures, so it speaks of nobody else. Whom records
tell of (who took part, who proposed) is not known to the register.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from data.folding import extracts
from data.folding.record_frames import table
from data.publication import leaves
from data.publication.release_register import Population
from data.schema import Collection, InstrumentVersion, Segment, SegmentMember
from data.sheets import latest_revision
from metrics.catalog import metrics
from metrics.metric import ALL_WAVES, ANSWER_FRAMES, About, Level, Profile, Split, ValueState
from metrics.populations import PAIRED

#: What tells the populations of one instrument apart.
SLOT = ["project", "instrument", "wave", "split", "split_value"]
_CELL = {"collection": "int64", "group": "str", "n": "int64"}


class LostExtracts(Exception):
    """Of a published sheet nobody can tell whom it speaks of: its extracts are gone."""


def populations(connection: sa.Connection, profile: Profile, home: Path) -> list[Population]:
    """The people of whom the latest sheet shows figures, by project, instrument and breakdown.

    A cell is a collection's group with as many people as are published of it, so what waits is not
    in it and what was taken back and still speaks is. Missing: none before the first refresh.
    Raises: LostExtracts.
    """
    shown = _shown(connection, profile)
    cells = _cells(connection, home).merge(_collections(connection), on="collection")
    cells["cell"] = cells["collection"].astype("str") + ":" + cells["group"]
    whole = shown["wave"] == ALL_WAVES
    of = ["project", "instrument"]
    found = [
        shown[(shown["split"] == split) & marks].merge(
            cells.rename(columns={column: "split_value"} if column else {}).drop(columns=dropped),
            on=[*of, *keys],
        )
        for split, marks, column, dropped, keys in (
            (Split.TOTAL, ~whole, "", [], ["wave"]),
            (Split.TOTAL, whole, "", ["wave"], []),
            (Split.GROUP, ~whole, "group", [], ["wave", "split_value"]),
            (Split.GROUP, whole, "group", ["wave"], ["split_value"]),
            (Split.PHASE, whole, "phase", ["wave"], ["split_value"]),
        )
    ]
    every = pd.concat([each[[*SLOT, "cell", "n"]] for each in found], ignore_index=True)
    every = every.sort_values([*SLOT, "cell"], ignore_index=True)
    starts = np.flatnonzero(~every.duplicated(SLOT))
    slots = every.loc[starts, SLOT].itertuples(index=False, name=None)
    names, people = every["cell"].tolist(), every["n"].tolist()
    return [
        Population(profile, *slot, dict(zip(names[first:last], people[first:last], strict=True)))
        for slot, first, last in zip(slots, starts, [*starts[1:], len(every)], strict=True)
    ]


def _shown(connection: sa.Connection, profile: Profile) -> pd.DataFrame:
    """Which breakdowns any figure of answers is shown of. Columns: SLOT."""
    spoken = {
        name
        for name, metric in metrics().items()
        if metric.about is About.RESPONDENTS and metric.frame in ANSWER_FRAMES - set(PAIRED)
    }
    revision = latest_revision(connection)
    names = ["entity", "metric", "instrument", "wave", "split", "split_value", "state"]
    words = {name: "str" for name in names[1:]}
    found = [pd.DataFrame(columns=names).astype({"entity": "int64"} | words)]
    if revision is not None:
        level = {"level": Level.PROJECT.value}
        read = leaves.read(connection, revision, profile, level)
        found += [figures.select(names).to_pandas().astype(words) for figures in read]
    every = pd.concat(found, ignore_index=True)
    told = every["state"].isin([ValueState.VALUE.value, ValueState.ZERO.value])
    every = every[told & every["metric"].isin(spoken)].rename(columns={"entity": "project"})
    return every[SLOT].drop_duplicates(ignore_index=True)


def _cells(connection: sa.Connection, home: Path) -> pd.DataFrame:
    """How many people of each group of each collection are published. Columns: collection, group,
    n."""
    members = table(connection, sa.select(SegmentMember.segment_id, SegmentMember.collection_id))
    found = [pd.DataFrame(columns=["collection", "group", "n"]).astype(_CELL)]
    for number, sha256 in connection.execute(sa.select(Segment.id, Segment.extract_sha256)):
        path = extracts.segment_path(home, sha256)
        if not path.exists():
            raise LostExtracts(f"{path} is not there; run arviomo refresh, which makes it anew")
        rows = pq.read_table(path, columns=["collection", "group"])
        counts = rows.append_column("n", pa.repeat(1, len(rows))).group_by(["collection", "group"])
        counted = counts.aggregate([("n", "sum")]).rename_columns(["collection", "group", "n"])
        own = members.loc[members["segment_id"] == number, "collection_id"]
        living = counted.to_pandas().astype(_CELL)
        found.append(living[living["collection"].isin(own)])
    whole = pd.concat(found, ignore_index=True)
    return whole.groupby(["collection", "group"], as_index=False)["n"].sum()


def _collections(connection: sa.Connection) -> pd.DataFrame:
    key = InstrumentVersion.code + "@" + sa.cast(InstrumentVersion.version, sa.String)
    return table(
        connection,
        sa.select(
            Collection.id.label("collection"),
            Collection.project_id.label("project"),
            key.label("instrument"),
            Collection.wave,
            Collection.phase,
        ).join(InstrumentVersion, InstrumentVersion.id == Collection.instrument_version_id),
        words=("instrument", "wave", "phase"),
    )
