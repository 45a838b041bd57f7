"""One theme: what came of its projects, how their processes went, and where it stands."""

from __future__ import annotations

import streamlit as st

from dashboard import entity_page
from dashboard.components import begin, choose
from dashboard.figures import names
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Level


def show(viewing: Viewing) -> None:
    """The chosen theme, beside the whole portfolio."""
    language = viewing.language
    called = names(viewing, Level.THEME)
    begin(viewing, say("page.theme", language), ["Q1", "Q3"], page="theme")
    if not called:
        st.info(say("empty.themes", language))
        return
    chosen = choose(viewing, "theme", list(called), called.get)
    if chosen is None:
        return
    entity_page.show(viewing, Level.THEME, chosen, called[chosen])
