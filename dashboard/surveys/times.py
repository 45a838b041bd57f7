"""When a collection opens and closes: times on a Finnish clock, its two odd days told in words."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import streamlit as st

from dashboard import format as written
from dashboard.literal import literal
from dashboard.wording import say, say_count
from data.fieldwork.collection_facts import CollectionFacts
from data.fieldwork.local_time import day_of, moment, on_the_clock

FORMAT = "DD.MM.YYYY"
#: How long people have where nobody says otherwise, and until what time of the last day.
USUAL = timedelta(days=14)
FIRST_HOUR, LAST_HOUR = time(8, 0), time(21, 0)


def usual_start(now: datetime) -> datetime:
    """Tomorrow morning."""
    return datetime.combine(day_of(now) + timedelta(days=1), FIRST_HOUR)


def usual_end(now: datetime) -> datetime:
    """Two weeks from now, in the evening."""
    return datetime.combine(day_of(now) + USUAL, LAST_HOUR)


def pick(label: str, key: str, value: datetime | None, language: str, *, closing: bool) -> None:
    """A field for a day and a time; what an odd hour means is said under it."""
    picked = st.datetime_input(
        label,
        value=value,
        format=FORMAT,
        step=timedelta(minutes=30),
        key=key,
        help=say("survey.clock_rule", language),
    )
    if picked is not None and (words := odd_hour(picked, language, closing=closing)):
        st.info(literal(words))


def odd_hour(local: datetime, language: str, *, closing: bool) -> str:
    """What a time means that comes twice or never, as clocks are moved; nothing for others."""
    meant = moment(local, closing=closing)
    if on_the_clock(meant).replace(tzinfo=None) != local:
        at = written.moment(meant, language)
        return say("survey.clock_missing", language, at=at)
    if moment(local) != moment(local, closing=True):
        which = "second" if closing else "first"
        return say(f"survey.clock_twice_{which}", language)
    return ""


def state_sentence(facts: CollectionFacts, now: datetime, language: str) -> str:
    """Whether a collection is planned, open or closed, since when and until when."""
    opening = facts.opening
    if facts.state == "planned":
        at = written.moment(opening.opens_at, language)
        return say("survey.state_planned", language, at=at)
    if facts.state == "closed":
        ends = [at for at in (opening.closed_at, opening.closes_at) if at is not None]
        return say("survey.state_closed", language, at=written.moment(min(ends), language))
    if opening.closes_at is None:
        return say("survey.state_endless", language)
    at = written.moment(opening.closes_at, language)
    return f"{say('survey.state_open', language, at=at)} {left(facts, now, language)}"


def left(facts: CollectionFacts, now: datetime, language: str) -> str:
    """How many days are left of an open collection; the last one is today."""
    days = _days_to_end(facts, now)
    return say_count("survey.days_left", days, language) if days else say("survey.today", language)


def days(facts: CollectionFacts, now: datetime, language: str) -> str:
    """The same in few words."""
    days = _days_to_end(facts, now)
    return say_count("survey.days", days, language) if days else say("survey.days.today", language)


def _days_to_end(facts: CollectionFacts, now: datetime) -> int:
    return (day_of(facts.opening.closes_at) - day_of(now)).days
