"""Which columns say whose answers a file holds: project, wave, group, day, language, number."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from data.imports.headers import bare
from data.imports.profile import CLOSED
from data.imports.sources.found import Column, Found
from data.imports.sources.tools import tools
from data.imports.sources.words import plain, words

#: LimeSurvey writes this day for every answer of an anonymous survey.
NO_DAY = "1980-01-01"
_CLOSED = ("wave", "group", "phase")
#: So much of what a column says must be names of projects, or words of the list.
SHARE = 0.6


@dataclass(slots=True)
class Fields:
    """What stands where. questions: (code, what a person needs to see) where it is not certain."""

    columns: dict[str, dict] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    headers: set[str] = field(default_factory=set)
    questions: list[tuple[str, dict]] = field(default_factory=list)


def fields_of(found: Found, projects: set[str], said: dict[str, str]) -> Fields:
    """The fields of answers. projects: names and codes of the register, plain.

    said: what a person says of the whole file; it comes before what its columns may say.
    """
    made = Fields()
    known = [column for column in found.columns if not column.personal]
    if "project" not in said:
        _project(made, known, projects)
    for name in _CLOSED:
        if name not in said:
            _closed(made, known, name)
    _of_tool(made, found)
    key = _named(known, "link_key")
    if key:
        _take(made, "link_key", key, {"column": key.header, "optional": True})
    return made


def _take(made: Fields, name: str, column: Column, cell: dict) -> None:
    made.columns[name] = cell
    made.headers.add(column.header)


def _named(columns: list[Column], name: str) -> Column | None:
    wanted = words().fields[name]
    for column in columns:
        said = {plain(column.header), plain(re.split(r"[/.:]", column.header)[-1])}
        if said & set(wanted) and column.filled:
            return column
    return None


def _project(made: Fields, columns: list[Column], projects: set[str]) -> None:
    known = [
        column
        for column in columns
        if column.values
        and sum(plain(v) in projects for v in column.values) >= SHARE * len(column.values)
    ]
    column = known[0] if known else _named(columns, "project")
    if column is None:
        made.questions.append(("which_project", {}))
        return
    _take(made, "project", column, {"column": column.header})
    strange = [value for value in column.values if plain(value) not in projects]
    if strange:
        detail = {"column": column.header, "count": len(strange), "example": strange[0]}
        made.questions.append(("unknown_projects", detail))


def _closed(made: Fields, columns: list[Column], name: str) -> None:
    meanings = {plain(code): code for code in CLOSED[name]} | words().meanings.get(name, {})
    listed = [
        column
        for column in columns
        if len(column.values) > 1 and all(plain(value) in meanings for value in column.values)
    ]
    column = _named(columns, name) or (listed[0] if listed and name != "phase" else None)
    if column is None:
        if name == "wave":
            made.questions.append(("which_wave", {}))
        return
    values = {value: meanings[plain(value)] for value in column.values if plain(value) in meanings}
    strange = [value for value in column.values if value not in values]
    if not values and name != "wave":
        return
    _take(made, name, column, {"column": column.header, "values": values})
    if strange:
        detail = {"column": column.header, "values": ", ".join(strange[:8])}
        made.questions.append((f"unknown_{name}s", detail))


def _of_tool(made: Fields, found: Found) -> None:
    """The number, the day and the language of an answer, as its tool calls them."""
    wanted = tools()[found.source].fields
    _number(made, found, wanted.get("response_id", ()))
    for name in wanted.get("answered_on", ()):
        day = _first(found, (name,))
        if day is None or not day.forms:
            continue
        if set(day.span) == {NO_DAY}:
            made.questions.append(("no_days", {"column": day.header}))
            made.headers.add(day.header)
            continue
        _take(made, "answered_on", day, {"column": day.header, "dates": list(day.forms)})
        if len({form[:8] for form in day.forms}) > 1:
            made.columns["answered_on"]["dates"] = [day.forms[0]]
            detail = {"column": day.header, "form": day.forms[0], "other": day.forms[-1]}
            made.questions.append(("which_dates", detail))
        break
    _times(made, found, wanted)
    if language := _first(found, wanted.get("language", ())):
        meanings = words().meanings["language"]
        values = {v: meanings[plain(v)] for v in language.values if plain(v) in meanings}
        if values:
            cell = {"column": language.header, "values": values, "otherwise": "blank"}
            _take(made, "language", language, cell)


def _times(made: Fields, found: Found, wanted: dict[str, tuple[str, ...]]) -> None:
    """How long an answer took: the tool's own figure, or its beginning and its end."""
    if took := _first(found, wanted.get("took", ())):
        _take(made, "took", took, {"column": took.header, "optional": True})
        return
    began, ended = (_first(found, wanted.get(name, ())) for name in ("started", "ended"))
    if not (began and ended) or began is ended or not (began.forms and ended.forms):
        return
    if NO_DAY in (*began.span, *ended.span):
        return
    for name, column in (("started", began), ("ended", ended)):
        cell = {"column": column.header, "dates": list(column.forms), "optional": True}
        _take(made, name, column, cell)


def _number(made: Fields, found: Found, names: tuple[str, ...]) -> None:
    """The number of an answer; of a repeated group it is put together of two columns."""
    for name in names:
        parts = [_first(found, (one,)) for one in name.split(" + ")]
        if all(parts):
            headers = [part.header for part in parts]
            for part in parts:
                _take(made, "response_id", part, {"column": headers if headers[1:] else headers[0]})
            return


def _first(found: Found, names: tuple[str, ...]) -> Column | None:
    """The first column of these names that holds something and names nobody."""
    for name in names:
        form = re.compile(name if "*" in name else re.escape(name), re.IGNORECASE)
        for column in found.columns:
            ends = (bare(column.header), re.split(r"[/.:]", column.header)[-1])
            if any(form.fullmatch(end) for end in ends) and column.filled and not column.personal:
                return column
    return None
