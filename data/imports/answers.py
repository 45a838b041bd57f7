"""Survey answers: one row is one person's answers to one collection."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data.imports import answer_quality, known_answers
from data.imports.answer_cells import cells_of
from data.imports.answer_times import seconds_taken
from data.imports.columns import Columns
from data.imports.mapping import Answer
from data.imports.problems import Problem, RejectedFile
from data.imports.profile import Profile
from data.imports.projects import Checked
from data.imports.register import folded
from survey.instrument import (
    DONT_KNOW,
    MISSING,
    NOT_APPLICABLE,
    UNKNOWN_GROUP,
    WHOLE_PROCESS,
    Instrument,
)

WORDS = {"dont_know": DONT_KNOW, "not_applicable": NOT_APPLICABLE, "missing": MISSING}
PEOPLE = 1e9


def answer_columns(profile: Profile, instrument: Instrument, file: str) -> dict[str, Answer]:
    """The column of each item that the profile maps.

    Raises: RejectedFile when the profile names an item or a code that the instrument does not have.
    """
    items = {item.code for item in instrument.items}
    if profile.answers == "by_code":
        return {code: Answer(column=code, optional=True) for code in items}
    if unknown := sorted(set(profile.answers) - items):
        problems = (
            Problem("unknown_item", value=code, detail={"instrument": instrument.key})
            for code in unknown
        )
        raise RejectedFile(file, tuple(problems))
    wrong = [
        problem
        for code, answer in profile.answers.items()
        if isinstance(answer.values, dict)
        for problem in _off_scale(code, answer.values, instrument)
    ]
    if wrong:
        raise RejectedFile(file, tuple(wrong))
    return dict(profile.answers)


def _off_scale(code: str, values: dict, instrument: Instrument) -> list[Problem]:
    accepted = instrument.answers_of(code).accepted | {MISSING}
    return [
        Problem(
            "code_not_on_scale",
            column=code,
            value=said,
            detail={"item": code, "target": str(target), "allowed": _allowed(instrument, code)},
        )
        for said, target in values.items()
        if _code(target) not in accepted
    ]


def _code(target: str | int) -> int | None:
    """A code of an answer, from a number or one of the words for no answer."""
    if isinstance(target, str) and target in WORDS:
        return WORDS[target]
    return int(target) if re.fullmatch(r"-?[0-9]{1,2}", str(target)) else None


def _allowed(instrument: Instrument, code: str) -> str:
    codes = instrument.answers_of(code).codes
    return f"{codes[0]}–{codes[-1]}" if len(codes) > 6 else ", ".join(map(str, codes))


def meanings(profile: Profile, instrument: Instrument, item: str, answer: Answer) -> dict[str, int]:
    """What each cell text, folded, means as a code of an item."""
    answers = instrument.answers_of(item)
    words: dict[str, int] = {}
    if isinstance(answer.values, dict):
        words |= {folded(said): _code(target) for said, target in answer.values.items()}
    if answer.values in ("texts", "codes_or_texts"):
        words |= _choice_texts(answers)
    if answer.values in ("codes", "codes_or_texts"):
        words |= {f"{code}{end}": code for code in answers.codes for end in ("", ".0", ",0")}
        words |= {str(code): code for code in answers.accepted if code < 0}
    for said, code in ((profile.dont_know, DONT_KNOW), (profile.not_applicable, NOT_APPLICABLE)):
        if code in answers.accepted:
            words = {folded(word): code for word in said} | words
    return words


def _choice_texts(answers) -> dict[str, int]:
    """Texts of the choices in every language; a text that means two codes means none."""
    texts = [(choice.text, choice.code) for choice in answers.choices]
    texts += [(answers.dont_know, DONT_KNOW)] if answers.dont_know else []
    texts += [(answers.not_applicable, NOT_APPLICABLE)] if answers.not_applicable else []
    found: dict[str, int | None] = {}
    for text, code in texts:
        for said in {folded(text.fi), folded(text.sv), folded(text.en)}:
            found[said] = None if found.get(said, code) != code else code
    return {said: code for said, code in found.items() if code is not None}


# --- checking -----------------------------------------------------------------------------------


def check(columns: Columns, connection: sa.Connection, instrument: Instrument) -> Checked:
    """The responses of a file; what is wrong goes to the findings.

    Shape: ``rows`` has the fields, one int8 column an item (MISSING where blank) and one text
    column an open item. ``known``: the answer came with an earlier file, and is not stored again.
    """
    profile = columns.profile
    dates = columns.date("answered_on")
    numbers = columns.text("response_id", 500)
    fields = {
        "project": columns.entity("project", "project", required=True),
        "wave": columns.closed("wave", required=True),
        "phase": columns.closed("phase", default=WHOLE_PROCESS),
        "group_code": columns.closed("group", default=UNKNOWN_GROUP),
        "link_key": columns.text("link_key", 500),
        "source_key": columns.hashed(numbers, f"response:{profile.form and profile.form + ':'}"),
        "language": columns.closed("language"),
        "answered_on": dates.astype(object),
        "invited": columns.number("invited", PEOPLE, whole=True),
    }
    mapped = answer_columns(profile, instrument, columns.source.file)
    open_codes = {item.code for item in instrument.open_items}
    items = {
        code: columns.open_answer(answer)
        if code in open_codes
        else _codes(columns, instrument, code, answer)
        for code, answer in mapped.items()
    }
    items = {code: said for code, said in items.items() if said is not None}
    if not items:
        detail = {"instrument": instrument.key, "example": instrument.items[0].code}
        raise RejectedFile(columns.source.file, (Problem("no_answer_columns", detail=detail),))
    rows = pd.DataFrame(fields | items)
    _reject_blank(columns, rows, open_codes, items)
    _reject_copies(columns)
    seconds = seconds_taken(columns)
    answer_quality.remark(columns.findings, items, numbers, seconds, instrument)
    rows["known"] = known_answers.known(columns, rows, connection, instrument)
    rows["link_key"] = _linked(columns, rows, connection, instrument)
    return Checked(rows)


def _codes(
    columns: Columns, instrument: Instrument, item: str, answer: Answer
) -> np.ndarray | None:
    """An item's answers as codes; None when the file does not have its column."""
    said = cells_of(columns, answer)
    if said is None:
        return None
    codes, distinct = pd.factorize(said)
    known = meanings(columns.profile, instrument, item, answer)
    accepted = instrument.answers_of(item).accepted | {MISSING}
    meant = [known.get(folded(text)) for text in distinct]
    unknown = np.array([code not in accepted for code in meant], dtype=bool)
    if len(distinct):
        bad = (codes >= 0) & unknown[codes]
        allowed = _allowed(instrument, item)
        columns.findings.add("outside_scale", bad, answer.label, said, item=item, allowed=allowed)
    spread = np.array([MISSING if code is None else code for code in [*meant, None]], dtype=np.int8)
    return spread[codes]


def _reject_blank(columns: Columns, rows: pd.DataFrame, open_codes: set[str], items: dict) -> None:
    answered = np.zeros(len(rows), dtype=bool)
    for code in items:
        answered |= (rows[code].notna() if code in open_codes else rows[code] != MISSING).to_numpy()
    columns.findings.add("no_answers", ~answered & ~columns.findings.rejected)


def _reject_copies(columns: Columns) -> None:
    """A row that equals another in every cell, time of day included, is a copy of it."""
    digests = pd.Series(columns.source.digests)
    copies = digests.duplicated().to_numpy()
    if not copies.any():
        return
    cell = columns.profile.columns.get("answered_on")
    when = columns.cell(cell) if cell else np.full(columns.size, "", dtype=object)
    timed = pd.Series(when, dtype="str").str.contains(":", regex=False).fillna(False).to_numpy()
    first = columns.first_row(digests.to_numpy())
    columns.findings.add("duplicate_row", copies & timed, first=first)
    if (copies & ~timed).any():
        columns.findings.warn("same_answers", count=int((copies & ~timed).sum()))


def _linked(
    columns: Columns, rows: pd.DataFrame, connection: sa.Connection, instrument: Instrument
) -> np.ndarray:
    """Link keys as hashes; rejects known ones, unlinks or rejects those repeated in the file."""
    label = columns.label("link_key")
    said = rows["link_key"].to_numpy(dtype=object)
    keys = columns.hashed(said, "link:")
    whose = pd.DataFrame({"key": keys} | {n: rows[n] for n in ("project", "wave", "phase")})
    keyed = set(rows["project"][~pd.isna(keys)].dropna())
    stored = known_answers.stored_keys(connection, instrument, keyed, "link_key") if keyed else []
    old = rows["known"].to_numpy(dtype=bool)
    if stored:
        at = pd.MultiIndex.from_frame(whose[["project", "wave", "phase", "key"]])
        known = at.isin(stored) & ~pd.isna(keys) & ~old
        columns.findings.add("duplicate_response", known, label, said)
    counted = whose[~columns.findings.rejected & ~pd.isna(keys) & ~old]
    if columns.profile.repeated_keys == "reject":
        again = np.zeros(len(rows), dtype=bool)
        again[counted.index[counted.duplicated()]] = True
        columns.findings.add("repeated_key", again, label, said)
        return keys
    repeated = counted.index[counted.duplicated(keep=False)]
    if len(repeated):
        columns.findings.warn("keys_unlinked", count=len(repeated))
        keys[repeated] = None
    return keys
