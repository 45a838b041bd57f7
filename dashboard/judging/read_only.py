"""A self-assessment as it was handed in: the chosen descriptions, reasons, evidence and actions."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.components import part
from dashboard.judging import saving
from dashboard.judging.actions import actions_to_mark, told_actions
from dashboard.judging.form import offer
from dashboard.judging.words import (
    choice_of,
    construct_name,
    criteria_of,
    meaning_of,
    state_words,
    title_of,
    whose,
)
from dashboard.literal import literal, web_address
from dashboard.session import Viewing, tied, work
from dashboard.wording import say
from data.judgement.assessment_reading import Assessment, Rating


def told(viewing: Viewing, assessment: Assessment) -> None:
    """What an assessment says, construct by construct."""
    language = viewing.language
    st.caption(literal(f"{whose(assessment, language)}: {state_words(assessment, language)}"))
    for construct, criterion in criteria_of(assessment).items():
        rating = assessment.ratings.get(construct, Rating())
        choice = choice_of(rating)
        with st.container(border=True, gap="xsmall"):
            part(construct_name(construct, language))
            st.markdown(f"**{literal(title_of(choice, criterion, language))}**")
            if choice is not None:
                st.markdown(literal(meaning_of(choice, criterion, language)))
            if rating.reason:
                st.markdown(literal(say("judge.reason_words", language, reason=rating.reason)))
            backed(viewing, assessment, construct, rating)
    if assessment.actions:
        part(say("judge.actions", language))
        if assessment.writable:
            st.caption(literal(say("judge.mark_means", language)))
            actions_to_mark(assessment, partial(saving.mark_done, viewing, assessment), language)
        else:
            told_actions(assessment, language)


def backed(viewing: Viewing, assessment: Assessment, construct: str, rating: Rating) -> None:
    """The link and the files behind a level."""
    if rating.evidence_link:
        # Only http and https addresses are stored; the whole address is shown, so nobody is led
        # to a place that they did not read.
        if there := web_address(rating.evidence_link):
            st.link_button(literal(there), there, type="tertiary")
        else:
            st.markdown(literal(rating.evidence_link))
    files = [file for file in assessment.evidence if file.construct == construct]
    for file in files:
        offer(viewing, assessment, file)


def reopening(viewing: Viewing, assessment: Assessment) -> None:
    """The reason for which a submitted assessment is opened again, and the button."""
    language = viewing.language
    written = work(f"reopen:{assessment.id}", dict)
    with st.expander(say("judge.reopen", language)):
        st.markdown(literal(say("judge.reopen_means", language)))
        st.text_input(
            say("judge.reopen_reason", language),
            max_chars=500,
            **tied(
                f"judge_{assessment.id}_reopen",
                written.get("reason", ""),
                lambda text: written.update(reason=text),
            ),
        )
        if st.button(say("judge.reopen", language), key="judge_reopen"):
            saving.reopen(viewing, assessment, written.get("reason", ""))
            written.clear()
            st.rerun()
