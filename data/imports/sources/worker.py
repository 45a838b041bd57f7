"""The child process that looks at a file and says what it is; limited like the reader of files."""

from __future__ import annotations

import importlib
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

from data.imports.business_ids import is_business_id
from data.imports.limits import Gauge, Limits, Unreadable
from data.imports.sources.columns import columns_of
from data.imports.sources.event_logs import events_of, log_summary, longest_wait
from data.imports.sources.found import Column, Found
from data.imports.sources.layout import Layout, layout_of
from data.imports.sources.structures import looked_at
from data.imports.sources.tables import Table, fill, text_table, workbook_tables, zip_tables
from data.imports.sources.tools import SHARE_OF_IDS, recognised
from data.imports.worker import confine
from data.imports.xml_tables import xml_rows, xml_tables

#: Loaded before the gates close: loading them loads foreign code, which is forbidden afterwards.
_LOADED = ("openpyxl", "defusedxml.ElementTree", "xml.etree.ElementTree", "charset_normalizer",
           "_strptime")  # fmt: skip
#: Tables in which an answer has several rows, or none.
REPEATS = ("kobo_repeats", "odk_repeats")
_LOCALE = re.compile(r"[^/]+/([a-z]{2})(?:-[A-Za-z]+)?")


def look(request: dict, limits: Limits) -> Found:
    """What the file is. Raises: Unreadable."""
    path, kind, name = Path(request["path"]), request["format"], request["file"]
    wanted = request.get("table")
    if kind == "xml":
        return _of_xml(path, name, limits, wanted)
    unlooked = 0
    if kind == "zip":
        (tables, unlooked), kind = _inside(path, limits, request.get("encoding"))
    else:
        tables = [text_table(path, limits, "", request.get("encoding"))]
    return replace(best_of(name, kind, tables, wanted), unlooked=unlooked)


def _of_xml(path: Path, name: str, limits: Limits, wanted: str | None) -> Found:
    """What an XML file is; of a log and of IATI, one of its tables too."""
    root, named = xml_tables(path)
    source, counts, structure = looked_at(path, root)
    tables = [_xml_table(path, member, limits) for member in named]
    tables = [table for table in tables if table.count > 1]
    if not tables:
        return Found(name, source, format="xml", counts=counts, structure=structure)
    found = best_of(name, "xml", tables, wanted or tables[0].name)
    return replace(found, source=source, counts=counts | found.counts)


def _xml_table(path: Path, member: str, limits: Limits) -> Table:
    table = Table(member)
    fill(table, (cells for _, cells in xml_rows(path, member, limits, Gauge())), limits)
    return table


def _inside(
    path: Path, limits: Limits, encoding: str | None
) -> tuple[tuple[list[Table], int], str]:
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("damaged_file") from error
    if "[Content_Types].xml" in names or "xl/workbook.xml" in names or "mimetype" in names:
        return workbook_tables(path, limits), "xlsx"
    return zip_tables(path, limits, encoding), "zip"


def best_of(name: str, kind: str, tables: list[Table], wanted: str | None = None) -> Found:
    """What the table of a file that people answered is; the others are named."""
    named = [table.name for table in tables]
    if wanted and wanted not in named:
        raise Unreadable("table_missing", value=wanted, found=", ".join(named))
    looked = []
    for table in tables:
        layout = layout_of(table)
        if layout is not None and (not wanted or table.name == wanted):
            looked.append(_found(name, kind, table, layout, tables))
    if not looked:
        raise Unreadable("header_missing", row=1)
    # A sheet of repeats, or of notes, is not what was meant where another is known.
    return max(
        looked,
        key=lambda found: (found.source not in ("table", *REPEATS), bool(found.rows)),
    )


def _found(name: str, kind: str, table: Table, layout: Layout, tables: list[Table]) -> Found:
    columns = columns_of(table, layout)
    told = {*layout.marks}
    if kind == "zip":
        told.add("@zip_of_one_form")
    if _has_business_ids(columns):
        told.add("@business_ids")
    source, evidence = recognised([column.header for column in columns], told)
    answers = table.rows[layout.answers_from :]
    blank = sum(not any(cells) for cells in answers)
    whole = source == "event_log" and len(table.rows) == table.count
    events = events_of(layout.headers, answers) if whole else []
    waits = longest_wait(events)
    return Found(
        file=name,
        source=source,
        evidence=tuple(evidence),
        format=kind,
        encoding=table.encoding,
        sure=table.sure,
        sample=table.sample,
        separator=table.separator,
        sheet=table.name if kind == "xlsx" else "",
        member=table.name if kind in ("zip", "xml") else "",
        header_row=layout.header_row,
        header_rows=layout.header_rows,
        skip_rows=layout.skip_rows,
        rows=max(0, table.count - layout.answers_from - blank),
        columns=columns,
        languages=_languages(columns),
        counts=log_summary(events),
        waits_for=waits[0] if waits else "",
        tables=tuple((other.name, other.count) for other in tables if other is not table),
    )


def _has_business_ids(columns: tuple[Column, ...]) -> bool:
    return any(
        column.values
        and sum(is_business_id(value) for value in column.values)
        >= SHARE_OF_IDS * len(column.values)
        for column in columns
    )


def _languages(columns: tuple[Column, ...]) -> tuple[str, ...]:
    found = {match[1] for column in columns if (match := _LOCALE.fullmatch(column.header))}
    return tuple(sorted(found & {"fi", "sv", "en"}))


def main() -> None:
    """Answers one request."""
    request = json.loads(sys.stdin.read())
    for module in _LOADED:
        importlib.import_module(module)
    limits = Limits(**request["limits"])
    confine(limits)
    report: dict = {"fatal": []}
    try:
        report["found"] = look(request, limits).as_json()
    except Unreadable as stopped:
        report["fatal"].append(stopped.problem)
    except MemoryError:
        report["fatal"].append(Unreadable("parser_memory").problem)
    print(json.dumps({"report": report}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
