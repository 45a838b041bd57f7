"""Whose visit is whose, and who may send files: visits whose user may import, each for a while; and
each person, and all together, up to a number of bytes within an hour.

Streamlit takes any file from anybody who knows a visit's number or makes one up, and keeps it in
memory. So a visit gets a pass when the server has seen, in running a page, that its user may
import; the gate asks for the pass, and takes off what really came, byte by byte. More visits of one
person share one budget.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass
from threading import Lock

#: Bytes that a person may send within an hour: two files of the largest size, and their envelopes.
BUDGET = 42_000_000
#: Bytes that all may send within an hour, so that many people together do not fill the memory.
WHOLE = 250_000_000
HOUR, MINUTE = 3600, 60
#: Seconds that a pass lasts without being renewed.
LASTS = 3600


@dataclass
class Pass:
    until: float
    person: int


_passes: dict[str, Pass] = {}
#: Bytes that came, by minute and by person.
_spent: OrderedDict[int, Counter[int]] = OrderedDict()
#: The sign-in that each visit belongs to, by the hash of what its browser brought.
_visits: OrderedDict[str, str] = OrderedDict()
#: Visits that are remembered; the longest silent are forgotten first.
MOST = 10_000
_lock = Lock()


def grant(visit: str, person: int) -> None:
    """Let a visit of a person send files from now on; what they sent within the hour stays sent."""
    now = time.monotonic()
    with _lock:
        for old in [name for name, held in _passes.items() if held.until < now]:
            del _passes[old]
        _passes[visit] = Pass(now + LASTS, person)


def revoke(visit: str) -> None:
    """Take the pass of a visit back."""
    with _lock:
        _passes.pop(visit, None)


def may_send(visit: str, octets: int) -> bool:
    """Whether a visit has a pass, and room for that many bytes more; none is taken yet."""
    with _lock:
        return _room(visit) >= octets


def spend(visit: str, octets: int) -> bool:
    """Whether a visit may send the bytes that came; they are taken off the budget of its person,
    and where they are too many, the whole rest of it is."""
    with _lock:
        room = _room(visit)
        if room < 0:
            return False
        this = int(time.monotonic() // MINUTE)
        _spent.setdefault(this, Counter())[_passes[visit].person] += min(octets, room)
        return octets <= room


def _room(visit: str) -> int:
    """Bytes that a visit may send more; -1 without a pass."""
    held, now = _passes.get(visit), time.monotonic()
    if held is None or held.until < now:
        return -1
    while _spent and next(iter(_spent)) <= (now - HOUR) // MINUTE:
        _spent.popitem(last=False)
    mine = sum(minute[held.person] for minute in _spent.values())
    everybodys = sum(minute.total() for minute in _spent.values())
    return max(0, min(BUDGET - mine, WHOLE - everybodys))


def is_visit_of(visit: str, brought: str) -> bool:
    """Whether a visit belongs to a sign-in."""
    with _lock:
        return _visits.get(visit) == _hash(brought)


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
