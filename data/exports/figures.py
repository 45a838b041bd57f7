"""The published figures as a tidy table: one figure a row, as protected as on a page."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

import sqlalchemy as sa

from data import records, sheets
from data.access import User
from metrics.catalog import metrics
from metrics.metric import Level, Result

COLUMNS = (
    "revision", "metric", "metric_version", "metric_label", "unit", "instrument", "part", "level",
    "entity_code", "entity_name", "wave", "split", "split_value", "state", "value", "low", "high",
    "n", "numerator", "denominator", "projects", "coverage", "indicative", "method", "reason",
)  # fmt: skip
#: A spreadsheet takes a text that begins with one of these for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_figures(
    connection: sa.Connection, user: User, revision: int, language: str, out: TextIO
) -> int:
    """How many figures of a revision were written: those that the user may see.

    Rows: in the order of the sheet's key. Missing: an empty cell; state and reason say why.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    names = {level: _names(connection, user, level, language) for level in Level}
    written = 0
    for result in sheets.read_figures(connection, user, revision=revision):
        code, name = names[Level(result.level)].get(result.entity, (str(result.entity), ""))
        writer.writerow([*_cells(result, revision, language, code, name)])
        written += 1
    return written


def _cells(result: Result, revision: int, language: str, code: str, name: str) -> Iterator[object]:
    metric = metrics()[result.metric]
    yield from (revision, metric.id, metric.version, metric.label.in_language(language))
    yield from (metric.unit, result.instrument, result.part, result.level)
    yield from (harmless(code), harmless(name), result.wave, result.split, result.split_value)
    yield from (result.state, result.value, result.low, result.high)
    yield from (result.n, result.numerator, result.denominator, result.projects, result.coverage)
    yield from ("yes" if result.indicative else "no", result.method, result.reason)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _names(
    connection: sa.Connection, user: User, level: Level, language: str
) -> dict[int, tuple[str, str]]:
    read = {
        Level.PROGRAMME: records.programmes,
        Level.FUNDER: records.funders,
        Level.AREA: records.areas,
        Level.THEME: records.themes,
        Level.PROJECT: records.project_names,
    }.get(level)
    if read is None:
        return {0: ("", "")}
    return {
        entity.id: (entity.code, records.name_in(entity, language))
        for entity in read(connection, user)
    }
