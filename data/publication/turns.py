"""How a refresh takes its turn: alone in its home, and with nothing else to look through."""

from __future__ import annotations

import fcntl
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.folding import extracts

#: New objects after which the garbage collector looks for circles among them; 700 is usual.
SELDOM = 100_000


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """The only refresh of a home; the lock falls with the process that holds it."""
    with (extracts.extract_folder(home) / "refresh.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def programs_set_aside() -> Iterator[None]:
    """The garbage collector passes over what is there already: modules, and what they hold; and it
    looks more rarely at what comes.

    Rows that are read wake it again and again, and looking through all modules takes a tenth of a
    second each time; through the small frames of one project's figures, an eighth of their time.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
