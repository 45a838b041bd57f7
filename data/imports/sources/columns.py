"""What the columns of a table hold: their values, whether numbers or dates, whether personal."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

from data.imports.sources.found import Column
from data.imports.sources.layout import Layout
from data.imports.sources.personal import personal_look, personal_name
from data.imports.sources.tables import Table
from data.imports.spaces import normal_spaces

#: More different values than this are not listed: they are texts, keys or names.
LISTED = 60
LONGEST = 300
#: A list in a cell has at most so many choices, and they are so much of all that its cells say.
MOST_OPTIONS, COVERED = 40, 0.85
_NUMBER = re.compile(r"-?[0-9]+(?:[.,]0+)?")
_DATED = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")
_ZONE_WORD = re.compile(r" (?:[A-Z]{3,4})$")
#: Forms of dates that survey tools write. Where two fit every cell, a person is asked.
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%m/%d/%y", "%d.%m.%y",
         "%d-%m-%Y", "%d/%m/%y")  # fmt: skip
_CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", "T%H:%M:%S.%f", " %H:%M:%S.%f",
           " %I:%M:%S %p", " %I:%M %p", " %H.%M", " %H.%M.%S", " klo %H.%M",
           " klo %H.%M.%S", " klo %H:%M", " kl. %H:%M", " kl. %H.%M")  # fmt: skip
_ZONED = re.compile(r"\s*(?:Z|[+-][0-9]{2}:?[0-9]{2})$")


def columns_of(table: Table, layout: Layout) -> tuple[Column, ...]:
    """The columns of a table; what a personal one holds does not leave this process."""
    answers = [cells for cells in table.rows[layout.answers_from :] if any(cells)]
    return tuple(
        _column(header, layout.texts[at], [cells[at] for cells in answers if at < len(cells)])
        for at, header in enumerate(layout.headers)
        if header
    )


def _column(header: str, text: str, cells: list[str]) -> Column:
    counted = Counter(normal_spaces(cell) for cell in cells)
    counted.pop("", None)
    said = [value for value, _ in counted.most_common()]
    personal = personal_name(header) or personal_name(text) or personal_look(said[:500])
    filled = counted.total()
    if personal:
        return Column(header, text, filled, personal=personal)
    many = len(said) > LISTED or any(len(value) > LONGEST for value in said)
    forms = _forms(said[:2000]) if said and not _NUMBER.fullmatch(said[0]) else ()
    split, options = ("", ()) if forms else _options(counted)
    numbers = bool(said) and all(_NUMBER.fullmatch(value) for value in said)
    return Column(
        header=header,
        text="" if text == header else text,
        filled=filled,
        values=() if many else tuple(said),
        many=many,
        numbers=numbers,
        options=options,
        split=split,
        forms=forms,
        span=_span(said, forms),
    )


def _options(counted: Counter[str]) -> tuple[str, tuple[str, ...]]:
    """The choices of cells that hold several, and the sign between them; none in other columns.

    Choices come again and again; pieces of sentences do not.
    """
    for sign in (";", "|", ", "):
        parts: Counter[str] = Counter()
        several = 0
        for cell, times in counted.items():
            pieces = [piece.strip() for piece in cell.split(sign) if piece.strip()]
            several += times * (len(pieces) > 1)
            for piece in pieces:
                parts[piece] += times
        common = [piece for piece, times in parts.most_common() if times > 1]
        covered = sum(parts[piece] for piece in common) / (parts.total() or 1)
        fewer = len(common) < len(counted)
        if several and fewer and 2 <= len(common) <= MOST_OPTIONS and covered >= COVERED:
            return sign, tuple(common)
    return "", ()


def _span(said: list[str], forms: tuple[str, ...]) -> tuple[str, ...]:
    """The first and the last day of a column of dates."""
    if not forms:
        return ()
    day = next(day for day in _DAYS if forms[0].startswith(day))
    days = sorted(
        datetime.strptime(match[0], day).date().isoformat()
        for value in said
        if (match := _DATED.match(value)) and _fits(match[0], day)
    )
    return (days[0], days[-1]) if days else ()


def _forms(said: list[str]) -> tuple[str, ...]:
    """Every form of dates that fits all of the values."""
    if not all(_DATED.match(value) for value in said):
        return ()
    zones = {zone[0] for value in said if (zone := _ZONE_WORD.search(value))} - {" AM", " PM"}
    zone = zones.pop() if len(zones) == 1 else ""
    zoned = all(_ZONED.search(value) for value in said)
    plain = [_ZONED.sub("", value) if zoned else value.removesuffix(zone) for value in said]
    end = "%z" if zoned else zone
    forms = [f"{day}{clock}" for day in _DAYS for clock in _CLOCKS]
    found = [form for form in forms if all(_fits(value, form) for value in plain)] or _mixed(plain)
    return tuple(f"{form}{end}" for form in found)


def _mixed(plain: list[str]) -> list[str]:
    """The day's form where clocks are written in more ways than one: with and without parts."""
    for day in _DAYS:
        forms = [f"{day}{clock}" for clock in _CLOCKS]
        used = [next((form for form in forms if _fits(value, form)), None) for value in plain]
        if None not in used:
            return list(dict.fromkeys(used))
    return []


def _fits(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)
    except ValueError:
        return False
    return True
