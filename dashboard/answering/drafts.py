"""Answers on their way, so that the browser's own buttons find them: in memory, for a while.

Every page of the form carries the answers of the others, so nobody depends on what is kept here:
where it is not, because the server was started again, a browser takes no cookies or there is no
room, the form goes on without addresses of its own. What is kept is forgotten as soon as the
answers are sent or given up, is never written to a disk, and is found only with the link and the
random id that stands in one browser's cookie.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

#: Seconds after its last page that a form is kept.
LASTS = 3_600
#: How many forms are kept at once, and how many bytes of memory they may take together. Where
#: there is no room a form is not kept, so that a flood takes nobody's answers away.
MOST, MOST_BYTES = 10_000, 64_000_000
#: Bytes that a form takes besides its text: its name, its entry and its place in the order.
BESIDES = 400

_KEY = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True)
class Kept:
    form: bytes
    size: int
    until: float


#: Both in the order in which they end: what is kept anew goes to the end.
_kept: OrderedDict[bytes, Kept] = OrderedDict()
_ended: OrderedDict[bytes, float] = OrderedDict()
_total = [0]
_lock = Lock()


def fresh() -> str:
    """The id of a form that is opened now."""
    return secrets.token_urlsafe(32)


def keep(token: str, draft: str, form: Mapping[str, str]) -> bool:
    """Whether a form is kept as it stands now. It is not without an id, when there is no room, nor
    once it has ended: a page that was on its way when the answers were sent comes too late."""
    if not draft:
        return False
    name, now = _hashed(token, draft), time.monotonic()
    said = json.dumps(dict(form), ensure_ascii=False, separators=(",", ":")).encode()
    size = sys.getsizeof(said) + BESIDES
    with _lock:
        _drop(name)
        _purge(now)
        if name in _ended or len(_kept) >= MOST or _total[0] + size > MOST_BYTES:
            return False
        _kept[name] = Kept(said, size, now + LASTS)
        _total[0] += size
    return True


def find(token: str, draft: str) -> Mapping[str, str] | None:
    """A form as it stood; None where it is not kept (any more)."""
    name = _hashed(token, draft)
    with _lock:
        found = _kept.get(name)
        if found is not None and found.until < time.monotonic():
            _drop(name)
            found = None
    return json.loads(found.form) if found else None


def end(token: str, draft: str) -> None:
    """Forgets a form whose answers were sent or given up, and keeps it no more."""
    if not draft:
        return
    name, now = _hashed(token, draft), time.monotonic()
    with _lock:
        _drop(name)
        _purge(now)
        _ended.pop(name, None)
        _ended[name] = now + LASTS
        while len(_ended) > MOST:
            _ended.popitem(last=False)


def purge() -> None:
    """Forgets what has been kept long enough; the server asks for it now and then."""
    with _lock:
        _purge(time.monotonic())


def _purge(now: float) -> None:
    while _kept and next(iter(_kept.values())).until < now:
        _drop(next(iter(_kept)))
    while _ended and next(iter(_ended.values())) < now:
        _ended.popitem(last=False)


def _drop(name: bytes) -> None:
    if (found := _kept.pop(name, None)) is not None:
        _total[0] -= found.size


def _hashed(token: str, draft: str) -> bytes:
    return hashlib.blake2b(f"{token} {draft}".encode(), key=_KEY, digest_size=16).digest()
