"""Profiles of registers and records that other tools write: projects, proposals, partners."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from data.imports.business_ids import business_id_in, is_business_id
from data.imports.profile import FIELDS
from data.imports.register import code_of as slug_of
from data.imports.sources.found import Column, Found
from data.imports.sources.words import plain

RECORDS = Path(__file__).with_name("records.yaml")
_DAYS = ("starts_on", "ends_on")
#: What a person is asked of fields that no column says.
_ASKED = {"project": "which_project"}


@cache
def _known() -> dict:
    return yaml.safe_load(RECORDS.read_text(encoding="utf-8"))


def records_profile(
    found: Found, kind: str, said: dict[str, str]
) -> tuple[dict, list[tuple[str, dict, bool]]]:
    """The body of a profile as far as the file tells it, and what a person must say or check."""
    wanted = _known().get(kind, {})
    columns = {
        field: _cell(column, field, found)
        for field, names in wanted.items()
        if field not in said and (column := _column(found, names, field)) is not None
    }
    constants = {
        name: value for name, value in said.items() if name in {f.rstrip("*") for f in FIELDS[kind]}
    }
    stem = found.file.rpartition(".")[0] or found.file
    body: dict = {"name": slug_of(f"{found.source}-{stem}").replace("-", "_")[:60].strip("_"),
                  "kind": kind, "columns": columns, "constants": constants}  # fmt: skip
    questions = _missing(kind, columns, constants)
    dates = sorted({form for field in _DAYS for form in _dates(found, columns.get(field))}, key=len)
    body |= {"dates": dates} if dates else {}
    if kind == "projects":
        body["create"] = [name for name in ("funder", "programme") if name in columns]
        if "area" in columns:
            questions.append(("areas_known", {"column": str(columns["area"]["column"])}, False))
    if kind == "proposals":
        body["history"] = _history(found)
    if kind == "partners":
        body["create"] = ["organisation"]
        questions += _unchecked(found, columns)
    return body, questions


def _column(found: Found, names: list[str], field: str) -> Column | None:
    for name in names:
        for column in found.columns:
            # The name of a project or a proposal is no name of a person.
            if column.personal and field not in ("name", "title", "code"):
                continue
            if name == "@business_ids" and _is_list_of_ids(column):
                return column
            if column.filled and re.fullmatch(name, column.header, re.IGNORECASE):
                return column
    return None


def _is_list_of_ids(column: Column) -> bool:
    return bool(column.values) and sum(map(is_business_id, column.values)) > len(column.values) / 2


def _cell(column: Column, field: str, found: Found) -> dict:
    """A field's column; a text in several languages is the first that is written."""
    stem, cut, _ = column.header.rpartition("/")
    forms = [c.header for c in found.columns if c.header.rpartition("/")[:2] == (stem, "/")]
    if cut and field in ("title", "name", "category") and len(forms) > 1:
        ordered = [column.header, *(form for form in forms if form != column.header)]
        return {"column": ordered, "first": True}
    return {"column": column.header}


def _missing(kind: str, columns: dict, constants: dict) -> list[tuple[str, dict, bool]]:
    required = [field.rstrip("*") for field in FIELDS[kind] if field.endswith("*")]
    absent = [field for field in required if field not in columns and field not in constants]
    return [(_ASKED.get(field, "which_column"), {"field": field}, True) for field in absent]


def _dates(found: Found, cell: dict | None) -> tuple[str, ...]:
    return found.column(cell["column"]).forms[:1] if cell else ()


def _history(found: Found) -> list[dict]:
    """Submitted on its day, then what the state says; withdrawn where a column says so."""
    days = [c for c in found.columns if c.header in ("published_at", "created_at") and c.forms]
    first: dict = {"status": "submitted"}
    if days:
        first["on_date"] = {"column": days[0].header, "dates": list(days[0].forms)}
    steps = [first]
    state = next((c for c in found.columns if c.header in ("state", "tila") and c.filled), None)
    if state:
        meanings = _known()["states"]
        values = {value: meanings.get(plain(value), "") for value in state.values}
        steps.append({"column": state.header, "values": values})
    return steps


def _unchecked(found: Found, columns: dict) -> list[tuple[str, dict, bool]]:
    """Business IDs whose check digit is wrong: somebody mistyped them."""
    header = columns.get("organisation", {}).get("column")
    if not header:
        return []
    values = found.column(header).values
    # What is written in another way is a name, or an ID of another country.
    wrong = [v for v in values if (told := business_id_in(v)) and not is_business_id(told)]
    detail = {"column": header, "count": len(wrong), "values": ", ".join(wrong[:8])}
    return [("wrong_business_ids", detail, False)] if wrong else []
