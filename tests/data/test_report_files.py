"""Reported indicators as workbook, package, JSON and IATI: the same figures, every state apart."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import database
from data.access import operator
from data.exports.figures_json import write_json
from data.exports.package import write_package
from data.exports.report import Report, outsider, report
from data.exports.report_words import kind_of
from data.exports.workbook import SHEETS, UnwritableWorkbook, write_workbook
from data.reporting import reading, values
from tests.data import reported
from tests.data.reported import (
    EVALUATOR,
    FIRST,
    FUNDER,
    MANAGER,
    ONE,
    SECOND,
    STEERING,
    TODAY,
    TWO,
    approved,
    drafted,
    entered,
    opened,
    promised,
    read,
    submitted,
    version,
    write,
)

RUNNING = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: What people write that a spreadsheet runs, and what only looks so.
HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠a", "'=1",
    "=HYPERLINK(\"https://example.org\")", "https://example.org", "mailto:a@example.org", "{=1}",
    "internal:Sheet1!A1", "_x003D_1", "007", "1e5", "<f>1</f>", "]]>&amp;", "\x01\x02", "\ufffe",
)  # fmt: skip


@pytest.fixture
def world(sqlite_engine):
    return reported.fill(sqlite_engine)


def told(engine, user=EVALUATOR, language: str = "en", **asked) -> Report:
    return read(engine, report, user, language, today=TODAY, **asked)


def sheets(report: Report) -> dict[str, list[dict]]:
    """Every sheet of the workbook as rows by heading."""
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(report)))
    found = {}
    for name, sheet in zip(SHEETS, book.worksheets[1:], strict=True):
        heading, *rows = sheet.iter_rows(values_only=True)
        found[name] = [dict(zip(heading, row, strict=True)) for row in rows]
    return found


def unpacked(report: Report) -> dict[str, list[dict]]:
    """Every CSV of the package as rows by heading."""
    with zipfile.ZipFile(io.BytesIO(write_package(report))) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))
            )
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def every_state(engine) -> None:
    """One value of each state, people of whom there are few among them, and one that waits."""
    period = opened(engine)
    approved(engine, submitted(engine, promised(engine, "RCO02@1"), period, 3, cumulative=7))
    approved(engine, submitted(engine, promised(engine, "RCO03@1"), period, 0, cumulative=0))
    for key, state in (("RCO05@1", "not_reported"), ("RCO13@1", "not_applicable")):
        number = drafted(engine, promised(engine, key), period)
        said = {"state": state, "method_note": "Ei vielä."}
        write(engine, values.save, EVALUATOR, number, version(engine, number), said)
        write(engine, values.submit, EVALUATOR, number, version(engine, number))
        approved(engine, number)
    few = promised(engine, "ARV-PARTICIPATIONS@1")
    approved(engine, submitted(engine, few, period, 7, cumulative=7))
    many = promised(engine, "RCO113@1")
    approved(engine, submitted(engine, many, period, 43, cumulative=43))
    submitted(engine, promised(engine, "RCO01@1"), period, 5, cumulative=5)


def by_indicator(rows: list[dict]) -> dict[str, dict]:
    return {row["indicator"]: row for row in rows}


# --- states -------------------------------------------------------------------------------------


def test_five_states_are_apart_in_every_file(world):
    every_state(world)
    report = told(world, FUNDER)
    # State, value and cumulative; the few are fewer than ten, 43 is shown to the nearest five.
    expected = {
        "RCO02@1": ("value", 3, 7),
        "RCO03@1": ("zero", 0, 0),
        "RCO05@1": ("not_reported", None, None),
        "RCO13@1": ("not_applicable", None, None),
        "ARV-PARTICIPATIONS@1": ("suppressed", None, None),
        "RCO113@1": ("value", 45, 45),
        "RCO01@1": ("not_reported", None, None),  # what waits is not approved
    }

    def said(row: dict, empty: object = None) -> tuple:
        numbers = (row["value"], row["cumulative"])
        return (row["state"], *(None if n == empty else float(n) for n in numbers))

    json = orjson.loads(write_json(report))["tables"]
    for rows, empty in (
        (sheets(report)["indicators"], None),
        (unpacked(report)["indicators"], ""),
        (json["indicators"], None),
    ):
        assert {key: said(row, empty) for key, row in by_indicator(rows).items()} == expected


def test_what_waits_is_never_among_what_is_approved(world):
    every_state(world)
    target = promised(world, "RCR03@2", baseline=1)
    number = approved(world, submitted(world, target, opened(world, days=SECOND), 4, cumulative=4))
    write(world, values.lock, EVALUATOR, [number])
    correction = write(world, values.correct, EVALUATOR, number, "Laskettiin uudelleen.")
    write(world, values.submit, EVALUATOR, correction, version(world, correction))
    entered(world, promised(world, "RCO10@1"), 1, 9)
    found = sheets(told(world))
    assert {row["status"] for row in found["reported"]} == {"approved", "locked"}
    assert {row["status"] for row in found["pending"]} == {"submitted", "draft"}
    standing = by_indicator(found["indicators"])["RCR03@2"]
    # What is released stands until its correction is approved: 4 of 1 to 10 is 3/9.
    assert (standing["reported_id"], standing["cumulative"]) == (number, 4)
    assert standing["attainment"] == pytest.approx(1 / 3)
    assert by_indicator(found["pending"])["RCR03@2"]["reported_id"] == correction


def test_one_row_an_indicator_with_its_stable_numbers(world):
    target = promised(world, "RCO02@1")
    for at, days in enumerate((FIRST, SECOND), start=1):
        approved(world, submitted(world, target, opened(world, days=days), at, cumulative=at))
    found = sheets(told(world))
    (row,) = found["indicators"]
    assert len(found["reported"]) == 2
    assert (row["project"], row["indicator"], row["target_id"]) == ("p1", "RCO02@1", target)
    assert (row["period"], row["value"], row["cumulative"]) == (2, 2, 2)
    assert row["ends_on"].date() == SECOND[1]
    assert row["attainment"] == pytest.approx(0.2)  # 2 of 0 to 10


# --- who sees what ------------------------------------------------------------------------------


def test_a_file_holds_what_its_reader_may_see(world):
    every_state(world)
    entered(world, promised(world, "RCO10@1"), 1, 9)
    promised(world, "RCO02@1", project=TWO)
    assert {row["project"] for row in sheets(told(world, FUNDER))["indicators"]} == {"p1", "p2"}
    drafts = {
        user.name: by_indicator(sheets(told(world, user))["pending"]).keys()
        for user in (MANAGER, FUNDER, STEERING)
    }
    assert drafts == {
        "Mari": {"RCO01@1", "RCO10@1"},
        "Rahoittaja": {"RCO01@1"},
        "Ohjaus": {"RCO01@1"},
    }


def test_an_outsider_reads_as_funders_do(world):
    every_state(world)
    with database.reading(world) as connection:
        reader = outsider(connection, operator())
        one = report(connection, reader, "en", today=TODAY)
        other = report(connection, FUNDER, "en", today=TODAY)
    assert one.profile == other.profile
    assert one.tables["indicators"] == other.tables["indicators"]
    assert one.tables["pending"] == other.tables["pending"]


def test_items_say_what_was_left_out_and_never_who(world, tmp_path):
    target = promised(world, "RCO01@1")
    number = drafted(world, target, opened(world))
    write(world, values.count, EVALUATOR, tmp_path, number, version(world, number))
    assert sheets(told(world, FUNDER))["items"] == []  # a draft is the project's own
    found = sheets(told(world, MANAGER))["items"]
    counted = [row for row in found if row["exclusion"] is None]
    # Companies 1 and 2 in the first half of the year; 4 has no business ID, 1 comes again.
    assert len({row["entity"] for row in counted}) == len(counted) == 2
    assert {row["exclusion"] for row in found} >= {None, "no_business_id", "duplicate"}
    assert "1000001-1" not in str(found)


def test_what_was_sent_back_is_not_told_through_its_items(world, tmp_path):
    number = drafted(world, promised(world, "RCO01@1"), opened(world))
    write(world, values.count, EVALUATOR, tmp_path, number, version(world, number))
    write(world, values.submit, EVALUATOR, number, version(world, number))
    assert len(sheets(told(world, FUNDER))["items"]) > 2
    write(world, values.send_back, FUNDER, number, version(world, number), "Laskekaa uudelleen.")
    report = told(world, FUNDER)
    (row,) = sheets(report)["pending"]
    assert (row["status"], row["state"], row["value"]) == ("returned", "not_reported", None)
    assert (row["method"], sheets(report)["items"]) == (None, [])


# --- what files say of themselves ---------------------------------------------------------------


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_column_is_explained_and_has_the_kind_that_it_says(world, language):
    every_state(world)
    report = told(world, language=language)
    explained = {(row["table"], row["column"]) for row in sheets(report)["dictionary"]}
    with zipfile.ZipFile(io.BytesIO(write_package(report))) as archive:
        described = orjson.loads(archive.read("datapackage.json"))
        sizes = {name: len(archive.read(name)) for name in archive.namelist()}
    kinds = {"integer": int, "number": (int, float, Decimal), "date": date, "string": str}
    for resource in described["resources"]:
        table = report.tables[resource["name"]]
        assert sizes[resource["path"]] == resource["bytes"]
        assert tuple(field["name"] for field in resource["schema"]["fields"]) == table.columns
        assert all(field["description"] for field in resource["schema"]["fields"])
        if table.name != "dictionary":
            assert {(table.name, column) for column in table.columns} <= explained
        for row in table.rows:
            for column, cell in zip(table.columns, row, strict=True):
                assert cell is None or isinstance(cell, kinds[kind_of(column)]), column


def test_a_report_of_nothing_is_a_file_of_headings(world):
    report = told(world)
    assert all(rows == [] for name, rows in sheets(report).items() if name != "dictionary")
    assert unpacked(report)["reported"] == []


# --- texts that run -----------------------------------------------------------------------------


def with_texts(report: Report, texts: list[str]) -> Report:
    """The report with texts as the rows of its approved values, in every column but the states."""
    table = report.tables["targets"]
    width = len(table.columns)
    padded = [*texts, *[None] * (-len(texts) % width)]
    rows = [tuple(padded[at : at + width]) for at in range(0, len(padded), width)]
    return replace(report, tables={**report.tables, "targets": replace(table, rows=rows)})


def refuse_what_runs(report: Report, texts: list[str]) -> None:
    content = write_workbook(with_texts(report, texts))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            xml = archive.read(name)
            assert b"<f>" not in xml and b"<f " not in xml, name
            assert b"<hyperlink" not in xml and b"relationships/hyperlink" not in xml, name
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[1 + SHEETS.index("targets")]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert all(cell.data_type in ("s", "inlineStr", "n") for cell in cells)
    assert all(cell.quotePrefix for cell in cells if str(cell.value or "").startswith(RUNNING))
    written = [cell for cell in cells if cell.value is not None]
    assert all(isinstance(cell.value, str) for cell in written)
    assert len(written) == len(texts)
    raw = unpacked(with_texts(report, texts))["targets"]
    assert not any(value.startswith(RUNNING) for row in raw for value in row.values())


@pytest.fixture(scope="module")
def empty_report(sqlite_template, tmp_path_factory) -> Report:
    copy = tmp_path_factory.mktemp("report") / "arviomo.db"
    shutil.copyfile(sqlite_template, copy)
    engine = database.connect(f"sqlite:///{copy}")
    report = told(engine)
    engine.dispose()
    return report


def test_nothing_that_people_write_runs(empty_report):
    refuse_what_runs(empty_report, [*HOSTILE, *(f" {text}" for text in HOSTILE)])
    found = sheets(with_texts(empty_report, ["=1+1", "007", "https://example.org"]))["targets"]
    assert list(found[0].values())[:3] == ["=1+1", "007", "https://example.org"]


def test_ten_thousand_strings_and_none_runs(empty_report):
    # 250 lists of 40 strings, each beginning as some formula does or as it likes.
    starts = st.sampled_from([*RUNNING, "", "http://"])
    text = st.builds(str.__add__, starts, st.text())
    texts: list[str] = []

    @settings(max_examples=250, deadline=None, database=None)
    @given(st.lists(text, min_size=40, max_size=40))
    def gather(found: list[str]) -> None:
        texts.extend(found)

    gather()
    assert len(texts) >= 10_000
    refuse_what_runs(empty_report, texts)


def test_json_holds_texts_exactly(empty_report):
    json = orjson.loads(write_json(with_texts(empty_report, list(HOSTILE))))
    cells = [cell for row in json["tables"]["targets"] for cell in row.values()]
    assert cells[: len(HOSTILE)] == list(HOSTILE)


def test_what_a_cell_cannot_hold_is_refused_and_not_cut(empty_report):
    with pytest.raises(UnwritableWorkbook, match=r"row 2, column 1.*32767 letters.*package"):
        write_workbook(with_texts(empty_report, ["x" * 32_768]))


def test_the_desk_and_the_files_say_the_same(world):
    every_state(world)
    report = told(world)
    lines = {line.reported: line for line in read(world, reading.desk, EVALUATOR, today=TODAY)}
    for row in sheets(report)["reported"]:
        line = lines[row["reported_id"]]
        assert [row["value"], row["cumulative"], row["attainment"]] == pytest.approx(
            [None if n is None else float(n) for n in (line.value, line.cumulative, line.attained)]
        )
    assert ONE in {line.target.project for line in lines.values()}
