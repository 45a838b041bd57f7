"""One project: what came of it, how each phase went, who took part, and what to look into."""

from __future__ import annotations

import streamlit as st

from dashboard import project_records, sections
from dashboard.attention import attention_of
from dashboard.brief.button import brief_button
from dashboard.components import (
    answer,
    begin,
    choose,
    entity_link,
    part,
    published_line,
    section,
    unfolding,
)
from dashboard.figures import metric_of, names, publication, some_answers_wait
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say
from data import records
from data.access import Role
from data.database import reading
from data.records import ProjectDetail
from metrics.metric import Level, Profile


def show(viewing: Viewing) -> None:
    """The chosen project, from its one-sentence answer to its records."""
    language = viewing.language
    begin(viewing, say("page.project", language), ["Q1", "Q2", "Q3"], page="project")
    called = names(viewing, Level.PROJECT)
    if not called:
        st.info(say("empty.projects", language))
        return
    chosen = choose(viewing, "project", list(called), called.get)
    if chosen is None:
        return
    with reading(engine()) as connection:
        detail = records.project_detail(connection, viewing.user, chosen)
    if detail is None:
        st.info(say("empty.projects", language))
        return
    section(called[chosen])
    if detail.project.comparison:
        st.info(say("project.comparison", language))
    first = st.container()
    scope = sections.choose_scope(viewing, Level.PROJECT, chosen, publication())
    with first:
        answer(sections.headline(viewing, scope))
        st.caption(literal(project_records.one_line(detail.project, language)))
        published_line(viewing, scope.publication)
        brief_button(viewing, scope)
        if some_answers_wait(scope.publication, chosen):
            st.caption(say("survey.project_waits", language))
    sections.glance(viewing, scope)
    section(say("section.attention_here", language))
    attention_of(viewing, chosen)
    if Role.MANAGER in viewing.user.roles:
        entity_link(viewing, "my_projects", say("home.go.my_projects", language))
    section(say("section.phases", language))
    project_records.phases(viewing, chosen)
    outcome(viewing, scope)
    process(viewing, scope)
    section(say("section.taking_part", language))
    sections.taking_part(viewing, scope, concerned(detail))
    about(viewing, chosen, detail)


def outcome(viewing: Viewing, scope: sections.Scope) -> None:
    """What the project brought, to whom, beside the whole portfolio."""
    section(say("section.outcomes", viewing.language))
    sections.against_portfolio(viewing, scope)
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            part(say("section.benefit_by_group", viewing.language))
            sections.benefit_by_group(viewing, scope)
        with st.container():
            part(say("section.outcome_change", viewing.language))
            sections.outcome_change(viewing, scope)
    with unfolding(say("section.outcomes_by_group", viewing.language)):
        sections.outcomes_by_group(viewing, scope)


def process(viewing: Viewing, scope: sections.Scope) -> None:
    """How the work went: by side, by group, by phase, and over time."""
    section(say("section.process", viewing.language))
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            part(say("section.process_by_construct", viewing.language))
            sections.process_by_construct(viewing, scope)
        with st.container():
            part(say("section.process_by_phase", viewing.language))
            sections.process_by_split(viewing, scope, "phase")
    with (
        unfolding(say("section.process_further", viewing.language)),
        st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"),
    ):
        with st.container():
            part(say("section.process_by_group", viewing.language))
            sections.process_by_split(viewing, scope, "group")
        with st.container():
            part(say("section.process_change", viewing.language))
            sections.process_change(viewing, scope)
        with st.container():
            part(say("section.process_by_wave", viewing.language))
            sections.process_by_wave(viewing, scope)
    sections.right_amount(viewing, scope)
    if viewing.profile is Profile.INSIDE:  # the public has no figures of self-assessments
        section(say("gap.title", viewing.language))
        sections.perception_gap(viewing, scope)
    with unfolding(say("section.process_records", viewing.language)):
        sections.process_from_records(viewing, scope)
    sections.case_logs(viewing, scope)
    with (
        unfolding(say("section.response", viewing.language)),
        st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"),
    ):
        for metric in ("response_rate", "dont_know_rate"):
            with st.container():
                part(metric_of(metric).label.in_language(viewing.language))
                sections.answering(viewing, scope, metric)


def about(viewing: Viewing, project: int, detail: ProjectDetail) -> None:
    """What the registers say, each in its fold: surveys, events, proposals and facts."""
    language = viewing.language
    section(say("section.registers", language))
    with unfolding(say("section.collections", language)):
        project_records.collections(viewing, project)
    with unfolding(say("section.events", language)):
        project_records.events(viewing, project)
    with unfolding(say("section.proposals", language)):
        project_records.proposals(viewing, project)
    with unfolding(say("section.facts", language)):
        project_records.facts(viewing, detail)


def concerned(detail: ProjectDetail) -> dict[str, float]:
    """The share of each group among those whom the matter concerns; none where nobody counted."""
    people = sum(affected.people for affected in detail.affected)
    return (
        {affected.group: affected.people / people for affected in detail.affected} if people else {}
    )
