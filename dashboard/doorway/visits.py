"""What the pages and the gate ask of the door: who is signed in, the way there, and the end."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

from dashboard import sign_in
from dashboard.doorway import cookies
from dashboard.navigation import DEFAULT_PAGE, PAGES
from dashboard.truth import engine
from data import sessions
from data.database import reading, writing

#: Letters of a place that one is led back to at most.
LONGEST = 1000


def is_signed_in(brought: Mapping[str, str]) -> bool:
    """Whether a browser's cookies open a session that lasts."""
    token = cookies.token(brought)
    if token is None:
        return False
    with reading(engine()) as connection:
        return sessions.find(connection, token) is not None


def may_enter(brought: Mapping[str, str]) -> bool:
    """Whether a browser may reach more than the door: signed in, or a reader of the sample."""
    return sign_in.mode() is sign_in.Mode.PERSONAS or is_signed_in(brought)


def end_session(token: str) -> None:
    """The session of a token is over, for every copy of its cookie."""
    with writing(engine()) as connection:
        sessions.end(connection, token)


def way_to_door(path: str, query: str) -> str:
    """The address of the door, from which one comes back to a page."""
    place = inside(f"{path}?{query}" if query else path)
    asked = {} if place == "/" else {"place": place}
    # The door speaks the language of the page that was asked for.
    asked |= {name: value for name, value in parse_qsl(query) if name == "lang"}
    return f"/sign-in?{urlencode(asked)}" if asked else "/sign-in"


def inside(place: str) -> str:
    """A place in these pages; the first page for every other place."""
    if not place.isprintable() or "\\" in place or len(place) > LONGEST:
        return "/"
    try:
        parts = urlsplit(place)
    except ValueError:
        return "/"
    page = parts.path.strip("/")
    if parts.scheme or parts.netloc or page not in {"", *PAGES} - {DEFAULT_PAGE}:
        return "/"
    return f"/{page}?{parts.query}" if parts.query else f"/{page}"
