"""Texts that users wrote, shown exactly as they wrote them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

#: Keeps two signs apart without being seen: Streamlit would join them into an emoji, an icon, an
#: arrow or a link even where Markdown has been escaped.
JOINER = "\u2060"

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$&\"'^=:@/%?,;])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~<>$&\"'^=:@/%?,;])")
#: Breaks and runs of common spaces; spaces that must not break a line are kept.
_BREAKS = re.compile(r"[ \t\r\n\f\v]+")
_SHORTCODES = re.compile(r":(?=\S)|@(?=\S)|(?<=www)(?=\.)|(?<=[-<>=!])(?=[-<>=])", re.IGNORECASE)


def literal(text: str) -> str:
    """A text that is shown exactly as it was written, on one line, never as Markdown."""
    line = _BREAKS.sub(" ", text).strip(" ")
    apart = _SHORTCODES.sub(lambda found: found.group() + JOINER, line)
    return _MARKS.sub(r"\\\1", apart)


def as_written(marked: str) -> str:
    """The text that `literal` was given, on one line: for what is shown as HTML."""
    return _ESCAPED.sub(r"\1", marked).replace(JOINER, "")


def web_address(text: str) -> str | None:
    """An address that a link may lead to; None for a text that is none, or leads to a program.

    What people enter is checked before it is stored; what a file or a copy brought may not be.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname else None
