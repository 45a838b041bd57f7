"""What an identity provider says of somebody, believed only when everything about it is right.

Authlib makes the request (state, nonce, PKCE) and reads the identity token; what it leaves open is
asked here: for whom the token is, how old, by which key, and whether the answer is of the provider
that was asked and comes once.
"""

from __future__ import annotations

import hashlib
import time
import warnings
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from dashboard.doorway.cookies import AT_THE_DOOR

#: Signatures that are taken; never none, never one made with a secret that we share.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
#: Seconds that an identity token may be old when it is brought, and that clocks may differ.
OLDEST, LEEWAY = 300, 60
#: Letters of an issuer or a subject at most, as the table of users holds them.
LONGEST = 200
#: Sessions whose way out at the provider is kept; the oldest are forgotten first.
REMEMBERED = 5_000
#: What tells that a provider's answer is not to be believed, whatever is wrong with it.
WRONG = (
    httpx.HTTPError,
    httpx.InvalidURL,
    JoseError,
    AttributeError,
    KeyError,
    RuntimeError,
    TypeError,
    ValueError,
)
DISCOVERY = "/.well-known/openid-configuration"
#: Answers that are remembered as brought; more in ten minutes come from nobody who signs in.
MOST_USED = 10_000


class NotProven(Exception):
    """The provider's answer does not prove who somebody is; the message says why, for the log."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a provider knows, by the two names that never change; and the token that said so, which
    ends their session there."""

    issuer: str
    subject: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Return:
    """Somebody who comes back from the provider: who, where they wanted to go, and the code of the
    invitation that they brought, if any."""

    identity: Identity
    place: str
    code: str


def _oauth() -> type:
    """Authlib's client; its word on the future of httpx is for its developers, not for ours."""
    from authlib.deprecate import AuthlibDeprecationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        from authlib.integrations.starlette_client import OAuth
    return OAuth


class Provider:
    """The identity provider of this installation, as [auth] in secrets.toml describes it."""

    def __init__(self, settings: Mapping[str, Any], transport: Any = None) -> None:
        self.redirect_uri = str(settings["redirect_uri"])
        self.metadata_url = str(settings["server_metadata_url"])
        self.client_id = str(settings["client_id"])
        kwargs = {"scope": "openid", "code_challenge_method": "S256", "timeout": 15}
        if transport is not None:
            kwargs["transport"] = transport
        self._client = _oauth()().register(
            "provider",
            client_id=self.client_id,
            client_secret=str(settings["client_secret"]),
            server_metadata_url=self.metadata_url,
            client_kwargs=kwargs,
        )
        self._notes = URLSafeTimedSerializer(str(settings["cookie_secret"]), salt="arviomo-door")
        self._used: OrderedDict[str, float] = OrderedDict()
        self._signed_in: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    async def begin(self, request: Request, place: str, code: str = "") -> tuple[Response, str]:
        """The way to the provider, and what the browser keeps until it is back: sealed, so that
        nobody can write it. place: where the reader wanted to go. code: of an invitation.
        Raises: NotProven."""
        request = _noting(request, {})
        try:
            await self._metadata()
            away = await self._client.authorize_redirect(request, self.redirect_uri)
        except WRONG as wrong:
            raise NotProven(f"the provider cannot be asked: {wrong!r}") from wrong
        return away, self._notes.dumps({"place": place, "code": code, "asked": request.session})

    async def finish(self, request: Request, kept: str) -> Return:
        """Who somebody is, and where they wanted to go. kept: what `begin` gave the browser.

        Raises: NotProven.
        """
        try:
            notes = self._notes.loads(kept, max_age=AT_THE_DOOR)
        except BadData as strange:
            raise NotProven("this browser did not ask, or too long ago") from strange
        request = _noting(request, notes["asked"])
        self._check_answer(request)
        try:
            metadata = await self._metadata()
            self._check_sender(request, metadata)
            options = {
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": self.client_id},
            }
            token = await self._client.authorize_access_token(
                request, claims_options=options, leeway=LEEWAY
            )
            identity = self._identity(token, metadata)
            return Return(identity, str(notes["place"]), str(notes["code"]))
        except WRONG as wrong:
            raise NotProven(f"the provider's answer is refused: {wrong!r}") from wrong
        except Exception as wrong:
            # Authlib's own errors share no class but Exception with anything else.
            if type(wrong).__module__.startswith("authlib."):
                raise NotProven(f"the provider's answer is refused: {wrong!r}") from wrong
            raise

    def remember(self, session: str, identity: Identity) -> None:
        """Keep what ends somebody's session at the provider, for as long as this process lives.

        session: the token of their session here, of which only the hash is kept.
        """
        with self._lock:
            self._signed_in[_hash(session)] = identity.token
            while len(self._signed_in) > REMEMBERED:
                self._signed_in.popitem(last=False)

    async def leave_address(self, back: str, session: str | None = None) -> str | None:
        """Where the reader is signed out at the provider too; None where it has no such place.

        session: the token of the session here, so that the provider knows whose is meant.
        """
        try:
            metadata = await self._metadata()
        except (NotProven, *WRONG):
            return None
        place = metadata.get("end_session_endpoint")
        if not isinstance(place, str):
            return None
        asked = {"client_id": self.client_id, "post_logout_redirect_uri": back}
        with self._lock:
            hint = self._signed_in.pop(_hash(session), None) if session else None
        if hint is not None:
            asked["id_token_hint"] = hint
        return str(httpx.URL(place).copy_merge_params(asked))

    async def _metadata(self) -> dict[str, Any]:
        """What the provider tells of itself. Raises: NotProven, one of WRONG."""
        metadata = await self._client.load_server_metadata()
        issuer = metadata.get("issuer")
        if not isinstance(issuer, str) or f"{issuer.rstrip('/')}{DISCOVERY}" != self.metadata_url:
            # What was told is forgotten, or the next one would be believed without being asked.
            metadata.pop("_loaded_at", None)
            raise NotProven(f"{self.metadata_url} speaks for another issuer: {issuer!r}")
        told = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        taken = [name for name in told if name in ALGORITHMS]
        metadata["id_token_signing_alg_values_supported"] = taken or ["RS256"]
        return metadata

    def _check_answer(self, request: Request) -> None:
        """Raises: NotProven where the state is missing, strange, or was brought before."""
        asked = request.query_params
        if any(len(asked.getlist(name)) > 1 for name in ("code", "state", "iss", "error")):
            raise NotProven("a word of the answer stands twice")
        state = asked.get("state", "")
        known = [name for name in request.session if name.endswith(f"_{state}")]
        if not state or not known:
            raise NotProven("the state is not the one of this browser")
        if not asked.get("code") and not asked.get("error"):
            raise NotProven("there is no code")
        now = time.monotonic()
        with self._lock:
            while self._used and (
                len(self._used) >= MOST_USED or next(iter(self._used.values())) < now - AT_THE_DOOR
            ):
                self._used.popitem(last=False)
            if state in self._used:
                raise NotProven("this answer was brought before")
            self._used[state] = now

    def _check_sender(self, request: Request, metadata: Mapping[str, Any]) -> None:
        """Raises: NotProven where another provider answers than was asked (RFC 9207)."""
        said = request.query_params.get("iss")
        promised = metadata.get("authorization_response_iss_parameter_supported") is True
        if (said is None and promised) or (said is not None and said != metadata["issuer"]):
            raise NotProven(f"the answer is of another provider: {said!r}")

    def _identity(self, token: Mapping[str, Any], metadata: Mapping[str, Any]) -> Identity:
        """Raises: NotProven where the identity token is missing, old, or names nobody."""
        claims = token.get("userinfo")
        if not claims or "id_token" not in token:
            raise NotProven("there is no identity token")
        issued, now = claims.get("iat"), time.time()
        if isinstance(issued, bool) or not isinstance(issued, int | float):
            raise NotProven("the identity token does not say when it was issued")
        if not now - OLDEST - LEEWAY <= issued <= now + LEEWAY:
            raise NotProven("the identity token is old, or of tomorrow")
        if not claims.get("nonce"):
            raise NotProven("the identity token was not made for this request")
        audience = claims.get("aud")
        if audience not in (self.client_id, [self.client_id]):
            raise NotProven(f"the identity token is for others too: {audience!r}")
        issuer, subject = claims.get("iss"), claims.get("sub")
        if issuer != metadata["issuer"]:
            raise NotProven("the identity token is of another issuer")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST or len(issuer) > LONGEST:
            raise NotProven("the identity token names nobody")
        return Identity(issuer, subject, str(token["id_token"]))


def _noting(request: Request, notes: dict[str, Any]) -> Request:
    """The same request with notes of ours in the place where Authlib keeps its own; Streamlit has
    another use for that place."""
    return Request({**request.scope, "session": notes}, request.receive)


def _hash(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
