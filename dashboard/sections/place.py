"""What a page of several levels is about: the whole, a theme, an area or a project."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.components import choose
from dashboard.figures import names
from dashboard.sections.scope import whole
from dashboard.session import Viewing, follow
from dashboard.truth import engine
from dashboard.wording import say
from data import access, records
from data.database import reading
from metrics.metric import Level

#: The choice that stands for the portfolio, or for a funder's own projects.
WHOLE = "whole"
NARROWER = (Level.THEME, Level.AREA, Level.PROJECT)


@dataclass(frozen=True, slots=True)
class Place:
    """An entity, and what it is called."""

    level: str
    entity: int
    name: str


def choose_place(viewing: Viewing) -> Place | None:
    """The entity that the address names; None, and the reason, where there is nothing to choose."""
    seen = access.visible_levels(viewing.user)
    called = {level: names(viewing, level) for level in NARROWER if level in seen}
    levels = [WHOLE, *(level.value for level, known in called.items() if known)]
    language = viewing.language
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.segmented_control(
            say("choose.level", language),
            format_func=lambda code: say(f"choose.level.{code}", language),
            **follow("level", levels),
        )
        if chosen is None or chosen == WHOLE:
            return _whole(viewing)
        known = called[Level(chosen)]
        entity = choose(viewing, chosen, list(known), known.get)
    return None if entity is None else Place(chosen, entity, known[entity])


def _whole(viewing: Viewing) -> Place | None:
    place = whole(viewing)
    if place is None:
        st.info(say("empty.projects", viewing.language))
        return None
    level, entity = place
    if level == Level.PORTFOLIO:
        return Place(level, entity, say("participation.portfolio", viewing.language))
    return Place(level, entity, names(viewing, Level.FUNDER)[entity])


def projects_in(viewing: Viewing, level: str, entity: int) -> dict[int, str]:
    """The projects of an entity that the reader may see, by number."""
    if level == Level.PROJECT:
        return {entity: names(viewing, Level.PROJECT)[entity]}
    which = {} if level == Level.PORTFOLIO else {str(level): entity}
    with reading(engine()) as connection:
        found = records.projects(connection, viewing.user, **which)
    return {project.id: records.name_in(project, viewing.language) for project in found}
