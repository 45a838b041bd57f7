"""The three views of the page, what is written in their addresses, and the time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import streamlit as st

VIEW = "surveys_view"
RUNNING, NEW, FORMS = VIEWS = ("running", "new", "forms")
#: Which collection, and which questionnaire, the address names.
COLLECTION = "collection_id"
INSTRUMENT = "questionnaire"


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def link_address(token: str) -> str:
    """The address that a token is sent out in: the host is the one by which the page is read."""
    here = urlsplit(st.context.url or "")
    origin = f"{here.scheme}://{here.netloc}" if here.netloc else ""
    return f"{origin}/s/{token}"
