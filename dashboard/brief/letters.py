"""Which letters a brief can set: others are named by their code, so that nothing is lost or empty.

The standards that a brief keeps refuse a letter without a shape, and its one font is the one that
comes with the engine. What people write may hold any letter.
"""

from __future__ import annotations

import re
import unicodedata

#: Stretches of Unicode that the font has a shape for: upright, bold and slanted.
STRETCHES = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x24F),
    (0x300, 0x304),
    (0x384, 0x38A),
    (0x38C, 0x38C),
    (0x38E, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x45F),
    (0x490, 0x4C4),
    (0x4D0, 0x4F9),
    (0x1E00, 0x1EFF),
    (0x2010, 0x2015),
    (0x2018, 0x2027),
    (0x202F, 0x2037),
    (0x2039, 0x203A),
    (0x2044, 0x2044),
    (0x2070, 0x2071),
    (0x2074, 0x208E),
    (0x20AC, 0x20AC),
    (0x2113, 0x2113),
    (0x2122, 0x2122),
    (0x2190, 0x2193),
    (0x2200, 0x220D),
    (0x220F, 0x222E),
    (0x2248, 0x2248),
    (0x2260, 0x2261),
    (0x2264, 0x2265),
    (0x2282, 0x2285),
    (0x22C5, 0x22C5),
)
_SPACES = re.compile(" +")
LETTERS = frozenset(chr(code) for first, last in STRETCHES for code in range(first, last + 1))


def settable(text: str) -> str:
    """A text on one line in letters that the font has; another letter stands as [U+1F600]."""
    composed = unicodedata.normalize("NFC", text)
    return _SPACES.sub(" ", "".join(map(_set, composed))).strip(" ")


def _set(letter: str) -> str:
    if letter in LETTERS:
        return letter
    if letter.isspace():
        return " "
    return f"[U+{ord(letter):04X}]"
