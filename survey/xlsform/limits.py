"""What an XLSForm may hold: how many questions, how deep, without circles or content from outside.

The checker of the field accepts circles and forms that take minutes, so these limits are ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from survey.item import LONGEST_CHAIN
from survey.xlsform.problems import Problem
from survey.xlsform.sheets import Row, Sheet
from survey.xlsform.types import QuestionType, question_type

QUESTIONS = 2_000
DEPTH = LONGEST_CHAIN
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII)
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
#: A reference in a text, or the beginning of one.
_OPENED = re.compile(r"\$\{.{0,30}")
_OUTSIDE = re.compile(r"\b(pulldata|search)\s*\(", re.IGNORECASE)
#: What the parameters of a question may say; a range is looked at when it is read.
_ANY = re.compile(r"([\w-]+ *= *[^\s,;=]+([ ,;]+|$))*")
_PARAMETERS = {
    "text": re.compile(r"(rows *= *[0-9]+)?"),
    "select_one": re.compile(r"(randomize *= *(false|true([ ,;]+seed *= *[0-9]+)?))?"),
}
#: Columns whose words people read; an expression in them is a text like any other.
_TEXTS = ("label", "hint", "guidance_hint", "constraint_message", "required_message")
#: Columns that decide when a question is asked or what its value is.
_DECIDING = ("relevant", "calculation", "default", "trigger", "choice_filter", "required")


def check_survey(sheet: Sheet) -> list[Problem]:
    """Everything that a survey sheet breaks, in the order of its rows."""
    typed = [(row, question_type(row.said("type"))) for row in sheet.rows if _is_row(row)]
    asked = sum(kind.is_question for _, kind in typed)
    if asked > QUESTIONS:
        return [Problem("too_many_questions", sheet.name, detail=_limit(QUESTIONS, found=asked))]
    found = [problem for row, kind in typed for problem in _check_row(sheet, row, kind)]
    found += _check_names(sheet, typed)
    found += _check_groups(sheet, typed)
    names = {row.said("name") for row, kind in typed if kind.is_named}
    found += check_references(sheet, names)
    if not found:
        found = _check_circles(sheet, typed)
    return sorted(found, key=lambda problem: problem.row or 0)


def check_settings(sheet: Sheet) -> list[Problem]:
    """The name that the settings give the form, where it is none."""
    named = ((row, row.said("name")) for row in sheet.rows[:1])
    return [
        sheet.problem("name_not_allowed", row, "name", name)
        for row, name in named
        if name and not _NAME.fullmatch(name)
    ]


def _limit(limit: int, **more: int) -> dict[str, int]:
    return {"limit": limit, **more}


def _is_row(row: Row) -> bool:
    """Whether a row says something to the form; notes beside the form's columns do not."""
    return any(_heads(row, "type", "name", "label"))


def _heads(row: Row, *heads: str) -> list[str]:
    """The cells of a row under some headers, whatever their language."""
    return [text for column, text in row.cells.items() if column.partition("::")[0] in heads]


# --- rows ---------------------------------------------------------------------------------------


def _check_row(sheet: Sheet, row: Row, kind: QuestionType) -> Iterator[Problem]:
    if kind.problem:
        yield sheet.problem(kind.problem, row, "type", row.said("type"))
    elif kind.name == "calculate" and not row.said("calculation"):
        yield sheet.problem("calculation_missing", row, "calculation")
    elif kind.name == "note" and not any(_heads(row, "label", "hint")):
        yield sheet.problem("label_missing", row, "label")
    elif not _PARAMETERS.get(kind.name, _ANY).fullmatch(row.said("parameters")):
        yield sheet.problem("parameters_not_read", row, "parameters", row.said("parameters"))
    for column, text in row.cells.items():
        outside = _OUTSIDE.search(text)
        if outside and column.partition("::")[0] not in (*_TEXTS, "type", "name"):
            yield sheet.problem("outside_not_read", row, column, f"{outside[1]}(")


def _check_names(sheet: Sheet, typed: list[tuple[Row, QuestionType]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row, kind in typed:
        name = row.said("name")
        if not kind.is_named:
            continue
        if not name:
            yield sheet.problem("name_missing", row, "name")
        elif not _NAME.fullmatch(name) or name.lower() == "meta":
            yield sheet.problem("name_not_allowed", row, "name", name)
        elif name in first:
            yield sheet.problem("name_doubled", row, "name", name, first=first[name])
        else:
            first[name] = row.number


def _check_groups(sheet: Sheet, typed: list[tuple[Row, QuestionType]]) -> Iterator[Problem]:
    opened: list[Row] = []
    for row, kind in typed:
        if kind.name == "begin_group":
            opened.append(row)
            if len(opened) == DEPTH + 1:
                yield sheet.problem("too_deep", row, "type", **_limit(DEPTH))
        elif kind.name == "end_group" and opened:
            opened.pop()
        elif kind.name == "end_group":
            yield sheet.problem("group_not_opened", row, "type")
    for row in opened:
        yield sheet.problem("group_not_closed", row, "type", row.said("name"))


# --- references ---------------------------------------------------------------------------------


def check_references(sheet: Sheet, names: set[str]) -> Iterator[Problem]:
    """References in a sheet to questions that the form does not have."""
    for row in sheet.rows:
        for column, text in row.cells.items():
            if column in ("type", "name") or "${" not in text:
                continue
            for name in references(text):
                if name not in names:
                    yield sheet.problem("reference_unknown", row, column, name)
            broken = _OPENED.search(_REFERENCE.sub("", text))
            if broken:
                yield sheet.problem("reference_broken", row, column, broken[0])


def references(text: str) -> list[str]:
    """The names that a text refers to, each once."""
    return list(dict.fromkeys(_REFERENCE.findall(text)))


def _check_circles(sheet: Sheet, typed: list[tuple[Row, QuestionType]]) -> list[Problem]:
    """One problem for the first circle, or for the first question that depends on too many."""
    rows: dict[str, Row] = {}
    needs: dict[str, list[str]] = {}
    groups: list[str] = []
    group_names = {row.said("name") for row, kind in typed if kind.name == "begin_group"}
    for row, kind in typed:
        name = row.said("name")
        if kind.name == "end_group":
            groups.pop()
        elif name:
            rows[name] = row
            said = (row.said(column) for column in _DECIDING)
            needs[name] = [*groups[-1:], *(other for text in said for other in references(text))]
        if kind.name == "begin_group":
            groups.append(name)
    depths: dict[str, int] = {}
    for name in needs:
        circle = _measure(name, needs, depths, group_names)
        if circle:
            row = rows[circle[0]]
            column = next((c for c in _DECIDING if references(row.said(c))), "relevant")
            return [sheet.problem("cycle", row, column, " → ".join(circle))]
    deep = next((name for name in needs if depths[name] > DEPTH), None)
    if deep is None:
        return []
    return [sheet.problem("too_deep", rows[deep], "relevant", **_limit(DEPTH))]


def _measure(
    start: str, needs: dict[str, list[str]], depths: dict[str, int], groups: set[str]
) -> list[str]:
    """The circle that a name leads into, as the names along it; else its depth is written down.

    Walks with a list of its own, because forms may be deeper than Python's calls. A group is no
    question: being in one makes nothing deeper.
    """
    path: list[str] = []
    waiting = [(start, False)]
    while waiting:
        name, is_done = waiting.pop()
        if is_done:
            path.pop()
            below = (depths[other] + (other not in groups) for other in needs[name])
            depths[name] = max(below, default=0)
        elif name in path:
            return [*path[path.index(name) :], name]
        elif name not in depths:
            path.append(name)
            waiting.append((name, True))
            waiting += [(other, False) for other in needs[name]]
    return []
