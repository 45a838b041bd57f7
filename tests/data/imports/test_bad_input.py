"""Bad input gets a message naming file, row, column and remedy, and nothing is stored."""

from __future__ import annotations

import shutil
import string
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports.problems import Problem, RejectedFile, codes, message
from data.imports.profile import Profile, profiles
from data.imports.run import preview, store
from survey.text import LANGUAGES, read_texts

REGISTER = "code,name\nA1,Puisto\n"
ANSWERS = "project,wave,group,answered_on,GOAL1\n"
GOOD = "A1,end,RES,2026-03-01,5\n"
EVENTS = "code,project,kind,starts_on,ends_on,RES,cost_eur\n"

#: Rows of answers or events, and what must be said of them: code, row, column, value.
ROWS = {
    "blank project": ("survey_answers", ANSWERS + GOOD + ",end,RES,2026-03-01,5\n",
                      ("no_project", 3, "project", "")),
    "unknown project": ("survey_answers", ANSWERS + GOOD + "Z9,end,RES,2026-03-01,5\n",
                        ("unknown_project", 3, "project", "Z9")),
    "unknown wave": ("survey_answers", ANSWERS + GOOD + "A1,loppu,RES,2026-03-01,5\n",
                     ("unknown_value", 3, "wave", "loppu")),
    "unknown group": ("survey_answers", ANSWERS + GOOD + "A1,end,ASUKAS,2026-03-01,5\n",
                      ("unknown_group", 3, "group", "ASUKAS")),
    "date": ("survey_answers", ANSWERS + GOOD + "A1,end,RES,1.3.2026,5\n",
             ("not_a_date", 3, "answered_on", "1.3.2026")),
    "outside the scale": ("survey_answers", ANSWERS + GOOD + "A1,end,RES,2026-03-01,6\n",
                          ("outside_scale", 3, "GOAL1", "6")),
    "no answers": ("survey_answers", ANSWERS + GOOD + "A1,end,RES,2026-03-01,\n",
                   ("no_answers", 3, "", "")),
    "too many cells": ("survey_answers", ANSWERS + GOOD + "A1,end,RES,2026-03-01,5,7\n",
                       ("ragged_row", 3, "", "")),
    "number": ("activity_events", EVENTS + "E1,A1,workshop,2026-01-01,,viisi,\n",
               ("not_a_number", 2, "RES", "viisi")),
    "half a person": ("activity_events", EVENTS + "E1,A1,workshop,2026-01-01,,2.5,\n",
                      ("not_whole", 2, "RES", "2.5")),
    "negative": ("activity_events", EVENTS + "E1,A1,workshop,2026-01-01,,,-10\n",
                 ("negative", 2, "cost_eur", "-10")),
    "too large": ("activity_events", EVENTS + "E1,A1,workshop,2026-01-01,,,9999999999999\n",
                  ("number_too_large", 2, "cost_eur", "9999999999999")),
    "dates in reverse": ("activity_events", EVENTS + "E1,A1,workshop,2026-02-01,2026-01-01,1,\n",
                         ("ends_before_start", 2, "ends_on", "2026-01-01")),
    "unknown kind": ("activity_events", EVENTS + "E1,A1,kahvit,2026-01-01,,1,\n",
                     ("unknown_value", 2, "kind", "kahvit")),
    "code twice": ("activity_events",
                   EVENTS + "E1,A1,trial,2026-01-01,,1,\nE1,A1,trial,2026-01-02,,1,\n",
                   ("duplicate_code", 3, "code", "E1")),
    "known code": ("project_register", "code,name\nA1,Toinen puisto\n",
                   ("already_known", 2, "code", "A1")),
    "unknown area": ("project_register", "code,name,area\nC3,Uusi,Kuu\n",
                     ("unknown_area", 2, "area", "Kuu")),
    "long name": ("project_register", f"code,name\nC3,{'x' * 301}\n",
                  ("too_long", 2, "name", "x" * 199 + "…")),
    "unknown theme": ("proposals", "code,title,theme\nI1,Penkki,Avaruus\n",
                      ("unknown_theme", 2, "theme", "Avaruus")),
    "contradiction": ("proposals", "code,title\nI1,Penkki\nI1,Puu\n",
                      ("contradiction", 3, "title", "Puu")),
}  # fmt: skip

#: Whole files under the answers profile, and the code and row that must be said of them.
FILES = {
    "empty": (b"", "empty_file", None),
    "only a mark": (b"\xef\xbb\xbf", "empty_file", None),
    "only headers": (ANSWERS.encode(), "no_rows", None),
    "no header row": (b"\n\n\nA1,end,RES,2026-03-01,5\n", "header_missing", 1),
    "header missing": (b"project,group,GOAL1\nA1,RES,5\n", "column_missing", None),
    "header doubled": (b"project,wave,wave,GOAL1\nA1,end,end,5\n", "column_doubled", None),
    "no items": (b"project,wave,Kysymys\nA1,end,5\n", "no_answer_columns", None),
    "PDF": (b"%PDF-1.7\n...", "other_kind", None),
    "program": (b"MZ\x90\x00" + bytes(100), "other_kind", None),
    "web page": (b"<!DOCTYPE html><html><body>Kirjaudu</body></html>", "other_kind", None),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "other_kind", None),
    "NUL bytes": (b"project,wave,GOAL1\nA1,end,\x005\n", "binary_content", None),
    "open quote": (ANSWERS.encode() + b'A1,end,"RES,2026-03-01,5\nA1,end,RES,,4\n',
                   "unclosed_quote", 2),
    "half a file": (ANSWERS.encode() + GOOD.encode() * 3 + b"A1,end,RE", "file_cut", 5),
    "half a workbook": (b"PK\x03\x04" + bytes(500), "damaged_file", None),
    "Windows-1252": ("project,wave,GOAL1\nPöllö,end,5\n".encode("cp1252"), "wrong_encoding", None),
    "MacRoman": ("project,wave,GOAL1\nPöllö,end,5\n".encode("mac_roman"), "wrong_encoding", None),
    "UTF-16 without a mark": ("project,wave,GOAL1\nPöllö,end,5\n".encode("utf-16-le"),
                              "wrong_encoding", None),
}  # fmt: skip


def content(engine: sa.Engine) -> dict[str, int]:
    with database.reading(engine) as connection:
        return {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
            for table in schema.Base.metadata.sorted_tables
        }


@pytest.fixture(scope="module")
def with_project(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory):
    """A database that knows the project A1, shared by tests that must leave it as it is."""
    folder = tmp_path_factory.mktemp("bad-input")
    shutil.copyfile(sqlite_template, folder / "arviomo.db")
    engine = database.connect(f"sqlite:///{folder / 'arviomo.db'}")
    path = folder / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    store(engine, profiles()["project_register"], path, operator())
    yield engine
    engine.dispose()


@pytest.mark.parametrize("case", ROWS)
def test_a_bad_row_is_named_in_every_language(
    with_project: sa.Engine, tmp_path: Path, case: str
) -> None:
    profile, text, (code, row, column, value) = ROWS[case]
    path = tmp_path / "syksyn kysely.csv"
    path.write_text(text, encoding="utf-8")
    before = content(with_project)
    seen = preview(with_project, profiles()[profile], path, operator())
    assert seen.fatal == ()
    assert [(p.code, p.row, p.column, p.value) for p in seen.problems] == [
        (code, row, column, value)
    ]
    said = {language: message(seen.problems[0], language, seen.file) for language in LANGUAGES}
    assert len(set(said.values())) == 3
    for words in said.values():
        assert "syksyn kysely.csv" in words
        assert str(row) in words
        assert column in words
        assert value in words or code == "too_long"
    with pytest.raises(RejectedFile):
        store(with_project, profiles()[profile], path, operator())
    assert content(with_project) == before


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_refused_whole_even_when_rejected_rows_are_accepted(
    with_project: sa.Engine, tmp_path: Path, case: str
) -> None:
    body, code, row = FILES[case]
    path = tmp_path / "syksyn kysely.csv"
    path.write_bytes(body)
    before = content(with_project)
    seen = preview(with_project, profiles()["survey_answers"], path, operator())
    assert (seen.fatal[0].code, seen.fatal[0].row) == (code, row)
    assert (seen.rows_read, seen.storable) == (0, 0)
    for language in LANGUAGES:
        assert "syksyn kysely.csv" in message(seen.fatal[0], language, seen.file)
    with pytest.raises(RejectedFile) as stopped:
        store(with_project, profiles()["survey_answers"], path, operator(), accept_rejected=True)
    assert stopped.value.problems[0].code == code
    assert content(with_project) == before


@pytest.mark.parametrize("case", ["outside the scale", "unknown project", "code twice"])
def test_nothing_of_a_bad_file_is_stored_on_either_database(
    engine: sa.Engine, tmp_path: Path, case: str
) -> None:
    register = tmp_path / "register.csv"
    register.write_text(REGISTER, encoding="utf-8")
    store(engine, profiles()["project_register"], register, operator())
    profile, text, _ = ROWS[case]
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    before = content(engine)
    with pytest.raises(RejectedFile):
        store(engine, profiles()[profile], path, operator())
    assert content(engine) == before


def test_a_missing_file_is_said_to_be_missing(sqlite_engine: sa.Engine, tmp_path: Path) -> None:
    seen = preview(sqlite_engine, profiles()["survey_answers"], tmp_path / "ei ole.csv", operator())
    assert "tiedostoa ei löydy" in message(seen.fatal[0], "fi", seen.file)


def test_a_declared_separator_that_is_wrong_is_corrected_in_words(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code;name\nA1;Puisto\n", encoding="utf-8")
    said = profiles()["project_register"].model_dump(mode="json")
    said["file"]["separator"] = ","
    seen = preview(sqlite_engine, Profile.model_validate(said), path, operator())
    assert seen.fatal[0].code == "wrong_separator"
    assert seen.fatal[0].detail["suggested"] == ";"


def test_a_workbook_where_a_csv_was_declared(sqlite_engine: sa.Engine, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["code", "name"])
    book.save(tmp_path / "a.csv")
    said = profiles()["project_register"].model_dump(mode="json")
    said["file"]["format"] = "csv"
    seen = preview(sqlite_engine, Profile.model_validate(said), tmp_path / "a.csv", operator())
    assert seen.fatal[0].code == "not_as_declared"
    assert seen.fatal[0].detail == {"found": "xlsx", "declared": "csv"}


def test_every_problem_has_its_words_and_no_word_is_left_unsaid() -> None:
    """A text may use only what its problem carries: every placeholder is filled somewhere."""
    folder = Path(__file__).parents[3] / "data" / "imports"
    texts = read_texts(folder / "problems.yaml")
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    for code in codes():
        named = f'"{code}"' in source or code.startswith("unknown_")
        assert named, f"{code} has a text, but nothing says it"
        fields = {
            language: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for language, text in texts[code].model_dump().items()
        }
        assert fields["fi"] == fields["sv"] == fields["en"], code


def test_an_unknown_code_or_language_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        message(Problem("no_such_code"), "fi", "a.csv")
    with pytest.raises(KeyError):
        message(Problem("empty_file"), "de", "a.csv")


def test_words_of_a_cell_are_never_read_as_a_template() -> None:
    said = message(Problem("unknown_project", 2, "hanke", "{file} {0}"), "en", "a.csv")
    assert "{file} {0}" in said
