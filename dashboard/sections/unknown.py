"""What is not known yet of projects, why, and what it would take to know it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.charts import has_range, is_shown
from dashboard.figures import figures, metric_of, names
from dashboard.labels import overall_of
from dashboard.literal import literal
from dashboard.sections.paging import page_of
from dashboard.sections.scope import Scope
from dashboard.session import Viewing, address
from dashboard.wording import say
from metrics.metric import Level, Metric, Reason, Result, Unit
from metrics.reasons import REASONS

#: Half a range of this many hundredths is close enough to speak of "about".
CLOSE = 10
ROWS = 10
#: What would bring a figure that is not there, by why it is not; entries in the register else.
REMEDIES = {
    Reason.TOO_FEW: "unknown.enough",
    Reason.PROTECTS_ANOTHER: "unknown.enough",
    Reason.UNANIMOUS: "unknown.enough",
    Reason.NO_ANSWERS: "unknown.answers",
    Reason.NOT_ASKED: "unknown.ask",
}


HEADS = ("report.column.project", "unknown.column.missing", "unknown.column.why",
         "unknown.column.needs")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unsure:
    """A figure of a project that is not known, or not closely: why, and what would change that.

    place: less is known where it is smaller.
    """

    place: float
    project: int
    name: str
    label: str
    why: str
    needs: str
    result: Result


def unknown(viewing: Viewing, scope: Scope) -> None:
    """A row for each figure of a project that is hidden, missing or far from sure."""
    language = viewing.language
    rows = unsure(viewing, scope)
    if not rows:
        st.success(literal(say("unknown.none", language)))
    else:
        st.markdown(literal(say("unknown.lead", language, points=CLOSE)))
        _, shown = page_of(viewing, "unknown_page", rows, ROWS)
        links = [name_of(viewing, row.project, row.name) for row in shown]
        columns = [[literal(text) for text in texts] for texts in columns_of(shown).values()]
        st.table(
            pd.DataFrame(dict(zip(heads(language), [links, *columns[1:]], strict=True))),
            alt=say("section.unknown", language),
            hide_index=True,
        )
    st.markdown(literal(say("unknown.comparison", language)))


def heads(language: str) -> list[str]:
    """The headings of the table: whose figure, which, why it is not sure, what would help."""
    return [say(key, language) for key in HEADS]


def columns_of(rows: Sequence[Unsure]) -> dict[str, list[str]]:
    """The columns of the table by the keys of their headings."""
    cells = [(row.name, row.label, row.why, row.needs) for row in rows]
    return {key: [row[at] for row in cells] for at, key in enumerate(HEADS)}


def unsure(viewing: Viewing, scope: Scope) -> list[Unsure]:
    """The figures of projects that are hidden, missing or far from sure: the least known first."""
    called = names(viewing, Level.PROJECT)
    found = [
        row
        for name in ("benefit_share", "process_quality")
        for row in of_metric(viewing, scope, metric_of(name), called)
    ]
    return sorted(found, key=lambda row: (row.place, row.name, row.label))


def of_metric(
    viewing: Viewing, scope: Scope, metric: Metric, called: Mapping[int, str]
) -> list[Unsure]:
    """The projects whose figure of a metric is unsure."""
    language = viewing.language
    survey = scope.outcome if metric.kind == "outcome" else scope.process
    part = overall_of(survey) if metric.kind == "process" else ""
    found = {
        result.entity: result
        for result in figures(
            viewing, level=Level.PROJECT, metric=metric.id, instrument=survey, split="total"
        )
        if result.part == part and result.wave == scope.wave and result.entity in called
    }
    label = metric.label.in_language(language)
    rows = []
    for number, result in found.items():
        why, needs = explained(result, metric, language)
        if why:
            place = -more_answers(result, metric) if is_shown(result) else -math.inf
            rows.append(Unsure(place, number, called[number], label, why, needs, result))
    return rows


def explained(result: Result, metric: Metric, language: str) -> tuple[str, str]:
    """Why a figure is not known closely, and what would change that; nothing where it is."""
    if not is_shown(result):
        why = REASONS[result.reason].in_language(language) if result.reason else ""
        remedy = REMEDIES.get(result.reason, "unknown.records")
        return why or say("unknown.not_asked", language), say(remedy, language)
    wanted = more_answers(result, metric)
    if not wanted:
        return "", ""
    interval = written.interval(result.low, result.high, metric.unit, language)
    return (
        say("unknown.wide", language, interval=interval),
        say("unknown.more_answers", language, n=written.count(wanted, language)),
    )


def more_answers(result: Result, metric: Metric) -> int:
    """About how many more answers would bring half the interval down to `CLOSE` hundredths.

    Formula: n ((half / close)^2 - 1), as an interval narrows with the root of the answers; to the
    next five. Missing: 0 where it is close enough, or where nobody knows how many answered.
    """
    if not has_range(result) or not result.n:
        return 0
    close = CLOSE / 100 if metric.unit is Unit.SHARE else CLOSE
    half = (result.high - result.low) / 2
    if half <= close * 1.05:
        return 0
    return math.ceil(result.n * ((half / close) ** 2 - 1) / 5) * 5


def name_of(viewing: Viewing, number: int, name: str) -> str:
    """A project's name as a link to its page, where it may be opened."""
    found = address(viewing, "project", project_id=number)
    return literal(name) if found is None else f"[{literal(name)}]({found})"
