"""What is to be done next: suggested by the rubric, agreed with an owner and a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from textwrap import shorten
from typing import Any

import streamlit as st

from dashboard.format import HELSINKI
from dashboard.judging.draft import Draft
from dashboard.judging.words import action_words, construct_name, criteria_of
from dashboard.literal import literal
from dashboard.session import Viewing, tied
from dashboard.wording import say
from data.judgement.assessment_reading import Action, Assessment
from survey.rubric import LEVELS, Criterion

_FORMATS = {"fi": "DD.MM.YYYY", "sv": "DD.MM.YYYY", "en": "DD/MM/YYYY"}
WHOLE_PHASE = ""
#: How many letters of an action stand on its button, so that the buttons can be told apart.
NAMED = 40


def next_step(draft: Draft, construct: str, criterion: Criterion, language: str) -> None:
    """What the level above the chosen one asks for, and a button that makes it an action."""
    chosen = draft.rating(construct).level
    if chosen is None or chosen == LEVELS[-1]:
        return
    above = criterion.level(chosen + 1)
    words = f"{above.title.in_language(language)}: {above.meaning.in_language(language)}"
    st.markdown(f"**{literal(say('judge.next_step', language))}** {literal(words)}")
    pressed = st.button(
        say("judge.make_action", language, construct=construct_name(construct, language)),
        key=f"judge_{draft.assessment}_{construct}_next",
    )
    if pressed:
        draft.add(Action(above.meaning.in_language(language), construct=construct))
        st.rerun()


def action_fields(viewing: Viewing, assessment: Assessment, draft: Draft) -> None:
    """The actions that are agreed, and a button for one more."""
    language = viewing.language
    constructs = tuple(criteria_of(assessment))
    standing = draft.standing()
    if not standing and not draft.added:
        st.caption(literal(say("judge.no_actions", language)))
    for number, action in standing.items():
        key = f"judge_{draft.assessment}_action{number}"
        _fields(
            key,
            action,
            lambda parts, number=number: draft.act(number, **parts),
            lambda number=number: draft.remove(number),
            constructs,
            language,
        )
    for number, action in list(draft.added.items()):
        key = f"judge_{draft.assessment}_added{number}"
        _fields(
            key,
            action,
            lambda parts, number=number: draft.alter(number, **parts),
            lambda number=number: draft.added.pop(number, None),
            constructs,
            language,
        )
    if st.button(say("judge.add_action", language), key="judge_add_action"):
        draft.add(Action(""))
        st.rerun()


def _fields(
    key: str,
    action: Action,
    put: Callable[[dict[str, Any]], None],
    remove: Callable[[], object],
    constructs: tuple[str, ...],
    language: str,
) -> None:
    """The fields of one action."""
    with st.container(border=True):
        st.text_area(
            say("judge.action_text", language),
            height=80,
            max_chars=2000,
            **tied(f"{key}_text", action.text, lambda text: put({"text": text})),
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                say("judge.action_owner", language),
                max_chars=200,
                width=240,
                **tied(
                    f"{key}_owner",
                    action.owner or "",
                    lambda text: put({"owner": text.strip() or None}),
                ),
            )
            st.date_input(
                say("judge.action_due", language),
                format=_FORMATS[language],
                width=180,
                **tied(f"{key}_due", action.due_on, lambda day: put({"due_on": day})),
            )
            st.selectbox(
                say("judge.action_of", language),
                (WHOLE_PHASE, *constructs),
                format_func=lambda code: (
                    construct_name(code, language) if code else say("judge.whole_phase", language)
                ),
                width=240,
                **tied(
                    f"{key}_of",
                    action.construct or WHOLE_PHASE,
                    lambda code: put({"construct": code or None}),
                ),
            )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.checkbox(
                say("judge.action_done", language),
                **tied(
                    f"{key}_done",
                    action.done_on is not None,
                    lambda done: put({"done_on": _today() if done else None}),
                ),
            )
            if st.button(say("judge.action_remove", language), key=f"{key}_no", type="tertiary"):
                remove()
                st.rerun()


def told_actions(assessment: Assessment, language: str) -> None:
    """The actions of an assessment that is only read."""
    for action in assessment.actions.values():
        st.markdown(f"- {literal(action_words(action, language))}")


def actions_to_mark(
    assessment: Assessment, mark: Callable[[int, date | None], None], language: str
) -> None:
    """The actions of a submitted assessment, each with a button that says whether it is done.

    mark: takes the number of an action and the day on which it was done, None for not done.
    """
    for number, action in assessment.actions.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(action_words(action, language)), width="content")
            done = action.done_on is not None
            key = "judge.mark_undone" if done else "judge.mark_done"
            pressed = st.button(
                say(key, language, action=literal(shorten(action.text, NAMED, placeholder="…"))),
                key=f"judge_{assessment.id}_mark{number}",
                type="tertiary" if done else "secondary",
            )
            if pressed:
                mark(number, None if done else _today())
                st.rerun()


def _today() -> date:
    return datetime.now(UTC).astimezone(HELSINKI).date()
