"""The sheets of an XLSForm workbook as rows of texts, within limits."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from itertools import chain, islice

from survey.text import LANGUAGES
from survey.xlsform import form
from survey.xlsform.problems import Problem

MEGABYTE = 1024 * 1024
BYTES = 5 * MEGABYTE
UNPACKED = 50 * MEGABYTE
ROWS = 5_000
COLUMNS = 100
CELL = 10_000

#: Sheets that are read; the columns that each must have.
READ = {
    "survey": ("type", "name"),
    "choices": ("list_name", "name"),
    "settings": (),
    form.ABOUT: ("field",),
    form.ANSWERS: ("name",),
    form.SCALES: ("code",),
}
#: Sheets of XLSForms that bring content from elsewhere, or shape other things than a questionnaire.
REFUSED = ("external_choices", "osm", "entities")
_ALIASES = {
    "list name": "list_name",
    "caption": "label",
    "relevance": "relevant",
    "calculate": "calculation",
    "bind:relevant": "relevant",
}
_LANGUAGE_WORDS = {
    "fi": ("fi", "fin", "suomi", "finnish", "finska"),
    "sv": ("sv", "swe", "svenska", "swedish", "ruotsi"),
    "en": ("en", "eng", "english", "englanti", "engelska"),
}
#: What the archive and XML readers raise when a part is missing, cut, hostile or not what it says.
_DAMAGE = (
    AttributeError, IndexError, KeyError, TypeError, ValueError, SyntaxError, zipfile.BadZipFile,
    zipfile.LargeZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip


class Refused(Exception):
    """The workbook cannot be read; the problem says why."""

    def __init__(self, problem: Problem):
        self.problem = problem
        super().__init__(problem.code)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number in the spreadsheet, and its cells by column."""

    number: int
    cells: dict[str, str]

    def said(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, its rows, and each column with the header that the file gives it."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    doubled: tuple[str, ...] = ()

    def problem(self, code: str, row: Row | int | None, column: str = "", value: str = "", **more):
        """A problem in a cell of this sheet."""
        number = row.number if isinstance(row, Row) else row
        header = self.headers.get(column, column)
        return Problem(code, self.name, number, header, value, more)


def read_sheets(content: bytes) -> dict[str, Sheet]:
    """The sheets of a workbook that matter, by their names in lower case.

    Raises: Refused when the workbook is damaged, too large, or brings content from elsewhere.
    """
    import openpyxl

    if len(content) > BYTES:
        raise Refused(Problem("too_large", detail={"limit": BYTES // MEGABYTE}))
    try:
        _check_archive(content)
        book = openpyxl.load_workbook(
            BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        found: dict[str, Sheet] = {}
        for sheet in book.worksheets:
            name = sheet.title.lower()
            if name in REFUSED and any(sheet.iter_rows(max_row=1, values_only=True)):
                raise Refused(Problem("sheet_not_read", sheet.title))
            if name in found:
                raise Refused(Problem("sheet_doubled", sheet.title))
            if name in READ:
                found[name] = _sheet(sheet)
    except _DAMAGE as error:
        raise Refused(Problem("not_a_workbook")) from error
    return found


def _check_archive(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > UNPACKED or len(entries) > 1_000:
        raise Refused(Problem("too_large", detail={"limit": UNPACKED // MEGABYTE}))


def check_columns(sheets: dict[str, Sheet]) -> list[Problem]:
    """Sheets and columns that are missing, or there twice."""
    if "survey" not in sheets:
        return [Problem("sheet_missing", value="survey")]
    found = []
    for sheet in sheets.values():
        found += [sheet.problem("column_doubled", 1, column) for column in sheet.doubled]
        if not sheet.rows and sheet.name.lower() != "survey":
            continue
        wanted = [name for name in READ[sheet.name.lower()] if name not in sheet.headers]
        if sheet.name.lower() in ("survey", "choices") and not labels(sheet):
            wanted.append("label")
        found += [sheet.problem("column_missing", 1, value=name) for name in wanted]
    return found


def labels(sheet: Sheet, base: str = "label") -> dict[str, str]:
    """The columns of a text by language; a column without a known language is under ``""``."""
    found: dict[str, str] = {}
    for column in sheet.headers:
        head, _, language = column.partition("::")
        if head == base:
            found.setdefault(language if language in LANGUAGES else "", column)
    return found


def _sheet(sheet) -> Sheet:
    """A sheet's rows as texts. Raises: Refused when it is larger than a form can be."""
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    # A program may leave empty rows above the header; XLSForms do not.
    first = next(rows, (1, ()))[1]
    headers, columns, doubled = _headers(sheet.title, first)
    found = []
    for number, values in chain(islice(rows, ROWS), _too_many(sheet.title, rows)):
        cells = {
            column: _text(sheet.title, number, header, value)
            for (column, header), value in zip(columns, values, strict=False)
            if column and value is not None
        }
        cells = {column: text for column, text in cells.items() if text}
        if cells:
            found.append(Row(number, cells))
    return Sheet(sheet.title, headers, found, doubled)


def _too_many(title: str, rows: Iterator[tuple[int, tuple]]) -> Iterator[tuple[int, tuple]]:
    """Nothing, where the rows have ended. Raises: Refused where a row remains."""
    if next(rows, None) is not None:
        raise Refused(Problem("too_many_rows", title, detail={"limit": ROWS}))
    yield from ()


def _headers(
    title: str, values: tuple
) -> tuple[dict[str, str], list[tuple[str, str]], tuple[str, ...]]:
    """The header of each column by its name, the columns in order, and those there twice."""
    if len(values) > COLUMNS and any(value is not None for value in values[COLUMNS:]):
        raise Refused(Problem("too_many_columns", title, detail={"limit": COLUMNS}))
    headers: dict[str, str] = {}
    columns, doubled = [], []
    for value in values[:COLUMNS]:
        header = " ".join(_text(title, 1, "", value).split()) if value is not None else ""
        column = _column(header)
        if column in headers:
            doubled.append(column)
        elif column:
            headers[column] = header
        columns.append((column, header))
    return headers, columns, tuple(dict.fromkeys(doubled))


def _column(header: str) -> str:
    """A header as columns are named here: lower case, and a language by its code."""
    head, *languages = re.split(r"\s*::?\s*", header.lower(), maxsplit=1)
    head = _ALIASES.get(head, head.replace(" ", "_"))
    if not languages:
        return head
    return f"{head}::{_language(languages[0])}"


def _language(said: str) -> str:
    words = set(re.findall(r"\w+", said))
    return next((code for code, names in _LANGUAGE_WORDS.items() if words & set(names)), said)


def language_code(said: str) -> str:
    """The code of a language that the form calls by a name; empty where it is none of ours."""
    code = _language(said.lower())
    return code if code in LANGUAGES else ""


def _text(title: str, row: int, column: str, value: object) -> str:
    """A cell as text: whole numbers without decimals, nothing as ''. Raises: Refused."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return str(value)
    text = str(value).replace("\xa0", " ").strip()
    if len(text) > CELL:
        raise Refused(Problem("cell_too_long", title, row, column, detail={"limit": CELL}))
    return text
