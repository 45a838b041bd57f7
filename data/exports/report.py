"""What leaves of reported values, as tables: the same rows for the workbook, the package and JSON.

A report holds what its reader may see and nothing else. Approved values and those that wait are
tables of their own. Numbers are exact and texts are exactly as they were written; the file that
they go into guards what its kind must guard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version as version_of

import sqlalchemy as sa

from data import records, sheets
from data.access import Grant, Role, User, profile_of
from data.exports import report_rows, report_words, tidy_csv
from data.exports.report_rows import Row
from data.reporting import reading
from data.reporting.periods import periods
from data.reporting.sources import ENTERPRISES
from metrics.metric import Profile


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a report. Rows: of as many cells as there are columns; None where empty."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Report:
    """Reported indicators of some projects, with what stands behind them.

    made_at: UTC. revision: the publication that the figures are of; None before the first.
    profile: how protected the figures are. lines: the approved lines of the desk, one a target and
    period; promised: one a target, the newest approved value or none.
    """

    language: str
    made_at: datetime
    code_version: str
    revision: int | None
    profile: Profile
    tables: Mapping[str, Table]
    lines: list[reading.DeskLine]
    promised: list[reading.DeskLine]
    projects: list[records.Project]


def report(
    connection: sa.Connection,
    user: User,
    language: str,
    *,
    funder: int | None = None,
    project: int | None = None,
    today: date | None = None,
) -> Report:
    """What a user may see of the reported indicators of a funder, of a project, or of all.

    A funder gets what funders see: what was submitted and later, numbers of people in fives and
    none below ten, published figures in the public profile.
    """
    asked = {"funder": funder, "project": project}
    day = today or datetime.now(UTC).date()
    lines = reading.desk(connection, user, **asked, every_period=True, today=day)
    settled = reading.standing(connection, user, lines, day)
    pending = [
        line for line in lines if line.reported is not None and line.status not in reading.SETTLED
    ]
    promised = report_rows.newest(lines, settled)
    about = _About(connection, user, language)
    behind = reading.behind(connection, user, [*settled, *pending])
    chosen = _projects(connection, user, promised, project)
    revision = sheets.latest_revision(connection)
    value_columns = report_rows.VALUES
    value_rows = {
        name: [report_rows.value_row(line, behind, about.words) for line in group]
        for name, group in (("indicators", promised), ("reported", settled), ("pending", pending))
    }
    found = [Table(name, value_columns, rows) for name, rows in value_rows.items()]
    items, sizes = _items(connection, user, [*settled, *pending], about)
    found += [
        Table("items", report_rows.ITEMS, items),
        Table("sizes", report_rows.SIZES, sizes),
        Table(
            "targets",
            report_rows.TARGETS,
            [report_rows.target_row(line.target, about.words) for line in promised],
        ),
        Table(
            "periods",
            report_rows.PERIODS,
            [
                report_rows.period_row(each, about.words)
                for each in periods(connection, user, **asked)
            ],
        ),
        Table("totals", report_rows.TOTALS, _totals(connection, user, promised, project, about)),
        Table(
            "objectives",
            report_rows.OBJECTIVES,
            _objectives(connection, user, promised, project, about),
        ),
        Table("definitions", report_rows.DEFINITIONS, _definitions(promised, language)),
        Table(
            "figures",
            tidy_csv.COLUMNS,
            _figures(connection, user, revision, language, {each.id for each in chosen}),
        ),
    ]
    tables = {table.name: table for table in found}
    columns = {name: table.columns for name, table in tables.items()}
    dictionary = report_words.dictionary(columns, language)
    tables["dictionary"] = Table("dictionary", report_words.DICTIONARY, dictionary)
    return Report(
        language,
        datetime.now(UTC).replace(microsecond=0),
        version_of("arviomo"),
        revision,
        profile_of(user),
        tables,
        settled,
        promised,
        chosen,
    )


def outsider(connection: sa.Connection, user: User) -> User:
    """Somebody who reads as the funders of everything that a user may see: as files that leave the
    house should be read. They see what was submitted and later, and the public profile."""
    funded: dict[int, set[int]] = {}
    for each in records.projects(connection, user):
        for funder in each.funders:
            funded.setdefault(funder, set()).add(each.id)
    grants = tuple(Grant(Role.FUNDER, funder=number) for number in sorted(funded))
    return User(user.id, user.name, grants, {n: frozenset(those) for n, those in funded.items()})


class _About:
    """What rows say of projects and funders by number."""

    def __init__(self, connection: sa.Connection, user: User, language: str) -> None:
        projects = records.projects(connection, user)
        self.words = report_rows.Names(
            language,
            {each.id: (each.code, records.name_in(each, language)) for each in projects},
            {
                each.id: (each.code, records.name_in(each, language))
                for each in records.funders(connection, user)
            },
            frozenset(each.id for each in projects if each.invented),
        )


def _projects(
    connection: sa.Connection,
    user: User,
    promised: Sequence[reading.DeskLine],
    project: int | None,
) -> list[records.Project]:
    wanted = {line.target.project for line in promised} | ({project} - {None})
    return [each for each in records.projects(connection, user) if each.id in wanted]


def _items(
    connection: sa.Connection, user: User, lines: Sequence[reading.DeskLine], about: _About
) -> tuple[list[Row], list[Row]]:
    """What was counted, and enterprises among it by their size."""
    by_value = {line.reported: line for line in lines}
    frame = reading.items_behind(connection, user, lines)
    items = [
        report_rows.item_row(by_value[row.reported], row, about.words)
        for row in frame.itertuples(index=False)
    ]
    sizes = [
        row
        for number, own in frame.groupby("reported", sort=False)
        if by_value[number].indicator.counted in ENTERPRISES
        for row in report_rows.size_rows(by_value[number], own, about.words)
    ]
    return items, sizes


def _totals(
    connection: sa.Connection,
    user: User,
    promised: Sequence[reading.DeskLine],
    project: int | None,
    about: _About,
) -> list[Row]:
    """The totals of each funder; of one project there is nothing to add."""
    if project is not None:
        return []
    funders = sorted({line.target.funder for line in promised})
    return [
        row
        for number in funders
        for total in reading.totals(connection, user, number)
        for row in report_rows.total_rows(total, number, about.words)
    ]


def _objectives(
    connection: sa.Connection,
    user: User,
    promised: Sequence[reading.DeskLine],
    project: int | None,
    about: _About,
) -> list[Row]:
    """The totals of each funder within its specific objectives."""
    if project is not None:
        return []
    funders = sorted({line.target.funder for line in promised})
    return [
        row
        for number in funders
        for found in reading.totals_by_objective(connection, user, number)
        for row in report_rows.objective_rows(found, number, about.words)
    ]


def _definitions(promised: Sequence[reading.DeskLine], language: str) -> list[Row]:
    used = {line.indicator.key: line.indicator for line in promised}
    return [report_rows.definition_row(used[key], language) for key in sorted(used)]


def _figures(
    connection: sa.Connection,
    user: User,
    revision: int | None,
    language: str,
    projects: set[int],
) -> list[Row]:
    found = tidy_csv.figure_rows(connection, user, revision, language, projects=projects)
    return [tuple(None if cell == "" else cell for cell in row) for row in found]
