"""A pasted or sent list of people to invite, row by row, and what is wrong with which row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.wording import LANGUAGE_NAMES, say
from data.fieldwork.invitations import MOST, Invitee
from metrics.names import GROUP_NAMES
from survey.text import LANGUAGES

#: What the columns may be called, in any case; the order where there is no header.
GROUP, LANGUAGE, REFERENCE = COLUMNS = ("group", "language", "reference")
HEADERS = {
    GROUP: {"group", "ryhmä", "ryhma", "grupp"},
    LANGUAGE: {"language", "kieli", "språk", "sprak"},
    REFERENCE: {"reference", "tunnus", "viite", "referens", "id"},
}
SEPARATORS = ";\t,"
LONGEST = 200
#: Problems that are told; a list with more of them is better looked at where it was made.
TOLD = 10


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row. code: group, group_missing, language, twice, reference, long, many,
    or empty (there is no row at all)."""

    row: int
    code: str
    value: str = ""


def read(
    text: str, groups: Sequence[str], *, joined: bool
) -> tuple[list[Invitee], tuple[Fault, ...]]:
    """The people of a list in its order, and every row that cannot be taken.

    Columns: group, language, reference, in any order under a header, else in this order. Where one
    group is asked, its column may be missing; a row of one cell is then a reference.
    """
    rows = [(number, cells) for number, cells in _rows(text) if any(cells)]
    order: Sequence[str] | None = None
    if rows and (found := _header(rows[0][1])):
        order, rows = found, rows[1:]
    people: list[Invitee] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for number, cells in rows:
        named = _named(cells, order, groups)
        fault = _fault(number, named, groups, seen, joined=joined)
        if fault:
            faults.append(fault)
            continue
        group = _group(named.get(GROUP, "")) or groups[0]
        reference = named.get(REFERENCE) or None
        seen |= {_plain(reference)} if reference else set()
        people.append(Invitee(group, reference, _language(named.get(LANGUAGE, ""))))
    if not rows:
        faults.append(Fault(1, "empty"))
    if len(rows) > MOST:
        faults.insert(0, Fault(MOST + 1, "many", str(MOST)))
    return people, tuple(faults)


def decoded(content: bytes) -> str:
    """The text of a file that a spreadsheet wrote: UTF-8, else Western letters of Windows."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def message(fault: Fault, language: str, groups: Sequence[str]) -> str:
    """A fault in words: which row, what is wrong, what may stand there."""
    known = ", ".join(f"{code} ({GROUP_NAMES[code].in_language(language)})" for code in groups)
    return say(
        f"invitees.{fault.code}",
        language,
        row=fault.row,
        value=fault.value,
        groups=known,
        languages=", ".join(LANGUAGES),
    )


# --- rows and cells -----------------------------------------------------------------------------


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]


def _header(cells: Sequence[str]) -> list[str] | None:
    """What the columns are, where every cell of the first row is the name of one."""
    by_name = {name: column for column, names in HEADERS.items() for name in names}
    order = [by_name.get(cell.casefold(), "") for cell in cells if cell]
    return order if order and all(order) and len(set(order)) == len(order) else None


def _named(
    cells: Sequence[str], order: Sequence[str] | None, groups: Sequence[str]
) -> dict[str, str]:
    if order is None:
        alone = len([cell for cell in cells if cell]) == 1 and len(groups) == 1
        order = (REFERENCE,) if alone and not _group(cells[0]) else COLUMNS
    return dict(zip(order, cells, strict=False))


def _fault(
    row: int, named: dict[str, str], groups: Sequence[str], seen: set[str], *, joined: bool
) -> Fault | None:
    group, language = named.get(GROUP, ""), named.get(LANGUAGE, "")
    reference = named.get(REFERENCE, "")
    wrong = (
        ("group_missing", not group and len(groups) > 1, ""),
        ("group", bool(group) and _group(group) not in groups, group),
        ("language", bool(language) and _language(language) is None, language),
        ("reference", joined and not reference, ""),
        ("twice", bool(reference) and _plain(reference) in seen, reference),
        ("long", len(reference) > LONGEST, reference[:20]),
    )
    return next((Fault(row, code, value[:40]) for code, holds, value in wrong if holds), None)


def _group(said: str) -> str | None:
    """The code of a group that is named by its code, or by its name in one of the languages."""
    wanted = said.casefold()
    for code, name in GROUP_NAMES.items():
        if wanted in {code.casefold(), *(name.in_language(one).casefold() for one in LANGUAGES)}:
            return code
    return None


def _language(said: str) -> str | None:
    wanted = said.casefold()
    names = {code: {code, name.casefold()} for code, name in LANGUAGE_NAMES.items()}
    return next((code for code, known in names.items() if wanted in known), None)


def _plain(reference: str) -> str:
    return " ".join(reference.split()).casefold()
