"""The files that came in, and the rows of them that were refused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, not_negative, one_of

BATCH_STATUSES = ("stored", "undone")


class ImportBatch(Base):
    """One accepted file: what it was, how many rows it held, what became of them.

    remarks: on the quality of answers, as a list of code and detail; no cell of the file is in it.
    """

    __tablename__ = "import_batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    profile: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(300))
    file_sha256: Mapped[str] = mapped_column(String(64))
    profile_sha256: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]
    status: Mapped[str] = mapped_column(String(10))
    rows_read: Mapped[int]
    rows_stored: Mapped[int]
    rows_rejected: Mapped[int]
    dropped_columns: Mapped[str] = mapped_column(Text, server_default="[]")
    remarks: Mapped[str] = mapped_column(Text, server_default="[]")
    __table_args__ = (
        one_of("status", BATCH_STATUSES),
        CheckConstraint("rows_read = rows_stored + rows_rejected", name="rows_reconcile"),
        not_negative("rows_stored"),
        not_negative("rows_rejected"),
        Index(
            "uq_import_batch_file",
            "file_sha256",
            "profile_sha256",
            unique=True,
            sqlite_where=text("status = 'stored'"),
            postgresql_where=text("status = 'stored'"),
        ),
    )


class RejectedRow(Base):
    """A row of a file that was not stored, and why. value: the offending cell, shortened."""

    __tablename__ = "rejected_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE"), index=True
    )
    row: Mapped[int]
    column: Mapped[str]
    code: Mapped[str] = mapped_column(String(40))
    value: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, server_default="{}")


class ReplacedRow(Base):
    """What a row of a record table held before a batch changed it, so that the batch can be undone.

    row_key: its primary key, before: its columns, both as JSON.
    """

    __tablename__ = "replaced_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(
        ForeignKey("import_batch.id", ondelete="CASCADE"), index=True
    )
    record: Mapped[str] = mapped_column(String(40))
    row_key: Mapped[str] = mapped_column(String(200))
    before: Mapped[str] = mapped_column(Text)
