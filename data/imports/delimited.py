"""Rows of a delimited text file: its separator, and every record with the row it stands on."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from data.imports.encodings import encoding_of
from data.imports.limits import Gauge, Limits, Report, Unreadable
from data.imports.spaces import normal_spaces

SEPARATORS = (";", ",", "\t", "|")
SNIFFED_ROWS = 50


def delimited_rows(
    path: Path, shape: dict, expected: set[str], limits: Limits, report: Report, gauge: Gauge
) -> Iterator[tuple[int, list[str]]]:
    """Records in file order: the row as a spreadsheet counts it, and its cells.

    Raises: Unreadable when encoding, separator or quotation marks make the rows uncertain.
    """
    report.encoding = encoding_of(path, shape.get("encoding"))
    if shape.get("encoding") and report.encoding != "utf-8":
        report.warn("encoding_declared", declared=report.encoding)
    _check_first_line(path, report.encoding, limits)
    report.separator = _separator(path, shape, expected, report.encoding)
    csv.field_size_limit(limits.cell_characters)
    with path.open(encoding=report.encoding, newline="", errors="strict") as file:
        gauge.total = path.stat().st_size
        gauge.place = file.buffer.tell
        yield from _records(file, report.separator)
    _note_ending(path, report)


def _text_lines(file: TextIO) -> Iterator[str]:
    for line in file:
        if "\0" in line:
            raise Unreadable("binary_content")
        yield line


def _records(file: TextIO, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_text_lines(file), delimiter=separator, strict=True)
    row = 0
    try:
        for cells in reader:
            row += 1
            yield row, cells
    except csv.Error as error:
        raise Unreadable("unclosed_quote", row=row + 1) from error


def _check_first_line(path: Path, encoding: str, limits: Limits) -> None:
    with path.open(encoding=encoding, newline="") as file:
        line = file.readline(limits.first_line_bytes + 1)
    if len(line) > limits.first_line_bytes:
        raise Unreadable("line_too_long", row=1, limit=limits.first_line_bytes)


def _separator(path: Path, shape: dict, expected: set[str], encoding: str) -> str:
    """The declared separator, or the one that cuts the first rows most evenly."""
    row = shape.get("header_row", 1)
    with path.open(encoding=encoding, newline="") as file:
        lines = list(islice(file, row - 1 + SNIFFED_ROWS))
    cuts = {separator: _cut(lines, separator, row, expected) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: cuts[separator])
    declared = shape.get("separator")
    if declared and declared != best and cuts[best][0] > cuts[declared][0]:
        names = {"\t": "tab"}
        raise Unreadable(
            "wrong_separator",
            row=row,
            declared=names.get(declared, declared),
            suggested=names.get(best, best),
        )
    return declared or best


def _cut(
    lines: list[str], separator: str, row: int, expected: set[str]
) -> tuple[float, float, int]:
    """How well a separator cuts: expected headers found, share of even rows, number of columns."""
    reader = csv.reader(lines, delimiter=separator)
    try:
        records = [cells for cells in reader if cells][row - 1 :]
    except csv.Error:
        records = []
    if not records:
        return (0, 0.0, 0)
    header = [normal_spaces(cell) for cell in records[0]]
    found = len(expected & set(header)) if len(header) > 1 or len(expected) <= 1 else 0
    widths = Counter(len(cells) for cells in records)
    even = widths[len(header)] / len(records) if len(header) > 1 else 0.0
    return (found, even, len(header))


def _note_ending(path: Path, report: Report) -> None:
    with path.open("rb") as file:
        file.seek(-4, 2) if path.stat().st_size >= 4 else file.seek(0)
        tail = file.read()
    if not any(mark in tail for mark in (b"\n", b"\r")):
        report.warn("no_final_newline")
