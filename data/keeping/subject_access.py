"""Everything that is held of one person, for that person: whole, and of nobody else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from data import audit, schema
from data.access import User, require
from data.instruments import instrument_of
from data.keeping import tracing
from data.keeping.tracing import Held
from data.permissions import Kind, Verb

#: Hashes and numbers of ours that tell a person nothing, and would let others find the rows.
_OURS = frozenset(
    ("batch_id", "token_sha256", "salt", "content_sha256", "previous", "sha256", "revision")
)
#: What we did with the answers and not what the person gave: who coded is somebody else.
_STAFF = frozenset(("coded_by", "cleared_by", "actor"))


@dataclass(frozen=True, slots=True)
class Account:
    """What is held of one person. tables: rows by table; answered: each answer as it was asked, in
    the language of the account; projects: the codes of those that hold something."""

    tables: Mapping[str, list[dict[str, object]]]
    answered: list[dict[str, object]]
    projects: list[str]

    @property
    def rows(self) -> int:
        return sum(len(rows) for rows in self.tables.values())


def account(
    connection: sa.Connection,
    user: User,
    home: Path,
    key: str,
    language: str,
    project: int | None = None,
) -> Account:
    """What is held of the person that a key belongs to; nothing where nobody is known by it.

    Raises: NotPermitted, installation.ExposedSecret.
    """
    require(user, Verb.UNDO, Kind.BATCH)
    held = list(tracing.rows_of(connection, home, tracing.trace(connection, home, key, project)))
    tables: dict[str, list[dict[str, object]]] = {}
    for each in held:
        told = {
            name: _plain(value)
            for name, value in each.row.items()
            if name not in _OURS | _STAFF and value is not None
        }
        tables.setdefault(each.table.name, []).append(told)
    return Account(tables, _answered(connection, held, language),
                   tracing.projects_of(connection, held))  # fmt: skip


def record(connection: sa.Connection, user: User, held: Account) -> None:
    """A line in the audit that somebody was told what is held of them; not who."""
    audit.record(connection, user, "subject_access", "person", {"rows": held.rows})


def as_json(held: Account) -> str:
    """An account for machines: other systems can read it."""
    told = {"projects": held.projects, "answers": held.answered, "records": held.tables}
    return json.dumps(told, ensure_ascii=False, indent=2)


def _answered(
    connection: sa.Connection, held: list[Held], language: str
) -> list[dict[str, object]]:
    """Each answer in the words in which it was asked."""
    words: dict[str, list[tuple[str, str]]] = {}
    for each in held:
        if each.table.name == "open_answer":
            own = words.setdefault(each.row["response_id"], [])
            own.append((each.row["item"], each.row["text"]))
    told = []
    fielding, version = schema.Collection, schema.InstrumentVersion
    for each in held:
        if each.table.name != "response":
            continue
        asked = (
            sa.select(schema.Project.code, version.code.label("instrument"), version.version,
                      fielding.wave, fielding.phase)
            .join(schema.Project, schema.Project.id == fielding.project_id)
            .join(version, version.id == fielding.instrument_version_id)
            .where(fielding.id == each.row["collection_id"])
        )  # fmt: skip
        round_ = connection.execute(asked).one()
        instrument = instrument_of(connection, f"{round_.instrument}@{round_.version}")
        texts = {item.code: item.text.in_language(language) for item in instrument.items}
        given = []
        for code, value in json.loads(each.row["answers"]).items():
            choices = instrument.answers_of(code).choices
            label = next((c.text.in_language(language) for c in choices if c.code == value), None)
            given.append({"question": texts.get(code, code), "answer": label or value})
        given += [
            {"question": texts.get(code, code), "answer": text}
            for code, text in words.get(each.row["id"], [])
        ]
        told.append(
            {
                "project": round_.code,
                "instrument": instrument.title.in_language(language),
                "wave": round_.wave,
                "phase": round_.phase,
                "answered_on": _plain(each.row["answered_on"]),
                "group": each.row["group_code"],
                "given": given,
            }
        )
    return told


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
