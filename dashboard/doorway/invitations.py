"""The page of an invitation: who has the code goes on to the provider with it, or chooses a name
and a password of ours. Looking at the page uses nothing up, so that scanners of mail may look too.
"""

from __future__ import annotations

from urllib.parse import urlencode

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard import sign_in
from dashboard.answering import misses
from dashboard.doorway import admitting
from dashboard.doorway.page import door, language_of
from dashboard.truth import engine
from dashboard.wording import say
from data import passwords
from data.access import LOCAL_ISSUER
from data.database import reading, writing
from data.records.invited import LONGEST, accept_invitation, waiting


class NameTaken(Exception):
    """Somebody else has the name already, or it is none."""


async def welcome(request: Request) -> Response:
    """What somebody sees and does who comes with the code of an invitation."""
    if sign_in.mode() is sign_in.Mode.PERSONAS or admitting.is_in_clear(request):
        return RedirectResponse("/sign-in", 303)
    fields = (await admitting.posted(request) or {}) if request.method == "POST" else {}
    code = (fields.get("code") or request.query_params.get("code", ""))[: admitting.LONGEST_CODE]
    language = language_of(request)
    if not await run_in_threadpool(_leads_somewhere, code):
        wait = misses.count_miss(admitting.address_of(request))
        over = say("door.invited_over", language)
        return door(request, say("app.name", language), [over], status=429 if wait else 404)
    if sign_in.mode() is sign_in.Mode.PROVIDER:
        start = f"/sign-in/start?{urlencode({'code': code, 'lang': language})}"
        words = [say("door.invited_words", language)]
        link = (start, say("app.sign_in", language))
        return door(request, say("door.invited", language), words, link=link, code=code)
    if request.method == "POST":
        return await _choose(request, code, fields)
    return _form(request, code)


def _form(request: Request, code: str, error: str | None = None, status: int = 200) -> Response:
    language = language_of(request)
    words = [say("door.invited_choose", language, shortest=passwords.SHORTEST)]
    heading = say("door.invited", language)
    return door(request, heading, words, form="invited", code=code, error=error, status=status)


async def _choose(request: Request, code: str, fields: dict[str, str]) -> Response:
    """The first page for who has chosen a name and a password; the form again otherwise."""
    language, name = language_of(request), fields.get("name", "").strip()
    if fields.get("password") != fields.get("again"):
        return _form(request, code, say("door.passwords_differ", language), 400)
    try:
        person = await anyio.to_thread.run_sync(
            _accept, code, name, fields.get("password", ""), limiter=admitting.hashing
        )
    except NameTaken:
        return _form(request, code, say("door.wrong_name", language), 400)
    except passwords.WeakPassword:
        weak = say("door.weak_password", language, shortest=passwords.SHORTEST)
        return _form(request, code, weak, 400)
    return (await run_in_threadpool(admitting.admit, request, person, "/", name))[0]


def _accept(code: str, name: str, password: str) -> int:
    """Raises: NameTaken, WeakPassword; then the code can be used again."""
    with writing(engine()) as connection:
        person = None
        if 0 < len(name) <= LONGEST and name.isprintable():
            person = accept_invitation(connection, code, LOCAL_ISSUER, name)
        if person is None:
            raise NameTaken(f"{name!r} is taken, or no name. Another one is needed.")
        passwords.choose_password(connection, person, password)
        return person


def _leads_somewhere(code: str) -> bool:
    with reading(engine()) as connection:
        return waiting(connection, code) is not None
