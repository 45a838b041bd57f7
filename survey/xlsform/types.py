"""The types of questions that XLSForms have, and which of them are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SELECT = re.compile(r"(select_one|select one|select one from|select1) +(\S+)( +or_other)?")
_GROUPS = {
    "begin_group": "begin_group",
    "begin group": "begin_group",
    "end_group": "end_group",
    "end group": "end_group",
}
_REPEAT = re.compile(r"(begin|end)[_ ](repeat|loop|lgroup|looped group)")
_FROM_FILE = re.compile(
    r"select[_ ](one|multiple)[_ ](from[_ ]file|external)\b.*|(csv|xml)-external"
)
#: What a form keeps about the filling of itself; it is no question and is left out.
_ASIDE = {
    "start", "end", "today", "deviceid", "phonenumber", "username", "email", "simserial",
    "subscriberid", "audit", "note", "calculate", "hidden", "start-geopoint",
}  # fmt: skip
#: Questions of the field that have no scale, or whose answers are no code.
_OTHERS = re.compile(
    r"(select_multiple|select multiple|rank|decimal|date|time|dateTime|geopoint|geotrace|geoshape"
    r"|image|photo|audio|video|file|barcode|acknowledge|trigger|text_list|xpath|osm"
    r"|background-audio|background-geopoint|select all that apply from)\b.*"
)


@dataclass(frozen=True, slots=True)
class QuestionType:
    """A type: its name, the list of choices that it names, and why it is not read if it is not."""

    name: str
    list_name: str = ""
    problem: str = ""

    @property
    def is_question(self) -> bool:
        """Whether the row counts as a question of the form."""
        return self.name not in (*_GROUPS.values(), "")

    @property
    def is_named(self) -> bool:
        """Whether the row must have a name."""
        return self.name != "end_group"

    @property
    def is_aside(self) -> bool:
        """Whether the row is no question that a person answers."""
        return self.name in _ASIDE


def question_type(said: str) -> QuestionType:
    """The type that a cell of the column ``type`` names."""
    said = " ".join(said.split())
    if not said:
        return QuestionType("", problem="type_missing")
    if said in _GROUPS:
        return QuestionType(_GROUPS[said])
    if said in _ASIDE or said in ("text", "range", "integer", "int"):
        return QuestionType({"int": "integer"}.get(said, said))
    repeat = _REPEAT.fullmatch(said)
    if repeat:  # one message for a repeat: where it begins
        problem = "repeat_not_read" if repeat[1] == "begin" else ""
        return QuestionType(f"{repeat[1]}_group", problem=problem)
    return _select(said)


def _select(said: str) -> QuestionType:
    if _FROM_FILE.fullmatch(said):
        return QuestionType("outside", problem="outside_not_read")
    chosen = _SELECT.fullmatch(said)
    if chosen and chosen[3]:
        return QuestionType("select_one", chosen[2], "or_other_not_read")
    if chosen:
        return QuestionType("select_one", chosen[2])
    if _OTHERS.fullmatch(said):
        return QuestionType("other", problem="type_not_read")
    return QuestionType("unknown", problem="type_unknown")
