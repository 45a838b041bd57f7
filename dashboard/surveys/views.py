"""The four views of the page, what is written in their addresses, and the time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
import streamlit as st

from dashboard import session
from data.access import NotPermitted, User

VIEW = "surveys_view"
RUNNING, NEW, FORMS, NOTICE = VIEWS = ("running", "new", "forms", "notice")
#: Which collection, and which questionnaire, the address names.
COLLECTION = "collection_id"
INSTRUMENT = "questionnaire"
#: For which phase a new collection is meant at first.
PHASE = "survey_phase"


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def link_address(token: str) -> str:
    """The address that a token is sent out in: the host is the one by which the page is read."""
    return f"{origin()}/s/{token}"


def origin() -> str:
    """The beginning of our addresses, as the browser knows it."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else ""


def present(connection: sa.Connection) -> User:
    """Who presses a button, with the rights that they have now, not when the page was drawn.

    Raises: NotPermitted for somebody who has none left.
    """
    user = session.writer(connection)
    if user is None:
        raise NotPermitted(
            "This visit belongs to nobody who is let in. Sign in again.", subject="visit"
        )
    return user
