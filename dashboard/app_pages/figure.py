"""One reported figure with everything that stands behind it, down to what was counted."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from dashboard import session
from dashboard.components import answer, begin, section
from dashboard.figures import names
from dashboard.literal import literal
from dashboard.reporting import doing, figure_facts, words
from dashboard.reporting.decisions import decide
from dashboard.reporting.desk import may_open
from dashboard.reporting.figure_items import again, items
from dashboard.reporting.proof_lists import listed
from dashboard.reporting.sizes import sizes
from dashboard.session import Viewing, follow, link
from dashboard.truth import engine
from dashboard.wording import say
from data.access import NotPermitted
from data.database import reading
from data.reporting import reading as reports
from data.reporting.desk import DeskLine
from data.reporting.figure_record import FigureRecord
from metrics.metric import Level

NAME = "figure_id"
#: Digits that the number of a value has at most.
LONGEST = 12


def show(viewing: Viewing) -> None:
    """The figure that the address names."""
    language = viewing.language
    begin(viewing, say("page.figure", language), ["Q1"])
    link(viewing, "reporting", say("figure.back", language))
    doing.tell(language)
    called = names(viewing, Level.PROJECT)
    with reading(engine()) as connection:
        desk = reports.desk(connection, viewing.user, every_period=True)
    lines = [line for line in desk if line.reported is not None and may_open(line)]
    if not lines:
        st.info(literal(say("report.nothing", language)))
        return
    reported = chosen(viewing, lines, called)
    if reported is None:
        return
    with reading(engine()) as connection:
        record = reports.record(connection, viewing.user, reported)
    line = record.line
    own = [each for each in desk if each.target.id == line.target.id]
    section(words.called(line.indicator, language))
    answer(lead(line, called.get(line.target.project, ""), language))
    decide(viewing, line)
    figure_facts.definition(viewing, record)
    figure_facts.now(viewing, record)
    figure_facts.series(viewing, own, line.indicator)
    figure_facts.corrections(viewing, record)
    sizes(viewing, record)
    items(viewing, record)
    again(viewing, record)
    figure_facts.findings(viewing, record)
    evidence(viewing, record)
    figure_facts.events(viewing, record)
    figure_facts.releases(viewing, record)


def chosen(viewing: Viewing, lines: list[DeskLine], called: dict[int, str]) -> int | None:
    """The figure of the address, also one that a correction took the place of; else the first."""
    language = viewing.language
    by_number: dict[int, DeskLine | None] = {line.reported: line for line in lines}
    earlier = seen(viewing, by_number)
    if earlier is not None:
        by_number.setdefault(earlier, None)
    box = {
        "label": say("figure.choose", language),
        "format_func": lambda number: named(by_number[number], called, language),
    }
    if session.is_astray(NAME, list(by_number)):
        st.warning(literal(say("figure.astray", language)))
        st.selectbox(
            **box,
            placeholder=say("figure.choose", language),
            **session.follow_instead(NAME, list(by_number)),
        )
        return None
    return st.selectbox(**box, **follow(NAME, list(by_number)))


def seen(viewing: Viewing, known: Collection[int]) -> int | None:
    """The number in the address, where the reader sees that value; known: those of the desk."""
    written = session.asked(NAME) or ""
    if not written.isdecimal() or len(written) > LONGEST:
        return None
    if int(written) in known:
        return int(written)
    try:
        with reading(engine()) as connection:
            reports.line(connection, viewing.user, int(written))
    except NotPermitted:
        return None
    return int(written)


def named(line: DeskLine | None, called: dict[int, str], language: str) -> str:
    """A figure in a list of choices."""
    if line is None:
        return say("figure.earlier", language)
    project = called.get(line.target.project, "")
    period = words.period_words(line.period, language)
    return f"{project} · {words.called(line.indicator, language)} · {period}"


def lead(line: DeskLine, project: str, language: str) -> str:
    """The figure in one sentence."""
    values = {
        "project": project,
        "period": words.period_words(line.period, language),
        "value": words.told(line, language, period=True),
        "status": words.status_words(line.status, language).lower(),
    }
    said = say("figure.lead", language, **values)
    if line.attained is None:
        return said
    achieved = words.amount(line.achieved, line.indicator, language)
    gone = words.attained_words(line, language)
    return f"{said} {say('figure.lead.target', language, achieved=achieved, gone=gone)}"


def evidence(viewing: Viewing, record: FigureRecord) -> None:
    """The files and links behind the figure."""
    section(say("figure.proofs", viewing.language))
    listed(viewing, record.proofs)
