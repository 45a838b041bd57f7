"""The child process that reads, stores and takes back files for the data room.

The server never imports the engines: it sends one request as JSON on standard input and reads
lines of JSON from standard output: ``{"progress": [step, done, total]}`` and at last one
``{"done": ...}`` or ``{"refused": [...], "file": ...}``.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard.truth import engine
from data import sheets
from data.access import Grant, NotPermitted, User
from data.imports import run
from data.imports.problems import Problem, RejectedFile
from data.imports.profile import profiles
from data.permissions import Role

#: Rows of the file that a preview shows.
SHOWN_ROWS = 5


def main() -> None:
    """Do what the request asks, and say how it went."""
    request = json.loads(sys.stdin.read())
    try:
        say({"done": DOINGS[request["do"]](request)})
    except RejectedFile as rejected:
        say({"refused": [told(problem) for problem in rejected.problems], "file": rejected.file})
    except NotPermitted:
        say({"refused": [], "file": request.get("file", "")})


def preview(request: dict[str, Any]) -> dict[str, Any]:
    """What storing the file would do."""
    found = run.preview(
        engine(), profiles()[request["profile"]], Path(request["file"]), user(request), progress
    )
    return {
        "rows_read": found.rows_read,
        "storable": found.storable,
        "rejected": found.rejected,
        "problems": [told(problem) for problem in found.problems],
        "warnings": [told(problem) for problem in found.warnings],
        "fatal": [told(problem) for problem in found.fatal],
        "dropped_columns": list(found.dropped_columns),
        "detected": {name: str(value) for name, value in found.detected.items()},
        "earlier_batch": found.earlier_batch,
        "sample": cells(found.sample.head(SHOWN_ROWS)),
    }


def cells(rows: pd.DataFrame) -> dict[str, Any]:
    """Rows as columns and cells of text; a cell without a value is empty."""
    there = rows.astype(object).where(rows.notna(), "")
    return {"columns": [str(name) for name in rows], "data": there.map(str).to_numpy().tolist()}


def store(request: dict[str, Any]) -> dict[str, Any]:
    """Store the file as a batch and publish everything anew."""
    batch = run.store(
        engine(),
        profiles()[request["profile"]],
        Path(request["file"]),
        user(request),
        accept_rejected=request["accept_rejected"],
        progress=progress,
    )
    stored = {
        name: getattr(batch, name) for name in ("id", "rows_read", "rows_stored", "rows_rejected")
    }
    return {**stored, **refresh(request)}


def undo(request: dict[str, Any]) -> dict[str, Any]:
    """Take a batch back and publish everything anew."""
    run.undo(engine(), request["batch"], user(request))
    return refresh(request)


def refresh(_request: dict[str, Any]) -> dict[str, Any]:
    """Publish everything anew."""
    return dataclasses.asdict(sheets.refresh(engine(), progress=progress))


DOINGS = {"preview": preview, "store": store, "undo": undo, "refresh": refresh}


def user(request: dict[str, Any]) -> User:
    """The user for whom the server asks; permission is checked again where things are done."""
    asked = request["user"]
    grants = tuple(
        Grant(Role(grant["role"]), grant["project"], grant["funder"]) for grant in asked["grants"]
    )
    return User(asked["id"], asked["name"], grants)


def told(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("code", "row", "column", "value", "detail")}


def progress(step: str, done: int, total: int) -> None:
    say({"progress": [step, done, total]})


def say(what: dict[str, Any]) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
