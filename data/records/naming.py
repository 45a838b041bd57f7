"""Everything that has a name, for a search: projects, themes, areas, programmes, proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from data import schema
from data.access import Kind, User, visible_rows
from data.records.register import names_of

Sort = Literal["project", "theme", "area", "programme", "proposal"]


@dataclass(frozen=True, slots=True)
class NamedThing:
    """Something with a name. words: everything that it may be found by; names: fi, sv, en."""

    sort: Sort
    id: int
    names: tuple[str, str | None, str | None]
    words: str
    category: str | None = None
    area: int | None = None


def named_things(connection: sa.Connection, user: User) -> list[NamedThing]:
    """Everything with a name that a user may know of.

    Rows: projects, themes, areas, programmes, proposals, each in the order of their numbers.
    """
    project, proposal = schema.Project, schema.Proposal
    projects = connection.execute(sa.select(*names_of(project), project.description))
    seen = visible_rows(user, Kind.PROJECT, projects.all(), scope_of=lambda row: row.id)
    found = [_thing("project", row, row.description) for row in seen]
    registers: tuple[tuple[Sort, type[schema.Named]], ...] = (
        ("theme", schema.Theme),
        ("area", schema.Area),
        ("programme", schema.Programme),
    )
    for sort, table in registers:
        rows = connection.execute(sa.select(*names_of(table)).order_by(table.id)).all()
        found += [_thing(sort, row, None) for row in visible_rows(user, Kind.REGISTER, rows)]
    proposals = connection.execute(
        sa.select(proposal.id, proposal.title, proposal.category, proposal.area_id).order_by(
            proposal.id
        )
    ).all()
    found += [
        NamedThing(
            "proposal",
            row.id,
            (row.title, None, None),
            f"{row.title} {row.category or ''}",
            row.category,
            row.area_id,
        )
        for row in visible_rows(user, Kind.PROPOSAL, proposals)
    ]
    return found


def _thing(sort: Sort, row: sa.Row, more: str | None) -> NamedThing:
    names = (row.name_fi, row.name_sv, row.name_en)
    return NamedThing(sort, row.id, names, " ".join(filter(None, (*names, row.code, more))))
