"""The rows of a query as a frame, with the types that a contract of `metrics` asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pandera.pandas as pa
import sqlalchemy as sa

from data.schema import Collection

#: A number of days where a date is not known.
NOT_KNOWN = -1

#: The types of the columns of each schema, by the schema's identity: schemas are constants.
_KINDS: dict[int, tuple[pa.DataFrameSchema, dict[str, str]]] = {}


@dataclass(frozen=True)
class OfProjects:
    """A connection through which only what belongs to some projects is read, where a query says
    what belongs to which (by a column ``project`` or ``collection``)."""

    connection: sa.Connection
    projects: Sequence[int]

    def execute(self, query: sa.Select | sa.CompoundSelect) -> sa.CursorResult:
        """The rows of a query that belong to these projects."""
        projects = list(self.projects)
        asked = sa.select(Collection.id).where(Collection.project_id.in_(projects))
        for name, wanted in (("project", projects), ("collection", asked)):
            column = query.selected_columns.get(name)
            if column is not None and isinstance(query, sa.Select):
                query = query.where(column.in_(wanted))
        return self.connection.execute(query)


def table(
    connection: sa.Connection | OfProjects,
    query: sa.Select | sa.CompoundSelect,
    words: Sequence[str] = (),
    days: Sequence[str] = (),
) -> pd.DataFrame:
    """The rows of a query: ``words`` as text, ``days`` as days, every other column as 64-bit whole
    numbers. Missing: a day that is not known is NaT."""
    found = connection.execute(query)
    names = list(found.keys())
    # All rows in one call, and by columns: made of rows, a frame looks into each to learn its type.
    columns = list(zip(*found.all(), strict=True)) or [()] * len(names)
    made = {
        name: pd.array(cells, dtype="str")
        if name in words
        else np.array(cells, dtype="datetime64[s]" if name in days else np.int64)
        for name, cells in zip(names, columns, strict=True)
    }
    return pd.DataFrame(made, copy=False)


def typed(frame: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The columns of a schema, with its types, in its order."""
    if id(schema) not in _KINDS:
        kinds = {
            name: "str" if "str" in str(column.dtype) else "int64"
            for name, column in schema.columns.items()
        }
        # The schema is held with it, so that its number stays its own.
        _KINDS[id(schema)] = (schema, kinds)
    _, kinds = _KINDS[id(schema)]
    found = frame if list(frame.columns) == list(kinds) else frame[list(kinds)]
    if [str(kind) for kind in found.dtypes] != list(kinds.values()):
        found = found.astype(kinds)
    return found.reset_index(drop=True)


def days_between(earlier: pd.Series, later: pd.Series) -> pd.Series:
    """Whole days from one day to another; 0 where the later day came first, NOT_KNOWN where either
    is not known."""
    days = (later - earlier).dt.days.clip(lower=0)
    return days.fillna(NOT_KNOWN).astype("int64")


def constant_day(day: date, like: pd.Series) -> pd.Series:
    """The same day for every row of another column."""
    return pd.Series(np.datetime64(day, "s"), index=like.index, dtype="datetime64[s]")


def flag(condition: sa.ColumnElement[bool]) -> sa.Case[int]:
    """1 where a condition of the database holds, else 0."""
    return sa.case((condition, 1), else_=0)
