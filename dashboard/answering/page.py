"""What all pages are written with: templates that escape every value, and one style sheet inside.

A page is one answer of the server: nothing is missing from it when the connection is lost.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard import format as written
from dashboard.wording import LANGUAGE_NAMES, say
from data.fieldwork.local_time import on_the_clock
from data.fieldwork.replies import Reply

_HERE = Path(__file__).parent
STYLE = (_HERE / "answering.css").read_text(encoding="utf-8")

#: What the pages may load: their own style sheet, which stands in them, and the icon.
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {"style": Markup(STYLE), "names": LANGUAGE_NAMES}  # noqa: S704  our own file


def told(replies: Sequence[Reply], language: str) -> list[dict[str, object]]:
    said = [(reply, *reply.in_language(language)) for reply in replies]
    return [
        {
            "paragraphs": paragraphs(text),
            "language": theirs,
            "remark": (
                say("reply.other_language", language, name=LANGUAGE_NAMES[theirs])
                if theirs != language
                else ""
            ),
            "day": say(
                "answering.replies.day",
                language,
                day=written.day(on_the_clock(reply.published_at).date(), language),
            ),
        }
        for reply, text, theirs in said
    ]


def paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def at_end(end: datetime, language: str) -> tuple[str, dict[str, str]]:
    """How an end is told: one at midnight by the day before, which it ends."""
    here = on_the_clock(end)
    if here.hour == here.minute == 0:
        return "day", {"day": written.day(here.date() - timedelta(days=1), language)}
    return "moment", {"moment": written.moment(end, language)}


def write(template: str, language: str, **values: object) -> str:
    values |= {"language": language, "say": partial(_say, language)}
    return _TEMPLATES.get_template(template).render(values)


def _say(language: str, key: str, **values: object) -> str:
    return say(key, language, **values)
