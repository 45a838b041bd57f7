"""A new collection: whom to ask what, when, and by which kind of link, with defaults that work.

The shortest way is to choose a project and a questionnaire and to press the button.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.components import choose, section
from dashboard.labels import group_name, phase_name, questionnaires, wave_name
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
from dashboard.surveys import personal, preview, times
from dashboard.surveys.fields import AT, FORM, KINDS, NOW, defaults, entered_collection, field
from dashboard.surveys.refusals import REFUSALS, refusal_key
from dashboard.surveys.views import COLLECTION, INSTRUMENT, RUNNING, VIEW, now, present
from dashboard.truth import engine
from dashboard.wording import LANGUAGE_NAMES, say
from data import access, database, records
from data.database import reading, writing
from data.fieldwork import asking, invitations, openings
from data.fieldwork.asking import LONGEST_THANKS
from data.fieldwork.collection_facts import CollectionFacts
from data.permissions import Kind, Verb
from survey.instrument import GROUPS, PHASES, UNKNOWN_GROUP, WAVES, WHOLE_PROCESS, Instrument
from survey.text import LANGUAGES

#: Our own questionnaires that are asked most often come first.
FIRST = ("process_pulse", "process_quality", "process_plain", "process_pupil")
#: Kept while a collection that was opened has not been shown.
UNSEEN = "unseen"
#: Texts of refusals that stand at a field of their own; the others stand at the button.
AT_FIELD = {
    f"survey.wrong.{code}"
    for code in (
        *("groups", "unasked", "languages", "opens", "closes", "order", "past"),
        *("thanks", "invited", "opened", "invitees"),
    )
}


def show(viewing: Viewing, found: list[CollectionFacts]) -> None:
    """The fields of a new collection, from what everybody chooses to what few do."""
    language = viewing.language
    offered = projects(viewing)
    section(say("survey.new", language))
    if not offered:
        st.info(say("survey.no_projects", language))
        return
    with st.grid(2, min_column_width=300):
        project = choose(viewing, "project", list(offered), offered.get)
        instrument = choose_instrument(language)
    if project is None:
        return
    _wrong("opened", language)
    with st.expander(
        say("survey.preview", language), on_change="rerun", key="survey_preview"
    ) as shown:
        if shown.open:
            preview.pages(instrument, language)
    drawn = turn(FORM)
    usual = defaults(viewing, project, instrument, found)
    _whom(viewing, drawn, usual)
    _when(drawn, language)
    _link(viewing, drawn, usual)
    with st.expander(say("survey.more", language)):
        _more(viewing, drawn)
    refused = kept(FORM)
    if refused is not None:
        st.error(say(refused if refused not in AT_FIELD else "survey.not_opened", language))
    st.button(
        say("survey.open", language),
        type="primary",
        key=f"{FORM}_do_{drawn}",
        on_click=_open,
        args=(drawn, project, instrument.key),
    )


def projects(viewing: Viewing) -> dict[int, str]:
    """The projects in which the user may ask, by name."""
    allowed = access.reach(viewing.user, Verb.ASK, Kind.COLLECTION)
    with reading(engine()) as connection:
        named = records.project_names(connection, viewing.user)
    return {
        one.id: records.name_in(one, viewing.language)
        for one in named
        if allowed is None or one.id in allowed
    }


def choose_instrument(language: str) -> Instrument:
    """The chosen questionnaire; its name and how many questions it has stand in the list."""
    known = questionnaires()
    key = st.selectbox(
        say("survey.instrument", language),
        format_func=lambda one: known[one].title.in_language(language),
        **follow(INSTRUMENT, ordered(known)),
    )
    return known[key]


def ordered(known: Mapping[str, Instrument]) -> list[str]:
    """Keys of questionnaires: ours that are asked most often first, the newest version first."""
    rank = {code: place for place, code in enumerate(FIRST)}
    return sorted(known, key=lambda key: (rank.get(known[key].code, len(rank)), known[key].code,
                                          -known[key].version))  # fmt: skip


# --- the fields ---------------------------------------------------------------------------------


def _whom(viewing: Viewing, drawn: int, usual: Mapping[str, Any]) -> None:
    language = viewing.language
    mark = usual["mark"]
    with st.grid(2, min_column_width=300):
        wave = st.selectbox(
            say("choose.wave", language),
            WAVES,
            index=WAVES.index(usual["wave"]),
            format_func=lambda code: wave_name(code, language),
            key=field("wave", drawn, mark),
            help=say("survey.wave_help", language),
        )
        phase = st.selectbox(
            say("survey.phase", language),
            phases := [WHOLE_PROCESS, *PHASES],
            index=phases.index(usual["phase"]),
            format_func=lambda code: (
                phase_name(code, language)
                if code == WHOLE_PROCESS
                else f"{code} {phase_name(code, language)}"
            ),
            key=field("phase", drawn, mark),
        )
    if phase == WHOLE_PROCESS and usual["kind"] == "process":
        st.caption(literal(say("survey.whole_process", language)))
    if (wave, phase) in usual["filed"]:
        st.info(say("survey.added_to", language))
    st.multiselect(
        say("survey.groups", language),
        usual["offered"],
        default=usual["groups"],
        format_func=lambda code: group_name(code, language),
        key=field("groups", drawn, mark),
        help=say("survey.groups_help", language),
    )
    left = [code for code in (*GROUPS, UNKNOWN_GROUP) if code not in usual["offered"]]
    if left:
        named = ", ".join(group_name(code, language) for code in left)
        st.caption(literal(say("survey.groups_left", language, groups=named)))
    for code in ("groups", "unasked"):
        _wrong(code, language)


def _when(drawn: int, language: str) -> None:
    with st.grid(2, min_column_width=300):
        with st.container():
            when = st.radio(
                say("survey.opens", language),
                [NOW, "later"],
                format_func=lambda code: say(f"survey.opens_{code}", language),
                horizontal=True,
                key=field("opens", drawn),
            )
            if when != NOW:
                times.pick(
                    say("survey.opens_at", language),
                    field("opens_at", drawn),
                    times.usual_start(now()),
                    language,
                    closing=False,
                )
        with st.container():
            ends = st.radio(
                say("survey.ending", language),
                [AT, "open"],
                format_func=lambda code: say(f"survey.ending_{code}", language),
                horizontal=True,
                key=field("ending", drawn),
            )
            if ends == AT:
                times.pick(
                    say("survey.closes", language),
                    field("closes", drawn),
                    times.usual_end(now()),
                    language,
                    closing=True,
                )
    for code in ("opens", "closes", "order", "past"):
        _wrong(code, language)


def _link(viewing: Viewing, drawn: int, usual: Mapping[str, Any]) -> None:
    language = viewing.language
    kind = st.radio(
        say("survey.link_kind", language),
        KINDS,
        format_func=lambda code: say(f"survey.link.{code}", language),
        captions=[say(f"survey.link_means.{code}", language) for code in KINDS],
        key=field("link", drawn),
    )
    groups = entered(field("groups", drawn, usual["mark"])) or ()
    if kind == "anonymous":
        with st.expander(say("survey.frame", language)):
            st.markdown(say("survey.frame_what", language))
            with st.grid(4, min_column_width=150):
                for code in groups:
                    st.number_input(
                        group_name(code, language),
                        value=None,
                        min_value=0,
                        step=1,
                        key=field(f"invited_{code}", drawn),
                    )
        _wrong("invited", language)
        return
    with st.container(border=True):
        personal.list_field(viewing, field("people", drawn), joined=kind == "joined")
        personal.tell_faults(language, kept(f"{FORM}:faults") or (), groups)
        _wrong("invitees", language)


def _more(viewing: Viewing, drawn: int) -> None:
    language = viewing.language
    st.multiselect(
        say("survey.languages", language),
        LANGUAGES,
        default=LANGUAGES,
        format_func=LANGUAGE_NAMES.get,
        key=field("languages", drawn),
    )
    _wrong("languages", language)
    st.markdown(say("survey.thanks", language))
    for code in LANGUAGES:
        st.text_area(
            say("survey.thanks_in", language, name=LANGUAGE_NAMES[code]),
            max_chars=LONGEST_THANKS,
            key=field(f"thanks_{code}", drawn),
        )
    _wrong("thanks", language)


def _wrong(code: str, language: str) -> None:
    """What was refused of this field, under it."""
    if kept(FORM) == f"survey.wrong.{code}":
        st.error(literal(say(f"survey.wrong.{code}", language)))


# --- what the button does -----------------------------------------------------------------------


def _open(drawn: int, project: int, instrument: str) -> None:
    """Open the collection and make its links in one transaction, once; then show it."""
    if not take_turn(FORM, drawn):
        # The second press of two was sent with the address of before the first.
        _show_opened()
        return
    at = now()
    new, people, faults = entered_collection(drawn, project, instrument, at)
    keep(f"{FORM}:faults", faults or None)
    if faults or isinstance(new, str):
        _refuse(drawn, "survey.not_opened" if faults else f"survey.wrong.{new}")
        return
    try:
        with writing(engine()) as connection:
            user = present(connection)
            number = asking.open_collection(connection, user, new, at)
            if new.link == "anonymous":
                asking.anonymous_link(connection, user, database.home(), number)
            elif people:
                links = invitations.invite(connection, user, database.home(), number, people)
            opened = openings.of_collections(connection, [number])[0]
    except REFUSALS as refused:
        key = refusal_key(refused)
        # Who opens at once thinks of no order of times.
        is_past = key == "survey.wrong.order" and new.opens == at
        _refuse(drawn, "survey.wrong.past" if is_past else key)
        return
    if new.link == "personal" and people:
        personal.keep_links(opened, links)
    keep(FORM, None)
    keep("opened", number)
    keep(UNSEEN, True)
    _show_opened()


def _show_opened() -> None:
    """Go to the collection that was opened last in this visit."""
    if (number := kept("opened")) is not None:
        select(COLLECTION, number)
        select(VIEW, RUNNING)


def lead_on() -> None:
    """Go to a collection that was opened and not seen yet.

    Where a second press interrupts the first, Streamlit runs the page again with the address of
    before, and without the callback.
    """
    if kept(UNSEEN):
        _show_opened()


def _refuse(drawn: int, key: str) -> None:
    give_back_turn(FORM, drawn)
    keep(FORM, key)
