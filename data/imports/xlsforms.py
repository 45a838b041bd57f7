"""An XLSForm that somebody brings, read in a child process of its own, and the answers given to it.

The server survives whatever a form does to its reader, as it does with files of answers.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from data.imports.limits import LIMITS, Limits
from data.imports.mapping import Answer
from data.imports.problems import RejectedFile
from data.imports.profile import Profile
from data.imports.read import FOLDER, child_report
from survey.instrument import DONT_KNOW, NOT_APPLICABLE, AnswerKind, Instrument
from survey.text import LANGUAGES, Text
from survey.xlsform import form
from survey.xlsform.problems import Problem
from survey.xlsform.read import Reading
from survey.xlsform.sheets import BYTES, MEGABYTE

WORKER = ("-m", "data.imports.xlsform_worker")
#: Ten seconds of work; a busy machine may take longer over them without refusing a sound form.
FORM_LIMITS = replace(LIMITS, cpu_seconds=10, wall_seconds=30, file_bytes=BYTES)
#: Columns that KoboToolbox and ODK Central add to the answers, the first that is there is taken.
_RESPONSE_ID = ("_uuid", "meta/instanceID", "meta-instanceID", "instanceID", "_id", "KEY")
#: The day of the respondent comes before the moments, which are told in UTC.
_ANSWERED_ON = (form.TODAY, "_submission_time", "SubmissionDate")
_DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%fZ")


def check_xlsform(path: Path | str, limits: Limits = FORM_LIMITS) -> Reading:
    """The instrument of an .xlsx file that KoboToolbox and ODK would take, or its problems."""
    path = Path(path)
    try:
        size = path.stat().st_size
    except OSError:
        return Reading(None, (Problem("not_a_workbook"),))
    if size > limits.file_bytes:
        limit = {"limit": limits.file_bytes // MEGABYTE}
        return Reading(None, (Problem("too_large", detail=limit),))
    request = {"path": str(path.resolve()), "file": path.name, "limits": asdict(limits)}
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        try:
            report = child_report(request, folder, path.name, limits, worker=WORKER)
        except RejectedFile as died:
            return Reading(None, (_death(died, limits),))
    if "instrument" not in report:  # these are not our child's words
        return Reading(None, (Problem("reader_stopped"),))
    made = report["instrument"]
    return Reading(
        Instrument.model_validate_json(made) if made else None,
        tuple(Problem(**found) for found in report["problems"]),
        tuple(Problem(**found) for found in report["remarks"]),
        report["names"],
        report["values"],
    )


def _death(died: RejectedFile, limits: Limits) -> Problem:
    if died.problems[0].code == "parser_time":
        limit = min(limits.cpu_seconds, limits.wall_seconds)
        return Problem("took_too_long", detail={"limit": limit})
    return Problem("reader_stopped")


# --- the answers --------------------------------------------------------------------------------


def profile_for(
    instrument: Instrument,
    headers: Iterable[str] = (),
    constants: Mapping[str, str] | None = None,
    reading: Reading | None = None,
) -> Profile:
    """The profile under which answers given to the instrument's XLSForm come home.

    headers: those of the exported file; a question may stand under its group's path
    (``page_1/GOAL1``, ``page_1-GOAL1``). constants: what the form does not say, such as the
    project. reading: where the form was made by others, what it calls questions and choices.
    """
    constants = dict(constants or {})
    there = list(headers)
    names = reading.names if reading else {}
    answers = {
        item.code: Answer(
            column=_header(names.get(item.code, item.code), there),
            values=_values(instrument, item.code, reading),
            optional=True,
        )
        for item in instrument.items
    }
    columns = {
        field: {"column": _header(field, there), "optional": field not in ("project", "wave")}
        for field in (form.PROJECT, form.WAVE, form.PHASE, form.GROUP)
        if field not in constants
    }
    for field, candidates in (("response_id", _RESPONSE_ID), ("answered_on", _ANSWERED_ON)):
        found = next((name for name in candidates if name in there), None)
        if found and field not in constants:
            columns[field] = {"column": found}
    return Profile(
        name=f"xlsform_{instrument.code}"[:60],
        kind="answers",
        title=_title(instrument),
        instrument=instrument.key,
        dates=_DATES,
        columns=columns,
        constants=constants,
        answers=answers,
    )


def _header(name: str, headers: list[str]) -> str:
    """The header of a question, under its group or not; the bare name where it is not there."""
    if name in headers:
        return name
    path = re.compile(rf"(?:.*[/:.-])?{re.escape(name)}", re.DOTALL)
    return next((header for header in headers if path.fullmatch(header)), name)


def _values(instrument: Instrument, item: str, reading: Reading | None):
    """What the cells of an item mean: choice names of others, else codes, or texts of choices."""
    named = reading.values.get(item, {}) if reading else {}
    if all(said == str(code) for said, code in named.items()):
        return "codes_or_texts"
    answers = instrument.answers_of(item)
    if answers.kind is AnswerKind.OPEN:
        return "codes_or_texts"
    said = [(choice.text, choice.code) for choice in answers.choices]
    said += [(answers.dont_know, DONT_KNOW), (answers.not_applicable, NOT_APPLICABLE)]
    texts = {
        text.in_language(language): code for text, code in said if text for language in LANGUAGES
    }
    return {**texts, **named}


def _title(instrument: Instrument) -> Text:
    return Text(
        **{language: f"XLSForm: {instrument.title.in_language(language)}" for language in LANGUAGES}
    )
