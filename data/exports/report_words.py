"""The words of reports: what tables, columns and codes are called and mean, in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from data.exports import tidy_csv
from metrics import reasons
from survey.text import Text

_FILE = Path(__file__).with_name("report.yaml")
DICTIONARY = ("table", "column", "code", "meaning")
#: The kind of cell of each column, as Frictionless names it; all others are strings.
_KINDS = {
    "integer": (
        "target_id", "reported_id", "correction", "period", "number", "baseline_year", "evidence",
        "revision", "source_id", "amount", "distinct", "overlap", "projects", "of",
        "metric_version",
    ),
    "number": (
        "value", "cumulative", "baseline", "milestone", "target", "attainment", "pace", "sum",
        "low", "high", "n", "numerator", "denominator", "coverage",
    ),
    "date": (
        "starts_on", "ends_on", "due_on", "closed_on", "milestone_on", "target_on", "since",
        "happened_on", "retain_until",
    ),
}  # fmt: skip
KINDS = {column: kind for kind, columns in _KINDS.items() for column in columns}


def kind_of(column: str) -> str:
    """The kind of a column's cells: string, integer, number or date."""
    return KINDS.get(column, "string")


@cache
def told(part: str) -> Mapping[str, Text]:
    """The texts of a part of the file: tables, about, columns or sentences."""
    return TypeAdapter(dict[str, Text]).validate_python(_read()[part])


@cache
def codes() -> Mapping[str, Mapping[str, Text]]:
    """What the codes of closed columns mean."""
    own = TypeAdapter(dict[str, dict[str, Text]]).validate_python(_read()["codes"])
    return own | {"state": {str(code): text for code, text in reasons.STATES.items()}}


def title(table: str, language: str) -> str:
    return told("tables")[table].in_language(language)


def sentence(key: str, language: str, **values: object) -> str:
    return told("sentences")[key].in_language(language).format(**values)


def meaning(table: str, column: str, language: str) -> str:
    """What a column of a table means."""
    if table == "figures":
        text = next(each for each in tidy_csv.dictionary_rows(language) if each[0] == column)
        return text[2]
    known = told("columns")
    return known.get(f"{table}.{column}", known.get(column)).in_language(language)


def dictionary(
    tables: Mapping[str, tuple[str, ...]], language: str
) -> list[tuple[str, str, str | None, str]]:
    """Every column of every table, and every code of one, with what it means."""
    found = []
    for table, columns in tables.items():
        if table == "figures":
            figures = tidy_csv.dictionary_rows(language)
            found += [(table, column, code or None, said) for column, code, said in figures]
            continue
        for column in columns:
            found.append((table, column, None, meaning(table, column, language)))
            closed = {} if (table, column) == ("items", "kind") else codes().get(column, {})
            found += [
                (table, column, code, text.in_language(language)) for code, text in closed.items()
            ]
    return found


@cache
def _read() -> dict:
    return yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
