"""A payment period: which one, what it lacks, closing it, and a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.reporting import saving, words
from dashboard.reporting.figure_facts import finding_words
from dashboard.session import (
    Viewing,
    address,
    entered,
    give_back_turn,
    select,
    take_turn,
    turn,
)
from dashboard.wording import say, say_count
from data.reporting.periods import Missing, Period
from metrics.indicators.indicator import Indicator

PERIOD, TARGET = "period_id", "closing_target"
FORM, CHANGE = "period", "period_change"
DAYS = ("starts", "ends", "due")
#: How a day is written in a field, by language.
FORMATS = {"fi": "DD.MM.YYYY", "sv": "DD.MM.YYYY", "en": "DD/MM/YYYY"}


def named(period: Period, projects: Mapping[int, str], language: str) -> str:
    """A period in a list of choices: project, days, whether it is closed."""
    state = "closed" if period.closed_at else "open"
    project = projects.get(period.project, "")
    said = say(f"close.period.{state}", language)
    return f"{project} · {words.period_words(period, language)} · {said}"


def state_sentence(period: Period, lacking: Sequence[Missing], language: str) -> str:
    """What stands between the period and its closing."""
    if period.closed_at is not None:
        at = written.moment(period.closed_at, language)
        return say("close.is_closed", language, at=at)
    blocking = {each.target for each in lacking if each.blocking}
    said = (
        say_count("close.lacks", len(blocking), language)
        if blocking
        else say("close.ready", language)
    )
    if period.due_on is not None:
        said = f"{said} {say('close.due', language, day=written.day(period.due_on, language))}"
    return said


def missing(
    viewing: Viewing,
    period: Period,
    lacking: Sequence[Missing],
    called: Mapping[str, Indicator],
) -> None:
    """What must be there before the period is closed, and what should be."""
    language = viewing.language
    section(say("close.missing", language))
    if not lacking:
        st.markdown(literal(say("close.missing.none", language)))
        return
    ordered = sorted(lacking, key=lambda each: (not each.blocking, each.indicator))
    frame = pd.DataFrame(
        {
            say("report.column.indicator", language): [
                indicator_link(viewing, period, each, called) for each in ordered
            ],
            say("close.column.lacks", language): [
                literal(lacks(each, language)) for each in ordered
            ],
            say("close.column.blocks", language): [
                say("close.blocks" if each.blocking else "close.blocks_not", language)
                for each in ordered
            ],
        }
    )
    st.table(frame, alt=say("close.missing", language), hide_index=True)


def indicator_link(
    viewing: Viewing, period: Period, lacking: Missing, called: Mapping[str, Indicator]
) -> str:
    name = literal(words.called(called[lacking.indicator], viewing.language))
    found = address(viewing, "closing", **{PERIOD: period.id, TARGET: lacking.target})
    return name if found is None else f"[{name}]({found})"


def lacks(lacking: Missing, language: str) -> str:
    """What is missing of an indicator, and what to do."""
    if lacking.code != "disagrees":
        return say(f"close.lacks.{lacking.code}", language)
    told = dict(lacking.values)
    code, other = str(told.pop("finding")), told.pop("other")
    return finding_words(code, other if other is None else str(other), told, language)


def closing(viewing: Viewing, period: Period, lacking: Sequence[Missing]) -> None:
    """The button that closes the period, once it is meant."""
    language = viewing.language
    section(say("close.close", language))
    if period.closed_at is not None:
        at = written.moment(period.closed_at, language)
        st.markdown(literal(say("close.is_closed", language, at=at)))
        return
    if any(each.blocking for each in lacking):
        st.markdown(literal(say("close.not_yet", language)))
        return
    st.markdown(literal(say("close.close_what", language)))
    sure = st.checkbox(say("close.sure", language), key=f"close_sure_{period.id}")
    st.button(
        say("close.close_do", language),
        key="close_period",
        type="primary",
        disabled=not sure,
        on_click=saving.close,
        args=(period.id,),
    )


def opening(
    viewing: Viewing, project: int, funders: Mapping[int, str], last: Period | None
) -> None:
    """The fields of a new period."""
    language, drawn = viewing.language, turn(FORM)
    with st.expander(say("close.open", language)):
        st.markdown(literal(say("close.open_what", language)))
        st.selectbox(
            say("choose.funder", language),
            list(funders),
            format_func=funders.get,
            key=f"{FORM}_funder_{drawn}",
        )
        _days(None, f"{FORM}_{{}}_{drawn}", language)
        if last is not None:
            said = say("close.last", language, period=words.period_words(last, language))
            st.caption(literal(said))
        st.button(
            say("close.open_do", language),
            key=f"{FORM}_open",
            on_click=_open,
            args=(project, drawn),
        )


def _days(period: Period | None, key: str, language: str) -> None:
    """The fields of a period's days. key: of a field, with its name to be put in."""
    with st.container(horizontal=True):
        for name in DAYS:
            st.date_input(
                say(f"close.{name}_on", language),
                value=getattr(period, f"{name}_on") if period else None,
                min_value=date(2000, 1, 1),
                max_value=date(2100, 12, 31),
                format=FORMATS[language],
                key=key.format(name),
                width=180,
            )


def changing(viewing: Viewing, period: Period) -> None:
    """The days of a period that is not closed, to be changed."""
    language = viewing.language
    if period.closed_at is not None:
        return
    drawn = f"{period.id}_{turn(CHANGE)}"
    with st.expander(say("close.change", language)):
        st.markdown(literal(say("close.change_what", language)))
        _days(period, f"{CHANGE}_{{}}_{drawn}", language)
        st.button(
            say("close.change_do", language), key=f"{CHANGE}_do", on_click=_change,
            args=(period.id, turn(CHANGE), drawn),
        )  # fmt: skip


def _change(period: int, taken: int, drawn: str) -> None:
    if not take_turn(CHANGE, taken):
        return
    starts, ends, due = (entered(f"{CHANGE}_{name}_{drawn}") for name in DAYS)
    if starts is None or ends is None:
        saving.say_later(False, "period.refused.days_missing")
        give_back_turn(CHANGE, taken)
    elif not saving.change_period(period, starts, ends, due):
        give_back_turn(CHANGE, taken)


def _open(project: int, drawn: int) -> None:
    if not take_turn(FORM, drawn):
        return
    starts, ends, due = (entered(f"{FORM}_{name}_{drawn}") for name in DAYS)
    funder = entered(f"{FORM}_funder_{drawn}")
    number = None
    if starts is None or ends is None:
        saving.say_later(False, "period.refused.days_missing")
    else:
        number = saving.open_period(project, funder, starts, ends, due)
    if number is None:
        give_back_turn(FORM, drawn)
    else:
        select(PERIOD, number)
