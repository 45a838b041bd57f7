"""What is let in and what goes out with every answer: hosts, origins, closed doors, headers.

Streamlit lets any host name and any upload through, because it is made for trusted networks.
"""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import passes

#: Parts of Streamlit that no page of ours uses; some tell of the server without sign-in.
CLOSED = (
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/_stcore/bidi-components",
    "/component/",
    "/app/static/",
)
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
    """Refuses strange hosts, strange origins and closed routes; adds the headers that protect."""

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...], policy: str) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.headers = {
            POLICY: policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Frame-Options": "DENY",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if self._is_ours(Headers(scope=scope)):
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

        answer = self._refusal(scope) or self.app
        await answer(scope, receive, send_protected)

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a web socket names a host of ours and comes from a page of that same host."""
        origin = headers.get("origin")
        if not self._is_known(headers.get("host")):
            return False
        return origin is None or urlsplit(origin).netloc == headers.get("host")

    def _is_known(self, host: str | None) -> bool:
        try:
            name = urlsplit(f"//{host or ''}").hostname
        except ValueError:
            return False
        return (name or "").rstrip(".") in self.hosts

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if not self._is_known(Headers(scope=scope).get("host")):
            return PlainTextResponse("unknown host", 400)
        if scope["path"].startswith(CLOSED):
            return PlainTextResponse("not found", 404)
        if scope["path"].startswith(UPLOADS) and not _has_pass(scope):
            return PlainTextResponse("not permitted", 403)
        return None

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


def _has_pass(scope: Scope) -> bool:
    """Whether the visit that a file is sent for has a pass for a file of this length."""
    visit = scope["path"].removeprefix(UPLOADS).strip("/").partition("/")[0]
    length = Headers(scope=scope).get("content-length", "")
    if scope["method"] == "PUT" and not length.isdecimal():
        return False  # what is not said cannot be taken off a budget
    return passes.spend(visit, int(length) if length.isdecimal() else 0)
