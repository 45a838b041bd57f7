"""The page around Streamlit's screen: its language, its title, its words, its compressed files.

Streamlit ships one index.html in English. We send it in the reader's language, with a small
script that translates Streamlit's own few words (they cannot be set from a page) and tells screen
readers when the page has changed. The words are tied to the pinned version of Streamlit; a test
in a browser fails when they change.
"""

from __future__ import annotations

import gzip
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.session import LANGUAGE, LANGUAGE_COOKIE
from dashboard.wording import say, texts
from survey.text import DEFAULT_LANGUAGE, LANGUAGES

BUNDLE = Path(streamlit.__file__).parent / "static"
ASSETS = Path(__file__).with_name("assets")
#: Addresses that are not pages.
NOT_PAGES = (
    "/static/",
    "/assets/",
    "/media/",
    "/component/",
    "/_stcore/",
    "/auth/",
    "/download/",
    "/s/",
    "/sign-in/",
)
ROUTES = frozenset(
    {"/accessibility", "/health", "/live", "/oauth2callback", "/sign-in", "/sign-out"}
)
YEAR = 365 * 24 * 3600
#: Files of the bundle that are worth compressing; fonts and pictures already are.
PACKED = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
#: The kinds of elements that the first screen of a page is made of, by the names of their scripts.
FIRST_SCREEN = ("Html", "PageLink", "Button", "ButtonGroup", "Selectbox")
_IMPORTS = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')
_HEADINGS = re.compile(r'<link rel="service-desc"[^>]*/>|<!--.*?-->', re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)


def read_index() -> str:
    """Streamlit's index.html as it was installed."""
    return (BUNDLE / "index.html").read_text(encoding="utf-8")


def page_in(language: str, index: str) -> str:
    """The page around the screen in a language, made from Streamlit's index.html."""
    page = _HEADINGS.sub("", index)
    page = page.replace('<html lang="en">', f'<html lang="{language}">', 1)
    page = page.replace("<title>Streamlit</title>", f"<title>{say('app.name', language)}</title>")
    page = page.replace("./favicon.png", "/assets/favicon.svg")
    page = page.replace('href="./', 'href="/').replace('src="./', 'src="/')
    page = _NOSCRIPT.sub(f"<noscript><p>{say('app.needs_script', language)}</p></noscript>", page)
    words = json.dumps(chrome_words(), ensure_ascii=False).replace("<", "\\u003c")
    scripts = (
        '<head><script src="/assets/place.js"></script>'
        f'<script type="application/json" id="arviomo-words">{words}</script>'
        '<script src="/assets/shell.js" defer></script>'
    )
    return page.replace("<head>", f"{scripts}{preloads()}", 1)


@cache
def preloads() -> str:
    """What the browser may fetch while Streamlit starts, as links for the head of the page.

    Streamlit asks for the script of each kind of element when the first one comes; then the figures
    of the first screen wait behind the charts. Asked for early they are there in time.
    """
    scripts = BUNDLE / "static" / "js"
    found: list[str] = []
    waiting = [path.name for kind in FIRST_SCREEN for path in sorted(scripts.glob(f"{kind}.*.js"))]
    while waiting:
        name = waiting.pop(0)
        if name in found or not (scripts / name).is_file():
            continue
        found.append(name)
        # A script names those that it needs at its beginning.
        waiting += _IMPORTS.findall((scripts / name).read_text(encoding="utf-8")[:20_000])
    return "".join(f'<link rel="modulepreload" href="/static/js/{name}">' for name in found)


def chrome_words() -> dict[str, dict[str, str]]:
    """Streamlit's own English words, each in the three languages."""
    return {
        text.en: {language: text.in_language(language) for language in LANGUAGES}
        for key, text in texts().items()
        if key.startswith("chrome.")
    }


class Shell:
    """Answers every address of a page with the page around the screen, in its language."""

    def __init__(self, app: ASGIApp, *, index: str, pages: frozenset[str]) -> None:
        self.app = app
        self.pages = pages
        self.bodies = {language: page_in(language, index).encode() for language in LANGUAGES}
        self.packed = {name: gzip.compress(body, 9) for name, body in self.bodies.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _is_page(scope):
            await self._page(scope)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _page(self, scope: Scope) -> Response:
        headers = Headers(scope=scope)
        asked, kept = _asked_language(scope), _kept_language(headers)
        language = asked or kept or DEFAULT_LANGUAGE
        packed = "gzip" in headers.get("accept-encoding", "")
        response = Response(
            self.packed[language] if packed else self.bodies[language],
            status_code=200 if scope["path"].strip("/") in self.pages else 404,
            media_type="text/html",
            headers={"Vary": "Accept-Encoding, Cookie", "Content-Language": language},
        )
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        if asked and asked != kept:
            response.set_cookie(LANGUAGE_COOKIE, asked, max_age=YEAR, samesite="lax")
        return response


def _is_page(scope: Scope) -> bool:
    path = scope["path"]
    return (
        path not in ROUTES and not path.startswith(NOT_PAGES) and "." not in path.rsplit("/", 1)[-1]
    )


def _asked_language(scope: Scope) -> str | None:
    asked = parse_qs(scope["query_string"].decode("latin-1")).get(LANGUAGE, [""])[0]
    return asked if asked in LANGUAGES else None


def _kept_language(headers: Headers) -> str | None:
    kept = cookie_parser(headers.get("cookie", "")).get(LANGUAGE_COOKIE)
    return kept if kept in LANGUAGES else None


class Bundle:
    """Sends Streamlit's scripts and styles compressed; each is compressed once, when first asked.

    Streamlit sends them as they are, which is most of what a first visit waits for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.files = {
            f"/{path.relative_to(BUNDLE).as_posix()}": path
            for path in (BUNDLE / "static").rglob("*")
            if path.suffix in PACKED
        }
        self.packed: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self.files.get(scope["path"]) if scope["type"] == "http" else None
        accepted = Headers(scope=scope).get("accept-encoding", "") if path else ""
        if path is None or scope["method"] != "GET" or "gzip" not in accepted:
            await self.app(scope, receive, send)
            return
        if scope["path"] not in self.packed:
            self.packed[scope["path"]] = await run_in_threadpool(_pack, path)
        response = Response(
            self.packed[scope["path"]],
            media_type=PACKED[path.suffix],
            headers={
                "Content-Encoding": "gzip",
                "Vary": "Accept-Encoding",
                "Cache-Control": f"public, immutable, max-age={YEAR}",
            },
        )
        await response(scope, receive, send)


def _pack(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 6)
