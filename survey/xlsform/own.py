"""What an XLSForm says of the instrument itself: our own sheets where it has them, or settings."""

from __future__ import annotations

import re

from survey.text import LANGUAGES
from survey.xlsform import form
from survey.xlsform.answer_sets import whole_number, yes_or_no
from survey.xlsform.problems import Problem
from survey.xlsform.sheets import Row, Sheet
from survey.xlsform.wording import Wording

_COMBINE = ("mean", "geometric", "both")
_FIELDS = {
    "kind": ("process", "outcome", "place"),
    "audience": ("everybody", "plain", "pupil"),
}
#: An instrument of others is about what followed, until somebody says otherwise.
_KIND = "outcome"


def about(
    sheets: dict[str, Sheet], file: str, problems: list[Problem], remarks: list[Problem]
) -> dict:
    """The instrument without its questions, answers and scales."""
    settings = _first(sheets.get("settings"))
    sheet = sheets.get(form.ABOUT, Sheet(form.ABOUT))
    rows = {row.said("field"): row for row in sheet.rows}
    if "${" in settings.said("form_title"):
        problems.append(sheets["settings"].problem("reference_in_text", settings, "form_title"))
    title = settings.said("form_title") or settings.said("form_id") or file
    texts = {
        "title": dict.fromkeys(LANGUAGES, title),
        "purpose": {
            language: form.words()["brought"].in_language(language).format(file=file)
            for language in LANGUAGES
        },
    }
    wording = Wording.of(sheet, "text")
    for name in texts:
        if name in rows:
            texts[name] = wording.read(rows[name], problems) or texts[name]
    said = {name: rows[name].said("value") for name in rows if rows[name].said("value")}
    for name, allowed in _FIELDS.items():
        if said.get(name, allowed[0]) not in allowed:
            told = ", ".join(allowed)
            problems.append(
                sheet.problem("not_one_of", rows[name], "value", said[name], allowed=told)
            )
    body = {
        "code": said.get("code") or _code(settings.said("form_id") or file),
        "version": _version(sheet, rows, settings, problems, remarks),
        "kind": said.get("kind", _KIND),
        "source": said.get("source") or f"XLSForm: {file}",
        **texts,
    }
    return body | {name: said[name] for name in ("audience", "variant_of") if name in said}


def _first(sheet: Sheet | None) -> Row:
    return sheet.rows[0] if sheet and sheet.rows else Row(2, {})


def _code(said: str) -> str:
    """The instrument code for a form's id: ``Palaute-2026`` becomes palaute_2026."""
    code = re.sub(r"[^a-z0-9_]", "_", said.lower(), flags=re.ASCII).strip("_")
    if not code or not code[0].isalpha():
        code = f"form_{code}".rstrip("_")
    return code[:40]


def _version(
    sheet: Sheet, rows: dict[str, Row], settings: Row, problems: list, remarks: list
) -> int:
    """The version: ours, else the number that the form's version begins with, else 1."""
    if "version" in rows and rows["version"].said("value"):
        return whole_number(sheet, rows["version"], "value", problems) or 1
    said = settings.said("version")
    number = re.match(r"[0-9]{1,9}", said, re.ASCII)
    version = max(int(number[0]), 1) if number else 1
    if said and said != str(version):
        remarks.append(
            Problem("version_read_as", "settings", 2, "version", said, {"number": version})
        )
    return version


def scales(sheet: Sheet | None, items: set[str], problems: list[Problem]) -> list[dict]:
    """The scales of our own sheet; a scale's members are items, or scales above it."""
    found: list[dict] = []
    if sheet is None:
        return found
    title, meaning = Wording.of(sheet, "title"), Wording.of(sheet, "meaning")
    seen: set[str] = set()
    for row in sheet.rows:
        body: dict = {"code": row.said("code")}
        for name, wording in (("title", title), ("meaning", meaning)):
            body[name] = wording.read(row, problems)
            if body[name] is None:
                problems.append(sheet.problem("label_missing", row, f"{name}::fi"))
        for name, known in (("items", items), ("scales", seen)):
            body[name] = row.said(name).split()
            unknown = [code for code in body[name] if code not in known]
            problems += [sheet.problem("member_unknown", row, name, code) for code in unknown]
        for name in ("minimum", "threshold"):
            body[name] = whole_number(sheet, row, name, problems)
        body["combine"] = row.said("combine") or _COMBINE[0]
        if body["combine"] not in _COMBINE:
            allowed = ", ".join(_COMBINE)
            problems.append(
                sheet.problem("not_one_of", row, "combine", body["combine"], allowed=allowed)
            )
        body["is_construct"] = yes_or_no(sheet, row, "is_construct", problems) is not False
        found.append(body)
        seen.add(body["code"])
    return found
