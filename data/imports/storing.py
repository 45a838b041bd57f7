"""Frames into tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import sqlalchemy as sa

CHUNK = 10_000
Progress = Callable[[str, int, int], None]


def insert(
    connection: sa.Connection, model, frame: pd.DataFrame, progress: Progress | None = None
) -> None:
    """Every row of a frame in a table, in chunks; missing values become NULL."""
    for start in range(0, len(frame), CHUNK):
        chunk = frame.iloc[start : start + CHUNK].astype(object)
        connection.execute(sa.insert(model), chunk.where(chunk.notna(), None).to_dict("records"))
        if progress:
            progress("store", min(start + CHUNK, len(frame)), len(frame))


def numbered(codes: pd.Series, ids: Mapping[str, int]) -> pd.Series:
    """The ids of codes, as whole numbers; blank where there is no code. Shape: as ``codes``."""
    return codes.map(dict(ids)).astype("Int64")


def stored_ids(connection: sa.Connection, model, batch: int) -> dict[str, int]:
    """Ids by code of what a batch has just stored."""
    found = connection.execute(sa.select(model.code, model.id).where(model.batch_id == batch))
    return {row.code: row.id for row in found}
