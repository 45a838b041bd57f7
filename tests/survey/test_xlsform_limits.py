"""T-07: what is wrong with a malformed XLSForm is said once, with sheet, row and column."""

from __future__ import annotations

import zipfile
from io import BytesIO

import openpyxl
import pytest

from survey.xlsform.problems import message
from survey.xlsform.read import Reading, read
from survey.xlsform.sheets import CELL, ROWS
from tests.survey.workbooks import workbook

SURVEY = ["type", "name", "label", "relevant", "calculation", "constraint", "parameters"]
CHOICES = ["list_name", "name", "label"]
YES_NO = [["yn", "1", "Yes"], ["yn", "0", "No"]]


def form(*questions: list, choices: list[list] = YES_NO, **sheets: list[list]) -> bytes:
    return workbook(survey=[SURVEY, *questions], choices=[CHOICES, *choices], **sheets)


def ask(name: str, relevant: str = "", kind: str = "select_one yn", **more: str) -> list:
    row = {"type": kind, "name": name, "label": f"About {name}?", "relevant": relevant, **more}
    return [row.get(column) or None for column in SURVEY]


def group(name: str) -> list:
    return ["begin_group", name, f"Page {name}"]


END = ["end_group"]


def told(content: bytes) -> list[tuple[str, str, int | None, str]]:
    reading = read(content, "form.xlsx")
    assert reading.instrument is None
    for problem in reading.problems:
        for language in ("fi", "sv", "en"):
            assert "form.xlsx" in message(problem, language, "form.xlsx")
    return [(p.code, p.sheet, p.row, p.column) for p in reading.problems]


# --- the file -----------------------------------------------------------------------------------


def damaged() -> bytes:
    whole = form(ask("a"))
    return whole[: len(whole) // 2]


def zip_of_nothing() -> bytes:
    sink = BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("a.txt", "a")
    return sink.getvalue()


def bomb() -> bytes:
    sink = BytesIO(form(ask("a")))
    with zipfile.ZipFile(sink, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.bin", b"0" * (60 * 1024 * 1024))
    return sink.getvalue()


def entities() -> bytes:
    """A workbook whose sheet declares XML entities that grow."""
    sink = BytesIO()
    with zipfile.ZipFile(BytesIO(form(ask("a")))) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                grow = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                body = grow.encode() + body.replace(b"About", b"&b;About")
            new.writestr(name, body)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_workbook"),
        (b"type,name,label\ntext,a,A\n", "not_a_workbook"),
        (b"PK\x03\x04" + b"\0" * 200, "not_a_workbook"),
        (damaged(), "not_a_workbook"),
        (zip_of_nothing(), "not_a_workbook"),
        (entities(), "not_a_workbook"),
        (bomb(), "too_large"),
        (b"0" * (5 * 1024 * 1024 + 1), "too_large"),
    ],
    ids=["empty", "csv", "head", "half", "zip", "entities", "bomb", "large"],
)
def test_a_file_that_is_no_sound_workbook_is_one_problem(content, code):
    assert told(content) == [(code, "", None, "")]


def test_sheets_have_ends():
    long = form(*(ask(f"a{n}", kind="text") for n in range(ROWS + 1)))
    assert told(long) == [("too_many_rows", "survey", None, "")]
    far = workbook(survey=[SURVEY + [f"c{n}" for n in range(200)], ask("a")])
    assert told(far) == [("too_many_columns", "survey", None, "")]
    wide = form(["text", "a", "x" * (CELL + 1)])
    assert told(wide) == [("cell_too_long", "survey", 2, "label")]


def test_a_cell_in_the_far_corner_costs_nothing():
    book = openpyxl.load_workbook(BytesIO(form(ask("a"))))
    book["survey"].cell(1_048_576, 16_384, "x")
    sink = BytesIO()
    book.save(sink)
    assert told(sink.getvalue()) == [("too_many_rows", "survey", None, "")]


# --- the thirteen kinds, and some more ----------------------------------------------------------

QUESTION = ask("a")
FORMS = {
    # 1-2: sheets and columns
    "no survey": (workbook(choices=[CHOICES, *YES_NO]), ("sheet_missing", "", None, "")),
    "no type": (
        workbook(survey=[["name", "label"], ["a", "A"]]),
        ("column_missing", "survey", 1, ""),
    ),
    "column twice": (
        workbook(survey=[["type", "name", "label", "Label"], ["text", "a", "A", "B"]]),
        ("column_doubled", "survey", 1, "label"),
    ),
    # 3: unknown references
    "unknown reference": (
        form(QUESTION, ask("b", "${c} = '1'")),
        ("reference_unknown", "survey", 3, "relevant"),
    ),
    "unknown in a label": (
        form(["text", "a", "Hello ${who}"]),
        ("reference_unknown", "survey", 2, "label"),
    ),
    "broken reference": (
        form(QUESTION, ask("b", "${a = '1'")),
        ("reference_broken", "survey", 3, "relevant"),
    ),
    "an answer repeated in a text": (
        form(QUESTION, ["text", "b", "Why ${a}?"]),
        ("reference_in_text", "survey", 3, "label"),
    ),
    # 4: doubled names
    "name twice": (form(QUESTION, QUESTION), ("name_doubled", "survey", 3, "name")),
    "one code for two": (form(ask("a.b"), ask("a-b")), ("name_doubled", "survey", 3, "name")),
    # 5: missing and impossible names
    "no name": (form(["text", None, "A"]), ("name_missing", "survey", 2, "name")),
    "name with a space": (form(["text", "a b", "A"]), ("name_not_allowed", "survey", 2, "name")),
    # 6: types
    "no such type": (form(["txt", "a", "A"]), ("type_unknown", "survey", 2, "type")),
    "type that is not read": (form(["geopoint", "a", "A"]), ("type_not_read", "survey", 2, "type")),
    "many of a list": (
        form(["select_multiple yn", "a", "A"]),
        ("type_not_read", "survey", 2, "type"),
    ),
    "or other": (
        form(["select_one yn or_other", "a", "A"]),
        ("or_other_not_read", "survey", 2, "type"),
    ),
    "no type in a row": (form([None, "a", "A"]), ("type_missing", "survey", 2, "type")),
    # 7: lists and choices
    "unknown list": (form(ask("a", kind="select_one no")), ("list_unknown", "survey", 2, "type")),
    "choice twice": (
        form(QUESTION, choices=[*YES_NO, YES_NO[0]]),
        ("choice_doubled", "choices", 4, "name"),
    ),
    "choice without a name": (
        form(QUESTION, choices=[*YES_NO, ["yn", None, "A"]]),
        ("choice_name_missing", "choices", 4, "name"),
    ),
    "choice without a list": (
        form(QUESTION, choices=[*YES_NO, [None, "a", "A"]]),
        ("list_missing", "choices", 4, "list_name"),
    ),
    "one choice": (
        form(QUESTION, choices=YES_NO[:1]),
        ("choices_too_few", "choices", 2, "list_name"),
    ),
    "a hundred choices": (
        form(QUESTION, choices=[["yn", f"c{n}", "A"] for n in range(101)]),
        ("choices_too_many", "choices", 101, "list_name"),
    ),
    # 8: circles
    "circle of conditions": (
        form(ask("a", "${b} = '1'"), ask("b", "${a} = '1'")),
        ("cycle", "survey", 2, "relevant"),
    ),
    "circle of calculations": (
        form(
            ask("a", kind="calculate", calculation="${b} + 1"),
            ask("b", kind="calculate", calculation="${c} + 1"),
            ask("c", kind="calculate", calculation="${a} + 1"),
            [*QUESTION[:1], "q", *QUESTION[2:]],
        ),
        ("cycle", "survey", 2, "calculation"),
    ),
    "itself": (form(ask("a", "${a} = '1'")), ("cycle", "survey", 2, "relevant")),
    "a group that waits for its own question": (
        form(["begin_group", "g", "G", "${a} = '1'"], QUESTION, END),
        ("cycle", "survey", 2, "relevant"),
    ),
    # 9: depth
    "21 groups in each other": (
        form(*(group(f"g{n}") for n in range(21)), QUESTION, *[END] * 21),
        ("too_deep", "survey", 22, "type"),
    ),
    "22 questions that wait in a row": (
        form(ask("a0"), *(ask(f"a{n}", f"${{a{n - 1}}} = '1'") for n in range(1, 22))),
        ("too_deep", "survey", 23, "relevant"),
    ),
    "1,500 groups in each other": (
        form(*(group(f"g{n}") for n in range(1_500)), QUESTION, *[END] * 1_500),
        ("too_deep", "survey", 22, "type"),
    ),
    # 10: size
    "2,001 questions": (
        form(*(ask(f"a{n}") for n in range(2_001))),
        ("too_many_questions", "survey", None, ""),
    ),
    # 11: groups
    "group not closed": (form(group("g"), QUESTION), ("group_not_closed", "survey", 2, "type")),
    "group not opened": (form(QUESTION, END), ("group_not_opened", "survey", 3, "type")),
    # 12: content from outside
    "from a file": (
        form(["select_one_from_file cities.csv", "a", "A"]),
        ("outside_not_read", "survey", 2, "type"),
    ),
    "many from a file": (
        form(["select_multiple_from_file c.xml", "a", "A"]),
        ("outside_not_read", "survey", 2, "type"),
    ),
    "pulldata": (
        form(QUESTION, ask("b", kind="calculate", calculation="pulldata('c', 'x', 'y', ${a})")),
        ("outside_not_read", "survey", 3, "calculation"),
    ),
    "search": (
        workbook(
            survey=[
                ["type", "name", "label", "appearance"],
                ["select_one yn", "a", "A", "minimal search ('c')"],
            ],
            choices=[CHOICES, *YES_NO],
        ),
        ("outside_not_read", "survey", 2, "appearance"),
    ),
    "external choices": (
        form(QUESTION, external_choices=[["list_name", "name"], ["a", "b"]]),
        ("sheet_not_read", "external_choices", None, ""),
    ),
    # 13: repeats
    "repeat": (
        form(["begin_repeat", "r", "R"], QUESTION, ["end_repeat"]),
        ("repeat_not_read", "survey", 2, "type"),
    ),
    # texts, numbers and conditions
    "no label": (form(["text", "a", None]), ("label_missing", "survey", 2, "label")),
    "choice without a text": (
        form(QUESTION, choices=[*YES_NO, ["yn", "2", None]]),
        ("label_missing", "choices", 4, "label"),
    ),
    "a language with a hole": (
        workbook(
            survey=[["type", "name", "label::fi", "label::Svenska (sv)"], ["text", "a", "A", None]]
        ),
        ("translation_missing", "survey", 2, "label::Svenska (sv)"),
    ),
    "numbers to five": (
        form(ask("a", kind="range", parameters="start=0 end=5 step=1")),
        ("range_not_read", "survey", 2, "parameters"),
    ),
    "any number": (form(ask("a", kind="integer")), ("integer_not_read", "survey", 2, "constraint")),
    "calculation of nothing": (
        form(QUESTION, ask("b", kind="calculate")),
        ("calculation_missing", "survey", 3, "calculation"),
    ),
    "a condition that is not read": (
        form(QUESTION, ask("b", "${a} != '1'")),
        ("relevant_not_read", "survey", 3, "relevant"),
    ),
    "two questions in a condition": (
        form(QUESTION, ask("b"), ask("c", "${a} = '1' and ${b} = '1'")),
        ("relevant_two", "survey", 4, "relevant"),
    ),
    "no such answer": (
        form(QUESTION, ask("b", "selected(${a}, 'maybe')")),
        ("relevant_value", "survey", 3, "relevant"),
    ),
    "a later question": (
        form(ask("b", "${a} = '1'"), QUESTION),
        ("relevant_later", "survey", 2, "relevant"),
    ),
    "a condition on a text": (
        form(["text", "a", "A"], ask("b", "${a} = 'x'")),
        ("relevant_value", "survey", 3, "relevant"),
    ),
    "a condition on a sum": (
        form(ask("a", kind="calculate", calculation="1 + 1"), ask("b", "${a} = 2")),
        ("relevant_not_read", "survey", 3, "relevant"),
    ),
    "only notes": (form(["note", "n", "Welcome"]), ("no_questions", "survey", None, "")),
    "open and closed": (
        workbook(
            survey=[
                ["type", "name", "label", "arviomo_answers"],
                ["select_one yn", "a", "A", None],
                ["text", "b", "B", "yn"],
            ],
            choices=[CHOICES, *YES_NO],
        ),
        ("answers_mismatch", "survey", 3, "type"),
    ),
    # our own sheets
    "a scale of nothing": (
        form(
            QUESTION,
            _scales=[["code", "title::fi", "meaning::fi", "items"], ["S", "s", "m", "A B"]],
        ),
        ("member_unknown", "_scales", 2, "items"),
    ),
    "a kind that is none": (
        form(QUESTION, _answers=[["name", "kind"], ["yn", "agreement"]]),
        ("not_one_of", "_answers", 2, "kind"),
    ),
    "a rule": (
        form(QUESTION, _answers=[["name", "kind", "best"], ["yn", "ordinal", "1"]]),
        ("rule_broken", "_answers", 2, ""),
    ),
}


@pytest.mark.parametrize("kind", FORMS)
def test_a_malformed_form_is_told_of_once_at_its_place(kind):
    content, problem = FORMS[kind]
    assert told(content) == [problem]


def test_several_problems_are_all_told_in_the_order_of_rows():
    content = form(ask("a"), ["txt", "b", "B"], ask("c", "${d} = '1'"), ask("a"), END)
    assert [(code, row) for code, _, row, _ in told(content)] == [
        ("type_unknown", 3), ("reference_unknown", 4), ("name_doubled", 5), ("group_not_opened", 6),
    ]  # fmt: skip


# --- forms of others ----------------------------------------------------------------------------


def foreign() -> Reading:
    head = [
        "type",
        "name",
        "label::English (en)",
        "label::Suomi (fi)",
        "hint::English (en)",
        "required",
        "relevant",
        "constraint",
        "appearance",
    ]
    kobo = workbook(
        survey=[
            head,
            ["start", "start"],
            ["note", "welcome", "Welcome", "Tervetuloa"],
            ["begin group", "about_you", "You", "Sinä"],
            ["select_one level", "q1.level", "How well?", "Kuinka hyvin?", None, "true"],
            ["integer", "q2", "0 to 10?", "0–10?", None, None, None, ". >= 0 and . <= 10"],
            ["end group"],
            ["begin group", "more", "More", "Lisää", None, None, "${q1.level} = 'bad'"],
            ["text", "Why", "Why?", "Miksi?", "In a few words"],
            ["select_one yes_no", "again", "Again?", "Uudestaan?", "One only"],
            ["end group"],
        ],
        choices=[
            ["list_name", "name", "label::English (en)", "label::Suomi (fi)"],
            ["level", "good", "Good", "Hyvin"],
            ["level", "bad", "Badly", "Huonosti"],
            ["level", "dont_know", "I do not know", "En tiedä"],
            ["yes_no", 1, "Yes", "Kyllä"],
            ["yes_no", 0, "No", "Ei"],
        ],
        settings=[
            ["form_title", "form_id", "version", "default_language"],
            ["Feedback", "Feedback-2026", "4 (2026-01-31)", "English (en)"],
        ],
    )
    return read(kobo, "kobo.xlsx")


def test_a_form_of_others_is_read_where_it_fits():
    reading = foreign()
    # "why" has a hint in English only, and a form may leave hints out of a language.
    assert reading.problems == ()
    made = reading.instrument
    assert (made.code, made.version, made.title.sv) == ("feedback_2026", 4, "Feedback")
    assert [item.code for item in made.items] == ["Q1_LEVEL", "Q2", "WHY", "AGAIN"]
    assert made.item("Q1_LEVEL").text.model_dump() == {
        "fi": "Kuinka hyvin?",
        "sv": "How well?",
        "en": "How well?",
    }
    assert made.answers_of("Q2").codes == tuple(range(11))
    assert made.answers_of("Q1_LEVEL").dont_know.fi == "En tiedä"
    assert made.item("AGAIN").shown_if.codes == (2,)
    assert made.item("WHY").hint.fi == "In a few words"
    assert [section.title.fi for section in made.sections] == ["Sinä", "Lisää"]
    assert reading.names == {"Q1_LEVEL": "q1.level", "Q2": "q2", "WHY": "Why", "AGAIN": "again"}
    assert reading.values["Q1_LEVEL"] == {"good": 1, "bad": 2, "dont_know": -1}
    assert reading.values["AGAIN"] == {"1": 1, "0": 0}


def test_what_is_read_otherwise_is_told():
    told = [(remark.code, remark.sheet) for remark in foreign().remarks]
    assert told == [
        ("version_read_as", "settings"),
        ("language_filled", ""),
        ("rows_left_out", "survey"),
    ]
    (left,) = [remark for remark in foreign().remarks if remark.code == "rows_left_out"]
    assert (left.detail["count"], left.value) == (2, "start, welcome")


def test_groups_without_a_title_are_no_pages():
    reading = read(form(["begin_group", "g", None], QUESTION, END), "form.xlsx")
    assert reading.instrument.sections == ()
    assert "pages_left_out" in {remark.code for remark in reading.remarks}


def test_a_form_in_one_language_is_read_in_it():
    reading = read(form(QUESTION), "form.xlsx")
    assert reading.instrument.items[0].text.sv == "About a?"
    assert [r.code for r in reading.remarks] == ["language_unknown"]


def test_a_name_may_come_again_in_a_list_where_the_form_says_so():
    doubled = [*YES_NO, ["yn", "1", "Yes indeed"]]
    settings = [["form_id", "allow_choice_duplicates"], ["f", "yes"]]
    reading = read(form(QUESTION, choices=doubled, settings=settings), "form.xlsx")
    assert [c.text.en for c in reading.instrument.answers_of("A").choices] == ["No", "Yes"]
