"""The release register: which people figures were released of, and which are too close to them.

Whoever holds two releases can subtract them. So a release is refused when some people of whom it
speaks are almost those of another release: when 1 to MINIMUM - 1 people are in the one and not in
the other. That holds of filters (under 20, under 25), of areas whose borders moved, of dates, and
of two releases of one collection. Who releases something calls `refuse_close` with everything that
the release speaks of, and stores it with `register` in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations, product

import orjson
import sqlalchemy as sa

from data.schema import ReleasedPopulation
from metrics.metric import Profile
from metrics.unsafe import MINIMUM


class TooClose(Exception):
    """Two released populations would differ by a few people; the message names both."""


@dataclass(frozen=True)
class Population:
    """Some people of whom figures are released.

    cells: how many people of each cell; a cell is named by what tells people apart (a collection,
    group and revision; an age; a strip of land), and the same people have the same name in every
    release. project is None where several are spoken of.
    """

    profile: Profile
    project: int | None
    instrument: str
    wave: str
    split: str
    split_value: str
    cells: Mapping[str, int]

    @property
    def people(self) -> int:
        return sum(self.cells.values())

    def __str__(self) -> str:
        whose = "several projects" if self.project is None else f"project {self.project}"
        split = f"{self.split} {self.split_value}".strip()
        return f"{whose}, {self.instrument}, {self.wave}, {split} ({self.profile})"


def refuse_close(populations: Sequence[Population], released: Sequence[Population] = ()) -> None:
    """Nothing, when no two of the populations, and none of them and a released one, are close.

    Raises: TooClose.
    """
    for one, other in [*combinations(populations, 2), *product(populations, released)]:
        fewest = max(MINIMUM[one.profile], MINIMUM[other.profile])
        if any(0 < apart < fewest for apart in _apart(one, other)):
            raise TooClose(
                f"{one} and {other} differ by fewer than {fewest} people, whose answers would "
                "follow from the difference. Release the one that was released before, or wait "
                "until they differ by more."
            )


def read_released(connection: sa.Connection, instrument: str) -> list[Population]:
    """What was released of an instrument so far, oldest first."""
    table = ReleasedPopulation
    rows = connection.execute(
        sa.select(table.__table__).where(table.instrument == instrument).order_by(table.id)
    )
    return [
        Population(
            Profile(row.profile),
            row.project_id,
            row.instrument,
            row.wave,
            row.split,
            row.split_value,
            orjson.loads(row.cells),
        )
        for row in rows
    ]


def register(connection: sa.Connection, populations: Sequence[Population]) -> None:
    """Nothing; the populations are released from now on. Call it while writing.

    Raises: TooClose.
    """
    for instrument in sorted({each.instrument for each in populations}):
        own = [each for each in populations if each.instrument == instrument]
        refuse_close(own, read_released(connection, instrument))
    rows = [
        {
            "released_at": datetime.now(UTC).replace(tzinfo=None),
            "profile": each.profile.value,
            "project_id": each.project,
            "instrument": each.instrument,
            "wave": each.wave,
            "split": each.split,
            "split_value": each.split_value,
            "people": each.people,
            "cells": orjson.dumps(dict(each.cells), option=orjson.OPT_SORT_KEYS).decode(),
        }
        for each in populations
    ]
    if rows:
        connection.execute(sa.insert(ReleasedPopulation), rows)


def _apart(one: Population, other: Population) -> tuple[int, int]:
    """How many people are in one of two populations only; 0 and 0 for such as share nobody.

    Cells of one name hold the same people, the smaller number of them in both.
    """
    both = set(one.cells) & set(other.cells)
    shared = sum(min(one.cells[cell], other.cells[cell]) for cell in both)
    if not shared:
        return 0, 0
    return one.people - shared, other.people - shared
