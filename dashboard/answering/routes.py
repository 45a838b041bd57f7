"""The addresses of answering: ``/s/<token>`` and its receipt, for anybody who has the link.

Requests are bounded before anything is read from them, and what goes out is kept by nobody: not
by browsers, not by search engines, and no token stands in any log of ours.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from typing import ParamSpec
from urllib.parse import parse_qsl, urlsplit

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.answering import drafts, misses, receipts, visits
from dashboard.answering.other_pages import plain_page
from dashboard.answering.outcome import Browser, Outcome
from dashboard.answering.page import POLICY
from dashboard.answering.steps import LANGUAGE
from survey.text import DEFAULT_LANGUAGE, LANGUAGES

#: The largest form, in bytes, and its fields: the longest questionnaire and what is ours.
LARGEST = 256_000
FIELDS = 2_050
#: Seconds within which a form has arrived, also over a slow line.
ARRIVAL = 60
#: Threads that answer at a time, so that the pages of the staff keep theirs.
THREADS = 12

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
#: The only cookies, both strictly necessary: one by which the browser finds the form that is
#: half-filled in it, one by which it is shown the receipt of what was just sent from it.
DRAFT, RECEIPT = "arviomo_form", "arviomo_receipt"
_FORM = "application/x-www-form-urlencoded"
#: What mail programs and people leave at the end of an address.
_TRAIL = re.compile(r"^([A-Za-z0-9_-]{43})[/.,;:!?)>\]'\"]+$", re.ASCII)

_RANDOM = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
LONGEST_KEY = 200

_threads = anyio.CapacityLimiter(THREADS)
log = logging.getLogger("arviomo.answering")

P = ParamSpec("P")


class Refused(Exception):
    """A request that is not read. status: its code; page: the text that says why."""

    def __init__(self, status: int, page: str) -> None:
        super().__init__(page)
        self.status = status
        self.page = page


def routes() -> list[BaseRoute]:
    """The routes of answering; whatever else begins with /s/ is a link that does not work."""
    return [
        Route("/s/{token}/receipt", receipt, methods=["GET", "POST"]),
        Route("/s/{token}", form, methods=["GET", "POST"]),
        Route("/s/{rest:path}", astray, methods=["GET", "POST"]),
    ]


async def form(request: Request) -> Response:
    """The form that a link leads to, or where its posted page leads."""
    token = request.path_params["token"]
    if trailed := _TRAIL.fullmatch(token):
        return _answer(Outcome(303, address=f"/s/{trailed[1]}"))
    if request.method != "POST":
        asked = dict(request.query_params)
        return await _settle(request, visits.open_link, token, asked, browser(request))
    return await _post(request, visits.post)


async def receipt(request: Request) -> Response:
    """Thanks, later what was done because of the answers, and the way to take them back."""
    if request.method == "POST":
        return await _post(request, visits.post_receipt)
    token, asked = request.path_params["token"], dict(request.query_params)
    return await _settle(request, visits.open_receipt, token, asked, browser(request))


async def _post(request: Request, visit: Callable[..., Outcome]) -> Response:
    """Where a posted page leads, once it was read."""
    try:
        fields = await _posted(request)
    except Refused as refused:
        language = spoken(request)
        return _answer(Outcome(refused.status, plain_page(refused.page, language), language))
    return await _settle(request, visit, request.path_params["token"], fields, browser(request))


async def astray(request: Request) -> Response:
    """An address below /s/ that is no link."""
    if trailed := _TRAIL.fullmatch(request.path_params["rest"]):
        return _answer(Outcome(303, address=f"/s/{trailed[1]}"))
    return await _settle(request, visits.open_link, "", {}, browser(request))


# --- what comes in ------------------------------------------------------------------------------


def browser(request: Request) -> Browser:
    """What the browser brings to a visit; cookies that are not written as ours are none."""
    draft, key = (request.cookies.get(name, "") for name in (DRAFT, RECEIPT))
    return Browser(
        tuple(wishes(request)),
        draft if _RANDOM.fullmatch(draft) else "",
        key if len(key) <= LONGEST_KEY else "",
        f"{request.url.scheme}://{request.headers.get('host', '')}",
    )


def wishes(request: Request) -> list[str]:
    """The languages that a visitor asked for, and then those that the browser says are read."""
    asked = request.query_params.get(LANGUAGE, "")
    told = request.headers.get("accept-language", "")[:200].lower().split(",")
    ranked = sorted((_weight(part), -place, part) for place, part in enumerate(told))
    read = [part.split(";")[0].strip()[:2] for _, _, part in reversed(ranked)]
    return [code for code in (asked, *read) if code in LANGUAGES]


def spoken(request: Request) -> str:
    """The language in which somebody is told that a request was not read."""
    return next(iter(wishes(request)), DEFAULT_LANGUAGE)


def _weight(part: str) -> float:
    found = re.search(r"q=([01](?:\.\d{1,3})?)", part)
    return float(found[1]) if found else 1.0


async def _posted(request: Request) -> dict[str, str]:
    """The fields of a posted form. Raises: Refused before more is read than a form can have."""
    if _is_from_elsewhere(request):
        raise Refused(403, "strange")
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != _FORM:
        raise Refused(415, "strange")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > LARGEST:
        raise Refused(413, "large")
    body = bytearray()
    try:
        with anyio.fail_after(ARRIVAL):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST:
                    raise Refused(413, "large")
    except (TimeoutError, ClientDisconnect) as lost:
        raise Refused(408, "slow") from lost
    try:
        said = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS
        )
    except ValueError as crowded:
        raise Refused(413, "large") from crowded
    return dict(said)


def _is_from_elsewhere(request: Request) -> bool:
    """Whether a form was sent from a page of another site.

    Browsers of today say so. As our pages tell nobody where they are (Referrer-Policy), older
    ones send the origin "null" or none from our own pages too; a form carries no sign-in, so what
    they send is taken.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.headers.get("host")


# --- what goes out ------------------------------------------------------------------------------


async def _settle(
    request: Request, visit: Callable[P, Outcome], *args: P.args, **kwargs: P.kwargs
) -> Response:
    """The answer to a visit, decided in a thread; a failure is told with the number in the log."""
    language = spoken(request)
    try:
        outcome = await anyio.to_thread.run_sync(lambda: visit(*args, **kwargs), limiter=_threads)
    except Exception:
        number = secrets.token_hex(4)
        log.exception("answering failed, number %s", number)
        page = plain_page("failed", language, number=number)
        return _answer(Outcome(503, page, language))
    wait = misses.count_miss(_address(request)) if outcome.miss else 0
    if wait:
        language = outcome.language
        answer = _answer(Outcome(429, plain_page("too_many", language), language))
        answer.headers["Retry-After"] = str(wait)
        return answer
    answer = _answer(outcome)
    _tell(answer, request, outcome)
    return answer


def _address(request: Request) -> str:
    """Whom a request comes from; behind a proxy, what the proxy says (uvicorn reads that)."""
    return request.client.host if request.client else ""


def _answer(outcome: Outcome) -> Response:
    headers = HEADERS | {"Content-Language": outcome.language}
    if outcome.forget:
        headers["Clear-Site-Data"] = '"cache"'
    if outcome.address:
        return RedirectResponse(outcome.address, outcome.status, headers=headers)
    return HTMLResponse(outcome.page, outcome.status, headers=headers)


def _tell(answer: Response, request: Request, outcome: Outcome) -> None:
    """Lets the browser keep what belongs to a link, for a while and for no script, or drop it."""
    token = request.path_params.get("token", "")
    if not _RANDOM.fullmatch(token):
        return
    link = f"/s/{token}"
    told = (
        (DRAFT, outcome.draft, link, drafts.LASTS),
        (RECEIPT, outcome.receipt, f"{link}/receipt", receipts.LASTS),
    )
    for name, said, path, lasts in told:
        if said is not None:
            answer.set_cookie(
                name,
                said,
                max_age=lasts if said else 0,
                path=path,
                secure=request.url.scheme == "https",
                httponly=True,
                samesite="strict",
            )
