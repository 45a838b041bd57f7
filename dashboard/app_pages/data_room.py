"""What came in and what was published: files, their rejected rows, surveys and revisions."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard import arrivals, missing, recognising
from dashboard.components import begin, section
from dashboard.session import Viewing
from dashboard.wording import say
from data import access
from data.database import home
from data.keeping import overwriting
from data.permissions import Kind, Verb


def show(viewing: Viewing) -> None:
    """Bring a file in, look at what came in, and see what has been published."""
    language = viewing.language
    begin(viewing, say("page.data_room", language), [])
    st.markdown(say("data_room.lead", language))
    if access.can(viewing.user, Verb.UNDO, Kind.BATCH):
        _tell_unfinished(language)
    if access.can(viewing.user, Verb.STORE, Kind.BATCH):
        section(say("data_room.bring_in", language))
        recognising.show(viewing)
    if access.can(viewing.user, Verb.READ, Kind.BATCH):
        section(say("missing.title", language))
        missing.show(viewing)
    section(say("data_room.batches", language))
    arrivals.batches(viewing)
    section(say("data_room.collections", language))
    arrivals.collections(viewing)
    section(say("data_room.revisions", language))
    arrivals.revisions(viewing)


def _tell_unfinished(language: str) -> None:
    """Say that something erased is still to be overwritten, once that has lasted for over a day:
    earlier it would tell that somebody left today."""
    if overwriting.is_late(home(), datetime.now(UTC).date()):
        st.warning(say("data_room.erasure_unfinished", language))
