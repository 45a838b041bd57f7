"""Coming back: who was erased goes again when an older copy or a file brought them back.

Keys are known by their marks only (`data.keeping.marks`), so every key in the database is hashed
and looked up. That is done where a copy is put back, before the server starts, and before every
refresh; where nobody was ever erased it costs nothing. People who may not sign in any more and
roles that were withdrawn (`data.keeping.doors`) are looked up as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa

from data import database, schema
from data.fieldwork import withdrawals
from data.fieldwork.local_time import day_of
from data.keeping import codes, doors, marks, organisations, overwriting
from data.keeping.codes import Codes
from data.keeping.erasure import (
    collections_of,
    erase_rows,
    keys_of,
    refreshes_wait,
    remove_files,
    replace_keys,
)
from data.keeping.tracing import Traces

#: Who erases again what an older copy brought back, as the audit names it.
HOUSE = "arviomo"


def reapply(engine: sa.Engine, home: Path, now: datetime | None = None) -> int:
    """How many rows were erased again, because an older copy or a file brought them back.

    What waits to be overwritten since an earlier erasure is overwritten on the way, if it can be.
    Raises: installation.ExposedSecret, marks.DamagedMarks.
    """
    now = now or datetime.now(UTC)
    overwriting.settle(engine, home, overwriting.SHORT)
    if not _is_marked(engine, home):
        return 0
    with refreshes_wait(home):
        with database.writing(engine) as connection:
            marks.bring(connection, home)
            known = marks.known(connection)
            rows, replaced = _erased_again(connection, home, known, now)
            doors.shut_again(connection, home, known, now)
            if rows.total():
                overwriting.owe(home, rows, day_of(now))
        remove_files(home, replaced)
        if rows.total():
            overwriting.settle(engine, home)
    return rows.total()


def _erased_again(
    connection: sa.Connection, home: Path, known: frozenset[str], now: datetime
) -> tuple[Counter[str], list[str]]:
    """How many rows of each table were erased again, and the files of figures that others stand
    for."""
    rows: Counter[str] = Counter()
    replaced: list[str] = []
    told = codes.read(connection)
    for traces, taken in _returned(connection, home, known, told):
        said = schema.Response
        asked = sa.select(said.id, said.collection_id).where(said.id.in_(taken))
        back = connection.execute(asked).all()
        rows.update(erase_rows(connection, HOUSE, home, traces, day_of(now)))
        _tell_receipts(connection, back, day_of(now))
        collections = collections_of(connection, traces.project)
        replaced += replace_keys(connection, home, traces.links, collections)
    firms = organisations.returned(connection, home, known)
    if firms:
        names = organisations.names_of(firms)
        rows += organisations.take_away(connection, home, firms, names, day_of(now))[0]
    rows["rejected_row"] += _refused_again(connection, home, known, told)
    rows["replaced_row"] += _remembered_again(connection, home, known, told)
    rows["response"] += _end_agreements(connection, home, known, now)
    return rows, replaced


def _is_marked(engine: sa.Engine, home: Path) -> bool:
    if (home / marks.FILE).exists():
        return True
    with database.reading(engine) as connection:
        return bool(connection.scalar(sa.select(sa.exists().where(schema.ErasedMark.mark != ""))))


def _returned(
    connection: sa.Connection, home: Path, known: frozenset[str], told: Codes
) -> list[tuple[Traces, frozenset[str]]]:
    """The keys in the database that were erased once, by project; and those of the answers among
    them that their respondents took back themselves."""
    said, invited, fielding = schema.Response, schema.Invitation, schema.Collection
    event, step = schema.ActivityEvent, schema.JourneyStep
    of_round, of_event = (fielding.project_id, fielding), (event.project_id, event)
    rounds = sa.select(fielding.project_id, said.id).join(fielding, _same(said, fielding))
    columns = [
        ("answers", marks.ANSWER, None, rounds),
        ("taken", marks.TAKEN_BACK, None, rounds),
        ("links", marks.LINK, of_round, (said, said.link_key)),
        ("invited", marks.INVITED, of_round, (invited, invited.person)),
        *(("persons", marks.PERSON, of_event, (model, model.person_key))
          for model in (schema.Attendance, schema.Contribution)),
        ("persons", marks.PERSON, (step.project_id, None), (step, step.person_key)),
    ]  # fmt: skip
    found: dict[int, dict[str, set[str]]] = {}
    for name, kind, place, of in columns:
        asked = of if place is None else _keys(*place, *of)
        rows = connection.execute(asked.distinct()).all()
        keys = [key if place is None else codes.said(told.projects[n], key) for n, key in rows]
        hashed = marks.mark_all(home, kind, keys)
        for (project, key), mark in zip(rows, hashed, strict=True):
            if mark in known:
                found.setdefault(project, {}).setdefault(name, set()).add(key)
    for project, answers in _forms(connection, home, known, told).items():
        found.setdefault(project, {}).setdefault("answers", set()).update(answers)
    back = []
    for project, own in sorted(found.items()):
        taken = own.pop("taken", set())
        own["answers"] = own.get("answers", set()) | taken
        keys = {name: frozenset(some) for name, some in own.items()}
        back.append((Traces(**keys, project=project), frozenset(taken)))
    return back


def _keys(
    project: sa.ColumnElement[int], owner: type | None, model: type, column: sa.ColumnElement[str]
) -> sa.Select:
    asked = sa.select(project, column).where(column.is_not(None))
    return asked if owner is None else asked.join_from(model, owner, _same(model, owner))


def _same(model: type, owner: type) -> sa.ColumnElement[bool]:
    own = model.collection_id if owner is schema.Collection else model.event_id
    return own == owner.id


def _forms(
    connection: sa.Connection, home: Path, known: frozenset[str], told: Codes
) -> dict[int, set[str]]:
    """The answers that came again under the number that a survey tool had given them, by project.

    By answer and not by number: another round of the project may know the number too.
    """
    said, fielding = schema.Response, schema.Collection
    asked = sa.select(fielding.project_id, said.id, said.collection_id, said.source_key)
    asked = asked.join(fielding, _same(said, fielding)).where(said.source_key.is_not(None))
    rows = connection.execute(asked).mappings().all()
    hashed = marks.mark_all(home, marks.FORM, [told.form_of(row) for row in rows])
    found: dict[int, set[str]] = {}
    for row, mark in zip(rows, hashed, strict=True):
        if mark in known:
            found.setdefault(row["project_id"], set()).add(row["id"])
    return found


def _tell_receipts(connection: sa.Connection, held: list[sa.Row], on: date) -> None:
    """Lets receipts of answers that went again say that they were taken back."""
    rows = [{"id": r.id, "collection_id": r.collection_id, "taken_back_on": on} for r in held]
    if rows:
        connection.execute(sa.insert(schema.TakenBack), rows)


def _refused_again(
    connection: sa.Connection, home: Path, known: frozenset[str], told: Codes
) -> int:
    """How many refused cells were deleted that had been erased once."""
    refused = schema.RejectedRow
    places: dict[tuple[int, int], list[Mapping[str, object]]] = {}
    for cell in connection.execute(sa.select(refused.__table__)).mappings():
        places.setdefault((cell["batch_id"], cell["row"]), []).append(cell)
    keys = [told.refused(*place, cells) for place, cells in places.items()]
    hashed = marks.mark_all(home, marks.REFUSED, keys)
    gone = 0
    for (batch, row), mark in zip(places, hashed, strict=True):
        if mark in known:
            mine = (refused.batch_id == batch) & (refused.row == row)
            gone += connection.execute(sa.delete(refused).where(mine)).rowcount
    return gone


def _remembered_again(
    connection: sa.Connection, home: Path, known: frozenset[str], told: Codes
) -> int:
    """How many remembered rows were deleted that are of somebody who was erased."""
    before = schema.ReplacedRow
    gone = []
    for row in connection.execute(sa.select(before.__table__)).mappings():
        keys = keys_of(codes.remembered(row), told)
        if any(mark in known for kind, key in keys for mark in marks.mark_all(home, kind, [key])):
            gone.append(row["id"])
    for number in gone:
        connection.execute(sa.delete(before).where(before.id == number))
    return len(gone)


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
