"""Impact and process at a glance: what came of it, how it went, and who needs attention."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from dashboard import sections, session
from dashboard.attention import attention, pressing_projects
from dashboard.brief.button import brief_button
from dashboard.components import answer, begin, entity_link, part, published_line, section
from dashboard.figures import names, publication
from dashboard.home import week
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.welcome import welcome
from dashboard.wording import say, say_count
from data.access import Role
from data.database import reading
from data.records.duties import duties
from metrics.metric import Level

#: The parts of the page, each at its own address; the first is read in a minute.
VIEW = "overview_view"
VIEWS = ("glance", "benefit", "process", "compare", "unknown")


def show(viewing: Viewing) -> None:
    """The first page: understood in a minute, everything else one click away."""
    language = viewing.language
    begin(viewing, say("page.overview", language), ["Q1", "Q3", "Q2"], page="overview")
    waits_at_home(viewing)
    place = sections.whole(viewing)
    if place is None:
        st.info(say("empty.projects", language))
        return
    first = st.container()
    scope = sections.choose_scope(viewing, *place, publication())
    needing = pressing_projects(viewing)
    with first:
        answer(
            f"{sections.headline(viewing, scope)} {say_count('attention.count', needing, language)}"
        )
        published_line(viewing, scope.publication)
        welcome(viewing)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = choose_view(viewing, scope)
        brief_button(viewing, scope, view)
    DRAWN[view](viewing, scope)


def choose_view(viewing: Viewing, scope: sections.Scope) -> str:
    """Which part of the page the reader looks at, as the address says it.

    The figures of one funder are not set beside each other by theme and area.
    """
    language = viewing.language
    views = [view for view in VIEWS if view != "compare" or scope.level == Level.PORTFOLIO]
    st.segmented_control(
        say("overview.view", language),
        format_func=lambda view: say(f"overview.view.{view}", language),
        **session.follow(VIEW, views),
    )
    return session.selection(VIEW, views)


def at_a_glance(viewing: Viewing, scope: sections.Scope) -> None:
    """What a reader of one minute needs: the figures, for whom, what needs them, what is new."""
    language = viewing.language
    sections.glance(viewing, scope, section)
    section(say("section.attention", language))
    attention(viewing)
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            section(say("section.benefit_by_group", language))
            sections.benefit_by_group(viewing, scope)
        with st.container():
            section(say("section.news", language))
            sections.news(viewing, scope)


def benefit(viewing: Viewing, scope: sections.Scope) -> None:
    """What came of it, and for whom."""
    language = viewing.language
    section(say("section.outcomes", language))
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            part(say("section.benefit_by_group", language))
            sections.benefit_by_group(viewing, scope)
        with st.container():
            part(say("section.outcome_change", language))
            sections.outcome_change(viewing, scope)
    section(say("sites.title", language))
    sections.change_otherwise(viewing, scope)
    section(say("section.outcomes_by_group", language))
    sections.outcomes_by_group(viewing, scope)


def process(viewing: Viewing, scope: sections.Scope) -> None:
    """How the work went, by those who took part and by what was written down."""
    language = viewing.language
    section(say("section.process", language))
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            part(say("section.process_by_construct", language))
            sections.process_by_construct(viewing, scope)
        with st.container():
            part(say("section.process_change", language))
            sections.process_change(viewing, scope)
    sections.right_amount(viewing, scope)
    section(say("section.process_records", language))
    sections.process_from_records(viewing, scope)


def not_known(viewing: Viewing, scope: sections.Scope) -> None:
    """What the figures cannot say yet, and what it would take."""
    section(say("section.unknown", viewing.language))
    sections.unknown(viewing, scope)


def waits_at_home(viewing: Viewing) -> None:
    """What waits for somebody who leads projects, or funds them, and the way to their own page."""
    language = viewing.language
    if Role.MANAGER in viewing.user.roles:
        today = date.today()
        with reading(engine()) as connection:
            found = duties(connection, viewing.user, today)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(week.sentence(found, today, language)))
            entity_link(viewing, "my_projects", say("home.go.my_projects", language))
    elif Role.FUNDER in viewing.user.roles:
        entity_link(viewing, "funded", say("home.go.funded", language))


def side_by_side(viewing: Viewing, scope: sections.Scope) -> None:
    """Themes and areas, each beside the others, for benefit and for process."""
    language = viewing.language
    section(say("section.compare", language))
    st.caption(say("section.overlap_warning", language))
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        for level, called in (
            (Level.THEME, names(viewing, Level.THEME)),
            (Level.AREA, sections.neighbourhoods(viewing)),
        ):
            for kind, metric in (("benefit", "benefit_share"), ("process", "process_quality")):
                with st.container():
                    part(say(f"section.compare_{kind}_{level}", language))
                    drawn = level is Level.AREA and sections.on_map(viewing, scope, metric)
                    if not drawn:
                        sections.compare(viewing, scope, level, called, metric, most=8)
                    if kind == "process":
                        entity_link(viewing, level, say(f"section.all_{level}", language))


DRAWN: dict[str, Callable[[Viewing, sections.Scope], None]] = {
    "glance": at_a_glance,
    "benefit": benefit,
    "process": process,
    "compare": side_by_side,
    "unknown": not_known,
}
