"""One metric, whole: what it is, where it comes from, and where its figures are.

Nothing about a metric is written here: it is what the metric says of itself, and what the latest
publication holds.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.components import begin, section
from dashboard.figures import figures, latest, levels_with, publication
from dashboard.labels import part_name, questionnaire_name
from dashboard.literal import literal
from dashboard.sections import whole
from dashboard.sections.rows import rows_by
from dashboard.session import Viewing, link
from dashboard.tables import results_table
from dashboard.uses import pages_with
from dashboard.wording import say
from metrics.metric import Level, Metric, Result
from metrics.names import LEVELS
from metrics.reasons import BETTER, UNITS

#: Where the figures of one entity of a level are looked at.
PAGES = {
    Level.PORTFOLIO: "overview",
    Level.FUNDER: "overview",
    Level.THEME: "theme",
    Level.AREA: "area",
    Level.PROJECT: "project",
}
#: Figures that the table of the latest publication holds.
MOST_FIGURES = 40


def show(viewing: Viewing, metric: Metric) -> None:
    """What one metric is and where it is used, with the way back to all of them."""
    language = viewing.language
    begin(viewing, metric.label.in_language(language), [metric.question])
    st.markdown(literal(metric.reading.in_language(language)))
    link(viewing, "methods", say("metric.all", language))
    section(say("methods.definition", language))
    st.markdown(literal(metric.definition.in_language(language)))
    if metric.contribution is not None:
        section(say("metric.contribution", language))
        st.markdown(literal(metric.contribution.in_language(language)))
    section(say("metric.facts", language))
    facts(metric, language)
    section(say("metric.used", language))
    used(viewing, metric)


def facts(metric: Metric, language: str) -> None:
    """What the metric says of itself in few words, and which version was published."""
    listed = {
        "formula": metric.formula.in_language(language),
        "unit": UNITS[metric.unit].in_language(language),
        "better": BETTER[metric.better].in_language(language),
        "about": say(f"methods.about.{metric.about}", language),
        "minimum": str(metric.minimum_n),
        "question": say(f"question.{metric.question}", language),
        "grade": say(f"methods.grade.{metric.grade}", language),
        "source": metric.source.in_language(language),
        "id": metric.id,
        "version": version(metric, language),
    }
    st.table(
        pd.DataFrame(
            {
                say("fact.name", language): [say(f"methods.{name}", language) for name in listed],
                say("fact.value", language): [literal(text) for text in listed.values()],
            }
        ),
        alt=say("metric.facts", language),
        hide_index=True,
    )


def version(metric: Metric, language: str) -> str:
    """The version of the definition, and that of the published figures where it is another."""
    if latest() is None:
        return str(metric.version)
    facts = publication()
    used = facts.metrics.get(metric.id)
    if used is None:
        return say("metric.version_unpublished", language, version=metric.version)
    key = "metric.version_same" if used == metric.version else "metric.version_other"
    return say(key, language, version=metric.version, used=used, revision=facts.id)


def used(viewing: Viewing, metric: Metric) -> None:
    """The pages that show the metric, the levels that have figures of it, and the widest ones."""
    language = viewing.language
    pages = [page for page in pages_with(metric.id) if page in viewing.pages]
    if pages:
        st.markdown(literal(say("metric.pages", language)))
        with st.container(horizontal=True):
            for page in pages:
                link(viewing, page, say(f"page.{page}", language))
    levels = levels_with(viewing, metric.id)
    if not levels:
        st.info(literal(say("metric.no_figures", language)))
        return
    st.markdown(
        literal(
            say(
                "metric.levels",
                language,
                levels=", ".join(LEVELS[level].in_language(language).lower() for level in levels),
            )
        )
    )
    widest(viewing, metric)


def widest(viewing: Viewing, metric: Metric) -> None:
    """The figures of the portfolio, or of the funder's own projects, as a table."""
    language = viewing.language
    place = whole(viewing)
    if place is None:
        return
    level, entity = place
    found = figures(viewing, level=level, entity=entity, metric=metric.id, split="total")
    if not found:
        st.caption(literal(say("metric.not_widest", language)))
        return
    title = say(f"metric.widest.{level}", language)
    st.markdown(f"**{literal(title)}**")
    rows = rows_by(found[:MOST_FIGURES], lambda result: named_figure(result, language), language)
    st.table(results_table(rows, metric, language), alt=title, hide_index=True)
    if len(found) > MOST_FIGURES:
        st.caption(
            literal(say("metric.more_figures", language, shown=MOST_FIGURES, all=len(found)))
        )


def named_figure(result: Result, language: str) -> str:
    """Which figure of a metric it is: its part and its questionnaire."""
    words = []
    if result.part:
        words.append(part_name(result.instrument, result.part, language))
    if result.instrument:
        words.append(questionnaire_name(result.instrument, language))
    return ", ".join(words) or say("metric.whole", language)
