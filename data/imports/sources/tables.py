"""The tables of a file as rows of cells, whatever holds them: text, a workbook, a zip."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from data.imports.archives import tables_in, unpacked
from data.imports.delimited import SEPARATORS
from data.imports.encodings import encoding_of
from data.imports.limits import Gauge, Limits, Report, Unreadable
from data.imports.workbook import sheet_names, workbook_rows

#: So many rows and cells are looked at; the rest are only counted.
LOOKED_AT, MOST_CELLS = 20_000, 1_000_000
SNIFFED = 200
#: So many sheets of a workbook, or tables of a zip, are looked at; of others it is told.
MOST_TABLES = 20
#: A report may stand in front of the table: so many rows are searched for the headers.
PREAMBLE = 15


@dataclass(slots=True)
class Table:
    """One table of a file. rows: the first of them, blank ones too. count: of all of them."""

    name: str = ""
    rows: list[list[str]] = field(default_factory=list)
    count: int = 0
    encoding: str = ""
    sure: bool = True
    sample: str = ""
    separator: str = ""


def text_table(path: Path, limits: Limits, name: str = "", encoding: str | None = None) -> Table:
    """The table of a text file. An uncertain encoding is the likeliest one, and said to be so.

    Raises: Unreadable.
    """
    table = Table(name)
    try:
        table.encoding = encoding_of(path, encoding)
    except Unreadable as unsure:
        if unsure.problem["code"] != "wrong_encoding" or encoding:
            raise
        table.encoding = unsure.problem["detail"]["suggested"]
        table.sample = unsure.problem["detail"]["sample"]
        table.sure = False
    with path.open(encoding=table.encoding, newline="", errors="replace") as file:
        if len(file.readline(limits.first_line_bytes + 1)) > limits.first_line_bytes:
            raise Unreadable("line_too_long", row=1, limit=limits.first_line_bytes)
        file.seek(0)
        table.separator = _separator(list(islice(file, SNIFFED)))
        file.seek(0)
        csv.field_size_limit(limits.cell_characters)
        try:
            fill(table, csv.reader(_plain(file), delimiter=table.separator), limits)
        except csv.Error as error:
            raise Unreadable("unclosed_quote", row=table.count + 1) from error
    return table


def _plain(file) -> Iterator[str]:
    for line in file:
        if "\0" in line:
            raise Unreadable("binary_content")
        yield line


def fill(table: Table, rows: Iterator[list[str]], limits: Limits) -> None:
    """Puts the first rows into a table, and counts all of them. Raises: Unreadable."""
    held = 0
    for cells in rows:
        if len(cells) > limits.columns and any(cells[limits.columns :]):
            raise Unreadable("too_many_columns", found=len(cells), limit=limits.columns)
        if len(table.rows) < LOOKED_AT and held < MOST_CELLS:
            table.rows.append(cells)
            held += len(cells)
        table.count += 1


def _separator(lines: list[str]) -> str:
    """The sign that cuts most rows into equally many parts."""

    def cut(sign: str) -> tuple[bool, float, int]:
        try:
            widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=sign) if cells)
        except csv.Error:
            return (False, 0.0, 0)
        if not widths:
            return (False, 0.0, 0)
        width, times = max(widths.items(), key=lambda each: (each[0] > 1, each[1], each[0]))
        return (width > 1, times / widths.total(), width)

    return max(SEPARATORS, key=cut)


def workbook_tables(path: Path, limits: Limits) -> tuple[list[Table], int]:
    """The first sheets of a workbook, and how many more it has. Raises: Unreadable."""
    tables = []
    names = sheet_names(path, limits)
    for name in names[:MOST_TABLES]:
        table = Table(name)
        rows = workbook_rows(path, {"sheet": name}, limits, Report(), Gauge())
        fill(table, (cells for _, cells in rows), limits)
        tables.append(table)
    return tables, max(0, len(names) - MOST_TABLES)


def zip_tables(path: Path, limits: Limits, encoding: str | None = None) -> tuple[list[Table], int]:
    """The first text tables of a zip, the largest first, and how many more it has.

    Raises: Unreadable.
    """
    names = tables_in(path, limits)
    if not names:
        raise Unreadable("other_kind", found="ZIP")
    tables = []
    for name in names[:MOST_TABLES]:
        out = unpacked(path, name, limits, path.with_name("member.csv"))
        tables.append(text_table(out, limits, name, encoding))
    return tables, max(0, len(names) - MOST_TABLES)
