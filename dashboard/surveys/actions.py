"""Closing a collection, opening it again, another link: each said what it does, then confirmed."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
import streamlit as st

from dashboard.session import Viewing, entered, give_back_turn, keep, kept, take_turn, turn
from dashboard.surveys import times
from dashboard.surveys.refusals import REFUSALS, refusal_key
from dashboard.surveys.views import now, present
from dashboard.truth import engine
from dashboard.wording import say
from data import database
from data.access import User
from data.database import writing
from data.fieldwork import asking
from data.fieldwork.collection_facts import CollectionFacts
from data.fieldwork.local_time import on_the_clock

FORM = "act"


def show(viewing: Viewing, facts: CollectionFacts) -> None:
    """What can be done with the collection as it stands, and what was done last."""
    language, opening = viewing.language, facts.opening
    told = kept(FORM)
    if told is not None and told[0] == opening.collection:
        (st.error if told[1].startswith("survey.wrong") else st.success)(say(told[1], language))
    with st.container(horizontal=True):
        if facts.state == "closed":
            _reopening(viewing, facts)
        else:
            _moving(viewing, facts)
            _confirmed(viewing, facts, "close", _close)
            if opening.link == "anonymous":
                _confirmed(viewing, facts, "new_link", _new_link)


def _confirmed(
    viewing: Viewing, facts: CollectionFacts, action: str, do: Callable[..., None]
) -> None:
    """A button behind a popover that says what will happen and asks whether it is meant."""
    language, number, drawn = viewing.language, facts.opening.collection, turn(FORM)
    with st.popover(say(f"survey.{action}", language), key=f"{action}_{number}_{drawn}"):
        st.markdown(say(f"survey.{action}_what", language))
        sure = st.checkbox(
            say(f"survey.{action}_sure", language), key=f"{action}_sure_{number}_{drawn}"
        )
        st.button(
            say(f"survey.{action}_do", language),
            disabled=not sure,
            type="primary",
            key=f"{action}_do_{number}_{drawn}",
            on_click=_act,
            args=(number, drawn, f"survey.{action}_done", do),
        )


def _moving(viewing: Viewing, facts: CollectionFacts) -> None:
    """Another end for a collection that is planned or open."""
    language, number, drawn = viewing.language, facts.opening.collection, turn(FORM)
    ends = facts.opening.closes_at
    with st.popover(say("survey.move_end", language), key=f"move_{number}_{drawn}"):
        st.markdown(say("survey.move_end_what", language))
        times.pick(
            say("survey.closes", language),
            f"move_closes_{number}_{drawn}",
            on_the_clock(ends).replace(tzinfo=None) if ends else times.usual_end(now()),
            language,
            closing=True,
        )
        st.button(
            say("survey.move_end_do", language),
            type="primary",
            key=f"move_do_{number}_{drawn}",
            on_click=_act,
            args=(number, drawn, "survey.move_end_done", _move_end),
        )


def _reopening(viewing: Viewing, facts: CollectionFacts) -> None:
    language, number, drawn = viewing.language, facts.opening.collection, turn(FORM)
    with st.popover(say("survey.reopen", language), key=f"reopen_{number}_{drawn}"):
        st.markdown(say("survey.reopen_what", language))
        times.pick(
            say("survey.closes", language),
            f"reopen_closes_{number}_{drawn}",
            times.usual_end(now()),
            language,
            closing=True,
        )
        st.text_input(
            say("survey.reopen_reason", language),
            key=f"reopen_reason_{number}_{drawn}",
            max_chars=500,
        )
        st.button(
            say("survey.reopen_do", language),
            type="primary",
            key=f"reopen_do_{number}_{drawn}",
            on_click=_act,
            args=(number, drawn, "survey.reopen_done", _reopen),
        )


# --- what the buttons do ------------------------------------------------------------------------


def _act(number: int, drawn: int, done: str, do: Callable[..., None]) -> None:
    """Do it once in one transaction, and keep what is to be said of it."""
    if not take_turn(FORM, drawn):
        return
    try:
        with writing(engine()) as connection:
            do(connection, present(connection), number, drawn)
    except REFUSALS as refused:
        give_back_turn(FORM, drawn)
        keep(FORM, (number, refusal_key(refused)))
        return
    keep("opened", None)
    keep(FORM, (number, done))


def _close(connection: sa.Connection, user: User, number: int, _drawn: int) -> None:
    asking.close(connection, user, number, now())


def _move_end(connection: sa.Connection, user: User, number: int, drawn: int) -> None:
    asking.move_end(connection, user, number, entered(f"move_closes_{number}_{drawn}"), now())


def _new_link(connection: sa.Connection, user: User, number: int, _drawn: int) -> None:
    asking.new_link(connection, user, database.home(), number)


def _reopen(connection: sa.Connection, user: User, number: int, drawn: int) -> None:
    closes = entered(f"reopen_closes_{number}_{drawn}")
    reason = entered(f"reopen_reason_{number}_{drawn}") or ""
    asking.reopen(connection, user, number, closes, reason, now())
