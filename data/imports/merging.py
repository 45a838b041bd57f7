"""Rows that may be stored already: the new ones come in, changed ones are changed and remembered.

A file that has grown is imported as a whole. What its batch changed in rows of earlier batches is
kept beside it, so that taking the batch back restores them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data.imports.storing import insert
from data.schema import Base, ReplacedRow

#: More keys than this are not listed in a query; then the whole table is read.
MANY = 500


def standing(
    connection: sa.Connection,
    model: type[Base],
    values: pd.DataFrame,
    key: Sequence[str],
    replace: Collection[str],
    only_more: bool = False,
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The stored rows, where among them each row of ``values`` stands (-1: nowhere), and whether it
    says something else than they do.

    replace: columns that are compared. only_more: a smaller number is nothing else.
    """
    stored = _stored(connection, model, values, key)
    held = pd.MultiIndex.from_frame(stored[list(key)].apply(_said))
    at = held.get_indexer(pd.MultiIndex.from_frame(values[list(key)].apply(_said)))
    changed = np.zeros(len(values), dtype=bool)
    known = np.flatnonzero(at >= 0)
    for column in replace:
        now, before = values[column].iloc[known], stored[column].iloc[at[known]]
        if only_more:
            differs = now.to_numpy() > before.to_numpy()
        else:
            differs = _said(now).to_numpy() != _said(before).to_numpy()
        changed[known] |= differs.astype(bool)
    return stored, at, changed


def merge(
    connection: sa.Connection,
    model: type[Base],
    values: pd.DataFrame,
    key: Sequence[str],
    replace: Collection[str],
    batch: int,
    only_more: bool = False,
) -> None:
    """Stores the new rows of ``values`` and changes the others; see `standing`."""
    replace = [column for column in replace if column not in key]
    stored, at, changed = standing(connection, model, values, key, replace, only_more)
    insert(connection, model, values[at < 0].assign(batch_id=batch))
    if not changed.any():
        return
    before = stored.iloc[at[changed]].reset_index(drop=True)
    primary = [column.name for column in model.__table__.primary_key]
    now = values.loc[changed, replace].reset_index(drop=True)
    statement = (
        sa.update(model)
        .where(*(getattr(model, name) == sa.bindparam(f"of_{name}") for name in primary))
        .values({name: sa.bindparam(f"to_{name}") for name in replace})
    )
    wanted = pd.concat(
        [before[primary].add_prefix("of_"), now.add_prefix("to_")], axis="columns"
    ).astype(object)
    connection.execute(statement, wanted.where(wanted.notna(), None).to_dict("records"))
    # What the batch itself brought goes with it.
    earlier = before[before["batch_id"].fillna(0) != batch]
    remembered = pd.DataFrame(
        {
            "batch_id": batch,
            "record": model.__tablename__,
            "row_key": [_as_json(row) for row in earlier[primary].to_dict("records")],
            "before": [_as_json(row) for row in earlier[replace].to_dict("records")],
        }
    )
    insert(connection, ReplacedRow, remembered)


def restore(connection: sa.Connection, batch: int) -> None:
    """Puts the rows that a batch changed back as they were, and forgets that it did."""
    found = connection.execute(
        sa.select(ReplacedRow.record, ReplacedRow.row_key, ReplacedRow.before)
        .where(ReplacedRow.batch_id == batch)
        .order_by(ReplacedRow.id.desc())
    ).all()
    for record, key, before in found:
        table = Base.metadata.tables[record]
        of, values = (_typed(table, json.loads(text)) for text in (key, before))
        same = (table.c[name] == value for name, value in of.items())
        connection.execute(sa.update(table).where(*same).values(**values))
    connection.execute(sa.delete(ReplacedRow).where(ReplacedRow.batch_id == batch))


def changed_later(connection: sa.Connection, batch: int, models: Sequence[type[Base]]) -> bool:
    """Whether a later batch changed a row that this one brought or changed."""
    later: dict[str, set[str]] = {}
    ours: set[tuple[str, str]] = set()
    rows = connection.execute(
        sa.select(ReplacedRow.batch_id, ReplacedRow.record, ReplacedRow.row_key).where(
            ReplacedRow.batch_id >= batch
        )
    )
    for number, record, key in rows:
        if number == batch:
            ours.add((record, key))
        else:
            later.setdefault(record, set()).add(key)
    for model in models:
        keys = later.get(model.__tablename__)
        if keys:
            primary = [getattr(model, column.name) for column in model.__table__.primary_key]
            brought = connection.execute(sa.select(*primary).where(model.batch_id == batch))
            ours |= {(model.__tablename__, _as_json(dict(row._mapping))) for row in brought}
    return any((record, key) in ours for record, keys in later.items() for key in keys)


def _stored(
    connection: sa.Connection, model: type[Base], values: pd.DataFrame, key: Sequence[str]
) -> pd.DataFrame:
    """The stored rows that may be meant: those with the first part of a key of ``values``."""
    first = getattr(model, key[0])
    query = sa.select(*model.__table__.columns)
    wanted = [value for value in pd.unique(values[key[0]]) if not pd.isna(value)]
    if len(wanted) <= MANY:
        query = query.where(first.in_([_plain(value) for value in wanted]))
    columns = [column.name for column in model.__table__.columns]
    return pd.DataFrame(connection.execute(query).fetchall(), columns=columns, dtype=object)


def _said(column: pd.Series) -> pd.Series:
    """Values as texts that can be compared; nothing is an empty text."""
    plain = column.astype(object)
    return plain.where(plain.notna(), "").astype(str)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return value.item() if isinstance(value, np.generic) else value


def _as_json(row: dict[str, object]) -> str:
    said = {
        name: value.isoformat() if isinstance(value, date) else _plain(value)
        for name, value in row.items()
    }
    return json.dumps({name: None if pd.isna(value) else value for name, value in said.items()})


def _typed(table: sa.Table, said: dict) -> dict:
    """Values that were kept as JSON, as their columns take them."""
    return {name: _as_column(table.c[name].type, value) for name, value in said.items()}


def _as_column(kind: sa.types.TypeEngine, value: object) -> object:
    if value is None:
        return None
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(kind, sa.Numeric) and isinstance(value, str) else value
