"""Rows of one sheet of an XLSX workbook, after the archive and the sheet's size are checked."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from data.imports.archives import BLOCK, check_entries
from data.imports.limits import Gauge, Limits, Report, Unreadable

_CELL = re.compile(rb'<(?:\w+:)?c[^>]*?\sr="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row[^>]*?\sr="([0-9]{1,7})"')
_TAIL = 256
#: What the archive and XML readers raise when a part is missing, cut, hostile or not what it says.
_DAMAGE = (
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    SyntaxError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def workbook_rows(
    path: Path, shape: dict, limits: Limits, report: Report, gauge: Gauge
) -> Iterator[tuple[int, list[str]]]:
    """Records of a sheet: the row, and its cells as text.

    Raises: Unreadable when the archive, the sheet's size or its name is not as it should be.
    """
    gauge.total = check_archive(path, limits)
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise Unreadable("parser_crashed", reason="defusedxml")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        for row, cells in enumerate(_sheet(book, shape, report).iter_rows(values_only=True), 1):
            gauge.done = row
            yield row, _trimmed([_as_text(cell) for cell in cells])
    except _DAMAGE as error:
        raise Unreadable("damaged_file") from error


def sheet_names(path: Path, limits: Limits) -> list[str]:
    """The sheets of a workbook, in their order. Raises: Unreadable."""
    check_archive(path, limits)
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        return [sheet.title for sheet in book.worksheets]
    except _DAMAGE as error:
        raise Unreadable("damaged_file") from error


def _sheet(book, shape: dict, report: Report):
    """The wanted sheet, or the first."""
    wanted = shape.get("sheet")
    if wanted and wanted not in book.sheetnames:
        raise Unreadable("sheet_missing", value=wanted, found=", ".join(book.sheetnames))
    sheet = book[wanted] if wanted else book.worksheets[0]
    report.sheet = sheet.title
    sheet.reset_dimensions()
    return sheet


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _as_text(value: object) -> str:
    """A cell as text: whole numbers without decimals, dates in ISO form, nothing as ''."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%Y-%m-%d" if midnight else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def check_archive(path: Path, limits: Limits) -> int:
    """Rows of the longest sheet, after the archive's directory and every part are checked.

    Raises: Unreadable for a bomb, odd names, macros, or a sheet that covers too large an area.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            budget, longest = limits.unpacked_bytes, 0
            for entry in entries:
                size, rows = _inflate(archive, entry, budget, limits)
                budget, longest = budget - size, max(longest, rows)
    except _DAMAGE as error:
        raise Unreadable("damaged_file") from error
    return longest


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [entry.filename for entry in entries]
    if any("vbaProject" in name or name.endswith("macrosheets") for name in names):
        raise Unreadable("macro_file")
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise Unreadable("other_kind", found="ODS" if "mimetype" in names else "ZIP")
    check_entries(entries, limits)


def _inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int, limits: Limits
) -> tuple[int, int]:
    """Bytes that a part unpacks to, counted, and a sheet's last row; its box is watched."""
    is_sheet = entry.filename.startswith("xl/worksheets/") and "/_rels/" not in entry.filename
    size, tail = 0, b""
    columns, last_row = 0, 0
    with archive.open(entry) as file:
        while block := file.read(BLOCK):
            size += len(block)
            if size > budget:
                raise Unreadable("suspicious_archive", reason=f"> {limits.unpacked_bytes >> 20} MB")
            _check_block(entry.filename, block)
            if is_sheet:
                window = tail + block
                columns, last_row = _box(window, columns, last_row, limits)
                tail = window[-_TAIL:]
    return size, last_row


def _check_block(name: str, block: bytes) -> None:
    """Refuses macros, and declarations of XML entities, which no spreadsheet program writes."""
    if name == "[Content_Types].xml" and b"macroEnabled" in block:
        raise Unreadable("macro_file")
    if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in block:
        raise Unreadable("suspicious_archive", reason="DOCTYPE")


def _box(window: bytes, columns: int, last_row: int, limits: Limits) -> tuple[int, int]:
    """The bounding box so far: the furthest column and row that the XML names."""
    cells = _CELL.findall(window)
    letters = {letter for letter, _ in cells}
    last_row = max([last_row, *(int(row) for row in {row for _, row in cells})])
    columns = max([columns, *(_column_number(name) for name in letters)])
    last_row = max([last_row, *(int(row) for row in _ROW.findall(window))])
    if columns > limits.columns:
        raise Unreadable("too_many_columns", found=columns, limit=limits.columns)
    if columns * last_row > limits.sheet_cells:
        raise Unreadable("too_many_cells", found=columns * last_row, limit=limits.sheet_cells)
    return columns, last_row


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
