"""What is let in and what goes out with every answer: hosts, origins, sign-in, doors, headers.

Streamlit lets any host name, any upload and any reader through, because it is made for trusted
networks. Nobody who is not signed in reaches anything of it: not a page, not a web socket, not a
file. What is open to everybody is a closed list.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import passes, sign_in
from dashboard.doorway import cookies
from dashboard.doorway.page import language_of
from dashboard.doorway.visits import way_to_door
from dashboard.sign_in import is_elsewhere
from dashboard.wording import say

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
    {
        "/accessibility",
        "/health",
        "/live",
        "/sign-in",
        "/sign-out",
        "/oauth2callback",
        "/favicon.ico",
    }
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

#: What proxies say of a request that they pass on.
PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")

#: With what a web socket is closed: it is not ours, or nobody can tell just now.
FOREIGN, NOT_NOW = 1008, 1011

log = logging.getLogger("arviomo.gate")

_SLASHES = re.compile(r"/{2,}")
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
            code = await self._refuses_socket(scope)
            if code is None:
                await self.app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": code})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._protect(scope, MutableHeaders(scope=message))
            await send(message)

        _drop_weak_cookie(scope)
        try:
            answer = self._refusal(scope) or await self._way_out(scope)
        except Exception:  # who asks cannot be told, so nobody is let in
            log.exception("the gate cannot tell who asks")
            answer = _refused(scope, "not_now", 503)
        if answer is None and _path(scope).startswith(UPLOADS):
            await _counted(self.app, scope, receive, send_protected)
        else:
            await (answer or self.app)(scope, receive, send_protected)

    async def _refuses_socket(self, scope: Scope) -> int | None:
        """The code with which a web socket is closed; None where it is let in."""
        if not self._is_ours(Headers(scope=scope)) or _is_passed_on(scope):
            return FOREIGN
        try:
            return None if await self._is_let_in(scope) else FOREIGN
        except Exception:
            log.exception("the gate cannot tell who asks")
            return NOT_NOW

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
        headers, path = Headers(scope=scope), _path(scope)
        if not self._is_known(headers.get("host")):
            return _refused(scope, "unknown_host", 400)
        if _is_passed_on(scope):
            return _refused(scope, "sample_here_alone", 403)
        # Two slashes are one for some of those who look at a path and not for others.
        if path.startswith(CLOSED) or _SLASHES.search(scope["path"]):
            return _refused(scope, "not_found", 404)
        harmless = scope["method"] in HARMLESS or path.startswith(ASKS_ITSELF)
        if not harmless and not _is_sent_from_here(headers):
            return _refused(scope, "not_permitted", 403)
        return None

    async def _way_out(self, scope: Scope) -> Response | None:
        """What somebody is told who is not signed in, or may not have what they ask for."""
        path = _path(scope)
        if path.startswith(OPEN) or path in OPEN_EXACTLY:
            return None
        if not await self._is_let_in(scope):
            if scope["method"] in ("GET", "HEAD") and _is_page(Headers(scope=scope), path):
                query = scope["query_string"].decode("latin-1")
                return RedirectResponse(way_to_door(path, query), 303)
            return _refused(scope, "not_permitted", 403)
        if path.startswith(UPLOADS) and not _has_pass(scope):
            return _refused(scope, "not_permitted", 403)
        if path.startswith(MEDIA) and not await self._holds(scope):
            return _refused(scope, "not_permitted", 403)
        return None

    async def _is_let_in(self, scope: Scope) -> bool:
        return await run_in_threadpool(self.may_enter, _cookies(scope))

    async def _holds(self, scope: Scope) -> bool:
        return await run_in_threadpool(self.holds, _cookies(scope), _path(scope))

    def _protect(self, scope: Scope, headers: MutableHeaders) -> None:
        for name, value in self.headers.items():
            # A route may have a policy of its own, as the answering form has, which loads less.
            if name != POLICY or name not in headers:
                headers[name] = value
        if not _path(scope).startswith(KEPT):
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


def _path(scope: Scope) -> str:
    """The path of a request as routes see it: without the prefix that a server may be told to live
    under, so that nothing hides behind one."""
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    inner = path.removeprefix(root) if root and path.startswith(f"{root}/") else path
    return _SLASHES.sub("/", inner)


def _refused(scope: Scope, why: str, status: int) -> PlainTextResponse:
    """A refusal in the reader's language."""
    language = language_of(Request(scope))
    return PlainTextResponse(
        say(f"gate.{why}", language), status, headers={"Content-Language": language}
    )


def _is_passed_on(scope: Scope) -> bool:
    """Whether a request for the sample, which is for this machine alone, comes from elsewhere."""
    if sign_in.mode() is not sign_in.Mode.PERSONAS:
        return False
    headers, client = Headers(scope=scope), scope.get("client")
    return any(name in headers for name in PASSED_ON) or is_elsewhere(client[0] if client else "")


def _has_pass(scope: Scope) -> bool:
    """Whether the visit that a file is sent for is the sender's, and has room for this length."""
    visit, headers = _visit(scope), Headers(scope=scope)
    token, length = cookies.token(_cookies(scope)), headers.get("content-length", "")
    if sign_in.mode() is not sign_in.Mode.PERSONAS and not (
        token and passes.is_visit_of(visit, token)
    ):
        return False
    if scope["method"] != "PUT":
        return passes.may_send(visit, 0)
    # A length that is not said, or said twice, is not the length.
    said = length.isdecimal() and "transfer-encoding" not in headers
    return said and passes.may_send(visit, int(length))


def _visit(scope: Scope) -> str:
    return _path(scope).removeprefix(UPLOADS).strip("/").partition("/")[0]


async def _counted(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The answer to a file that is sent, as long as what really comes stays within the budget."""
    visit, over = _visit(scope), False

    async def receive_counted() -> Message:
        nonlocal over
        message = await receive()
        octets = len(message.get("body", b"")) if message["type"] == "http.request" else 0
        if over or (octets and not passes.spend(visit, octets)):
            over = True
            return {"type": "http.disconnect"}  # as if the sender had gone: nothing of it is kept
        return message

    async def send_unless_over(message: Message) -> None:
        if not over:
            await send(message)

    try:
        await app(scope, receive_counted, send_unless_over)
    except ClientDisconnect:
        if not over:
            raise
    if over:
        await _refused(scope, "too_much", 413)(scope, receive, send)
