"""Words of surveys, compared as people read them: scales, groups, waves, and what is no answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import yaml

WORDS = Path(__file__).with_name("words.yaml")
_MARKUP = re.compile(r"<[^>]+>|&nbsp;")
_SIGNS = re.compile(r"[^\w\s]", re.UNICODE)
_NUMBERED = re.compile(
    r"\(?([0-9]{1,2})\)?\s*(?:[-–=:.)]\s*\S.*|\s\S.*)?|.*\S\s*[\(=]\s*([0-9]{1,2})\)?"
)
#: Two texts with this share of words in common are worth comparing letter by letter.
NEAR = 0.5
#: As alike as this, two texts are taken for one; a person is asked to check.
ALIKE = 0.86


@dataclass(frozen=True, slots=True)
class Words:
    """The word lists. Scales: for each the code, from 1, of every text."""

    scales: dict[str, dict[str, int]]
    lengths: dict[str, int]
    meanings: dict[str, dict[str, str]]
    fields: dict[str, tuple[str, ...]]
    dont_know: frozenset[str]
    not_applicable: frozenset[str]
    ticked: frozenset[str]
    unticked: frozenset[str]


@cache
def words() -> Words:
    """Every list of `words.yaml`, its texts plain."""
    body = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    scales = {
        name: {plain(text): at for at, texts in enumerate(steps, 1) for text in texts}
        for name, steps in body["scales"].items()
    }
    meanings = {
        field: {plain(text): code for code, texts in body[listed].items() for text in texts}
        for field, listed in (("wave", "waves"), ("group", "groups"), ("language", "languages"))
    }
    sets = ("dont_know", "not_applicable", "ticked", "unticked")
    return Words(
        scales,
        {name: len(steps) for name, steps in body["scales"].items()},
        meanings,
        {field: tuple(map(plain, names)) for field, names in body["fields"].items()},
        *(frozenset(map(plain, body[name])) for name in sets),
    )


def plain(text: object) -> str:
    """A text as it is compared: without case, markup, signs, underscores and odd spaces."""
    bare = _MARKUP.sub(" ", str(text)).replace("_", " ").casefold()
    return " ".join(_SIGNS.sub(" ", bare).split()) or str(text).strip().casefold()


def alike(one: str, other: str) -> float:
    """How alike two plain texts are, 0-1; 1 only where they are the same."""
    if one == other:
        return 1.0
    first, second = set(one.split()), set(other.split())
    if len(first & second) < NEAR * max(len(first), len(second)):
        return 0.0
    return min(0.99, SequenceMatcher(None, one, other, autojunk=False).ratio())


def number_in(said: str) -> int | None:
    """The number at the beginning or the end of an answer: ``5``, ``5 - Samaa mieltä``, ``(5)``."""
    found = _NUMBERED.fullmatch(said.strip())
    if not found:
        return None
    return int(found[1] if found[1] is not None else found[2])


def no_answer(said: str) -> str | None:
    """``dont_know`` or ``not_applicable`` where an answer says so."""
    text = plain(said)
    if text in words().dont_know:
        return "dont_know"
    return "not_applicable" if text in words().not_applicable else None


def scale_of(texts: list[str]) -> tuple[str, dict[str, int]] | None:
    """The scale whose steps the texts are, and the step of each text; None where there is none.

    Two texts of one step are two answers, so such a scale is not theirs.
    """
    for name, steps in words().scales.items():
        codes = {text: steps.get(plain(text)) for text in texts}
        said = list(codes.values())
        if None not in said and len(set(said)) == len(said) >= 2:
            return name, codes
    return None
