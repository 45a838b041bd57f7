"""How this process knows who looks: by an identity provider, or by the personas of the sample.

Personas are a way to look around the invented portfolio without signing in. They exist only while
everything in the database is invented and the server listens to this machine alone; the server
decides once, at its start, and refuses to start when neither way is open.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from enum import StrEnum

from data.schema import ROLES

#: A persona for each role, in the order of the roles. The first is shown first.
PERSONAS = ROLES


class Mode(StrEnum):
    PERSONAS = "personas"
    PROVIDER = "provider"


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

_mode = Mode.PROVIDER


def mode() -> Mode:
    """How this process knows who looks; by an identity provider until the server says more."""
    return _mode


def use(chosen: Mode) -> None:
    """Settle how this process knows who looks."""
    global _mode  # one decision per process, made by the server at its start
    _mode = chosen


def choose(*, host: str, sample_only: bool, provider: bool) -> Mode:
    """The way to know who looks that this configuration allows; a provider is preferred.

    Raises: SignInMissing when there is no provider and personas would show real data, or would
    be reachable from another machine.
    """
    if provider:
        return Mode.PROVIDER
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
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens at the host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
