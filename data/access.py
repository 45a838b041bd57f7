"""Who may see which of the protected figures and rows, and who may do what.

One table says it all: `data.permissions`, role by verb by kind. What is not in it is denied, and
a denial looks like something that is not there. Figures are protected once for everybody
(`metrics.disclosure`); here they are only left out, never changed.
"""

from __future__ import annotations

import getpass
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa

from data.permissions import FIGURES, OPENED_BY, PAGES, PERMISSIONS, Kind, Reach, Role, Verb
from data.schema import AppUser, ProjectFunder, UserGrant
from metrics.metric import Level, Profile, Result

T = TypeVar("T")

#: The issuer of the sample's personas. No identity provider may speak for it.
SAMPLE_ISSUER = "arviomo:sample"
#: The issuer of those who sign in with a password of ours. No identity provider may speak for it.
LOCAL_ISSUER = "arviomo:local"
#: The issuer of those who were invited and have not come yet. No identity provider may speak for
#: it, and nobody signs in under it.
INVITED_ISSUER = "arviomo:invited"

#: The number of whoever runs the command line; the database gives it to nobody.
OPERATOR = 0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Denial:
    """Who tried what, as the audit will tell it: of which thing, as ``kind:number``, and more."""

    actor: str
    subject: str
    told: Mapping[str, object]


#: What is not yet written into the audit; the oldest of too many are forgotten.
denials: deque[Denial] = deque(maxlen=1000)


class NotPermitted(Exception):
    """Somebody tried what none of their roles allows. It is logged, and kept for the audit: what
    was tried is rolled back, so it is written down afterwards (`data.audit.write_denials`)."""

    def __init__(
        self, message: str, actor: User | None = None, subject: str = "policy", **told: object
    ) -> None:
        super().__init__(message)
        note_denial(message, actor, subject, **told)


def note_denial(
    message: str, actor: User | None = None, subject: str = "policy", **told: object
) -> None:
    """Somebody was refused something: it stands in the log at once, in the audit soon after.

    message: beginning with the actor's name, which the audit tells and the log does not.
    """
    if actor:
        log.warning("denied: %s", ascii(f"user {actor.id}{message.removeprefix(actor.name)}"))
    else:
        log.warning("denied: %s", ascii(message))
    who = f"{actor.id} {actor.name}" if actor else "somebody"
    denials.append(Denial(who, subject, {**told, "what": message}))


@dataclass(frozen=True, slots=True)
class Grant:
    """A role; a manager's is for one project, a funder's for one funder."""

    role: Role
    project: int | None = None
    funder: int | None = None


@dataclass(frozen=True, slots=True)
class User:
    """A person who is let in. funded: the projects of each funder that a grant names."""

    id: int
    name: str
    grants: tuple[Grant, ...]
    funded: Mapping[int, frozenset[int]] = field(default_factory=dict, hash=False)

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)


# --- who somebody is ----------------------------------------------------------------------------


def user_of(connection: sa.Connection, issuer: str, subject: str) -> User | None:
    """The person whom an identity provider names.

    Missing: None for a stranger, for somebody disabled or without a role, and for a persona.
    """
    if issuer == SAMPLE_ISSUER:
        return None
    users = _users(connection, AppUser.issuer == issuer, AppUser.subject == subject)
    return next((user for user in users if user.grants), None)


def person_known(connection: sa.Connection, issuer: str, subject: str) -> int | None:
    """The number of the person whom an identity provider names, with or without a role.

    Missing: None for a stranger, for somebody disabled, and for names that are ours to give.
    """
    if issuer in (SAMPLE_ISSUER, LOCAL_ISSUER, INVITED_ISSUER):
        return None
    known = sa.select(AppUser.id).where(AppUser.issuer == issuer, AppUser.subject == subject)
    return connection.scalar(known.where(AppUser.disabled_at.is_(None)))


def is_let_in(connection: sa.Connection, number: int) -> bool:
    """Whether the person of a number may sign in; personas of the sample never do, and those who
    were invited not before they have come."""
    may = sa.select(AppUser.id).where(
        AppUser.id == number,
        AppUser.disabled_at.is_(None),
        AppUser.issuer.not_in((SAMPLE_ISSUER, INVITED_ISSUER)),
    )
    return connection.scalar(may) is not None


def actor(connection: sa.Connection, number: int) -> str:
    """How the audit names the person of a number."""
    return f"{number} {connection.scalar(sa.select(AppUser.name).where(AppUser.id == number))}"


def user_numbered(connection: sa.Connection, number: int) -> User | None:
    """The person of a number, with the rights that they have now; None where they have none."""
    users = _users(connection, AppUser.id == number)
    return next((user for user in users if user.grants), None)


def personas(connection: sa.Connection) -> list[User]:
    """The people of the sample, one or more for each role, in the order they were added."""
    return _users(connection, AppUser.issuer == SAMPLE_ISSUER)


def persona(role: str, connection: sa.Connection) -> User | None:
    """The sample's first person with a role; None where the sample is not loaded."""
    return next((user for user in personas(connection) if role in user.roles), None)


def operator() -> User:
    """Whoever runs the command line: they hold the database itself, so they may do everything."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        name = str(os.getuid())
    return User(OPERATOR, f"command line: {name}", (Grant(Role.ADMINISTRATOR),))


def _users(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> list[User]:
    granted = connection.execute(
        sa.select(
            AppUser.id, AppUser.name, UserGrant.role, UserGrant.project_id, UserGrant.funder_id
        )
        .outerjoin(UserGrant, UserGrant.user_id == AppUser.id)
        .where(AppUser.disabled_at.is_(None), *which)
        .order_by(AppUser.id, UserGrant.id)
    ).all()
    names = {row.id: row.name for row in granted}
    grants: dict[int, list[Grant]] = {number: [] for number in names}
    for row in granted:
        if row.role is not None:
            grants[row.id].append(Grant(Role(row.role), row.project_id, row.funder_id))
    funded = _funded(connection, {row.funder_id for row in granted} - {None})
    return [
        User(
            number,
            names[number],
            tuple(given),
            {g.funder: funded[g.funder] for g in given if g.funder is not None},
        )
        for number, given in grants.items()
    ]


def _funded(connection: sa.Connection, funders: set[int]) -> dict[int, frozenset[int]]:
    projects: dict[int, set[int]] = {funder: set() for funder in funders}
    if funders:
        for funder, project in connection.execute(
            sa.select(ProjectFunder.funder_id, ProjectFunder.project_id).where(
                ProjectFunder.funder_id.in_(funders)
            )
        ):
            projects[funder].add(project)
    return {funder: frozenset(found) for funder, found in projects.items()}


# --- what somebody may do -----------------------------------------------------------------------


def can(user: User, verb: Verb, kind: Kind, scope: int | None = None) -> bool:
    """Whether a user may do something to one thing of a kind, or, without scope, to all of them.

    scope is the number of the funder for funders and their figures, else of the project.
    """
    allowed = _allowed(user.grants, user, verb, kind)
    return allowed is None or (scope is not None and scope in allowed)


def require(user: User, verb: Verb, kind: Kind, scope: int | None = None) -> None:
    """Nothing, when the user may. Raises: NotPermitted; the attempt is logged."""
    if not can(user, verb, kind, scope):
        where = "" if scope is None else f" {scope}"
        raise NotPermitted(
            f"{user.name} may not {verb} {kind}{where}. Ask an administrator for the role.",
            user, verb=verb, kind=kind, scope=scope,
        )  # fmt: skip


def pages_for(user: User) -> tuple[str, ...]:
    """The pages that a user may open, in the order of the navigation."""
    allowed = {one for role in user.roles for one in PERMISSIONS[role]}
    return tuple(
        page
        for page, kinds in PAGES.items()
        if allowed.intersection((OPENED_BY.get(page, Verb.READ), kind) for kind in kinds)
    )


def reach(user: User, verb: Verb, kind: Kind) -> frozenset[int] | None:
    """The numbers of the projects (or funders) in which a user may do something; None for all."""
    return _allowed(user.grants, user, verb, kind)


def _allowed(grants: Iterable[Grant], user: User, verb: Verb, kind: Kind) -> frozenset[int] | None:
    """The numbers of the things that grants reach; None for all, empty for none."""
    numbers: set[int] = set()
    for grant in grants:
        reach = PERMISSIONS[grant.role].get((verb, kind))
        if reach is Reach.ALL:
            return None
        if reach is Reach.OWN:
            numbers |= _own(grant, user, kind)
    return frozenset(numbers)


def _own(grant: Grant, user: User, kind: Kind) -> frozenset[int]:
    if grant.role is Role.MANAGER:
        return frozenset({grant.project})
    if kind in (Kind.FUNDER, Kind.FUNDER_FIGURES):
        return frozenset({grant.funder})
    return user.funded.get(grant.funder, frozenset())


# --- what somebody may see ----------------------------------------------------------------------


def profile_of(user: User) -> Profile:
    """The protection under which a user reads figures: the public one for funders alone.

    One user reads one profile only. The two hide different figures, so whoever read both could
    subtract one from the other.
    """
    return Profile.INSIDE if user.roles - {Role.FUNDER} else Profile.PUBLIC


def visible_projects(user: User) -> frozenset[int] | None:
    """The numbers of the projects whose rows a user may see; None for all."""
    return _allowed(user.grants, user, Verb.READ, Kind.PROJECT)


def visible_entities(user: User, level: Level) -> frozenset[int] | None:
    """The numbers of the entities of a level whose figures a user may see; None for all.

    What a funder's grant reaches is meant for the public profile. Somebody who reads figures
    inside has them from the other roles only.
    """
    grants = user.grants
    if profile_of(user) is Profile.INSIDE:
        grants = tuple(grant for grant in grants if grant.role is not Role.FUNDER)
    return _allowed(grants, user, Verb.READ, FIGURES[level])


def visible_levels(user: User) -> tuple[Level, ...]:
    """The levels at which a user sees any figure."""
    return tuple(level for level in Level if visible_entities(user, level) != frozenset())


def visible_results(user: User, results: Iterable[Result]) -> list[Result]:
    """The results that a user may see; the others are left out as if they were not there."""
    reach = {level: visible_entities(user, level) for level in Level}

    def seen(result: Result) -> bool:
        entities = reach[Level(result.level)]
        return entities is None or result.entity in entities

    return [result for result in results if seen(result)]


def visible_rows(
    user: User, kind: Kind, rows: Sequence[T], scope_of: Callable[[T], int | None] | None = None
) -> list[T]:
    """The rows of a kind that a user may see. scope_of: the project (or funder) of a row."""
    allowed = _allowed(user.grants, user, Verb.READ, kind)
    if allowed is None:
        return list(rows)
    if scope_of is None:
        return []
    return [row for row in rows if scope_of(row) in allowed]
