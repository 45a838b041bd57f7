"""What projects cost: the money that their funders granted, and what of it was used."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from data.access import User, reach
from data.permissions import Kind, Verb
from data.reporting.rights import own_funders, sees_inside
from data.schema import ActivityEvent, ProjectFunder


@dataclass(frozen=True, slots=True)
class Cost:
    """Euros of a project, as far as its reader sees whose money it is.

    events: what its events cost, which the funders' money paid, so the two are never added.
    Missing: None where nobody wrote it down; events also for a funder whose money is not the only
    one in the project, because nobody wrote down which money paid an event.
    """

    granted: Decimal | None
    used: Decimal | None
    events: Decimal | None


def costs(connection: sa.Connection, user: User) -> dict[int, Cost]:
    """The money of the projects that a user reports or reads reports of, by project.

    A funder sees its own money and not that of others.
    """
    allowed = reach(user, Verb.READ, Kind.INDICATOR)
    funding, event = ProjectFunder, ActivityEvent
    which = sa.true() if allowed is None else funding.project_id.in_(allowed)
    money: dict[int, list[sa.Row]] = {}
    others: set[int] = set()
    for row in connection.execute(
        sa.select(
            funding.project_id, funding.funder_id, funding.granted_eur, funding.used_eur
        ).where(which)
    ):
        if sees_inside(user, row.project_id) or row.funder_id in own_funders(user):
            money.setdefault(row.project_id, []).append(row)
        else:
            others.add(row.project_id)
    which = sa.true() if allowed is None else event.project_id.in_(allowed)
    held = dict(
        connection.execute(
            sa.select(event.project_id, sa.func.sum(event.cost_eur))
            .where(which, event.cost_eur.is_not(None))
            .group_by(event.project_id)
        ).all()
    )
    return {
        project: Cost(
            _sum([row.granted_eur for row in money.get(project, [])]),
            _sum([row.used_eur for row in money.get(project, [])]),
            None if project in others else held.get(project),
        )
        for project in sorted({*money, *held} - (others - money.keys()))
    }


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
