"""What is not known yet of projects, why, and what it would take to know it."""

from __future__ import annotations

import math
from collections.abc import Mapping

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


def unknown(viewing: Viewing, scope: Scope) -> None:
    """A row for each figure of a project that is hidden, missing or far from sure."""
    language = viewing.language
    called = names(viewing, Level.PROJECT)
    rows = [
        row
        for name in ("benefit_share", "process_quality")
        for row in of_metric(viewing, scope, metric_of(name), called)
    ]
    if not rows:
        st.success(literal(say("unknown.none", language)))
    else:
        st.markdown(literal(say("unknown.lead", language, points=CLOSE)))
        _, shown = page_of(viewing, "unknown_page", sorted(rows), ROWS)
        heads = ("report.column.project", "unknown.column.missing", "unknown.column.why",
                 "unknown.column.needs")  # fmt: skip
        st.table(
            pd.DataFrame([row[2:] for row in shown], columns=[say(key, language) for key in heads]),
            alt=say("section.unknown", language),
            hide_index=True,
        )
    st.markdown(literal(say("unknown.comparison", language)))


def of_metric(
    viewing: Viewing, scope: Scope, metric: Metric, called: Mapping[int, str]
) -> list[tuple]:
    """Place, name, link, metric, reason and remedy of each project whose figure is unsure."""
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
    label = literal(metric.label.in_language(language))
    rows = []
    for number, result in found.items():
        why, needs = explained(result, metric, language)
        if why:
            worst = -more_answers(result, metric) if is_shown(result) else -math.inf
            name = name_of(viewing, number, called[number])
            rows.append((worst, called[number], name, label, why, needs))
    return rows


def explained(result: Result, metric: Metric, language: str) -> tuple[str, str]:
    """Why a figure is not known closely, and what would change that; nothing where it is."""
    if not is_shown(result):
        why = REASONS[result.reason].in_language(language) if result.reason else ""
        remedy = REMEDIES.get(result.reason, "unknown.records")
        return literal(why or say("unknown.not_asked", language)), literal(say(remedy, language))
    wanted = more_answers(result, metric)
    if not wanted:
        return "", ""
    interval = written.interval(result.low, result.high, metric.unit, language)
    return (
        literal(say("unknown.wide", language, interval=interval)),
        literal(say("unknown.more_answers", language, n=written.count(wanted, language))),
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
