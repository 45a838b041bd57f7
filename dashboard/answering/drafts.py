"""Answers on their way, so that the browser's own back button finds them: in memory, for a while.

Every page of the form carries the answers of the others, so nobody depends on what is kept here:
where it is lost, by a restart or to make room, only going back in the browser begins anew. What is
kept is forgotten as soon as the answers are sent or given up, is never written to a disk, and is
found only with the link and the form's own random number.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

#: Seconds after its last page that a form is kept, and how many letters of forms are kept at once.
LASTS, MOST = 3_600, 32_000_000

_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Kept:
    form: Mapping[str, str]
    size: int
    until: float


_kept: OrderedDict[bytes, Kept] = OrderedDict()
_total = [0]
_lock = Lock()


def keep(token: str, submission: str, form: Mapping[str, str]) -> None:
    """Keeps a form as it stands; the longest untouched are forgotten first."""
    name, now = _hashed(token, submission), time.monotonic()
    size = sum(len(field) + len(said) for field, said in form.items())
    with _lock:
        _drop(name)
        _kept[name] = Kept(dict(form), size, now + LASTS)
        _total[0] += size
        while _total[0] > MOST or next(iter(_kept.values())).until < now:
            _drop(next(iter(_kept)))


def find(token: str, submission: str) -> Mapping[str, str] | None:
    """A form as it stood; None where it is not kept (any more)."""
    with _lock:
        found = _kept.get(_hashed(token, submission))
    return found.form if found and found.until >= time.monotonic() else None


def forget(token: str, submission: str) -> None:
    """Forgets a form: its answers were sent, or given up."""
    with _lock:
        _drop(_hashed(token, submission))


def _drop(name: bytes) -> None:
    if (found := _kept.pop(name, None)) is not None:
        _total[0] -= found.size


def _hashed(token: str, submission: str) -> bytes:
    return hashlib.blake2b(f"{token} {submission}".encode(), key=_KEY, digest_size=16).digest()
