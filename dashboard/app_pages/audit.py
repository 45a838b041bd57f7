"""Who did what and when, for those who keep an eye on it."""

from __future__ import annotations

from functools import partial

import pandas as pd
import sqlalchemy as sa
import streamlit as st

from dashboard import audit_words, downloads
from dashboard import format as written
from dashboard.components import begin
from dashboard.literal import literal
from dashboard.session import Viewing, follow
from dashboard.truth import engine
from dashboard.wording import say
from data import access, audit
from data.access import User
from data.audit import ACTIONS, Chain, Event
from data.database import reading
from data.exports.audit_csv import write_audit
from data.permissions import Kind, Verb

#: Lines on the page at most; the file has them all.
LINES = 200
EVERYTHING = "all"
COLUMNS = ("when_who", "happened")


def show(viewing: Viewing) -> None:
    """The newest lines of the audit, of all kinds or of one, and the whole of it as a file."""
    language = viewing.language
    begin(viewing, say("page.audit", language), [], behind="audit.question")
    st.markdown(literal(say("audit.lead", language)))
    chosen = st.selectbox(
        say("audit.only", language),
        format_func=lambda action: called(action, language),
        width=420,
        **follow("audit_action", _in_order(language)),
    )
    with reading(engine()) as connection:
        actions = [] if chosen == EVERYTHING else [chosen]
        lines = audit.events(connection, viewing.user, actions=actions, limit=LINES)
        known = audit_words.names(connection, viewing.user, language)
    if lines:
        st.table(_table(lines, language, known), alt=say("page.audit", language))
    else:
        st.info(say("audit.none", language))
    if len(lines) == LINES:
        st.caption(say("audit.newest", language, n=LINES))
    with st.container(horizontal=True, vertical_alignment="center"):
        _offer(viewing)
        checked = st.button(say("audit.check", language))
    if checked:
        with reading(engine()) as connection:
            tell(audit.verify(connection), language)


def tell(chain: Chain, language: str) -> None:
    """Whether the audit is whole, and how far it goes."""
    if chain.broken:
        lines = ", ".join(str(number) for number in sorted({line for line, _ in chain.broken}))
        st.error(say("audit.broken", language, lines=lines))
    if chain.open:
        st.error(say("audit.open", language, triggers=", ".join(chain.open)))
    if not chain.broken and not chain.open:
        counted = {name: written.count(getattr(chain, name), language) for name in _COUNTS}
        st.success(say("audit.whole", language, head=chain.head, **counted))


_COUNTS = ("lines", "blanked")


def called(action: str, language: str) -> str:
    """How an action is called in a language."""
    if action == EVERYTHING:
        return say("audit.every", language)
    return audit_words.action(action, language)


def heading(language: str) -> list[str]:
    """The names of the columns of the file."""
    keys = ("number", "at", "who", "code", "what", "to", "detail", "hash")
    return [say(f"audit.{key}", language) for key in keys]


def _in_order(language: str) -> list[str]:
    return [EVERYTHING, *sorted(ACTIONS, key=lambda action: called(action, language))]


def _table(lines: list[Event], language: str, known: audit_words.Names) -> pd.DataFrame:
    """Two columns, so that a phone shows them; the number of a line names it in a check."""
    rows = [
        (
            literal(
                f"{written.moment(line.at, language)} · {audit_words.who(line.actor, language)}"
            ),
            literal(audit_words.sentence(line, language, known)),
        )
        for line in lines
    ]
    return pd.DataFrame(
        rows,
        columns=[say(f"audit.{name}", language) for name in COLUMNS],
        index=[str(line.id) for line in lines],
    )


def _offer(viewing: Viewing) -> None:
    """A link to the whole audit, for this person in this browser."""
    language = viewing.language
    with reading(engine()) as connection:
        last, edition = audit.edition(connection)

    def read(connection: sa.Connection, user: User) -> bytes | None:
        if not access.can(user, Verb.READ, Kind.AUDIT):
            return None
        named = partial(called, language=language)
        return write_audit(connection, user, heading(language), named, last)[0]

    name = f"audit-{downloads.fingerprint(edition, language)}.csv"
    address = downloads.offer_to_read(read, name, st.context.cookies, viewing.user)
    if address is None:
        st.caption(say("audit.sign_in_first", language))
    else:
        st.link_button(say("audit.file", language), address)
