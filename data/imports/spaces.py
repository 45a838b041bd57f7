"""White space as people see it: no-break spaces and line breaks in cells are plain spaces."""

from __future__ import annotations

import unicodedata


def normal_spaces(value: str) -> str:
    """A text in composed form with every run of white space, no-break ones too, as one space."""
    return " ".join(unicodedata.normalize("NFC", value).split())
