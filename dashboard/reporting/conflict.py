"""Two wrote the same value at once: both versions side by side, and the second writer chooses."""

from __future__ import annotations

import streamlit as st

from dashboard import format as written
from dashboard.components import part
from dashboard.literal import literal
from dashboard.reporting import saving
from dashboard.reporting.changes import field_words
from dashboard.reporting.draft import MINE, THEIRS, Draft
from dashboard.session import Viewing, tied
from dashboard.wording import say
from dashboard.writing import settle, who


def conflict(viewing: Viewing, draft: Draft) -> None:
    """What both changed, each with both versions, and the buttons."""
    language = viewing.language
    part(say("judge.conflict", language))
    st.warning(literal(say("judge.conflict_words", language, who=who(draft))))
    for event in draft.conflict.theirs:
        at = written.moment(event.at, language)
        st.caption(literal(say("judge.conflict_event", language, who=event.by, at=at)))
    for name in draft.conflict.clashing:
        if name not in draft.changed:
            draft.choices.setdefault(name, THEIRS)
            continue
        with st.container(border=True):
            choose(draft, name, language)
    alone = sorted(
        {n for e in draft.conflict.theirs for n in e.changes} - set(draft.conflict.clashing)
    )
    told = [say(f"report.field.{n}", language) for n in alone if n not in ("metric", "revision")]
    if told:
        listed = ", ".join(told)
        st.markdown(literal(say("judge.only_theirs", language, who=who(draft), what=listed)))
    settle(viewing, draft, "close", save=saving.save, drop=saving.drop)


def choose(draft: Draft, name: str, language: str) -> None:
    """The two versions of one field, and which is to stand; nothing is chosen beforehand."""
    field = say(f"report.field.{name}", language)
    st.markdown(f"**{literal(field)}**")
    for head, said in (
        (say("judge.mine", language), draft.changed.get(name)),
        (say("judge.theirs", language, who=who(draft)), draft.theirs(name)),
    ):
        st.markdown(f"**{literal(head)}**  \n{literal(field_words(name, said, language))}")

    def put(whose: str | None) -> None:
        if whose is not None:
            draft.choices[name] = whose

    labels = {
        MINE: say("judge.keep_mine", language),
        THEIRS: say("judge.keep_theirs", language, who=who(draft)),
    }
    st.radio(
        say("judge.which", language, what=field),
        (MINE, THEIRS),
        format_func=lambda whose: literal(labels[whose]),
        horizontal=True,
        **tied(f"close_{draft.reported}_which_{name}", draft.choices.get(name), put),
    )
