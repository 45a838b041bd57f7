"""The section of a brief on what was promised to funders and reported: approved values, and those
that wait apart. Numbers are those of the desk, protected for its reader as there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from dashboard import format as written
from dashboard.brief.paper import Item, Section, table, words
from dashboard.figures import names
from dashboard.reporting import words as told
from dashboard.sections.place import projects_in
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data.database import reading
from data.releases.reading import releases
from data.reporting import reading as reports
from data.reporting.desk import DeskLine
from data.reporting.periods import periods
from metrics.indicators.indicator import EXCLUSIONS
from metrics.metric import Level

#: First and last day of the reporting that a brief is of; None for the newest of each target.
Days = tuple[date, date] | None
#: Figures of several projects in one brief; the desk and its files have the others.
MOST = 6


def spans(viewing: Viewing, scope: Scope) -> list[tuple[date, date]]:
    """The days of the reporting periods that a brief of an entity may be of, the newest first."""
    with reading(engine()) as connection:
        found = periods(connection, viewing.user, **_asked(scope))
    within = _projects(viewing, scope)
    own = [one for one in found if within is None or one.project in within]
    days = {(one.starts_on, one.ends_on) for one in own}
    return sorted(days, reverse=True)


def reported(viewing: Viewing, scope: Scope, days: Days) -> list[Section]:
    """What was reported of an entity within some days; nothing where its reader sees no targets."""
    language = viewing.language
    within = _projects(viewing, scope)
    with reading(engine()) as connection:
        lines = [
            line
            for line in reports.desk(
                connection, viewing.user, **_asked(scope), every_period=days is not None
            )
            if (within is None or line.target.project in within) and _inside(line, days)
        ]
        settled = reports.standing(connection, viewing.user, lines)
        waiting = [line for line in lines if line.status == "submitted"]
        behind = _behind(connection, viewing, [*settled, *waiting])
        if not lines:
            return []
    called = names(viewing, Level.PROJECT)
    span = "" if days is None else written.days(*days, language)
    title = say("brief.reported", language)
    lead = (
        say("brief.reported.newest", language)
        if days is None
        else say("brief.reported.within", language, days=span)
    )
    if any(line.rounded for line in lines):
        lead = f"{lead} {say('report.rounded', language)}"
    parts = [
        _part(viewing, "approved", settled, behind, called),
        _part(viewing, "pending", waiting, behind, called),
    ]
    return [Section(title, words(lead)), *parts]


def _part(
    viewing: Viewing,
    part: str,
    lines: Sequence[DeskLine],
    behind: Mapping[int, tuple[str, str]],
    called: Mapping[int, str],
) -> Section:
    language = viewing.language
    title = say(f"report.part.{part}", language)
    if not lines:
        return Section(title, words(say(f"report.part.{part}.none", language)), level=2)
    projects = len({line.target.project for line in lines})
    said = say_count(f"report.part.{part}.words", len(lines), language, projects=projects)
    shown = list(lines)
    if projects > 1 and len(lines) > MOST:
        # Those furthest from their target first; what has none comes last.
        shown.sort(key=lambda line: (line.attained is None, line.attained or 0.0))
        shown = shown[:MOST]
        first = say("brief.reported.first", language, shown=MOST, all=len(lines))
        said = f"{said} {first}"
    items: list[Item] = [
        *words(said),
        *table(_columns(shown, projects, called, language), _wide(language)),
    ]
    items += table(_more(shown, behind, language), _wide(language))
    return Section(title, items, level=2)


def _wide(language: str) -> list[str]:
    return [
        say(f"report.column.{name}", language) for name in ("indicator", "project", "target")
    ] + [say(f"brief.reported.{name}", language) for name in ("items", "release")]


def _columns(
    lines: Sequence[DeskLine], projects: int, called: Mapping[int, str], language: str
) -> dict[str, list[str]]:
    """What was promised and reached, a row each: the cells of the desk."""
    cells = {
        "indicator": [told.called(line.indicator, language) for line in lines],
        "project": [called.get(line.target.project, "") for line in lines],
        "target": [told.target_words(line.target, language) for line in lines],
        "in_period": [told.told(line, language, period=True) for line in lines],
        "in_all": [told.told(line, language, period=False) for line in lines],
        "attained": [told.attained_words(line, language) for line in lines],
    }
    if projects < 2:
        del cells["project"]
    return {say(f"report.column.{name}", language): each for name, each in cells.items()}


def _more(
    lines: Sequence[DeskLine], behind: Mapping[int, tuple[str, str]], language: str
) -> dict[str, list[str]]:
    """How each came about: its period, status, counted items and release."""
    none = say("table.none", language)
    return {
        say("report.column.indicator", language): [
            f"{line.indicator.code} · {told.period_words(line.period, language)}" for line in lines
        ],
        say("report.column.status", language): [
            told.status_words(line.status, language) for line in lines
        ],
        say("brief.reported.items", language): [
            behind.get(line.reported, (none, none))[0] for line in lines
        ],
        say("brief.reported.release", language): [
            behind.get(line.reported, (none, none))[1] for line in lines
        ],
    }


def _behind(
    connection: sa.Connection, viewing: Viewing, lines: Sequence[DeskLine]
) -> dict[int, tuple[str, str]]:
    """What was counted and left out of each value, and the number of its newest release."""
    language, none = viewing.language, say("table.none", viewing.language)
    items = reports.items_behind(connection, viewing.user, lines)
    counted = items.groupby(["reported", "exclusion"]).size().to_dict()
    by_hash = {line.sha256: line.id for line in releases(connection, viewing.user)}
    frozen = reports.behind(connection, viewing.user, lines)
    found = {}
    for line in lines:
        if line.basis != "counted":
            said = told.basis_words(line.basis, language)
        elif line.rounded:
            said = say("brief.reported.hidden", language)
        else:
            said = _counted(counted, line.reported, language)
        more = frozen.get(line.reported)
        number = by_hash.get(more.release) if more is not None else None
        found[line.reported] = (said, none if number is None else str(number))
    return found


def _counted(counted: Mapping[tuple[int, str], int], reported: int, language: str) -> str:
    """How many items count in a period, and how many were left out for which reason."""
    n = written.count(counted.get((reported, ""), 0), language)
    said = say("brief.reported.counted", language, n=n)
    left = [
        f"{say(f'item.exclusion.{why}', language).lower()} {written.count(number, language)}"
        for why in EXCLUSIONS
        if (number := counted.get((reported, why)))
    ]
    return f"{said}; {', '.join(left)}" if left else said


def _inside(line: DeskLine, days: Days) -> bool:
    if days is None:
        return True
    return line.period is not None and (
        days[0] <= line.period.starts_on and line.period.ends_on <= days[1]
    )


def _asked(scope: Scope) -> dict[str, int]:
    kinds = {Level.PROJECT: "project", Level.FUNDER: "funder"}
    return {kinds[Level(scope.level)]: scope.entity} if Level(scope.level) in kinds else {}


def _projects(viewing: Viewing, scope: Scope) -> frozenset[int] | None:
    """The projects of an entity; None where the desk is asked for it itself."""
    if Level(scope.level) in (Level.PROJECT, Level.FUNDER, Level.PORTFOLIO):
        return None
    return frozenset(projects_in(viewing, scope.level, scope.entity))
