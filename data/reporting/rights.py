"""Who sees and does what at the funder's desk.

A project may have several funders, and each sees and approves what the project promised them and
nobody else's. Everybody else reaches projects as `data.permissions` says.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from data.access import NotPermitted, Role, User, can, reach, require
from data.permissions import Kind, Verb
from data.schema import IndicatorTarget


def own_funders(user: User) -> frozenset[int]:
    """The funders for whom somebody stands."""
    return frozenset(
        grant.funder
        for grant in user.grants
        if grant.role is Role.FUNDER and grant.funder is not None
    )


def reports(user: User, project: int | None = None) -> bool:
    """Whether somebody may write what a project (or, without one, every project) reports."""
    return can(user, Verb.REPORT, Kind.INDICATOR, project)


def sees_inside(user: User, project: int) -> bool:
    """Whether somebody sees a project's reported values as those inside do."""
    return can(_without_funder(user), Verb.READ, Kind.INDICATOR, project)


def sees(user: User, project: int, funder: int) -> bool:
    """Whether somebody sees what a project reports to a funder."""
    return sees_inside(user, project) or _stands_for(user, project, funder)


def approves(user: User, project: int, funder: int) -> bool:
    """Whether somebody may approve what a project reports to a funder, or send it back."""
    everywhere = can(_without_funder(user), Verb.APPROVE, Kind.INDICATOR, project)
    own = can(user, Verb.APPROVE, Kind.INDICATOR, project) and _stands_for(user, project, funder)
    return everywhere or own


def require_approval(user: User, project: int, funder: int) -> None:
    """Nothing, when somebody approves what a project reports to a funder. Raises: NotPermitted."""
    require(user, Verb.APPROVE, Kind.INDICATOR, project)
    if not approves(user, project, funder):
        raise NotPermitted(
            f"{user.name} may approve only what is reported to their own funder. Ask the funder "
            "of this target.",
            user, verb=Verb.APPROVE, kind=Kind.INDICATOR, scope=project,
        )  # fmt: skip


def visible_targets(user: User) -> sa.ColumnElement[bool]:
    """The condition under which a target (`data.schema.IndicatorTarget`) is seen."""
    inside = reach(_without_funder(user), Verb.READ, Kind.INDICATOR)
    if inside is None:
        return sa.true()
    target = IndicatorTarget
    funded = [
        (target.funder_id == funder) & target.project_id.in_(user.funded.get(funder, frozenset()))
        for funder in sorted(own_funders(user))
    ]
    return sa.or_(sa.false(), target.project_id.in_(inside), *funded)


def sees_desk(
    connection: sa.Connection, user: User, funder: int, project: int | None = None
) -> bool:
    """Whether somebody sees anything that is promised to a funder, by some project or by one."""
    target = IndicatorTarget
    asked = [visible_targets(user), target.funder_id == funder]
    asked += [] if project is None else [target.project_id == project]
    return connection.scalar(sa.select(target.id).where(*asked).limit(1)) is not None


def _stands_for(user: User, project: int, funder: int) -> bool:
    return funder in own_funders(user) and project in user.funded.get(funder, frozenset())


def _without_funder(user: User) -> User:
    grants = tuple(grant for grant in user.grants if grant.role is not Role.FUNDER)
    return replace(user, grants=grants)
