"""What the cells of one question say, whichever way a survey tool spreads it over columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.imports.columns import Columns, first_filled
from data.imports.mapping import Answer
from data.imports.register import folded

#: What a tool writes for a choice that is ticked and for one that is not.
CHOSEN, NOT_CHOSEN = "1", "0"


def cells_of(columns: Columns, answer: Answer) -> np.ndarray | None:
    """The texts of an item, None where it was not answered; None where no column is there.

    Two forms of a question that one person answered differently reject the row.
    """
    wanted = (answer.column,) if isinstance(answer.column, str) else answer.column
    parts = [columns.plain(header) for header in wanted]
    there = [part for part in parts if part is not None]
    if not there:
        return None
    said = first_filled(there, columns.size)
    for part in there[1:]:
        differs = ~pd.isna(part) & (part != said)
        columns.findings.add("answered_twice", differs, answer.label, part, other=said)
    if answer.option:
        said = _ticked(said, answer)
    if answer.among:
        said = np.where(pd.isna(said) & _any_filled(columns, answer.among), NOT_CHOSEN, said)
    if answer.unless_blank:
        asked = columns.plain(answer.unless_blank)
        said = said if asked is None else np.where(pd.isna(asked), None, said)
    return said


def _any_filled(columns: Columns, headers: tuple[str, ...]) -> np.ndarray:
    filled = np.zeros(columns.size, dtype=bool)
    for header in headers:
        part = columns.plain(header)
        if part is not None:
            filled |= ~pd.isna(part)
    return filled


def _ticked(said: np.ndarray, answer: Answer) -> np.ndarray:
    """Whether a list in a cell holds the option; blank where nothing was answered.

    An option may itself hold the sign that lists are cut at, so whole options are looked for with
    the sign on both sides.
    """
    codes, distinct = pd.factorize(said)
    sign = answer.split or ";"
    option = f"{sign}{folded(answer.option)}{sign}"
    marks = []
    for cell in distinct:
        parts = [folded(part) for part in str(cell).split(sign)]
        marks.append(CHOSEN if option in f"{sign}{sign.join(parts)}{sign}" else NOT_CHOSEN)
    spread = np.array([*marks, None], dtype=object)
    return spread[codes]
