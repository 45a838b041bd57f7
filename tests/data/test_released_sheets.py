"""A published sheet names whom it speaks of, and two of them are set against each other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks import generate
from data import database, sheets
from data.imports.responses import bump_revisions
from data.publication import released_sheets, waiting
from data.publication.release_register import Population, TooClose, read_released, register_sheet
from data.schema import Collection, Response
from metrics.metric import Profile

PEOPLE = 40


def answer(engine: sa.Engine, collection: int, people: int) -> None:
    """More people answer a collection, each as somebody did before, all of one group."""
    with database.writing(engine) as connection:
        bump_revisions(connection, [collection])
        one = sa.select(Response.__table__).where(Response.collection_id == collection).limit(1)
        row = dict(connection.execute(one).mappings().one())
        now = sa.select(Collection.revision).where(Collection.id == collection)
        new = {"link_key": None, "group_code": "RES", "revision": connection.scalar(now)}
        rows = [row | new | {"id": os.urandom(16).hex()} for _ in range(people)]
        connection.execute(sa.insert(Response), rows)


def spoken(engine: sa.Engine, home: Path) -> list[Population]:
    with database.reading(engine) as connection:
        return released_sheets.populations(connection, Profile.PUBLIC, home)


def release(engine: sa.Engine, home: Path) -> int:
    """How many populations stand in the register once a sheet is released."""
    populations = spoken(engine, home)
    with database.writing(engine) as connection:
        register_sheet(connection, populations)
        return len(read_released(connection, "measured@1"))


def test_a_sheet_that_differs_by_a_few_from_a_released_one_is_refused(
    sqlite_engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    generate.fill(sqlite_engine, 24 * 3 * PEOPLE, projects=1)
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.update(Response).values(group_code="RES"))
    sheets.refresh(sqlite_engine, tmp_path)
    first = spoken(sqlite_engine, tmp_path)
    # Of the first wave: 40 people of collection 1, in all and as the only group.
    assert {
        (each.split, each.split_value): each.cells for each in first if each.wave == "baseline"
    } == {("total", ""): {"1:RES": PEOPLE}, ("group", "RES"): {"1:RES": PEOPLE}}
    stored = release(sqlite_engine, tmp_path)
    assert release(sqlite_engine, tmp_path) == stored == len(first)
    # As if nothing had waited.
    monkeypatch.setattr(waiting, "FEWEST", 1)
    answer(sqlite_engine, 1, 3)
    sheets.refresh(sqlite_engine, tmp_path)
    with pytest.raises(TooClose, match="project 1, measured@1, baseline, group RES"):
        release(sqlite_engine, tmp_path)
    answer(sqlite_engine, 1, 7)
    sheets.refresh(sqlite_engine, tmp_path)
    assert release(sqlite_engine, tmp_path) == stored + 2


def slot(split: str, value: str, **cells: int) -> Population:
    return Population(Profile.PUBLIC, None, "benefit@1", "end", split, value, cells)


def test_what_lies_within_a_released_population_is_close_and_what_crosses_it_is_not(
    sqlite_engine: sa.Engine,
):
    # 33 residents and 7 of staff are released together; the residents alone would tell the seven.
    with database.writing(sqlite_engine) as connection:
        register_sheet(connection, [slot("total", "", res=33, staff=7)])
    with pytest.raises(TooClose), database.writing(sqlite_engine) as connection:
        register_sheet(
            connection, [slot("total", "", res=33, staff=17), slot("group", "RES", res=33)]
        )
    with database.writing(sqlite_engine) as connection:
        # A phase has 5 others and lacks 7: no sum or difference is about either.
        register_sheet(connection, [slot("phase", "P2", res=33, other=5)])
        assert len(read_released(connection, "benefit@1")) == 2
