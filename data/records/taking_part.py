"""Which organisations take part in which projects: queries that the folding and the pages share."""

from __future__ import annotations

import sqlalchemy as sa

from data.schema import ActivityEvent, EventOrganisation, Organisation, ProjectOrganisation

#: The kind of organisation whose clients are pupils.
SCHOOL = "school"


def taking_part() -> sa.Select:
    """Columns: project, organisation, sector. One row for each organisation of a project that came
    to an event of it, or is said to take part."""
    came = sa.select(ActivityEvent.project_id, EventOrganisation.organisation_id).join(
        ActivityEvent, ActivityEvent.id == EventOrganisation.event_id
    )
    told = sa.select(ProjectOrganisation.project_id, ProjectOrganisation.organisation_id)
    both = sa.union(came, told).subquery()
    return sa.select(
        both.c.project_id.label("project"),
        both.c.organisation_id.label("organisation"),
        Organisation.kind.label("sector"),
    ).join(Organisation, Organisation.id == both.c.organisation_id)


def with_pupils() -> sa.Select:
    """Column: project. The projects in which a school takes part."""
    found = taking_part().subquery()
    return sa.select(found.c.project).where(found.c.sector == SCHOOL).distinct()
