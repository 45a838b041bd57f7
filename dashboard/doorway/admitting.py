"""Letting somebody in at the door, and what the door reads of a request."""

from __future__ import annotations

from urllib.parse import parse_qsl

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard import sign_in
from dashboard.doorway import cookies
from dashboard.doorway.cookies import SIGNED_IN
from dashboard.doorway.page import door, language_of
from dashboard.truth import engine
from dashboard.wording import say
from data import access, audit, sessions
from data.database import writing

#: Bytes of a form at the door, and hashes of passwords that are worked out at a time.
LARGEST, AT_ONCE = 8_000, 2
#: Letters of an invitation's code that are looked at.
LONGEST_CODE = 100
#: How the audit names somebody who is not known.
STRANGER = "stranger"

hashing = anyio.CapacityLimiter(AT_ONCE)


def admit(
    request: Request, person: int | None, place: str, called: str
) -> tuple[Response, str | None]:
    """The way to a page with a new session and its token, or polite words for whom nobody has let
    in, and none."""
    with writing(engine()) as connection:
        user = None if person is None else access.user_numbered(connection, person)
        if user is None:
            subject = "user" if person is None else f"user:{person}"
            audit.record(connection, STRANGER, "sign_in_refused", subject, {"why": "no role"})
            token = None
        else:
            if earlier := cookies.token(request.cookies):
                sessions.end(connection, earlier)
            token = sessions.begin(connection, user.id)
            audit.record(connection, user, "sign_in", f"user:{user.id}")
    if token is None:
        language = language_of(request)
        texts = [say("app.no_role", language), say("door.called", language, subject=called)]
        return door(request, say("app.name", language), texts, status=403), None
    answer = RedirectResponse(place, 303)
    cookies.set_cookie(answer, SIGNED_IN, token, secure=is_secure(request))
    return answer, token


async def posted(request: Request) -> dict[str, str] | None:
    """The fields of a posted form; None for more than the door's form can hold."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=10))
    except ValueError:
        return None


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def is_in_clear(request: Request) -> bool:
    """Whether a password would come in clear text although a proxy was to end TLS before it."""
    local = sign_in.mode() is sign_in.Mode.LOCAL
    return local and sign_in.is_tls_declared() and not is_secure(request)


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
