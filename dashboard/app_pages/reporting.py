"""The funder's desk: what projects promised and reached, what waits, and what it comes to."""

from __future__ import annotations

import streamlit as st

from dashboard import format as written
from dashboard.components import answer, begin
from dashboard.figures import names
from dashboard.literal import literal
from dashboard.reporting import desk as tables
from dashboard.reporting import doing, files, words
from dashboard.reporting.releases import releases
from dashboard.reporting.releasing import releasing
from dashboard.reporting.totals import totals as together
from dashboard.session import Viewing, follow
from dashboard.truth import engine
from dashboard.wording import say
from data.database import reading
from data.reporting import reading as reports
from data.reporting.desk import DeskLine
from metrics.metric import Level

#: The choice that stands for everything that the reader may see.
EVERY = ""
STATUSES = ("submitted", "approved", "locked", "returned", "draft")


def show(viewing: Viewing) -> None:
    """The desk of one funder, narrowed as the address says."""
    language = viewing.language
    begin(viewing, say("page.reporting", language), ["Q1"], page="reporting")
    doing.tell(language)
    with reading(engine()) as connection:
        everything = reports.desk(connection, viewing.user)
    if not everything:
        st.info(literal(say("report.nothing", language)))
        return
    called = {level: names(viewing, level) for level in (Level.FUNDER, Level.PROJECT)}
    funder = choose_funder(viewing, everything, called[Level.FUNDER])
    own = [line for line in everything if line.target.funder == funder]
    project, indicator, status = filters(viewing, own, called[Level.PROJECT])
    shown = [
        line
        for line in own
        if (project == EVERY or line.target.project == project)
        and (indicator == EVERY or line.indicator.key == indicator)
        and (status == EVERY or line.status == status)
    ]
    if shown:
        answer(lead(shown, language))
    else:
        st.info(literal(say("report.nothing_chosen", language)))
    tables.tables(viewing, shown, called[Level.PROJECT])
    with reading(engine()) as connection:
        found = reports.totals(connection, viewing.user, funder)
        objectives = reports.totals_by_objective(connection, viewing.user, funder)
    together(viewing, found, objectives)
    files.exports(viewing, funder, None if project == EVERY else project)
    releases(viewing, funder, called[Level.PROJECT])
    releasing(viewing, funder, called[Level.PROJECT])


def choose_funder(viewing: Viewing, lines: list[DeskLine], called: dict[int, str]) -> int:
    """Whose money the desk is of; asked where the reader sees several funders."""
    funders = sorted({line.target.funder for line in lines})
    if len(funders) == 1:
        name = called.get(funders[0], "")
        st.caption(literal(say("report.of_funder", viewing.language, funder=name)))
        return funders[0]
    return st.selectbox(
        say("choose.funder", viewing.language),
        format_func=lambda number: called.get(number, str(number)),
        width=420,
        **follow("report_funder", funders),
    )


def filters(
    viewing: Viewing, lines: list[DeskLine], called: dict[int, str]
) -> tuple[int | str, str, str]:
    """Which project, indicator and status the address asks for."""
    language = viewing.language
    projects = {line.target.project for line in lines}
    keys = {line.indicator.key: words.called(line.indicator, language) for line in lines}
    every = say("choose.all", language)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        project = st.selectbox(
            say("choose.project", language),
            format_func=lambda number: called.get(number, every),
            width=300,
            **follow("report_project", [EVERY, *(n for n in called if n in projects)]),
        )
        indicator = st.selectbox(
            say("report.column.indicator", language),
            format_func=lambda key: keys.get(key, every),
            width=300,
            **follow("report_indicator", [EVERY, *sorted(keys)]),
        )
        known = [status for status in STATUSES if any(line.status == status for line in lines)]
        status = st.selectbox(
            say("report.column.status", language),
            format_func=lambda code: words.status_words(code, language) if code else every,
            width=240,
            **follow("report_status", [EVERY, *known]),
        )
    return project, indicator, status


def lead(lines: list[DeskLine], language: str) -> str:
    """What the desk holds, in one sentence."""
    counts = {
        part: written.count(sum(line.status in statuses for line in lines), language)
        for part, statuses in tables.PARTS.items()
    }
    projects = written.count(len({line.target.project for line in lines}), language)
    promised = written.count(len(lines), language)
    return say("report.lead", language, projects=projects, promised=promised, **counts)
