"""What came in by file, and what of it was refused: for evaluators and administrators."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from data import schema
from data.access import SAMPLE_ISSUER, Kind, User, Verb, can, visible_rows
from data.records.register import MOST_ROWS, Page


@dataclass(frozen=True, slots=True)
class Batch:
    """An accepted file. rows_read = rows_stored + rows_rejected."""

    id: int
    profile: str
    kind: str
    file_name: str
    file_sha256: str
    imported_at: datetime
    imported_by: str
    status: str
    rows_read: int
    rows_stored: int
    rows_rejected: int
    dropped_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """What may be wrong with stored answers. rows: where in the file, as far as they are kept;
    empty for what is about questions. code and detail make the message in a language."""

    code: str
    detail: Mapping[str, object]

    @property
    def rows(self) -> tuple[int, ...]:
        return tuple(int(row) for row in str(self.detail.get("every", "")).split(",") if row)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """Where a file was wrong and why. code and detail make the message in a language."""

    row: int
    column: str
    code: str
    value: str
    detail: Mapping[str, object]


def import_batches(
    connection: sa.Connection, user: User, *, offset: int = 0, limit: int = 50
) -> Page[Batch]:
    """A page of the files that came in, the latest first."""
    batch = schema.ImportBatch
    if not can(user, Verb.READ, Kind.BATCH):
        return Page([], 0)
    found = connection.execute(
        sa.select(
            batch.id,
            batch.profile,
            batch.kind,
            batch.file_name,
            batch.file_sha256,
            batch.imported_at,
            batch.imported_by,
            batch.status,
            batch.rows_read,
            batch.rows_stored,
            batch.rows_rejected,
            batch.dropped_columns,
        )
        .order_by(batch.id.desc())
        .offset(offset)
        .limit(min(limit, MOST_ROWS))
    )
    rows = [Batch(*row[:-1], tuple(json.loads(row.dropped_columns))) for row in found]
    total = connection.scalar(sa.select(sa.func.count(batch.id)))
    return Page(visible_rows(user, Kind.BATCH, rows), total)


def rejected_rows(
    connection: sa.Connection, user: User, batch: int, *, offset: int = 0, limit: int = 50
) -> Page[RejectedRow]:
    """A page of the rows of a file that were not stored, in the order of the file."""
    rejected = schema.RejectedRow
    if not can(user, Verb.READ, Kind.ROW):
        return Page([], 0)
    found = connection.execute(
        sa.select(rejected.row, rejected.column, rejected.code, rejected.value, rejected.detail)
        .where(rejected.batch_id == batch)
        .order_by(rejected.row, rejected.id)
        .offset(offset)
        .limit(min(limit, MOST_ROWS))
    )
    rows = [RejectedRow(*row[:-1], json.loads(row.detail)) for row in found]
    total = connection.scalar(
        sa.select(sa.func.count(rejected.id)).where(rejected.batch_id == batch)
    )
    return Page(visible_rows(user, Kind.ROW, rows), total)


def remarks(connection: sa.Connection, user: User, batch: int) -> list[Remark]:
    """What was remarked on the answers of a file; nothing for who may not read its rows."""
    if not can(user, Verb.READ, Kind.ROW):
        return []
    stored = schema.ImportBatch
    said = connection.scalar(sa.select(stored.remarks).where(stored.id == batch))
    return [Remark(each["code"], each["detail"]) for each in json.loads(said or "[]")]


def is_sample_only(connection: sa.Connection, *, played: bool = False) -> bool:
    """Whether the sample is here and nothing real ever was: no project that is not invented, no
    file, undone ones too, no person, nothing that a person opened, no answer by link.

    played: where only this machine reaches the server, the answers by link are the player's own.
    """
    persona = schema.AppUser.issuer == SAMPLE_ISSUER
    played_by = sa.select(sa.cast(schema.AppUser.id, sa.String) + " " + schema.AppUser.name)
    real = (
        sa.exists().where(sa.not_(schema.Project.invented)),
        sa.exists().where(schema.ImportBatch.id.is_not(None)),
        sa.exists().where(sa.not_(persona)),
        sa.exists().where(schema.Opening.created_by.not_in(played_by.where(persona))),
        # The sample's own answers were told nothing before they answered.
        *([] if played else [sa.exists().where(schema.Response.notice_version.is_not(None))]),
    )
    invented = sa.exists().where(schema.Project.invented)
    return bool(connection.scalar(sa.select(invented & sa.not_(sa.or_(*real)))))
