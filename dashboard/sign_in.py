"""How this process knows who looks: by an identity provider, by passwords of ours, or by personas.

Personas are a way to look around the invented portfolio without signing in. They exist only while
nothing in the database was ever real, and this machine alone reaches the server: it listens here,
is known by no other name, and nobody passes requests on to it. The server decides once, at its
start, and refuses to start when neither way is open.
"""

from __future__ import annotations

import ipaddress
import os
import stat
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from data.schema import ROLES

#: A persona for each role, in the order of the roles. The first is shown first.
PERSONAS = ROLES


class Mode(StrEnum):
    PERSONAS = "personas"
    PROVIDER = "provider"
    LOCAL = "local"


class SignInMissing(Exception):
    """Neither personas nor an identity provider may be used. key: the text that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values or ''}".strip())
        self.key = key
        self.values = values


#: What [auth] in secrets.toml must say of an identity provider.
SETTINGS = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
#: Letters of a cookie secret below which it could be guessed.
SECRET_LENGTH = 32
#: Different letters below which it was not made by chance.
SECRET_LETTERS = 8
#: Where the provider sends people back to.
CALLBACK = "/oauth2callback"

#: Set to 1 where people sign in with passwords of ours: a workshop without an identity provider.
LOCAL_VARIABLE = "ARVIOMO_LOCAL_ACCOUNTS"

#: Set to 1 where every request comes over a proxy that ends TLS and says so.
TLS_VARIABLE = "ARVIOMO_TLS_PROXY"

_mode: Mode | None = None
#: Whether what is answered by link here is the player's own, as under ``arviomo demo``.
_played = True


def mode() -> Mode | None:
    """How this process knows who looks; None as long as no server of ours has settled it."""
    return _mode


def use(chosen: Mode, *, played: bool = True) -> None:
    """Settle how this process knows who looks. played: answers by link are the player's own."""
    global _mode, _played  # one decision per process, made by the server at its start
    _mode, _played = chosen, played


def is_played() -> bool:
    """Whether answers by link are the player's own; elsewhere they are real and end the game."""
    return _played


def is_tls_declared() -> bool:
    """Whether the starter says that a proxy ends TLS before every request."""
    return os.environ.get(TLS_VARIABLE) == "1"


def choose(
    *,
    host: str,
    sample_only: bool,
    provider: bool,
    local: bool = False,
    names: Iterable[str] = (),
    tls: bool = False,
) -> Mode:
    """The way to know who looks that this configuration allows; a provider is preferred.

    names: the host names that the server answers to besides. tls: a proxy ends TLS before it.
    Raises: SignInMissing when there are two ways; when passwords would cross a network in clear
    text; when personas would show real data, or be reachable from another machine.
    """
    if provider and local:
        raise SignInMissing("refusal.sign_in_twice", variable=LOCAL_VARIABLE)
    if provider:
        return Mode.PROVIDER
    here_alone = all(is_loopback(name) for name in (host, *names))
    if local:
        if not here_alone and not tls:
            raise SignInMissing("refusal.passwords_in_clear", variable=TLS_VARIABLE)
        return Mode.LOCAL
    if not sample_only:
        raise SignInMissing("refusal.sign_in_missing")
    if not here_alone or tls:
        raise SignInMissing("refusal.sign_in_open_host")
    return Mode.PERSONAS


def is_provider(auth: Mapping[str, object]) -> bool:
    """Whether the section [auth] of secrets.toml names an identity provider.

    Raises: SignInMissing when it does so in part, or with a cookie secret that could be guessed.
    """
    if not auth:
        return False
    missing = [name for name in SETTINGS if not auth.get(name)]
    if missing:
        raise SignInMissing("refusal.sign_in_incomplete", missing=", ".join(missing))
    if len(str(auth["cookie_secret"])) < SECRET_LENGTH:
        raise SignInMissing("refusal.cookie_secret_short", length=SECRET_LENGTH)
    if len(set(str(auth["cookie_secret"]))) < SECRET_LETTERS:
        raise SignInMissing("refusal.cookie_secret_plain")
    for name in ("redirect_uri", "server_metadata_url"):
        if not _is_sheltered(str(auth[name])):
            raise SignInMissing("refusal.sign_in_open_address", name=name)
    if urlsplit(str(auth["redirect_uri"])).path != CALLBACK:
        raise SignInMissing("refusal.sign_in_callback", path=CALLBACK)
    return True


def check_secrets(path: Path) -> None:
    """Raises: SignInMissing where others than the server's user may read or write the secrets."""
    if not path.exists():
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SignInMissing("refusal.secrets_exposed", file=path)


def _is_sheltered(address: str) -> bool:
    """Whether what goes to an address can be read by nobody on the way."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def is_elsewhere(address: str) -> bool:
    """Whether an address that a request comes from is known to be another machine's."""
    try:
        return not ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens at the host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
