"""Row hashes: one for each table, the same wherever and whenever the same rows are read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

#: Rows that are read at a time. Part of the rule: the hash runs over chunks of so many.
CHUNK = 5_000


class TableHash(NamedTuple):
    """How many rows a table has, and what they hash to."""

    rows: int
    sha256: str


def row_hashes(connection: sa.Connection) -> dict[str, TableHash]:
    """The hash of every table, by name; rows in the order of their keys.

    Tables as the database has them: a copy may be older than this program.
    """
    if connection.dialect.name == "postgresql":
        # What a moment reads as is the session's, which another server may set otherwise.
        connection.execute(sa.text("set local timezone to 'UTC'"))
    found = sa.MetaData()
    found.reflect(connection)
    return {name: _of(connection, table) for name, table in sorted(found.tables.items())}


def differing(one: Mapping[str, TableHash], other: Mapping[str, TableHash]) -> list[str]:
    """The tables that two lists do not say the same of."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def _of(connection: sa.Connection, table: sa.Table) -> TableHash:
    told, rows = hashlib.sha256(), 0
    columns = sorted(table.columns, key=lambda column: column.name)
    order = list(table.primary_key.columns) or columns
    if connection.dialect.name == "postgresql":
        # Letters in the order of their bytes: that of a language differs between servers.
        order = [_by_bytes(column) for column in order]
    asked = sa.select(*columns).order_by(*order)
    found = connection.execution_options(yield_per=CHUNK).execute(asked)
    for chunk in found.partitions(CHUNK):
        told.update(repr([tuple(row) for row in chunk]).encode())
        rows += len(chunk)
    return TableHash(rows, told.hexdigest())


def _by_bytes(column: sa.Column) -> sa.ColumnElement:
    return column.collate("C") if isinstance(column.type, sa.String) else column
