"""Asking people: collections that run, a new one, the questionnaires, and the privacy notice."""

from __future__ import annotations

import streamlit as st

from dashboard.components import begin
from dashboard.session import Viewing, follow, keep
from dashboard.surveys import forms, notice, opening, running
from dashboard.surveys.views import FORMS, NEW, NOTICE, RUNNING, VIEW, VIEWS
from dashboard.wording import say

PARTS = {RUNNING: running.show, NEW: opening.show, FORMS: forms.show, NOTICE: notice.show}


def show(viewing: Viewing) -> None:
    """One of the four views; the first with a collection, or a new one where there is none."""
    language = viewing.language
    begin(viewing, say("page.surveys", language), [], "surveys.behind")
    st.markdown(say("surveys.lead", language))
    found = running.collections(viewing)
    opening.lead_on()
    view = st.segmented_control(
        say("surveys.view", language),
        format_func=lambda code: say(f"surveys.view.{code}", language),
        label_visibility="collapsed",
        **follow(VIEW, VIEWS, RUNNING if found else NEW),
    )
    PARTS[view or RUNNING](viewing, found)
    keep(opening.UNSEEN, None)
