"""What open answers are about: themes that people set, and which answer stands under which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, Named, one_of

THEME_KINDS = ("challenge", "success", "benefit")


def _of_an_open_answer() -> ForeignKeyConstraint:
    """What goes with its open answer."""
    return ForeignKeyConstraint(
        ["response_id", "item"],
        ["open_answer.response_id", "open_answer.item"],
        ondelete="CASCADE",
    )


class AnswerTheme(Named, Base):
    """A challenge, a success or a benefit that open answers tell of."""

    __tablename__ = "answer_theme"
    kind: Mapped[str] = mapped_column(String(9))
    __table_args__ = (one_of("kind", THEME_KINDS),)


class AnswerCoding(Base):
    """An open answer that a person put under a theme; an answer may stand under several."""

    __tablename__ = "answer_coding"
    response_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    item: Mapped[str] = mapped_column(String(30), primary_key=True)
    theme_id: Mapped[int] = mapped_column(
        ForeignKey("answer_theme.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    coded_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    coded_at: Mapped[datetime]
    __table_args__ = (_of_an_open_answer(),)


class AnswerClearance(Base):
    """An open answer that a person read and cleared for quoting; no row: not to be quoted.

    redacted_text: what is quoted where something had to be left out; nothing: as it was written.
    """

    __tablename__ = "answer_clearance"
    response_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    item: Mapped[str] = mapped_column(String(30), primary_key=True)
    redacted_text: Mapped[str | None] = mapped_column(Text)
    cleared_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    cleared_at: Mapped[datetime]
    __table_args__ = (_of_an_open_answer(),)
