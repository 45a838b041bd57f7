"""What people are told of their personal data: every version as they read it, and a new one."""

from __future__ import annotations

import streamlit as st

from dashboard import format as written
from dashboard.components import part, section
from dashboard.literal import literal
from dashboard.session import (
    Viewing,
    entered,
    follow,
    give_back_turn,
    keep,
    kept,
    select,
    take_turn,
    turn,
)
from dashboard.surveys.refusals import REFUSALS, refusal_key
from dashboard.surveys.views import now, present
from dashboard.truth import engine
from dashboard.wording import LANGUAGE_NAMES, say
from data import access
from data.database import reading, writing
from data.fieldwork import notices
from data.fieldwork.collection_facts import CollectionFacts
from data.fieldwork.local_time import day_of
from data.permissions import Kind, Verb
from survey.text import LANGUAGES, Text

FORM, USE = "notice", "use_notice"
VERSION = "notice_version"


def show(viewing: Viewing, _found: list[CollectionFacts]) -> None:
    """A version in a language, and the fields of a new one for those who may write it."""
    language = viewing.language
    section(say("surveys.view.notice", language))
    st.markdown(say("notice.lead", language))
    with reading(engine()) as connection:
        known = notices.versions(connection)
    with st.grid(2, min_column_width=240):
        version = st.selectbox(say("notice.version", language), **follow(VERSION, known))
        spoken = st.selectbox(
            say("survey.preview_language", language),
            format_func=LANGUAGE_NAMES.get,
            **follow("notice_language", LANGUAGES, language),
        )
    with reading(engine()) as connection:
        text, since = notices.notice(connection, version), notices.valid_from(connection, version)
    if since is not None:
        st.caption(literal(say("notice.since", language, day=written.day(since, language))))
    _preview(text.in_language(spoken))
    part(say("notice.new", language))
    if access.can(viewing.user, Verb.PUBLISH, Kind.NOTICE):
        _fields(text, language)
    else:
        st.markdown(say("notice.ask", language))


def choose(viewing: Viewing, facts: CollectionFacts) -> None:
    """Another version for whoever answers a collection from now on."""
    language, opening = viewing.language, facts.opening
    with reading(engine()) as connection:
        known = notices.usable(connection, day_of(now()))
    drawn, number = turn(USE), opening.collection
    with st.popover(say("notice.use", language), key=f"{USE}_{number}_{drawn}"):
        st.markdown(say("notice.use_what", language))
        st.selectbox(
            say("notice.version", language),
            known,
            index=known.index(opening.notice_version) if opening.notice_version in known else 0,
            key=f"{USE}_version_{number}_{drawn}",
        )
        st.button(
            say("notice.use_do", language),
            type="primary",
            key=f"{USE}_do_{number}_{drawn}",
            on_click=_use,
            args=(number, drawn),
        )
    told = kept(USE)
    if told is not None and told[0] == number:
        (st.success if told[1] == "notice.used" else st.error)(say(told[1], language))


def _preview(text: str) -> None:
    with st.container(border=True):
        for paragraph in text.split("\n\n"):
            st.markdown(literal(paragraph))


def _fields(before: Text, language: str) -> None:
    """A new version begins as the words of the one that is shown."""
    drawn = turn(FORM)
    st.markdown(say("notice.new_what", language))
    with st.grid(2, min_column_width=240):
        st.text_input(
            say("notice.name", language), key=f"{FORM}_version_{drawn}", max_chars=20,
            placeholder=say("notice.name_example", language),
        )  # fmt: skip
        st.date_input(
            say("notice.valid_from", language),
            value=day_of(now()),
            format="DD.MM.YYYY",
            key=f"{FORM}_from_{drawn}",
        )
    for code in LANGUAGES:
        st.text_area(
            say("notice.text", language, name=LANGUAGE_NAMES[code]),
            value=before.in_language(code),
            max_chars=notices.LONGEST,
            height=240,
            key=f"{FORM}_{code}_{drawn}",
        )
    told = kept(FORM)
    if told is not None:
        (st.success if told == "notice.written" else st.error)(say(told, language))
    st.button(
        say("notice.write", language),
        type="primary",
        key=f"{FORM}_do_{drawn}",
        on_click=_write,
        args=(drawn,),
    )


# --- what the buttons do ------------------------------------------------------------------------


def _write(drawn: int) -> None:
    if not take_turn(FORM, drawn):
        return
    version = (entered(f"{FORM}_version_{drawn}") or "").strip()
    said = {code: (entered(f"{FORM}_{code}_{drawn}") or "").strip() for code in LANGUAGES}
    since = entered(f"{FORM}_from_{drawn}") or day_of(now())
    try:
        with writing(engine()) as connection:
            notices.write_notice(connection, present(connection), version, Text(**said), since)
    except REFUSALS as refused:
        give_back_turn(FORM, drawn)
        keep(FORM, refusal_key(refused))
        return
    keep(FORM, "notice.written")
    select(VERSION, version)


def _use(number: int, drawn: int) -> None:
    if not take_turn(USE, drawn):
        return
    version = entered(f"{USE}_version_{number}_{drawn}")
    try:
        with writing(engine()) as connection:
            notices.use_notice(connection, present(connection), number, version, day_of(now()))
    except REFUSALS as refused:
        give_back_turn(USE, drawn)
        keep(USE, (number, refusal_key(refused)))
        return
    keep(USE, (number, "notice.used"))
