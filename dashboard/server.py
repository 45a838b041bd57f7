"""The server: Streamlit's screens beside plain routes, one process, one port.

``arviomo serve`` starts it. ``/health`` answers 200 with the published revision once the pages
can be read, and 503 with the reason before that; ``/live`` answers 200 while the process lives.
"""

from __future__ import annotations

import gc
import logging
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import anyio
import sqlalchemy as sa
import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

from dashboard import (
    accessibility,
    downloads,
    intake_children,
    logs,
    offered,
    options,
    session,
    shell,
    sign_in,
)
from dashboard.answering import drafts
from dashboard.answering import routes as answering
from dashboard.commands.speech import wanted_language
from dashboard.doorway import routes as doorway
from dashboard.doorway.visits import may_enter
from dashboard.gate import Gate, content_policy
from dashboard.navigation import DEFAULT_PAGE, PAGES
from dashboard.truth import engine
from dashboard.unreadable import words as unreadable_words
from dashboard.wording import say
from data import audit, sessions, sheets
from data.database import (
    FORGETFUL_VARIABLE,
    DamagedDatabase,
    ForgetfulDatabase,
    UnmatchedSchema,
    forgetful_settings,
    home,
    reading,
    require_current,
    require_durable,
    require_whole,
)
from data.fieldwork.installation import ExposedSecret
from data.keeping import overwriting
from data.keeping.marks import DamagedMarks
from data.keeping.returned import reapply

SCRIPT = Path(__file__).with_name("app.py")
LOOPBACK = "127.0.0.1"
SWEEP_SECONDS = 300
#: Seconds without an answer after which a web socket is given up.
SOCKET_SECONDS = 20

log = logging.getLogger("arviomo.server")


class NotServed(Exception):
    """The server may not start. key: the text that says why and what to do; values: its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(f"{key} {values or ''}".strip())
        self.key = key
        self.values = values


# --- ready or not -------------------------------------------------------------------------------


def readiness() -> tuple[int, dict[str, Any]]:
    """The status code and body of /health."""
    try:
        with reading(engine()) as connection:
            revision = sheets.latest_revision(connection)
            forgetful = forgetful_settings(connection)
    except sa.exc.DBAPIError:
        log.exception("the published figures cannot be read")
        return 503, {"status": "waiting", "reason": "database does not answer"}
    if revision is None:
        return 503, {"status": "waiting", "reason": "nothing is published"}
    body = {"status": "ready", "revision": revision}
    if overwriting.is_late(home(), datetime.now(UTC).date()):
        body["erasure"] = "unfinished"
    if forgetful:
        # Settings can be switched off under a server that runs.
        body["commits"] = "may be lost in a crash"
    return 200, body


async def health(_request: Request) -> JSONResponse:
    """Whether pages can be read, and which revision they show."""
    code, body = await run_in_threadpool(readiness)
    return JSONResponse(body, code)


async def live(_request: Request) -> JSONResponse:
    """That the process lives, whatever of its data; a supervisor restarts what does not say so."""
    return JSONResponse({"status": "alive"})


# --- the application ----------------------------------------------------------------------------


def application(announce: Callable[[], None] | None = None, *, played: bool = False) -> st.App:
    """The ASGI application. announce is called once, when the first page can be asked for.

    played: answers by link are the player's own (`sign_in.use`).
    """
    return st.App(
        SCRIPT,
        lifespan=_lifespan(announce, played),
        routes=routes(),
        middleware=middleware(tuple(config.get_option("server.allowedHosts"))),
        on_script_error=show_error,
    )


def routes() -> list[BaseRoute]:
    """What answers beside Streamlit's screens."""
    return [
        Route("/health", health),
        Route("/live", live),
        Mount("/assets", StaticFiles(directory=shell.ASSETS)),
        Route(downloads.ROUTE, downloads.download),
        *answering.routes(),
        *doorway.routes(provider_settings),
        *accessibility.routes(accessibility_settings),
    ]


def middleware(hosts: tuple[str, ...]) -> list[Middleware]:
    """What every request passes on its way to a route or a screen, outermost first."""
    index = shell.read_index()
    pages = frozenset({"", *PAGES} - {DEFAULT_PAGE})
    return [
        Middleware(
            Gate,
            hosts=hosts,
            policy=content_policy(index),
            may_enter=may_enter,
            holds=offered.holds,
        ),
        Middleware(logs.Numbered),
        Middleware(shell.Shell, index=index, pages=pages),
        Middleware(shell.Bundle),
    ]


def _lifespan(announce: Callable[[], None] | None, played: bool) -> Callable:
    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        logs.begin()
        try:
            await run_in_threadpool(prepare, played)
        except (NotServed, options.UnsafeOptions) as refused:
            # Whoever starts it otherwise than by our command reads this before the steps.
            print(refusal_words(refused, wanted_language([])), file=sys.stderr, flush=True)
            raise
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_sweep)
            if announce:
                announce()
            try:
                with intake_children.held():
                    yield
            finally:
                tasks.cancel_scope.cancel()

    return lifespan


def refusal_words(refused: NotServed | options.UnsafeOptions, language: str) -> str:
    """Why the server does not start, and what to do."""
    if isinstance(refused, NotServed):
        return say(refused.key, language, **refused.values)
    lines = "\n".join(f"  {line}" for line in refused.wrong)
    return f"{say('refusal.options', language)}\n{lines}"


def prepare(played: bool = False) -> None:
    """Check that the server may start, and do once what the first visitor would wait for.

    Raises: NotServed, options.UnsafeOptions.
    """
    options.check()
    settle_sign_in(config.get_option("server.address") or "", played=played)
    for page in PAGES:
        import_module(f"dashboard.app_pages.{page}")
    # What is imported by now stays until the end; the collector need not look at it again.
    gc.collect()
    gc.freeze()


def settle_sign_in(host: str, *, played: bool = False) -> None:
    """Decide how this process knows who looks, listening at a host. Raises: NotServed."""
    try:
        require_whole(engine())
        require_current(engine())
    except DamagedDatabase as damaged:
        raise NotServed("refusal.database_damaged") from damaged
    except UnmatchedSchema as unmatched:
        raise NotServed(f"refusal.database_{unmatched.code}") from unmatched
    try:
        for name, value in require_durable(engine()).items():
            log.warning("a crash may take what is committed: %s is %s", name, value)
    except ForgetfulDatabase as forgetful:
        told = {"settings": str(forgetful), "variable": FORGETFUL_VARIABLE}
        raise NotServed("refusal.database_forgetful", **told) from forgetful
    try:
        # An older copy may have been put back by hand.
        reapply(engine(), home())
    except (DamagedMarks, ExposedSecret) as unreadable:
        key, values = unreadable_words(unreadable)
        raise NotServed(key, **values) from unreadable
    with reading(engine()) as connection:
        sample_only = session.shows_sample(connection, played=played)
    try:
        for path in secret_files():
            sign_in.check_secrets(path)
        sessions.limits()
        provider = sign_in.is_provider(provider_settings())
        local = os.environ.get(sign_in.LOCAL_VARIABLE) == "1"
        chosen = sign_in.choose(
            host=host,
            sample_only=sample_only,
            provider=provider,
            local=local,
            names=config.get_option("server.allowedHosts"),
            tls=sign_in.is_tls_declared(),
        )
        sign_in.use(chosen, played=played)
    except sign_in.SignInMissing as missing:
        raise NotServed(missing.key, **missing.values) from missing
    except sessions.InvalidLimits as invalid:
        raise NotServed("refusal.session_limits", **invalid.values) from invalid


def secret_files() -> list[Path]:
    """Every file from which this process takes secrets, whether it is there or not."""
    return [Path(path) for path in config.get_option("secrets.files")]


def provider_settings() -> Mapping[str, Any]:
    """The section [auth] of secrets.toml; empty where there is none."""
    return st.secrets.get("auth", {}) if secrets_singleton.load_if_toml_exists() else {}


def accessibility_settings() -> Mapping[str, Any]:
    """The section [accessibility] of secrets.toml: who answers for the installation."""
    return st.secrets.get("accessibility", {}) if secrets_singleton.load_if_toml_exists() else {}


async def _sweep() -> None:
    """Now and then forget forms that were left half-filled, and collect garbage, instead of after
    every run of a page (.streamlit/config)."""
    while True:
        await anyio.sleep(SWEEP_SECONDS)
        drafts.purge()
        await run_in_threadpool(_write_denials)
        await anyio.to_thread.run_sync(gc.collect)


def _write_denials() -> None:
    audit.write_denials(engine())


def show_error(error: Exception) -> bool:
    """Say that something failed, with a number that stands beside the error in the log."""
    number = secrets.token_hex(4)
    log.error("page failed, number %s", number, exc_info=error)
    st.error(say("app.error", session.language(), number=number))
    try:
        audit.write_denials(engine())
    except sa.exc.SQLAlchemyError:  # what was not permitted is written the next time
        log.exception("the audit cannot be written")
    return True


# --- serving ------------------------------------------------------------------------------------


def open_port(host: str, port: int) -> socket.socket:
    """A socket that listens at the host and port. Raises: NotServed when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as taken:
        raise NotServed("refusal.port_taken", host=host, port=port) from taken
    # Who is let in has it from here: without it every small answer waits forty milliseconds for
    # the browser to acknowledge the one before (asyncio sets it on sockets that it opens itself).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def open_usual_or_free_port(host: str, port: int) -> socket.socket:
    """A socket that listens at the port, or at any free one when that is taken."""
    try:
        return open_port(host, port)
    except NotServed:
        return open_port(host, 0)


def serve(
    listener: socket.socket,
    names: tuple[str, ...],
    announce: Callable[[], None],
    *,
    played: bool = False,
) -> None:
    """Serve at a listening socket until stopped. names: host names that people use besides.

    played: answers by link are the player's own (`sign_in.use`).

    Raises: NotServed, options.UnsafeOptions.
    """
    host, port = listener.getsockname()[:2]
    options.load(host, port, names)
    options.check()
    settle_sign_in(host, played=played)
    server = uvicorn.Server(
        uvicorn.Config(
            application(announce, played=played),
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws_max_size=config.get_option("server.maxMessageSize") * 1_000_000,
            ws_ping_interval=SOCKET_SECONDS,
            ws_ping_timeout=SOCKET_SECONDS,
        )
    )
    server.run(sockets=[listener])
