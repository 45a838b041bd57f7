"""How commands speak: in the reader's language, refusals without tracebacks, progress on stderr.

Exit codes: 0 done, 1 refused (a message says why and what to do), 2 the command was not understood.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types
import sqlalchemy as sa

from dashboard.wording import say, texts
from data.database import HOME_VARIABLE, URL_VARIABLE
from survey.text import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE_VARIABLE = "ARVIOMO_LANGUAGE"
#: Set to 1, or by --debug, where an error that nobody foresaw is to be shown step by step.
DEBUG_VARIABLE = "ARVIOMO_DEBUG"
_CLICK = (
    click.core,
    click.decorators,
    click.exceptions,
    click.formatting,
    click.parser,
    click.termui,
    click.types,
)


def wanted_language(words: list[str]) -> str:
    """The language that the command line or the environment asks for; Finnish when neither does.

    It is needed before the command line is read, because the help is written in it. A language
    that does not exist is refused later, when --language is read.
    """
    asked = os.environ.get(LANGUAGE_VARIABLE, "")
    for word, following in pairwise([*words, ""]):
        if word == "--language":
            asked = following
        elif word.startswith("--language="):
            asked = word.partition("=")[2]
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def teach_click(language: str) -> None:
    """Make click's own words (Usage, Options, Error …) those of the language.

    Click takes its words from the computer's language; it has no setting for another.
    """
    known = {
        text.en: text.in_language(language)
        for key, text in texts().items()
        if key.startswith("click.")
    }

    def word(message: str) -> str:
        return known.get(message, message)

    def words(one: str, many: str, n: int) -> str:
        return word(one) if n == 1 else word(many)

    for module in _CLICK:
        module._ = word
        if hasattr(module, "ngettext"):
            module.ngettext = words


def help_text(name: str, language: str) -> str:
    """The help of a command; click keeps the lines after its paragraph mark as they are."""
    return say(f"cli.{name}" if name else "cli", language).replace("\\b\n", "\b\n")


def command(name: str, language: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A decorator that makes a command whose help is the text ``cli.<name>``.

    The command is called by the last part of the name: user.add is ``arviomo user add``.
    """
    return click.command(
        name.rpartition(".")[2],
        help=help_text(name, language),
        short_help=say(f"cli.{name}.short", language),
        options_metavar=say("cli.options_mark", language),
    )


def group(name: str, language: str) -> click.Group:
    """A command that only holds others; its help is the text ``cli.<name>``."""
    return click.Group(
        name,
        help=help_text(name, language),
        short_help=say(f"cli.{name}.short", language),
        options_metavar=say("cli.options_mark", language),
        subcommand_metavar=say("cli.command_mark", language),
    )


def database_option(language: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option --database, which says where the truth is kept for this one command."""

    def take(_context: click.Context, _option: click.Parameter, url: str | None) -> None:
        if url:
            os.environ[URL_VARIABLE] = url

    return click.option(
        "--database",
        metavar="URL",
        expose_value=False,
        callback=take,
        help=say("cli.option.database", language, url=URL_VARIABLE, home=HOME_VARIABLE),
    )


def show_steps(_context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """Let an error that nobody foresaw be shown step by step."""
    if wanted:
        os.environ[DEBUG_VARIABLE] = "1"


class Refused(click.ClickException):
    """The command cannot do what was asked; the message says why and what to do. Exit code 1."""

    exit_code = 1


def refusal(key: str, language: str, **values: object) -> Refused:
    """The refusal that says the text of a key."""
    return Refused(say(key, language, **values))


#: What counts as yes and no, whoever's keyboard it is.
YES = ("k", "kyllä", "j", "ja", "y", "yes")
NO = ("e", "ei", "n", "nej", "no", "")


def ask(key: str, language: str, **values: object) -> bool:
    """Whether the reader says yes; asked until the answer is one. No answer at all is a no."""
    question = f"{say(key, language, **values)} {say('cli.yes_or_no', language)}"
    while True:
        try:
            answer = click.prompt(question, default="", show_default=False, err=True)
        except click.Abort:
            return False
        if answer.strip().lower() in YES + NO:
            return answer.strip().lower() in YES


def require_tables(language: str, *, create: bool = False) -> None:
    """Nothing, when the database has this program's tables. Raises: Refused.

    create: make them where there are none at all, so that a newcomer's first file comes in.
    """
    from dashboard.truth import engine
    from data.database import UnmatchedSchema, current, migrate, require_current

    if create and current(engine()) is None:
        migrate(engine())
    try:
        require_current(engine())
    except UnmatchedSchema as unmatched:
        raise refusal(f"refusal.database_{unmatched.code}", language) from unmatched


@contextmanager
def show_refusal(language: str) -> Iterator[None]:
    """Turn what a reader can put right into a message: a database that does not answer, Ctrl+C."""
    try:
        yield
    except sa.exc.ArgumentError:
        _stop(say("refusal.database_address", language))
    except sa.exc.OperationalError:
        _stop(say("refusal.database_silent", language))
    except KeyboardInterrupt:
        _stop(say("refusal.interrupted", language))
    except Exception as unforeseen:
        # Nobody but who makes the program can put this right: they are told with --debug.
        if os.environ.get(DEBUG_VARIABLE) == "1":
            raise
        _stop(say("refusal.unforeseen", language, what=_where(unforeseen)))


def _where(error: Exception) -> str:
    """The kind of an error and where it arose; never its words, which may hold somebody's."""
    steps = traceback.extract_tb(error.__traceback__)
    place = f"{Path(steps[-1].filename).name}:{steps[-1].lineno}" if steps else ""
    return f"{type(error).__name__} {place}".strip()


def _stop(message: str) -> NoReturn:
    refused = Refused(message)
    refused.show()
    raise SystemExit(refused.exit_code)


class Progress:
    """One bar per step of long work, on stderr; called with (step, done, total)."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.step = ""
        self.done = 0
        self.bar: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._finish()

    def __call__(self, step: str, done: int, total: int) -> None:
        if step != self.step:
            self._finish()
            self._begin(step)
        # How much there is may become known, or grow, on the way; 0 says that it is not known.
        self.bar.length = max(total, done, 1)
        self.bar.update(done - self.done)
        self.done = done

    def _begin(self, step: str) -> None:
        label = say(f"step.{step}", self.language)
        self.bar = click.progressbar(length=1, label=f"{label:<32}", file=sys.stderr)
        self.bar.__enter__()
        self.step, self.done = step, 0

    def _finish(self) -> None:
        if self.bar is not None:
            self.bar.__exit__(None, None, None)
            self.bar = None
