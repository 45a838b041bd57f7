"""Making a release on the desk: the days, what would be frozen, what is missing, and the step."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.reporting import words
from dashboard.reporting.doing import say_later
from dashboard.session import (
    Viewing,
    entered,
    follow,
    give_back_turn,
    take_turn,
    turn,
)
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import access
from data.database import reading
from data.permissions import Kind, Verb
from data.releases.reading import releases as releases_of
from data.reporting import reading as reports
from data.reporting.desk import DeskLine
from data.reporting.periods import Period, periods
from data.reporting.targets import Target, targets
from metrics.indicators.indicator import Indicator

FORM, WHOLE = "release", ""
#: Seconds that a release may take; a portfolio of ten projects takes a few.
PATIENCE = 300
#: What is missing is listed up to here; the desk has the rest.
MOST = 30

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A target of a period of which nothing is approved. status: None where nothing is there."""

    project: int
    indicator: Indicator | str
    period: Period
    status: str | None


def releasing(viewing: Viewing, funder: int, called: Mapping[int, str]) -> None:
    """The way to a release, for those who may make one."""
    language = viewing.language
    if not access.can(viewing.user, Verb.RELEASE, Kind.RELEASE):
        return
    with reading(engine()) as connection:
        spans = periods(connection, viewing.user, funder=funder)
        promised = targets(connection, viewing.user, funder=funder)
    if not spans:
        return
    with st.expander(say("release.make", language)):
        st.markdown(literal(say("release.make_what", language)))
        mine = {span.project for span in spans}
        project = st.selectbox(
            say("release.scope", language),
            format_func=lambda n: called.get(n, say("release.whole", language)),
            width=420,
            **follow("release_project", [WHOLE, *(n for n in called if n in mine)]),
        )
        chosen = None if project == WHOLE else project
        own = [span for span in spans if chosen in (None, span.project)]
        firsts = sorted({span.starts_on for span in own})
        lasts = sorted({span.ends_on for span in own}, reverse=True)
        with st.container(horizontal=True):
            starts_on = _day("release_from", "release.from", firsts, language)
            ends_on = _day("release_to", "release.to", lasts, language)
        inside = [s for s in own if starts_on <= s.starts_on and s.ends_on <= ends_on]
        confirming(viewing, funder, chosen, (starts_on, ends_on), inside, promised, called)


def _day(name: str, label: str, days: Sequence[date], language: str) -> date:
    by_text = {day.isoformat(): day for day in days}
    chosen = st.selectbox(
        say(label, language),
        format_func=lambda text: written.day(by_text[text], language),
        width=200,
        **follow(name, list(by_text)),
    )
    return by_text[chosen]


def confirming(
    viewing: Viewing,
    funder: int,
    project: int | None,
    days: tuple[date, date],
    inside: Sequence[Period],
    promised: Sequence[Target],
    called: Mapping[int, str],
) -> None:
    """What would be frozen and what is missing; the reason of a correction; the step itself."""
    language, drawn = viewing.language, turn(FORM)
    settled, waiting = standing(viewing, funder, project, inside, promised)
    with reading(engine()) as connection:
        earlier = [
            line
            for line in releases_of(connection, viewing.user, funder=funder)
            if (line.project, line.starts_on, line.ends_on) == (project, *days)
        ]
    section(say("release.frozen", language))
    st.markdown(literal(say_count("release.will", len(settled), language, periods=len(inside))))
    listed(settled, waiting, called, language)
    if earlier:
        st.warning(literal(say("release.earlier", language, n=earlier[0].id)))
        st.text_area(say("release.reason", language), key=f"{FORM}_reason_{drawn}", max_chars=4000)
    st.checkbox(
        say("release.figures", language), value=True, key=f"{FORM}_figures_{drawn}",
        help=say("release.figures_help", language),
    )  # fmt: skip
    sure = st.checkbox(say("release.sure", language), key=f"{FORM}_sure_{drawn}")
    st.button(
        say("release.do", language), key=f"{FORM}_do", type="primary", disabled=not sure,
        on_click=_release, args=(viewing, funder, project, days, drawn),
    )  # fmt: skip


def standing(
    viewing: Viewing,
    funder: int,
    project: int | None,
    inside: Sequence[Period],
    promised: Sequence[Target],
) -> tuple[list[DeskLine], list[Waiting]]:
    """The values that a release would freeze, and what it would only name as pending."""
    spans = {span.id: span for span in inside}
    with reading(engine()) as connection:
        lines = [
            line
            for line in reports.desk(
                connection, viewing.user, funder=funder, project=project, every_period=True
            )
            if line.period is not None and line.period.id in spans
        ]
        settled = reports.standing(connection, viewing.user, lines)
    known = {(line.target.id, line.period.id): line for line in lines}
    waiting = [
        Waiting(line.target.project, line.indicator, line.period, line.status)
        for line in lines
        if line.status not in reports.SETTLED
    ]
    waiting += [
        Waiting(span.project, target.indicator, span, None)
        for span in inside
        for target in promised
        if target.project == span.project and (target.id, span.id) not in known
    ]
    return settled, waiting


def listed(
    settled: Sequence[DeskLine],
    waiting: Sequence[Waiting],
    called: Mapping[int, str],
    language: str,
) -> None:
    """By project how many figures would be frozen, and each that is missing with why."""
    if settled:
        counts = pd.Series([line.target.project for line in settled]).value_counts()
        frame = pd.DataFrame(
            {
                say("report.column.project", language): [
                    literal(called.get(number, "")) for number in counts.index
                ],
                say("release.column.frozen", language): [
                    written.count(int(n), language) for n in counts
                ],
            }
        )
        st.table(frame, alt=say("release.frozen", language), hide_index=True)
    if not waiting:
        st.markdown(literal(say("release.nothing_waits", language)))
        return
    st.markdown(literal(say_count("release.waits", len(waiting), language)))
    shown = waiting[:MOST]
    rows = {
        "project": [called.get(each.project, "") for each in shown],
        "indicator": [_indicator(each, language) for each in shown],
        "period": [words.period_words(each.period, language) for each in shown],
        "status": [words.status_words(each.status, language) for each in shown],
    }
    frame = pd.DataFrame(
        {say(f"report.column.{n}", language): [literal(c) for c in v] for n, v in rows.items()}
    )
    st.table(frame, alt=say("release.missing", language), hide_index=True)
    if len(waiting) > MOST:
        st.caption(literal(say("section.only_first", language, shown=MOST, all=len(waiting))))


def _indicator(waiting: Waiting, language: str) -> str:
    if isinstance(waiting.indicator, str):
        return waiting.indicator.partition("@")[0]
    return words.called(waiting.indicator, language)


def _release(
    viewing: Viewing, funder: int, project: int | None, days: tuple[date, date], drawn: int
) -> None:
    if not take_turn(FORM, drawn):
        return
    request = {
        "user": viewing.user.id,
        "funder": funder,
        "project": project,
        "starts_on": days[0].isoformat(),
        "ends_on": days[1].isoformat(),
        "reason": entered(f"{FORM}_reason_{drawn}"),
        "figures": bool(entered(f"{FORM}_figures_{drawn}", True)),
    }
    answer = asked(request)
    if "done" in answer:
        say_later(True, "release.done", **answer["done"])
        return
    give_back_turn(FORM, drawn)
    values = {name: _read(name, value) for name, value in answer["values"].items()}
    say_later(False, f"release.refused.{answer['refused']}", **values)


def asked(request: dict[str, object]) -> dict[str, object]:
    """What the child process says of a release; "failed" where it said nothing."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dashboard.reporting.release_worker"],
            input=json.dumps(request), capture_output=True, text=True, timeout=PATIENCE,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"refused": "failed", "values": {}}
    if done.returncode:
        log.error("a release was not made: %s", done.stderr.strip().splitlines()[-1:])
        return {"refused": "failed", "values": {}}
    return json.loads(done.stdout)


def _read(name: str, value: object) -> object:
    """A value of a refusal; days come as text."""
    return date.fromisoformat(str(value)) if name.endswith("_on") else value
