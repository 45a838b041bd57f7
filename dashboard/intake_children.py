"""The child processes of the data room: one is started ahead while somebody may need it.

A server holds one (`held`); other processes start a child when they need it. A child does one
request, so nothing of one request is left for the next.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from dashboard.intake_ahead import PATIENCE

#: So many seconds before its patience ends, a child that waits is not asked any more.
MARGIN = 30
AT_ONCE, AHEAD = "dashboard.intake_worker", "dashboard.intake_ahead"


class Ahead(NamedTuple):
    """A child that waits, when it was started, and the surroundings that it was started in."""

    child: subprocess.Popen[str]
    since: float
    surroundings: tuple[str, dict[str, str]]

    @property
    def waits(self) -> bool:
        """Whether it can still be asked: it lives, will for a while, and would do the same work as
        one that is started now."""
        young = time.monotonic() - self.since < PATIENCE - MARGIN
        return young and self.surroundings == _surroundings() and self.child.poll() is None


_lock = threading.Lock()
_holding = False
_ahead: Ahead | None = None


@contextmanager
def held() -> Iterator[None]:
    """A server that may start children ahead; the one that waits goes with it."""
    global _holding
    _holding = True
    try:
        yield
    finally:
        _holding = False
        with _lock:
            _drop()


def prepare() -> None:
    """A child waits from now on, where this process is a server that holds one."""
    global _ahead
    if not _holding:
        return
    with _lock:
        if _ahead is None or not _ahead.waits:
            _drop()
            _ahead = Ahead(start(AHEAD), time.monotonic(), _surroundings())


def child() -> subprocess.Popen[str]:
    """A child that has not been asked anything: the one that waits, or a new one."""
    global _ahead
    with _lock:
        if _ahead is not None and _ahead.waits:
            taken, _ahead = _ahead.child, None
            return taken
    return start(AT_ONCE)


def start(module: str) -> subprocess.Popen[str]:
    """A new child process that runs a module, and takes its request on standard input."""
    return subprocess.Popen(  # noqa: S603 - one of two modules of ours, named above
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def _drop() -> None:
    """Nothing; the child that waits is ended."""
    global _ahead
    if _ahead is not None:
        with _ahead.child as child:
            child.kill()
        _ahead = None


def _surroundings() -> tuple[str, dict[str, str]]:
    return str(Path.cwd()), dict(os.environ)
