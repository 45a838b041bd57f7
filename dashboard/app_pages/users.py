"""Who may sign in, what they see, and how somebody new is let in; for administrators."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sign_in
from dashboard.components import begin, part
from dashboard.literal import literal
from dashboard.people import changes, roles
from dashboard.people.roles import Scopes
from dashboard.session import Viewing, follow, kept, turn
from dashboard.surveys.views import now, origin
from dashboard.truth import engine
from dashboard.wording import say
from data import records
from data.access import INVITED_ISSUER
from data.database import reading
from data.records import Person
from data.records.invited import LASTS, LONGEST, invitations

#: The number in the address of the person who is looked at; 0 for nobody.
CHOSEN, NOBODY = "user_id", 0
COLUMNS = ("name", "state", "roles", "known_as")


def show(viewing: Viewing) -> None:
    """Everybody with their roles, one person with what can be changed, and the way to invite."""
    language = viewing.language
    begin(viewing, say("page.users", language), [], "users.behind")
    st.markdown(literal(say("users.lead", language)))
    with reading(engine()) as connection:
        people = records.users(connection, viewing.user)
        until = invitations(connection, viewing.user)
    known = roles.scopes(viewing)
    _tell(language)
    st.table(_table(people, until, known, language), alt=say("users.table", language))
    if sign_in.mode() is sign_in.Mode.PERSONAS:
        st.info(literal(say("users.sample", language)))
        return
    _invite(viewing, known)
    _change(viewing, people, known)


def _tell(language: str) -> None:
    """How the last press went, and the link of an invitation, which is shown once."""
    if (told := kept(changes.TOLD)) is None:
        return
    (st.error if told.startswith("users.wrong.") else st.success)(literal(say(told, language)))
    if (code := kept(changes.CODE)) is not None:
        days = written.count(LASTS.days, language)
        st.markdown(literal(say("users.link_once", language, days=days)))
        address = f"{origin()}/sign-in/invited?{urlencode({'code': code, 'lang': language})}"
        st.code(address, language=None, wrap_lines=True)


def _table(
    people: list[Person], until: dict[int, datetime], known: Scopes, language: str
) -> pd.DataFrame:
    rows = [
        (
            literal(person.name),
            state(person, until.get(person.id), language),
            literal(", ".join(roles.in_words(grant, known, language) for grant in person.grants))
            or say("users.no_role", language),
            "" if person.issuer == INVITED_ISSUER else literal(f"{person.issuer} {person.subject}"),
        )
        for person in people
    ]
    columns = [say(f"users.{name}", language) for name in COLUMNS]
    return pd.DataFrame(rows, columns=columns, index=[str(person.id) for person in people])


def state(person: Person, until: datetime | None, language: str) -> str:
    """Whether somebody is let in, is waited for, or is not let in."""
    if person.disabled_at is not None:
        return say("users.state.disabled", language)
    if person.issuer != INVITED_ISSUER:
        return say("users.state.in", language)
    if until is None or until <= now():
        return say("users.state.late", language)
    return say("users.state.invited", language, until=written.moment(until, language))


def _invite(viewing: Viewing, known: Scopes) -> None:
    """The name and the role of somebody new, and the button that makes their link."""
    language, drawn = viewing.language, turn(changes.FORM)
    part(say("users.invite", language))
    st.markdown(literal(say("users.invite_words", language)))
    key = f"users_invite_{drawn}"
    st.text_input(say("users.name", language), key=f"{key}_name", max_chars=LONGEST, width=320)
    role = roles.choose(viewing, known, key)
    st.button(
        say("users.invite_do", language), type="primary", key=f"{key}_do",
        on_click=changes.invite, args=(drawn, f"{key}_name", role),
    )  # fmt: skip


def _change(viewing: Viewing, people: list[Person], known: Scopes) -> None:
    """One person, their roles, and what can be done with them."""
    language = viewing.language
    part(say("users.change", language))
    named = {person.id: person for person in people}
    chosen = st.selectbox(
        say("users.who", language),
        format_func=lambda number: named[number].name if number else "–",
        width=420,
        **follow(CHOSEN, [NOBODY, *named], NOBODY),
    )
    if chosen == NOBODY:
        return
    person, drawn = named[chosen], turn(changes.FORM)
    for number, grant in enumerate(person.grants):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(roles.in_words(grant, known, language)))
            st.button(
                say("users.withdraw", language), key=f"users_withdraw_{drawn}_{number}",
                on_click=changes.withdraw, args=(drawn, person.id, grant),
            )  # fmt: skip
    key = f"users_grant_{drawn}_{person.id}"
    role = roles.choose(viewing, known, key)
    button = partial(st.button, on_click=changes.grant, args=(drawn, person.id, role))
    button(say("users.grant", language), key=f"{key}_do")
    with st.container(horizontal=True):
        for name, step in _steps(person).items():
            st.button(
                say(f"users.{name}", language), key=f"users_{name}_{drawn}",
                on_click=step, args=(drawn, person.id),
            )  # fmt: skip


def _steps(person: Person) -> dict:
    """What can be done with a person as they are now."""
    waited_for = person.issuer == INVITED_ISSUER
    if person.disabled_at is not None:
        return {"enable": changes.enable}
    if waited_for:
        return {"invite_again": changes.invite_again, "cancel": changes.cancel}
    return {"disable": changes.disable}
