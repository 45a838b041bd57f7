"""How long people took to answer, as far as a survey tool tells it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.imports.columns import Columns


def seconds_taken(columns: Columns) -> np.ndarray:
    """How long each answer took, from the tool's own figure or from its beginning to its end.

    Unit: s, or what the tool counts in: answers of one form are only set beside each other.
    Missing: NaN where a time is absent, cannot be read, or ends before it begins. No row is
    rejected for it, and the times are not stored.
    """
    told = columns.profile.columns
    if "took" in told:
        return _spread(_lengths, columns.cell(told["took"]))
    if "started" not in told or "ended" not in told:
        return np.full(columns.size, np.nan)
    began, ended = (_moments(columns, name) for name in ("started", "ended"))
    taken = ended - began
    return np.where(taken >= 0, taken, np.nan)


def _spread(read, said: np.ndarray) -> np.ndarray:
    """Distinct texts read once, as numbers over the rows."""
    codes, distinct = pd.factorize(said)
    if not len(distinct):
        return np.full(len(said), np.nan)
    return np.append(read(pd.Series(distinct, dtype="str")), np.nan)[codes]


def _lengths(texts: pd.Series) -> np.ndarray:
    """``300``, ``300,5``, ``5:00`` and ``0:05:00`` as seconds."""
    numbers = pd.to_numeric(texts.str.replace(",", ".", regex=False), errors="coerce")
    clock = texts.str.extract(r"^(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2})$").apply(pd.to_numeric)
    seconds = clock[0].fillna(0) * 3600 + clock[1] * 60 + clock[2]
    found = numbers.fillna(seconds).to_numpy(dtype=float)
    return np.where(found >= 0, found, np.nan)


def _moments(columns: Columns, name: str) -> np.ndarray:
    """A field's moments as seconds since 1970; those without a zone are read as UTC."""
    cell = columns.profile.columns[name]

    def read(texts: pd.Series) -> np.ndarray:
        found = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
        for form in cell.dates or columns.profile.dates:
            later = pd.to_datetime(texts, format=form, utc=True, errors="coerce")
            found = found.fillna(later)
        since = (found - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
        return since.to_numpy(dtype=float)

    return _spread(read, columns.cell(cell))
