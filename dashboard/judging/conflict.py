"""Two wrote at once: both versions side by side, and the second writer chooses."""

from __future__ import annotations

import streamlit as st

from dashboard import format as written
from dashboard.components import part, section
from dashboard.judging import saving
from dashboard.judging.draft import ACTION, MINE, THEIRS, Draft, action_of, rating_of
from dashboard.judging.words import action_words, construct_name, criteria_of, rating_words
from dashboard.literal import literal
from dashboard.session import Viewing, tied
from dashboard.wording import say
from dashboard.writing import settle, who
from data.judgement.assessment_reading import Assessment


def conflict(viewing: Viewing, assessment: Assessment, draft: Draft) -> None:
    """What both changed, each with both versions; then what goes together, and the buttons."""
    language = viewing.language
    met = draft.conflict
    section(say("judge.conflict", language))
    st.warning(literal(say("judge.conflict_words", language, who=who(draft))))
    for event in met.theirs:
        at = written.moment(event.at, language)
        st.caption(literal(say("judge.conflict_event", language, who=event.by, at=at)))
    for name in met.clashing:
        with st.container(border=True):
            part(title(name, language))
            mine, theirs = (
                words(draft, assessment, name, side, language) for side in (MINE, THEIRS)
            )
            with st.grid(2, min_column_width=260, gap="medium"):
                for head, said in (
                    (say("judge.mine", language), mine),
                    (say("judge.theirs", language, who=who(draft)), theirs),
                ):
                    with st.container():
                        st.markdown(f"**{literal(head)}**  \n{literal(said)}")
            choose(draft, name, language)
    go_together(draft, language)
    settle(viewing, draft, "judge", save=saving.save, drop=saving.drop)


def choose(draft: Draft, name: str, language: str) -> None:
    """Which of the two is to stand; nothing is chosen beforehand."""

    def put(whose: str | None) -> None:
        if whose is not None:
            draft.choices[name] = whose

    labels = {
        MINE: say("judge.keep_mine", language),
        THEIRS: say("judge.keep_theirs", language, who=who(draft)),
    }
    st.radio(
        say("judge.which", language, what=title(name, language)),
        (MINE, THEIRS),
        format_func=lambda whose: literal(labels[whose]),
        horizontal=True,
        **tied(f"judge_{draft.assessment}_which_{name}", draft.choices.get(name), put),
    )


def go_together(draft: Draft, language: str) -> None:
    """What only one of the two changed: it stands, and is said."""
    met = draft.conflict
    changed = {name for event in met.theirs for name in event.changes}
    alone = sorted(changed - set(met.clashing))
    mine = [*draft.changed, *(f"{ACTION}{number}" for number in draft.acted)]
    own = [name for name in mine if name not in met.clashing]
    if alone:
        listed = ", ".join(dict.fromkeys(title(name, language) for name in alone))
        st.markdown(literal(say("judge.only_theirs", language, who=who(draft), what=listed)))
    if own or draft.added:
        added = [action.text for action in draft.added.values() if action.text.strip()]
        listed = ", ".join([*(title(name, language) for name in own), *added])
        st.markdown(literal(say("judge.only_mine", language, what=listed)))


def title(name: str, language: str) -> str:
    """What was changed: a construct, an action, or a file behind a construct."""
    kind, _, rest = name.partition(":")
    if kind == "action":
        return say("judge.action_number", language, n=rest)
    if kind == "evidence":
        construct = construct_name(rest.partition(":")[0], language)
        return say("judge.evidence_of", language, construct=construct)
    return construct_name(kind, language)


def words(draft: Draft, assessment: Assessment, name: str, side: str, language: str) -> str:
    """One of the two versions of what both changed."""
    if name.startswith(ACTION):
        mine = draft.acted.get(int(name.removeprefix(ACTION)))
        return action_words(mine if side == MINE else action_of(draft.theirs(name)), language)
    rating = draft.changed.get(name) if side == MINE else rating_of(draft.theirs(name))
    return rating_words(rating, criteria_of(assessment).get(name), language)
