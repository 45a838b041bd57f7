"""The Streamlit options of the server: read from our file, checked before anybody is let in.

Streamlit takes options from several files, from the environment and from flags, and which of them
count depends on how it was started. So the server checks the options that are in force.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from streamlit import config

OPTIONS_FILE = Path(__file__).parents[1] / ".streamlit" / "config.toml"

#: What an option must be: anything else shows people what they must not see, or tells others of
#: them.
REQUIRED: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "global.developmentMode": False,
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    # Doors are known by their path: under a prefix they would be others.
    "server.baseUrlPath": "",
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
}
#: Options that may be smaller, never larger: each bounds the memory that one visitor can take.
AT_MOST = {"server.maxUploadSize": 20, "server.maxMessageSize": 50, "server.maxWidgetStateSize": 2}


class UnsafeOptions(Exception):
    """Options in force that may not be. wrong: lines of ``option = value (must be …)``."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__("; ".join(wrong))
        self.wrong = wrong


def load(host: str, port: int, names: tuple[str, ...] = ()) -> None:
    """Put our options in force, for a server at a host and port that people know by the names."""
    from streamlit.web import bootstrap

    chosen = dict(_flat(tomllib.loads(OPTIONS_FILE.read_text(encoding="utf-8"))))
    chosen["server.address"], chosen["server.port"] = host, port
    chosen["server.allowedHosts"] = [*chosen["server.allowedHosts"], host, *names]
    bootstrap.load_config_options(chosen)


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def check() -> None:
    """Raises: UnsafeOptions naming every option in force that may not be."""
    wrong = [
        f"{option} = {config.get_option(option)!r} (must be {value!r})"
        for option, value in REQUIRED.items()
        if config.get_option(option) != value
    ]
    wrong += [
        f"{option} = {config.get_option(option)} (at most {limit})"
        for option, limit in AT_MOST.items()
        if config.get_option(option) > limit
    ]
    hosts = config.get_option("server.allowedHosts")
    if not hosts or any("*" in host for host in hosts):
        wrong.append(f"server.allowedHosts = {hosts!r} (must name the hosts, without *)")
    if config.get_option("server.trustedUserHeaders"):
        wrong.append("server.trustedUserHeaders is set (must be empty)")
    if wrong:
        raise UnsafeOptions(wrong)
