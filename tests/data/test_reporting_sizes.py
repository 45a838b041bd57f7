"""Indicators that ask how large enterprises are or where partners are from; what is not known."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from data import database, schema
from data.exports.report import report
from data.reporting import values
from data.reporting.sources import items as items_of
from metrics.indicators.indicator import Source
from tests.data import reported
from tests.data.reported import (
    EVALUATOR,
    MANAGER,
    ONE,
    TODAY,
    TWO,
    approved,
    drafted,
    opened,
    promised,
    read,
    row,
    version,
    write,
)  # fmt: skip


@pytest.fixture
def world(sqlite_engine):
    return reported.fill(sqlite_engine)


def told_of(engine, column: str, said: dict[int, str]) -> None:
    with database.writing(engine) as connection:
        for number, value in said.items():
            table = schema.Organisation
            connection.execute(sa.update(table).where(table.id == number).values({column: value}))


def followed(engine) -> None:
    """Companies 1-3 told of a new product half a year on; 4, without a business ID, did too."""
    row = {
        "project_id": ONE,
        "tested": True,
        "new_product": True,
        "new_market": False,
        "followed_on": date(2025, 6, 1),
    }
    with database.writing(engine) as connection:
        rows = [row | {"organisation_id": number} for number in (1, 2, 3, 4)]
        connection.execute(sa.insert(schema.FirmFollowUp), rows)


def counted(engine, home, key: str) -> int:
    number = drafted(engine, promised(engine, key), opened(engine))
    write(engine, values.count, MANAGER, home, number, version(engine, number))
    return number


def test_only_enterprises_that_are_known_to_be_smes_count_as_smes(world, tmp_path):
    followed(world)
    told_of(world, "size", {1: "micro", 2: "large", 4: "small"})
    number = counted(world, tmp_path, "RCR03@2")
    # 1 is an SME; 2 is large, of 3 nobody knows, 4 cannot be told from others.
    assert (row(world, number).value, row(world, number).cumulative) == (1, 1)
    item = schema.CountedItem
    with world.connect() as connection:
        kept = connection.execute(sa.select(item.source_id, item.size, item.exclusion)).all()
    assert sorted(map(tuple, kept)) == [
        (1, "micro", None), (2, "large", "not_sme"), (3, None, "no_size"),
        (4, "small", "no_business_id"),
    ]  # fmt: skip


def test_no_zero_is_made_of_enterprises_whose_size_nobody_knows(world, tmp_path):
    followed(world)
    told_of(world, "size", {2: "large"})
    with pytest.raises(values.RefusedReport) as error:
        counted(world, tmp_path, "RCR03@2")
    assert error.value.code == "sizes_unknown"
    # 1 and 3; without a business ID the size of 4 would not help.
    assert error.value.values["count"] == 2
    told_of(world, "size", {1: "large", 3: "large"})
    number = read(world, lambda c: c.scalar(sa.select(schema.ReportedValue.id)))
    write(world, values.count, MANAGER, tmp_path, number, version(world, number))
    assert row(world, number).state == "zero"


def test_partners_cooperate_across_borders_where_two_countries_are_known(world):
    pairs = [(ONE, 1), (ONE, 2), (ONE, 6), (TWO, 1), (TWO, 3)]
    with database.writing(world) as connection:
        rows = [{"project_id": p, "organisation_id": o} for p, o in pairs]
        connection.execute(sa.insert(schema.ProjectOrganisation), rows)
    told_of(world, "country", {1: "FI", 2: "SE", 3: "FI"})
    found = read(world, items_of, b"k" * 32, Source.CROSS_BORDER_PARTNERS, [ONE, TWO])
    assert {
        (row.project, row.source_id): (row.role if row.role == row.role else None, row.exclusion)
        for row in found.itertuples()
    } == {
        (ONE, 1): ("FI", ""), (ONE, 2): ("SE", ""), (ONE, 6): (None, "no_country"),
        (TWO, 1): ("FI", "threshold"), (TWO, 3): ("FI", "threshold"),
    }  # fmt: skip
    assert {str(day)[:10] for day in found["happened_on"]} == {str(reported.STARTS)}


def test_sizes_and_objectives_leave_with_the_report(world, tmp_path):
    told_of(world, "size", {1: "micro"})
    for project, objective in ((ONE, "1.1"), (TWO, "2.1")):
        target = promised(world, "RCO01@1", project, objective=objective)
        number = drafted(world, target, opened(world, project))
        write(world, values.count, EVALUATOR, tmp_path, number, version(world, number))
        write(world, values.submit, EVALUATOR, number, version(world, number))
        approved(world, number)
    found = read(world, report, EVALUATOR, "fi", today=TODAY).tables

    def rows(table):
        return [dict(zip(found[table].columns, each, strict=True)) for each in found[table].rows]

    # Companies 1, of which the size is known, and 2 came to both projects.
    assert [
        (each["project"], each["size"], each["value"])
        for each in rows("sizes")
        if each["value"]
    ] == [("p1", "micro", 1), ("p1", None, 1), ("p2", "micro", 1), ("p2", None, 1)]  # fmt: skip
    assert [
        (each["objective"], each["sum"], each["distinct"], each["overlap"])
        for each in rows("objectives")
        if each["standing"] == "approved"
    ] == [("1.1", 2, 2, 0), ("2.1", 2, 2, 0)]
    (whole,) = (each for each in rows("totals") if each["standing"] == "approved")
    assert (whole["sum"], whole["distinct"], whole["overlap"]) == (4, 2, 2)
