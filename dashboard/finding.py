"""Finding things by words: accents and inflections do not matter, order does not either."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeVar

#: Words are cut to this many letters when nothing has them whole: Finnish and Swedish inflect.
STEM = 5
#: Signs of a query that are read.
MOST_LETTERS = 100

T = TypeVar("T")


def folded(text: str) -> str:
    """A text without accents, in small letters: Espå, ESPA and espa are alike."""
    apart = unicodedata.normalize("NFKD", text[:10_000].casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def words_of(query: str) -> list[str]:
    """The words of a query as they are looked for."""
    return folded(query[:MOST_LETTERS]).split()


def found(query: str, things: Iterable[tuple[str, str, T]]) -> tuple[list[T], bool]:
    """The things that have every word of a query, the best first, and whether words were cut.

    things: a name, everything that a thing may be found by, and the thing. A word that begins a
    word of the name counts more than one inside the text. Missing: nothing for an empty query.
    """
    wanted = words_of(query)
    if not wanted:
        return [], False
    known = [(folded(name), folded(text), thing) for name, text, thing in things]
    whole = matches(wanted, known)
    if whole:
        return whole, False
    stems = [word[:STEM] for word in wanted]
    return (matches(stems, known), True) if stems != wanted else ([], False)


def matches(wanted: Sequence[str], known: Sequence[tuple[str, str, T]]) -> list[T]:
    """The things whose text has every word, those that say them in their name first."""
    having = [
        (place(wanted, name), name, at)
        for at, (name, text, _) in enumerate(known)
        if all(word in text or word in name for word in wanted)
    ]
    return [known[at][2] for _, _, at in sorted(having)]


def place(wanted: Sequence[str], name: str) -> int:
    """How many of the words the name does not begin a word with; fewer is better."""
    padded = f" {name}"
    return sum(f" {word}" not in padded for word in wanted)
