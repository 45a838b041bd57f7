"""A report as an XLSX workbook: one sheet a table, and a first one that says what it is.

Every text is written as a text: nothing of it becomes a formula, a link or a number, and cells that
look like formulas carry the sign that keeps them texts when somebody edits them. Texts are exactly
as they were written. Numbers are numbers with fifteen significant digits, days are days.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from data.exports.cells import harmless
from data.exports.report import Report, Table
from data.exports.report_words import sentence, title, told

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

#: The sheets in their order; what is approved stands before what waits, and apart from it.
SHEETS = (
    "indicators", "reported", "pending", "items", "sizes", "targets", "periods", "totals",
    "objectives", "definitions", "figures", "dictionary",
)  # fmt: skip
_ROWS, _LETTERS = 1_048_576, 32_767
_WIDTHS = {"text": 60, "meaning": 80, "definition": 60, "indicator_label": 36, "method": 40}
_WIDTH = 14


class UnwritableWorkbook(Exception):
    """A workbook cannot hold a report; the message says where and what to do instead."""


def write_workbook(report: Report) -> bytes:
    """The report as the bytes of an XLSX file. Raises: UnwritableWorkbook."""
    tables = [report.tables[name] for name in SHEETS]
    _refuse_too_long(tables)
    out = io.BytesIO()
    book = _book(out)
    styles = _Styles(book)
    _write_about(book, styles, report)
    for table in tables:
        _write_table(book, styles, table, report.language)
    book.close()
    return out.getvalue()


def _book(out: io.BytesIO) -> Workbook:
    # Imported here: a page that only offers a file need not load what writes it.
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    return xlsxwriter.Workbook(out, options)


class _Styles:
    """The few looks of a cell."""

    def __init__(self, book: Workbook) -> None:
        self.heading: Format = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.day: Format = book.add_format({"num_format": "yyyy-mm-dd"})
        self.guarded: Format = book.add_format({"quote_prefix": True})
        self.large: Format = book.add_format({"bold": True, "font_size": 14})


def _write_about(book: Workbook, styles: _Styles, report: Report) -> None:
    sheet = book.add_worksheet("Arviomo")
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    _put(sheet, 0, 0, sentence("title", report.language), styles.large)
    for at, row in enumerate(_about(report), start=2):
        _write_row(sheet, styles, at, row)


def _about(report: Report) -> Iterator[tuple[object, ...]]:
    """What the file is, what each sheet holds, and how numbers and states are to be read."""
    language = report.language
    yield "Arviomo", report.code_version
    yield "UTC", report.made_at.isoformat()
    yield "revision", report.revision
    yield "profile", report.profile.value
    yield ()
    for name in SHEETS:
        yield title(name, language), told("about")[name].in_language(language)
    yield ()
    for key in ("states", "precision"):
        yield None, sentence(key, language)


def _write_table(book: Workbook, styles: _Styles, table: Table, language: str) -> None:
    sheet = book.add_worksheet(title(table.name, language))
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, _WIDTHS.get(column, _WIDTH))
    for at, column in enumerate(table.columns):
        _put(sheet, 0, at, column, styles.heading)
    sheet.freeze_panes(1, 0)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    for at, row in enumerate(table.rows, start=1):
        _write_row(sheet, styles, at, row)


def _write_row(sheet: Worksheet, styles: _Styles, at: int, row: Sequence[object]) -> None:
    for column, cell in enumerate(row):
        if cell is None:
            continue
        if isinstance(cell, str):
            style = None if harmless(cell) == cell else styles.guarded
            _put(sheet, at, column, cell, style)
        elif isinstance(cell, date):
            sheet.write_datetime(at, column, cell, styles.day)
        elif isinstance(cell, Decimal | int | float):
            sheet.write_number(at, column, float(cell))
        else:
            raise TypeError(f"row {at}, column {column}: {type(cell).__name__} is no cell")


def _put(sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None) -> None:
    """Nothing; the text stands in the cell, as a text. Raises: UnwritableWorkbook."""
    if sheet.write_string(row, column, text, style):
        raise UnwritableWorkbook(
            f"{sheet.get_name()}, row {row + 1}, column {column + 1}: a cell of a workbook holds "
            f"{_LETTERS} letters, and this text has {len(text)}. Use the package or JSON."
        )


def _refuse_too_long(tables: Sequence[Table]) -> None:
    for table in tables:
        if len(table.rows) >= _ROWS:
            raise UnwritableWorkbook(
                f"{table.name}: a sheet holds {_ROWS} rows, and there are {len(table.rows)}. "
                "Export one project at a time, or use the package."
            )
