"""The button of a page that makes its brief, and the file for the browser that asked.

A brief is made when somebody presses, never with the page.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
import streamlit as st

from dashboard import downloads
from dashboard import format as written
from dashboard.brief import making, press, reported, subject
from dashboard.sections.scope import Scope
from dashboard.session import Viewing, follow
from dashboard.wording import say
from data.access import User, profile_of

#: The choice of no days.
NEWEST = ""


def brief_button(viewing: Viewing, scope: Scope) -> None:
    """A button, and the period whose reported figures the brief is to hold; once the button is
    pressed, the way to the file, for a quarter of an hour."""
    language = viewing.language
    with st.container(horizontal=True, vertical_alignment="bottom"):
        days = period_of(viewing, scope)
        pressed = st.button(
            say("brief.make", language), icon=":material/picture_as_pdf:", key="brief"
        )
    if not pressed:
        return
    with st.spinner(say("brief.making", language)):
        try:
            content = making.brief(viewing, scope.level, scope.entity, scope, days)
        except press.UnsetBrief:
            st.error(say("brief.failed", language))
            return
    address = offered(viewing, scope, content)
    if address is None:
        st.warning(say("brief.no_browser", language))
        return
    size = written.size(len(content), language)
    st.link_button(say("brief.download", language, size=size), address, type="primary")


def period_of(viewing: Viewing, scope: Scope) -> reported.Days:
    """The days whose reported figures a brief is to hold; None for the newest ones."""
    language = viewing.language
    known = {f"{a.isoformat()}/{b.isoformat()}": (a, b) for a, b in reported.spans(viewing, scope)}
    if not known:
        return None
    newest = say("brief.newest", language)
    chosen = st.selectbox(
        say("brief.period", language),
        format_func=lambda text: written.days(*known[text], language) if text else newest,
        width=300,
        **follow("brief_period", [NEWEST, *known]),
    )
    return known.get(chosen)


def offered(viewing: Viewing, scope: Scope, content: bytes) -> str | None:
    """The address of a brief for the browser that looks; None for one that says not who it is.

    Whoever fetches it must still read the entity, under the protection that it was made under, and
    with the same rights: they decide which reported figures it holds.
    """

    def read(_connection: sa.Connection, user: User) -> bytes | None:
        rights = (viewing.user.grants, viewing.user.funded)
        alike = profile_of(user) is viewing.profile and (user.grants, user.funded) == rights
        return content if alike and subject.may_read(user, scope.level, scope.entity) else None

    revision = scope.publication.id
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"brief-{scope.level}-{scope.entity}-{revision}-{viewing.language}-{sha256}.pdf"
    return downloads.offer_to_read(read, name, st.context.cookies, viewing.user)
