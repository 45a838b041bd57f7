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

from dashboard import suggestions
from dashboard.truth import engine
from data import access, sheets
from data.access import NotPermitted, User
from data.database import reading
from data.imports import run
from data.imports.kept import known_profiles
from data.imports.problems import Problem, RejectedFile
from data.imports.sources.matching import meanings_of
from data.imports.sources.propose import keep, propose
from data.imports.sources.suggest import Said, Suggestion
from data.instruments import InstrumentConflict, known_instruments

#: Rows of the file that a preview shows.
SHOWN_ROWS = 5
#: So many different answers of a column can be given their meaning on the page.
MOST_VALUES = 30


def main() -> None:
    """Do what the request asks, and say how it went; nothing where nobody asks any more."""
    asked = sys.stdin.read()
    if not asked:
        return
    request = json.loads(asked)
    try:
        say({"done": DOINGS[request["do"]](request)})
    except RejectedFile as rejected:
        say({"refused": [told(problem) for problem in rejected.problems], "file": rejected.file})
    except NotPermitted:
        say({"refused": [], "file": request.get("file", "")})


def preview(request: dict[str, Any]) -> dict[str, Any]:
    """What storing the file would do."""
    found = run.preview(
        engine(),
        known_profiles()[request["profile"]],
        Path(request["file"]),
        user(request),
        progress,
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


def suggest(request: dict[str, Any]) -> dict[str, Any]:
    """What a file is and how it may be brought in, in the words of the reader's language."""
    made, language = proposed(request), request["language"]
    unsure = [q.detail for q in made.questions if q.code == "which_encoding"]
    item_codes = [name for name, _, _ in made.mapping]
    return {
        "about": suggestions.about(made, language),
        "mapping": [[name, " / ".join(headers), sure] for name, headers, sure in made.mapping],
        "left_out": suggestions.left_out(made, language),
        "questions": suggestions.questions(made, language),
        "whole": made.profile is not None,
        "unsure": unsure[0] if unsure else None,
        "asks_create": any(q.code == "unknown_projects" for q in made.questions),
        "free": list(made.left_out),
        "missing": missing_items(made, set(item_codes)),
        "tables": tables_of(made),
        "values": values_of(made, language),
    }


def proposed(request: dict[str, Any]) -> Suggestion:
    """The suggestion for the file of a request."""
    said = Said(**{**request["said"], "without": tuple(request["said"]["without"])})
    form = Path(request["form"]) if request.get("form") else None
    return propose(engine(), Path(request["file"]), user(request), said, form)


def tables_of(made: Suggestion) -> list[str]:
    """The tables of the file, the one that is looked at first; none where there is one."""
    found = made.found
    others = [name for name, _ in found.tables]
    return [found.sheet or found.member, *others] if others else []


def values_of(made: Suggestion, language: str) -> dict[str, Any]:
    """What the answers of each mapped item say, and which codes they may mean.

    Shape: by item: ``said`` (text of a cell, the code that it is read as or ""), and ``codes``
    (code, its words). Items whose answers are free text, numbers or drafted are not there.
    """
    if made.instrument is not None or not made.body.get("instrument"):
        return {}
    with reading(engine()) as connection:
        instrument = known_instruments(connection)[made.body["instrument"]]
    told: dict[str, Any] = {}
    for item, headers, _ in made.mapping:
        if item not in {each.code for each in instrument.items}:
            continue
        answers = instrument.answers_of(item)
        columns = [made.found.column(header) for header in headers]
        said = list(dict.fromkeys(value for column in columns for value in column.values))
        if not said or not answers.choices:
            continue
        told_so = made.body["answers"].get(item, {}).get("values", {})
        means = meanings_of(said, answers).values | told_so
        codes = [
            [str(choice.code), choice.text.in_language(language)] for choice in answers.choices
        ]
        told[item] = {
            "said": [[value, str(means.get(value, ""))] for value in said[:MOST_VALUES]],
            "codes": codes,
        }
    return told


def missing_items(made: Suggestion, mapped: set[str]) -> list[str]:
    """The items of the suggested instrument that no column answers."""
    if made.instrument is not None or not made.body.get("instrument"):
        return []
    with reading(engine()) as connection:
        instrument = known_instruments(connection)[made.body["instrument"]]
    return [item.code for item in instrument.items if item.code not in mapped]


def keep_profile(request: dict[str, Any]) -> dict[str, Any]:
    """Keep the suggested profile, and make its instrument known."""
    try:
        return {"profile": keep(engine(), proposed(request), user(request))}
    except InstrumentConflict as conflict:
        problem = Problem("instrument_conflict", value=conflict.key)
        raise RejectedFile(Path(request["file"]).name, (problem,)) from conflict


def cells(rows: pd.DataFrame) -> dict[str, Any]:
    """Rows as columns and cells of text; a cell without a value is empty."""
    there = rows.astype(object).where(rows.notna(), "")
    return {"columns": [str(name) for name in rows], "data": there.map(str).to_numpy().tolist()}


def store(request: dict[str, Any]) -> dict[str, Any]:
    """Store the file as a batch and publish everything anew."""
    batch = run.store(
        engine(),
        known_profiles()[request["profile"]],
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


def refresh(request: dict[str, Any]) -> dict[str, Any]:
    """Publish everything anew."""
    return dataclasses.asdict(sheets.refresh(engine(), progress=progress, by=user(request)))


DOINGS = {
    "preview": preview,
    "store": store,
    "undo": undo,
    "refresh": refresh,
    "suggest": suggest,
    "keep": keep_profile,
}


def user(request: dict[str, Any]) -> User:
    """The user for whom the server asks, with the rights that they have now; permission is checked
    again where things are done. Raises: NotPermitted where they have none any more."""
    if request["user"] == access.OPERATOR:
        return access.operator()
    with reading(engine()) as connection:
        found = access.user_numbered(connection, request["user"])
    if found is None:
        raise NotPermitted("who asks has no role any more.", subject=f"user:{request['user']}")
    return found


def told(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("code", "row", "column", "value", "detail")}


def progress(step: str, done: int, total: int) -> None:
    say({"progress": [step, done, total]})


def say(what: dict[str, Any]) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
