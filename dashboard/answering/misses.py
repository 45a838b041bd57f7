"""Wrong addresses, counted by where they come from, so that nobody tries them by the thousand.

Nothing is stored or logged: an address is kept for a minute, in memory, under a hash whose key
dies with the process. Who has a link that works is never held up by somebody else's misses.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections import OrderedDict, deque

from data.networks import network_of

#: How many misses within how many seconds are answered as such; after that one has to wait.
ALLOWED = 20
SECONDS = 60
#: Addresses that are remembered at most; the longest silent are forgotten first.
REMEMBERED = 10_000

_KEY = secrets.token_bytes(32)
_times: OrderedDict[bytes, deque[float]] = OrderedDict()


def count_miss(address: str) -> int:
    """Seconds to wait after one more miss from an address; 0 while there are not too many."""
    now, who = time.monotonic(), _hashed(address)
    times = _times.setdefault(who, deque(maxlen=ALLOWED))
    _times.move_to_end(who)
    while len(_times) > REMEMBERED:
        _times.popitem(last=False)
    if len(times) == ALLOWED and now - times[0] < SECONDS:
        return math.ceil(SECONDS - (now - times[0]))
    times.append(now)
    return 0


def forget() -> None:
    """Forget all misses."""
    _times.clear()


def _hashed(address: str) -> bytes:
    return hashlib.blake2b(network_of(address).encode(), key=_KEY, digest_size=16).digest()
