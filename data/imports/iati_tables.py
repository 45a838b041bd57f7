"""What an IATI activity file says: projects, reporting periods, targets, and what was reached.

The headers are those of our own record files, so that each table comes in as such a file does. A
target stands in the period of the whole way, which other periods lie within; where there is none,
in the last one. Values that are broken down by a dimension are parts of another one and no rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from data.imports.xml_elements import elements, local

Rows = Iterator[dict[str, str]]
Span = tuple[str, str]
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_FUNDING, _CHILD = "1", "2"
_STARTS, _ENDS = ("2", "1"), ("4", "3")
#: IATI's status of an activity as ours: pipeline and finalised to closed; others are running.
_STATUS = {"1": "planned", "3": "ended", "4": "ended"}
_STATE = "state"
#: A number that is not there, and nobody says why.
_SILENT = "not_reported"


def _of(element: Element, *path: str) -> list[Element]:
    """The elements on a path of names, whatever their namespace."""
    found = [element]
    for name in path:
        found = [inner for outer in found for inner in outer if local(inner) == name]
    return found


def _told(element: Element | None, language: str = "fi") -> str:
    """The narrative of an element in a language, else its first."""
    told = [] if element is None else _of(element, "narrative")
    if not told:
        return ""
    own = next((each for each in told if each.get(_LANG) == language), None)
    chosen = told[0] if own is None and language == "fi" else own
    return "" if chosen is None or not chosen.text else " ".join(chosen.text.split())


def _first(element: Element, *path: str) -> Element | None:
    return next(iter(_of(element, *path)), None)


def _activities(path: Path) -> Iterator[Element]:
    """Activities that have no others below them: programmes hold no results of their own."""
    for event, _, tag, element in elements(path):
        if event == "end" and tag == "iati-activity":
            below = [
                each for each in _of(element, "related-activity") if each.get("type") == _CHILD
            ]
            if not below or _of(element, "result"):
                yield element


def _code(activity: Element) -> str:
    """The project's code: the identifier without who reports, and without what we add to it."""
    identifier = _first(activity, "iati-identifier")
    said = ((identifier.text if identifier is not None else "") or "").strip()
    org = _first(activity, "reporting-org")
    ref = (org.get("ref") if org is not None else "") or ""
    if ref and said.startswith(f"{ref}-"):
        said = said[len(ref) + 1 :]
    return said.removeprefix("project-")


def _funder(activity: Element) -> str:
    """Who funds, where it is one; a file does not say which of several wants a result."""
    orgs = _of(activity, "participating-org")
    named = [_told(org) or org.get("ref", "") for org in orgs if org.get("role") == _FUNDING]
    return named[0] if len(set(named)) == 1 else ""


def _projects(path: Path) -> Rows:
    for activity in _activities(path):
        title, status = _first(activity, "title"), _first(activity, "activity-status")
        yield {
            "code": _code(activity),
            "name": _told(title),
            "name_sv": _told(title, "sv"),
            "name_en": _told(title, "en"),
            "status": _STATUS.get(status.get("code", ""), "running") if status is not None else "",
            "starts_on": _day(activity, _STARTS),
            "ends_on": _day(activity, _ENDS),
            "funder": _funder(activity),
        }


def _day(activity: Element, kinds: tuple[str, str]) -> str:
    """The actual day, else the planned one."""
    days = {each.get("type"): each.get("iso-date", "") for each in _of(activity, "activity-date")}
    return next((days[kind] for kind in kinds if days.get(kind)), "")


# --- results ------------------------------------------------------------------------------------


def _indicators(activity: Element) -> Iterator[tuple[Element, str]]:
    """The indicators of an activity with their code, and our version where it says one."""
    for indicator in _of(activity, "result", "indicator"):
        reference = _first(indicator, "reference")
        if reference is None:
            title = _told(_first(indicator, "title"))
            yield indicator, title
            continue
        code, uri = reference.get("code", ""), reference.get("indicator-uri", "")
        ours = uri.startswith(f"urn:arviomo:indicator:{code}:")
        yield indicator, f"{code}@{uri.rpartition(':')[2]}" if ours else code


def _span(period: Element) -> Span:
    ends = (_first(period, name) for name in ("period-start", "period-end"))
    starts, until = ((each.get("iso-date", "") if each is not None else "") for each in ends)
    return starts, until


def _split(indicator: Element) -> tuple[Element | None, list[Element]]:
    """The period of the whole way, where there is one, and the periods that are reported."""
    periods = _of(indicator, "period")
    spans = [_span(period) for period in periods]
    for at, (starts, until) in enumerate(spans):
        others = [span for place, span in enumerate(spans) if place != at]
        holds = others and all(starts <= first and last <= until for first, last in others)
        if holds and _of(periods[at], "target"):
            return periods[at], [period for place, period in enumerate(periods) if place != at]
    lone = len(periods) == 1 and _of(periods[0], "target") and not _of(periods[0], "actual")
    return (periods[0], []) if lone else (None, periods)


def _numbers(activity: Element) -> dict[Span, str]:
    """The number of each reported period of a project, in the order of their first days."""
    spans = {_span(p) for each, _ in _indicators(activity) for p in _split(each)[1]}
    return {span: str(number) for number, span in enumerate(sorted(spans), start=1)}


def _periods(path: Path) -> Rows:
    for activity in _activities(path):
        for (starts, until), number in _numbers(activity).items():
            yield {
                "project": _code(activity),
                "funder": _funder(activity),
                "number": number,
                "starts_on": starts,
                "ends_on": until,
            }


def _targets(path: Path) -> Rows:
    for activity in _activities(path):
        for indicator, key in _indicators(activity):
            whole, periods = _split(indicator)
            aimed = [p for p in sorted(periods, key=_span) if _whole_values(p, "target")]
            holder = whole if whole is not None else (aimed[-1] if aimed else None)
            values = [] if holder is None else _whole_values(holder, "target")
            target = values[0].get("value", "") if values else ""
            baseline = _first(indicator, "baseline")
            told = baseline if baseline is not None else Element("baseline")
            yield {
                "project": _code(activity),
                "funder": _funder(activity),
                "indicator": key,
                "baseline": told.get("value", ""),
                "baseline_year": told.get("year", ""),
                "baseline_source": _told(_first(told, "comment")),
                "target": target,
                "target_on": _span(holder)[1] if target and holder is not None else "",
            }


def _values(path: Path) -> Rows:
    for activity in _activities(path):
        numbers = _numbers(activity)
        identifier = _first(activity, "iati-identifier")
        method = f"IATI 2.03: {(identifier.text or '').strip() if identifier is not None else ''}"
        for indicator, key in _indicators(activity):
            for period in _split(indicator)[1]:
                state, value, text = _reached(period)
                yield {
                    "project": _code(activity),
                    "funder": _funder(activity),
                    "indicator": key,
                    "period": numbers[_span(period)],
                    "state": state,
                    "value": value,
                    "text": text,
                    "method_note": method,
                }


def _whole_values(period: Element, name: str) -> list[Element]:
    """The targets or actuals of a period that are of all, and not of a dimension or a place."""
    return [
        each
        for each in _of(period, name)
        if not any(local(inner) in ("dimension", "location") for inner in each)
    ]


def _reached(period: Element) -> tuple[str, str, str]:
    """State, number and words of a period. Missing: no number is never a zero."""
    actuals = _whole_values(period, "actual")
    said = _first(period, _STATE)
    if not actuals:
        if _of(period, "actual"):
            return "only_by_dimension", "", ""
        return (said.get("code", _SILENT) if said is not None else _SILENT), "", ""
    value = actuals[0].get("value", "").strip()
    text = "" if value else _told(_first(actuals[0], "comment"))
    return _state_of(value, text), value, text


def _state_of(value: str, text: str) -> str:
    if not value:
        return "value" if text else _SILENT
    return "zero" if not value.strip("+-0.,") else "value"


#: The tables of a file, in the order in which they are brought.
IATI: dict[str, Callable[[Path], Rows]] = {
    "projects": _projects,
    "periods": _periods,
    "targets": _targets,
    "values": _values,
}
