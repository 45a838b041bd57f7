"""Figures of records in short: a table of a few of them, and one line for what nobody recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import is_shown
from dashboard.components import value_text
from dashboard.figures import figures, metric_of, one
from dashboard.labels import group_name, part_name
from dashboard.literal import literal
from dashboard.provenance import explain
from dashboard.sections.rows import row
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Metric, Reason, Result
from metrics.names import WAY_NAMES
from metrics.reasons import REASONS

#: Reasons that say no more than that nobody wrote anything down.
SILENT = frozenset({Reason.NO_RECORDS, Reason.NO_ANSWERS, Reason.NOT_ASKED})


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as one line of a table: what it is called, and what stands beside it."""

    label: str
    metric: Metric
    result: Result
    beside: str = ""


def recorded(
    viewing: Viewing, scope: Scope, metric: str, split: str = "total", **wanted: object
) -> list[Result]:
    """The figures of a metric of the entity that say something, a hidden one included."""
    found = figures(
        viewing, level=scope.level, entity=scope.entity, metric=metric, split=split, **wanted
    )
    return [result for result in found if is_shown(result) or result.reason not in SILENT]


def is_told(viewing: Viewing, scope: Scope, metric: str) -> bool:
    """Whether a metric says anything of the entity, of the whole or of a group."""
    return any(recorded(viewing, scope, metric, split) for split in ("total", "group"))


def lines_of(viewing: Viewing, scope: Scope, metric: str) -> list[Line]:
    """A line for the figure of a metric, or one for each of its parts.

    Of what is counted in three ways the different ones stand on the line, the others beside it.
    """
    language = viewing.language
    known = metric_of(metric)
    found = recorded(viewing, scope, metric)
    label = known.label.in_language(language)
    different = one(found, part="distinct")
    if different is not None:
        return [Line(label, known, different, in_other_ways(found, language))]
    return [Line(named(result, label, language), known, result) for result in found]


def named(result: Result, label: str, language: str) -> str:
    """What a line is called: its part, where it is one of records, else its metric.

    The item of a questionnaire that a metric reads is told where one asks how we know.
    """
    if result.part and not result.instrument:
        return part_name("", result.part, language)
    return label


def in_other_ways(found: Sequence[Result], language: str) -> str:
    """The sum over projects and what it counts twice; nothing where the two ways are alike."""
    total, twice = one(found, part="sum"), one(found, part="overlap")
    if total is None or twice is None or not (is_shown(total) and is_shown(twice)):
        return ""
    if not twice.value:
        return ""
    return say(
        "recorded.ways",
        language,
        total=written.count(round(total.value), language),
        twice=written.count(round(twice.value), language),
    )


def lines_of_groups(
    viewing: Viewing, scope: Scope, metric: str, groups: Sequence[str]
) -> list[Line]:
    """A line for each of some stakeholder groups that a metric has a figure of."""
    language = viewing.language
    known = metric_of(metric)
    found = {r.split_value: r for r in recorded(viewing, scope, metric, "group")}
    return [
        Line(group_name(code, language), known, found[code]) for code in groups if code in found
    ]


def short_table(
    viewing: Viewing, scope: Scope, lines: Sequence[Line], *, title: str, key: str
) -> None:
    """Lines as a table, and how we know each of them: definition, evidence, contribution."""
    language = viewing.language
    columns = {
        "what": [literal(line.label) for line in lines],
        "value": [literal(value_words(line, language)) for line in lines],
        "grade": [line.metric.grade for line in lines],
        "basis": [literal(basis_words(line, language)) for line in lines],
    }
    if not any(line.metric.kind == "outcome" for line in lines):
        del columns["grade"]
    st.table(
        pd.DataFrame({say(f"table.{name}", language): columns[name] for name in columns}),
        alt=title,
        hide_index=True,
    )
    metrics = {line.metric.id: line.metric for line in lines}
    with st.popover(say("know.open", language), key=f"{key}_know"):
        for name, metric in metrics.items():
            shown = [line.result for line in lines if line.metric.id == name]
            explain(viewing, metric, shown, scope.publication)


def value_words(line: Line, language: str) -> str:
    """The value, with ~ where it is only indicative; or that it is not there."""
    if not is_shown(line.result):
        return sentences.absence_words(line.result, language)
    words = value_text(line.result, line.metric, language)
    return f"~{written.SPACE}{words}" if line.result.indicative else words


def basis_words(line: Line, language: str) -> str:
    """What a value rests on and what stands beside it; or why there is none."""
    result = line.result
    if not is_shown(result):
        return REASONS[result.reason].in_language(language) if result.reason else ""
    counted = ""
    if result.numerator is not None and result.denominator:
        counted = say(
            "recorded.counted",
            language,
            n=written.count(result.numerator, language),
            all=written.count(result.denominator, language),
        )
    # A count that is its own n rests on no more than itself.
    rests_on = replace(result, n=None) if counted or result.value == result.n else result
    words = [counted, sentences.basis(rests_on, line.metric, language), line.beside]
    return ", ".join(filter(None, words)) or say("recorded.census", language)


def not_recorded(viewing: Viewing, metrics: Sequence[str]) -> None:
    """One line for everything that nobody has recorded, and how it would come."""
    if not metrics:
        return
    language = viewing.language
    named = ", ".join(metric_of(name).label.in_language(language).lower() for name in metrics)
    st.caption(literal(say("recorded.nothing", language, names=named)))


def counted_ways(viewing: Viewing, scope: Scope, metrics: Sequence[str]) -> pd.DataFrame | None:
    """Different ones, the sum of projects and the overlap side by side, a row a metric.

    Missing: None where nothing of either is recorded; a hidden figure is told in words.
    """
    language = viewing.language
    rows = {name: recorded(viewing, scope, name) for name in metrics}
    rows = {name: found for name, found in rows.items() if found}
    if not rows:
        return None
    table = {say("table.what", language): [label_of(name, language) for name in rows]}
    for way, text in WAY_NAMES.items():
        table[text.in_language(language)] = [
            cell(one(found, part=way), metric_of(name), language) for name, found in rows.items()
        ]
    return pd.DataFrame(table)


def label_of(metric: str, language: str) -> str:
    return literal(metric_of(metric).label.in_language(language))


def cell(result: Result | None, metric: Metric, language: str) -> str:
    """A figure as a cell of a table, or why it is not there."""
    if result is None:
        return say("table.none", language)
    return literal(sentences.row_words(row("", result, language), metric, language))
