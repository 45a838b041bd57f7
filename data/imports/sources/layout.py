"""Where the headers of a table stand, on how many rows, and what stands under them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from data.imports.headers import joined, numbered
from data.imports.sources.tables import PREAMBLE, Table
from data.imports.spaces import normal_spaces

_NUMBER = re.compile(r"[-+]?[0-9][0-9 .,:/TZ-]*")
#: Rows after the headers in which a second row of headers may not occur again.
TRIED = 200


@dataclass(frozen=True, slots=True)
class Layout:
    """header_row counts from 1. texts: a second form of each header, where a row holds it."""

    header_row: int
    header_rows: int
    skip_rows: int
    headers: tuple[str, ...]
    texts: tuple[str, ...]
    marks: tuple[str, ...] = ()

    @property
    def answers_from(self) -> int:
        """The place of the first row of answers."""
        return self.header_row - 1 + self.header_rows + self.skip_rows


def layout_of(table: Table) -> Layout | None:
    """How a table begins; None where it has no headers."""
    rows = [[normal_spaces(cell) for cell in cells] for cells in table.rows[: PREAMBLE + TRIED]]
    at = _header_at(rows)
    if at is None:
        return None
    following = rows[at + 1 :]
    if import_ids := _import_ids(following):
        return _made(rows, at, 1, import_ids, ("@import_ids",), texts=rows[at + 1])
    if _is_hxl(following):
        return _made(rows, at, 1, 1, ("@hxl",))
    if _is_second(rows[at], following):
        return _made(rows, at, 2, 0, ("@two_header_rows",))
    return _made(rows, at, 1, 0, ())


def _made(rows, at: int, count: int, skipped: int, marks: tuple[str, ...], texts=()) -> Layout:
    headers = numbered(joined(rows[at : at + count]))
    below = [*texts, *[""] * len(headers)][: len(headers)]
    return Layout(at + 1, count, skipped, tuple(headers), tuple(below), marks)


def _header_at(rows: list[list[str]]) -> int | None:
    """The first row about as wide as the table, or a row of merged cells above such a one."""
    filled = [sum(bool(cell) for cell in cells) for cells in rows]
    if not any(filled):
        return None
    widths = [len(cells) for cells in rows if any(cells)]
    usual = Counter(widths).most_common(1)[0][0]
    for at, cells in enumerate(rows[:PREAMBLE]):
        if filled[at] and filled[at] >= 0.6 * usual:
            above = rows[at - 1] if at else []
            merged = sum(bool(cell) for cell in above)
            return at - 1 if merged > 1 and not _numeric(above) else at
        following = rows[at + 1 :]
        if filled[at] > 1 and _is_second(cells, following):
            return at
    return next(at for at, count in enumerate(filled) if count)


def _numeric(cells: list[str]) -> bool:
    return any(_NUMBER.fullmatch(cell) for cell in cells if cell)


def _import_ids(following: list[list[str]]) -> int:
    """How many rows stand between the headers and the answers of a Qualtrics file; 0 elsewhere."""
    for at, cells in enumerate(following[:2]):
        named = [cell for cell in cells if cell]
        if named and all(cell.startswith('{"ImportId"') for cell in named):
            return at + 1
    return 0


def _is_hxl(following: list[list[str]]) -> bool:
    tags = [cell for cell in following[0] if cell] if following else []
    return bool(tags) and all(cell.startswith("#") and cell[1:2].isalpha() for cell in tags)


def _is_second(header: list[str], following: list[list[str]]) -> bool:
    """Whether the row below is one of headers too: it names what merged cells stand above."""
    if not following:
        return False
    below = following[0]
    width = max(len(header), len(below))
    top, under = header + [""] * (width - len(header)), below + [""] * (width - len(below))
    gaps = [at for at in range(1, width) if not top[at] and under[at] and any(top[:at])]
    if not gaps or any(_NUMBER.fullmatch(under[at]) for at in gaps):
        return False
    # A row of answers has texts that come again; names of rows and options do not.
    later = {(at, cells[at]) for cells in following[1:TRIED] for at in gaps if at < len(cells)}
    again = sum((at, under[at]) in later for at in gaps)
    return again <= 0.5 * len(gaps)
