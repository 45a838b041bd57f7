"""The real server of a folder's database, started quickly again and again, for tests that kill it.

A process that has imported everything is forked for each start, so a kill strikes the work itself
and not the imports.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from dashboard.navigation import PAGES

SECONDS = 90


def prepared_context() -> multiprocessing.context.ForkServerContext:
    """Processes that have imported the server and its pages already."""
    context = multiprocessing.get_context("forkserver")
    pages = [f"dashboard.app_pages.{page}" for page in PAGES]
    context.set_forkserver_preload(["dashboard.server", "streamlit.web.bootstrap", *pages])
    return context


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def serve(home: Path, port: int, log: Path) -> None:
    """Serve the database of a folder at a port; whatever is said goes into the log."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ["ARVIOMO_HOME"] = str(home)
    os.environ.pop("ARVIOMO_DATABASE", None)
    from dashboard import server

    server.serve(server.open_port("127.0.0.1", port), (), lambda: None, played=True)


@contextmanager
def started(
    context: multiprocessing.context.ForkServerContext, home: Path, port: int, log: Path
) -> Iterator[multiprocessing.Process]:
    """A server that answers; it is killed at the end, if it still runs."""
    process = context.Process(target=serve, args=(home, port, log))
    process.start()
    try:
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline and process.is_alive():
            with suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{port}/health", timeout=5)
                break
            time.sleep(0.02)
        else:
            raise TimeoutError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
        yield process
    finally:
        process.kill()
        process.join()
