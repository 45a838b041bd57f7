"""A file as a table of texts: checked from its first bytes, then read by a child process.

The server survives whatever a file does to its reader: the child has limits of its own, and its
death is a message like any other.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Timer

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from data.imports.limits import LIMITS, MEGABYTE, Limits
from data.imports.problems import Problem, RejectedFile, shortened
from data.imports.profile import Profile

Progress = Callable[[str, int, int], None]
ROW, DIGEST = "#row", "#digest"
HEAD = 4096
FOLDER = "arviomo-read-"
#: A folder older than this was left by a reader that was killed; it may hold people's answers.
STALE_SECONDS = 3600
WORKER = ("-m", "data.imports.worker")
#: A row is never longer than this many bytes when the table is read back.
BLOCK = 64 * MEGABYTE

#: What a file's first bytes give away. Text files have no such mark.
_MAGIC = (
    (b"PK\x03\x04", "xlsx"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS / OLE"),
    (b"%PDF", "PDF"),
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"SQLite format 3\0", "SQLite"),
    (b"{\\rtf", "RTF"),
)
_MARKUP = ((b"<!doctype html", "HTML"), (b"<html", "HTML"), (b"<?xml", "XML"), (b"<svg", "SVG"),
           (b"{", "JSON"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """The mapped columns of a file as texts, and where each row stood in it."""

    file: str
    sha256: str
    frame: pd.DataFrame
    rows: np.ndarray
    digests: np.ndarray
    rows_read: int
    problems: tuple[Problem, ...]
    rejected_rows: int
    warnings: tuple[Problem, ...]
    headers: tuple[str, ...]
    detected: dict[str, str]


def read(
    path: Path | str,
    profile: Profile,
    item_codes: tuple[str, ...] = (),
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> Source:
    """The table of a file under a profile. ``item_codes`` are read where the file has them.

    Raises: RejectedFile naming what stops the file.
    """
    path = Path(path)
    declared = profile.file.format
    kind = kind_of(path, limits, ("csv", "xlsx", "XML") if declared == "xml" else ("csv", "xlsx"))
    kind = kind.lower()
    if declared == "zip" and kind == "xlsx":  # both begin as archives do; the child looks inside
        kind = "zip"
    if declared and declared != kind:
        raise RejectedFile(
            path.name,
            (Problem("not_as_declared", detail={"found": kind, "declared": declared}),),
        )
    _sweep()
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        copy = Path(folder) / f"file.{kind}"
        sha256 = copied(path, copy)
        request = {
            "path": str(copy),
            "out": str(Path(folder) / "rows.csv"),
            "format": kind,
            "shape": profile.file.model_dump(),
            "wanted": list(profile.wanted),
            "optional": [*profile.optional, *(c for c in item_codes if c not in profile.wanted)],
            "limits": asdict(limits),
        }
        report = child_report(request, folder, path.name, limits, progress)
        fatal = tuple(_problem(found) for found in report["fatal"])
        if fatal:
            raise RejectedFile(path.name, fatal)
        table = _table(Path(request["out"]))
        return _source(path.name, sha256, table, report)


def _sweep() -> None:
    """Removes the folders of readings that were killed."""
    oldest = time.time() - STALE_SECONDS
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        try:
            status = folder.stat()
        except OSError:  # another process has just removed it
            continue
        if status.st_uid == os.getuid() and status.st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def copied(path: Path, copy: Path) -> str:
    """The SHA-256 of a file, taken while copying it: what is read is what was hashed."""
    digest = hashlib.sha256()
    with path.open("rb") as file, copy.open("wb") as out:
        while block := file.read(MEGABYTE):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def kind_of(path: Path, limits: Limits, taken: tuple[str, ...] = ("csv", "xlsx")) -> str:
    """The kind of a file by its first bytes. Raises: RejectedFile for one that is not taken."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise RejectedFile(path.name, (Problem("file_missing"),)) from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise RejectedFile(path.name, (Problem("empty_file"),))
    if size > limits.file_bytes:
        detail = {"size": size // MEGABYTE, "limit": limits.file_bytes // MEGABYTE}
        raise RejectedFile(path.name, (Problem("too_large", detail=detail),))
    found = next((kind for mark, kind in _MAGIC if head.startswith(mark)), None)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    found = found or next((kind for mark, kind in _MARKUP if start.startswith(mark)), "csv")
    if found not in taken:
        raise RejectedFile(path.name, (Problem("other_kind", detail={"found": found}),))
    return found


def child_report(
    request: dict,
    folder: str,
    name: str,
    limits: Limits,
    progress: Progress | None = None,
    worker: tuple[str, ...] | None = None,
) -> dict:
    """The report of a child that reads a file of this name, with a folder of its own.

    Raises: RejectedFile when the child died or overran its time.
    """
    # One thread keeps the child's address space small enough to be limited.
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONIOENCODING": "utf-8",
        "TMPDIR": folder,
    }
    command = [sys.executable, *(worker or WORKER)]
    report, late = None, []
    with subprocess.Popen(  # noqa: S603 -- our own module, run by our own interpreter
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        env=environment,
        encoding="utf-8",
    ) as child:
        timer = Timer(limits.wall_seconds, lambda: (late.append(True), child.kill()))
        timer.start()
        try:
            report = _conversation(child, request, progress)
        finally:
            timer.cancel()
            child.kill()
    if report is None:
        raise RejectedFile(name, (_death(child.returncode, bool(late), limits),))
    return report


def _conversation(child: subprocess.Popen, request: dict, progress: Progress | None) -> dict | None:
    try:
        child.stdin.write(json.dumps(request))
        child.stdin.close()
    except BrokenPipeError:
        return None
    for line in child.stdout:
        try:
            said = json.loads(line)
        except json.JSONDecodeError:  # these are not our child's words
            return {"fatal": [asdict(Problem("parser_crashed", detail={"reason": "JSON"}))]}
        if "report" in said:
            return said["report"]
        if progress:
            progress("read", *said["progress"])
    child.wait()
    return None


def _death(code: int, late: bool, limits: Limits) -> Problem:
    """Why a child died without a report, in words for its user."""
    if late or code in (-signal.SIGXCPU,):
        seconds = limits.wall_seconds if late else limits.cpu_seconds
        return Problem("parser_time", detail={"limit": seconds})
    if code == -signal.SIGKILL:
        return Problem("parser_memory")
    reason = signal.Signals(-code).name if code < 0 else str(code)
    return Problem("parser_crashed", detail={"reason": reason})


def _table(path: Path) -> pd.DataFrame:
    """What the child wrote: texts only, and the two columns of its own."""
    block = min(max(path.stat().st_size, MEGABYTE), BLOCK)
    table = pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(block_size=block, use_threads=False),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.large_string() for name in _names(path)} | {ROW: pa.int32()},
            strings_can_be_null=False,
            quoted_strings_can_be_null=False,
        ),
    )
    return table.to_pandas()


def _names(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def _source(file: str, sha256: str, frame: pd.DataFrame, report: dict) -> Source:
    return Source(
        file=file,
        sha256=sha256,
        frame=frame.drop(columns=[ROW, DIGEST]),
        rows=frame[ROW].to_numpy(),
        digests=frame[DIGEST].to_numpy(dtype=object),
        rows_read=report["rows_read"],
        problems=tuple(_problem(found) for found in report["rejected"]),
        rejected_rows=report["rejected_rows"],
        warnings=tuple(_problem(found) for found in report["warnings"]),
        headers=tuple(report["headers"]),
        detected={
            part: report[part]
            for part in ("format", "encoding", "separator", "sheet")
            if report[part]
        },
    )


def _problem(found: dict) -> Problem:
    return replace(Problem(**found), value=shortened(found["value"]))
