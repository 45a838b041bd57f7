"""The survey sheet of an XLSForm as items, in the order in which they are asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from survey.item import GROUPS, WAVES, AnswerKind, Role, SpecialCategory
from survey.xlsform import form
from survey.xlsform.answer_sets import AnswerSets, check_list, yes_or_no
from survey.xlsform.problems import Problem
from survey.xlsform.relevance import Condition, NotRead, conditions
from survey.xlsform.sheets import Row, Sheet
from survey.xlsform.types import QuestionType, question_type
from survey.xlsform.wording import Wording

_ZERO_TO_TEN = re.compile(
    r"\(?\s*\.\s*>=\s*0\s*\)?\s*and\s*\(?\s*\.\s*<=\s*10\s*\)?"
    r"|\(?\s*\.\s*<=\s*10\s*\)?\s*and\s*\(?\s*\.\s*>=\s*0\s*\)?"
)
_PARAMETER = re.compile(r"(\w+)\s*=\s*([^\s,;]+)")
#: Rows that we write ourselves and read again without a word.
_OURS = (form.PROJECT, form.PHASE, form.WAVE, form.TODAY)


@dataclass(slots=True)
class Questions:
    """What is read from the survey sheet.

    items: bodies of items; rows: where each stands; names: what the form calls each item; pages:
    the outermost groups with the items in them, and None for items that stand in no group.
    """

    sheet: Sheet
    sets: AnswerSets
    choices: Sheet
    label: Wording
    hint: Wording
    items: list[dict] = field(default_factory=list)
    rows: dict[str, Row] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    pages: list[tuple[Row | None, list[str]]] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: The questions that say which group and which wave the answers are of.
    groups_name: str = ""
    waves_name: str = ""
    _checked: set[str] = field(default_factory=set)

    def read(self) -> None:
        """Reads every row; the sheet has been checked, so groups and names are sound."""
        opened: list[Row] = []
        for row in self.sheet.rows:
            kind = question_type(row.said("type"))
            if kind.name == "begin_group":
                opened.append(row)
                self.pages += [(row, [])] if len(opened) == 1 else []
            elif kind.name == "end_group":
                opened.pop()
                self.pages += [] if opened else [(None, [])]
            elif kind.is_aside:
                self._pass_over(row, kind)
            elif kind.is_question and not self._is_ours(row, kind):
                self._question(row, kind, opened)

    # --- rows that are no item ------------------------------------------------------------------

    def _pass_over(self, row: Row, kind: QuestionType) -> None:
        name = row.said("name")
        if kind.name in ("calculate", "today") and name in _OURS:
            self.waves_name = name if name == form.WAVE else self.waves_name
        else:
            self.aside.append(name or kind.name)

    def _is_ours(self, row: Row, kind: QuestionType) -> bool:
        """Whether a question asks for the group or the wave instead of measuring something."""
        if kind.list_name == form.GROUP_LIST:
            self.groups_name = row.said("name")
        elif kind.list_name == form.WAVE_LIST:
            self.waves_name = row.said("name")
        return kind.list_name in (form.GROUP_LIST, form.WAVE_LIST)

    # --- items ----------------------------------------------------------------------------------

    def _question(self, row: Row, kind: QuestionType, opened: list[Row]) -> None:
        name = row.said("name")
        code = form.item_code(name)
        if code in self.rows:
            first = self.rows[code].number
            self._problem("name_doubled", row, "name", name, first=first)
            return
        text = self.label.read(row, self.problems)
        if text is None:
            self._problem("label_missing", row, "label")
        item = {"code": code, "text": text, "answers": self._answers(row, kind)}
        item |= {"hint": hint} if (hint := self.hint.read(row, self.problems)) else {}
        if self.sets.about:  # without our own sheet of answers nothing can be scored
            item["reversed"] = bool(yes_or_no(self.sheet, row, form.REVERSED, self.problems))
            item["role"] = self._one_of(row, form.ROLE, Role)
        if special := self._one_of(row, form.SPECIAL, SpecialCategory):
            item["special"] = special
        item |= self._asked(row, opened)
        self.items.append(item)
        self.rows[code], self.names[code] = row, name
        if not self.pages:
            self.pages.append((None, []))
        self.pages[-1][1].append(code)

    def _problem(self, code: str, row: Row, column: str, value: str = "", **more) -> None:
        problem = self.sheet.problem(code, row, column, value, **more)
        if problem not in self.problems:  # a group is asked about with each of its questions
            self.problems.append(problem)

    def _one_of(self, row: Row, column: str, known: type[StrEnum]) -> str | None:
        said = row.said(column)
        allowed = [one.value for one in known]
        if said and said not in allowed:
            self._problem("not_one_of", row, column, said, allowed=", ".join(allowed))
        return said or None

    def _answers(self, row: Row, kind: QuestionType) -> str:
        """The name of the answer set of a question, which is written down where it is new."""
        if kind.name == "select_one":
            return self._list(row, kind.list_name)
        if kind.name == "text":
            return self._set(row, row.said(form.SET) or "open", AnswerKind.OPEN)
        problem = _range_problem(row) if kind.name == "range" else _integer_problem(row)
        if problem:
            column = "parameters" if kind.name == "range" else "constraint"
            self._problem(problem, row, column)
        return self._set(row, row.said(form.SET) or "recommendation", AnswerKind.RECOMMENDATION)

    def _list(self, row: Row, name: str) -> str:
        if name not in self.sets.lists:
            self._problem("list_unknown", row, "type", name)
            return name
        if name not in self._checked:
            self._checked.add(name)
            wrong = check_list(name, self.sets.lists[name], self.choices)
            self.problems += [wrong] if wrong else []
        kind = self.sets.kind(name, AnswerKind.CHOICE)
        if kind == AnswerKind.OPEN:
            self._problem("answers_mismatch", row, "type", name)
            return name
        return self._kept(row, name, kind)

    def _set(self, row: Row, name: str, kind: AnswerKind) -> str:
        if self.sets.kind(name, kind) != kind:
            self._problem("answers_mismatch", row, form.SET, name)
            return name
        return self._kept(row, name, kind.value)

    def _kept(self, row: Row, name: str, kind: str) -> str:
        known = self.sets.bodies.get(name)
        if known is None:
            self.sets.add(name, kind)
        elif known["kind"] != kind:
            self._problem("answers_mismatch", row, "type", name)
        return name

    # --- when it is asked -----------------------------------------------------------------------

    def _asked(self, row: Row, opened: list[Row]) -> dict:
        """The groups, waves and earlier answers that a question waits for."""
        found: dict[str, object] = {}
        seen: dict[str, Condition] = {}
        for place in (*opened, row):
            for condition in self._conditions(place):
                if seen.get(condition.name, condition) != condition:
                    said = row.said("relevant") or place.said("relevant")
                    self._problem("relevant_not_read", place, "relevant", said)
                elif condition.name not in seen:
                    seen[condition.name] = condition
                    self._wait(found, condition, place)
        return found

    def _conditions(self, row: Row) -> tuple[Condition, ...]:
        try:
            return conditions(row.said("relevant"))
        except NotRead:
            self._problem("relevant_not_read", row, "relevant", row.said("relevant"))
            return ()

    def _wait(self, found: dict, condition: Condition, row: Row) -> None:
        places = {self.groups_name: ("groups", GROUPS), self.waves_name: ("waves", WAVES)}
        if condition.name in places:
            place, known = places[condition.name]
            if unknown := [value for value in condition.values if value not in known]:
                self._value(row, unknown[0], condition.name)
            found[place] = condition.values
        elif "shown_if" in found:
            self._problem("relevant_two", row, "relevant")
        else:
            found |= self._earlier(condition, row)

    def _earlier(self, condition: Condition, row: Row) -> dict:
        """The earlier item that a question waits for, and the codes."""
        code = form.item_code(condition.name)
        if self.names.get(code) != condition.name:
            later = (r.said("name") for r in self.sheet.rows if r.number >= row.number)
            is_later = condition.name in later
            reads = "relevant_later" if is_later else "relevant_not_read"
            value = condition.name if is_later else row.said("relevant")
            self._problem(reads, row, "relevant", value)
            return {}
        asked = next(item for item in self.items if item["code"] == code)
        values = self.sets.values.get(asked["answers"])
        if values is None:  # its own answers are complained about already
            return {}
        if unknown := [value for value in condition.values if value not in values]:
            self._value(row, unknown[0], condition.name)
            return {}
        return {"shown_if": {"item": code, "codes": [values[v] for v in condition.values]}}

    def _value(self, row: Row, value: str, item: str) -> None:
        self._problem("relevant_value", row, "relevant", value, item=item)


def _range_problem(row: Row) -> str:
    """Why a range is not the numbers 0-10."""
    said = {"start": "1", "end": "10", "step": "1"} | dict(
        _PARAMETER.findall(row.said("parameters"))
    )
    whole = {name: said[name].removesuffix(".0") for name in ("start", "end", "step")}
    is_whole = whole == {"start": "0", "end": "10", "step": "1"}
    return "" if is_whole and set(said) == set(whole) else "range_not_read"


def _integer_problem(row: Row) -> str:
    return "" if _ZERO_TO_TEN.fullmatch(row.said("constraint").strip()) else "integer_not_read"
