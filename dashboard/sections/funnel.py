"""What became of proposals and of cases: answers, stages, the time they take, and other ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import (
    GridRow,
    Row,
    interval_dots,
    is_shown,
    share_grid,
    taken_up_bars,
)
from dashboard.components import Picture, chart_block, part, picture_block
from dashboard.figures import metric_of
from dashboard.labels import part_name
from dashboard.sections.journeys import grid_alt, grid_table, numbered
from dashboard.sections.recorded import lines_of, recorded, short_table
from dashboard.sections.rows import row
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from metrics.metric import Metric
from metrics.stages import STAGES

ANSWERS = ("closure", "influence_rate", "response_time", "answered_by")
FUNNEL = ("stage_conversion", "stage_time", "case_outcome")
LATER = STAGES[1:]
#: The parts of metrics in the order of their charts; tests hold them to the metrics' own.
DAYS = ("30", "60", "90")
ENDS = tuple(
    f"{end}/{months}" for months in ("12", "24") for end in ("pilot", "rejected", "merged")
)


def answered_proposals(viewing: Viewing, scope: Scope) -> list[str]:
    """How proposals were answered, and how fast. The metrics that say nothing."""
    language = viewing.language
    *brief, in_time = ANSWERS
    lines = {name: lines_of(viewing, scope, name) for name in brief}
    told = [line for of in lines.values() for line in of]
    silent = [name for name in brief if not lines[name]]
    if told:
        title = say("proposal.answers", language)
        short_table(viewing, scope, told, title=title, key="answers")
    return [*silent, *_in_parts(viewing, scope, in_time, DAYS)]


def _in_parts(viewing: Viewing, scope: Scope, name: str, parts: Iterable[str]) -> list[str]:
    """A chart of the parts of a metric in a given order."""
    language = viewing.language
    metric = metric_of(name)
    found = {result.part: result for result in recorded(viewing, scope, name)}
    rows = [
        row(part_name("", each, language), found[each], language) for each in parts if each in found
    ]
    if not rows:
        return [name]
    title = metric.label.in_language(language)
    part(title)
    chart_block(
        viewing,
        interval_dots(rows, metric, language),
        rows,
        metric,
        title=title,
        sentence=listed(rows, metric, language),
        publication=scope.publication,
        key=name,
    )
    return []


def listed(rows: Sequence[Row], metric: Metric, language: str) -> str:
    """The figures of a chart one after the other, and how many of them are not there."""
    shown = [item for item in rows if is_shown(item.result)]
    if not shown:
        return sentences.absence(rows[0].result, metric, language)
    said = say(
        "recorded.listed",
        language,
        label=metric.label.in_language(language),
        listed=", ".join(
            f"{item.label.lower()} {written.figure(item.result.value, metric.unit, language)}"
            for item in shown
        ),
    )
    hidden = len(rows) - len(shown)
    return f"{said} {say_count('spread.hidden', hidden, language)}" if hidden else said


# --- the funnel ---------------------------------------------------------------------------------


def funnel(viewing: Viewing, scope: Scope) -> list[str]:
    """From an idea to adoption: who went on, by year too, how long it took, and other ends."""
    silent = []
    with st.grid(2, min_column_width=440, gap="large"):
        with st.container():
            silent += _conversion(viewing, scope)
        with st.container():
            silent += _cohorts(viewing, scope)
        with st.container():
            silent += _in_parts(viewing, scope, "stage_time", LATER)
        with st.container():
            silent += _ends(viewing, scope)
    return list(dict.fromkeys(silent))


def _conversion(viewing: Viewing, scope: Scope) -> list[str]:
    """Of the cases at each stage, those that went on to the next."""
    language = viewing.language
    metric = metric_of("stage_conversion")
    found = {result.part: result for result in recorded(viewing, scope, metric.id)}
    rows = [
        row(
            say(
                "funnel.from_to",
                language,
                first=part_name("", before, language),
                second=part_name("", after, language).lower(),
            ),
            found[after],
            language,
        )
        for before, after in pairwise(STAGES)
        if after in found
    ]
    if not rows:
        return [metric.id]
    title = metric.label.in_language(language)
    part(title)
    chart_block(
        viewing,
        taken_up_bars(rows, metric, language),
        rows,
        metric,
        title=title,
        sentence=f"{sentences.spread(rows, metric, language, 'entities')} "
        f"{say('funnel.sorting', language)}",
        publication=scope.publication,
        key=metric.id,
        legend=("funnel.key",),
    )
    return []


def _cohorts(viewing: Viewing, scope: Scope) -> list[str]:
    """The same for the cases of each year of beginning."""
    language = viewing.language
    metric = metric_of("stage_conversion")
    found = {
        result.part: result for result in recorded(viewing, scope, metric.id) if "/" in result.part
    }
    years = sorted({cohort.partition("/")[0] for cohort in found})
    if not years:
        return [metric.id]
    rows = [
        GridRow(
            say("funnel.year", language, year=year),
            tuple(found.get(f"{year}/{stage}") for stage in LATER),
        )
        for year in years
    ]
    title = say("funnel.cohorts", language)
    part(title)
    picture_block(
        viewing,
        Picture(
            share_grid(rows, metric, language, tuple(map(str, range(1, len(LATER) + 1)))),
            grid_alt(title, rows, LATER, metric, language),
            f"{numbered(LATER, language)} {say('grid.key', language)}",
            grid_table(rows, LATER, metric, language),
        ),
        [(metric, list(found.values()))],
        title=title,
        sentence=say("funnel.cohorts_words", language),
        publication=scope.publication,
        key="cohorts",
    )
    return []


def _ends(viewing: Viewing, scope: Scope) -> list[str]:
    """What cases came to within one and two years: ends that rule each other out."""
    return _in_parts(viewing, scope, "case_outcome", ENDS)
