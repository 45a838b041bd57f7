"""Which column of a file is which question of an instrument, and what its cells mean there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from data.imports.sources.found import Column, Found
from data.imports.sources.words import ALIKE, alike, no_answer, number_in, plain
from survey.instrument import AnswerKind, Instrument
from survey.item import AnswerSet, Item
from survey.text import LANGUAGES

_BRACKETS = re.compile(r"(.*?)\s*\[([^\[\]]*)\](?:\[[0-9]\])?\s*(?:\.\s+(.*))?")
_CODED = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\]]*\])*)\.\s+(.+)")
_COUNTED = re.compile(r"[0-9]{1,3}[.)]\s*(.+)")
_PATH = re.compile(r"/|::|\.(?=[A-Za-z_])|:|(?<=[A-Za-z0-9])-(?=[A-Za-z])")
#: From this share of strange answers on, the answers are of another set.
SLIPS = 0.3
#: What stands between a question and one of its choices, where each choice is an item.
BETWEEN = " – "
_LETTERED = re.compile(r"[A-Z]{1,3}0*([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the answers of a column mean on an answer set. plainly: the profile needs no map.

    unknown: answers that mean nothing there. rescaled: they are of another scale.
    """

    values: dict[str, int | str] = field(default_factory=dict)
    plainly: bool = False
    unknown: tuple[str, ...] = ()
    rescaled: bool = False
    by_position: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """An item and the columns that hold its answers. sure: by code or the very words.

    option: the item is this choice of the lists in the cells, which are cut at ``split``.
    """

    item: str
    columns: tuple[Column, ...]
    sure: bool
    meanings: Meanings
    option: str = ""
    split: str = ""


def names_of(column: Column) -> set[str]:
    """What a column may be called by its tool: the header, ends of paths, codes in brackets."""
    header = column.header
    names = {header, *(_PATH.split(header)[-1:])}
    if coded := _CODED.fullmatch(header):
        names |= {coded[1], coded[1].replace("[", "_").replace("]", "")}
        header = coded[1]
    if bracket := _BRACKETS.fullmatch(header):
        names |= {bracket[2], f"{bracket[1]}_{bracket[2]}"}
    return {plain(name) for name in names if name.strip()}


def texts_of(column: Column, structure: dict) -> set[str]:
    """What a column may ask: its text, the row of its grid, what a structure file says of it."""
    texts = {column.header, column.text}
    for said in (column.header, column.text):
        if coded := _CODED.fullmatch(said):
            texts.add(coded[2])
        for one in tuple(texts):
            if counted := _COUNTED.fullmatch(one):
                texts.add(counted[1])
        for one in tuple(texts):
            if bracket := _BRACKETS.fullmatch(one):
                texts |= {bracket[2], bracket[1] if not bracket[2] else ""}
        texts |= {said.rpartition(" - ")[2], said.rpartition("/")[2]}
    asked = structure.get(code_of(column.header), {})
    texts |= set(asked.get("text", {}).values())
    return {plain(text) for text in texts if len(text.strip()) > 1}


def code_of(header: str) -> str:
    """The code of a LimeSurvey question in a header: ``Q1[SQ001]`` of ``Q1[SQ001]. Text``."""
    coded = _CODED.fullmatch(header)
    return coded[1] if coded else header


def matches(
    found: Found,
    columns: Iterable[Column],
    instrument: Instrument,
    pinned: dict[str, str] | None = None,
) -> list[Match]:
    """The items of an instrument that the file answers, in the order of the instrument.

    pinned: items with the header of the column that a person chose for them.
    """
    free = {
        column.header: (column, names_of(column), texts_of(column, found.structure))
        for column in columns
    }
    chosen = {
        item: [free.pop(header)[0]] for item, header in (pinned or {}).items() if header in free
    }
    lists = [free.pop(header)[0] for header, (column, *_) in list(free.items()) if column.options]
    made = []
    for item in instrument.items:
        if item.code not in chosen and (choice := _choice_of(item, lists)):
            made.append(choice)
            continue
        same, near = (chosen[item.code], []) if item.code in chosen else _columns_of(item, free)
        if not same and not near:
            continue
        taken = same or near[:1]
        for column in taken:
            free.pop(column.header, None)
        answers = instrument.answers_of(item.code)
        made.append(Match(item.code, tuple(taken), bool(same), _meant(taken, answers, found)))
    return made


def counted_in(found: Found, header: str | list[str]) -> bool:
    """Whether a column's numbers are counted from one: they name answers of one form only."""
    values = [] if isinstance(header, list) else found.column(header).values
    return bool(values) and all(re.fullmatch(r"\d{1,6}", value) for value in values)


def asked_in(matched: Sequence[Match], instrument: Instrument) -> str:
    """The language that most questions are asked in; nothing where no language has the most."""
    texts = {item.code: item.text for item in instrument.items}
    counted = Counter(
        language
        for match in matched
        for column in match.columns
        for language in LANGUAGES
        if plain(texts[match.item].in_language(language))
        in {plain(column.said), plain(column.header)}
    ).most_common(2)
    ahead = counted and (len(counted) == 1 or counted[0][1] > counted[1][1])
    return counted[0][0] if ahead else ""


def _choice_of(item: Item, lists: list[Column]) -> Match | None:
    """The item as one choice of a column whose cells are lists: such a column is no one answer."""
    asked = {plain(item.text.in_language(language)) for language in LANGUAGES}
    for column in lists:
        for option in column.options:
            if {plain(f"{said}{BETWEEN}{option}") for said in (column.said, column.header)} & asked:
                return Match(
                    item.code, (column,), True, Meanings(plainly=True), option, column.split
                )
    return None


def _columns_of(item: Item, free: dict) -> tuple[list[Column], list[Column]]:
    """Columns that are the item by its code or words, and those that are like it, best first."""
    code = plain(item.code)
    asked = {plain(item.text.in_language(language)) for language in LANGUAGES}
    same = [column for column, names, _ in free.values() if code in names]
    same = same[:1] or [column for column, _, texts in free.values() if asked & texts]
    if same:
        return same, []
    scored = [
        (max((alike(one, other) for one in asked for other in texts), default=0.0), column)
        for column, _, texts in free.values()
    ]
    near = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return [], [column for _, column in near]


def _meant(columns: list[Column], answers: AnswerSet, found: Found) -> Meanings:
    if answers.kind is AnswerKind.OPEN:
        return Meanings(plainly=True)
    said = list(dict.fromkeys(value for column in columns for value in column.values))
    worded = {
        code: texts
        for column in columns
        for code, texts in found.structure.get(code_of(column.header), {})
        .get("answers", {})
        .items()
    }
    return meanings_of(said, answers, worded)


def meanings_of(said: list[str], answers: AnswerSet, worded: dict | None = None) -> Meanings:
    """What answers mean on an answer set: by their words in any language, their numbers, or what
    a structure file says of their codes (``worded``)."""
    texts = _choice_texts(answers)
    found, unknown, plainly = {}, [], True
    for value in said:
        code, direct = _meaning(value, answers, texts, worded or {})
        plainly = plainly and direct
        if code is None:
            unknown.append(value)
        else:
            found[value] = code
    numbers = [number_in(value) for value in said if no_answer(value) is None]
    whole = [number for number in numbers if number is not None]
    if whole and len(whole) == len(numbers) and set(whole) - set(answers.codes):
        return Meanings(rescaled=True, unknown=tuple(unknown))
    if unknown and not found.keys() - {v for v in found if no_answer(v)}:
        placed = _by_position(unknown, answers)
        if placed:
            return Meanings(found | placed, by_position=True)
    # A few strange answers are slips; many are another question, or another set of answers.
    strange = len(unknown) > 1 and len(unknown) > SLIPS * len(said)
    return Meanings(found, plainly and not unknown, tuple(unknown), rescaled=strange)


def _choice_texts(answers: AnswerSet) -> dict[str, int | str]:
    texts: dict[str, int | str] = {}
    offered = [(choice.text, choice.code) for choice in answers.choices]
    offered += [(answers.dont_know, "dont_know")] if answers.dont_know else []
    offered += [(answers.not_applicable, "not_applicable")] if answers.not_applicable else []
    for text, code in offered:
        for language in LANGUAGES:
            texts.setdefault(plain(text.in_language(language)), code)
    return texts


def _meaning(
    value: str, answers: AnswerSet, texts: dict, worded: dict
) -> tuple[int | str | None, bool]:
    """The code of an answer, and whether the profile would find it without a map."""
    text = plain(value)
    if text in texts:
        # The profile folds case and spaces, and no signs or underscores.
        return texts[text], value.replace("_", " ") == value
    if value in worded:
        for said in worded[value].values():
            if plain(said) in texts:
                return texts[plain(said)], False
    number = number_in(value)
    if number is not None and number in answers.codes:
        return number, value.strip() == str(number)
    if none := no_answer(value):
        offered = answers.dont_know if none == "dont_know" else answers.not_applicable
        return (none if offered else "missing"), False
    scored = [(alike(text, known), code) for known, code in texts.items()]
    best, code = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return (code, False) if best >= ALIKE else (None, False)


def _by_position(unknown: list[str], answers: AnswerSet) -> dict[str, int]:
    """Codes such as A1-A5 as the first to the last choice; a person is asked to check."""
    places = {value: _LETTERED.fullmatch(value) for value in unknown}
    if not all(places.values()):
        return {}
    at = {value: int(place[1]) for value, place in places.items()}
    if max(at.values()) > len(answers.codes):
        return {}
    return {value: answers.codes[place - 1] for value, place in at.items()}
