"""The addresses of the door: the way in, the way back from the provider, passwords, the way out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import sign_in
from dashboard.answering import misses
from dashboard.doorway import cookies
from dashboard.doorway.cookies import SIGNED_IN, SIGNING_IN
from dashboard.doorway.page import door, language_of
from dashboard.doorway.provider import Identity, NotProven, Provider
from dashboard.doorway.visits import end_session, inside, is_signed_in
from dashboard.truth import engine
from dashboard.wording import say
from data import access, audit, passwords, sessions
from data.database import reading, writing
from data.passwords import Wait

#: Bytes of a form at the door, and hashes of passwords that are worked out at a time.
LARGEST, AT_ONCE = 8_000, 2
#: How the audit names somebody who is not known.
STRANGER = "stranger"

_hashing = anyio.CapacityLimiter(AT_ONCE)
log = logging.getLogger("arviomo.doorway")


def routes(settings: Callable[[], Mapping[str, object]]) -> list[BaseRoute]:
    """The routes of the door. settings: [auth] of secrets.toml, asked when it is first needed."""
    made: list[Provider] = []

    def provider() -> Provider:
        if not made:
            made.append(Provider(settings()))
        return made[0]

    async def show_door(request: Request) -> Response:
        return await _show_door(request)

    async def start(request: Request) -> Response:
        return await _start(request, provider())

    async def finish(request: Request) -> Response:
        return await _finish(request, provider())

    async def leave(request: Request) -> Response:
        known = provider() if sign_in.mode() is sign_in.Mode.PROVIDER else None
        return await _leave(request, known)

    return [
        Route("/sign-in", show_door),
        Route("/sign-in/start", _only(sign_in.Mode.PROVIDER, start)),
        Route("/oauth2callback", _only(sign_in.Mode.PROVIDER, finish)),
        Route("/sign-in/password", _only(sign_in.Mode.LOCAL, check_password), methods=["POST"]),
        Route("/sign-out", leave, methods=["GET", "POST"]),
    ]


def _only(mode: sign_in.Mode, answer: Callable) -> Callable:
    """A route that is there in one mode only; in the others it leads to the door."""

    async def guarded(request: Request) -> Response:
        if sign_in.mode() is not mode:
            return RedirectResponse("/sign-in", 303)
        return await answer(request)

    return guarded


# --- in -----------------------------------------------------------------------------------------


async def _show_door(request: Request, error: str | None = None, status: int = 200) -> Response:
    language, place = language_of(request), inside(request.query_params.get("place", "/"))
    if sign_in.mode() is sign_in.Mode.PERSONAS:
        return RedirectResponse(place, 303)
    heading = say("app.name", language)
    texts = [say("app.purpose", language)]
    if sign_in.mode() is sign_in.Mode.LOCAL:
        return door(
            request, heading, texts, form="password", place=place, error=error, status=status
        )
    start = f"/sign-in/start?{urlencode({'place': place, 'lang': language})}"
    return door(request, heading, texts, link=(start, say("app.sign_in", language)), place=place)


async def _start(request: Request, provider: Provider) -> Response:
    place = inside(request.query_params.get("place", "/"))
    try:
        away, kept = await provider.begin(request, place)
    except NotProven as unproven:
        return await _refuse(request, "provider", unproven)
    cookies.set_cookie(away, SIGNING_IN, kept, secure=_is_secure(request))
    return away


async def _finish(request: Request, provider: Provider) -> Response:
    secure = _is_secure(request)
    kept = request.cookies.get(cookies.named(SIGNING_IN, secure=secure), "")
    try:
        identity, place = await provider.finish(request, kept)
    except NotProven as unproven:
        answer = await _refuse(request, "unproven", unproven)
    else:
        answer = await run_in_threadpool(_admit_identity, request, identity, inside(place))
    cookies.clear_cookie(answer, SIGNING_IN, secure=secure)
    return answer


def _admit_identity(request: Request, identity: Identity, place: str) -> Response:
    with reading(engine()) as connection:
        person = access.person_known(connection, identity.issuer, identity.subject)
    return _admit(request, person, place, identity.subject)


async def check_password(request: Request) -> Response:
    """The page that somebody wanted, for a name and a password of ours."""
    fields = await _posted(request)
    if fields is None:
        return await _show_door(request, status=400)
    language = language_of(request)
    name, password = fields.get("name", ""), fields.get("password", "")
    address = _address(request)
    try:
        person = await anyio.to_thread.run_sync(
            passwords.person_of, engine(), name, password, address, limiter=_hashing
        )
    except Wait as wait:
        minutes = -(-wait.seconds // 60)
        said = await _show_door(request, say("door.wait", language, minutes=minutes), 429)
        said.headers["Retry-After"] = str(wait.seconds)
        return said
    if person is None:
        if misses.count_miss(address) == 0:
            await run_in_threadpool(_note_refusal, "password")
        return await _show_door(request, say("door.wrong", language), 403)
    place = inside(fields.get("place", "/"))
    return await run_in_threadpool(_admit, request, person, place, name)


def _admit(request: Request, person: int | None, place: str, called: str) -> Response:
    """The way to a page with a new session, or polite words for whom nobody has let in."""
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
        return door(request, say("app.name", language), texts, status=403)
    answer = RedirectResponse(place, 303)
    cookies.set_cookie(answer, SIGNED_IN, token, secure=_is_secure(request))
    return answer


async def _refuse(request: Request, why: str, unproven: NotProven) -> Response:
    # The message may hold what a stranger wrote: one line of it, made printable.
    log.warning("sign-in refused: %s", ascii(str(unproven))[:500])
    # Whoever does nothing else would fill the audit with it.
    if misses.count_miss(_address(request)) == 0:
        await run_in_threadpool(_note_refusal, why)
    language = language_of(request)
    status = 503 if why == "provider" else 403
    again = ("/sign-in", say("door.again", language))
    texts = [say(f"door.refused.{why}", language)]
    return door(request, say("door.refused", language), texts, status=status, link=again)


def _note_refusal(why: str) -> None:
    with writing(engine()) as connection:
        audit.record(connection, STRANGER, "sign_in_refused", "user", {"why": why})


# --- out ----------------------------------------------------------------------------------------


async def _leave(request: Request, provider: Provider | None) -> Response:
    """The end of a session by a posted form; by a link only what is over already is tidied up.

    A link on another site can so sign nobody out.
    """
    language, token = language_of(request), cookies.token(request.cookies)
    if request.method == "POST":
        if token is not None:
            await run_in_threadpool(end_session, token)
        answer: Response = RedirectResponse(f"/sign-out?lang={language}", 303)
    elif token is not None and await run_in_threadpool(is_signed_in, request.cookies):
        return door(request, say("app.sign_out", language), [], form="sign_out")
    else:
        answer = await _signed_out(request, provider)
    cookies.clear_cookie(answer, SIGNED_IN, secure=_is_secure(request))
    return answer


async def _signed_out(request: Request, provider: Provider | None) -> Response:
    language = language_of(request)
    link = ("/sign-in", say("app.sign_in", language))
    if provider is not None:
        origin = urlsplit(provider.redirect_uri)
        back = f"{origin.scheme}://{origin.netloc}/sign-in"
        away = await provider.leave_address(back)
        # The provider's own session goes on, and the next one at this computer is let in with it.
        if away is not None and cookies.token(request.cookies):
            return RedirectResponse(away, 303)
    return door(request, say("door.left", language), [], link=link)


# --- what comes in ------------------------------------------------------------------------------


async def _posted(request: Request) -> dict[str, str] | None:
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


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
