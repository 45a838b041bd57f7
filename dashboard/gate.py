"""What is let in and what goes out with every answer: hosts, origins, sign-in, doors, headers.

Streamlit lets any host name, any upload and any reader through, because it is made for trusted
networks. Nobody who is not signed in reaches anything of it: not a page, not a web socket, not a
file. What is open to everybody is a closed list.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import passes
from dashboard.doorway import cookies
from dashboard.doorway.visits import way_to_door

#: Parts of Streamlit that no page of ours uses; some tell of the server without sign-in.
CLOSED = (
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/_stcore/bidi-components",
    "/component/",
    "/app/static/",
    "/auth/",
)
#: What is there for those who are not signed in: the door, what it is drawn with, whether the
#: server lives, and the forms of respondents, who have a link instead.
OPEN = ("/static/", "/assets/", "/s/", "/sign-in/")
OPEN_EXACTLY = frozenset(
    {"/accessibility", "/health", "/sign-in", "/sign-out", "/oauth2callback", "/favicon.ico"}
)
#: Forms of respondents, who may have old browsers; they ask themselves where one was sent from.
ASKS_ITSELF = "/s/"
#: Requests that change nothing.
HARMLESS = ("GET", "HEAD", "OPTIONS")
#: Where Streamlit keeps files that a page of one visit offers.
MEDIA = "/media/"
#: Where files are sent, as ``/_stcore/upload_file/<visit>/<file>``: open to those with a pass.
UPLOADS = "/_stcore/upload_file"
#: Where answers never change under their address, so a browser may keep them.
KEPT = ("/static/", "/assets/")
POLICY = "Content-Security-Policy"

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def content_policy(index: str) -> str:
    """The content security policy for pages made from Streamlit's index.html.

    Scripts come from this server only, but for the inline ones of the index, which are named by
    their hash, so an upgrade of Streamlit changes the policy by itself.
    """
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(index)
    )
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {hashes}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Gate:
    """Refuses strange hosts, strange origins, strangers and closed routes; adds the headers that
    protect.

    may_enter: whether the cookies of a browser let it further than the door. holds: whether the
    visits of that browser were offered a file of Streamlit's, by its address.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: tuple[str, ...],
        policy: str,
        may_enter: Callable[[Mapping[str, str]], bool],
        holds: Callable[[Mapping[str, str], str], bool],
    ) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.may_enter = may_enter
        self.holds = holds
        self.headers = {
            POLICY: policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            "X-Frame-Options": "DENY",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            _drop_weak_cookie(scope)
            if self._is_ours(Headers(scope=scope)) and await self._is_let_in(scope):
                await self.app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._protect(scope, MutableHeaders(scope=message))
            await send(message)

        _drop_weak_cookie(scope)
        answer = self._refusal(scope) or await self._way_out(scope) or self.app
        await answer(scope, receive, send_protected)

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a web socket names a host of ours and comes from a page of that same host."""
        origin = headers.get("origin")
        if not self._is_known(headers.get("host")):
            return False
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return False
        return origin is None or _same_host(origin, headers)

    def _is_known(self, host: str | None) -> bool:
        try:
            name = urlsplit(f"//{host or ''}").hostname
        except ValueError:
            return False
        return (name or "").rstrip(".") in self.hosts

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers, path = Headers(scope=scope), scope["path"]
        if not self._is_known(headers.get("host")):
            return PlainTextResponse("unknown host", 400)
        if path.startswith(CLOSED):
            return PlainTextResponse("not found", 404)
        harmless = scope["method"] in HARMLESS or path.startswith(ASKS_ITSELF)
        if not harmless and not _is_sent_from_here(headers):
            return PlainTextResponse("not permitted", 403)
        return None

    async def _way_out(self, scope: Scope) -> Response | None:
        """What somebody is told who is not signed in, or may not have what they ask for."""
        path = scope["path"]
        if path.startswith(OPEN) or path in OPEN_EXACTLY:
            return None
        if not await self._is_let_in(scope):
            if scope["method"] in ("GET", "HEAD") and _is_page(Headers(scope=scope), path):
                query = scope["query_string"].decode("latin-1")
                return RedirectResponse(way_to_door(path, query), 303)
            return PlainTextResponse("not permitted", 403)
        if path.startswith(UPLOADS) and not _has_pass(scope):
            return PlainTextResponse("not permitted", 403)
        if path.startswith(MEDIA) and not await self._holds(scope):
            return PlainTextResponse("not permitted", 403)
        return None

    async def _is_let_in(self, scope: Scope) -> bool:
        return await run_in_threadpool(self.may_enter, _cookies(scope))

    async def _holds(self, scope: Scope) -> bool:
        return await run_in_threadpool(self.holds, _cookies(scope), scope["path"])

    def _protect(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in self.headers.items():
            # A route may have a policy of its own, as the answering form has, which loads less.
            if name != POLICY or name not in headers:
                headers[name] = value
        if not scope["path"].startswith(KEPT):
            headers["Cache-Control"] = "no-store"
        if scope.get("scheme") == "https":
            headers["Strict-Transport-Security"] = "max-age=31536000"
            cookies = headers.getlist("set-cookie")
            if cookies:
                del headers["set-cookie"]
                for cookie in cookies:
                    safe = cookie if "secure" in cookie.lower() else f"{cookie}; Secure"
                    headers.append("set-cookie", safe)


def _is_sent_from_here(headers: Headers) -> bool:
    """Whether what changes something was sent from a page of ours.

    Our pages tell nobody where they are, so browsers write the origin "null" into their forms,
    and say beside it that it is the same; no page of another site can say so.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin is None or (site is not None and origin == "null"):
        return True
    return _same_host(origin, headers)


def _same_host(origin: str, headers: Headers) -> bool:
    try:
        return urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False


def _is_page(headers: Headers, path: str) -> bool:
    """Whether a browser asks for a page that a person will look at, and not for a part of one."""
    part = path.startswith((MEDIA, UPLOADS, "/_stcore/", "/download/"))
    return not part and headers.get("sec-fetch-mode", "navigate") == "navigate"


def _cookies(scope: Scope) -> dict[str, str]:
    return cookie_parser(Headers(scope=scope).get("cookie", ""))


def _drop_weak_cookie(scope: Scope) -> None:
    """Over TLS only the cookie counts that no neighbouring site can set."""
    if scope.get("scheme") in ("https", "wss"):
        scope["headers"] = [
            (name, _without_weak(value) if name == b"cookie" else value)
            for name, value in scope["headers"]
        ]


def _without_weak(header: bytes) -> bytes:
    weak = f"{cookies.SIGNED_IN}=".encode()
    return b";".join(one for one in header.split(b";") if not one.strip().startswith(weak))


def _has_pass(scope: Scope) -> bool:
    """Whether the visit that a file is sent for has a pass for a file of this length."""
    visit = scope["path"].removeprefix(UPLOADS).strip("/").partition("/")[0]
    length = Headers(scope=scope).get("content-length", "")
    if scope["method"] == "PUT" and not length.isdecimal():
        return False  # what is not said cannot be taken off a budget
    return passes.spend(visit, int(length) if length.isdecimal() else 0)
