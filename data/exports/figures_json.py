"""A report as JSON: the same tables for machines, every text exactly as it was written.

A number is a number, and there is null where there is none; ``state`` says why. Numbers have
fifteen significant digits, as everything that reads JSON keeps them.
"""

from __future__ import annotations

from decimal import Decimal

import orjson

from data.exports.report import Report
from data.exports.report_words import sentence

FORMAT = "arviomo-report/1"


def write_json(report: Report) -> bytes:
    """The report as the bytes of a JSON document."""
    language = report.language
    document = {
        "format": FORMAT,
        "title": sentence("title", language),
        "language": language,
        "made_at": report.made_at.isoformat().replace("+00:00", "Z"),
        "code_version": report.code_version,
        "revision": report.revision,
        "profile": report.profile.value,
        "notes": [sentence(key, language) for key in ("states", "precision")],
        "tables": {
            name: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            for name, table in report.tables.items()
        },
    }
    return orjson.dumps(document, default=_number, option=orjson.OPT_INDENT_2)


def _number(value: object) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral() else float(value)
    raise TypeError(f"{type(value).__name__} has no place in a report")
