"""XLSForms read in a child process, and the answers given to them in KoboToolbox or ODK."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pandas.testing as pdt
import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports import xlsforms
from data.imports.profile import profiles
from data.imports.run import preview, store
from data.imports.xlsforms import FORM_LIMITS, check_xlsform, profile_for
from data.instruments import field_instrument
from survey.instrument import MISSING, Instrument, instruments
from survey.scoring import score
from survey.xlsform.problems import message
from survey.xlsform.read import read
from survey.xlsform.write import write
from tests.survey.workbooks import workbook

PEOPLE = 40


# --- the child ----------------------------------------------------------------------------------


def test_a_written_form_comes_back_through_the_child(tmp_path: Path) -> None:
    instrument = instruments()["benefit@1"]
    path = tmp_path / "lomake.xlsx"
    path.write_bytes(write(instrument))
    reading = check_xlsform(path)
    assert (reading.problems, reading.remarks) == ((), ())
    assert reading.instrument == instrument
    assert reading == read(path.read_bytes(), path.name)


def test_a_form_of_the_largest_size_is_read_in_time(tmp_path: Path) -> None:
    languages = ["label::suomi (fi)", "label::svenska (sv)", "label::English (en)"]
    questions = [[f"select_one l{n % 40}", f"q{n}", "K", "F", "Q"] for n in range(2_000)]
    choices = [[f"l{n % 40}", str(n // 40), "a", "b", "c"] for n in range(3_600)]
    path = tmp_path / "form.xlsx"
    path.write_bytes(
        workbook(
            survey=[["type", "name", *languages], *questions],
            choices=[["list_name", "name", *languages], *choices],
        )
    )
    assert len(check_xlsform(path).instrument.items) == 2_000


def test_what_is_wrong_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "lomake.xlsx"
    path.write_bytes(workbook(survey=[["type", "name", "label"], ["txt", "a", "A"]]))
    reading = check_xlsform(path)
    assert [(p.code, p.sheet, p.row, p.column) for p in reading.problems] == [
        ("type_unknown", "survey", 2, "type")
    ]
    told = message(reading.problems[0], "fi", path.name)
    assert told.startswith("Tiedosto lomake.xlsx, taulukko ”survey”, rivi 2, sarake ”type”: ")


def test_the_checker_of_the_field_has_the_last_word(tmp_path: Path) -> None:
    # A default that is no expression of the field: none of our business, and refused by it.
    path = tmp_path / "form.xlsx"
    head = ["type", "name", "label", "trigger"]
    rows = [head, ["text", "a", "A"], ["text", "b", "B", "not a reference"]]
    path.write_bytes(workbook(survey=rows))
    assert read(path.read_bytes(), path.name).instrument is not None
    (problem,) = check_xlsform(path).problems
    assert problem.code == "pyxform_refused"
    assert "trigger" in problem.detail["said"]


def test_a_missing_file_and_a_large_one_start_no_child(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(xlsforms, "WORKER", ("-c", "raise SystemExit(9)"))
    assert check_xlsform(tmp_path / "no.xlsx").problems[0].code == "not_a_workbook"
    large = tmp_path / "large.xlsx"
    large.write_bytes(b"0" * (FORM_LIMITS.file_bytes + 1))
    assert check_xlsform(large).problems[0].code == "too_large"


@pytest.mark.parametrize(
    ("dying", "code"),
    [
        ("while True: pass", "took_too_long"),
        ("import os; os.kill(os.getpid(), 9)", "reader_stopped"),
        ("import os; os.kill(os.getpid(), 6)", "reader_stopped"),
        ("print('nonsense')", "reader_stopped"),
        ("raise SystemExit(3)", "reader_stopped"),
    ],
)
def test_however_the_child_dies_it_is_told(tmp_path: Path, monkeypatch, dying, code) -> None:
    monkeypatch.setattr(xlsforms, "WORKER", ("-c", dying))
    path = tmp_path / "form.xlsx"
    path.write_bytes(write(instruments()["benefit@1"]))
    limits = xlsforms.replace(FORM_LIMITS, wall_seconds=1)
    reading = check_xlsform(path, limits)
    assert [problem.code for problem in reading.problems] == [code]
    assert reading.instrument is None


# --- answers that come home ---------------------------------------------------------------------


def answered(instrument: Instrument) -> pd.DataFrame:
    """Answers of forty people, every accepted code among them, as codes; MISSING is no answer."""
    rng = np.random.default_rng(20261122)
    columns = {}
    for item in instrument.closed_items:
        accepted = [*sorted(instrument.answers_of(item.code).accepted), MISSING]
        columns[item.code] = rng.permutation(np.resize(accepted, PEOPLE))
    return pd.DataFrame(columns)


def kobo(instrument: Instrument, codes: pd.DataFrame, path: str, sign: str = ";") -> str:
    """Answers as KoboToolbox writes them: names of questions and choices, every cell quoted.

    path: how a group stands before a question's name; nothing where groups are left out.
    """
    pages = {c: f"page_{n}" for n, s in enumerate(instrument.sections, 1) for c in s.items}
    heads = {c: f"{pages[c]}{path}{c}" if path and c in pages else c for c in codes}
    rows = codes.astype(object).where(codes != MISSING, "")
    table = rows.rename(columns=heads)
    table.insert(0, "today", "2026-05-04")
    table.insert(1, "project", "HEL-7")
    table.insert(2, "wave", "end")
    table.insert(3, "group", ["RES", "STAFF", "", "NGO"] * (PEOPLE // 4))
    for item in instrument.open_items:
        table[heads.get(item.code, item.code)] = [f'Vastaus {n}; "näin"\nja' for n in range(PEOPLE)]
    table["_id"] = range(1, PEOPLE + 1)
    table["_uuid"] = [f"uuid-{n}" for n in range(PEOPLE)]
    table["_submission_time"] = "2026-05-04T22:30:00"
    sink = StringIO()
    table.to_csv(sink, sep=sign, index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    return sink.getvalue()


def bring(engine: sa.Engine, folder: Path, text: str, instrument: Instrument, **more) -> list[dict]:
    """What is stored of a file of answers: each person's codes, in the order of the file."""
    register = folder / "projects.csv"
    register.write_text("code,name\nHEL-7,Puisto\n", encoding="utf-8")
    store(engine, profiles()["project_register"], register, operator())
    path = folder / "answers.csv"
    path.write_text(text, encoding="utf-8")
    headers = next(csv.reader(StringIO(text), delimiter=";" if ";" in text[:200] else ","))
    profile = profile_for(instrument, headers, **more)
    seen = preview(engine, profile, path, operator())
    assert (seen.rejected, seen.problems, seen.fatal) == (0, (), ())
    store(engine, profile, path, operator())
    with database.reading(engine) as connection:
        return list(connection.execute(sa.select(schema.Response)).mappings())


PLAIN = next(i for i in instruments().values() if i.sections)


@pytest.mark.parametrize(
    ("key", "path"),
    [("process_quality@1", ""), ("benefit@1", ""), *((PLAIN.key, p) for p in ("/", "::", "-"))],
)
def test_answers_come_home_to_the_same_scores(
    sqlite_engine: sa.Engine, tmp_path: Path, key: str, path: str
) -> None:
    instrument = instruments()[key]
    codes = answered(instrument)
    stored = bring(sqlite_engine, tmp_path, kobo(instrument, codes, path), instrument)
    assert len(stored) == PEOPLE
    back = pd.DataFrame([json.loads(row["answers"]) for row in stored])
    back = back.reindex(columns=codes.columns).fillna(MISSING).astype(int)
    own, home = score(codes, instrument), score(back, instrument)
    assert own.notna().to_numpy().any()
    order = list(own.columns)
    pdt.assert_frame_equal(
        own.sort_values(order, ignore_index=True), home.sort_values(order, ignore_index=True)
    )
    assert sorted(map(tuple, back.to_numpy())) == sorted(map(tuple, codes.to_numpy()))
    assert {str(row["answered_on"]) for row in stored} == {"2026-05-04"}
    assert {row["group_code"] for row in stored} == {"RES", "STAFF", "NGO", "UNK"}
    with database.reading(sqlite_engine) as connection:
        texts = connection.execute(sa.select(sa.func.count(schema.OpenAnswer.response_id))).scalar()
    assert texts == PEOPLE * len(instrument.open_items)


def test_a_second_export_brings_only_what_is_new(sqlite_engine: sa.Engine, tmp_path: Path) -> None:
    instrument = instruments()["benefit@1"]
    codes = answered(instrument)
    first = kobo(instrument, codes, "")
    bring(sqlite_engine, tmp_path, first, instrument)
    head, *rows = first.split("\r\n")
    new = next(row for row in rows if '"uuid-0"' in row).replace("uuid-0", "uuid-99")
    path = tmp_path / "later.csv"
    path.write_text("\r\n".join([head, new, *rows]), encoding="utf-8")
    profile = profile_for(instrument, next(csv.reader([head], delimiter=";")))
    store(sqlite_engine, profile, path, operator())
    with database.reading(sqlite_engine) as connection:
        count = connection.execute(sa.select(sa.func.count(schema.Response.id))).scalar()
    assert count == PEOPLE + 1


def test_what_the_form_does_not_say_is_said_by_whoever_brings_it(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    """ODK Central's file, of a form that was made there, brought with the project and wave."""
    head = ["type", "name", "label::Suomi (fi)", "relevant"]
    made = workbook(
        survey=[
            head,
            ["begin group", "you", "Sinä"],
            ["select_one level", "q1.level", "Kuinka hyvin?"],
            ["select_one yes_no", "again", "Uudestaan?", "${q1.level} = 'good'"],
            ["end group"],
        ],
        choices=[
            ["list_name", "name", "label::Suomi (fi)"],
            ["level", "bad", "Huonosti"],
            ["level", "good", "Hyvin"],
            ["level", "dont_know", "En tiedä"],
            ["yes_no", 1, "Kyllä"],
            ["yes_no", 0, "Ei"],
        ],
        settings=[["form_title", "form_id"], ["Palaute", "palaute"]],
    )
    path = tmp_path / "palaute.xlsx"
    path.write_bytes(made)
    reading = check_xlsform(path)
    with database.writing(sqlite_engine) as connection:
        field_instrument(connection, reading.instrument)
    text = (
        "SubmissionDate,you-q1.level,you-again,KEY\n"
        "2026-05-04T10:00:00.000Z,good,1,uuid:1\n"
        "2026-05-04T11:00:00.000Z,Huonosti,,uuid:2\n"
        "2026-05-05T11:00:00.000Z,dont_know,0,uuid:3\n"
    )
    stored = bring(
        sqlite_engine,
        tmp_path,
        text,
        reading.instrument,
        constants={"project": "HEL-7", "wave": "follow_up"},
        reading=reading,
    )
    assert sorted(row["answers"] for row in stored) == sorted(
        ['{"Q1_LEVEL":2,"AGAIN":1}', '{"Q1_LEVEL":1}', '{"Q1_LEVEL":-1,"AGAIN":0}']
    )
    assert sorted(str(row["answered_on"]) for row in stored) == [
        "2026-05-04",
        "2026-05-04",
        "2026-05-05",
    ]


def test_a_real_form_and_its_real_answers_come_in(
    sqlite_engine: sa.Engine, tmp_path: Path, shared_data: Path
) -> None:
    """A Likert form of KoboToolbox with 120 rows of answers under its groups' paths."""
    folder = shared_data / "kobo"
    reading = check_xlsform(folder / "form_likert.xlsx")
    assert reading.problems == ()
    assert len(reading.instrument.items) == 18
    # In the order in which the form lists its choices.
    assert reading.values["RETURN_VEN"] == {"likely": 1, "neutral": 2, "unlikely": 3}
    with database.writing(sqlite_engine) as connection:
        field_instrument(connection, reading.instrument)
    register = tmp_path / "projects.csv"
    register.write_text("code,name\nHEL-7,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    said = pd.read_excel(folder / "data_likert.xlsx")
    constants = {"project": "HEL-7", "wave": "end"}
    profile = profile_for(reading.instrument, said.columns, constants, reading)
    batch = store(sqlite_engine, profile, folder / "data_likert.xlsx", operator())
    assert (batch.rows_stored, batch.rows_rejected) == (len(said), 0)
    with database.reading(sqlite_engine) as connection:
        stored = connection.execute(sa.select(schema.Response.answers)).scalars().all()
    counted = pd.DataFrame(map(json.loads, stored))["RETURN_VEN"].value_counts().to_dict()
    expected = said["group_pm0cj55.return_ven"].map(reading.values["RETURN_VEN"])
    assert counted == expected.value_counts().to_dict()
