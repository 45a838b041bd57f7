"""The collections that a user runs: all of them in a table, one of them in full."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.labels import phase_name, questionnaire_name, wave_name
from dashboard.literal import literal
from dashboard.session import Viewing, follow
from dashboard.surveys import collection
from dashboard.surveys.views import COLLECTION, now
from dashboard.truth import engine
from dashboard.wording import say
from data import access
from data.database import reading
from data.fieldwork.collection_facts import CollectionFacts, collections_of
from data.fieldwork.openings import OpeningFacts
from data.permissions import Kind, Verb
from survey.instrument import WHOLE_PROCESS

MOST = 40


def collections(viewing: Viewing) -> list[CollectionFacts]:
    """The collections by link that the user may run, those that are not closed first."""
    with reading(engine()) as connection:
        found = collections_of(connection, viewing.user, now())
    mine = [
        facts
        for facts in found
        if access.can(viewing.user, Verb.ASK, Kind.COLLECTION, facts.opening.project)
    ]
    return sorted(mine, key=lambda facts: facts.state == "closed")


def show(viewing: Viewing, found: list[CollectionFacts]) -> None:
    """The table of collections, and the chosen one."""
    language = viewing.language
    if not found:
        st.info(say("surveys.none_running", language))
        return
    by_number = {facts.opening.collection: facts for facts in found}
    with st.container(border=False):
        chosen = st.selectbox(
            say("surveys.choose", language),
            format_func=lambda number: called(by_number[number], language),
            **follow(COLLECTION, list(by_number)),
        )
    collection.show(viewing, by_number[chosen])
    section(say("surveys.all", language))
    st.table(table(found[:MOST], language), alt=say("surveys.all", language), hide_index=True)
    if len(found) > MOST:
        st.caption(say("data_room.latest_only", language, shown=MOST, all=len(found)))


def called(facts: CollectionFacts, language: str) -> str:
    """A collection in a list of choices: project, questionnaire, time, state."""
    opening = facts.opening
    state = say(f"survey.state.{facts.state}", language)
    asked = questionnaire_name(opening.instrument, language)
    return f"{opening.names[language]} · {asked} · {when(opening, language)} ({state})"


def when(opening: OpeningFacts, language: str) -> str:
    """The survey round, and the phase where it is about one."""
    wave = wave_name(opening.wave, language)
    if opening.phase == WHOLE_PROCESS:
        return wave
    return f"{wave}, {opening.phase} {phase_name(opening.phase, language)}"


def table(found: list[CollectionFacts], language: str) -> pd.DataFrame:
    """Collections as a table of texts."""
    unknown = say("survey.no_end", language)
    openings = [facts.opening for facts in found]
    ends = [opening.closed_at or opening.closes_at for opening in openings]
    columns = {
        "choose.project": [literal(opening.names[language]) for opening in openings],
        "survey.instrument": [
            literal(questionnaire_name(opening.instrument, language)) for opening in openings
        ],
        "table.wave": [literal(when(opening, language)) for opening in openings],
        "survey.state": [say(f"survey.state.{facts.state}", language) for facts in found],
        "survey.ends": [literal(written.moment(at, language)) if at else unknown for at in ends],
        "survey.answered": [answered(facts, language) for facts in found],
    }
    return pd.DataFrame({say(key, language): cells for key, cells in columns.items()})


def answered(facts: CollectionFacts, language: str) -> str:
    """How many answered in all, at least; fewer than five of a group are not told."""
    if facts.answered is None:
        return say("survey.few", language)
    number = written.count(facts.answered, language)
    return literal(say("survey.at_least", language, number=number))
