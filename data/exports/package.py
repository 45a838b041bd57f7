"""A report as a Frictionless data package: a zip of CSV files with a description of every column.

The CSV files are UTF-8 with commas and decimal points; numbers are exact. A text that a spreadsheet
would run as a formula carries an apostrophe (`data.exports.cells`), which importing takes off.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from data.exports.cells import harmless
from data.exports.report import Report, Table
from data.exports.report_words import kind_of, meaning, sentence, title, told

#: Files of one report are the same bytes whenever they are written; a zip must have some time.
_TIME = (1980, 1, 1, 0, 0, 0)
_STATES = ("value", "zero", "not_reported", "not_applicable", "suppressed")


@dataclass(frozen=True, slots=True)
class Described:
    """What a package says of itself. more: further fields of datapackage.json."""

    name: str
    title: str
    description: str
    made_at: datetime
    more: Mapping[str, object]


def write_package(report: Report) -> bytes:
    """The report as the bytes of a zip: datapackage.json, a CSV for each table, README.md."""
    language = report.language
    described = Described(
        "arviomo-reported-indicators",
        sentence("title", language),
        sentence("states", language),
        report.made_at,
        {
            "version": report.code_version,
            "arviomo": {"revision": report.revision, "profile": report.profile.value},
        },
    )
    readme = readme_of(described.title, list(report.tables), language)
    return zipped(described, list(report.tables.values()), readme, language)


def readme_of(heading: str, tables: Iterable[str], language: str) -> str:
    """What the files of a package are, for people."""
    about = told("about")
    files = [f"- `{name}.csv`: {about[name].in_language(language)}" for name in tables]
    notes = [sentence(key, language) for key in ("states", "precision", "mark")]
    return "\n".join([f"# {heading}", "", *files, "", *notes, ""])


def zipped(described: Described, tables: Sequence[Table], readme: str, language: str) -> bytes:
    """Tables as the bytes of a zip with their description."""
    files = {f"{table.name}.csv": csv_of(table) for table in tables}
    description = {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "profile": "tabular-data-package",
        "name": described.name,
        "title": described.title,
        "description": described.description,
        "created": described.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **described.more,
        "resources": [_resource(table, files[f"{table.name}.csv"], language) for table in tables],
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        parts = {
            "datapackage.json": orjson.dumps(description, option=orjson.OPT_INDENT_2),
            **files,
            "README.md": readme.encode(),
        }
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def csv_of(table: Table) -> bytes:
    """A table as CSV: empty where there is nothing, days in ISO form, texts guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(table.columns)
    writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode()


def _cell(cell: object) -> object:
    return harmless(cell) if isinstance(cell, str) else cell


def _resource(table: Table, content: bytes, language: str) -> dict[str, object]:
    return {
        "name": table.name,
        "title": title(table.name, language),
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {
            "fields": [_field(table.name, column, language) for column in table.columns],
            "missingValues": [""],
        },
    }


def _field(table: str, column: str, language: str) -> dict[str, object]:
    found: dict[str, object] = {
        "name": column,
        "type": kind_of(column),
        "description": meaning(table, column, language),
    }
    if column == "state":
        found["constraints"] = {"enum": list(_STATES), "required": True}
    return found
