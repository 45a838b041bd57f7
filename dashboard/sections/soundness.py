"""How far figures may be trusted: who answered, how well constructs measure, and beside what
changes were set."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.charts import has_range, is_shown
from dashboard.components import explained, unfolding
from dashboard.figures import figures, metric_of
from dashboard.labels import group_name, overall_of, part_name, questionnaire_name, wave_name
from dashboard.literal import literal
from dashboard.sections.rows import nothing
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.tables import state_text
from dashboard.wording import say, say_count
from metrics.metric import Method, Metric, Reason, Result
from metrics.reasons import METHODS, REASONS
from metrics.response_flags import FLAGS, flag

#: What is asked of a response, in the order of the table; those by group; those of scores.
OF_ANSWERS = ("response_rate", "r_indicator", "max_bias", "effective_n")
BY_GROUP = ("group_representation",)
OF_SCORES = (
    "late_difference",
    "dropout_bias",
    "process_quality",
    "average_participant",
    "random_intercept",
    "weighted_quality",
    "benefit_bounds",
)
#: The columns of the table of constructs.
OF_CONSTRUCTS = ("scale_omega", "scale_alpha", "icc", "icc_of_mean", "within_deviation")
#: How else the change of outcomes is told than by its mean, the strongest comparison first.
OF_CHANGES = ("difference_in_differences", "change_typical", "change_share")


def who_answered(viewing: Viewing, scope: Scope) -> None:
    """A row for each check of who answered, with what warns and what cannot be checked."""
    language = viewing.language
    found = [
        result
        for names, split in ((OF_ANSWERS, "total"), (BY_GROUP, "group"), (OF_SCORES, "total"))
        for name in names
        for result in of_surveys(viewing, scope, name, split)
    ]
    if not any(is_shown(result) for result in found):
        nothing(viewing, metric_of("r_indicator"), reasons_of(found, language))
        return
    warned = [result for result in found if flag(result) is not None]
    known = sum(is_shown(result) for result in found)
    said = (
        say_count("answered.warned", len(warned), language, all=written.count(known, language))
        if warned
        else say("answered.fine", language)
    )
    st.markdown(literal(f"{said} {say('answered.unseen', language)}"))
    rows = [(named(result, language), result, remark(result, language)) for result in found]
    with unfolding(say("answered.table", language)):
        st.table(told(rows, language), alt=say("answered.title", language), hide_index=True)
    know(viewing, scope, found, "who_answered")


def constructs(viewing: Viewing, scope: Scope) -> None:
    """A row for each construct of the process survey, how consistently its statements measure it
    and how much projects differ, or why that is not told."""
    language = viewing.language
    found = {
        name: {result.part: result for result in of_process(viewing, scope, name)}
        for name in OF_CONSTRUCTS
    }
    parts = list(dict.fromkeys(part for results in found.values() for part in results))
    everything = [result for results in found.values() for result in results.values()]
    if not any(is_shown(result) for result in everything):
        nothing(viewing, metric_of("scale_omega"), reasons_of(everything, language))
        return
    st.markdown(literal(say("constructs.lead", language)))
    columns = {
        say("table.what", language): [
            literal(part_name(scope.process, part, language)) for part in parts
        ]
    }
    for name, results in found.items():
        metric = metric_of(name)
        columns[metric.label.in_language(language)] = [
            cell(results.get(part), metric, language) for part in parts
        ]
    why = reasons_of([each for each in everything if not is_shown(each)], language)
    with unfolding(say("constructs.table", language)):
        st.table(pd.DataFrame(columns), alt=say("constructs.title", language), hide_index=True)
        if why:
            st.caption(literal(say("constructs.dash", language, why=why)))
    know(viewing, scope, everything, "constructs")


def otherwise(viewing: Viewing, scope: Scope) -> list[Result]:
    """The change of outcomes beside comparison sites, by its middle and by who crossed over."""
    return [
        result
        for name in OF_CHANGES
        for result in figures(
            viewing, level=scope.level, entity=scope.entity, metric=name, split="total"
        )
        if result.instrument == scope.outcome
    ]


def change_otherwise(viewing: Viewing, scope: Scope) -> None:
    """The change beside comparison sites, otherwise in a fold; or why nothing is known of it."""
    language = viewing.language
    found = otherwise(viewing, scope)
    if not found:
        why = REASONS[Reason.NO_COMPARISON].in_language(language)
        nothing(viewing, metric_of(OF_CHANGES[0]), why)
        return
    if not any(is_shown(each) for each in found if each.metric == OF_CHANGES[0]):
        st.info(literal(say("sites.none", language)))
    rows = [(named(result, language), result, remark(result, language)) for result in found]
    beside = [row for row in rows if row[1].metric == OF_CHANGES[0]]
    if beside:
        st.table(told(beside, language), alt=say("sites.title", language), hide_index=True)
    if others := [row for row in rows if row not in beside]:
        title = say("sites.otherwise", language)
        with unfolding(title):
            st.table(told(others, language), alt=title, hide_index=True)
    know(viewing, scope, found, "change_otherwise")


def of_surveys(viewing: Viewing, scope: Scope, name: str, split: str) -> list[Result]:
    """The figures of a metric in the surveys that the page reads; of scores the whole only."""
    asked = [key for key in dict.fromkeys((scope.process, scope.outcome)) if key is not None]
    return [
        result
        for result in figures(
            viewing, level=scope.level, entity=scope.entity, metric=name, split=split
        )
        if result.instrument in asked
        and (result.wave == scope.wave or name == "dropout_bias")
        and (result.part in ("", overall_of(result.instrument)) or name == "benefit_bounds")
    ]


def of_process(viewing: Viewing, scope: Scope, name: str) -> list[Result]:
    """The figures of every construct in the process survey of the page."""
    found = figures(viewing, level=scope.level, entity=scope.entity, metric=name, split="total")
    return [
        result
        for result in found
        if result.instrument == scope.process and result.wave == scope.wave
    ]


# --- words --------------------------------------------------------------------------------------


def named(result: Result, language: str) -> str:
    """What a row is of: the metric, its group or part, the questionnaire and when it was asked."""
    words = [metric_of(result.metric).label.in_language(language)]
    if result.split_value:
        words.append(group_name(result.split_value, language))
    if result.part:
        words.append(part_name(result.instrument, result.part, language))
    asked = questionnaire_name(result.instrument, language)
    return f"{': '.join(words)} ({asked}, {wave_name(result.wave, language)})"


def remark(result: Result, language: str) -> str:
    """What warns in a figure, or the state it is in where that has to be said."""
    found = flag(result)
    if found is not None:
        return FLAGS[found].in_language(language)
    if is_shown(result) and result.method is Method.BOUNDS:
        # The column is headed as one of confidence, and these ends are not of chance.
        return METHODS[Method.BOUNDS].in_language(language)
    if is_shown(result) and not result.indicative and not result.reason:
        return say("table.none", language)
    return state_text(result, language)


def cell(result: Result | None, metric: Metric, language: str) -> str:
    """A figure with its interval in one cell; a dash where there is none."""
    if result is None or not is_shown(result):
        return say("table.none", language)
    value = written.figure(result.value, metric.unit, language)
    if not has_range(result):
        return literal(value)
    return literal(f"{value} ({written.interval(result.low, result.high, metric.unit, language)})")


def reasons_of(found: Sequence[Result], language: str) -> str:
    """Why figures have no value, each reason once."""
    told_of = dict.fromkeys(result.reason for result in found if result.reason is not None)
    return " ".join(REASONS[reason].in_language(language) for reason in told_of)


def told(rows: Sequence[tuple[str, Result, str]], language: str) -> pd.DataFrame:
    """Rows of a name, a figure and a remark, as a table of a page."""
    columns = told_texts(rows, language)
    return pd.DataFrame({head: list(map(literal, texts)) for head, texts in columns.items()})


def told_texts(rows: Sequence[tuple[str, Result, str]], language: str) -> dict[str, list[str]]:
    """The same as columns of plain texts by their headings."""
    none = say("table.none", language)
    values, ranges, counts = [], [], []
    for _, result, _ in rows:
        unit = metric_of(result.metric).unit
        shown = is_shown(result)
        values.append(written.figure(result.value, unit, language) if shown else none)
        ranged = shown and has_range(result)
        ranges.append(written.interval(result.low, result.high, unit, language) if ranged else none)
        counts.append(none if result.n is None else written.count(result.n, language))
    columns = {
        "table.what": [name for name, _, _ in rows],
        "table.value": values,
        "table.interval": ranges,
        "table.p": [chance_of(result, "p", language) for _, result, _ in rows],
        "table.p_adjusted": [chance_of(result, "p_adjusted", language) for _, result, _ in rows],
        "table.n": counts,
        "items.remarks": [said for _, _, said in rows],
    }
    for name in ("table.p", "table.p_adjusted"):
        if all(text == none for text in columns[name]):
            del columns[name]
    return {say(key, language): texts for key, texts in columns.items()}


def chance_of(result: Result, name: str, language: str) -> str:
    """The p of a figure, by itself or among all tests; a dash where it has none."""
    p = getattr(result, name) if is_shown(result) else None
    return say("table.none", language) if p is None else written.chance(p, language)


def know(viewing: Viewing, scope: Scope, found: Sequence[Result], key: str) -> None:
    """How we know, metric by metric in the order of the table."""
    made_of = [
        (metric_of(name), list(results))
        for name, results in groupby(found, key=lambda result: result.metric)
    ]
    explained(viewing, made_of, scope.publication, key=key)
