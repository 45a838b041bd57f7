"""What every table shares: the moment type, and the constraints that the database itself holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    MetaData,
    String,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and read back with its zone; one without a zone is taken as UTC.

    Without this PostgreSQL would store the moment in the time zone of the session.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is None:
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {str: String(200), datetime: UtcTime}


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The constraint that a column holds one of a closed list of codes."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({listed})", name=f"{column}_known")


def in_order(earlier: str, later: str) -> CheckConstraint:
    """The constraint that a pair of dates is not reversed."""
    return CheckConstraint(
        f"{later} is null or {earlier} is null or {earlier} <= {later}",
        name=f"{later}_after_{earlier}",
    )


def not_negative(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")


def weight_share() -> CheckConstraint:
    return CheckConstraint("weight is null or (weight >= 0 and weight <= 1)", name="weight_share")


class Named:
    """An entity with a code that users know it by and a name in up to three languages."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(120), unique=True)
    name_fi: Mapped[str] = mapped_column(String(300))
    name_sv: Mapped[str | None] = mapped_column(String(300))
    name_en: Mapped[str | None] = mapped_column(String(300))
