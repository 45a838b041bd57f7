"""The logic of answering: which items are asked when, and which answers they accept. No screen.

A page is made of items that can be asked together: an item whose question depends on another one
of its page would need a script to appear, so it begins the next page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from survey.instrument import AnswerKind, AnswerSet, Instrument, Item

#: The longest open answer that is taken, in characters.
OPEN_LIMIT = 2_000
#: Items of a page where the instrument has no sections.
PAGE_ITEMS = 4
#: Items of a section on a page at most: forms that others made may have one long section, and a
#: page of ten questions is about twenty kilobytes.
SECTION_ITEMS = 10
#: An answer that is no answer is shown at most this long.
SHOWN = 60

_CODE = re.compile(r"-?[0-9]{1,2}", re.ASCII)
_ITEM = re.compile(r"[A-Z][A-Z0-9_]{0,29}", re.ASCII)

Given = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Question:
    """An item, and the answers that it offers."""

    item: Item
    answers: AnswerSet


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer cannot be taken. code: ``off_scale``, ``too_long`` or ``unknown``; detail: the
    answer, its length, or the name that is no question."""

    item: str
    code: str
    detail: str


def questions(items: Iterable[Item], instrument: Instrument) -> tuple[Question, ...]:
    """Items with the answers that they offer. Raises: KeyError for an unknown answer set."""
    return tuple(Question(item, instrument.answer_sets[item.answers]) for item in items)


def pages(
    instrument: Instrument, group: str, wave: str, given: Given, *, agreed: bool = False
) -> list[tuple[Item, ...]]:
    """The pages that a respondent of a group sees in a wave, after what was answered so far.

    agreed: whether answers of special categories may be kept; else they are not asked for.

    Where a page is cut never depends on the answers: an answer only takes items in or out, and a
    page that is left without items is left out.
    """
    shown = set(_shown(instrument, group, wave, given, agreed=agreed))
    found = [
        tuple(item for item in part if item.code in shown)
        for page in _cut(instrument, group, wave)
        for part in _apart(page)
    ]
    return [page for page in found if page]


def every_page(instrument: Instrument, group: str, wave: str) -> list[tuple[Item, ...]]:
    """The pages of a group in a wave with every item that can come up, whatever is answered."""
    parts = (part for page in _cut(instrument, group, wave) for part in _apart(page))
    return [part for part in parts if part]


def settled(
    instrument: Instrument, group: str, wave: str, given: Given, *, agreed: bool = False
) -> dict[str, int | str]:
    """The answers that are stored: those of items that are not asked, or not any more, are not."""
    return {
        code: given[code]
        for code in _shown(instrument, group, wave, given, agreed=agreed)
        if given.get(code, "") != ""
    }


def check_page(
    items: Iterable[Item], instrument: Instrument, form: Mapping[str, str]
) -> tuple[dict[str, int | str], list[Problem]]:
    """The answers to the items of a page as codes and texts, and what cannot be taken.

    form: what was posted; an empty value is a question that was left unanswered. Names that are
    not written like an item's code belong to the form itself, and items of other pages wait.
    """
    found: dict[str, int | str] = {}
    known = {item.code for item in instrument.items}
    problems = [
        Problem(name, "unknown", _shortened(value))
        for name, value in form.items()
        if _ITEM.fullmatch(name) and name not in known
    ]
    for question in questions(items, instrument):
        code = question.item.code
        said = _plain(form.get(code, ""))
        if not said:
            continue
        problem = _refused(question, said)
        if problem:
            problems.append(problem)
        else:
            found[code] = said if question.answers.kind is AnswerKind.OPEN else int(said)
    return found, problems


def _refused(question: Question, said: str) -> Problem | None:
    code = question.item.code
    if question.answers.kind is AnswerKind.OPEN:
        return Problem(code, "too_long", str(len(said))) if len(said) > OPEN_LIMIT else None
    if _CODE.fullmatch(said) and int(said) in question.answers.accepted:
        return None
    return Problem(code, "off_scale", _shortened(said))


def _plain(said: str) -> str:
    """A posted value with one kind of line end, and without signs that no keyboard writes."""
    lines = said.replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in _UNSEEN)
    return "".join(kept).strip()


#: Control signs, which databases refuse, and halves of signs, which cannot be written out.
_UNSEEN = frozenset({"Cc", "Cs"})


def _shortened(said: str) -> str:
    text = " ".join(said.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _shown(
    instrument: Instrument, group: str, wave: str, given: Given, *, agreed: bool
) -> list[str]:
    """Codes of the items that are asked, after what was answered so far.

    An item that waits for one that is not asked itself is not asked, whatever was said before.
    """
    found: dict[str, int | str | None] = {}
    for item in instrument.items:
        waits = item.shown_if
        opened = waits is None or found.get(waits.item) in waits.codes
        allowed = agreed or item.special is None
        if opened and allowed and item.concerns(group, wave):
            found[item.code] = given.get(item.code)
    return list(found)


def _cut(instrument: Instrument, group: str, wave: str) -> list[tuple[Item, ...]]:
    """The items of a group and wave page by page, skip logic aside."""
    asked = tuple(item for item in instrument.items if item.concerns(group, wave))
    if not instrument.sections:
        return [asked[at : at + PAGE_ITEMS] for at in range(0, len(asked), PAGE_ITEMS)]
    by_code = {item.code: item for item in asked}
    return [
        tuple(by_code[code] for code in codes[at : at + SECTION_ITEMS])
        for codes in (
            [code for code in section.items if code in by_code] for section in instrument.sections
        )
        for at in range(0, len(codes), SECTION_ITEMS)
    ]


def _apart(page: tuple[Item, ...]) -> list[tuple[Item, ...]]:
    """A page in parts, so that no item waits for an answer of its own part."""
    parts: list[list[Item]] = [[]]
    for item in page:
        waits = item.shown_if
        if waits and any(waits.item == other.code for other in parts[-1]):
            parts.append([])
        parts[-1].append(item)
    return [tuple(part) for part in parts]
