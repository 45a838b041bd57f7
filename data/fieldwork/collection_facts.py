"""Collections that are answered by link, as those who run them see them: times, state, counts.

A count that grows while one looks tells of single people, so counts of groups are told in steps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from data import schema
from data.access import User, require, visible_rows
from data.fieldwork import openings
from data.fieldwork.openings import OpeningFacts, State
from data.permissions import Kind, Verb

#: Counts of a group are told as "at least", in steps of this; fewer in all are not told.
STEP = 5


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many of a group answered, at least; invited: how many were asked, affected: how many
    the matter of the project concerns, each None where nobody said so."""

    group: str
    invited: int | None
    affected: int | None
    answered: int

    @property
    def rate(self) -> float | None:
        """The share of the invited that answered, at least; None where it is not known."""
        return min(1.0, self.answered / self.invited) if self.invited else None

    @property
    def coverage(self) -> float | None:
        """The share of those concerned that answered, at least; None where it is not known."""
        return min(1.0, self.answered / self.affected) if self.affected else None


@dataclass(frozen=True, slots=True)
class CollectionFacts:
    """A collection that is answered by link. answered: at least so many in all, None while no group
    has STEP; it is the sum of what the groups tell, so that it tells no more of any of them."""

    opening: OpeningFacts
    state: State
    counts: tuple[GroupCount, ...]
    answered: int | None
    reminded_on: date | None
    created_at: datetime
    created_by: str


def collections_of(
    connection: sa.Connection, user: User, now: datetime, project: int | None = None
) -> list[CollectionFacts]:
    """The collections by link that a user may see, of one project or of all, newest first."""
    asked, fielding = schema.Opening, schema.Collection
    found = sa.select(asked.collection_id, fielding.project_id).join(
        fielding, fielding.id == asked.collection_id
    )
    if project is not None:
        found = found.where(fielding.project_id == project)
    rows = connection.execute(found.order_by(asked.created_at.desc(), fielding.id.desc())).all()
    seen = visible_rows(user, Kind.COLLECTION, rows, scope_of=lambda row: row.project_id)
    return _facts(connection, [row.collection_id for row in seen], now)


def collection(
    connection: sa.Connection, user: User, now: datetime, number: int
) -> CollectionFacts:
    """One collection by link. Raises: NotPermitted, InvalidCollection (unknown)."""
    fielding = schema.Collection
    project = connection.scalar(sa.select(fielding.project_id).where(fielding.id == number))
    require(user, Verb.READ, Kind.COLLECTION, project)
    if found := _facts(connection, [number], now):
        return found[0]
    raise openings.InvalidCollection("unknown", f"Collection {number} is not answered by link.")


def _facts(
    connection: sa.Connection, numbers: Sequence[int], now: datetime
) -> list[CollectionFacts]:
    found = openings.of_collections(connection, numbers)
    answered = _answered(connection, numbers)
    invited = _by_group(connection, schema.CollectionGroup, "collection_id", "invited", numbers)
    projects = [opening.project for opening in found]
    affected = _by_group(connection, schema.AffectedPopulation, "project_id", "people", projects)
    asked = schema.Opening
    kept = {
        row.collection_id: row
        for row in connection.execute(
            sa.select(
                asked.collection_id, asked.reminded_on, asked.created_at, asked.created_by
            ).where(asked.collection_id.in_(numbers))
        )
    }
    return [
        CollectionFacts(
            opening,
            opening.state(now),
            tuple(
                GroupCount(
                    group,
                    invited[opening.collection].get(group),
                    affected[opening.project].get(group),
                    _in_steps(answered[opening.collection].get(group, 0)),
                )
                for group in opening.groups
            ),
            _told(sum(map(_in_steps, answered[opening.collection].values()))),
            kept[opening.collection].reminded_on,
            kept[opening.collection].created_at,
            kept[opening.collection].created_by,
        )
        for opening in found
    ]


def _answered(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
    said = schema.Response
    by = (said.collection_id, said.group_code)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for number, group, people in connection.execute(
        sa.select(*by, sa.func.count()).where(said.collection_id.in_(numbers)).group_by(*by)
    ):
        counts[number][group] = people
    return counts


def _by_group(
    connection: sa.Connection, table: type, owner: str, column: str, owners: Sequence[int]
) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    whose = getattr(table, owner)
    for number, group, people in connection.execute(
        sa.select(whose, table.group_code, getattr(table, column)).where(whose.in_(owners))
    ):
        counts[number][group] = people
    return counts


def _in_steps(people: int) -> int:
    return people - people % STEP


def _told(people: int) -> int | None:
    return people if people >= STEP else None
