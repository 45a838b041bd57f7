"""Files are read in a child process with limits; the server survives whatever they do to it."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.imports import read as reading
from data.imports.limits import LIMITS, MEGABYTE
from data.imports.problems import RejectedFile, message
from data.imports.profile import Profile
from data.imports.read import read
from survey.text import LANGUAGES


def table(shape: dict | None = None, **changes) -> Profile:
    """A profile that reads the columns ``code`` and ``name``."""
    columns = {"code": "koodi", "name": "nimi"}
    body = {"name": "t", "kind": "projects", "file": shape or {}, "columns": columns}
    return Profile.model_validate(body | changes)


def refused(path: Path, profile: Profile | None = None, **limits) -> tuple:
    """Code and detail of what stops a file."""
    with pytest.raises(RejectedFile) as stopped:
        read(path, profile or table(), limits=replace(LIMITS, **limits))
    for language in LANGUAGES:
        assert path.name in stopped.value.in_language(language)
    return stopped.value.problems[0].code, stopped.value.problems[0].detail


# --- encodings and separators (T-05) ------------------------------------------------------------

WORDS = "koodi{s}nimi\nÄ1{s}Pöllölä\nÅ2{s}Höyhtyä šž é\n"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marks_and_utf8_are_certain(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(WORDS.format(s=separator).encode(encoding))
    found = read(path, table())
    assert found.frame["nimi"].tolist() == ["Pöllölä", "Höyhtyä šž é"]
    assert found.detected["separator"] == separator


@pytest.mark.parametrize("encoding", ["cp1252", "iso-8859-15", "mac_roman", "cp850", "utf-16-be"])
def test_other_encodings_are_read_only_when_declared(tmp_path: Path, encoding: str) -> None:
    text = "koodi;nimi\nÄ1;Pöllölä\nÅ2;Höyhtyä\n"
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    code, detail = refused(path)
    assert code == "wrong_encoding"
    if encoding != "iso-8859-15":  # the same bytes as cp1252 for these letters
        assert detail["suggested"].replace("-", "_") == encoding.replace("-", "_")
    assert any(letter in detail["sample"] for letter in "ÄÖÅäöå")
    found = read(path, table({"encoding": encoding}))
    assert found.frame["nimi"].tolist() == ["Pöllölä", "Höyhtyä"]
    assert [p.code for p in found.warnings] == ["encoding_declared"]


@pytest.mark.parametrize(
    ("written", "declared"),
    [("utf-8", "cp1252"), ("mac_roman", "cp1252"), ("cp1252", "mac_roman"), ("cp1252", "latin-1"),
     ("cp1252", "utf-8"), ("utf-16", "cp1252")],
)  # fmt: skip
def test_a_declaration_that_is_plainly_wrong_gives_no_mojibake(
    tmp_path: Path, written: str, declared: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("koodi;nimi\nÄ1;Pöllölä – äyräällä\n".encode(written))
    try:
        found = read(path, table({"encoding": declared}))
    except RejectedFile as stopped:
        assert stopped.problems[0].code == "wrong_encoding"
    else:
        assert found.frame["nimi"].tolist() == ["Pöllölä – äyräällä"]


def test_an_encoding_that_does_not_exist(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("koodi;nimi\nÄ;Ö\n".encode("cp1252"))
    assert refused(path, table({"encoding": "klingon"}))[0] == "unknown_encoding"
    assert refused(path, table({"encoding": "base64"}))[0] == "unknown_encoding"


TEXT = st.text(
    st.characters(categories=["L", "N", "P", "Zs", "Sc"], exclude_characters="\x00"), max_size=12
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    separator=st.sampled_from([";", ",", "\t", "|"]),
)
def test_what_pandas_writes_is_read_back(tmp_path: Path, rows, encoding, separator) -> None:
    frame = pd.DataFrame(rows, columns=["koodi", "nimi"], dtype="str")
    path = tmp_path / "a.csv"
    frame.to_csv(path, sep=separator, encoding=encoding, index=False)
    kept = frame[(frame != "").any(axis=1)]
    shape = {"separator": separator} | ({"encoding": encoding} if encoding == "utf-16-le" else {})
    if kept.empty:
        assert refused(path, table(shape))[0] == "no_rows"
        return
    found = read(path, table(shape))
    assert found.frame.to_numpy().tolist() == kept.to_numpy().tolist()


def test_answers_called_none_and_na_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("koodi,nimi\nNone,NA\nnan,null\n", encoding="utf-8")
    assert read(path, table()).frame.to_numpy().tolist() == [["None", "NA"], ["nan", "null"]]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('otsake\n\nkoodi,nimi\nA,"kaksi\nriviä"\n,\nB,x\n', encoding="utf-8")
    found = read(path, table({"header_row": 3}))
    assert found.rows.tolist() == [4, 6]
    assert [(p.code, p.detail) for p in found.warnings] == [("blank_rows", {"count": 1})]


def test_unmapped_columns_never_leave_the_child(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("koodi,puhelin,nimi\nA,040 123,x\n", encoding="utf-8")
    found = read(path, table())
    assert list(found.frame) == ["koodi", "nimi"]
    assert found.headers == ("koodi", "puhelin", "nimi")


def test_headers_match_over_odd_spaces(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("koodi \u00a0,\u2003nimi\nA,x\n", encoding="utf-8")
    assert list(read(path, table()).frame) == ["koodi", "nimi"]


# --- size and shape (T-04) -----------------------------------------------------------------------


def test_limits_of_text_files(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("koodi,nimi," + "x" * 2_000_000 + "\nA,b,c\n", encoding="utf-8")
    assert refused(path)[0] == "line_too_long"
    path.write_text(",".join(f"s{n}" for n in range(501)) + "\n", encoding="utf-8")
    assert refused(path) == ("too_many_columns", {"found": 501, "limit": 500})
    path.write_text("koodi,nimi\n" + "A,b\n" * 300_000, encoding="utf-8")
    assert refused(path, file_bytes=MEGABYTE) == ("too_large", {"size": 1, "limit": 1})


def test_a_sparse_file_of_two_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b"koodi,nimi\nA,b\n")
        file.truncate(2 << 30)
    before = psutil.Process().memory_info().rss
    assert refused(path)[0] == "too_large"
    assert psutil.Process().memory_info().rss - before < 50 * MEGABYTE


# --- workbooks (T-01, T-02, T-03, T-06) -----------------------------------------------------------


def workbook(path: Path, parts: dict[str, str | bytes]) -> Path:
    """An archive with the least that makes it look like a workbook, and these parts."""
    least = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"/>',
        "xl/workbook.xml": "<workbook/>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in (least | parts).items():
            archive.writestr(name, body)
    return path


def sheet(cells: str) -> str:
    return f"<worksheet><sheetData>{cells}</sheetData></worksheet>"


def test_a_workbook_is_read_with_its_own_kinds_of_cells(tmp_path: Path) -> None:
    from datetime import date, datetime

    book = openpyxl.Workbook()
    book.active.title = "Ohje"
    book.create_sheet("Vastaukset").append(["koodi", "nimi", "muu"])
    book["Vastaukset"].append([7, date(2026, 3, 1), None])
    book["Vastaukset"].append([7.5, datetime(2026, 3, 1, 12, 30), None])
    book["Vastaukset"].append([True, " None "])
    book.save(tmp_path / "a.xlsx")
    found = read(tmp_path / "a.xlsx", table({"sheet": "Vastaukset"}))
    assert found.frame.to_numpy().tolist() == [
        ["7", "2026-03-01"],
        ["7.5", "2026-03-01 12:30:00"],
        ["true", " None "],
    ]
    assert found.detected == {"format": "xlsx", "sheet": "Vastaukset"}
    assert refused(tmp_path / "a.xlsx", table({"sheet": "Puuttuva"}))[0] == "sheet_missing"


CORNERS = sheet('<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>')
TALL = sheet('<row r="1"><c r="A1"/></row><row r="1048576"><c r="J1048576"/></row>')
BOMBS = {
    "corner cells": ({"xl/worksheets/sheet1.xml": CORNERS}, "too_many_columns"),
    "a tall box": ({"xl/worksheets/sheet1.xml": TALL}, "too_many_cells"),
    "ratio": ({"xl/worksheets/sheet1.xml": "0" * 20_000_000}, "suspicious_archive"),
    "unpacked": ({"xl/media/a": os.urandom(1) + b"\0" * 210_000_000}, "suspicious_archive"),
    "entries": ({f"xl/media/{n}": "" for n in range(2001)}, "suspicious_archive"),
    "a name that climbs": ({"xl/../../etc/passwd": "x"}, "suspicious_archive"),
    "an absolute name": ({"/etc/passwd": "x"}, "suspicious_archive"),
    "nested archive": ({"xl/media/more.zip": "x"}, "suspicious_archive"),
    "macros": ({"xl/vbaProject.bin": "x"}, "macro_file"),
    "macro type": ({"[Content_Types].xml": "<Types>application/vnd.ms-excel.sheet."
                    "macroEnabled.main+xml</Types>"}, "macro_file"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_are_refused_by_their_directory_or_while_counting(tmp_path: Path, kind: str) -> None:
    parts, code = BOMBS[kind]
    assert refused(workbook(tmp_path / "a.xlsx", parts))[0] == code


def test_names_twice_and_other_archives(tmp_path: Path) -> None:
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(tmp_path / "twice.xlsx", "w") as archive,
    ):
        for _ in range(2):
            archive.writestr("xl/workbook.xml", "<workbook/>")
    assert refused(tmp_path / "twice.xlsx")[0] == "suspicious_archive"
    with zipfile.ZipFile(tmp_path / "other.csv", "w") as archive:
        archive.writestr("readme.txt", "x")
    assert refused(tmp_path / "other.csv") == ("other_kind", {"found": "ZIP"})
    with zipfile.ZipFile(tmp_path / "sheet.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert refused(tmp_path / "sheet.ods") == ("other_kind", {"found": "ODS"})


HOSTILE = {
    "billion laughs": '<!ENTITY a "koodi"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;&b;">',
    "a file of the server": '<!ENTITY x SYSTEM "file:///etc/hostname">',
    "a call home": '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_entities_in_a_workbook_are_refused(tmp_path: Path, kind: str) -> None:
    """The workbook is whole but for its declared entities; without them it is read."""
    book = openpyxl.Workbook()
    book.active.append(["koodi", "nimi"])
    book.active.append(["A", "x"])
    book.save(tmp_path / "plain.xlsx")
    assert len(read(tmp_path / "plain.xlsx", table()).frame) == 1
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as made,
    ):
        for name in plain.namelist():
            body = plain.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                assert ">A<" in body
                body = f"<!DOCTYPE sst [{HOSTILE[kind]}]>" + body.replace(">A<", ">&x;<")
            made.writestr(name, body)
    assert refused(tmp_path / "a.xlsx") == ("suspicious_archive", {"reason": "DOCTYPE"})


# --- the child dies (T-02, F4) --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dying", "code"),
    [
        ("import os; os.abort()", "parser_crashed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "parser_memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "parser_time"),
        ("raise SystemExit(3)", "parser_crashed"),
        ("import time; time.sleep(60)", "parser_time"),
        ("print('tämä ei ole JSONia', flush=True)", "parser_crashed"),
    ],
)
def test_the_server_survives_its_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dying: str, code: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("koodi,nimi\nA,b\n", encoding="utf-8")
    monkeypatch.setattr(reading, "WORKER", ("-c", dying))
    assert refused(path, wall_seconds=2)[0] == code


def test_a_reader_without_memory_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "koodi,nimi\n" + "\n".join(",".join('"' + "x" * 100_000 + '"' for _ in range(2))
                                  for _ in range(50)), encoding="utf-8",
    )  # fmt: skip
    assert refused(path, memory_bytes=40 * MEGABYTE)[0] in ("parser_memory", "parser_crashed")


def test_a_reader_that_works_too_long_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("koodi,nimi\n" + "A,b\n" * 3_000_000, encoding="utf-8")
    code, detail = refused(path, cpu_seconds=1)
    assert (code, detail) == ("parser_time", {"limit": 1})


def test_the_reader_reaches_nothing_outside(tmp_path: Path) -> None:
    """Its own audit hook stops connections, programs and foreign code."""
    import subprocess
    import sys

    attempt = (
        "from data.imports.limits import LIMITS\n"
        "from data.imports.worker import confine\n"
        "confine(LIMITS)\n"
        "import socket, subprocess, os\n"
        "for reach in (lambda: socket.create_connection(('127.0.0.1', 9)),\n"
        "              lambda: subprocess.run(['true']), lambda: os.system('true')):\n"
        "    try:\n"
        "        reach()\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", attempt], capture_output=True, text=True)
    assert done.stdout.split() == ["refused"] * 3


def test_progress_grows_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("koodi,nimi\n" + "A,b\n" * 60_000, encoding="utf-8")
    seen: list[float] = []
    read(path, table(), progress=lambda step, done, total: seen.append(done / total))
    assert len(seen) == 6
    assert seen == sorted(seen)
    assert seen[0] < 0.5 < seen[-1] <= 1


def test_a_message_tells_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("koodi;nimi\nÄ;Pöllölä\n".encode("cp1252"))
    with pytest.raises(RejectedFile) as stopped:
        read(path, table())
    said = message(stopped.value.problems[0], "fi", "a.csv")
    assert "file.encoding: cp1252" in said
    assert "Pöllölä" in said
