"""Tracing: the keys under which one person stands, and every row that belongs to them alone.

People ask with what they have: the address of a receipt, the key that a file joined their answers
by, or how the city's list calls them. None of it is stored as it was given, only hashes of it; so a
key is tried in each form in which it may have been stored. `data.keeping.holdings` says which
columns hold something of people, and a test holds this module to it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from data import schema
from data.fieldwork import answers, installation, invitations, withdrawals
from data.keeping import codes
from data.keeping.named_texts import is_of, may_hold
from metrics.indicators.indicator import Source

_RECEIPT = re.compile(
    r"/s/(?P<token>[A-Za-z0-9_-]{43})/receipt\?.*?"
    r"(?P<key>[A-Za-z0-9_-]{16,86}\.[0-9a-f]{32})",
    re.ASCII,
)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Traces:
    """The keys under which one person stands. answers: ids of responses; links: what joins answers;
    forms: numbers that a survey tool gave; persons: as those who came to events; invited: disguised
    names; words: what may stand in refused rows. project: only there; nothing: everywhere. Two
    projects may call two people by the same number."""

    answers: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()
    invited: frozenset[str] = frozenset()
    words: frozenset[str] = field(default=frozenset(), repr=False)
    project: int | None = None

    def __bool__(self) -> bool:
        keys = (self.answers, self.links, self.forms, self.persons, self.invited, self.words)
        return any(keys)


@dataclass(frozen=True, slots=True)
class Held:
    """A row about one person: the table, and what it holds."""

    table: sa.Table
    row: dict[str, object]


def trace(connection: sa.Connection, home: Path, key: str, project: int | None = None) -> Traces:
    """Every key under which somebody may stand who is known by this one, in a project or in all.

    Raises: installation.ExposedSecret.
    """
    receipt = _RECEIPT.search(key)
    if receipt:
        found = withdrawals.standing(connection, home, receipt["token"], receipt["key"])
        return Traces(answers=frozenset([found.answer] if found else []))
    plain = key.strip()
    if not plain:
        return Traces()
    as_stored = [plain] if _HASH.fullmatch(plain) or re.fullmatch("[0-9a-f]{32}", plain) else []
    imported = [*as_stored, _hashed("link:", plain)]
    invited, joined = _by_reference(connection, home, plain, as_stored)
    return Traces(
        links=frozenset([*imported, *joined]),
        forms=frozenset([*as_stored, _hashed("response:", plain)]),
        persons=frozenset([*as_stored, _hashed("person:", plain)]),
        invited=frozenset(invited),
        words=frozenset([plain]),
        project=project,
    )


def rows_of(connection: sa.Connection, home: Path, traces: Traces) -> Iterator[Held]:
    """Every row that is about one person, table after table, parents first.

    Rows: each once. Raises: installation.ExposedSecret.
    """
    if not traces:
        return
    said = schema.Response
    mine = said.id.in_(traces.answers) | said.link_key.in_(traces.links)
    mine |= said.source_key.in_(traces.forms)
    rounds, events = _scopes(traces.project)
    mine &= said.collection_id.in_(rounds)
    ids = connection.scalars(sa.select(said.id).where(mine)).all()
    yield from _rows(connection, said, mine)
    for model in (schema.OpenAnswer, schema.AnswerCoding, schema.AnswerClearance):
        yield from _rows(connection, model, model.response_id.in_(ids))
    for model in (schema.Attendance, schema.Contribution):
        came = model.person_key.in_(traces.persons) & model.event_id.in_(events)
        yield from _rows(connection, model, came)
    step = schema.JourneyStep
    reached = step.person_key.in_(traces.persons)
    yield from _rows(connection, step, reached & _within(step.project_id, traces.project))
    yield from _counted(connection, home, traces)
    invited, used = schema.Invitation, schema.UsedLink
    mine = invited.person.in_(traces.invited) & invited.collection_id.in_(rounds)
    yield from _rows(connection, invited, mine)
    tokens = connection.scalars(sa.select(invited.id).where(mine)).all()
    names = [invitations.used_name_of(home, number) for number in tokens]
    yield from _rows(connection, used, used.id.in_(names))
    gone = schema.TakenBack
    yield from _rows(connection, gone, gone.id.in_(traces.answers))
    yield from _refused(connection, traces)
    yield from _remembered(connection, traces)
    line = schema.AuditEvent
    for answer in ids:
        about = line.subject.startswith(f"open_answer:{answer}", autoescape=True)
        yield from _rows(connection, line, about)


def projects_of(connection: sa.Connection, held: Iterable[Held]) -> list[str]:
    """The codes of the projects that some rows of a person belong to."""
    rows = list(held)
    wanted = {each.row["project_id"] for each in rows if each.row.get("project_id")}
    for model in (schema.Collection, schema.ActivityEvent):
        column = "collection_id" if model is schema.Collection else "event_id"
        of = {each.row[column] for each in rows if each.row.get(column)}
        asked = sa.select(model.project_id).where(model.id.in_(of))
        wanted |= set(connection.scalars(asked))
    project = schema.Project
    named = sa.select(project.code).where(project.id.in_(wanted)).order_by(project.code)
    return list(connection.scalars(named))


def entities_of(home: Path, persons: Iterable[str]) -> list[str]:
    """Under which hashes people stand among counted items (`data.reporting.sources`)."""
    return installation.derived_hexes(home, Source.PEOPLE.value, persons)


# --- keys ---------------------------------------------------------------------------------------


def _hashed(kind: str, key: str) -> str:
    """A key as `data.imports.columns` stores it."""
    return hashlib.sha256(f"{kind}{key}".encode()).hexdigest()


def _by_reference(
    connection: sa.Connection, home: Path, reference: str, links: Iterable[str]
) -> tuple[list[str], list[str]]:
    """The disguised names of somebody in each project, and what joins their answers there.

    links: keys of joined answers as they are stored, whose invitations are looked for.
    """
    projects = connection.scalars(sa.select(schema.Project.id)).all()
    named = {project: invitations.person_name(home, project, reference) for project in projects}
    joined = [answers.joined_key(home, project, name) for project, name in named.items() if name]
    wanted, invited = set(links), set(named.values())
    if wanted:
        asked = (
            sa.select(schema.Collection.project_id, schema.Invitation.person)
            .join(schema.Collection, schema.Collection.id == schema.Invitation.collection_id)
            .where(schema.Invitation.person.is_not(None))
            .distinct()
        )
        invited |= {
            person
            for project, person in connection.execute(asked)
            if person in wanted or answers.joined_key(home, project, person) in wanted
        }
    return sorted(invited), joined


# --- rows ---------------------------------------------------------------------------------------


def _within(column: sa.ColumnElement[int], project: int | None) -> sa.ColumnElement[bool]:
    return sa.true() if project is None else column == project


def _scopes(project: int | None) -> tuple[sa.Select, sa.Select]:
    """The collections and the events that are looked through."""
    return tuple(
        sa.select(model.id).where(_within(model.project_id, project))
        for model in (schema.Collection, schema.ActivityEvent)
    )


def _counted(connection: sa.Connection, home: Path, traces: Traces) -> Iterator[Held]:
    item, value, target = schema.CountedItem, schema.ReportedValue, schema.IndicatorTarget
    values = (
        sa.select(value.id)
        .join(target, target.id == value.target_id)
        .where(_within(target.project_id, traces.project))
    )
    mine = item.entity.in_(entities_of(home, traces.persons)) & item.reported_id.in_(values)
    yield from _rows(connection, item, mine)


def _rows(connection: sa.Connection, model: type, mine: sa.ColumnElement[bool]) -> Iterator[Held]:
    table = model.__table__
    asked = sa.select(table).where(mine).order_by(*table.primary_key.columns)
    for row in connection.execute(asked).mappings():
        yield Held(table, dict(row))


def _refused(connection: sa.Connection, traces: Traces) -> Iterator[Held]:
    """Refused cells that hold a key of the person, and the others of the same row of the file."""
    refused = schema.RejectedRow
    words = sorted(traces.words | traces.links | traces.persons | traces.forms)
    if not words:
        return
    holding = [may_hold(column, words) for column in (refused.value, refused.detail)]
    asked = sa.select(refused.__table__).where(sa.or_(*holding))
    places = {
        (row.batch_id, row.row)
        for row in connection.execute(asked)
        if any(is_of(word, cell) for word in words for cell in (row.value, row.detail))
    }
    if traces.project is not None:
        others = _of_other_projects(connection, {batch for batch, _ in places}, traces.project)
        places = {(batch, row) for batch, row in places if batch not in others}
    if places:
        batches, numbers = zip(*sorted(places), strict=True)
        either = refused.batch_id.in_(set(batches)) & refused.row.in_(set(numbers))
        for held in _rows(connection, refused, either):
            if (held.row["batch_id"], held.row["row"]) in places:
                yield held


def _of_other_projects(connection: sa.Connection, batches: set[int], project: int) -> set[int]:
    """The files that brought rows to projects, and none to this one: what was refused of them is of
    people of theirs."""
    said, came, event = schema.Response, schema.Attendance, schema.ActivityEvent
    step, fielding = schema.JourneyStep, schema.Collection
    asked = [
        sa.select(said.batch_id, fielding.project_id).join(
            fielding, fielding.id == said.collection_id
        ),
        sa.select(came.batch_id, event.project_id).join(event, event.id == came.event_id),
        sa.select(event.batch_id, event.project_id),
        sa.select(step.batch_id, step.project_id),
    ]
    brought: dict[int, set[int]] = {}
    for each in asked:
        column = each.selected_columns[0]
        for batch, number in connection.execute(each.where(column.in_(batches)).distinct()):
            brought.setdefault(batch, set()).add(number)
    return {batch for batch, numbers in brought.items() if project not in numbers}


def _remembered(connection: sa.Connection, traces: Traces) -> Iterator[Held]:
    """What rows of the person held before a file changed them."""
    before = schema.ReplacedRow
    keys = sorted(traces.persons | traces.links | traces.forms)
    mine = [before.row_key.contains(f'"{key}"') | before.before.contains(f'"{key}"')
            for key in keys]  # fmt: skip
    if not mine:
        return
    told = codes.read(connection)
    only = {"", told.projects.get(traces.project, "")}
    for held in _rows(connection, before, sa.or_(*mine)):
        if traces.project is None or told.project_of(codes.remembered(held.row)) in only:
            yield held
