"""What a visit to a link gets, what the browser brings to it, and the moment of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from survey.text import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser brings. wishes: languages that are read, the dearest first. draft: the id of
    the form that is half-filled in it; receipt: the key of the answers that were just sent from it;
    each empty where its cookie did not come. site: the address of the server, as the browser names
    it."""

    wishes: tuple[str, ...] = ()
    draft: str = ""
    receipt: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visit gets: a page, or an address to go to. miss: the link leads nowhere. forget: the
    browser is asked to keep nothing of the pages before. draft, receipt: what its cookies say from
    now on; empty where they are dropped, None where they stay."""

    status: int
    page: str = ""
    language: str = DEFAULT_LANGUAGE
    address: str = ""
    miss: bool = False
    forget: bool = False
    draft: str | None = None
    receipt: str | None = None


def now() -> datetime:
    """The moment of a visit."""
    return datetime.now(UTC)
