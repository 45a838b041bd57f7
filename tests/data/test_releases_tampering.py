"""Releases that somebody tampered with: bits of the file, columns of the database, the chain."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database, schema
from data.releases import chain, keys
from data.releases.verify_release import Invalid, verify
from data.schema import Base
from data.schema.tables import UtcTime
from tests.data import released
from tests.data.reported import read

FLIPS = 2000
#: Every table of which a release froze rows.
FROZEN = (
    "reported_value", "counted_item", "proof", "reported_event", "indicator_target",
    "reporting_period", "indicator_version", "release", "released_value", "instrument_version",
    "revision", "funder", "project",
)  # fmt: skip
_REGISTER = "the register is put right; a release keeps the code and the names of its day"
#: The columns that a release does not hold, and why. Whoever adds a column adds it here or there.
EXCEPT = {
    "instrument_version": {"id": "a questionnaire is known by its code, version and hash"},
    "revision": {"id": "old publications are not kept; one that is gone is not compared"},
    "funder": dict.fromkeys(
        ("id", "code", "name_fi", "name_sv", "name_en", "batch_id"), _REGISTER
    ),
    "project": dict.fromkeys(
        (
            "id", "code", "name_fi", "name_sv", "name_en", "description", "status", "starts_on",
            "ends_on", "template_id", "is_comparison", "invented", "batch_id",
        ),
        _REGISTER,
    ),
}  # fmt: skip
COLUMNS = [
    (table, column.name)
    for table in FROZEN
    for column in Base.metadata.tables[table].columns
    if column.name not in EXCEPT.get(table, ())
]


@pytest.fixture
def house(sqlite_engine, tmp_path):
    """An engine, its home and a release; a second one, of a project with one value, follows it."""
    released.fill(sqlite_engine, tmp_path)
    released.publish(sqlite_engine)
    whole = released.release(sqlite_engine, tmp_path)
    own = released.release(sqlite_engine, tmp_path, project=released.TWO)
    return sqlite_engine, tmp_path, (whole, own)


def broken(engine, home) -> set[tuple[int | None, str]]:
    return {(each.release, each.code) for each in read(engine, chain.check, home)}


# --- the file -----------------------------------------------------------------------------------


def test_no_flipped_bit_goes_undetected(house):
    _, home, (_, frozen) = house
    public = keys.public_keys(home)
    chance = random.Random(2026)
    places = chance.sample(range(len(frozen.document) * 8), FLIPS)
    undetected, steps = [], set()
    for place in places:
        flipped = bytearray(frozen.document)
        flipped[place // 8] ^= 1 << place % 8
        try:
            verify(bytes(flipped), public)
        except Invalid as invalid:
            steps.add(invalid.code)
        else:
            undetected.append(place)
    assert undetected == []
    # Bytes, names, records and hashes are hit by so many; a signature takes some luck.
    assert {"encoding", "json", "canonical", "record"} <= steps


@pytest.mark.parametrize("field", ["key", "sha256", "signature"])
def test_no_bit_of_what_signs_goes_undetected(house, field):
    _, home, (_, frozen) = house
    public = keys.public_keys(home)
    at = frozen.document.index(f'"{field}":"'.encode()) + len(field) + 4
    for place in range(at, at + 64, 7):
        for bit in range(7):
            flipped = bytearray(frozen.document)
            flipped[place] ^= 1 << bit
            with pytest.raises(Invalid):
                verify(bytes(flipped), public)


def test_a_changed_record_is_named(house):
    _, home, (frozen, _) = house
    values = released.contents(frozen)["values"]
    place = next(at for at, each in enumerate(values) if each["indicator"] == "RCR03@2")
    changed = frozen.document.replace(b'"value":"3"', b'"value":"8"')
    assert changed != frozen.document
    with pytest.raises(Invalid) as error:
        verify(changed, keys.public_keys(home))
    assert (error.value.code, error.value.path) == ("record", f"values[{place}]")


# --- the database -------------------------------------------------------------------------------


def other(column: sa.Column, value: object) -> object:
    """Another value of the same type."""
    if value is None and isinstance(column.type, UtcTime):
        return datetime(2020, 1, 1, tzinfo=UTC)
    if value is None:
        known = {date: date(2020, 1, 1), int: 77}
        return known.get(column.type.python_type, Decimal(5) if _is_number(column) else "x")
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, int):
        return value + 1000
    return value + Decimal("0.0001") if isinstance(value, Decimal) else value + "x"


def _is_number(column: sa.Column) -> bool:
    return isinstance(column.type, sa.Numeric)


def test_every_exception_is_a_column_and_has_a_reason():
    for table, columns in EXCEPT.items():
        assert columns.keys() <= set(Base.metadata.tables[table].columns.keys())
        assert all(columns.values())
    # Every other column of everything that is frozen is edited below.
    assert len(COLUMNS) > 90


def test_every_edited_column_of_a_frozen_row_is_found(house):
    engine, home, _ = house
    unnoticed = []
    with engine.connect() as connection:
        # What the database itself would refuse is let through: somebody meant it.
        raw = connection.connection.driver_connection
        for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
            raw.execute(f"PRAGMA {pragma}")
        assert chain.check(connection, home) == []
        connection.rollback()
        for name, column in COLUMNS:
            table = Base.metadata.tables[name]
            with connection.begin() as transaction:
                key = [each == _row(connection, table)[each.name] for each in table.primary_key]
                value = connection.scalar(sa.select(table.c[column]).where(*key))
                edited = {column: other(table.c[column], value)}
                assert edited[column] != value
                changed = connection.execute(sa.update(table).where(*key).values(edited))
                assert changed.rowcount == 1
                if not chain.check(connection, home):
                    unnoticed.append(f"{name}.{column}")
                transaction.rollback()
    assert unnoticed == []


def _row(connection: sa.Connection, table: sa.Table):
    """The first row of a table that the first release speaks of."""
    return connection.execute(sa.select(table).order_by(*table.primary_key)).mappings().first()


@pytest.mark.parametrize("table", ["counted_item", "proof", "reported_event", "released_value"])
def test_a_removed_and_an_added_row_are_found(house, table):
    engine, home, _ = house
    table = Base.metadata.tables[table]
    with engine.connect() as connection:
        row = dict(_row(connection, table))
        key = [each == row[each.name] for each in table.primary_key]
        connection.execute(sa.delete(table).where(*key))
        assert chain.check(connection, home)
        connection.rollback()
        more = row | {"sha256": "f" * 64} if "sha256" in row else dict(row)
        more |= {"id": 9999} if "id" in row else {}
        more |= {"version": 99} if "version" in row else {}
        if table.name == "released_value":
            pending = schema.ReportedValue.status == "submitted"
            more["reported_id"] = connection.scalar(
                sa.select(schema.ReportedValue.id).where(pending)
            )
        connection.execute(sa.insert(table), more)
        assert chain.check(connection, home)
        connection.rollback()


def test_a_column_is_named(house):
    engine, home, (whole, _) = house
    with database.writing(engine) as connection:
        value = schema.ReportedValue
        connection.execute(sa.update(value).where(value.value == 3).values(value=4))
    found = read(engine, chain.check, home)
    assert {each.code for each in found} == {"value"}
    assert {each.release for each in found} == {whole.id}
    assert any(each.path.endswith("].value") for each in found)


# --- the chain ----------------------------------------------------------------------------------


def test_swapped_releases_are_found(house):
    engine, home, (whole, own) = house
    table = schema.Release
    with database.writing(engine) as connection:
        columns = ("scope", "project_id", "sha256", "previous", "document")
        rows = {
            number: dict(
                connection.execute(
                    sa.select(*(getattr(table, name) for name in columns)).where(table.id == number)
                ).one()._mapping
            )
            for number in (whole.id, own.id)
        }  # fmt: skip
        for number, spare in ((whole.id, "1" * 64), (own.id, "2" * 64)):
            spared = {"sha256": spare, "previous": spare}
            connection.execute(sa.update(table).where(table.id == number).values(spared))
        for number, taken in ((whole.id, own.id), (own.id, whole.id)):
            connection.execute(sa.update(table).where(table.id == number).values(rows[taken]))
    found = broken(engine, home)
    assert {(whole.id, "chain"), (own.id, "chain")} <= found


def test_a_removed_release_is_found_whichever_it_is(house):
    engine, home, (whole, own) = house
    for gone, told in ((whole.id, {(own.id, "chain"), (None, "gone")}), (own.id, {(None, "gone")})):
        with engine.connect() as connection:
            connection.execute(sa.delete(schema.Release).where(schema.Release.id == gone))
            found = {(each.release, each.code) for each in chain.check(connection, home)}
            connection.rollback()
        assert told <= found


def test_the_only_release_of_a_value_is_missed_by_the_value_too(sqlite_engine, tmp_path):
    released.fill(sqlite_engine, tmp_path)
    released.release(sqlite_engine, tmp_path)
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.text("drop trigger if exists audit_event_kept"))
        connection.execute(sa.delete(schema.AuditEvent))
        connection.execute(sa.delete(schema.Release))
    assert broken(sqlite_engine, tmp_path) == {(None, "unreleased")}


def test_releases_that_were_put_in_another_order_are_found(house):
    engine, home, (whole, own) = house
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        for number, new in ((whole.id, 100), (own.id, 50)):
            for column in (schema.Release.id, schema.ReleasedValue.release_id):
                table = column.class_.__table__
                moved = sa.update(table).where(table.c[column.key] == number)
                connection.execute(moved.values({column.key: new}))
        found = {(each.release, each.code) for each in chain.check(connection, home)}
        connection.rollback()
    assert (50, "chain") in found


def test_a_release_that_another_key_signed_is_found(house, tmp_path_factory):
    engine, home, _ = house
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "secret").write_bytes((home / "secret").read_bytes())
    (elsewhere / "secret").chmod(0o600)
    keys.signing_key(elsewhere)
    assert {code for _, code in broken(engine, elsewhere)} == {"key"}
