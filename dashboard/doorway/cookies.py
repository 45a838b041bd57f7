"""The two cookies of the door: one says who is signed in, one lives while somebody signs in.

Over TLS their names begin with ``__Host-``: no other site of the same domain can set them, and
browsers take them only with Secure and for this host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.responses import Response

SIGNED_IN, SIGNING_IN = "arviomo_session", "arviomo_door"
HOST = "__Host-"
#: Seconds that somebody may take at the identity provider.
AT_THE_DOOR = 600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def token(cookies: Mapping[str, str]) -> str | None:
    """The token of a session that a browser brings; None where it brings nothing like one.

    The gate has taken the name without ``__Host-`` away from what came over TLS.
    """
    brought = cookies.get(f"{HOST}{SIGNED_IN}") or cookies.get(SIGNED_IN) or ""
    return brought if _TOKEN.fullmatch(brought) else None


def named(name: str, *, secure: bool) -> str:
    """The name of a cookie as it is over TLS, or without."""
    return f"{HOST}{name}" if secure else name


def set_cookie(response: Response, name: str, value: str, *, secure: bool) -> None:
    """Let the browser keep a cookie: for this visit, or while somebody signs in."""
    response.set_cookie(
        named(name, secure=secure),
        value,
        max_age=AT_THE_DOOR if name == SIGNING_IN else None,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, name: str, *, secure: bool) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(
        named(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )
