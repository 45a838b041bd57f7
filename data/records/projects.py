"""Projects: whose they are, when they were done, and what was done in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from data import schema
from data.access import Kind, User, visible_projects, visible_rows
from data.records.register import GROUP_ORDER, Named, alphabetical, gathered, names_of, within


@dataclass(frozen=True, slots=True)
class Project:
    """A project, with the numbers of what it belongs to."""

    id: int
    code: str
    name_fi: str
    name_sv: str | None
    name_en: str | None
    status: str
    starts_on: date | None
    ends_on: date | None
    comparison: bool
    invented: bool
    themes: tuple[int, ...]
    areas: tuple[int, ...]
    programmes: tuple[int, ...]
    funders: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Funding:
    """Unit: euros. Missing: None where the register does not say."""

    funder: Named
    granted_eur: Decimal | None
    used_eur: Decimal | None


@dataclass(frozen=True, slots=True)
class Affected:
    """How many people of a group the matter of a project concerns, and who says so."""

    group: str
    people: int
    source: str


@dataclass(frozen=True, slots=True)
class ProjectDetail:
    project: Project
    description: str | None
    template: Named | None
    funding: tuple[Funding, ...]
    affected: tuple[Affected, ...]


def project_names(connection: sa.Connection, user: User) -> list[Named]:
    """The projects that the user may see, by name only, in the order of the alphabet."""
    found = connection.execute(sa.select(*names_of(schema.Project)).where(*_seen_by(user)))
    named = alphabetical(Named(*row) for row in found)
    return visible_rows(user, Kind.PROJECT, named, scope_of=lambda project: project.id)


def projects(
    connection: sa.Connection,
    user: User,
    *,
    theme: int | None = None,
    area: int | None = None,
    programme: int | None = None,
    funder: int | None = None,
) -> list[Project]:
    """The projects that the user may see, of a theme, of an area and those in it, and so on.

    Rows: projects, in the order of the alphabet.
    """
    wanted = _seen_by(user)
    for column, value in (
        (schema.ProjectTheme.theme_id, theme),
        (schema.ProjectProgramme.programme_id, programme),
        (schema.ProjectFunder.funder_id, funder),
    ):
        if value is not None:
            wanted.append(schema.Project.id.in_(_linked(column, column == value)))
    if area is not None:
        column = schema.ProjectArea.area_id
        wanted.append(schema.Project.id.in_(_linked(column, column.in_(within(area)))))
    return _projects(connection, user, wanted)


def project_detail(connection: sa.Connection, user: User, project: int) -> ProjectDetail | None:
    """Everything that the register says of a project; None where the user may not see it."""
    found = _projects(connection, user, [schema.Project.id == project])
    if not found:
        return None
    told = connection.execute(
        sa.select(schema.Project.description, *names_of(schema.ProcessTemplate))
        .outerjoin(schema.ProcessTemplate)
        .where(schema.Project.id == project)
    ).one()
    template = None if told.id is None else Named(*told[1:])
    return ProjectDetail(
        found[0],
        told.description,
        template,
        tuple(_funding(connection, user, project)),
        tuple(_affected(connection, project)),
    )


# --- parts --------------------------------------------------------------------------------------


def _seen_by(user: User) -> list[sa.ColumnElement[bool]]:
    visible = visible_projects(user)
    return [] if visible is None else [schema.Project.id.in_(visible)]


def _linked(column: sa.ColumnElement, condition: sa.ColumnElement[bool]) -> sa.Select:
    return sa.select(column.class_.project_id).where(condition)


def _projects(
    connection: sa.Connection, user: User, wanted: Iterable[sa.ColumnElement[bool]]
) -> list[Project]:
    project = schema.Project
    chosen = sa.select(project.id).where(*wanted)
    found = connection.execute(
        sa.select(
            *names_of(project),
            project.status,
            project.starts_on,
            project.ends_on,
            project.is_comparison,
            project.invented,
        ).where(*wanted)
    )
    links = [
        gathered(
            connection,
            sa.select(column.class_.project_id, column).where(column.class_.project_id.in_(chosen)),
        )
        for column in (
            schema.ProjectTheme.theme_id,
            schema.ProjectArea.area_id,
            schema.ProjectProgramme.programme_id,
            schema.ProjectFunder.funder_id,
        )
    ]
    rows = [
        Project(*row, *(tuple(sorted(linked[row.id])) for linked in links))
        for row in alphabetical(found)
    ]
    return visible_rows(user, Kind.PROJECT, rows, scope_of=lambda one: one.id)


def _funding(connection: sa.Connection, user: User, project: int) -> list[Funding]:
    money = schema.ProjectFunder
    found = connection.execute(
        sa.select(*names_of(schema.Funder), money.granted_eur, money.used_eur)
        .join(money)
        .where(money.project_id == project)
        .order_by(schema.Funder.code)
    )
    rows = [Funding(Named(*row[:5]), *row[5:]) for row in found]
    return visible_rows(user, Kind.FUNDER, rows, scope_of=lambda one: one.funder.id)


def _affected(connection: sa.Connection, project: int) -> list[Affected]:
    people = schema.AffectedPopulation
    found = connection.execute(
        sa.select(people.group_code, people.people, people.source)
        .where(people.project_id == project)
        .order_by(people.group_code)
    )
    return sorted((Affected(*row) for row in found), key=lambda a: GROUP_ORDER.index(a.group))
