"""The addresses of the door: the way in, the way back from the provider, passwords, the way out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import sign_in
from dashboard.answering import misses
from dashboard.doorway import cookies, invitations
from dashboard.doorway.admitting import (
    LONGEST_CODE,
    STRANGER,
    address_of,
    admit,
    hashing,
    is_in_clear,
    is_secure,
    posted,
)
from dashboard.doorway.cookies import SIGNED_IN, SIGNING_IN
from dashboard.doorway.page import door, language_of
from dashboard.doorway.provider import NotProven, Provider, Return
from dashboard.doorway.visits import end_session, inside, is_signed_in
from dashboard.truth import engine
from dashboard.wording import say
from data import access, audit, passwords
from data.database import reading, writing
from data.passwords import Wait
from data.records.invited import accept_invitation

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

    async def welcome(request: Request) -> Response:
        return await invitations.welcome(request)

    async def leave(request: Request) -> Response:
        known = provider() if sign_in.mode() is sign_in.Mode.PROVIDER else None
        return await _leave(request, known)

    return [
        Route("/sign-in", show_door),
        Route("/sign-in/start", _only(sign_in.Mode.PROVIDER, start)),
        Route("/oauth2callback", _only(sign_in.Mode.PROVIDER, finish)),
        Route("/sign-in/invited", welcome, methods=["GET", "POST"]),
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
    if is_in_clear(request):
        return door(request, heading, [say("door.in_clear", language)], status=403)
    if sign_in.mode() is sign_in.Mode.LOCAL:
        return door(
            request, heading, texts, form="password", place=place, error=error, status=status
        )
    start = f"/sign-in/start?{urlencode({'place': place, 'lang': language})}"
    return door(request, heading, texts, link=(start, say("app.sign_in", language)), place=place)


async def _start(request: Request, provider: Provider) -> Response:
    place = inside(request.query_params.get("place", "/"))
    code = request.query_params.get("code", "")[:LONGEST_CODE]
    try:
        away, kept = await provider.begin(request, place, code)
    except NotProven as unproven:
        return await _refuse(request, "provider", unproven)
    cookies.set_cookie(away, SIGNING_IN, kept, secure=is_secure(request))
    return away


async def _finish(request: Request, provider: Provider) -> Response:
    secure = is_secure(request)
    kept = request.cookies.get(cookies.named(SIGNING_IN, secure=secure), "")
    try:
        back = await provider.finish(request, kept)
    except NotProven as unproven:
        answer = await _refuse(request, "unproven", unproven)
    else:
        answer, token = await run_in_threadpool(_admit_identity, request, back)
        if token is not None:
            provider.remember(token, back.identity)
    cookies.clear_cookie(answer, SIGNING_IN, secure=secure)
    return answer


def _admit_identity(request: Request, back: Return) -> tuple[Response, str | None]:
    who = (back.identity.issuer, back.identity.subject)
    with reading(engine()) as connection:
        person = access.person_known(connection, *who)
    if person is None and back.code:
        with writing(engine()) as connection:
            person = accept_invitation(connection, back.code, *who)
    return admit(request, person, inside(back.place), back.identity.subject)


async def check_password(request: Request) -> Response:
    """The page that somebody wanted, for a name and a password of ours."""
    fields = None if is_in_clear(request) else await posted(request)
    if fields is None:
        return await _show_door(request, status=400)
    language = language_of(request)
    name, password = fields.get("name", ""), fields.get("password", "")
    address = address_of(request)
    try:
        person = await anyio.to_thread.run_sync(
            passwords.person_of, engine(), name, password, address, limiter=hashing
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
    return (await run_in_threadpool(admit, request, person, place, name))[0]


async def _refuse(request: Request, why: str, unproven: NotProven) -> Response:
    # The message may hold what a stranger wrote: one line of it, made printable.
    log.warning("sign-in refused: %s", ascii(str(unproven))[:500])
    # Whoever does nothing else would fill the audit with it.
    if misses.count_miss(address_of(request)) == 0:
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

    A link on another site can so sign nobody out. The provider's own session goes on otherwise,
    and lets the next one at this computer in: so the way goes on to where it ends.
    """
    language, token = language_of(request), cookies.token(request.cookies)
    if request.method == "POST":
        if token is not None:
            await run_in_threadpool(end_session, token)
    elif token is not None and await run_in_threadpool(is_signed_in, request.cookies):
        return door(request, say("app.sign_out", language), [], form="sign_out")
    away = await _away(provider, token) if token is not None else None
    if away is None and request.method == "POST":
        answer: Response = RedirectResponse(f"/sign-out?lang={language}", 303)
    elif away is None:
        link = ("/sign-in", say("app.sign_in", language))
        answer = door(request, say("door.left", language), [], link=link)
    elif request.method == "POST":
        # Browsers let a form of ours lead to no other site, so the page leads there.
        there, texts = say("door.leave_there", language), [say("door.left_here", language)]
        heading = say("door.left", language)
        answer = door(request, heading, texts, link=(away, there), onward=True)
    else:
        answer = RedirectResponse(away, 303)
    cookies.clear_cookie(answer, SIGNED_IN, secure=is_secure(request))
    return answer


async def _away(provider: Provider | None, token: str) -> str | None:
    if provider is None:
        return None
    origin = urlsplit(provider.redirect_uri)
    return await provider.leave_address(f"{origin.scheme}://{origin.netloc}/sign-in", token)
