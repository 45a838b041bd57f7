"""Moments as logs write them: a day and a clock, with or without a zone."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from data.imports.columns import Columns

_ZONED = re.compile(r".*(?:Z|[+-][0-9]{2}:?[0-9]{2})")


def moments(columns: Columns, said: np.ndarray, name: str) -> np.ndarray:
    """Texts as moments in UTC, by ISO 8601 or the first form of the profile that fits.

    Missing: None where blank. A moment without a zone is taken as UTC, which is remarked: between
    two of them the time is right but over a change of clocks.
    """
    codes, distinct = pd.factorize(said)
    texts = pd.Series(distinct, dtype="str")
    found = pd.to_datetime(texts, format="ISO8601", utc=True, errors="coerce")
    cell = columns.profile.columns.get(name)
    for form in (cell.dates if cell else ()) or columns.profile.dates:
        read = pd.to_datetime(texts, format=form, utc=True, errors="coerce")
        found = found.fillna(read)
    unread = found.isna().to_numpy()
    if len(distinct):
        bad = (codes >= 0) & unread[codes]
        forms = ("2026-01-31T12:30:00+02:00", *(cell.dates if cell else ()))
        columns.findings.add("not_a_date", bad, columns.label(name), said, formats=", ".join(forms))
        zoned = texts.str.fullmatch(_ZONED).to_numpy(dtype=bool)
        if (~zoned & ~unread).any():
            columns.findings.warn("moments_without_zone", column=columns.label(name))
    spread = np.empty(len(distinct) + 1, dtype=object)
    # To the millisecond, which every database keeps and no log exceeds.
    told = found.dt.floor("ms").dt.to_pydatetime() if len(distinct) else []
    spread[:-1] = [None if missing else each for each, missing in zip(told, unread, strict=True)]
    spread[-1] = None
    return spread[codes]
