"""The published figures as a tidy CSV: one figure a row, as protected as on a page.

The file is made for machines and opens in a spreadsheet: commas, decimal points, full precision, an
empty cell where there is no number. The column ``state`` says why: suppressed, not reported and not
applicable are not zero. Numbers are never marked; text that a spreadsheet would run is
(`data.exports.cells`). A second CSV, the data dictionary, says what every column and code means.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa

from data import records, schema, sheets
from data.access import User
from data.exports.cells import harmless
from data.instruments import known_instruments
from metrics import names, reasons
from metrics.catalog import metrics
from metrics.metric import Level, Result
from survey.text import LANGUAGES, Text, read_texts

COLUMNS = (
    "revision",
    "metric",
    "metric_version",
    "metric_label",
    "unit",
    "instrument",
    "part",
    "part_label",
    "level",
    "entity_code",
    "entity_name",
    "invented",
    "wave",
    "split",
    "split_value",
    "state",
    "value",
    "low",
    "high",
    "n",
    "numerator",
    "denominator",
    "projects",
    "coverage",
    "indicative",
    "method",
    "reason",
)
#: What each code of a column means, where the codes are a closed list.
CODES: dict[str, dict[str, Text]] = {
    "unit": reasons.UNITS,
    "level": names.LEVELS,
    "wave": names.WAVE_NAMES,
    "split": names.SPLITS,
    "split_value": names.GROUP_NAMES | names.PHASE_NAMES,
    "state": reasons.STATES,
    "method": reasons.METHODS,
    "reason": reasons.REASONS,
}
#: The columns that hold words which somebody wrote.
_WORDS = tuple(
    COLUMNS.index(name)
    for name in ("metric_label", "part", "part_label", "entity_code", "entity_name")
)
_NO_NAME = ("", "")


def write_figures(
    connection: sa.Connection,
    user: User,
    revision: int | None,
    language: str,
    out: TextIO,
    public: bool = False,
) -> int:
    """How many figures of a revision were written: those that the user may see.

    public: protected and rounded for the public and funders, whatever the user's own profile.
    Rows: in the order of the sheet's key. Missing: an empty cell, state and reason say why; of no
    revision the heading only.
    """
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    count = 0
    for row in figure_rows(connection, user, revision, language, public=public):
        for at in _WORDS:
            row[at] = harmless(row[at])
        writer.writerow(row)
        count += 1
    return count


def figure_rows(
    connection: sa.Connection,
    user: User,
    revision: int | None,
    language: str,
    *,
    public: bool = False,
    projects: Collection[int] | None = None,
) -> Iterator[list]:
    """The figures of a revision that the user may see, as COLUMNS, texts exactly as they are.

    projects: only the figures of these projects themselves.
    """
    if revision is None:
        return
    called = {level: _names(connection, user, level, language) for level in Level}
    labels = _part_labels(connection, language)
    invented = _invented(connection)
    asked = {} if projects is None else {"level": Level.PROJECT}
    walk = sheets.walk_figures(connection, user, revision=revision, public=public, **asked)
    for figure in chain.from_iterable(walk):
        if projects is not None and figure.entity not in projects:
            continue
        code, name = called[Level(figure.level)].get(figure.entity, _NO_NAME)
        label = labels.get((figure.instrument, figure.part), "")
        is_invented = figure.entity in invented[Level(figure.level)]
        yield list(_cells(figure, revision, language, code, name, label, is_invented))


def write_dictionary(language: str, out: TextIO) -> int:
    """How many lines of the data dictionary were written: every column, and every code of one.

    Columns: column, code (empty for the column itself), meaning, in a language.
    """
    writer = csv.writer(out)
    writer.writerow(("column", "code", "meaning"))
    lines = dictionary_rows(language)
    writer.writerows((column, code, harmless(meaning)) for column, code, meaning in lines)
    return len(lines)


def dictionary_rows(language: str) -> list[tuple[str, str, str]]:
    """Every column, and every code of one, with what it means."""
    meanings = read_texts(Path(__file__).with_name("tidy_csv.yaml"))
    return [
        (column, code, text.in_language(language))
        for column in COLUMNS
        for code, text in (("", meanings[column]), *_meanings(column).items())
    ]


def _meanings(column: str) -> dict[str, Text]:
    if column == "metric":
        return {name: metric.definition for name, metric in metrics().items()}
    return {str(code): text for code, text in CODES.get(column, {}).items()}


def _cells(
    figure: Result,
    revision: int,
    language: str,
    code: str,
    name: str,
    label: str,
    is_invented: bool,
) -> Iterator[object]:
    metric = metrics()[figure.metric]
    yield from (revision, metric.id, metric.version, _label(metric.id, language), metric.unit)
    yield from (figure.instrument, figure.part, label, figure.level)
    yield from (code, name, _yes(is_invented))
    yield from (figure.wave, figure.split, figure.split_value, figure.state)
    yield from (figure.value, figure.low, figure.high, figure.n)
    yield from (figure.numerator, figure.denominator, figure.projects, figure.coverage)
    yield from (_yes(figure.indicative), figure.method, figure.reason)


@cache
def _label(metric: str, language: str) -> str:
    return metrics()[metric].label.in_language(language)


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _names(
    connection: sa.Connection, user: User, level: Level, language: str
) -> dict[int, tuple[str, str]]:
    """Code and name of every entity of a level that the user may know of."""
    read = {
        Level.PROGRAMME: records.programmes,
        Level.FUNDER: records.funders,
        Level.AREA: records.areas,
        Level.THEME: records.themes,
        Level.PROJECT: records.project_names,
    }.get(level)
    if read is None:
        return {}
    return {
        entity.id: (entity.code, records.name_in(entity, language))
        for entity in read(connection, user)
    }


def _part_labels(connection: sa.Connection, language: str) -> dict[tuple[str, str], str]:
    """The title of every scale and the wording of every item, by instrument and code."""
    labels = {}
    for key, instrument in known_instruments(connection).items():
        for item in instrument.items:
            text = item.text.in_language(language)
            labels[key, item.code] = text
            # A part of a statement is its answers in one language: GOAL1/sv.
            labels |= {(key, f"{item.code}/{each}"): f"{text} ({each})" for each in LANGUAGES}
        for scale in instrument.scales:
            labels[key, scale.code] = scale.title.in_language(language)
    return labels


def _invented(connection: sa.Connection) -> dict[Level, frozenset[int]]:
    """The entities whose figures rest on an invented project, wholly or in part."""
    project = schema.Project
    own = frozenset(connection.execute(sa.select(project.id).where(project.invented)).scalars())

    def linked(table: type[schema.Base], column: sa.ColumnElement[int]) -> frozenset[int]:
        joined = sa.select(column).join(project, project.id == table.project_id)
        return frozenset(connection.execute(joined.where(project.invented)).scalars())

    areas = linked(schema.ProjectArea, schema.ProjectArea.area_id)
    parents = dict(connection.execute(sa.select(schema.Area.id, schema.Area.parent_id)).all())
    above = areas
    while above := frozenset(parents[area] for area in above) - areas - {None}:
        areas |= above
    return {
        Level.PORTFOLIO: frozenset({0} if own else ()),
        Level.PROGRAMME: linked(schema.ProjectProgramme, schema.ProjectProgramme.programme_id),
        Level.FUNDER: linked(schema.ProjectFunder, schema.ProjectFunder.funder_id),
        Level.AREA: areas,
        Level.THEME: linked(schema.ProjectTheme, schema.ProjectTheme.theme_id),
        Level.PROJECT: own,
    }
