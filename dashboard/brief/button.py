"""The button of a page that makes its brief, and the file for the browser that asked.

A brief is made when somebody presses, never with the page.
"""

from __future__ import annotations

import sqlalchemy as sa
import streamlit as st

from dashboard import downloads
from dashboard import format as written
from dashboard.brief import making, press, subject
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say
from data.access import User, profile_of


def brief_button(viewing: Viewing, scope: Scope) -> None:
    """A button; once it is pressed, the way to the file, for a quarter of an hour."""
    language = viewing.language
    if not st.button(say("brief.make", language), icon=":material/picture_as_pdf:", key="brief"):
        return
    with st.spinner(say("brief.making", language)):
        try:
            content = making.brief(viewing, scope.level, scope.entity, scope)
        except press.UnsetBrief:
            st.error(say("brief.failed", language))
            return
    address = offered(viewing, scope, content)
    if address is None:
        st.warning(say("brief.no_browser", language))
        return
    size = written.size(len(content), language)
    st.link_button(say("brief.download", language, size=size), address, type="primary")


def offered(viewing: Viewing, scope: Scope, content: bytes) -> str | None:
    """The address of a brief for the browser that looks; None for one that says not who it is.

    Whoever fetches it must still read the entity, under the protection that it was made under.
    """

    def read(_connection: sa.Connection, user: User) -> bytes | None:
        alike = profile_of(user) is viewing.profile
        return content if alike and subject.may_read(user, scope.level, scope.entity) else None

    revision = scope.publication.id
    name = f"brief-{scope.level}-{scope.entity}-{revision}-{viewing.language}.pdf"
    return downloads.offer_to_read(read, name, st.context.cookies, viewing.user)
