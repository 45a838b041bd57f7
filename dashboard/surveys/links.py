"""The anonymous link of a collection: its address, its QR code, and a sheet for the wall."""

from __future__ import annotations

import sqlalchemy as sa
import streamlit as st

from dashboard import downloads
from dashboard.components import part
from dashboard.fetching import fetch
from dashboard.labels import questionnaire_name
from dashboard.session import Viewing, keep, kept
from dashboard.surveys import qr
from dashboard.surveys.views import link_address, present
from dashboard.truth import engine
from dashboard.wording import say
from data import access, database
from data.access import User
from data.database import writing
from data.fieldwork import asking
from data.fieldwork.collection_facts import CollectionFacts
from data.fieldwork.installation import ExposedSecret
from data.fieldwork.openings import LostSecret, OpeningFacts
from data.permissions import Kind, Verb


def show(viewing: Viewing, facts: CollectionFacts) -> None:
    """The link while it leads somewhere, ready to be copied, shown and printed."""
    language, opening = viewing.language, facts.opening
    part(say("survey.link", language))
    if facts.state == "closed":
        st.markdown(say("survey.link_closed", language))
        return
    try:
        address = link_address(token(facts))
    except LostSecret:
        st.warning(say("survey.wrong.lost_secret", language))
        return
    except ExposedSecret:
        st.error(say("survey.wrong.exposed_secret", language))
        return
    if facts.state == "planned":
        st.markdown(say("survey.link_planned", language))
    st.markdown(say("survey.link_share", language))
    st.code(address, language=None, wrap_lines=True)
    name = opening.names[language]
    picture = qr.code(address, say("survey.qr_alt", language, name=name))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.image(picture, width=200, alt=say("survey.qr_alt", language, name=name))
        with st.container(width="content"):
            _downloads(viewing, facts, address, picture)


def token(facts: CollectionFacts) -> str:
    """The token of the link; asked for once in a visit, as asking may write.

    Raises: LostSecret, ExposedSecret, NotPermitted.
    """
    number = facts.opening.collection
    name = f"link:{number}:{facts.opening.generation}"
    if (known := kept(name)) is None:
        with writing(engine()) as connection:
            known = asking.anonymous_link(connection, present(connection), database.home(), number)
        keep(name, known)
    return known


def _downloads(viewing: Viewing, facts: CollectionFacts, address: str, picture: str) -> None:
    language, opening = viewing.language, facts.opening
    number = opening.collection
    _picture(viewing, say("survey.qr_download", language), f"qr-{number}", opening, picture)
    poster = qr.poster(
        address,
        alt=say("survey.qr_alt", language, name=opening.names[language]),
        heading=say("survey.poster", language),
        lines=[opening.names[language], questionnaire_name(opening.instrument, language)],
    )
    _picture(viewing, say("survey.poster_download", language), f"poster-{number}", opening, poster)
    st.link_button(say("survey.try", language), address)


def _picture(
    viewing: Viewing, label: str, beginning: str, opening: OpeningFacts, picture: str
) -> None:
    """The way to a picture of the link, for who may ask in its project."""

    def read(_connection: sa.Connection, user: User) -> bytes | None:
        may = access.can(user, Verb.ASK, Kind.COLLECTION, opening.project)
        return picture.encode() if may else None

    fetch(viewing, label, f"{beginning}-{downloads.fingerprint(picture)}.svg", read)
