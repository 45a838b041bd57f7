"""Releases that another version of the program made are told apart from edited ones."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa

from data import schema
from data.releases import chain, columns, freeze, recompute
from data.releases.canonical import plain
from data.releases.entries import entries
from data.releases.verify_release import read as read_release
from tests.data import released
from tests.data.reported import read


def broken(engine, home) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in read(engine, chain.check, home)]


def edit(engine, column, value) -> None:
    with engine.begin() as connection:
        connection.execute(sa.update(column.class_).values({column.key: value}))


@pytest.fixture
def house(sqlite_engine, tmp_path):
    released.fill(sqlite_engine, tmp_path)
    released.publish(sqlite_engine)
    return sqlite_engine, tmp_path


@pytest.fixture
def first(house, monkeypatch):
    """A release as the program made it before it said which columns it holds."""
    engine, home = house

    def as_then(told):
        told = {name: part for name, part in told.items() if name != "columns"}
        for value in told["values"]:
            for item in value["items"] or ():
                del item["size"]
        return plain(told)

    monkeypatch.setattr(freeze, "entries", partial(entries, held=columns.FIRST))
    monkeypatch.setattr(freeze, "plain", as_then)
    return released.release(engine, home)


def test_a_release_from_before_the_columns_were_told_is_not_called_edited(house, first):
    engine, home = house
    document = read_release(first.document)
    assert "columns" not in document["release"]
    assert columns.held_by(document["release"]) == columns.FIRST
    assert set(columns.NOW["items"]) - set(columns.FIRST["items"]) == {"size"}
    assert broken(engine, home) == []
    assert read(engine, recompute.differences, home, document) == []
    # What it does not hold it cannot tell of.
    edit(engine, schema.CountedItem.size, "large")
    assert broken(engine, home) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (schema.CountedItem.role, "other"),
        (schema.Proof.added_by, 3),
        (schema.ReportedEvent.changes, '{"x":1}'),
        (schema.ReportedValue.method_note, "other"),
    ],
)
def test_what_such_a_release_holds_is_found_when_it_is_edited(house, first, column, value):
    engine, home = house
    edit(engine, column, value)
    assert {code for code, _ in broken(engine, home)} == {"value"}


def test_a_release_that_holds_a_column_of_another_version_is_named_so(house, monkeypatch):
    engine, home = house
    items = (*columns.NOW["items"], "colour")
    monkeypatch.setattr(freeze, "NOW", {**columns.NOW, "items": items})
    document = read_release(released.release(engine, home).document)
    assert broken(engine, home) == [("older", "items.colour")]
    found = read(engine, recompute.differences, home, document)
    assert [(each.code, each.was) for each in found] == [("older", "items.colour")]
    edit(engine, schema.ReportedValue.method_note, "other")
    assert {code for code, _ in broken(engine, home)} == {"older", "value"}
