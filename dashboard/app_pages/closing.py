"""Closing a payment period: what is missing, each value written and submitted, its end."""

from __future__ import annotations

import sqlalchemy as sa
import streamlit as st

from dashboard.components import answer, begin, choose
from dashboard.figures import names
from dashboard.literal import literal
from dashboard.reporting import doing, words
from dashboard.reporting.period_parts import (
    PERIOD,
    TARGET,
    changing,
    closing,
    missing,
    named,
    opening,
    state_sentence,
)
from dashboard.reporting.target_form import targets_form
from dashboard.reporting.value_form import form
from dashboard.session import Viewing, follow
from dashboard.truth import engine
from dashboard.wording import say
from data import access, records
from data.database import reading
from data.permissions import Kind, Verb
from data.reporting import reading as reports
from data.reporting.periods import Period, periods
from data.reporting.periods import missing as missing_of
from data.reporting.targets import targets
from metrics.metric import Level


def show(viewing: Viewing) -> None:
    """The chosen period of the chosen project."""
    language = viewing.language
    begin(viewing, say("page.closing", language), [], "close.behind")
    called = {
        number: name
        for number, name in names(viewing, Level.PROJECT).items()
        if access.can(viewing.user, Verb.REPORT, Kind.INDICATOR, number)
    }
    if not called:
        st.info(say("empty.projects", language))
        return
    project = choose(viewing, "project", list(called), called.get)
    if project is None:
        return
    doing.tell(language)
    with reading(engine()) as connection:
        found = periods(connection, viewing.user, project=project)
        promised = targets(connection, viewing.user, project=project)
        funders = funders_of(connection, viewing, project)
    if not funders:
        st.info(literal(say("close.no_funders", language)))
        return
    if not found:
        key = "close.no_periods" if promised else "close.no_targets"
        st.info(literal(say(key, language)))
    else:
        one(viewing, found, called)
    if promised:
        told = {target.funder for target in promised}
        owed = {number: name for number, name in funders.items() if number in told}
        opening(viewing, project, owed, found[-1] if found else None)
    targets_form(viewing, project, funders, promised)


def funders_of(connection: sa.Connection, viewing: Viewing, project: int) -> dict[int, str]:
    """The funders of a project, whom it may promise something, by number."""
    paying = {
        number
        for each in records.projects(connection, viewing.user)
        if each.id == project
        for number in each.funders
    }
    return {n: name for n, name in names(viewing, Level.FUNDER).items() if n in paying}


def one(viewing: Viewing, found: list[Period], called: dict[int, str]) -> None:
    """One period: what it lacks, the form of one of its values, and its closing."""
    language = viewing.language
    by_number = {period.id: period for period in reversed(found)}
    waiting = [period.id for period in by_number.values() if period.closed_at is None]
    number = st.selectbox(
        say("close.period", language),
        format_func=lambda each: named(by_number[each], called, language),
        **follow(PERIOD, list(by_number), waiting[-1] if waiting else None),
    )
    period = by_number[number]
    with reading(engine()) as connection:
        lacking = missing_of(connection, viewing.user, number)
        lines = {
            line.target.id: line
            for line in reports.desk(connection, viewing.user, period=number)
            if (line.target.project, line.target.funder) == (period.project, period.funder)
        }
    answer(state_sentence(period, lacking, language))
    indicators = {line.indicator.key: line.indicator for line in lines.values()}
    missing(viewing, period, lacking, indicators)
    changing(viewing, period)
    if not lines:
        st.info(literal(say("close.no_targets", language)))
        return
    first = next((each.target for each in lacking if each.blocking), None)
    target = st.selectbox(
        say("close.indicator", language),
        format_func=lambda each: words.called(lines[each].indicator, language),
        **follow(TARGET, list(lines), first),
    )
    line = lines[target]
    record = None
    if line.reported is not None:
        with reading(engine()) as connection:
            record = reports.record(connection, viewing.user, line.reported)
    form(viewing, line, record, number)
    closing(viewing, period, lacking)
