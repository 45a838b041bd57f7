"""A first visit that explains itself: where to begin, how to read a figure, where help is.

It stands on the overview until somebody puts it away; a cookie, which holds nothing else, says so
to later visits (dashboard/assets/shell.js writes it).
"""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components import entity_link
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.wording import say

COOKIE, SEEN = "arviomo_welcome", "seen"
#: Where each audience begins, the first that may be opened.
HOMES = ("funded", "my_projects")


def welcome(viewing: Viewing) -> None:
    """The explanation, until it was put away in this visit or an earlier one of this browser."""
    if session.kept("welcome") or st.context.cookies.get(COOKIE) == SEEN:
        return
    language = viewing.language
    with st.expander(say("welcome.title", language), key="welcome"):
        st.markdown(
            "\n".join(
                f"- {literal(say(f'welcome.{part}', language))}"
                for part in ("sentence", "marks", "hidden", "words", "know")
            )
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            for page in (*HOMES, "search"):
                if page in viewing.pages:
                    entity_link(viewing, page, say(f"page.{page}", language))
            st.button(
                say("welcome.seen", language),
                key="welcome_seen",
                on_click=session.keep,
                args=("welcome", True),
            )
