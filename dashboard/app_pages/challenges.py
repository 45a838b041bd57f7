"""Which challenges and successes people wrote of: under themes, in words cleared for quoting."""

from __future__ import annotations

import streamlit as st

from dashboard.components import answer, begin, section
from dashboard.figures import names
from dashboard.session import Viewing, follow
from dashboard.truth import engine
from dashboard.voices.coding import coding, new_theme
from dashboard.voices.told import lead, told
from dashboard.wording import say
from data import access
from data.database import reading
from data.permissions import Kind, Verb
from data.voices import open_answers, quotes
from metrics.metric import Level

#: The choice that stands for every project that the reader may see.
EVERY = ""
TOLD, CODING = "told", "coding"


def show(viewing: Viewing) -> None:
    """The themes of one project or of all; for those who code, the answers themselves."""
    language = viewing.language
    begin(viewing, say("page.challenges", language), ["Q2"])
    called = names(viewing, Level.PROJECT)
    if not called:
        st.info(say("empty.projects", language))
        return
    may_code = access.can(viewing.user, Verb.CODE, Kind.ROW)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("choose.project", language),
            format_func=lambda number: called.get(number, say("voices.every_project", language)),
            width=420,
            **follow("voices_project", [EVERY, *called]),
        )
        view = TOLD
        if may_code:
            view = st.segmented_control(
                say("judge.view", language),
                format_func=lambda code: say(f"voices.view.{code}", language),
                **follow("voices_view", (TOLD, CODING)),
            )
    project = chosen or None
    if view == CODING:
        section(say("voices.coding", language))
        coding(viewing, project, called)
        new_theme(viewing)
        return
    with reading(engine()) as connection:
        known = {theme.id: theme for theme in open_answers.themes(connection)}
        counts = quotes.theme_counts(connection, viewing.user, project)
        said = quotes.quotable(connection, viewing.user, project)
    answer(lead(counts, known, language))
    section(say("voices.told", language))
    told(viewing, counts, said, known, called)
