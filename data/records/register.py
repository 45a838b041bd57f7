"""Themes, areas, programmes and funders, and how an entity is called."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import sqlalchemy as sa

from data import schema
from data.access import Kind, User, visible_rows
from survey.instrument import GROUPS, UNKNOWN_GROUP
from survey.text import DEFAULT_LANGUAGE

T = TypeVar("T")
GROUP_ORDER = (*GROUPS, UNKNOWN_GROUP)
#: A page of rows holds at most this many, however many are asked for.
MOST_ROWS = 5_000


class HasNames(Protocol):
    @property
    def name_fi(self) -> str: ...
    @property
    def name_sv(self) -> str | None: ...
    @property
    def name_en(self) -> str | None: ...


N = TypeVar("N", bound=HasNames)


@dataclass(frozen=True, slots=True)
class Named:
    """An entity by its number, its code, and its names as somebody wrote them."""

    id: int
    code: str
    name_fi: str
    name_sv: str | None
    name_en: str | None


@dataclass(frozen=True, slots=True)
class Area:
    """A place in the tree. depth is 0 for a place within no other."""

    id: int
    code: str
    name_fi: str
    name_sv: str | None
    name_en: str | None
    kind: str
    parent: int | None
    population: int | None
    latitude: float | None
    longitude: float | None
    depth: int


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of many. total: how many there are in all."""

    rows: list[T]
    total: int


def name_in(entity: HasNames, language: str) -> str:
    """The name of an entity in a language, or the Finnish one where nobody wrote it."""
    return getattr(entity, f"name_{language}", None) or entity.name_fi


# å, ä and ö end the alphabet, in this order; the databases that we support do not agree on it.
_LAST_LETTERS = str.maketrans("åäö", "{|}")  # the signs after z


def alphabet(text: str | None) -> str:
    """What a text is sorted by; nothing comes last."""
    return "~" if text is None else text.casefold().translate(_LAST_LETTERS)


def alphabetical(entities: Iterable[N], language: str = DEFAULT_LANGUAGE) -> list[N]:
    """The entities in the order of the Finnish and Swedish alphabet."""
    return sorted(entities, key=lambda entity: alphabet(name_in(entity, language)))


def names_of(entity: type[schema.Named]) -> tuple[sa.ColumnElement, ...]:
    """The columns of `Named`, for a select."""
    return (entity.id, entity.code, entity.name_fi, entity.name_sv, entity.name_en)


def themes(connection: sa.Connection, user: User) -> list[Named]:
    """All themes, in the order of the alphabet."""
    return visible_rows(user, Kind.REGISTER, _named(connection, schema.Theme))


def programmes(connection: sa.Connection, user: User) -> list[Named]:
    """All programmes, in the order of the alphabet."""
    return visible_rows(user, Kind.REGISTER, _named(connection, schema.Programme))


def funders(connection: sa.Connection, user: User) -> list[Named]:
    """The funders that the user may see, in the order of the alphabet; a funder sees itself."""
    found = _named(connection, schema.Funder)
    return visible_rows(user, Kind.FUNDER, found, scope_of=lambda funder: funder.id)


def _named(connection: sa.Connection, entity: type[schema.Named]) -> list[Named]:
    found = connection.execute(sa.select(*names_of(entity)))
    return alphabetical(Named(*row) for row in found)


def areas(connection: sa.Connection, user: User) -> list[Area]:
    """All places, each followed by the places within it, in the order of the alphabet."""
    place = schema.Area
    found = connection.execute(
        sa.select(
            *names_of(place),
            place.kind,
            place.parent_id,
            place.population,
            place.latitude,
            place.longitude,
        )
    )
    children: dict[int | None, list] = defaultdict(list)
    for row in alphabetical(found):
        children[row.parent_id].append(row)
    ordered: list[Area] = []
    waiting = [(row, 0) for row in reversed(children[None])]
    while waiting:
        row, depth = waiting.pop()
        ordered.append(Area(*row, depth))
        waiting.extend((child, depth + 1) for child in reversed(children[row.id]))
    return visible_rows(user, Kind.REGISTER, ordered)


def within(area: int) -> sa.Select[tuple[int]]:
    """The numbers of an area and of every area inside it, as a query."""
    # UNION drops what was found before, so a ring of areas cannot make this run for ever.
    tree = sa.select(schema.Area.id).where(schema.Area.id == area).cte("within", recursive=True)
    inner = sa.select(schema.Area.id).join(tree, schema.Area.parent_id == tree.c.id)
    return sa.select(tree.union(inner).c.id)


def gathered(connection: sa.Connection, pairs: sa.Select) -> dict[int, list]:
    """What a query of pairs says, by the first of each pair; empty for what it does not name."""
    found: dict[int, list] = defaultdict(list)
    for number, value in connection.execute(pairs):
        found[number].append(value)
    return found
