"""Lists of choices as answer sets: which code each choice has, and which are no answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from survey.item import DONT_KNOW, AnswerKind
from survey.xlsform import form
from survey.xlsform.problems import Problem
from survey.xlsform.sheets import Row, Sheet
from survey.xlsform.wording import Wording

#: More choices than this have no code: codes are 0-99.
CHOICES = 100
_CODE = re.compile(r"0|[1-9][0-9]?", re.ASCII)
_SAID = {"yes": True, "no": False, "": None}
_NUMBERS = {str(code) for code in range(11)}


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a list: its row, its name, and its text in every language."""

    row: Row
    name: str
    text: dict[str, str]


@dataclass(slots=True)
class AnswerSets:
    """The answer sets of a form while it is read.

    bodies: what the instrument says of each; values: the code that each choice name means;
    about: the row of our own sheet that tells a set's kind.
    """

    lists: dict[str, list[Choice]] = field(default_factory=dict)
    about: dict[str, Row] = field(default_factory=dict)
    bodies: dict[str, dict] = field(default_factory=dict)
    values: dict[str, dict[str, int]] = field(default_factory=dict)

    def kind(self, name: str, otherwise: AnswerKind) -> str:
        """The kind of a set as our own sheet tells it."""
        row = self.about.get(name)
        return (row.said("kind") if row else "") or otherwise.value

    def add(self, name: str, kind: str) -> None:
        """Writes down a set, from its list of choices where it has one."""
        body: dict = {"kind": kind}
        row = self.about.get(name)
        body |= {
            mark: int(row.said(mark)) for mark in ("best", "threshold") if row and row.said(mark)
        }
        choices = self.lists.get(name, [])
        extra = {c.name: c for c in choices if c.name in form.NO_ANSWERS}
        for choice in extra.values():
            code = form.NO_ANSWERS[choice.name]
            body["dont_know" if code == DONT_KNOW else "not_applicable"] = choice.text
        coded = _coded([choice for choice in choices if choice.name not in extra])
        if coded and not (row and row.said("numbers") == "yes" and _are_numbers(coded)):
            body["choices"] = [{"code": code, "text": choice.text} for code, choice in coded]
        self.bodies[name] = body
        self.values[name] = {choice.name: code for code, choice in coded}
        self.values[name] |= {named: form.NO_ANSWERS[named] for named in extra}
        if kind == AnswerKind.RECOMMENDATION and not coded:
            self.values[name] |= {str(code): code for code in range(11)}


def _coded(choices: list[Choice]) -> list[tuple[int, Choice]]:
    """Choices with their codes in rising order: their names where these are codes, else 1, 2, 3."""
    if all(_CODE.fullmatch(choice.name) for choice in choices):
        return sorted(((int(c.name), c) for c in choices), key=lambda pair: pair[0])
    return list(enumerate(choices, 1))


def _are_numbers(coded: list[tuple[int, Choice]]) -> bool:
    """Whether the choices are the bare numbers 0-10, which need no text."""
    return {choice.name for _, choice in coded} == _NUMBERS and all(
        set(choice.text.values()) == {choice.name} for _, choice in coded
    )


def read_lists(
    sheet: Sheet, default: str, problems: list[Problem], *, allows_doubled: bool = False
) -> dict[str, list[Choice]]:
    """The choices of each list, in order. What is wrong with a row goes to the problems.

    allows_doubled: a name may come again in a list, which then means the same; the first is read.
    """
    found: dict[str, list[Choice]] = {}
    wording = Wording.of(sheet, "label", default)
    first: dict[tuple[str, str], int] = {}
    for row in sheet.rows:
        name, place = row.said("name"), (row.said("list_name"), row.said("name"))
        if not place[0]:
            # Rows without a list hold notes; a name beside nothing is a forgotten list.
            problems += [sheet.problem("list_missing", row, "list_name")] if name else []
        elif not name:
            problems.append(sheet.problem("choice_name_missing", row, "name"))
        elif place in first and not allows_doubled:
            problems.append(sheet.problem("choice_doubled", row, "name", name, first=first[place]))
        elif place in first:
            continue
        else:
            first[place] = row.number
            text = wording.read(row, problems)
            if text is None:
                problems.append(sheet.problem("label_missing", row, "label"))
            found.setdefault(place[0], []).append(Choice(row, name, text or {}))
    return found


def check_list(name: str, choices: list[Choice], sheet: Sheet) -> Problem | None:
    """What keeps a list from being the answers to a question."""
    scale = [choice for choice in choices if choice.name not in form.NO_ANSWERS]
    first: dict[int, int] = {}
    for choice in choices:
        code = form.NO_ANSWERS.get(choice.name)
        if code in first:  # "-1" and "dont_know" are the same answer
            return sheet.problem(
                "choice_doubled", choice.row, "name", choice.name, first=first[code]
            )
        if code is not None:
            first[code] = choice.row.number
    if len(scale) < 2:
        row = choices[0].row if choices else None
        return sheet.problem("choices_too_few", row, "list_name", name)
    if len(scale) >= CHOICES:
        return sheet.problem(
            "choices_too_many", scale[CHOICES - 1].row, "list_name", name, limit=CHOICES - 1
        )
    return None


def read_about(sheet: Sheet | None, problems: list[Problem]) -> dict[str, Row]:
    """Our own rows about answer sets, by their names."""
    if sheet is None:
        return {}
    kinds = [kind.value for kind in AnswerKind]
    found: dict[str, Row] = {}
    for row in sheet.rows:
        name = row.said("name")
        if not name:
            problems.append(sheet.problem("name_missing", row, "name"))
        elif name in found:
            first = found[name].number
            problems.append(sheet.problem("name_doubled", row, "name", name, first=first))
        else:
            found[name] = row
        kind = row.said("kind")
        if kind and kind not in kinds:
            allowed = ", ".join(kinds)
            problems.append(sheet.problem("not_one_of", row, "kind", kind, allowed=allowed))
        for column in ("best", "threshold"):
            whole_number(sheet, row, column, problems)
        yes_or_no(sheet, row, "numbers", problems)
    return found


def whole_number(sheet: Sheet, row: Row, column: str, problems: list[Problem]) -> int | None:
    """The whole number in a cell, None where it is empty or none."""
    said = row.said(column)
    if re.fullmatch(r"-?[0-9]{1,4}", said, re.ASCII):
        return int(said)
    if said:
        problems.append(sheet.problem("number_expected", row, column, said))
    return None


def yes_or_no(sheet: Sheet, row: Row, column: str, problems: list[Problem]) -> bool | None:
    """What a cell says, None where it is empty or says neither."""
    said = row.said(column).lower()
    if said not in _SAID:
        problems.append(sheet.problem("yes_or_no", row, column, row.said(column)))
    return _SAID.get(said)
