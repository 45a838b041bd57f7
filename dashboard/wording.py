"""Every sentence of the screens and the command line, in Finnish, Swedish and English.

The sentences live in ``dashboard/texts/*.yaml`` as ``key: {fi: ..., sv: ..., en: ...}``; a key
stands in one file only. Values are put into ``{braces}``; they come ready formatted from
`dashboard.format`, because only that module knows how a number is written in a language.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dashboard import format as written
from survey.text import Text, read_texts

#: Counts of people that nobody may tell apart go in such steps.
STEP = 5

TEXTS = Path(__file__).with_name("texts")

#: The languages in their own names, for the reader who has to find theirs.
LANGUAGE_NAMES = {"fi": "Suomi", "sv": "Svenska", "en": "English"}


class UnknownText(KeyError):
    """A text was asked for by a key that no file in dashboard/texts has."""


class RepeatedText(Exception):
    """Two files in dashboard/texts hold the same key."""


@cache
def texts() -> dict[str, Text]:
    """Every text by its key. Raises: RepeatedText naming the key and the second file."""
    found: dict[str, Text] = {}
    for path in sorted(TEXTS.glob("*.yaml")):
        for key, text in read_texts(path).items():
            if key in found:
                raise RepeatedText(f"{key} stands twice; the second time in {path.name}")
            found[key] = text
    return found


def say(key: str, language: str, **values: object) -> str:
    """The text of a key in a language, with the values in their places.

    Raises: UnknownText for a key that no file has; KeyError for a value that the text needs and
    did not get, and for a language that is not one of the three.
    """
    if key not in texts():
        raise UnknownText(f"{key}: no such text in {TEXTS.name}/*.yaml")
    sentence = texts()[key].in_language(language)
    return sentence.format(**values) if values else sentence


def say_count(key: str, count: int, language: str, **values: object) -> str:
    """The text ``key.one`` or ``key.many``, with ``{n}`` as the written count.

    In Finnish the noun changes with the number (1 hanke, 2 hanketta), so both are written out.
    """
    form = "one" if count == 1 else "many"
    return say(f"{key}.{form}", language, n=written.count(count, language), **values)


def at_least(people: int, language: str) -> str:
    """How many people, in steps of five: the step that they reach, and never the exact number."""
    if people < STEP:
        return say("survey.few", language)
    number = written.count(people // STEP * STEP, language)
    return say("survey.at_least", language, number=number)
