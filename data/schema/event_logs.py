"""What other systems wrote down of the handling of their cases: event by event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.conduct import Brought, owned
from data.schema.tables import Base

#: Words of a log are cut to what a figure may be named by.
LONGEST_WORD = 200


class LoggedEvent(Brought, Base):
    """An event of a log: in which case it was, what was done and when, by which unit, through which
    channel the case came. Never who did it: a unit or a role stands for people.

    case_key is a hash of the number that the case has in the system that wrote the log.
    """

    __tablename__ = "logged_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owned()
    case_key: Mapped[str] = mapped_column(String(64))
    activity: Mapped[str] = mapped_column(String(LONGEST_WORD))
    happened_at: Mapped[datetime]
    lifecycle: Mapped[str] = mapped_column(String(40), server_default="")
    unit: Mapped[str | None] = mapped_column(String(LONGEST_WORD))
    channel: Mapped[str | None] = mapped_column(String(LONGEST_WORD))
    __table_args__ = (
        Index(
            "uq_logged_event_of_a_case",
            "project_id",
            "case_key",
            "activity",
            "happened_at",
            "lifecycle",
            unique=True,
        ),
    )
