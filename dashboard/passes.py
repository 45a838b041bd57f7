"""Who may send files: visits whose user may import, each for a while and up to a number of bytes.

Streamlit takes any file from anybody who knows a visit's number or makes one up, and keeps it in
memory. So a visit gets a pass when the server has seen, in running a page, that its user may
import; the gate asks for the pass.
"""

from __future__ import annotations

import time
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
