"""What the pages of a theme and of an area have in common."""

from __future__ import annotations

import streamlit as st

from dashboard import sections
from dashboard.brief.button import brief_button
from dashboard.components import answer, entity_link, part, published_line, section
from dashboard.figures import publication
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say
from data import records
from data.database import reading
from metrics.metric import Level

#: Links to projects; the page of projects finds the others by their names.
MOST_LINKS = 60


def show(viewing: Viewing, level: Level, entity: int, name: str) -> None:
    """Outcomes, process, participation, projects and the comparison with the portfolio."""
    language = viewing.language
    section(name)
    first = st.container()
    scope = sections.choose_scope(viewing, level, entity, publication())
    with first:
        answer(sections.headline(viewing, scope))
        published_line(viewing, scope.publication)
        st.caption(say("section.overlap_warning", language))
        brief_button(viewing, scope)
    sections.glance(viewing, scope)

    section(say("section.against_portfolio", language))
    sections.against_portfolio(viewing, scope)
    section(say("section.outcomes", language))
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            part(say("section.benefit_by_group", language))
            sections.benefit_by_group(viewing, scope)
        with st.container():
            part(say("section.outcome_change", language))
            sections.outcome_change(viewing, scope)
    section(say("section.process", language))
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            part(say("section.process_by_construct", language))
            sections.process_by_construct(viewing, scope)
        with st.container():
            part(say("section.process_by_group", language))
            sections.process_by_split(viewing, scope, "group")
            part(say("section.process_by_phase", language))
            sections.process_by_split(viewing, scope, "phase")
    sections.right_amount(viewing, scope)
    projects_in(viewing, scope)


def projects_in(viewing: Viewing, scope: sections.Scope) -> None:
    """The projects of the entity: compared where their figures may be seen, and linked."""
    language = viewing.language
    which = {"theme": scope.entity} if scope.level == Level.THEME else {"area": scope.entity}
    with reading(engine()) as connection:
        found = records.projects(connection, viewing.user, **which)
    section(say("section.projects", language))
    if not found:
        st.info(say("empty.projects", language))
        return
    called = {project.id: records.name_in(project, language) for project in found}
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        for kind, metric in (("benefit", "benefit_share"), ("process", "process_quality")):
            with st.container():
                part(say(f"section.compare_{kind}_project", language))
                sections.compare(viewing, scope, Level.PROJECT, called, metric)
    part(say("section.open_project", language))
    with st.grid(3, min_column_width=260, gap="xxsmall"):
        for number, name in list(called.items())[:MOST_LINKS]:
            entity_link(viewing, "project", name, project_id=number)
    if len(called) > MOST_LINKS:
        st.caption(say("section.more_projects", language, shown=MOST_LINKS, all=len(called)))
