"""What was done in a project: its phases, its events, and when it was asked what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from data import schema
from data.access import Kind, User, Verb, can, visible_rows
from data.records.register import GROUP_ORDER, MOST_ROWS, Named, Page, gathered, names_of
from survey.instrument import WAVES


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of a project's process, with its dates as far as they are known."""

    position: int
    common_phase: str
    name_fi: str
    name_sv: str | None
    name_en: str | None
    planned_start_on: date | None
    planned_end_on: date | None
    actual_start_on: date | None
    actual_end_on: date | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done, and which groups and organisations took part."""

    id: int
    code: str
    kind: str
    phase: str
    title: str | None
    starts_on: date
    ends_on: date | None
    area: int | None
    hours: Decimal | None
    cost_eur: Decimal | None
    groups: tuple[str, ...]
    organisations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Participants:
    event: int
    group: str
    people: int


@dataclass(frozen=True, slots=True)
class Collection:
    """A fielding of an instrument. invited: per group, where it is known."""

    id: int
    instrument: str
    version: int
    wave: str
    phase: str
    opens_on: date | None
    closes_on: date | None
    invited: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Fielding:
    """A collection with the project that it belongs to.

    instrument: ``code@version``. invited: how many in all, None where it is not known.
    """

    id: int
    project: Named
    instrument: str
    wave: str
    phase: str
    opens_on: date | None
    closes_on: date | None
    invited: int | None


def phases(connection: sa.Connection, user: User, project: int) -> list[Phase]:
    """The phases of a project's process in their order, dated or not; none if it has none."""
    phase, dates = schema.TemplatePhase, schema.ProjectPhase
    found = connection.execute(
        sa.select(
            phase.position,
            phase.common_phase,
            phase.name_fi,
            phase.name_sv,
            phase.name_en,
            dates.planned_start_on,
            dates.planned_end_on,
            dates.actual_start_on,
            dates.actual_end_on,
        )
        .join(schema.Project, schema.Project.template_id == phase.template_id)
        .outerjoin(
            dates,
            (dates.template_phase_id == phase.id) & (dates.project_id == schema.Project.id),
        )
        .where(schema.Project.id == project)
        .order_by(phase.position)
    )
    return _of_project(user, project, [Phase(*row) for row in found])


def events(connection: sa.Connection, user: User, project: int) -> list[Event]:
    """What was done in a project, in the order of time."""
    event = schema.ActivityEvent
    found = connection.execute(
        sa.select(
            event.id,
            event.code,
            event.kind,
            event.phase,
            event.title,
            event.starts_on,
            event.ends_on,
            event.area_id,
            event.hours,
            event.cost_eur,
        )
        .where(event.project_id == project)
        .order_by(event.starts_on, event.code)
    ).all()
    took_part = schema.EventParticipants
    groups = gathered(
        connection,
        sa.select(took_part.event_id, took_part.group_code)
        .join(event)
        .where(event.project_id == project, took_part.people > 0),
    )
    organisations = gathered(
        connection,
        sa.select(schema.EventOrganisation.event_id, schema.Organisation.name)
        .join(schema.Organisation)
        .join(event, event.id == schema.EventOrganisation.event_id)
        .where(event.project_id == project),
    )
    rows = [
        Event(
            *row,
            tuple(sorted(groups[row.id], key=GROUP_ORDER.index)),
            tuple(sorted(organisations[row.id])),
        )
        for row in found
    ]
    return _of_project(user, project, rows)


def participants(connection: sa.Connection, user: User, project: int) -> list[Participants]:
    """How many took part in each event, by group: for those who may see rows.

    Everybody else reads participation from a sheet, where small groups are protected.
    """
    event, took_part = schema.ActivityEvent, schema.EventParticipants
    found = connection.execute(
        sa.select(took_part.event_id, took_part.group_code, took_part.people)
        .join(event)
        .where(event.project_id == project)
        .order_by(event.starts_on, event.code, took_part.group_code)
    )
    return visible_rows(user, Kind.ROW, [Participants(*row) for row in found])


def collections(connection: sa.Connection, user: User, project: int) -> list[Collection]:
    """When a project was asked what, and how many were invited; never how many have answered."""
    fielding, version = schema.Collection, schema.InstrumentVersion
    wave = sa.case({code: at for at, code in enumerate(WAVES)}, value=fielding.wave)
    found = connection.execute(
        sa.select(
            fielding.id,
            version.code,
            version.version,
            fielding.wave,
            fielding.phase,
            fielding.opens_on,
            fielding.closes_on,
        )
        .join(version)
        .where(fielding.project_id == project)
        .order_by(version.code, version.version, wave, fielding.phase)
    ).all()
    invited: dict[int, list[tuple[str, int]]] = defaultdict(list)
    group = schema.CollectionGroup
    for number, code, people in connection.execute(
        sa.select(group.collection_id, group.group_code, group.invited)
        .join(fielding)
        .where(fielding.project_id == project)
    ):
        invited[number].append((code, people))
    rows = [
        Collection(*row, tuple(sorted(invited[row.id], key=lambda g: GROUP_ORDER.index(g[0]))))
        for row in found
    ]
    return _of_project(user, project, rows)


def fieldings(
    connection: sa.Connection, user: User, *, offset: int = 0, limit: int = 50
) -> Page[Fielding]:
    """A page of every collection of every project, the latest first; never how many answered."""
    fielding, version, group = schema.Collection, schema.InstrumentVersion, schema.CollectionGroup
    invited = (
        sa.select(sa.func.sum(group.invited))
        .where(group.collection_id == fielding.id)
        .scalar_subquery()
    )
    found = connection.execute(
        sa.select(
            fielding.id,
            version.code,
            version.version,
            fielding.wave,
            fielding.phase,
            fielding.opens_on,
            fielding.closes_on,
            invited.label("invited"),
            *(column.label(f"project_{column.key}") for column in names_of(schema.Project)),
        )
        .join(version)
        .join(schema.Project, schema.Project.id == fielding.project_id)
        .order_by(
            sa.func.coalesce(fielding.closes_on, fielding.opens_on).desc(), fielding.id.desc()
        )
        .offset(offset)
        .limit(min(limit, MOST_ROWS))
    )
    rows = [
        Fielding(
            row.id,
            Named(*row[8:13]),
            f"{row.code}@{row.version}",
            row.wave,
            row.phase,
            row.opens_on,
            row.closes_on,
            row.invited,
        )
        for row in found
    ]
    seen = visible_rows(user, Kind.PROJECT, rows, scope_of=lambda one: one.project.id)
    total = connection.scalar(sa.select(sa.func.count(fielding.id)))
    return Page(seen, total if len(seen) == len(rows) else len(seen))


def _of_project(user: User, project: int, rows: list) -> list:
    return rows if can(user, Verb.READ, Kind.PROJECT, project) else []
