"""What came in and what was published: files, their rejected rows, surveys and revisions."""

from __future__ import annotations

import streamlit as st

from dashboard import arrivals, recognising
from dashboard.components import begin, section
from dashboard.session import Viewing
from dashboard.wording import say
from data import access
from data.permissions import Kind, Verb


def show(viewing: Viewing) -> None:
    """Bring a file in, look at what came in, and see what has been published."""
    language = viewing.language
    begin(viewing, say("page.data_room", language), [])
    st.markdown(say("data_room.lead", language))
    if access.can(viewing.user, Verb.STORE, Kind.BATCH):
        section(say("data_room.bring_in", language))
        recognising.show(viewing)
    section(say("data_room.batches", language))
    arrivals.batches(viewing)
    section(say("data_room.collections", language))
    arrivals.collections(viewing)
    section(say("data_room.revisions", language))
    arrivals.revisions(viewing)
