"""Files for one person's eyes: kept in memory for a while, handed only to the browser they are for.

Streamlit's own download addresses are open to whoever knows them. Here the address is as hard to
guess, and besides the request must bring the sign-in of the page that offered the file, and its
person must still have the right to it: whoever has the address alone, has signed out, is signed in
as somebody else or is let in no longer, finds nothing.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

import anyio
import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard import sign_in
from dashboard.doorway import cookies as door
from dashboard.doorway.page import language_of
from dashboard.truth import engine
from dashboard.wording import say
from data import access, audit
from data.access import User
from data.database import reading, writing
from data.permissions import Kind, Verb

ROUTE = "/download/{ticket}/{name}"
#: Seconds that a file is kept, and how many are kept at once.
LASTS, MOST = 900, 500
#: The cookie that tells readers of the sample from each other.
VISITOR = "_streamlit_xsrf"
#: Every name ends with the fingerprint of what is in the file, so that no two are taken for one.
_NAME = re.compile(
    r"[a-z0-9-]{1,140}-([0-9a-f]{32}|[0-9a-f]{64})\.(csv|jpeg|json|pdf|png|svg|xlsx|xml|zip)"
)
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jpeg": "image/jpeg",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "zip": "application/zip",
}
#: What is read for a person when they fetch it; None where they may not have it, or it is gone.
Read = Callable[[sa.Connection, User], bytes | None]


@dataclass(frozen=True, slots=True)
class Offer:
    read: Read
    name: str
    browser: str
    person: int
    until: float


_offers: dict[str, Offer] = {}
_lock = Lock()


def offer(
    content: bytes, name: str, cookies: Mapping[str, str], person: User, project: int
) -> str | None:
    """The address at which a person finds a file on what is asked in a project, in the browser with
    the cookies, for a quarter of an hour. name: the fingerprint of the content is put into it.

    Missing: None for a browser that does not say who it is. Raises: ValueError for another name
    than small letters, digits and hyphens before an ending of MEDIA_TYPES.
    """
    beginning, _, ending = name.rpartition(".")

    def read(_connection: sa.Connection, user: User) -> bytes | None:
        return content if access.can(user, Verb.ASK, Kind.COLLECTION, project) else None

    return offer_to_read(read, f"{beginning}-{fingerprint(content)}.{ending}", cookies, person)


def offer_to_read(read: Read, name: str, cookies: Mapping[str, str], person: User) -> str | None:
    """The same of a file that is read, and whose reader is asked for their right to it, when it
    is fetched. name: with the fingerprint of what it is made of. Missing, Raises: as of `offer`."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name}: a file for download is named like links-12-<fingerprint>.csv")
    browser = _browser(cookies)
    if browser is None:
        return None
    ticket, now = secrets.token_urlsafe(32), time.monotonic()
    with _lock:
        for old in [key for key, kept in _offers.items() if kept.until < now]:
            del _offers[old]
        # A page that runs again offers the same file at the same address.
        ticket = next((k for k, o in _offers.items() if _is_of(o, name, browser, person)), ticket)
        _offers.pop(ticket, None)
        while len(_offers) >= MOST:
            _offers.pop(next(iter(_offers)))
        _offers[ticket] = Offer(read, name, browser, person.id, now + LASTS)
    return f"/download/{ticket}/{name}"


def _is_of(kept: Offer, name: str, browser: str, person: User) -> bool:
    return (kept.name, kept.browser, kept.person) == (name, browser, person.id)


def fingerprint(*parts: bytes | str) -> str:
    """What a file is made of, as letters for its name: an older file is told from a newer one."""
    said = hashlib.sha256()
    for part in parts:
        piece = part.encode() if isinstance(part, str) else part
        said.update(len(piece).to_bytes(8) + piece)
    return said.hexdigest()[:32]


async def download(request: Request) -> Response:
    """The offered file as an attachment; the same "not found" for everything else."""
    found = _offers.get(request.path_params["ticket"])
    browser = _browser(request.cookies)
    if (
        found is None
        or browser is None
        or found.until < time.monotonic()
        or found.name != request.path_params["name"]
        or not secrets.compare_digest(found.browser, browser)
        or (content := await anyio.to_thread.run_sync(_content, found)) is None
    ):
        return PlainTextResponse(say("gate.not_found", language_of(request)), 404)
    return Response(
        content,
        media_type=MEDIA_TYPES[found.name.rpartition(".")[2]],
        headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
    )


def _content(found: Offer) -> bytes | None:
    """The file, where its person may have it with the rights that they have now."""
    with reading(engine()) as connection:
        user = access.user_numbered(connection, found.person)
        content = None if user is None else found.read(connection, user)
    with writing(engine()) as connection:
        who = user or access.actor(connection, found.person)
        if content is None:
            audit.record(connection, who, "denied", f"file:{found.name}")
        else:
            told = {"sha256": hashlib.sha256(content).hexdigest()}
            audit.record(connection, who, "download", f"file:{found.name}", told)
    return content


def _browser(cookies: Mapping[str, str]) -> str | None:
    """What tells one browser's sign-in from another's; a hash, so that no cookie is kept."""
    said = door.token(cookies)
    if said is None and sign_in.mode() is sign_in.Mode.PERSONAS:
        said = cookies.get(VISITOR)
    return hashlib.sha256(said.encode()).hexdigest() if said else None
