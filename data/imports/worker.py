"""The child process that reads a file: limited in memory, time and reach, and easy to lose.

It takes a request as JSON on its standard input, writes the mapped columns as plain quoted text,
and says what it found as lines of JSON on its standard output. Columns that the profile does not
map never leave it. It imports nothing heavy, because it starts anew for every file.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data.imports.archives import unpacked
from data.imports.delimited import delimited_rows
from data.imports.headers import joined, numbered
from data.imports.limits import Gauge, Limits, Report, Unreadable
from data.imports.workbook import workbook_rows
from data.imports.xml_tables import xml_rows

#: Rows between two words of progress.
CHUNK = 10_000
#: Columns of the written file that are not from the source: its row, and a hash of the whole row.
ROW, DIGEST = "#row", "#digest"
#: What the reader of a format needs.
_LOADED = {"xlsx": ("openpyxl",), "xml": ("defusedxml.ElementTree", "xml.etree.ElementTree")}
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "ctypes.",
)


def confine(limits: Limits) -> None:
    """Sets this process's limits; from now on it opens no connection and starts no program."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def refuse(event: str, _arguments: tuple) -> None:
        if event.startswith(_FORBIDDEN):
            raise PermissionError(f"the reader of files may not do this: {event}")

    sys.addaudithook(refuse)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the wanted columns stand in the file."""

    width: int
    names: list[str]
    positions: list[int]

    def taken(self, row: int, cells: list[str]) -> list[str]:
        """The row, a hash of all of it, and its wanted cells."""
        digest = hashlib.blake2b("\x1f".join(cells).encode(), digest_size=12).hexdigest()
        return [str(row), digest, *(cells[position] for position in self.positions)]


def read(request: dict, limits: Limits, report: Report) -> None:
    """Reads the requested file into the requested plain one. Raises: Unreadable."""
    path, shape = Path(request["path"]), request["shape"]
    report.format = request["format"]
    gauge = Gauge()
    wanted, optional = request["wanted"], request["optional"]
    if report.format == "zip":
        path = unpacked(path, shape["member"], limits, path.with_name("member.csv"))
    if report.format == "xml":
        rows = xml_rows(path, shape["member"], limits, gauge)
    elif report.format == "xlsx":
        rows = workbook_rows(path, shape, limits, report, gauge)
    else:
        rows = delimited_rows(path, shape, set(wanted) | set(optional), limits, report, gauge)
    header = _header(rows, shape, limits)
    report.headers = numbered(header)
    layout = _layout(header, wanted, optional, report)
    if report.fatal:
        return
    _write(rows, layout, Path(request["out"]), report, gauge)
    if not report.rows_read:
        raise Unreadable("no_rows")


def _header(rows: Iterator[tuple[int, list[str]]], shape: dict, limits: Limits) -> list[str]:
    """The headers, after which the rows go on with the first row of answers."""
    first = shape.get("header_row", 1)
    last = first + shape.get("header_rows", 1) - 1
    held: list[list[str]] = []
    for row, cells in rows:
        if first <= row <= last:
            held.append(cells)
        if row >= last + shape.get("skip_rows", 0):
            break
    header = joined(held)
    if not header:
        raise Unreadable("header_missing", row=first)
    if len(header) > limits.columns:
        raise Unreadable("too_many_columns", found=len(header), limit=limits.columns)
    return header


def _layout(header: list[str], wanted: list[str], optional: list[str], report: Report) -> Layout:
    """Where each wanted column stands; missing and doubled ones stop the file."""
    unique = numbered(header)
    there = {*header, *unique}
    names = wanted + [name for name in optional if name in there]
    for name in names:
        count = unique.count(name) or header.count(name)
        if count != 1:
            detail = {"found": _listed(unique)} if count == 0 else {"count": count}
            code = "column_missing" if count == 0 else "column_doubled"
            problem = {"code": code, "row": None, "column": name, "value": "", "detail": detail}
            report.fatal.append(problem)
    if report.fatal:
        return Layout(len(header), [], [])
    return Layout(len(header), names, [unique.index(name) for name in names])


def _listed(header: list[str]) -> str:
    shown = ", ".join(name for name in header if name)
    return shown if len(shown) <= 300 else shown[:299] + "…"


def _write(
    rows: Iterator[tuple[int, list[str]]], layout: Layout, out: Path, report: Report, gauge: Gauge
) -> None:
    short: tuple[int, int] | None = None
    blank = 0
    with out.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([ROW, DIGEST, *layout.names])
        for row, cells in rows:
            if not any(cells):
                blank += 1
                continue
            report.rows_read += 1
            if report.rows_read % CHUNK == 0:
                print(json.dumps({"progress": gauge.progress}), flush=True)
            fitted, short = _fitted(cells, layout.width, report.format), None
            if fitted is None:
                short = (row, len(cells)) if len(cells) < layout.width else None
                report.reject(row, "ragged_row", found=len(cells), expected=layout.width)
                continue
            writer.writerow(layout.taken(row, fitted))
    if short and any(remark["code"] == "no_final_newline" for remark in report.warnings):
        raise Unreadable("file_cut", row=short[0], found=short[1], expected=layout.width)
    if blank:
        report.warn("blank_rows", count=blank)


def _fitted(cells: list[str], width: int, kind: str) -> list[str] | None:
    """The cells of a row cut or filled to the header's width; None where that would lose data.

    Sheets do not hold their trailing blanks, so a short row of a sheet is a whole row.
    """
    if len(cells) == width:
        return cells
    if len(cells) > width:
        return None if any(cells[width:]) else cells[:width]
    return cells + [""] * (width - len(cells)) if kind == "xlsx" else None


def main() -> None:
    """Answers one request; whatever happens, the last line says how it went."""
    request = json.loads(sys.stdin.read())
    limits = Limits(**request["limits"])
    # Before the gates close: loading them loads foreign code, which is forbidden afterwards.
    for module in _LOADED.get(request["format"], ()):
        importlib.import_module(module)
    confine(limits)
    report = Report()
    try:
        read(request, limits, report)
    except Unreadable as stopped:
        report.fatal.append(stopped.problem)
    except MemoryError:
        report.fatal.append(Unreadable("parser_memory").problem)
    except UnicodeDecodeError:
        problem = Unreadable("binary_content").problem
        report.fatal.append(problem)
    print(json.dumps({"report": report.as_json()}), flush=True)


if __name__ == "__main__":
    main()
