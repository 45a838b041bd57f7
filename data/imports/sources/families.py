"""Questions of which several may be chosen: one cell with a list, or a column an option."""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.imports.sources.found import Column, Found
from data.imports.sources.words import plain, words

_STEMS = (
    re.compile(r"(?P<stem>.+)___(?P<option>[A-Za-z0-9_]+)"),
    re.compile(r"(?P<stem>.+?)\s*\(choice=(?P<option>.+)\)"),
    re.compile(r"(?P<stem>[A-Za-z][A-Za-z0-9_]*)\[(?P<option>[A-Za-z0-9_]+)\](?:\.\s.*)?"),
    re.compile(r"(?P<stem>.+?)\s*\[(?P<option>[^\[\]]+)\]"),
    re.compile(r"(?P<stem>.+)[/.:](?P<option>[^/.:]+)"),
)
#: Columns that are options of one question.
FEWEST = 2


@dataclass(frozen=True, slots=True)
class Ticked:
    """One option as an item of its own: 1 chosen, 0 not.

    stem: the question. option: as the file names it. values: what cells mean, besides blanks.
    among: the columns of the question, where a blank is a 0 once any of them is filled.
    unless_blank: the unsplit column without which a 0 says nothing. cut: the sign of a list.
    """

    column: Column
    stem: str
    option: str
    values: tuple[tuple[str, str], ...] = ()
    among: tuple[str, ...] = ()
    unless_blank: str = ""
    cut: str = ""


def ticked(found: Found, columns: list[Column]) -> tuple[list[Ticked], set[str]]:
    """Options of questions of which several may be chosen, and the headers that they take."""
    made, taken = [], set()
    by_stem: dict[str, list[tuple[Column, str]]] = {}
    for column in columns:
        for pattern in _STEMS:
            part = pattern.fullmatch(column.header)
            if part and _is_option(column, part["option"]):
                by_stem.setdefault(part["stem"], []).append((column, part["option"]))
                break
    headers = {column.header: column for column in columns}
    for stem, members in by_stem.items():
        if len(members) < FEWEST:
            continue
        made += _family(found, stem, members, headers.get(stem))
        taken |= {column.header for column, _ in members} | ({stem} & set(headers))
    for column in columns:
        if column.options and column.header not in taken:
            made += [
                Ticked(column, column.said, option, cut=column.split) for option in column.options
            ]
            taken.add(column.header)
    return made, taken


def _is_option(column: Column, option: str) -> bool:
    """Whether cells only say that the option was chosen or was not."""
    if column.many:
        return False
    marks = words().ticked | words().unticked | {plain(option)}
    return all(plain(value) in marks for value in column.values)


def _family(
    found: Found, stem: str, members: list[tuple[Column, str]], unsplit: Column | None
) -> list[Ticked]:
    among = tuple(column.header for column, _ in members)
    # Where nobody ever wrote a 0, a blank beside a chosen option is one.
    zeros = any(
        plain(value) in words().unticked for column, _ in members for value in column.values
    )
    made = []
    for column, option in members:
        values = [
            (value, "0" if plain(value) in words().unticked else "1") for value in column.values
        ]
        made.append(
            Ticked(
                column,
                stem,
                _worded(found, column, option),
                tuple(values),
                () if zeros else among,
                unsplit.header if zeros and unsplit and found.source == "odk" else "",
            )
        )
    return made


def _worded(found: Found, column: Column, option: str) -> str:
    """The option in words, where the file or its structure says it beside a code."""
    said = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*\[[^\]]*\]\.\s+.*\[(.+)\]", column.header)
    if said:
        return said[1]
    texts = found.structure.get(column.header, {}).get("text", {})
    return next(iter(texts.values()), column.text.rpartition(" - ")[2] or option)
