"""A release as bytes: the one sequence that RFC 8785 gives a document, on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import rfc8785


def dump(document: Any) -> bytes:
    """The canonical JSON of a document: days and moments as ISO text, decimals as plain text.

    A figure that somebody reported stays the decimal that it is ("12.5"), whatever the machine; a
    figure that was computed is a number. Raises: rfc8785.CanonicalizationError for what JSON cannot
    say (not a number, whole numbers beyond 2**53).
    """
    return rfc8785.dumps(plain(document))


def plain(value: Any) -> Any:
    """The same document of nothing but what JSON knows."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent and without zeros at its end: 12.5000 is "12.5"."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def moment(value: datetime) -> str:
    """A moment in UTC, to the microsecond."""
    zoned = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return zoned.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
