"""Themes that an open answer may be about, suggested by its words; a person decides.

A theme is a subject and takes no side: the same one may be a challenge, a success or a benefit.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, TypeAdapter

from survey.item import Strict
from survey.text import LANGUAGES, Text

KEYWORDS = Path(__file__).with_name("keywords.yaml")

#: A word or words, a star at either end standing for any letters.
Word = Annotated[str, Field(min_length=3, pattern=r"^\*?[\w'-]+( [\w'-]+)*\*?$")]
Words = Annotated[tuple[Word, ...], Field(min_length=1)]


class WordsByLanguage(Strict):
    """The words of a theme in each language."""

    fi: Words
    sv: Words
    en: Words


class Theme(Strict):
    """A subject of open answers, and the words that give it away."""

    name: Text
    words: WordsByLanguage


@cache
def themes() -> dict[str, Theme]:
    """Every theme that can be suggested, by its code, in the order of the file.

    Raises: pydantic.ValidationError naming the theme and what is wrong with it.
    """
    return TypeAdapter(dict[str, Theme]).validate_python(
        yaml.load(KEYWORDS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    )


def suggest(text: str, language: str | None = None) -> tuple[str, ...]:
    """Codes of the themes that the words of an answer point to, the most mentioned first.

    language: the one that the answer is written in; where it is not known, the words of every
    language are looked for. An answer that names no theme has none. Raises: KeyError for a
    language that is not one of LANGUAGES.
    """
    if language is not None and language not in LANGUAGES:
        raise KeyError(language)
    said = _plain(text)
    found = {code: _mentions(code, language, said) for code in themes()}
    return tuple(sorted((code for code in found if found[code]), key=lambda code: -found[code]))


def _mentions(code: str, language: str | None, said: str) -> int:
    """How often an answer names a theme. A word that two languages share counts once."""
    places = {
        match.start()
        for one in ([language] if language else LANGUAGES)
        for match in _pattern(code, one).finditer(said)
    }
    return len(places)


@cache
def _pattern(code: str, language: str) -> re.Pattern[str]:
    """Any word of a theme in a language; longer ones first, so that the whole of them is taken."""
    words = sorted(getattr(themes()[code].words, language), key=len, reverse=True)
    return re.compile("|".join(_expression(word) for word in words))


def _expression(word: str) -> str:
    core = r"\s+".join(re.escape(_plain(part)) for part in word.strip("*").split())
    before = r"\b\w*?" if word.startswith("*") else r"\b"
    after = r"\w*" if word.endswith("*") else r"\b"
    return before + core + after


def _plain(text: str) -> str:
    """Text with one way of writing each letter: composed, lower case, straight apostrophes."""
    return (
        unicodedata.normalize("NFC", text)
        .casefold()
        .replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
