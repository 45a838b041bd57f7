"""A sheet cut into leaves: the figures that a page reads together, packed and named by content.

Every figure is on the leaf of its entity. Totals and phases are besides on the leaf of their
measure, with those of all other entities of the level: what comparisons read. A leaf that says
what one of an earlier sheet said is the same leaf, and is not written again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from numpy.typing import NDArray

from data.publication.figure_table import FIGURE, KEY, figure_table, packed_key
from data.schema import EntityLeaf, Leaf, MeasureLeaf
from metrics.catalog import metrics
from metrics.metric import Level, Profile, Results, Split

#: What names the leaf of an entity, and the leaf of a measure.
ENTITY = ("profile", "level", "entity")
MEASURE = ("profile", "level", "metric", "instrument", "part", "split")

#: The breakdowns that are read across entities. Groups are read of one entity at a time.
ACROSS = (Split.TOTAL, Split.PHASE)

#: How many figures are unfolded to plain text at once while a sheet is cut.
AT_ONCE = 100_000
#: How many leaves are in memory at once while a whole sheet is read.
READ_AT_ONCE = 64
#: Up to this many leaves are looked up by name; for more all names are read.
LOOKED_UP = 500


@dataclass(frozen=True)
class Leaves:
    """A sheet in leaves. bodies: by hash. The rows say which leaf is whose, without a revision."""

    bodies: dict[str, bytes]
    of_entities: list[dict[str, Any]]
    of_measures: list[dict[str, Any]]

    @property
    def figures(self) -> int:
        return sum(row["figures"] for row in self.of_entities)


def cut(results: Sequence[Results]) -> Leaves:
    """The figures of all metrics and profiles as leaves. Raises: figure_table.InvalidSheet."""
    sheet = figure_table(results)
    bodies: dict[str, bytes] = {}
    of_entities = _cut(sheet, ENTITY, bodies)
    across = sheet.filter(
        pc.and_(
            pc.is_in(sheet["split"].cast(pa.string()), pa.array([str(split) for split in ACROSS])),
            pc.not_equal(sheet["level"].cast(pa.string()), Level.PORTFOLIO.value),
        )
    )
    across = across.take(np.argsort(packed_key(across, MEASURE), kind="stable"))
    return Leaves(bodies, of_entities, _cut(across, MEASURE, bodies))


def together(cuts: Sequence[Leaves]) -> Leaves:
    """The leaves of several profiles as those of one sheet."""
    return Leaves(
        {sha256: body for each in cuts for sha256, body in each.bodies.items()},
        [row for each in cuts for row in each.of_entities],
        [row for each in cuts for row in each.of_measures],
    )


def cut_own(results: Sequence[Results]) -> Leaves:
    """The figures of some entities as their own leaves, for a sheet that keeps all others
    (`keep`). Raises: figure_table.InvalidSheet."""
    bodies: dict[str, bytes] = {}
    return Leaves(bodies, _cut(figure_table(results), ENTITY, bodies), [])


def left_of(
    connection: sa.Connection, revision: int, projects: Collection[int], judged: Collection[str]
) -> list[Results]:
    """What a sheet says of some projects, but for the metrics that were judged anew."""
    known = metrics()
    found: list[Results] = []
    for profile in Profile:
        tables = [
            table
            for project in sorted(projects)
            for table in read(
                connection, revision, profile, {"level": Level.PROJECT.value, "entity": project}
            )
        ]
        if not tables:
            continue
        frame = pa.concat_tables(tables).to_pandas()
        found += [
            Results(known[name], profile, own.reset_index(drop=True))
            for name, own in frame.groupby("metric")
            if name in known and name not in judged
        ]
    return found


def keep(connection: sa.Connection, earlier: int, revision: int, projects: Collection[int]) -> None:
    """Nothing; a revision names the leaves of an earlier one, but for those of some projects."""
    theirs = (EntityLeaf.level == Level.PROJECT.value) & EntityLeaf.entity.in_(projects)
    for table, which in ((EntityLeaf, ~theirs), (MeasureLeaf, sa.true())):
        names = [column.name for column in table.__table__.columns if column.name != "revision_id"]
        kept = sa.select(sa.literal(revision), *(getattr(table, name) for name in names))
        kept = kept.where(table.revision_id == earlier, which)
        connection.execute(sa.insert(table).from_select(["revision_id", *names], kept))


def store(connection: sa.Connection, revision: int, leaves: Leaves) -> None:
    """Nothing; the leaves are stored, those that no earlier sheet has, and named for a revision."""
    hashes = sa.select(Leaf.sha256)
    if len(leaves.bodies) <= LOOKED_UP:
        hashes = hashes.where(Leaf.sha256.in_(list(leaves.bodies)))
    known = set(connection.execute(hashes).scalars())
    for table, rows in (
        (Leaf, [{"sha256": k, "body": v} for k, v in leaves.bodies.items() if k not in known]),
        (EntityLeaf, [{"revision_id": revision} | row for row in leaves.of_entities]),
        (MeasureLeaf, [{"revision_id": revision} | row for row in leaves.of_measures]),
    ):
        if rows:
            connection.execute(sa.insert(table), rows)


def drop_unnamed(connection: sa.Connection) -> None:
    """Nothing; leaves that no sheet names are gone."""
    named = [sa.exists().where(of.sha256 == Leaf.sha256) for of in (EntityLeaf, MeasureLeaf)]
    connection.execute(sa.delete(Leaf).where(~sa.or_(*named)))


def read(
    connection: sa.Connection, revision: int, profile: Profile, asked: Mapping[str, object]
) -> Iterator[pa.Table]:
    """The figures of a sheet that have every value asked for, a handful of leaves at a time.

    asked: by column; None where it does not matter. Rows: in the order of the sheet's key.
    """
    wanted = {name: value for name, value in asked.items() if value is not None}
    across = {"level", "metric", "split"} <= wanted.keys() and "entity" not in wanted
    if across and wanted["split"] in ACROSS and wanted["level"] != Level.PORTFOLIO:
        # One leaf for each instrument and part; only together are they in order.
        found = [*_read(connection, MeasureLeaf, MEASURE, revision, profile, wanted)]
        if found:
            table = pa.concat_tables(found)
            yield table.take(pc.sort_indices(table, [(name, "ascending") for name in KEY[1:]]))
        return
    yield from _read(connection, EntityLeaf, ENTITY, revision, profile, wanted)


def _read(
    connection: sa.Connection,
    table: type[EntityLeaf | MeasureLeaf],
    names: Sequence[str],
    revision: int,
    profile: Profile,
    wanted: Mapping[str, object],
) -> Iterator[pa.Table]:
    bodies = (
        sa.select(Leaf.body)
        .join(table, table.sha256 == Leaf.sha256)
        .where(table.revision_id == revision, table.profile == profile.value)
        .where(*(getattr(table, name) == wanted[name] for name in names if name in wanted))
        .order_by(*(getattr(table, name) for name in names))
    )
    found = connection.execute(bodies, execution_options={"yield_per": READ_AT_ONCE})
    for some in found.scalars().partitions():
        figures = pa.concat_tables([_unpacked(body) for body in some])
        for name, value in wanted.items():
            if name not in names:
                figures = figures.filter(pc.equal(figures[name], value))
        if len(figures):
            yield figures


# --- cutting and packing ------------------------------------------------------------------------


def _cut(table: pa.Table, names: Sequence[str], bodies: dict[str, bytes]) -> list[dict[str, Any]]:
    """The name, hash and number of figures of each leaf; its body is added to the bodies."""
    starts = _starts(packed_key(table, names))
    rows = table.select(names).take(starts).to_pylist()
    ends = np.append(starts[1:], len(table))
    counts = (ends - starts).tolist()
    hashes: list[str] = []
    for first, last in _runs(starts, ends):
        plain = table.slice(starts[first], ends[last] - starts[first]).select(FIGURE.names)
        (batch,) = plain.cast(FIGURE).combine_chunks().to_batches()
        for place in range(first, last + 1):
            body = _packed(batch.slice(starts[place] - starts[first], counts[place]))
            hashes.append(hashlib.sha256(body).hexdigest())
            bodies[hashes[-1]] = body
    return [
        row | {"figures": count, "sha256": sha256}
        for row, count, sha256 in zip(rows, counts, hashes, strict=True)
    ]


def _starts(packed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where a new leaf begins."""
    return np.flatnonzero(np.append(True, np.diff(packed) != 0)[: len(packed)])


def _runs(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """The first and the last leaf of runs that together have about as many figures as fit."""
    first = 0
    while first < len(starts):
        fitting = int(np.searchsorted(ends, starts[first] + AT_ONCE, side="right")) - 1
        last = max(first, fitting)
        yield first, last
        first = last + 1


def _packed(batch: pa.RecordBatch) -> bytes:
    """A leaf with its schema, so that a later program can read it."""
    # A slice carries bits of its neighbours along in the last byte of a column; a copy does not.
    columns = [pa.concat_arrays([column]) for column in batch.columns]
    out = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with pa.ipc.new_stream(out, batch.schema, options=options) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=batch.schema))
    return out.getvalue().to_pybytes()


def _unpacked(body: bytes) -> pa.Table:
    return pa.ipc.open_stream(body).read_all()
