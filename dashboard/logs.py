"""The log: one JSON object a line on stderr, without anything that people wrote or that is secret.

A line says when (UTC), how grave, who tells it and what happened; an error adds its type and where
it came from. What an error says itself is left out: databases and readers of files put values
into it that somebody entered.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.wording import say
from survey.text import LANGUAGES

#: Stands for what was left out.
LEFT_OUT = "…"
#: An event is a sentence, not a document.
LONGEST = 2000
#: Where a program says where an error came from, so many of its last steps are told.
STEPS = 30
#: They bring handlers of their own, which write several lines and whatever an error says.
LIBRARIES = ("streamlit", "uvicorn", "websockets")
_SECRETS = (
    # A password in an address, as that of a database.
    (re.compile(r"(://[^\s:/@]*:)[^\s@]+@"), rf"\1{LEFT_OUT}@"),
    # Links of respondents, with whatever follows them.
    (re.compile(r"(/s/)[^\s/?'\"]+"), rf"\1{LEFT_OUT}"),
    # What stands behind the question mark of an address.
    (re.compile(r"(/[^\s?'\"]*)\?[^\s'\"]+"), rf"\1?{LEFT_OUT}"),
    (
        re.compile(
            r"((?:password|passwd|secret|token|cookie|authorization|code|state)\w*['\"]?\s*[=:]\s*"
            r"(?:bearer\s+|basic\s+)?['\"]?)[^\s'\",;&]+",
            re.IGNORECASE,
        ),
        rf"\1{LEFT_OUT}",
    ),
    # Personal identity codes.
    (re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b", re.IGNORECASE), LEFT_OUT),
    # Tokens of ours and of others: long, and of no word's letters.
    (re.compile(r"(?<![\w-])[\w-]{40,}"), lambda found: _shown(found[0])),
)
_request: ContextVar[str | None] = ContextVar("request", default=None)

log = logging.getLogger("arviomo.request")


def clean(text: str) -> str:
    """A text of a log without what must not stand in one, on one line.

    What is too long is cut before it is searched: whoever sends an address decides how long it is.
    It ends with a whole word, so that no secret is cut to what nobody knows for one.
    """
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rpartition(' ')[0]} {LEFT_OUT}"
    for secret, shown in _SECRETS:
        text = secret.sub(shown, text)
    return " ".join(text.split())


def _shown(word: str) -> str:
    """A long word as it is shown: not at all, where it has digits and letters."""
    is_token = any(map(str.isdigit, word)) and any(map(str.isalpha, word))
    return LEFT_OUT if is_token else word


class Line(logging.Formatter):
    """A record as one JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": clean(record.getMessage()),
        }
        if number := _request.get():
            said["request"] = number
        if record.exc_info and record.exc_info[1] is not None:
            said["errors"] = _errors(record.exc_info[1])
        return json.dumps(said, ensure_ascii=True)


def _errors(error: BaseException) -> list[dict[str, object]]:
    """The error and those behind it: their types, and the last steps of the program to them."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [
        {
            "type": f"{type(one).__module__}.{type(one).__qualname__}",
            "at": [
                f"{step.filename}:{step.lineno} {step.name}"
                for step in traceback.extract_tb(one.__traceback__)[-STEPS:]
            ],
        }
        for one in chain
    ]


class Library(logging.Logger):
    """A logger that tells the root alone, whatever handlers a library gives it."""

    def callHandlers(self, record: logging.LogRecord) -> None:
        if self.name.split(".")[0] in LIBRARIES:
            logging.root.callHandlers(record)
        else:
            super().callHandlers(record)


def begin(stream: TextIO | None = None) -> None:
    """Write every record of this process as a line, also those of libraries."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    # Loggers that come later are of this class from the start.
    logging.setLoggerClass(Library)
    for logger in list(logging.root.manager.loggerDict.values()):
        if type(logger) is logging.Logger and logger.name.split(".")[0] in LIBRARIES:
            logger.__class__ = Library


class Numbered:
    """Gives every request a number, and answers with it where a route fails."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number, begun = secrets.token_hex(4), False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        held = _request.set(number)
        try:
            await self.app(scope, receive, noting)
        except Exception:
            log.exception("request failed: %s %s", scope["method"], scope["path"])
            if begun:
                raise  # the server breaks the answer off, so that nobody takes it for whole
            said = "\n\n".join(say("app.error", code, number=number) for code in LANGUAGES)
            await PlainTextResponse(said, 500)(scope, receive, send)
        finally:
            _request.reset(held)
