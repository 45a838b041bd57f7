"""What a visit to a link gets, and the moment of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from survey.text import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visit gets: a page, or an address to go to. miss: the link leads nowhere. forget: the
    browser is asked to keep nothing of the pages before."""

    status: int
    page: str = ""
    language: str = DEFAULT_LANGUAGE
    address: str = ""
    miss: bool = False
    forget: bool = False


def now() -> datetime:
    """The moment of a visit."""
    return datetime.now(UTC)
