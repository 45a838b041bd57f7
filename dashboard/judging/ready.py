"""Whether a phase is ready for the next one: what is there, what is missing, where to add it."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from dashboard.components import part
from dashboard.judging.words import construct_name
from dashboard.labels import phase_name
from dashboard.literal import literal
from dashboard.session import Viewing, link
from dashboard.surveys import views
from dashboard.wording import say, say_count
from data.judgement.readiness import ACTIONS, INAPPLICABLE, MISSING, PARTICIPANTS, Readiness
from survey.instrument import PHASES
from survey.rubric import rubric

#: What the first sentence names of what is missing; the view has it all.
MOST_NAMED = 4


class Needed(NamedTuple):
    """Something that belongs to the phase: whether it is there, and where it is added."""

    text: str
    there: bool
    page: str
    label: str


def readiness_sentence(found: Readiness, language: str) -> str:
    """Whether the phase is ready, and else how many things are missing; nothing follows the last
    phase."""
    phase = phase_name(found.phase, language)
    last = "_last" if found.phase == PHASES[-1] else ""
    if found.ready:
        return say(f"judge.ready{last}", language, phase=phase)
    return say_count(
        f"judge.not_ready{last}",
        len(found.missing),
        language,
        phase=phase,
        what=listed(missing_names(found, language), language),
    )


def listed(names: list[str], language: str) -> str:
    """The first names, and how many more there are."""
    said = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return say_count("judge.and_more", more, language, names=said) if more > 0 else said


def missing_names(found: Readiness, language: str) -> list[str]:
    """What is missing, by name: records, parts that nobody judged, answers, open actions."""
    records = {each.key: each.title for each in rubric().records[found.phase]}
    others = {PARTICIPANTS: "judge.missing_answers", ACTIONS: "judge.missing_actions"}
    return [
        records[name].in_language(language)
        if name in records
        else say(others[name], language)
        if name in others
        else say("judge.missing_judgement", language, name=construct_name(name, language))
        for name in found.missing
    ]


def ready(viewing: Viewing, found: Readiness) -> None:
    """Records, constructs, participants' answers and open actions, each there or not."""
    language = viewing.language
    titles = {each.key: each.title for each in rubric().records[found.phase]}
    records = [
        Needed(titles[key].in_language(language), there, "data_room", "judge.add_record")
        for key, there in found.records.items()
    ]
    constructs = [
        Needed(
            f"{construct_name(code, language)}: {say(f'judge.judged.{how}', language)}",
            how != MISSING,
            "self_assessment",
            "judge.add_judgement",
        )
        for code, how in found.constructs.items()
    ]
    others = [
        Needed(
            say(f"judge.participants.{'there' if found.participants else 'missing'}", language),
            PARTICIPANTS not in found.missing,
            "surveys",
            "judge.add_survey",
        ),
        Needed(
            say_count("judge.open_actions", found.open_actions, language)
            if found.open_actions
            else say("judge.no_open_actions", language),
            ACTIONS not in found.missing,
            "self_assessment",
            "judge.see_actions",
        ),
    ]
    for head, needed in (
        ("judge.constructs", constructs),
        ("judge.records", records),
        ("judge.others", others),
    ):
        part(say(head, language))
        for number, each in enumerate(sorted(needed, key=lambda one: one.there)):
            line(viewing, found, each, f"ready_{head}_{number}")
    st.caption(literal(say("judge.records_of_all", language)))
    if INAPPLICABLE in found.constructs.values():
        st.caption(literal(say("judge.inapplicable_is_fine", language)))


def line(viewing: Viewing, found: Readiness, needed: Needed, key: str) -> None:
    """One thing, with a word for whether it is there, and a link where it is not."""
    language = viewing.language
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=key):
        word = say(f"judge.{'there' if needed.there else 'lacks'}", language)
        mark = ":material/check_circle:" if needed.there else ":material/radio_button_unchecked:"
        st.markdown(f"{mark} **{literal(word)}** {literal(needed.text)}", width="content")
        if needed.there:
            return
        if needed.page not in viewing.pages:
            st.caption(literal(say("judge.ask_evaluator", language)))
            return
        chosen = {"project_id": found.project}
        if needed.page == "self_assessment":
            chosen |= {"judge_phase": found.phase, "judge_view": "own"}
        elif needed.page == "surveys":
            chosen |= {views.VIEW: views.NEW, views.PHASE: found.phase}
        link(viewing, needed.page, say(needed.label, language), **chosen)
