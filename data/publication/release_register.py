"""The release register: which people figures were released of, and which are too close to them.

Whoever holds two releases can subtract them. So a release is refused when some people of whom it
speaks are almost those of another release: when 1 to MINIMUM - 1 people are in the one and not in
the other. That holds of filters (under 20, under 25), of areas whose borders moved, of dates, and
of two releases of one collection. Who releases something calls `register` with everything that the
release speaks of, in the transaction in which it is released; who releases a published sheet
(`data.publication.released_sheets`) calls `register_sheet`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import orjson
import pandas as pd
import sqlalchemy as sa

from data.schema import ReleasedPopulation
from metrics.metric import Profile
from metrics.unsafe import MINIMUM

#: Whoever releases people waits for who does so now; its own number among those of PostgreSQL.
POPULATION_LOCK = 0x4152_5650


class TooClose(Exception):
    """Two released populations would differ by fewer people than ``fewest``."""

    def __init__(self, one: Population, other: Population, fewest: int) -> None:
        self.one, self.other, self.fewest = one, other, fewest
        super().__init__(
            f"{one} and {other} differ by fewer than {fewest} people, whose answers would follow "
            "from the difference. Release the one that was released before, or wait until they "
            "differ by more."
        )


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

    @property
    def slot(self) -> str:
        """Which breakdown of which project it is, the same in every release."""
        return f"{self.project} {self.instrument} {self.wave} {self.split} {self.split_value}"

    def __str__(self) -> str:
        whose = "several projects" if self.project is None else f"project {self.project}"
        split = f"{self.split} {self.split_value}".strip()
        return f"{whose}, {self.instrument}, {self.wave}, {split} ({self.profile})"


def refuse_close(populations: Sequence[Population], released: Sequence[Population] = ()) -> None:
    """Nothing, when no two of the populations, and none of them and a released one, are close.

    Raises: TooClose.
    """
    among = _apart(populations, populations)
    _refuse(among[(among["one"] < among["other"]).to_numpy()], populations, populations)
    _refuse(_apart(populations, released), populations, released)


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
    _in_turn(connection)
    for instrument in sorted({each.instrument for each in populations}):
        own = [each for each in populations if each.instrument == instrument]
        refuse_close(own, read_released(connection, instrument))
    _store(connection, populations)


def register_sheet(connection: sa.Connection, populations: Sequence[Population]) -> None:
    """Nothing; the populations of a whole sheet are released from now on. Call it while writing.

    The sheet was protected as a whole, so its own populations are not set against each other. One
    and one of an earlier sheet are too close where they are the same breakdown, or where one lies
    within the other: the rest can be computed then. What was released before is not stored again.
    Raises: TooClose.
    """
    _in_turn(connection)
    new: list[Population] = []
    for instrument in sorted({each.instrument for each in populations}):
        own = [each for each in populations if each.instrument == instrument]
        released = read_released(connection, instrument)
        apart = _apart(own, released)
        slots = [np.array([each.slot for each in of], dtype=object) for of in (own, released)]
        same = slots[0][apart["one"]] == slots[1][apart["other"]] if len(apart) else []
        within = (apart[["gone", "came"]] == 0).any(axis=1).to_numpy()
        _refuse(apart[within | np.asarray(same, dtype=bool)], own, released)
        known = {_said(each) for each in released}
        new += [each for each in own if _said(each) not in known]
    _store(connection, new)


def _in_turn(connection: sa.Connection) -> None:
    """Nothing, once nobody else reads the register to write into it. On SQLite whoever writes holds
    everything."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(POPULATION_LOCK)))


def _store(connection: sa.Connection, populations: Sequence[Population]) -> None:
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


def _said(population: Population) -> tuple[object, ...]:
    return (population.profile, population.slot, *sorted(population.cells.items()))


def _refuse(apart: pd.DataFrame, ones: Sequence[Population], others: Sequence[Population]) -> None:
    """Nothing, where no pair is close. Raises: TooClose naming the first."""
    few = [apart[name].between(1, apart["fewest"] - 1) for name in ("came", "gone")]
    close = apart[few[0] | few[1]]
    if len(close):
        first = close.sort_values(["one", "other"]).iloc[0]
        raise TooClose(ones[first["one"]], others[first["other"]], int(first["fewest"]))


def _apart(ones: Sequence[Population], others: Sequence[Population]) -> pd.DataFrame:
    """How many people are in one of two populations only, of each pair that shares any.

    Columns: one, other (positions), came (in the one only), gone (in the other only), fewest (the
    fewest that they may differ by). Cells of one name hold the same people, the smaller number of
    them in both.
    """
    cells = [
        pd.DataFrame(
            [(at, cell, n) for at, each in enumerate(of) for cell, n in each.cells.items()],
            columns=["at", "cell", "n"],
        ).astype({"at": "int64", "cell": "str", "n": "int64"})
        for of in (ones, others)
    ]
    both = cells[0].merge(cells[1], on="cell", suffixes=("_one", "_other"))
    both = both.rename(columns={"at_one": "one", "at_other": "other"})
    both["shared"] = both[["n_one", "n_other"]].min(axis=1)
    pairs = both.groupby(["one", "other"], as_index=False)["shared"].sum()
    pairs = pairs[(pairs["shared"] > 0).to_numpy()]
    (one, least_one), (other, least_other) = (
        (
            np.array([each.people for each in of], dtype=np.int64)[pairs[side]],
            np.array([MINIMUM[each.profile] for each in of], dtype=np.int64)[pairs[side]],
        )
        for of, side in ((ones, "one"), (others, "other"))
    )
    return pairs.assign(
        came=one - pairs["shared"],
        gone=other - pairs["shared"],
        fewest=np.maximum(least_one, least_other),
    )
