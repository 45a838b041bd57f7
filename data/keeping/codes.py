"""Codes: what rows belong to, by names that stay when numbers of rows are given again.

An older copy that is put back gives numbers a second time, to other projects, rounds and files. So
marks of the erased (`data.keeping.marks`) never hold a number of a row: a project is known by its
code, a round by project, questionnaire, wave and phase, a file by its content.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from data import schema


@dataclass(frozen=True, slots=True)
class Codes:
    """By number of row. projects: the code; rounds: project, questionnaire, wave and phase of a
    collection; events: the code of the project of an event; files: the hash of a batch's file."""

    projects: Mapping[int, str]
    rounds: Mapping[int, tuple[str, str, str, str]]
    events: Mapping[int, str]
    files: Mapping[int, str]

    def project_of(self, row: Mapping[str, object]) -> str:
        """The code of the project that a row belongs to; empty where it names none."""
        if row.get("collection_id") in self.rounds:
            return self.rounds[row["collection_id"]][0]
        if row.get("event_id") in self.events:
            return self.events[row["event_id"]]
        return self.projects.get(row.get("project_id"), "")

    def form_of(self, row: Mapping[str, object]) -> str:
        """The number of a form with its round: two surveys may give two people one number."""
        return said(*self.rounds.get(row.get("collection_id"), ("",)), str(row["source_key"]))

    def refused(self, batch: int, row: int, cells: Iterable[Mapping[str, object]]) -> str:
        """Refused cells of one row of a file, by its content and theirs."""
        told = sorted([str(c[name]) for name in ("column", "code", "value", "detail")]
                      for c in cells)  # fmt: skip
        return said(self.files.get(batch, ""), str(row), json.dumps(told))


def read(connection: sa.Connection) -> Codes:
    """The codes of everything that rows of people belong to."""
    project, fielding, event = schema.Project, schema.Collection, schema.ActivityEvent
    version, batch = schema.InstrumentVersion, schema.ImportBatch
    rounds = connection.execute(
        sa.select(fielding.id, project.code, version.code, version.version, fielding.wave,
                  fielding.phase)
        .join(project, project.id == fielding.project_id)
        .join(version, version.id == fielding.instrument_version_id)
    )  # fmt: skip
    events = sa.select(event.id, project.code).join(project, project.id == event.project_id)
    return Codes(
        projects=_pairs(connection, sa.select(project.id, project.code)),
        rounds={
            number: (code, f"{asked}@{of}", wave, phase)
            for number, code, asked, of, wave, phase in rounds
        },
        events=_pairs(connection, events),
        files=_pairs(connection, sa.select(batch.id, batch.file_sha256)),
    )


def remembered(row: Mapping[str, str]) -> dict[str, object]:
    """What a row held that a file changed since: its columns and its key, as one row."""
    return json.loads(row["before"]) | json.loads(row["row_key"])


def said(*words: str) -> str:
    """Some words as one, so that no two lists of words are the same."""
    return json.dumps(words, ensure_ascii=False)


def _pairs(connection: sa.Connection, asked: sa.Select) -> dict[int, str]:
    return dict(tuple(row) for row in connection.execute(asked))
