"""Things that are there and are somebody else's: whoever asks for one is denied, and it is noted.

A page shows what its reader may see and nothing else, so a number of another's thing in an address
leads nowhere, as a number of nothing does. Only here the two are told apart, for the audit.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from data import schema
from data.access import User, can
from data.permissions import Kind, Verb
from data.reporting.rights import sees

_PROMISED = schema.IndicatorTarget
_OF_PROMISE = (_PROMISED.project_id.label("project"), _PROMISED.funder_id.label("funder"))
#: How the project, and the funder where it matters, of a thing are found by the thing's number.
OWNERS: Mapping[str, sa.Select] = {
    "project": sa.select(schema.Project.id.label("project"), sa.null().label("funder"),
                         schema.Project.id.label("number")),
    "funder": sa.select(sa.null().label("project"), schema.Funder.id.label("funder"),
                        schema.Funder.id.label("number")),
    "collection": sa.select(schema.Collection.project_id.label("project"),
                            sa.null().label("funder"), schema.Collection.id.label("number")),
    "period": sa.select(schema.ReportingPeriod.project_id.label("project"),
                        schema.ReportingPeriod.funder_id.label("funder"),
                        schema.ReportingPeriod.id.label("number")),
    "target": sa.select(*_OF_PROMISE, _PROMISED.id.label("number")),
    "reported": sa.select(*_OF_PROMISE, schema.ReportedValue.id.label("number"))
    .join(_PROMISED, _PROMISED.id == schema.ReportedValue.target_id),
}  # fmt: skip
KINDS = tuple(OWNERS)


def is_beyond(connection: sa.Connection, user: User, kind: str, number: int) -> bool:
    """Whether a thing of a kind (one of KINDS) is there and the user may not see it."""
    owners = OWNERS[kind].subquery()
    asked = sa.select(owners.c.project, owners.c.funder).where(owners.c.number == number)
    found = connection.execute(asked).one_or_none()
    if found is None:
        return False
    project, funder = found
    if project is None:
        return not can(user, Verb.READ, Kind.FUNDER, funder)
    if funder is not None:
        return not sees(user, project, funder)
    # Who reads a project may know that it asked people, whether or not they run the survey.
    return not can(user, Verb.READ, Kind.PROJECT, project)
