"""Finnish business IDs (Y-tunnus, FO-nummer): seven digits, a hyphen and a check digit."""

from __future__ import annotations

import re

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
_FORM = re.compile(r"([0-9]{6,7})-([0-9])")
#: The same in the register of value added tax: no hyphen, FI before it.
_FOREIGN = re.compile(r"(?!FI)[A-Z]{2}[\s-]?[0-9A-Z]", re.IGNORECASE)
_VAT = re.compile(r"FI([0-9]{7})([0-9])", re.IGNORECASE)


def is_business_id(said: str) -> bool:
    """Whether a text is a business ID with the right check digit."""
    form = _FORM.fullmatch(said.strip())
    if not form:
        return False
    digits = form[1].zfill(7)
    rest = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11
    return rest != 1 and int(form[2]) == (0 if rest == 0 else 11 - rest)


def is_foreign(said: str) -> bool:
    """Whether a text begins with the letters of another country, as its own IDs and those of value
    added tax do; Finnish ones begin with digits or FI."""
    return bool(_FOREIGN.match(said.strip()))


def business_id_in(said: str) -> str:
    """The business ID that a text is written as, right or wrong, in its usual form; else empty.

    Identifiers of other countries and registers are none, and stay the names that they are.
    """
    text = said.strip()
    form = _FORM.fullmatch(text) or _VAT.fullmatch(text)
    return f"{form[1].zfill(7)}-{form[2]}" if form else ""
