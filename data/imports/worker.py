"""The child process that reads a file: limited in memory, time and reach, and easy to lose.

It takes a request as JSON on its standard input, writes the mapped columns as an Arrow file of
texts, and says what it found as lines of JSON on its standard output. Columns that the profile
does not map never leave it.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from data.imports.delimited import delimited_rows
from data.imports.limits import Gauge, Limits, Report, Unreadable
from data.imports.spaces import normal_spaces
from data.imports.workbook import workbook_rows

CHUNK = 20_000
#: Columns of the Arrow file that are not from the source: its row, and a hash of the whole row.
ROW, DIGEST = "#row", "#digest"
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


@dataclass(slots=True)
class Layout:
    """Where the wanted columns stand in the file, and where its rows go."""

    width: int
    names: list[str]
    positions: list[int]
    rows: list[int] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)

    def take(self, row: int, cells: list[str]) -> None:
        self.rows.append(row)
        self.digests.append(hashlib.blake2b("\x1f".join(cells).encode(), digest_size=12).digest())
        self.cells.append([cells[position] for position in self.positions])

    def batch(self) -> pa.RecordBatch:
        """The rows taken so far as an Arrow batch; they are forgotten here."""
        columns = list(zip(*self.cells, strict=True)) if self.cells else [()] * len(self.names)
        arrays = [pa.array(self.rows, pa.int32()), pa.array(self.digests, pa.binary(12))]
        arrays += [pa.array(column, pa.large_string()) for column in columns]
        made = pa.record_batch(arrays, names=[ROW, DIGEST, *self.names])
        self.rows, self.digests, self.cells = [], [], []
        return made


def read(request: dict, limits: Limits, report: Report) -> None:
    """Reads the requested file into the requested Arrow file. Raises: Unreadable."""
    path, shape = Path(request["path"]), request["shape"]
    report.format = request["format"]
    gauge = Gauge()
    wanted, optional = request["wanted"], request["optional"]
    if report.format == "xlsx":
        rows = workbook_rows(path, shape, limits, report, gauge)
    else:
        rows = delimited_rows(path, shape, set(wanted) | set(optional), limits, report, gauge)
    header = _header(rows, shape.get("header_row", 1), limits)
    report.headers = header
    layout = _layout(header, wanted, optional, report)
    if report.fatal:
        return
    _write(rows, layout, Path(request["out"]), report, gauge)
    if not report.rows_read:
        raise Unreadable("no_rows")


def _header(rows: Iterator[tuple[int, list[str]]], header_row: int, limits: Limits) -> list[str]:
    for row, cells in rows:
        if row < header_row:
            continue
        header = [normal_spaces(cell) for cell in cells]
        while header and not header[-1]:
            header.pop()
        if not header:
            raise Unreadable("header_missing", row=header_row)
        if len(header) > limits.columns:
            raise Unreadable("too_many_columns", found=len(header), limit=limits.columns)
        return header
    raise Unreadable("header_missing", row=header_row)


def _layout(header: list[str], wanted: list[str], optional: list[str], report: Report) -> Layout:
    """Where each wanted column stands; missing and doubled ones stop the file."""
    names = wanted + [name for name in optional if name in header]
    for name in names:
        count = header.count(name)
        if count != 1:
            detail = {"found": _listed(header)} if count == 0 else {"count": count}
            code = "column_missing" if count == 0 else "column_doubled"
            problem = {"code": code, "row": None, "column": name, "value": "", "detail": detail}
            report.fatal.append(problem)
    if report.fatal:
        return Layout(len(header), [], [])
    return Layout(len(header), names, [header.index(name) for name in names])


def _listed(header: list[str]) -> str:
    shown = ", ".join(name for name in header if name)
    return shown if len(shown) <= 300 else shown[:299] + "…"


def _write(
    rows: Iterator[tuple[int, list[str]]], layout: Layout, out: Path, report: Report, gauge: Gauge
) -> None:
    short: tuple[int, int] | None = None
    blank = 0
    first = layout.batch()
    with pa.OSFile(str(out), "wb") as sink, pa.ipc.new_file(sink, first.schema) as writer:
        for row, cells in rows:
            if not any(cells):
                blank += 1
                continue
            report.rows_read += 1
            fitted, short = _fitted(cells, layout.width, report.format), None
            if fitted is None:
                short = (row, len(cells)) if len(cells) < layout.width else None
                report.reject(row, "ragged_row", found=len(cells), expected=layout.width)
                continue
            layout.take(row, fitted)
            if len(layout.rows) >= CHUNK:
                writer.write_batch(layout.batch())
                print(json.dumps({"progress": gauge.progress}), flush=True)
        if layout.rows:
            writer.write_batch(layout.batch())
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
