"""An XLSForm workbook as an instrument, or everything that is wrong with it.

What we wrote comes back whole, scoring included. A form made in KoboToolbox or ODK is read where
it fits: choices of one, the numbers 0-10, texts, pages, and conditions on one earlier answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pydantic import ValidationError

from survey.instrument import AnswerKind, Instrument
from survey.xlsform import form
from survey.xlsform.answer_sets import AnswerSets, read_about, read_lists
from survey.xlsform.limits import check_references, check_settings, check_survey
from survey.xlsform.own import about, scales
from survey.xlsform.problems import Problem, shortened
from survey.xlsform.questions import Questions
from survey.xlsform.sheets import Refused, Row, Sheet, check_columns, language_code, read_sheets
from survey.xlsform.wording import Wording

#: Names of rows that are left out are told up to this many.
TOLD = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """What an XLSForm is: an instrument, or the problems that keep it from being one.

    remarks: what was read otherwise than it stands. names: what the form calls each item; values:
    the code of each choice name of an item, so that answers given to the form are read.
    """

    instrument: Instrument | None
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, int]] = field(default_factory=dict)


def read(content: bytes, file: str) -> Reading:
    """The instrument of an .xlsx file; never raises, whatever the bytes are."""
    try:
        sheets = read_sheets(content)
    except Refused as refused:
        return Reading(None, (refused.problem,))
    problems = check_columns(sheets) or _check(sheets)
    if problems:
        return Reading(None, tuple(problems))
    return _read(sheets, file)


def _check(sheets: dict[str, Sheet]) -> list[Problem]:
    """What the sheets break of the limits, before anything is made of them."""
    survey = sheets["survey"]
    names = {row.said("name") for row in survey.rows}
    problems = check_survey(survey)
    for name in ("choices", "settings"):
        if name in sheets:
            problems += check_references(sheets[name], names)
    problems += check_settings(sheets["settings"]) if "settings" in sheets else []
    return problems


def _read(sheets: dict[str, Sheet], file: str) -> Reading:
    problems: list[Problem] = []
    remarks: list[Problem] = []
    settings = sheets.get("settings")
    set_as = settings.rows[0] if settings and settings.rows else Row(2, {})
    default = language_code(set_as.said("default_language"))
    allows_doubled = set_as.said("allow_choice_duplicates").lower() in ("yes", "true", "true()")
    choices = sheets.get("choices", Sheet("choices"))
    sets = AnswerSets(
        read_lists(choices, default, problems, allows_doubled=allows_doubled),
        read_about(sheets.get(form.ANSWERS), problems),
    )
    survey = sheets["survey"]
    label, hint = Wording.of(survey, "label", default), Wording.of(survey, "hint", default)
    asked = Questions(survey, sets, choices, label, hint)
    if problems:  # a set that is not sound would be complained about again at every question
        return Reading(None, tuple(problems))
    asked.read()
    problems += asked.problems
    problems += _unused_sets(sheets, sets)
    body = about(sheets, file, problems, remarks)
    body |= {
        "answer_sets": sets.bodies,
        "items": asked.items,
        "scales": scales(sheets.get(form.SCALES), set(asked.rows), problems),
        **_pages(asked, problems, remarks),
    }
    if not asked.items and not problems:
        problems.append(Problem("no_questions", survey.name))
    if problems:
        return Reading(None, tuple(problems))
    said = label.remarks() + (
        Wording.of(choices, "label", default).remarks() if choices.rows else []
    )
    remarks += [remark for at, remark in enumerate(said) if remark not in said[:at]]
    remarks += _left_out(asked)
    return _sound(body, sheets, asked, remarks)


def _unused_sets(sheets: dict[str, Sheet], sets: AnswerSets) -> list[Problem]:
    """Writes down the sets that our own sheet tells of and no question uses."""
    problems = []
    for name, row in sets.about.items():
        if name in sets.bodies:
            continue
        kind = sets.kind(name, AnswerKind.CHOICE)
        if name in sets.lists or kind in (AnswerKind.OPEN, AnswerKind.RECOMMENDATION):
            sets.add(name, kind)
        else:
            problems.append(sheets[form.ANSWERS].problem("list_unknown", row, "name", name))
    return problems


def _left_out(asked: Questions) -> list[Problem]:
    """What the form says that the instrument does not."""
    found = []
    if not asked.sets.about and {form.REVERSED, form.ROLE} & set(asked.sheet.headers):
        found.append(Problem("scoring_left_out", value=form.ANSWERS))
    if not asked.aside:
        return found
    told = ", ".join(asked.aside[:TOLD]) + (" …" if len(asked.aside) > TOLD else "")
    count = {"count": len(asked.aside)}
    return [*found, Problem("rows_left_out", asked.sheet.name, value=told, detail=count)]


def _pages(asked: Questions, problems: list[Problem], remarks: list[Problem]) -> dict:
    """The groups of the form as sections, where every question is in a group with a title."""
    pages = [(row, codes) for row, codes in asked.pages if codes]
    if all(row is None for row, _ in pages):
        return {}
    titles = [asked.label.read(row, problems) if row else None for row, _ in pages]
    if None in titles:
        remarks.append(Problem("pages_left_out", asked.sheet.name))
        return {}
    sections = zip(titles, pages, strict=True)
    return {"sections": [{"title": title, "items": codes} for title, (_, codes) in sections]}


def _sound(
    body: dict, sheets: dict[str, Sheet], asked: Questions, remarks: list[Problem]
) -> Reading:
    try:
        instrument = Instrument.model_validate(body)
    except ValidationError as error:
        found = [_broken_rule(told, body, sheets, asked) for told in error.errors()]
        return Reading(None, tuple(found))
    values = {item.code: asked.sets.values[item.answers] for item in instrument.closed_items}
    return Reading(instrument, (), tuple(remarks), dict(asked.names), values)


def _broken_rule(told: dict, body: dict, sheets: dict[str, Sheet], asked: Questions) -> Problem:
    """A rule of instruments that the form breaks, at the row that it is about."""
    rule = shortened(told["msg"].removeprefix("Value error, "))
    sheet, row = _place(told, body, sheets, asked)
    return Problem("rule_broken", sheet, row.number if row else None, "", "", {"rule": rule})


def _place(
    told: dict, body: dict, sheets: dict[str, Sheet], asked: Questions
) -> tuple[str, Row | None]:
    """The sheet and the row that a broken rule is about, by its place or the code it names."""
    place = [*told["loc"], None, None]
    named = re.match(r"(?:Value error, )?([A-Z][A-Z0-9_]*):", told["msg"])
    code = named[1] if named else None
    if place[0] in ("items", "scales") and isinstance(place[1], int):
        code = body[place[0]][place[1]]["code"]
    if code in asked.rows:
        return asked.sheet.name, asked.rows[code]
    if place[0] == "answer_sets":
        about_set = asked.sets.about.get(str(place[1]))
        choices = asked.sets.lists.get(str(place[1]), [])
        row = about_set or (choices[0].row if choices else None)
        return (form.ANSWERS if about_set else "choices"), row
    own = sheets.get(form.SCALES)
    row = next((r for r in own.rows if r.said("code") == code), None) if own else None
    if row is not None or place[0] == "scales":
        return form.SCALES, row
    return (form.ABOUT if form.ABOUT in sheets else "settings"), None
