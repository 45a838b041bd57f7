"""Residents' proposals and their fate. They are public records, so everybody who is let in reads
them; the project that took one over is named only to those who may see the project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from data import schema
from data.access import Kind, User, visible_projects, visible_rows
from data.records.register import MOST_ROWS, Page, alphabet, within


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal and where it stands now. Missing: status is None where nobody recorded one."""

    id: int
    code: str
    title: str
    category: str | None
    area: int | None
    project: int | None
    theme: int | None
    taken_up_by: str | None
    status: str | None
    status_on: date | None


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How many proposals a category has, and how many of them somebody took up.

    Missing: category is None for proposals that have none.
    """

    category: str | None
    proposals: int
    taken_up: int


@dataclass(frozen=True, slots=True)
class StatusStep:
    position: int
    status: str
    on_date: date | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that a proposal was merged into. Unit: euros; budget_eur is the whole plan's."""

    code: str
    selected: bool
    budget_eur: Decimal | None
    share_eur: Decimal | None


def proposals(
    connection: sa.Connection,
    user: User,
    *,
    category: str | None = None,
    area: int | None = None,
    status: str | None = None,
    project: int | None = None,
    offset: int = 0,
    limit: int = 50,
) -> Page[Proposal]:
    """A page of the proposals of a category, of an area and those in it, of a status, of a project.

    Rows: proposals, in the order of their codes.
    """
    proposal, now = schema.Proposal, _standing()
    wanted = _wanted(now, user, category=category, area=area, status=status, project=project)
    chosen = sa.select(proposal.id).outerjoin(now, now.c.proposal_id == proposal.id).where(*wanted)
    total = connection.scalar(sa.select(sa.func.count()).select_from(chosen.subquery()))
    found = connection.execute(
        sa.select(
            proposal.id,
            proposal.code,
            proposal.title,
            proposal.category,
            proposal.area_id,
            proposal.project_id,
            proposal.theme_id,
            proposal.taken_up_by,
            now.c.status,
            now.c.on_date,
        )
        .outerjoin(now, now.c.proposal_id == proposal.id)
        .where(*wanted)
        .order_by(proposal.code)
        .offset(offset)
        .limit(min(limit, MOST_ROWS))
    )
    rows = visible_rows(user, Kind.PROPOSAL, [Proposal(*row) for row in found])
    seen = visible_projects(user)
    if seen is not None:
        rows = [row if row.project in seen else replace(row, project=None) for row in rows]
    return Page(rows, total)


def proposal_categories(connection: sa.Connection, user: User) -> list[str]:
    """The categories that proposals have, as the registers name them."""
    category = schema.Proposal.category
    found = connection.scalars(sa.select(category).where(category.is_not(None)).distinct())
    return visible_rows(user, Kind.PROPOSAL, sorted(found, key=alphabet))


def proposal_counts(connection: sa.Connection, user: User) -> list[CategoryCount]:
    """How many proposals each category has and how many were taken up, the largest first.

    A proposal was taken up when it names who did it, or when any step of its history says so.
    """
    proposal, step = schema.Proposal, schema.ProposalStatus
    stepped = sa.exists().where(
        step.proposal_id == proposal.id, step.status.in_(schema.TAKEN_UP_STATUSES)
    )
    named = proposal.taken_up_by.is_not(None) & (sa.func.trim(proposal.taken_up_by) != "")
    found = connection.execute(
        sa.select(
            proposal.category,
            sa.func.count(),
            sa.func.sum(sa.case((named | stepped, 1), else_=0)),
        ).group_by(proposal.category)
    )
    counted = [CategoryCount(*row) for row in found]
    counted.sort(key=lambda one: (-one.proposals, alphabet(one.category)))
    return visible_rows(user, Kind.PROPOSAL, counted)


def proposal_history(connection: sa.Connection, user: User, proposal: int) -> list[StatusStep]:
    """The steps of a proposal's fate, the first one first."""
    step = schema.ProposalStatus
    found = connection.execute(
        sa.select(step.position, step.status, step.on_date, step.reason)
        .where(step.proposal_id == proposal)
        .order_by(step.position)
    )
    return visible_rows(user, Kind.PROPOSAL, [StatusStep(*row) for row in found])


def proposal_plans(connection: sa.Connection, user: User, proposal: int) -> list[Plan]:
    """The plans that a proposal was merged into."""
    plan = schema.ProposalPlan
    found = connection.execute(
        sa.select(plan.plan_code, plan.selected, plan.budget_eur, plan.share_eur)
        .where(plan.proposal_id == proposal)
        .order_by(plan.plan_code)
    )
    return visible_rows(user, Kind.PROPOSAL, [Plan(*row) for row in found])


def _standing() -> sa.Subquery:
    """The last step of each proposal."""
    step = schema.ProposalStatus
    last = (
        sa.select(step.proposal_id, sa.func.max(step.position).label("position"))
        .group_by(step.proposal_id)
        .subquery()
    )
    return (
        sa.select(step.proposal_id, step.status, step.on_date)
        .join(
            last,
            (last.c.proposal_id == step.proposal_id) & (last.c.position == step.position),
        )
        .subquery("standing")
    )


def _wanted(
    now: sa.Subquery,
    user: User,
    *,
    category: str | None,
    area: int | None,
    status: str | None,
    project: int | None,
) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if category is not None:
        wanted.append(schema.Proposal.category == category)
    if area is not None:
        wanted.append(schema.Proposal.area_id.in_(within(area)))
    if status is not None:
        wanted.append(now.c.status == status)
    if project is not None:
        wanted.append(schema.Proposal.project_id == project)
        seen = visible_projects(user)
        if seen is not None:
            # A filter by a hidden project would tell which proposals it took over.
            wanted.append(schema.Proposal.project_id.in_(seen))
    return wanted
