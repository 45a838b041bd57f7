"""Coming back: who was erased goes again when an older copy or a file brought them back.

Keys are known by their marks only (`data.keeping.marks`), so every key in the database is hashed
and looked up. That is done where a copy is put back, before the server starts, and before every
refresh; where nobody was ever erased it costs nothing.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from data import database, schema
from data.fieldwork import withdrawals
from data.fieldwork.local_time import day_of
from data.keeping import marks
from data.keeping.erasure import (
    NAMELESS,
    collections_of,
    erase_rows,
    in_project,
    overwrite,
    place_of,
    refreshes_wait,
    remove_files,
    replace_keys,
    unname,
)
from data.keeping.tracing import Traces

#: Who erases again what an older copy brought back, as the audit names it.
HOUSE = "arviomo"


def reapply(engine: sa.Engine, home: Path, now: datetime | None = None) -> int:
    """How many rows were erased again, because an older copy or a file brought them back.

    Raises: installation.ExposedSecret, marks.DamagedMarks.
    """
    now = now or datetime.now(UTC)
    if not _is_marked(engine, home):
        return 0
    with refreshes_wait(home):
        with database.writing(engine) as connection:
            marks.bring(connection, home)
            known = marks.known(connection)
            rows: Counter[str] = Counter()
            replaced: list[str] = []
            for traces, taken in _returned(connection, home, known):
                said = schema.Response
                asked = sa.select(said.id, said.collection_id).where(said.id.in_(taken))
                back = connection.execute(asked).all()
                rows.update(erase_rows(connection, HOUSE, home, traces, day_of(now)))
                _tell_receipts(connection, back, day_of(now))
                collections = collections_of(connection, traces.project)
                replaced += replace_keys(connection, home, traces.links, collections)
            rows.update(_again(connection, home, known))
            rows["organisation"] += unname(connection, _firms(connection, home, known))
            rows["response"] += _end_agreements(connection, home, known, now)
        remove_files(home, replaced)
        if rows.total():
            overwrite(engine)
    return rows.total()


def _is_marked(engine: sa.Engine, home: Path) -> bool:
    if (home / marks.FILE).exists():
        return True
    with database.reading(engine) as connection:
        return bool(connection.scalar(sa.select(sa.exists().where(schema.ErasedMark.mark != ""))))


def _returned(
    connection: sa.Connection, home: Path, known: frozenset[str]
) -> list[tuple[Traces, frozenset[str]]]:
    """The keys in the database that were erased once, by project; and those of the answers among
    them that their respondents took back themselves."""
    said, invited, fielding = schema.Response, schema.Invitation, schema.Collection
    event = schema.ActivityEvent
    of_round = (fielding, lambda model: model.collection_id == fielding.id, fielding.project_id)
    of_event = (event, lambda model: model.event_id == event.id, event.project_id)
    came = [(schema.Attendance, of_event), (schema.Contribution, of_event)]
    columns = [
        ("answers", marks.ANSWER, said.id, (said, of_round)),
        ("taken", marks.TAKEN_BACK, said.id, (said, of_round)),
        ("links", marks.LINK, said.link_key, (said, of_round)),
        ("forms", marks.FORM, said.source_key, (said, of_round)),
        ("invited", marks.INVITED, invited.person, (invited, of_round)),
        *(("persons", marks.PERSON, model.person_key, (model, of)) for model, of in came),
        ("persons", marks.PERSON, schema.JourneyStep.person_key, (schema.JourneyStep, None)),
    ]
    found: dict[int, dict[str, set[str]]] = {}
    for name, kind, column, (model, of) in columns:
        if of is None:
            asked = sa.select(model.project_id, column)
        else:
            owner, same, project = of
            asked = sa.select(project, column).join_from(model, owner, same(model))
        rows = connection.execute(asked.where(column.is_not(None)).distinct()).all()
        hashed = marks.mark_all(home, kind, [in_project(project, key) for project, key in rows])
        for (project, key), mark in zip(rows, hashed, strict=True):
            if mark in known:
                found.setdefault(project, {}).setdefault(name, set()).add(key)
    back = []
    for project, own in sorted(found.items()):
        taken = own.pop("taken", set())
        own["answers"] = own.get("answers", set()) | taken
        keys = {name: frozenset(some) for name, some in own.items()}
        back.append((Traces(**keys, project=project), frozenset(taken)))
    return back


def _tell_receipts(connection: sa.Connection, held: list[sa.Row], on: date) -> None:
    """Lets receipts of answers that went again say that they were taken back."""
    rows = [{"id": r.id, "collection_id": r.collection_id, "taken_back_on": on} for r in held]
    if rows:
        connection.execute(sa.insert(schema.TakenBack), rows)


def _again(connection: sa.Connection, home: Path, known: frozenset[str]) -> Counter[str]:
    """How many refused and remembered rows were deleted that had been erased once."""
    refused, before = schema.RejectedRow, schema.ReplacedRow
    places = connection.execute(sa.select(refused.batch_id, refused.row).distinct()).all()
    told = [place_of(*place) for place in places]
    hashed = marks.mark_all(home, marks.REFUSED, told)
    gone: Counter[str] = Counter()
    for (batch, row), mark in zip(places, hashed, strict=True):
        if mark in known:
            mine = (refused.batch_id == batch) & (refused.row == row)
            gone["rejected_row"] += connection.execute(sa.delete(refused).where(mine)).rowcount
    numbers = connection.scalars(sa.select(before.id)).all()
    hashed = marks.mark_all(home, marks.REMEMBERED, [str(number) for number in numbers])
    for number, mark in zip(numbers, hashed, strict=True):
        if mark in known:
            connection.execute(sa.delete(before).where(before.id == number))
            gone["replaced_row"] += 1
    return gone


def _firms(connection: sa.Connection, home: Path, known: frozenset[str]) -> list[int]:
    firm = schema.Organisation
    asked = sa.select(firm.id, firm.business_id, firm.name).where(firm.name != NAMELESS)
    rows = connection.execute(asked).all()
    found = set()
    for keys in ([row.business_id or "" for row in rows], [row.name.casefold() for row in rows]):
        hashed = marks.mark_all(home, marks.ORGANISATION, keys)
        found |= {
            row.id
            for row, key, mark in zip(rows, keys, hashed, strict=True)
            if key and mark in known
        }
    return sorted(found)


def _end_agreements(
    connection: sa.Connection, home: Path, known: frozenset[str], now: datetime
) -> int:
    said = schema.Response
    ids = connection.scalars(sa.select(said.id).where(said.agreed.is_(True))).all()
    hashed = marks.mark_all(home, marks.AGREEMENT, ids)
    ended = [answer for answer, mark in zip(ids, hashed, strict=True) if mark in known]
    for answer in ended:
        withdrawals.end_again(connection, answer, now)
    return len(ended)
