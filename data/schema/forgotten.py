"""Who was erased: what keeps somebody from coming back with a file or an older copy."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base


class ErasedMark(Base):
    """One erased key. mark: a hash of it under the installation's secret; nobody reads the key
    off it, but whoever has secret and key can tell that it was erased (`data.keeping.marks`)."""

    __tablename__ = "erased_mark"
    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_on: Mapped[date]
    __table_args__ = (
        CheckConstraint("length(mark) = 64", name="mark_form"),
        {"sqlite_with_rowid": False},
    )
