"""An instrument as an XLSForm workbook that KoboToolbox and ODK take and that can be read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from survey.answering import OPEN_LIMIT
from survey.instrument import (
    DONT_KNOW,
    GROUPS,
    NOT_APPLICABLE,
    WAVES,
    AnswerKind,
    AnswerSet,
    Instrument,
    Item,
    Scale,
)
from survey.text import Text
from survey.xlsform import form
from survey.xlsform.form import said_in, words

Row = dict[str, str]

_HEADS = {
    "survey": (
        "type", "name", *said_in("label"), *said_in("hint"), "relevant", "appearance",
        "parameters", "constraint", *said_in("constraint_message"), "calculation",
        form.SET, form.REVERSED, form.ROLE, form.SPECIAL,
    ),
    "choices": ("list_name", "name", *said_in("label")),
    "settings": ("form_title", "form_id", "version", "default_language", "style"),
    form.ABOUT: ("field", "value", *said_in("text")),
    form.ANSWERS: ("name", "kind", "best", "threshold", "numbers"),
    form.SCALES: (
        "code", *said_in("title"), *said_in("meaning"), "items", "scales", "combine", "minimum",
        "threshold", "is_construct",
    ),
}  # fmt: skip


def write(instrument: Instrument, *, project: str = "", wave: str = "", phase: str = "") -> bytes:
    """The instrument as an .xlsx file.

    project, wave, phase: what the answers are about, kept with every answer; a wave that is not
    given is asked, because items may depend on it.
    """
    sheets: dict[str, Iterable[Row]] = {
        "survey": (*_about_answers(project, wave, phase), *_survey(instrument)),
        "choices": _choices(instrument, asks_wave=not wave),
        "settings": [_settings(instrument)],
        form.ABOUT: _about(instrument),
        form.ANSWERS: [_set(name, answers) for name, answers in instrument.answer_sets.items()],
        form.SCALES: [_scale(scale) for scale in instrument.scales],
    }
    return _workbook(sheets)


def _said(base: str, text: Text | None) -> Row:
    if text is None:
        return {}
    return dict(zip(said_in(base), (text.fi, text.sv, text.en), strict=True))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


# --- the questions ------------------------------------------------------------------------------


def _about_answers(project: str, wave: str, phase: str) -> Iterator[Row]:
    """Questions and fixed values that say whose answers these are, and of which work."""
    yield {"type": "today", "name": form.TODAY}
    for name, value in ((form.PROJECT, project), (form.PHASE, phase), (form.WAVE, wave)):
        if value:
            yield {"type": "calculate", "name": name, "calculation": _quoted(value)}
    if not wave:
        label = _said("label", words()["ask_wave"])
        yield {"type": f"select_one {form.WAVE_LIST}", "name": form.WAVE} | label
    label = _said("label", words()["ask_group"])
    yield {"type": f"select_one {form.GROUP_LIST}", "name": form.GROUP} | label


def _quoted(value: str) -> str:
    """A text as an expression says it."""
    return f'"{value}"' if "'" in value else f"'{value}'"


def _survey(instrument: Instrument) -> Iterator[Row]:
    if not instrument.sections:
        yield from (_question(instrument, item) for item in instrument.items)
        return
    for number, section in enumerate(instrument.sections, 1):
        page = {"type": "begin_group", "name": f"page_{number}", "appearance": "field-list"}
        yield page | _said("label", section.title)
        yield from (_question(instrument, instrument.item(code)) for code in section.items)
        yield {"type": "end_group"}


def _question(instrument: Instrument, item: Item) -> Row:
    row = {"name": item.code, form.SET: item.answers, "relevant": _relevant(item)}
    row |= _said("label", item.text) | _said("hint", item.hint)
    row[form.REVERSED] = "yes" if item.reversed else ""
    row[form.ROLE] = item.role.value if item.role else ""
    row[form.SPECIAL] = item.special.value if item.special else ""
    return row | _kind(item.answers, instrument.answer_sets[item.answers])


def _kind(name: str, answers: AnswerSet) -> Row:
    if answers.kind is AnswerKind.OPEN:
        limit = f"string-length(.) <= {OPEN_LIMIT}"
        told = _said("constraint_message", words()["too_long"])
        return {"type": "text", "appearance": "multiline", "constraint": limit} | told
    if _is_range(answers):
        return {"type": "range", "parameters": "start=0 end=10 step=1"}
    return {"type": f"select_one {name}"}


def _is_range(answers: AnswerSet) -> bool:
    """A question of bare numbers; with a choice beside them it is a list of choices."""
    bare = not (answers.choices or answers.dont_know or answers.not_applicable)
    return answers.kind is AnswerKind.RECOMMENDATION and bare


def _relevant(item: Item) -> str:
    """When the question is asked, in the words of an XLSForm."""
    waits = item.shown_if
    conditions = [(form.GROUP, item.groups), (form.WAVE, item.waves)]
    conditions += [(waits.item, waits.codes)] if waits else []
    clauses = [
        " or ".join(f"${{{name}}} = '{value}'" for value in values)
        for name, values in conditions
        if values
    ]
    return clauses[0] if len(clauses) == 1 else " and ".join(f"({clause})" for clause in clauses)


# --- the answers --------------------------------------------------------------------------------


def _choices(instrument: Instrument, *, asks_wave: bool) -> Iterator[Row]:
    for name, answers in instrument.answer_sets.items():
        for code, text in _codes(answers):
            label = _said("label", text) or dict.fromkeys(said_in("label"), str(code))
            yield {"list_name": name, "name": str(code)} | label
    fixed = [(form.GROUP_LIST, "group", GROUPS)]
    fixed += [(form.WAVE_LIST, "wave", WAVES)] if asks_wave else []
    for list_name, word, codes in fixed:
        for code in codes:
            label = _said("label", words()[f"{word}_{code}"])
            yield {"list_name": list_name, "name": code} | label


def _codes(answers: AnswerSet) -> Iterator[tuple[int, Text | None]]:
    """Every code that a person may choose, with its text; numbers have none."""
    if answers.choices:
        yield from ((choice.code, choice.text) for choice in answers.choices)
    elif not _is_range(answers):
        yield from ((code, None) for code in answers.codes)
    for code, text in ((DONT_KNOW, answers.dont_know), (NOT_APPLICABLE, answers.not_applicable)):
        if text:
            yield code, text


def _set(name: str, answers: AnswerSet) -> Row:
    return {
        "name": name,
        "kind": answers.kind.value,
        "best": _number(answers.best),
        "threshold": _number(answers.threshold),
        "numbers": "" if answers.choices or not answers.codes else "yes",
    }


# --- what is ours -------------------------------------------------------------------------------


def _settings(instrument: Instrument) -> Row:
    return {
        "form_title": instrument.title.fi,
        "form_id": instrument.code,
        "version": str(instrument.version),
        "default_language": form.LANGUAGE_NAMES["fi"],
        "style": "pages" if instrument.sections else "",
    }


def _about(instrument: Instrument) -> Iterator[Row]:
    yield {"field": "title"} | _said("text", instrument.title)
    yield {"field": "purpose"} | _said("text", instrument.purpose)
    for name in ("code", "version", "kind", "source", "audience", "variant_of"):
        yield {"field": name, "value": str(getattr(instrument, name) or "")}


def _scale(scale: Scale) -> Row:
    return {
        "code": scale.code,
        **_said("title", scale.title),
        **_said("meaning", scale.meaning),
        "items": " ".join(scale.items),
        "scales": " ".join(scale.scales),
        "combine": scale.combine,
        "minimum": _number(scale.minimum),
        "threshold": _number(scale.threshold),
        "is_construct": "yes" if scale.is_construct else "no",
    }


def _workbook(sheets: dict[str, Iterable[Row]]) -> bytes:
    """Rows as a workbook; every cell is a text, so no text becomes a formula or a number."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    book = openpyxl.Workbook(write_only=True)
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")

    def cell(sheet, value: str, *, is_head: bool = False):
        made = WriteOnlyCell(sheet, value=value)
        made.data_type = "s"
        made.alignment = wrapped
        if is_head:
            made.font = bold
        return made

    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "C2" if name == "survey" else "A2"
        head = _HEADS[name]
        for at, header in enumerate(head, 1):
            letter = openpyxl.utils.get_column_letter(at)
            sheet.column_dimensions[letter].width = 44 if "::" in header else 20
        sheet.append([cell(sheet, header, is_head=True) for header in head])
        for row in rows:
            sheet.append([cell(sheet, row[h]) if row.get(h) else None for h in head])
    sink = BytesIO()
    book.save(sink)
    return sink.getvalue()
