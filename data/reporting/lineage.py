"""Who took what over from whom: solutions that later projects built on, and that organisations took
into use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from data.access import User, visible_projects
from data.schema import Adoption, Organisation, Solution, SolutionReuse


@dataclass(frozen=True, slots=True)
class Handover:
    """A solution that went on. to_project: the later project that built on it, or to: the
    organisation that took it into use; the other one is None."""

    solution: int
    name: str
    from_project: int
    ready_on: date | None
    to_project: int | None
    to: str | None
    on: date | None
    in_use: bool | None


def lineage(connection: sa.Connection, user: User, project: int | None = None) -> list[Handover]:
    """What went on from the projects that a user may see, and into them, by solution.

    project: only what one project gave or took.
    """
    reused = connection.execute(
        sa.select(
            Solution.id, Solution.name, Solution.project_id, Solution.ready_on,
            SolutionReuse.project_id.label("to_project"),
        ).join(SolutionReuse, SolutionReuse.solution_id == Solution.id)
    )  # fmt: skip
    adopted = connection.execute(
        sa.select(
            Solution.id, Solution.name, Solution.project_id, Solution.ready_on,
            Organisation.name.label("to"), Adoption.adopted_on, Adoption.in_use,
        )
        .join(Adoption, Adoption.solution_id == Solution.id)
        .join(Organisation, Organisation.id == Adoption.organisation_id)
    )  # fmt: skip
    found = [
        Handover(row.id, row.name, row.project_id, row.ready_on, row.to_project, None, None, None)
        for row in reused
    ]
    found += [
        Handover(
            row.id, row.name, row.project_id, row.ready_on, None, row.to, row.adopted_on, row.in_use
        )
        for row in adopted
    ]
    allowed = visible_projects(user)

    def concerns(each: Handover) -> bool:
        ends = {each.from_project, each.to_project} - {None}
        wanted = project is None or project in ends
        return wanted and (allowed is None or bool(ends & allowed))

    return sorted(
        filter(concerns, found),
        key=lambda each: (each.from_project, each.solution, each.to_project or 0, each.to or ""),
    )
