"""Publishing: one transaction that sets a new sheet, its findings and its segments in place.

Whoever reads sees the sheet of before or the sheet of after. The figures go in as leaves that were
cut before (`data.publication.leaves`), those only that no earlier sheet has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pandas as pd
import sqlalchemy as sa

from data import audit
from data.access import User
from data.folding.segments import Folded
from data.publication import leaves
from data.publication.leaves import Leaves
from data.schema import (
    Collection,
    EntityLeaf,
    Finding,
    MeasureLeaf,
    Project,
    Revision,
    Segment,
    SegmentMember,
)
from metrics.metric import Profile

#: Sheets that stay readable: those of the last refresh (of a few projects and of everything), and
#: those of two before, for pages that were opened then.
KEPT = 6


class Overtaken(Exception):
    """Another refresh published while this one was judging; what was read is out of date."""


#: How the audit names a publication that nobody in particular started.
NOBODY = "refresh"


@dataclass(frozen=True)
class Sheet:
    """Everything that one revision says: figures and findings of both profiles, and its sources.

    findings: profile -> project, code, weight, detail. seen: the latest revision when the truth was
    read. metrics: version by id. projects: those whose own figures these are, all else being as in
    the sheet seen; None for a whole sheet.
    """

    leaves: Leaves
    findings: dict[Profile, pd.DataFrame]
    folded: list[Folded]
    seen: int | None
    code_version: str
    inputs_sha256: str
    inputs: Mapping[str, Any]
    metrics: Mapping[str, int]
    projects: frozenset[int] | None = None


def publish(connection: sa.Connection, sheet: Sheet, by: User | None = None) -> tuple[int, int]:
    """The number of the new revision and how many figures it has. Call it while writing.

    by: who started it, for the audit.
    Raises: Overtaken when somebody else published since the sheet's truth was read.
    """
    if connection.dialect.name == "postgresql":
        # Two that publish at once wait for each other here, as they do on SQLite anyway.
        connection.execute(sa.text("lock table revision in exclusive mode"))
    latest = connection.execute(sa.select(sa.func.max(Revision.id))).scalar()
    if latest != sheet.seen:
        raise Overtaken(f"revision {latest} was published meanwhile; read the truth again")
    revision = connection.execute(
        sa.insert(Revision)
        .values(
            published_at=datetime.now(UTC).replace(tzinfo=None),
            code_version=sheet.code_version,
            inputs_sha256=sheet.inputs_sha256,
            inputs=orjson.dumps(sheet.inputs, option=orjson.OPT_SORT_KEYS).decode(),
            metrics=orjson.dumps(sheet.metrics, option=orjson.OPT_SORT_KEYS).decode(),
        )
        .returning(Revision.id)
    ).scalar_one()
    leaves.store(connection, revision, sheet.leaves)
    if sheet.projects is not None:
        leaves.keep(connection, sheet.seen, revision, sorted(sheet.projects))
        _keep_findings(connection, sheet.seen, revision, sorted(sheet.projects))
    _store_findings(connection, revision, sheet.findings)
    _store_segments(connection, sheet.folded)
    told = {"figures": sheet.leaves.figures, "inputs": sheet.inputs_sha256}
    audit.record(connection, by or NOBODY, "publish", f"revision:{revision}", told)
    return revision, sheet.leaves.figures


def prune(connection: sa.Connection) -> None:
    """Nothing; leaves and findings of old sheets are gone. Their revisions stay, as history.

    Apart from `publish`, so that writers wait for the one and then for the other.
    """
    newest = sa.select(Revision.id).order_by(Revision.id.desc()).limit(KEPT)
    oldest = min(connection.execute(newest).scalars())
    for table in (EntityLeaf, MeasureLeaf, Finding):
        connection.execute(sa.delete(table).where(table.revision_id < oldest))
    leaves.drop_unnamed(connection)


def count_figures(connection: sa.Connection, revision: int) -> int:
    """How many figures a revision has, both profiles together."""
    counted = sa.select(sa.func.sum(EntityLeaf.figures)).where(EntityLeaf.revision_id == revision)
    return connection.execute(counted).scalar() or 0


def files_in_use(connection: sa.Connection) -> set[str]:
    """The hashes of every file that a published segment needs."""
    rows = connection.execute(sa.select(Segment.extract_sha256, Segment.statistics_sha256))
    return {sha256 for row in rows for sha256 in row}


# --- what a sheet brings with it ----------------------------------------------------------------


def _store_findings(
    connection: sa.Connection, revision: int, findings: Mapping[Profile, pd.DataFrame]
) -> None:
    # A project may have been deleted since the truth was read.
    projects = set(connection.execute(sa.select(Project.id)).scalars())
    rows = [
        {
            "revision_id": revision,
            "profile": profile.value,
            "project_id": int(found.project),
            "code": found.code,
            "weight": int(found.weight),
            "detail": _json(found.detail),
        }
        for profile, frame in findings.items()
        for found in frame.itertuples(index=False)
        if found.project in projects
    ]
    if rows:
        connection.execute(sa.insert(Finding), rows)


def _keep_findings(
    connection: sa.Connection, earlier: int, revision: int, projects: Sequence[int]
) -> None:
    names = [column.name for column in Finding.__table__.columns if column.name != "revision_id"]
    kept = sa.select(sa.literal(revision), *(getattr(Finding, name) for name in names))
    kept = kept.where(Finding.revision_id == earlier, Finding.project_id.not_in(projects))
    connection.execute(sa.insert(Finding).from_select(["revision_id", *names], kept))


def _json(detail: object) -> str:
    return detail if isinstance(detail, str) else orjson.dumps(detail).decode()


def _store_segments(connection: sa.Connection, folded: Sequence[Folded]) -> None:
    """The segments of this sheet, and no others: what none of them holds is not held."""
    kept = [segment.id for segment in folded if segment.id is not None]
    stored = _members(connection)
    changed = [segment.id for segment in folded if segment.members != stored.get(segment.id)]
    same = set(stored).difference(changed).intersection(kept)
    connection.execute(sa.delete(SegmentMember).where(SegmentMember.segment_id.not_in(same)))
    connection.execute(sa.delete(Segment).where(Segment.id.not_in(kept)))
    collections = set(connection.execute(sa.select(Collection.id)).scalars())
    for segment in folded:
        if segment.id in same:
            continue
        number = (
            segment.id
            or connection.execute(
                sa.insert(Segment)
                .values(
                    instrument=segment.instrument,
                    extract_sha256=segment.extract_sha256,
                    statistics_sha256=segment.statistics_sha256,
                    rows=segment.rows,
                )
                .returning(Segment.id)
            ).scalar_one()
        )
        members = [
            {
                "segment_id": number,
                "collection_id": collection,
                "after": after,
                "revision": revision,
            }
            for collection, (after, revision) in segment.members.items()
            if collection in collections
        ]
        if members:
            connection.execute(sa.insert(SegmentMember), members)


def _members(connection: sa.Connection) -> dict[int, dict[int, tuple[int, int]]]:
    """The members of every segment that is stored, as `Folded` has them."""
    rows = connection.execute(
        sa.select(
            SegmentMember.segment_id,
            SegmentMember.collection_id,
            SegmentMember.after,
            SegmentMember.revision,
        )
    )
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for segment, collection, after, revision in rows:
        found.setdefault(segment, {})[collection] = after, revision
    return found
