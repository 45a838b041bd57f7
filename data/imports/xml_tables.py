"""Tables in XML files: the events of a log in XES, and what an IATI file says of activities.

A table has a name (the ``member`` of a profile's file), a row of headers, and rows of texts. The
file is walked twice, so that its rows need not be held to know its headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from data.imports.iati_tables import IATI
from data.imports.limits import Gauge, Limits, Unreadable
from data.imports.xml_elements import elements, local, root_of

Rows = Iterator[dict[str, str]]
#: The columns of a log that has them, first; others follow as they come.
_LOG = ("case:concept:name", "concept:name", "time:timestamp")


def xml_tables(path: Path) -> tuple[str, dict[str, Callable[[Path], Rows]]]:
    """The outermost element of a file, and its tables by name. Raises: Unreadable."""
    root = root_of(path)
    return root, {"log": {"events": _logged}, "iati-activities": IATI}.get(root, {})


def xml_rows(
    path: Path, member: str, limits: Limits, gauge: Gauge
) -> Iterator[tuple[int, list[str]]]:
    """The headers of a table (row 1) and its rows. Raises: Unreadable."""
    root, tables = xml_tables(path)
    if member not in tables:
        raise Unreadable("other_kind", found=f"XML <{root[:40]}>")
    read = tables[member]
    headers, count = _headers(read(path), limits)
    gauge.total = count
    yield 1, headers
    for number, row in enumerate(read(path), start=1):
        gauge.done = number
        yield number + 1, [row.get(header, "") for header in headers]


def _headers(rows: Rows, limits: Limits) -> tuple[list[str], int]:
    found: dict[str, None] = {}
    count = 0
    for row in rows:
        found |= dict.fromkeys(row)
        count += 1
        if len(found) > limits.columns:
            raise Unreadable("too_many_columns", found=len(found), limit=limits.columns)
        longest = max(map(len, row.values()), default=0)
        if longest > limits.cell_characters:
            raise Unreadable("line_too_long", row=count + 1, limit=limits.cell_characters)
    first = [name for name in _LOG if name in found]
    return [*first, *(name for name in found if name not in first)], count


def _logged(path: Path) -> Rows:
    """The events of the traces of a log; what a trace says stands under ``case:``."""
    for event, _, tag, element in elements(path):
        if event == "end" and tag == "trace":
            own = {f"case:{key}": value for key, value in _said(element)}
            for inner in element:
                if local(inner) == "event":
                    yield own | dict(_said(inner))


def _said(element) -> Iterator[tuple[str, str]]:
    """The attributes of a trace or an event; of lists and containers nothing."""
    for inner in element:
        if inner.get("key") and inner.get("value") is not None:
            yield inner.get("key"), inner.get("value")
