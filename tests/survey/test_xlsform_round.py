"""Our instruments as XLSForms: accepted by the field's own checker, and back without a loss."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest

from survey.instrument import Instrument, instruments
from survey.text import LANGUAGES, read_texts
from survey.xlsform import form
from survey.xlsform.problems import TEXTS, Problem, codes, message
from survey.xlsform.read import read
from survey.xlsform.write import write

FIXED = {"project": "HEL-7", "wave": "end", "phase": "P4"}


def text(said: str) -> dict[str, str]:
    return {"fi": f"{said} fi", "sv": f"{said} sv", "en": f"{said} en"}


def choice(code: int) -> dict:
    return {"code": code, "text": text(f"choice {code}")}


#: Everything that an instrument may say, at once.
WHOLE = Instrument.model_validate(
    {
        "code": "everything",
        "version": 3,
        "kind": "place",
        "title": text("Title"),
        "purpose": text("Purpose\nin two lines"),
        "source": "=2+2, which is no formula",
        "audience": "plain",
        "variant_of": "benefit@1",
        "answer_sets": {
            "agree": {
                "kind": "ordinal",
                "threshold": 2,
                "choices": [choice(1), choice(2), choice(3)],
                "dont_know": text("-1 dk"),
                "not_applicable": text("na"),
            },
            "middle": {
                "kind": "bipolar",
                "best": 5,
                "choices": [choice(0), choice(5), choice(99)],
            },
            "bare": {"kind": "recommendation"},
            "numbers": {"kind": "recommendation", "dont_know": text("dk")},
            "named": {"kind": "recommendation", "choices": [choice(n) for n in range(11)]},
            "open": {"kind": "open"},
            "unused_list": {"kind": "choice", "choices": [choice(0), choice(1)]},
            "unused_text": {"kind": "open", "dont_know": text("no idea")},
            "unused_range": {"kind": "recommendation", "threshold": 9},
        },
        "items": [
            {"code": "A1", "answers": "agree", "text": text("=HYPERLINK(1)"), "reversed": True},
            {
                "code": "A2",
                "answers": "agree",
                "text": text("<b>$5</b> & 'said' \"so\""),
                "role": "benefit",
                "hint": text("help"),
                "groups": ["NGO", "RES"],
                "waves": ["end", "during"],
                "shown_if": {"item": "A1", "codes": [-1, 3, 1]},
            },
            {"code": "M1", "answers": "middle", "text": text("m"), "waves": ["follow_up"]},
            {"code": "R1", "answers": "bare", "text": text("r"), "groups": ["PUB"]},
            {"code": "R2", "answers": "numbers", "text": text("r2")},
            {"code": "R3", "answers": "named", "text": text("r3"), "special": "health"},
            {
                "code": "T1",
                "answers": "open",
                "text": text("t"),
                "shown_if": {"item": "R1", "codes": [9, 10]},
            },
        ],
        "sections": [
            {"title": text("First"), "items": ["A1", "A2", "M1"]},
            {"title": text("Second"), "items": ["R1", "R2", "R3", "T1"]},
        ],
        "scales": [
            {"code": "S1", "title": text("s"), "meaning": text("sm"), "items": ["A1", "A2"]},
            {
                "code": "S2",
                "title": text("s2"),
                "meaning": text("sm2"),
                "items": ["A2"],
                "minimum": 1,
                "is_construct": False,
            },
            {
                "code": "S3",
                "title": text("s3"),
                "meaning": text("sm3"),
                "scales": ["S1", "S2"],
                "combine": "both",
                "threshold": 60,
            },
        ],
    }
)
ALL = {**instruments(), "everything@3": WHOLE}


@pytest.mark.parametrize("fixed", [{}, FIXED], ids=["asked", "fixed"])
@pytest.mark.parametrize("key", sorted(ALL))
def test_what_is_written_is_read_back_whole(key, fixed):
    reading = read(write(ALL[key], **fixed), "form.xlsx")
    assert reading.problems == ()
    assert reading.remarks == ()
    assert reading.instrument == ALL[key]
    assert reading.instrument.sha256 == ALL[key].sha256
    assert reading.names == {item.code: item.code for item in ALL[key].items}


@pytest.mark.parametrize("fixed", [{}, FIXED], ids=["asked", "fixed"])
@pytest.mark.parametrize("key", sorted(ALL))
def test_the_checker_of_the_field_takes_what_is_written(key, fixed):
    from pyxform.xls2xform import convert

    warnings: list[str] = []
    made = convert(write(ALL[key], **fixed), warnings=warnings, file_type=".xlsx").xform
    assert warnings == []
    for name in form.LANGUAGE_NAMES.values():
        assert f'<translation lang="{name}"' in made
    for item in ALL[key].items:
        assert re.search(rf'nodeset="/data/(page_\d+/)?{item.code}"', made)


def test_the_form_asks_what_the_instrument_asks():
    from pyxform.xls2xform import convert

    made = convert(write(WHOLE), file_type=".xlsx").xform
    bound = dict(re.findall(r'nodeset="/data/page_\d/(\w+)"[^>]*?relevant="([^"]*)"', made))
    assert bound["A2"].count(" or ") == 4  # two groups, two waves, three answers
    assert "/data/page_1/A1  = '3'" in bound["A2"]
    assert set(bound) == {"A2", "M1", "R1", "T1"}
    (asked,) = re.findall(r"<range[^>]*/data/page_2/R1[^>]*>", made)
    assert all(mark in asked for mark in ('start="0"', 'end="10"', 'step="1"'))
    assert "string-length(.) &lt;= 2000" in made
    assert re.search(r'<group[^>]*appearance="field-list"[^>]*ref="/data/page_1"', made)


def test_every_written_cell_is_a_text():
    book = openpyxl.load_workbook(BytesIO(write(WHOLE)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [cell.value for cell in cells if cell.value == "=2+2, which is no formula"]


def test_own_sheets_may_be_lost_and_the_questions_remain():
    book = openpyxl.load_workbook(BytesIO(write(WHOLE)))
    for name in (form.ABOUT, form.ANSWERS, form.SCALES):
        del book[name]
    sink = BytesIO()
    book.save(sink)
    reading = read(sink.getvalue(), "palaute.xlsx")
    assert reading.problems == ()
    assert [remark.code for remark in reading.remarks] == ["scoring_left_out"]
    back = reading.instrument
    assert [(i.code, i.text, i.shown_if) for i in back.items] == [
        (i.code, i.text, i.shown_if) for i in WHOLE.items
    ]
    assert (back.code, back.version, back.scales) == ("everything", 3, ())
    assert back.sections == WHOLE.sections
    assert back.answers_of("A1").choices == WHOLE.answers_of("A1").choices


# --- the words of problems ----------------------------------------------------------------------


@pytest.mark.parametrize("code", codes())
def test_every_problem_is_said_in_three_languages(code):
    blanks = set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", read_texts(TEXTS)[code].fi))
    for language in LANGUAGES:
        said = read_texts(TEXTS)[code].in_language(language)
        assert set(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", said)) == blanks
        detail = dict.fromkeys(blanks - {"value"}, 7)
        told = message(Problem(code, "survey", 3, "label", "x" * 300, detail), language, "f.xlsx")
        assert "survey" in told
        assert "3" in told
        assert "x" * 100 not in told


def test_words_of_the_form_are_in_three_languages():
    for name, said in form.words().items():
        assert len({said.fi, said.sv, said.en}) == 3, name
