"""Where a figure of measurement is marked: pages flag by these, definitions state them."""

from __future__ import annotations

#: A project whose mean is less reliable than this is not ranked or set beside others.
RELIABLE = 0.70
#: Below this the experiences of a project's people differ (`agreement`).
DIFFERS_BELOW = 0.50
