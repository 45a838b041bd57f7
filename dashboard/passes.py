"""Whose visit is whose, and who may send files: visits whose user may import, each for a while and
up to a number of bytes.

Streamlit takes any file from anybody who knows a visit's number or makes one up, and keeps it in
memory. So a visit gets a pass when the server has seen, in running a page, that its user may
import; the gate asks for the pass.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

#: Bytes that a visit may send on one pass, and the seconds that a pass lasts without being renewed.
BUDGET = 100_000_000
LASTS = 3600


@dataclass
class Pass:
    until: float
    left: int


_passes: dict[str, Pass] = {}
#: The sign-in that each visit belongs to, by the hash of what its browser brought.
_visits: OrderedDict[str, str] = OrderedDict()
#: Visits that are remembered; the longest silent are forgotten first.
MOST = 10_000
_lock = Lock()


def grant(visit: str) -> None:
    """Let a visit send files from now on; a pass that lasts is made longer, its budget is kept."""
    now = time.monotonic()
    with _lock:
        for old in [name for name, held in _passes.items() if held.until < now]:
            del _passes[old]
        held = _passes.setdefault(visit, Pass(now + LASTS, BUDGET))
        held.until = now + LASTS


def revoke(visit: str) -> None:
    """Take the pass of a visit back."""
    with _lock:
        _passes.pop(visit, None)


def spend(visit: str, octets: int) -> bool:
    """Whether a visit may send that many bytes more; they are taken off its budget."""
    with _lock:
        held = _passes.get(visit)
        if held is None or held.until < time.monotonic() or held.left < octets:
            return False
        held.left -= octets
        return True


def belong(visit: str, brought: str) -> None:
    """A visit belongs to the sign-in that its browser brought."""
    with _lock:
        _visits[visit] = _hash(brought)
        _visits.move_to_end(visit)
        while len(_visits) > MOST:
            _visits.popitem(last=False)


def visits_of(brought: str) -> frozenset[str]:
    """The visits that belong to a sign-in."""
    mine = _hash(brought)
    with _lock:
        return frozenset(visit for visit, whose in _visits.items() if whose == mine)


def _hash(brought: str) -> str:
    return hashlib.sha256(brought.encode()).hexdigest()
