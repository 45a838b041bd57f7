"""The button of a page that makes its brief, and the file for the browser that asked.

A brief is made when somebody presses, never with the page.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
import streamlit as st

from dashboard import downloads
from dashboard import format as written
from dashboard.brief import making, parts, press, reported, subject
from dashboard.literal import literal
from dashboard.sections.scope import Scope
from dashboard.session import Viewing, follow
from dashboard.wording import say
from data.access import User, profile_of

#: The choice of no days.
NEWEST = ""
#: What a brief may be of: the part of the page on the screen, or all that is known.
THIS, EVERYTHING = "this", "everything"


def brief_button(viewing: Viewing, scope: Scope, seen: str = parts.WHOLE) -> None:
    """What opens the choices of a brief: the part that is on the screen or everything, and of the
    latter the period of its reported figures; once its button is pressed, the way to the file.

    seen: the part of the overview that is on the screen.
    """
    language = viewing.language
    with st.popover(
        say("brief.open", language), icon=":material/picture_as_pdf:", key="brief_choices"
    ):
        part = part_of(viewing, seen)
        st.caption(literal(parts.view_words(scope, part, language)))
        days = period_of(viewing, scope) if part == parts.WHOLE else None
        if st.button(say("brief.make", language), key="brief", type="primary"):
            make(viewing, scope, days, part)


def part_of(viewing: Viewing, seen: str) -> str:
    """The part that the reader wants: that on the screen first, else everything."""
    if seen == parts.WHOLE:
        return seen
    language = viewing.language
    this = say("brief.this_view", language, view=say(f"overview.view.{seen}", language))
    wanted = st.radio(
        say("brief.what", language),
        (THIS, EVERYTHING),
        format_func={THIS: this, EVERYTHING: say("brief.everything", language)}.get,
        key="brief_what",
    )
    return seen if wanted == THIS else parts.WHOLE


def make(viewing: Viewing, scope: Scope, days: reported.Days, part: str) -> None:
    """Set the brief and show the way to the file, for a quarter of an hour."""
    language = viewing.language
    with st.spinner(say("brief.making", language)):
        try:
            content = making.brief(viewing, scope.level, scope.entity, scope, days, part)
        except press.UnsetBrief:
            st.error(say("brief.failed", language))
            return
    address = offered(viewing, scope, content, part)
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


def offered(viewing: Viewing, scope: Scope, content: bytes, part: str = parts.WHOLE) -> str | None:
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
    of = f"{scope.level}-{scope.entity}-{part}" if part else f"{scope.level}-{scope.entity}"
    name = f"brief-{of}-{revision}-{viewing.language}-{sha256}.pdf"
    return downloads.offer_to_read(read, name, st.context.cookies, viewing.user)
