"""T-07: mutants of real XLSForms are read or refused, never a crash, as the checker says."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from io import BytesIO

import openpyxl
import pytest

from survey.instrument import instruments
from survey.text import LANGUAGES
from survey.xlsform.problems import message
from survey.xlsform.read import Reading, read
from survey.xlsform.write import write

MUTANTS, MUTANTS_BY_NIGHT = 300, 5_000
#: A form is read in well under this; the child process that reads it is stopped after ten seconds.
SECONDS = 2.0

Grid = dict[str, list[list]]

#: What we refuse although the field's checker takes it, and why.
STRICTER = {
    "sheet_missing": "the checker reads a single sheet as survey whatever it is called",
    "sheet_not_read": "content from outside the form is not ours to fetch",
    "outside_not_read": "content from outside the form is not ours to fetch",
    "column_missing": "the checker needs only the column type, and names the empty columns",
    "column_doubled": "the checker keeps the last of two columns that mean the same",
    "type_not_read": "an instrument has no such question",
    "type_unknown": "the checker knows older names of types besides",
    "type_missing": "the checker skips rows that have neither type nor name nor label",
    "or_other_not_read": "an instrument has no such question",
    "repeat_not_read": "an instrument has no such question",
    "range_not_read": "a recommendation is the numbers 0-10",
    "integer_not_read": "a recommendation is the numbers 0-10",
    "name_not_allowed": "item codes are plain letters, the checker takes those of every script",
    "name_doubled": "the checker takes a name again in another group, and tells capitals apart",
    "label_missing": "a respondent must see a text; a hint is enough for the checker",
    "translation_missing": "every text is there in every language of the form",
    "too_deep": "the checker has no limit",
    "cycle": "the checker takes circles",
    "relevant_not_read": "skip logic asks for choices of one earlier question",
    "relevant_two": "skip logic asks for choices of one earlier question",
    "relevant_value": "the checker does not look whether a condition can ever hold",
    "relevant_later": "skip logic asks for choices of one earlier question",
    "reference_unknown": "the checker knows instanceID and looks into fewer columns",
    "reference_broken": "the checker passes over a bare ${, and looks into fewer columns",
    "reference_in_text": "our texts repeat no earlier answers",
    "parameters_not_read": "the checker looks at the parameters of some types only",
    "list_unknown": "our own sheet tells of a list that is not there",
    "name_missing": "our own sheets",
    "list_missing": "the checker passes over a choice without a list",
    "choices_too_few": "a closed question has at least two answers",
    "choices_too_many": "codes are 0-99",
    "answers_mismatch": "our own columns",
    "yes_or_no": "our own columns",
    "number_expected": "our own sheets",
    "not_one_of": "our own sheets and columns",
    "member_unknown": "our own sheets",
    "rule_broken": "rules of instruments",
    "no_questions": "a form of notes is no instrument",
    "cell_too_long": "a text on a form is shorter",
    "too_many_rows": "a form is shorter",
    "too_many_columns": "a form is narrower",
    "sheet_doubled": "two sheets of one name but for capitals",
    "choice_doubled": "-1 and dont_know are the same answer",
}  # fmt: skip

JUNK = [
    "", " ", "0", "-1", "99", "1.5", "TRUE", "yes", "=1+1", "${", "${}", "${GOAL1}", "${nosuch}",
    "${A1} = '1'", "selected(${BEN}, '4')", "select_one", "select_one agree5", "select_one no such",
    "select_multiple agree5", "select_one agree5 or_other", "begin_group", "end_group",
    "begin_repeat", "end_repeat", "text", "range", "integer", "note", "calculate", "geopoint",
    "select_one_from_file a.csv", "pulldata('a', 'b')", "search('a')", "start=0 end=10 step=1",
    "meta", "a b", "ä", "1abc", "_x", "x" * 300, "\U0001f33f", "<b>&amp;</b>", "'\"", "())(", "and",
    "open", "ordinal", "bipolar", "mean", "both", "GOAL1", "page_1", "wave", "group", "RES", "end",
]  # fmt: skip


@cache
def grid(key: str, *, is_fixed: bool) -> Grid:
    """The cells of a written form."""
    fixed = {"project": "X", "wave": "end"} if is_fixed else {}
    book = openpyxl.load_workbook(BytesIO(write(instruments()[key], **fixed)))
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book}


def workbook(sheets: Grid) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    sink = BytesIO()
    book.save(sink)
    return sink.getvalue()


# --- mutations ----------------------------------------------------------------------------------


def some_sheet(sheets: Grid, rng: random.Random) -> list[list]:
    weighted = [
        name for name in sheets for _ in range(6 if name == "survey" else 2) if sheets[name]
    ]
    return sheets[rng.choice(weighted)] if weighted else [[None]]


def some_row(rows: list[list], rng: random.Random) -> int:
    return rng.randrange(1, len(rows)) if len(rows) > 1 else 0


def junk_in_a_cell(sheets: Grid, rng: random.Random) -> None:
    rows = some_sheet(sheets, rng)
    row = rows[some_row(rows, rng)]
    if row:
        row[rng.randrange(len(row))] = rng.choice(JUNK)


def empty_cell(sheets: Grid, rng: random.Random) -> None:
    rows = some_sheet(sheets, rng)
    row = rows[some_row(rows, rng)]
    filled = [at for at, value in enumerate(row) if value is not None]
    if filled:
        row[rng.choice(filled)] = None


def cell_of_another(sheets: Grid, rng: random.Random) -> None:
    one, other = some_sheet(sheets, rng), some_sheet(sheets, rng)
    row, taken = one[some_row(one, rng)], other[some_row(other, rng)]
    if row and taken:
        row[rng.randrange(len(row))] = rng.choice(taken)


def row_again(sheets: Grid, rng: random.Random) -> None:
    rows = some_sheet(sheets, rng)
    rows.insert(rng.randrange(len(rows) + 1), list(rows[some_row(rows, rng)]))


def row_lost(sheets: Grid, rng: random.Random) -> None:
    rows = some_sheet(sheets, rng)
    del rows[rng.randrange(len(rows))]


def rows_swapped(sheets: Grid, rng: random.Random) -> None:
    rows = some_sheet(sheets, rng)
    one, other = some_row(rows, rng), some_row(rows, rng)
    rows[one], rows[other] = rows[other], rows[one]


def row_of_junk(sheets: Grid, rng: random.Random) -> None:
    rows = some_sheet(sheets, rng)
    rows.insert(some_row(rows, rng), [rng.choice(JUNK) for _ in range(rng.randrange(1, 6))])


def header_changed(sheets: Grid, rng: random.Random) -> None:
    rows = some_sheet(sheets, rng)
    if rows and rows[0]:
        at = rng.randrange(len(rows[0]))
        rows[0][at] = rng.choice([None, "label", "name", "relevant", "Label::fi", *rows[0]])


def column_lost(sheets: Grid, rng: random.Random) -> None:
    rows = some_sheet(sheets, rng)
    at = rng.randrange(max(len(row) for row in rows) or 1)
    for row in rows:
        del row[at : at + 1]


def sheet_lost_or_renamed(sheets: Grid, rng: random.Random) -> None:
    name = rng.choice(list(sheets))
    rows = sheets.pop(name)
    if rng.random() < 0.6:
        sheets[rng.choice([name.upper(), f"{name} 2", "notes", "external_choices"])] = rows


def question_wrapped(sheets: Grid, rng: random.Random) -> None:
    rows = sheets.get("survey") or [[None, None]]
    at, depth = some_row(rows, rng), rng.choice([1, 2, 25])
    for number in range(depth):
        rows.insert(at, ["begin_group", f"g{number}", "A", "B", "C"])
    rows[at + depth + 1 : at + depth + 1] = [["end_group"]] * depth


def condition_added(sheets: Grid, rng: random.Random) -> None:
    rows = sheets.get("survey") or []
    if rows and "relevant" in rows[0]:
        row, other = rows[some_row(rows, rng)], rows[some_row(rows, rng)]
        at = rows[0].index("relevant")
        name = other[1] if len(other) > 1 else "x"
        row[at : at + 1] = [f"${{{name}}} = '{rng.choice([1, 2, 9, 'RES'])}'"]


MUTATIONS: list[Callable[[Grid, random.Random], None]] = [
    junk_in_a_cell, junk_in_a_cell, empty_cell, cell_of_another, row_again, row_lost, rows_swapped,
    row_of_junk, header_changed, column_lost, sheet_lost_or_renamed, question_wrapped,
    condition_added,
]  # fmt: skip


def mutant(seed: int) -> bytes:
    """A written form with one to four changes; every tenth is changed in its bytes instead."""
    rng = random.Random(seed)
    # The shorter forms, so that a run stays short; a mutation finds them as it finds the longer.
    keys = [key for key, i in sorted(instruments().items()) if len(i.items) <= 25]
    sheets = deepcopy(grid(rng.choice(keys), is_fixed=rng.random() < 0.3))
    if seed % 10 == 9:
        content = bytearray(workbook(sheets))
        for _ in range(rng.choice([1, 1, 3, 30])):
            content[rng.randrange(len(content))] = rng.randrange(256)
        return bytes(content[: rng.choice([len(content)] * 3 + [rng.randrange(len(content))])])
    for _ in range(rng.choice([1, 1, 1, 2, 3, 4])):
        rng.choice(MUTATIONS)(sheets, rng)
        sheets = sheets or {"survey": [[None]]}
        for name in [name for name, rows in sheets.items() if not rows]:
            sheets[name] = [[None]]
    return workbook(sheets)


# --- judging ------------------------------------------------------------------------------------


def refusal(content: bytes) -> str:
    """Why the field's checker refuses a form; empty where it takes it."""
    from pyxform.xls2xform import convert

    try:
        convert(content, file_type=".xlsx")
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    return ""


def judged(seed: int) -> tuple[str, str]:
    """How a mutant fared, and what is wrong with that; nothing where it is as it should be."""
    content = mutant(seed)
    start = time.process_time()
    reading = read(content, "mutant.xlsx")
    took = time.process_time() - start
    wrong = _unfinished(reading, took)
    if wrong:
        return "broken", wrong
    refused = refusal(content)
    if reading.instrument:
        assert read(write(reading.instrument), "again.xlsx").instrument == reading.instrument
        return ("taken", "") if not refused else ("loose", f"taken by us; checker: {refused}")
    codes = {problem.code for problem in reading.problems}
    if not refused and not codes & STRICTER.keys():
        return "strict", f"refused by us for {codes} and taken by the checker"
    return ("refused", "") if refused else ("stricter", "")


def _unfinished(reading: Reading, took: float) -> str:
    """What no reading may be, whatever was read."""
    if (reading.instrument is None) != bool(reading.problems):
        return "neither an instrument nor problems, or both"
    if took > SECONDS:
        return f"took {took:.1f} s"
    told = {(p.code, p.sheet, p.row, p.column, p.value) for p in reading.problems}
    if len(told) < len(reading.problems):
        return f"told twice: {reading.problems}"
    for problem in (*reading.problems, *reading.remarks):
        for language in LANGUAGES:
            message(problem, language, "mutant.xlsx")
    return ""


def test_mutants_are_read_or_refused_and_never_a_crash(request):
    count = MUTANTS_BY_NIGHT if request.config.getoption("--nightly") else MUTANTS
    fared: Counter[str] = Counter()
    wrong = []
    for seed in range(count):
        how, why = judged(seed)
        fared[how] += 1
        wrong += [(seed, why)] if why else []
    assert wrong == []
    # A run in which everything is refused, or everything taken, would prove little.
    assert fared["taken"] > count / 20
    assert fared["refused"] > count / 20
    assert fared["stricter"] > count / 50


@pytest.mark.parametrize("code", STRICTER)
def test_each_difference_from_the_checker_is_a_problem_that_there_is(code):
    from survey.xlsform.problems import codes

    assert code in codes()
