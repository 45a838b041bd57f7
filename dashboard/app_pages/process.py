"""How the processes of all projects went: phase by phase, side by side, and beside outcomes."""

from __future__ import annotations

import streamlit as st

from dashboard import sections
from dashboard.components import answer, begin, published_line, section
from dashboard.figures import names, publication
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Level, Profile


def show(viewing: Viewing) -> None:
    """From the heatmap of all projects to what moves together with outcomes."""
    language = viewing.language
    begin(viewing, say("process.title", language), ["Q3", "Q2"], page="process")
    called = names(viewing, Level.PROJECT)
    place = sections.whole(viewing)
    if place is None or not called:
        st.info(say("empty.projects", language))
        return
    first = st.container()
    scope = sections.choose_scope(viewing, *place, publication())
    with first:
        answer(sections.quality_headline(viewing, scope))
        published_line(viewing, scope.publication)
    section(say("process.phases", language))
    sections.projects_by_phase(viewing, scope, called)
    if viewing.profile is Profile.INSIDE:  # the public has no figures of self-assessments
        section(say("gap.grid", language))
        sections.gap_of_projects(viewing, scope, called)
    section(say("process.compared", language))
    sections.compared(viewing, scope, called)
    section(say("process.agreement", language))
    sections.agreed(viewing, scope, called)
    section(say("process.leadership", language))
    sections.leadership(viewing, scope, called)
    section(say("process.outcome", language))
    sections.process_and_outcome(viewing, scope, called)
    sections.case_logs(viewing, scope)
    section(say("answered.title", language))
    sections.who_answered(viewing, scope)
    section(say("constructs.title", language))
    sections.constructs(viewing, scope)
    section(say("items.title", language))
    sections.item_quality(viewing, scope)
