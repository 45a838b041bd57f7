"""One collection in full: what it is, its links, who has answered, how it ends, what is replied."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import answer, part, section
from dashboard.figures import waiting
from dashboard.labels import group_name, questionnaire_name
from dashboard.literal import literal
from dashboard.session import Viewing, kept
from dashboard.surveys import actions, invited, links, notice, personal, replies, running, times
from dashboard.surveys.views import now
from dashboard.wording import LANGUAGE_NAMES, say
from data.fieldwork.collection_facts import STEP, CollectionFacts, GroupCount


def show(viewing: Viewing, facts: CollectionFacts) -> None:
    """Everything about a collection, the link first while it is open."""
    language, opening = viewing.language, facts.opening
    asked = questionnaire_name(opening.instrument, language)
    section(f"{opening.names[language]}: {asked}")
    if kept("opened") == opening.collection:
        st.success(say("survey.opened", language))
    answer(times.state_sentence(facts, now(), language))
    st.caption(literal(_about(facts, language)))
    if opening.collection in waiting():
        st.info(say("survey.publication_waits", language))
    _tiles(facts, language)
    if opening.link == "anonymous":
        links.show(viewing, facts)
    else:
        personal.show(viewing, facts)
        invited.show(viewing, facts)
    part(say("survey.rates", language))
    _rates(facts, language)
    part(say("survey.steps", language))
    actions.show(viewing, facts)
    if facts.state != "closed":
        notice.choose(viewing, facts)
    part(say("reply.title", language))
    st.caption(say("reply.lead_collection", language))
    replies.edit(viewing, collection=opening.collection)


def _about(facts: CollectionFacts, language: str) -> str:
    opening = facts.opening
    kind = "joined" if opening.joined else opening.link
    return say(
        "survey.about",
        language,
        when=running.when(opening, language),
        link=say(f"survey.link.{kind}", language),
        languages=", ".join(LANGUAGE_NAMES[code] for code in opening.languages),
        notice=opening.notice_version,
        by=facts.created_by.partition(" ")[2] or facts.created_by,
        at=written.moment(facts.created_at, language),
    )


# --- counts -------------------------------------------------------------------------------------


def _tiles(facts: CollectionFacts, language: str) -> None:
    opening, counts = facts.opening, facts.counts
    invited = sum(count.invited or 0 for count in counts)
    with st.grid(3, min_column_width=160):
        st.metric(say("survey.answered", language), literal(running.answered(facts, language)))
        if facts.answered is not None and invited and all(count.invited for count in counts):
            least = written.share(min(1.0, facts.answered / invited), language)
            share = say("survey.at_least", language, number=least)
        else:
            share = say("fact.unknown", language)
        st.metric(say("survey.rate", language), literal(share))
        if facts.state == "open" and opening.closes_at is not None:
            st.metric(say("survey.left", language), times.days(facts, now(), language))
        else:
            st.metric(say("survey.state", language), say(f"survey.state.{facts.state}", language))


def _rates(facts: CollectionFacts, language: str) -> None:
    """Answers by group, each told as at least so many, with why that is so."""
    unknown = say("fact.unknown", language)
    counts = facts.counts

    def number(people: int | None) -> str:
        return unknown if people is None else written.count(people, language)

    def told(count: GroupCount, share: float | None) -> str:
        if share is None:
            return unknown
        if count.answered < STEP:
            return say("table.none", language)
        return _least(written.share(share, language), language)

    columns = {
        "table.group": [group_name(count.group, language) for count in counts],
        "survey.invited": [number(count.invited) for count in counts],
        "survey.answered": [_answered(count, language) for count in counts],
        "survey.rate": [told(count, count.rate) for count in counts],
        "survey.affected": [number(count.affected) for count in counts],
        "survey.coverage": [told(count, count.coverage) for count in counts],
    }
    if not any(count.affected for count in counts):
        del columns["survey.affected"], columns["survey.coverage"]
    st.table(
        pd.DataFrame({say(key, language): cells for key, cells in columns.items()}),
        alt=say("survey.rates", language),
        hide_index=True,
    )
    st.caption(literal(say("survey.rounding", language, step=STEP)))
    if not any(count.invited for count in counts):
        st.caption(say("survey.frame_missing", language))
    if facts.reminded_on is not None:
        on = written.day(facts.reminded_on, language)
        st.caption(literal(say("survey.reminded", language, on=on)))


def _answered(count: GroupCount, language: str) -> str:
    if count.answered < STEP:
        return say("survey.few", language)
    return _least(written.count(count.answered, language), language)


def _least(number: str, language: str) -> str:
    return literal(say("survey.at_least", language, number=number))
