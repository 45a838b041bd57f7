"""Who took part: groups beside those concerned, breadth, absent groups, reach, and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import interval_dots, is_shown
from dashboard.components import chart_block, part, table_block
from dashboard.figures import figures, metric_of, one
from dashboard.labels import group_name, part_name
from dashboard.literal import literal
from dashboard.provenance import explain
from dashboard.sections.place import projects_in
from dashboard.sections.recorded import (
    cell,
    counted_ways,
    label_of,
    lines_of,
    recorded,
    short_table,
)
from dashboard.sections.rows import row, rows_by
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from metrics.metric import Level, Reason, Result
from metrics.names import BREADTH_NAMES, WAY_NAMES
from survey.instrument import GROUPS

#: The three numbers of groups; the other two parts of breadth stand in the table.
ORDERS = ("q0", "q1", "q2")
DISTINCT = ("distinct_participants", "distinct_organisations")


def concerned_in(viewing: Viewing, scope: Scope) -> dict[str, float]:
    """The share of each group among the people concerned; none where some are not counted."""
    found = recorded(viewing, scope, "participation", "group")
    people = {r.split_value: r.denominator for r in found if r.split_value in GROUPS}
    known = [number for number in people.values() if number is not None]
    if len(known) < len(people) or not sum(known):
        return {}
    return {code: number / sum(known) for code, number in people.items()}


# --- breadth ------------------------------------------------------------------------------------


def breadth(viewing: Viewing, scope: Scope) -> list[str]:
    """Over how many groups participation spreads, in plain words. The metrics that say nothing."""
    language = viewing.language
    metric = metric_of("breadth")
    found = {result.part: result for result in recorded(viewing, scope, metric.id)}
    if not found:
        return [metric.id]
    rows = [
        row(part_name("", order, language), found[order], language)
        for order in BREADTH_NAMES
        if order in found
    ]
    drawn = [item for item in rows if item.result.part in ORDERS]
    part(metric.label.in_language(language))
    chart_block(
        viewing,
        interval_dots(drawn, metric, language),
        rows,
        metric,
        title=metric.label.in_language(language),
        sentence=breadth_sentence(found, language),
        publication=scope.publication,
        key="breadth",
    )
    return []


def breadth_sentence(found: Mapping[str, Result], language: str) -> str:
    """How many groups took part, and how many groups of one size that comes to."""
    metric = metric_of("breadth")
    groups, equal, even = (found.get(order) for order in ("q0", "q1", "evenness"))
    if groups is None or not is_shown(groups):
        return sentences.absence(groups or next(iter(found.values())), metric, language)
    said = [say_count("participation.groups", round(groups.value), language)]
    if equal is not None and is_shown(equal):
        said.append(
            say(
                "participation.equal_groups",
                language,
                n=written.number(equal.value, language, 1),
                interval=written.interval(equal.low, equal.high, metric.unit, language),
            )
        )
    if even is not None and is_shown(even):
        said.append(
            say("participation.evenness", language, n=written.number(even.value, language, 2))
        )
    return " ".join(said)


# --- groups that are missing --------------------------------------------------------------------


def absent_groups(viewing: Viewing, scope: Scope) -> list[str]:
    """The groups that the matter concerns and that never took part, here and project by project."""
    language = viewing.language
    metric = metric_of("absent_groups")
    found = recorded(viewing, scope, metric.id)
    whole = one(found, part="")
    each = [result for result in found if result.part and is_shown(result)]
    of_projects = {} if scope.level == Level.PROJECT else absent_in_projects(viewing, scope)
    if whole is None and not of_projects:
        return [metric.id]
    part(metric.label.in_language(language))
    if whole is not None:
        st.markdown(literal(absent_sentence(whole, language)))
    if each:
        st.markdown("\n".join(f"- {literal(absent_words(result, language))}" for result in each))
    if of_projects:
        st.markdown(literal(say_count("participation.absent_projects", len(of_projects), language)))
        table_block(
            pd.DataFrame(
                {
                    say("choose.project", language): [literal(name) for name in of_projects],
                    label_of(metric.id, language): [
                        literal("; ".join(absent_words(result, language) for result in results))
                        for results in of_projects.values()
                    ],
                }
            ),
            metric.label.in_language(language),
            language,
        )
    with st.popover(say("know.open", language), key="absent_know"):
        explain(viewing, metric, found, scope.publication)
    return []


def absent_sentence(whole: Result, language: str) -> str:
    """How many groups are missing, or why that is not known."""
    if whole.reason is Reason.UNKNOWN_FRAME:
        return say("participation.absent_unknown", language)
    if not is_shown(whole):
        return sentences.absence(whole, metric_of("absent_groups"), language)
    if not whole.value:
        return say("participation.none_absent", language)
    return say_count("participation.absent", round(whole.value), language)


def absent_words(result: Result, language: str) -> str:
    """A missing group with the number of its people."""
    return say(
        "participation.absent_group",
        language,
        group=group_name(result.part, language),
        people=written.count(round(result.value), language),
    )


def absent_in_projects(viewing: Viewing, scope: Scope) -> dict[str, list[Result]]:
    """The missing groups of each project of the entity, by its name."""
    called = projects_in(viewing, scope.level, scope.entity)
    found: dict[str, list[Result]] = {}
    for result in figures(viewing, level=Level.PROJECT, metric="absent_groups", split="total"):
        if result.part and is_shown(result) and result.entity in called:
            found.setdefault(called[result.entity], []).append(result)
    return dict(sorted(found.items()))


# --- how many people ----------------------------------------------------------------------------


def reached(viewing: Viewing, scope: Scope) -> list[str]:
    """How large a share of each group's people took part."""
    language = viewing.language
    metric = metric_of("reach")
    found = recorded(viewing, scope, metric.id, "group")
    rows = sentences.sorted_rows(
        rows_by(found, lambda r: group_name(r.split_value, language), language), metric
    )
    if not rows:
        return [metric.id]
    part(metric.label.in_language(language))
    if not any(is_shown(item.result) for item in rows):
        # One reason for all groups needs no chart of gaps.
        st.info(literal(sentences.absence(rows[0].result, metric, language)))
        return []
    chart_block(
        viewing,
        interval_dots(rows, metric, language),
        rows,
        metric,
        title=metric.label.in_language(language),
        sentence=sentences.spread(rows, metric, language, "groups"),
        publication=scope.publication,
        key="reach",
    )
    return []


def numbers(viewing: Viewing, scope: Scope) -> list[str]:
    """How many different people and organisations, beside the sums of projects."""
    language = viewing.language
    silent = [name for name in DISTINCT if not recorded(viewing, scope, name)]
    table = counted_ways(viewing, scope, DISTINCT)
    if table is None:
        return silent
    title = say("participation.different", language)
    part(title)
    st.markdown(literal(numbers_sentence(viewing, scope)))
    st.table(table, alt=title, hide_index=True)
    with st.popover(say("know.open", language), key="numbers_know"):
        for name in DISTINCT:
            explain(viewing, metric_of(name), recorded(viewing, scope, name), scope.publication)
    return silent


def numbers_sentence(viewing: Viewing, scope: Scope) -> str:
    """Why the sum of projects is larger than the number of different people."""
    found = recorded(viewing, scope, "distinct_participants")
    different, total = one(found, part="distinct"), one(found, part="sum")
    language = viewing.language
    if different is None or total is None or not (is_shown(different) and is_shown(total)):
        return say("participation.ways", language)
    if scope.level == Level.PROJECT or total.value <= different.value:
        return say(
            "participation.people", language, n=written.count(round(different.value), language)
        )
    return say(
        "participation.people_and_sum",
        language,
        n=written.count(round(different.value), language),
        total=written.count(round(total.value), language),
    )


def by_theme(viewing: Viewing, called: Mapping[int, str]) -> None:
    """Different people and organisations of every theme, whose sum is not that of the whole."""
    language = viewing.language
    found = {
        name: {
            (result.entity, result.part): result
            for result in figures(viewing, level=Level.THEME, metric=name, split="total")
        }
        for name in DISTINCT
    }
    themes = [n for n in called if any((n, "distinct") in of for of in found.values())]
    if not themes:
        return
    table = {say("choose.theme", language): [literal(called[number]) for number in themes]}
    for name, of in found.items():
        for way in ("distinct", "sum"):
            head = metric_of(name).label.in_language(language)
            if way == "sum":
                head = f"{head}: {WAY_NAMES[way].in_language(language).lower()}"
            table[literal(head)] = [
                cell(of.get((number, way)), metric_of(name), language) for number in themes
            ]
    title = say("participation.by_theme", language)
    st.markdown(literal(f"{title}. {say('section.overlap_warning', language)}"))
    table_block(pd.DataFrame(table), title, language)


def habits(viewing: Viewing, scope: Scope, metrics: Sequence[str]) -> list[str]:
    """Who came back and how evenly people spoke, in a short table. The metrics that say nothing."""
    lines = {name: lines_of(viewing, scope, name) for name in metrics}
    told = [line for of_metric in lines.values() for line in of_metric]
    if told:
        title = say("participation.habits", viewing.language)
        part(title)
        short_table(viewing, scope, told, title=title, key="habits")
    return [name for name in metrics if not lines[name]]
