"""You said, we did: what is replied to a collection or to a proposal, as a draft and published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypedDict

import sqlalchemy as sa
import streamlit as st

from dashboard import format as written
from dashboard.components import part
from dashboard.literal import literal
from dashboard.session import Viewing, entered, give_back_turn, keep, kept, take_turn, turn
from dashboard.surveys.refusals import REFUSALS, refusal_key
from dashboard.surveys.views import now, present
from dashboard.truth import engine
from dashboard.wording import LANGUAGE_NAMES, say
from data.database import reading, writing
from data.fieldwork.replies import (
    LONGEST,
    Reply,
    change_reply,
    publish_reply,
    published_replies,
    replies_of,
    withdraw_reply,
    write_reply,
)
from survey.text import LANGUAGES

FORM = "reply"


class Subject(TypedDict, total=False):
    """What a reply is about: one of the two."""

    collection: int
    proposal: int


def read(viewing: Viewing, **subject: int) -> None:
    """The published replies, under their heading; nothing where there are none."""
    with reading(engine()) as connection:
        found = published_replies(connection, **subject)
    if found:
        part(say("reply.title", viewing.language))
    for reply in found:
        _words(reply, viewing.language)


def edit(viewing: Viewing, **subject: int) -> None:
    """Every reply with what can be done to it, and the fields of a new one."""
    language = viewing.language
    with reading(engine()) as connection:
        found = replies_of(connection, viewing.user, **subject)
    about = "-".join(f"{kind}{number}" for kind, number in subject.items())
    told = kept(FORM)
    if told is not None and told[0] == about:
        (st.error if told[1].startswith("reply.wrong") else st.success)(say(told[1], language))
    for reply in found:
        with st.container(border=True):
            _words(reply, language)
            _steps(viewing, reply, about)
    drawn = turn(FORM)
    with st.expander(say("reply.new", language), expanded=False):
        key = f"{FORM}_{about}_{drawn}"
        _fields(key, {}, language)
        with st.container(horizontal=True):
            for label, publishes in (("reply.publish_new", True), ("reply.draft", False)):
                st.button(
                    say(label, language),
                    key=f"{key}_{'publish' if publishes else 'draft'}",
                    type="primary" if publishes else "secondary",
                    on_click=_act,
                    args=(about, drawn, "reply.published" if publishes else "reply.drafted"),
                    kwargs={"do": _write(key, subject, publishes=publishes)},
                )


def _words(reply: Reply, language: str) -> None:
    """What a reply says, and since when it can be read."""
    text, spoken = reply.in_language(language)
    if reply.published_at is not None:
        at = written.moment(reply.published_at, language)
        st.caption(literal(say("reply.since", language, at=at)))
    else:
        st.caption(say("reply.is_draft", language))
    for line in text.splitlines():
        if line.strip():
            st.markdown(literal(line))
    if spoken != language:
        st.caption(say("reply.other_language", language, name=LANGUAGE_NAMES[spoken]))


def _steps(viewing: Viewing, reply: Reply, about: str) -> None:
    """Publishing, withdrawing, and other words."""
    language, drawn = viewing.language, turn(FORM)
    key = f"{FORM}_{reply.id}_{drawn}"
    with st.container(horizontal=True):
        step, done, do = (
            ("withdraw", "reply.withdrawn", _withdraw(reply))
            if reply.published_at
            else ("publish", "reply.published", _publish(reply))
        )
        st.button(
            say(f"reply.{step}", language),
            key=f"{key}_{step}",
            on_click=_act,
            args=(about, drawn, done),
            kwargs={"do": do},
        )
        with st.popover(say("reply.change", language), key=f"{key}_change"):
            _fields(key, reply.texts, language)
            st.button(
                say("reply.save", language),
                key=f"{key}_save",
                type="primary",
                on_click=_act,
                args=(about, drawn, "reply.saved"),
                kwargs={
                    "do": lambda connection: change_reply(
                        connection, present(connection), reply.id, _texts(key), now()
                    )
                },
            )


def _fields(key: str, texts: Mapping[str, str], language: str) -> None:
    for code in LANGUAGES:
        st.text_area(
            say("reply.text", language, name=LANGUAGE_NAMES[code]),
            value=texts.get(code, ""),
            max_chars=LONGEST,
            key=f"{key}_{code}",
        )


def _texts(key: str) -> dict[str, str]:
    return {code: entered(f"{key}_{code}") or "" for code in LANGUAGES}


# --- what the buttons do ------------------------------------------------------------------------


def _write(key: str, subject: Subject, *, publishes: bool) -> Callable[[sa.Connection], None]:
    def do(connection: sa.Connection) -> None:
        number = write_reply(connection, present(connection), _texts(key), now(), **subject)
        if publishes:
            publish_reply(connection, present(connection), number, now())

    return do


def _publish(reply: Reply) -> Callable[[sa.Connection], None]:
    return lambda connection: publish_reply(connection, present(connection), reply.id, now())


def _withdraw(reply: Reply) -> Callable[[sa.Connection], None]:
    return lambda connection: withdraw_reply(connection, present(connection), reply.id)


def _act(about: str, drawn: int, done: str, *, do: Callable[[sa.Connection], None]) -> None:
    """Do it once in one transaction, and keep what is to be said of it."""
    if not take_turn(FORM, drawn):
        return
    try:
        with writing(engine()) as connection:
            do(connection)
    except REFUSALS as refused:
        give_back_turn(FORM, drawn)
        keep(FORM, (about, refusal_key(refused)))
        return
    keep(FORM, (about, done))
