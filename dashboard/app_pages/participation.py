"""Who took part and who did not, from the invitation to the answer, and who worked with whom."""

from __future__ import annotations

import streamlit as st

from dashboard import sections
from dashboard.charts import is_shown
from dashboard.components import answer, begin, part, published_line, section
from dashboard.figures import names, one, publication
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Level

#: Metrics of people's habits, in the order of their table.
HABITS = ("repeat_participation", "voice_equality")


def show(viewing: Viewing) -> None:
    """The chosen whole, theme, area or project: people, their way, and the network."""
    language = viewing.language
    begin(viewing, say("page.participation", language), ["Q3", "Q1"], page="participation")
    place = sections.choose_place(viewing)
    if place is None:
        return
    scope = sections.Scope(place.level, place.entity, publication(), "end", None, None)
    section(place.name)
    answer(headline(viewing, scope))
    published_line(viewing, scope.publication)
    if scope.level in (Level.THEME, Level.AREA):
        st.caption(say("section.overlap_warning", language))
    silent = who(viewing, scope)
    silent += how_many(viewing, scope)
    silent += journeys(viewing, scope)
    silent += sections.network(viewing, scope)
    sections.not_recorded(viewing, silent)


def headline(viewing: Viewing, scope: sections.Scope) -> str:
    """How many took part, who is missing, and where those are lost who were wanted first."""
    language = viewing.language
    people = one(sections.recorded(viewing, scope, "distinct_participants"), part="distinct")
    absent = one(sections.recorded(viewing, scope, "absent_groups"), part="")
    said = []
    if people is not None and is_shown(people):
        said.append(sections.numbers_sentence(viewing, scope))
    if absent is not None and is_shown(absent):
        said.append(sections.absent_sentence(absent, language))
    said.append(sections.excess_sentence(viewing, scope))
    return " ".join(filter(None, said)) or say("participation.unknown", language)


def who(viewing: Viewing, scope: sections.Scope) -> list[str]:
    """Groups beside those concerned, the groups that are missing, and how even the mix is."""
    section(say("section.taking_part", viewing.language))
    silent = []
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            part(say("participation.by_group", viewing.language))
            sections.taking_part(viewing, scope, sections.concerned_in(viewing, scope))
        with st.container():
            silent += sections.absent_groups(viewing, scope)
            silent += sections.breadth(viewing, scope)
    return silent


def how_many(viewing: Viewing, scope: sections.Scope) -> list[str]:
    """Different people and organisations, those reached, and those who come back."""
    told = (*sections.DISTINCT, "reach", *HABITS)
    if not any(sections.is_told(viewing, scope, name) for name in told):
        return list(told)
    section(say("participation.numbers", viewing.language))
    silent = []
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            silent += sections.numbers(viewing, scope)
            if scope.level == Level.PORTFOLIO:
                sections.by_theme(viewing, names(viewing, Level.THEME))
        with st.container():
            silent += sections.reached(viewing, scope)
            silent += sections.habits(viewing, scope, HABITS)
    return silent


def journeys(viewing: Viewing, scope: sections.Scope) -> list[str]:
    """From the invitation to the answer: who is lost, and where."""
    told = ("journey_excess", "journey_loss")
    if not any(sections.is_told(viewing, scope, name) for name in told):
        return list(told)
    section(say("journey.title", viewing.language))
    silent = []
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        with st.container():
            silent += sections.excess(viewing, scope)
        with st.container():
            silent += sections.losses(viewing, scope)
    return silent
