"""Files that mean harm, looked at before anybody knows what they are (T-01 to T-06)."""

from __future__ import annotations

import random
import zipfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from data.imports.delimited import delimited_rows
from data.imports.encodings import encoding_of
from data.imports.limits import LIMITS, MEGABYTE, Gauge, Report, Unreadable
from data.imports.problems import RejectedFile
from data.imports.sources.look import look
from survey.text import LANGUAGES


def refused(path: Path, **limits) -> str:
    """What stops a file; told in three languages, without the server growing."""
    before = psutil.Process().memory_info().rss
    with pytest.raises(RejectedFile) as stopped:
        look(path, limits=replace(LIMITS, **limits))
    assert psutil.Process().memory_info().rss - before < 50 * MEGABYTE
    assert len({stopped.value.in_language(language) for language in LANGUAGES}) == 3
    return stopped.value.problems[0].code


BOXES = {
    "corner": '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>',
    "tall": '<row r="1"><c r="A1"/></row><row r="1048576"><c r="J1048576"/></row>',
    "wide": '<row r="1"><c r="A1"/><c r="AAA1"/></row>',
}


@pytest.mark.parametrize("box", BOXES)
def test_a_sheet_that_claims_the_world_is_refused(tmp_path: Path, box: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        body = f"<worksheet><sheetData>{BOXES[box]}</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", body)
    assert refused(path) in ("too_many_columns", "too_many_cells")


ARCHIVES = {
    "climbs": {"../../etc/passwd.csv": b"a,b\n"},
    "nested": {"a.csv": b"a,b\n1,2\n", "more.zip": b"x"},
    "ratio": {"a.csv": b"0" * 30_000_000},
    "entries": {f"{at}.csv": b"" for at in range(2001)},
    "no table": {"readme.md": b"x"},
    "half": None,
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_a_zip_that_means_harm_is_refused(tmp_path: Path, case: str) -> None:
    path = tmp_path / "a.zip"
    if ARCHIVES[case] is None:
        path.write_bytes(b"PK\x03\x04" + bytes(400))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in ARCHIVES[case].items():
                archive.writestr(name, body)
    assert refused(path) in ("suspicious_archive", "other_kind", "damaged_file")


TEXTS = {
    "a million columns": (b"a," * 1_000_000 + b"\n1\n", "line_too_long"),
    "six hundred columns": (
        b",".join(b"s%d" % at for at in range(600)) + b"\n",
        "too_many_columns",
    ),
    "an open quote": (b'a,b\n"1,2\n' + b"3,4\n" * 60_000, "unclosed_quote"),
    "NUL bytes": (b"a,b\n1,\x00\n", "binary_content"),
    "nothing": (b"\n\n", "empty_file"),
    "a program": (b"MZ\x90" + bytes(300), "other_kind"),
    "a page": (b"<!DOCTYPE html><html></html>", "other_kind"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "other_kind"),
    "a document": (b"%PDF-1.7\n", "other_kind"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "other_kind"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_file_that_is_none_is_refused(tmp_path: Path, case: str) -> None:
    """T-04, T-06: what a file is called does not matter, only what it begins with and holds."""
    body, code = TEXTS[case]
    path = tmp_path / "vastaukset.csv"
    path.write_bytes(body)
    assert refused(path) == code


@pytest.mark.nightly
def test_one_line_of_three_hundred_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        for _ in range(299):
            file.write(b"x" * MEGABYTE)
    assert refused(path) == "line_too_long"


#: Words of the field with the letters that go wrong, and cells that look like other things.
WORDS = ("Pöllölä", "Ähtäri", "Åbo", "šakki", "Žižek", "1 234,5", "0,5", "a;b", "x,y", 'sano "ei"',
         "", "–", "€ 100", "tavallinen", "Fråga")  # fmt: skip
ENCODINGS = {
    "utf-8": WORDS, "utf-8-sig": WORDS, "utf-16": WORDS, "utf-16-le": WORDS, "utf-16-be": WORDS,
    "utf-32": WORDS, "cp1252": WORDS,
    "iso-8859-15": tuple(w for w in WORDS if "–" not in w),
    "iso-8859-1": tuple(w for w in WORDS if not set(w) & set("šŽž–€")),
    "mac_roman": tuple(w for w in WORDS if not set(w) & set("šŽž")),
}  # fmt: skip
CERTAIN = ("utf-8", "utf-8-sig", "utf-16", "utf-32")
TABLES, TABLES_BY_NIGHT = 4, 75


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_table_comes_in_as_mojibake(
    request: pytest.FixtureRequest, tmp_path: Path, encoding: str
) -> None:
    """T-05: ten encodings, four separators, 75 tables by night: exact, or a question. Never else.

    The reader is called in this process, because three thousand children would say no more.
    """
    by_night = request.config.getoption("--nightly")
    chance = random.Random(encoding)
    path = tmp_path / "a.csv"
    for separator in ";,\t|":
        for _ in range(TABLES_BY_NIGHT if by_night else TABLES):
            rows = [["koodi", "Kysymyksiä", "määrä"]]
            rows += [
                [str(at), *(chance.choice(ENCODINGS[encoding]) for _ in range(2))]
                for at in range(chance.randint(3, 9))
            ]
            text = "".join(
                separator.join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n"
                for row in rows
            )
            path.write_bytes(text.encode(encoding))
            if encoding not in CERTAIN:
                with pytest.raises(Unreadable) as asked:
                    encoding_of(path, None)
                assert asked.value.problem["code"] == "wrong_encoding"
            shape = {"encoding": None if encoding in CERTAIN else encoding}
            try:
                read = list(delimited_rows(path, shape, set(), LIMITS, Report(), Gauge()))
            except Unreadable as stopped:  # a question; the other letters were likelier
                assert stopped.problem["code"] == "wrong_encoding"
                assert encoding not in CERTAIN
            else:
                assert [cells for _, cells in read] == rows
