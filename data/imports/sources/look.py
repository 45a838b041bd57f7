"""A look at a file before anything is known of it: who wrote it, and what its columns hold."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from data.imports.limits import LIMITS, Limits
from data.imports.problems import Problem, RejectedFile
from data.imports.read import FOLDER, child_report, copied, kind_of
from data.imports.sources.found import Found, from_json

WORKER = ("-m", "data.imports.sources.worker")


def look(
    path: Path | str, encoding: str | None = None, table: str | None = None, limits: Limits = LIMITS
) -> Found:
    """What a file is, found by a child process that it may kill.

    encoding: what a person confirmed. table: a sheet, or a file of a zip.
    Raises: RejectedFile naming what stops the file.
    """
    path = Path(path)
    kind = kind_of(path, limits, ("csv", "xlsx", "XML"))
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        copy = Path(folder) / f"file.{kind.lower()}"
        copied(path, copy)
        request = {
            "path": str(copy),
            "file": path.name,
            "format": {"xlsx": "zip", "XML": "xml"}.get(kind, kind),
            "encoding": encoding,
            "table": table,
            "limits": asdict(limits),
        }
        report = child_report(request, folder, path.name, limits, worker=WORKER)
    fatal = tuple(Problem(**found) for found in report["fatal"])
    if fatal:
        raise RejectedFile(path.name, fatal)
    return from_json(report["found"])


def look_beside(path: Path | str) -> Found | None:
    """The structure of a LimeSurvey questionnaire that lies beside its answers under their name."""
    beside = Path(path).with_suffix(".lss")
    return look(beside) if beside.is_file() else None


def with_structure(found: Found, structure: Found | None) -> Found:
    """A look at answers, joined with what the structure of their questionnaire says."""
    return replace(found, structure=structure.structure) if structure else found
