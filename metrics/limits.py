"""Where a figure of measurement is marked: pages flag by these, definitions state them."""

from __future__ import annotations

#: A project whose mean is less reliable than this is not ranked or set beside others.
RELIABLE = 0.70
#: Below this the experiences of a project's people differ (`agreement`).
DIFFERS_BELOW = 0.50
#: A statement that goes less together with the others of its construct is marked (`item_rest`).
LOOSE_BELOW = 0.30
#: Above these shares a statement no longer tells good from excellent, bad from very bad, or is not
#: understood (`item_ceiling`, `item_floor`, `dont_know_rate`).
CEILING_ABOVE = 0.40
FLOOR_ABOVE = 0.15
UNKNOWN_ABOVE = 0.15
