"""One area, with the areas inside it: outcomes, processes and proposals there."""

from __future__ import annotations

import streamlit as st

from dashboard import entity_page
from dashboard.components import begin, choose, entity_link, section
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say
from data import records
from data.database import reading
from data.records import Area
from metrics.metric import Level

INDENT = "\u2003"


def show(viewing: Viewing) -> None:
    """The chosen area, beside the whole portfolio, and the way into the areas within it."""
    language = viewing.language
    begin(viewing, say("page.area", language), ["Q1", "Q3", "Q2"], page="area")
    with reading(engine()) as connection:
        places = {area.id: area for area in records.areas(connection, viewing.user)}
    if not places:
        st.info(say("empty.areas", language))
        return
    chosen = choose(viewing, "area", list(places), lambda number: in_tree(places[number], language))
    if chosen is None:
        return
    area = places[chosen]
    inner = [place for place in places.values() if place.parent == chosen]
    if inner:
        section(say("section.places", language))
        with st.container(horizontal=True):
            for place in inner:
                entity_link(viewing, "area", records.name_in(place, language), area_id=place.id)
    entity_page.show(viewing, Level.AREA, chosen, records.name_in(area, language))


def in_tree(area: Area, language: str) -> str:
    """An area as the list of areas writes it: indented under the one it lies in, with its kind."""
    name = records.name_in(area, language)
    return f"{INDENT * area.depth}{name} ({say(f'area.kind.{area.kind}', language)})"
