"""How this process knows who looks: by an identity provider, by passwords of ours, or by personas.

Personas are a way to look around the invented portfolio without signing in. They exist only while
everything in the database is invented and the server listens to this machine alone; the server
decides once, at its start, and refuses to start when neither way is open.
"""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Mapping
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

_mode: Mode | None = None


def mode() -> Mode | None:
    """How this process knows who looks; None as long as no server of ours has settled it."""
    return _mode


def use(chosen: Mode) -> None:
    """Settle how this process knows who looks."""
    global _mode  # one decision per process, made by the server at its start
    _mode = chosen


def choose(*, host: str, sample_only: bool, provider: bool, local: bool = False) -> Mode:
    """The way to know who looks that this configuration allows; a provider is preferred.

    Raises: SignInMissing when there are two ways, or no provider and personas would show real
    data, or would be reachable from another machine.
    """
    if provider and local:
        raise SignInMissing("refusal.sign_in_twice", variable=LOCAL_VARIABLE)
    if provider:
        return Mode.PROVIDER
    if local:
        return Mode.LOCAL
    if not sample_only:
        raise SignInMissing("refusal.sign_in_missing")
    if not is_loopback(host):
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


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens at the host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
