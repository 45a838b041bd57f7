"""Texts that users wrote, shown exactly as they wrote them."""

from __future__ import annotations

import re

#: Keeps two signs apart without being seen: Streamlit would join them into an emoji, an icon, an
#: arrow or a link even where Markdown has been escaped.
JOINER = "\u2060"

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$&\"'^=:@/%?,;])")
#: Breaks and runs of common spaces; spaces that must not break a line are kept.
_BREAKS = re.compile(r"[ \t\r\n\f\v]+")
_SHORTCODES = re.compile(r":(?=\S)|@(?=\S)|(?<=www)(?=\.)|(?<=[-<>=!])(?=[-<>=])", re.IGNORECASE)


def literal(text: str) -> str:
    """A text that is shown exactly as it was written, on one line, never as Markdown."""
    line = _BREAKS.sub(" ", text).strip(" ")
    apart = _SHORTCODES.sub(lambda found: found.group() + JOINER, line)
    return _MARKS.sub(r"\\\1", apart)
