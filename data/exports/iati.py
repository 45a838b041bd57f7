"""Approved indicators as IATI 2.03 activities with results: programmes above, projects below.

Everything in the file may be read by anybody, so numbers of people are protected as for the public
whoever writes it, what waits for approval is not in it, and neither are proofs. Each payment period
says what was reached in it; one more period, from the project's start to the target's day, says the
target and all that was reached so far. Where there is no number there is no ``actual``: the
period's ``arviomo:state`` and the indicator's description say why. Nothing is ever written as 0
that is not 0.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from data import records
from data.access import User
from data.exports.iati_results import indicator_element
from data.exports.iati_words import child, narrative_in, narratives, words
from data.exports.report import Report
from data.reporting.reading import DeskLine
from survey.text import LANGUAGES, Text

VERSION = "2.03"
#: Our states, in the namespace that IATI leaves to others.
NAMESPACE = "urn:arviomo:iati"
_REF = re.compile(r"[A-Za-z]{2}-[A-Z0-9]{2,10}-[A-Za-z0-9.-]{1,40}|XI-IATI-[A-Z0-9.-]{1,40}")
_SAFE = re.compile(r"[A-Za-z0-9._-]{1,80}")
#: Status of ours: pipeline, implementation, finalisation of IATI's code list.
_STATUS = {"planned": "1", "running": "2", "ended": "4"}
#: Codes of IATI: planned and actual start and end; parent and child; roles of organisations.
_STARTS, _STARTED, _ENDS, _ENDED = "1", "2", "3", "4"
_PARENT, _CHILD = "1", "2"
_FUNDING, _IMPLEMENTING = "1", "4"


class UnnamedReporter(Exception):
    """IATI wants to know who reports, by an identifier such as FI-PRO-1234567-8."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """The organisation that publishes. ref: its IATI identifier; kind: of IATI's list of types
    (11: local government)."""

    ref: str
    name: str
    kind: str = "11"


def refuse_unnamed(reporter: Reporter) -> None:
    """Nothing, where IATI is told who reports. Raises: UnnamedReporter."""
    if not _REF.fullmatch(reporter.ref) or not reporter.name.strip():
        raise UnnamedReporter(
            f"{reporter.ref!r} is no IATI identifier of an organisation. Give the register and "
            "the number, such as FI-PRO-1234567-8, and the organisation's name."
        )


def write_iati(connection: sa.Connection, user: User, report: Report, reporter: Reporter) -> bytes:
    """The projects of a report as the bytes of an IATI file. Raises: UnnamedReporter."""
    refuse_unnamed(reporter)
    ET.register_namespace("arviomo", NAMESPACE)
    root = ET.Element(
        "iati-activities",
        {"version": VERSION, "generated-datetime": report.made_at.isoformat()},
    )
    funders = {each.id: each for each in records.funders(connection, user)}
    programmes = {each.id: each for each in records.programmes(connection, user)}
    for number in sorted(
        {n for each in report.projects for n in each.programmes} & set(programmes)
    ):
        root.append(_programme(programmes[number], report, reporter))
    for project in report.projects:
        root.append(_project(project, funders, programmes, report, reporter))
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _programme(programme: records.Named, report: Report, reporter: Reporter) -> ET.Element:
    own = [each for each in report.projects if programme.id in each.programmes]
    activity = _activity(programme, "programme", report, reporter, 1)
    child(activity, "title", narratives(_names(programme)))
    child(activity, "description", narratives(words()["programme"]), type="1")
    _organisation(activity, _IMPLEMENTING, reporter)
    status = "2" if any(each.status == "running" for each in own) else "4"
    child(activity, "activity-status", code=status)
    starts = [each.starts_on for each in own if each.starts_on is not None]
    ends = [each.ends_on for each in own if each.ends_on is not None]
    _dates(activity, min(starts, default=None), max(ends, default=None), report)
    child(activity, "recipient-country", code="FI")
    for each in own:
        ref = _identifier(reporter, "project", each)
        child(activity, "related-activity", ref=ref, type=_CHILD)
    return activity


def _project(
    project: records.Project,
    funders: dict[int, records.Named],
    programmes: dict[int, records.Named],
    report: Report,
    reporter: Reporter,
) -> ET.Element:
    activity = _activity(project, "project", report, reporter, 2)
    child(activity, "title", narratives(_names(project)))
    said = words()["description"]
    if project.invented:
        told = {one: narrative_in("invented", one, text=said.in_language(one)) for one in LANGUAGES}
        said = Text(**told)
    child(activity, "description", narratives(said), type="1")
    for number in project.funders:
        if number in funders:
            funder = child(activity, "participating-org", role=_FUNDING)
            funder.extend(narratives(_names(funders[number])))
    _organisation(activity, _IMPLEMENTING, reporter)
    child(activity, "activity-status", code=_STATUS.get(project.status, "2"))
    _dates(activity, project.starts_on, project.ends_on, report)
    child(activity, "recipient-country", code="FI")
    for number in project.programmes:
        if number in programmes:
            ref = _identifier(reporter, "programme", programmes[number])
            child(activity, "related-activity", ref=ref, type=_PARENT)
    for newest, lines in _promised(report, project.id):
        activity.append(_result(newest, lines, project))
    return activity


def _promised(report: Report, project: int) -> list[tuple[DeskLine, list[DeskLine]]]:
    """The targets of a project, each with its approved lines by time."""
    lines = _by_target(report)
    return [
        (newest, lines.get(newest.target.id, []))
        for newest in report.promised
        if newest.target.project == project
    ]


def _by_target(report: Report) -> dict[int, list[DeskLine]]:
    found: dict[int, list[DeskLine]] = {}
    for line in sorted(report.lines, key=lambda each: each.period.starts_on):
        found.setdefault(line.target.id, []).append(line)
    return found


def _result(newest: DeskLine, lines: Sequence[DeskLine], project: records.Project) -> ET.Element:
    kind = {"output": "1", "result": "2", "impact": "3"}[newest.indicator.kind.value]
    adds = newest.indicator.counting.value == "additive"
    result = ET.Element("result", {"type": kind, "aggregation-status": "1" if adds else "0"})
    child(result, "title", narratives(newest.indicator.label))
    result.append(indicator_element(newest, lines, project, f"{{{NAMESPACE}}}state"))
    return result


# --- parts --------------------------------------------------------------------------------------


def _activity(
    named: records.Named | records.Project,
    what: str,
    report: Report,
    reporter: Reporter,
    hierarchy: int,
) -> ET.Element:
    activity = ET.Element(
        "iati-activity",
        {
            "last-updated-datetime": report.made_at.isoformat(),
            "{http://www.w3.org/XML/1998/namespace}lang": "fi",
            "default-currency": "EUR",
            "humanitarian": "0",
            "hierarchy": str(hierarchy),
        },
    )
    child(activity, "iati-identifier").text = _identifier(reporter, what, named)
    org = child(activity, "reporting-org", ref=reporter.ref, type=reporter.kind)
    org.extend(narratives(reporter.name))
    return activity


def _organisation(activity: ET.Element, role: str, reporter: Reporter) -> None:
    org = child(activity, "participating-org", role=role, ref=reporter.ref, type=reporter.kind)
    org.extend(narratives(reporter.name))


def _identifier(reporter: Reporter, what: str, named: records.Named | records.Project) -> str:
    """The identifier of an activity: the same as long as the code is, and by number where a code
    has letters that identifiers may not have."""
    name = named.code if _SAFE.fullmatch(named.code) else str(named.id)
    return f"{reporter.ref}-{what}-{name}"


def _dates(activity: ET.Element, starts: date | None, ends: date | None, report: Report) -> None:
    """What IATI wants at least one of: a start or an end, planned until it has come."""
    today = report.made_at.date()
    if starts is None:
        known = [line.period.starts_on for line in report.lines]
        starts = min(known, default=today)
    kind = _STARTS if starts > today else _STARTED
    child(activity, "activity-date", type=kind, **{"iso-date": starts.isoformat()})
    if ends is not None:
        kind = _ENDS if ends >= today else _ENDED
        child(activity, "activity-date", type=kind, **{"iso-date": ends.isoformat()})


def _names(named: records.Named | records.Project) -> dict[str, str]:
    told = {"fi": named.name_fi, "sv": named.name_sv, "en": named.name_en}
    return {language: name for language, name in told.items() if name}
