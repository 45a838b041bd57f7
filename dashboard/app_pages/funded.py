"""A funder's home: the projects that it funds, what each has reported, and what waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import answer, begin, section
from dashboard.figures import names
from dashboard.literal import literal
from dashboard.reporting import words
from dashboard.session import Viewing, address, follow, link
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import records
from data.database import reading
from data.records import Project
from data.releases.reading import ReleaseLine, releases
from data.reporting import reading as reports
from data.reporting.desk import DeskLine
from data.reporting.periods import Period, periods
from metrics.metric import Level

#: Releases that are listed; the others are found on the reporting page.
MOST_RELEASES = 8


def show(viewing: Viewing) -> None:
    """What waits for the funder, a row for each of its projects, and the newest releases."""
    language = viewing.language
    begin(viewing, say("page.funded", language), ["Q1"], page="funded")
    with reading(engine()) as connection:
        lines = reports.desk(connection, viewing.user)
    called = names(viewing, Level.FUNDER)
    promised = {line.target.funder for line in lines}
    own = [number for number in called if number in promised] or list(called)
    if not own:
        st.info(literal(say("home.no_funder", language)))
        return
    funder = own[0]
    if len(own) > 1:
        funder = st.selectbox(
            say("choose.funder", language),
            format_func=called.get,
            width=420,
            **follow("report_funder", own),
        )
    with reading(engine()) as connection:
        funded = records.projects(connection, viewing.user, funder=funder)
        released = releases(connection, viewing.user, funder=funder)
        overdue = late(periods(connection, viewing.user, funder=funder), date.today())
    theirs = [line for line in lines if line.target.funder == funder]
    if not funded:
        st.info(literal(say("home.no_funded", language)))
        return
    answer(sentence(funded, theirs, called[funder], language))
    called_of = {project.id: records.name_in(project, language) for project in funded}
    waiting(viewing, funder, theirs, called_of)
    section(say("home.funded", language))
    st.markdown(literal(say("home.funded_lead", language)))
    st.table(
        table(viewing, funded, theirs, released, overdue),
        alt=say("home.funded", language),
        hide_index=True,
    )
    link(viewing, "reporting", say("home.open_desk", language), report_funder=funder)
    section(say("home.releases", language))
    newest(viewing, released)


def sentence(
    funded: Sequence[Project], lines: Sequence[DeskLine], funder: str, language: str
) -> str:
    """How many projects, and what of their figures waits, is approved and is missing."""
    said = say_count("home.funds", len(funded), language, funder=funder)
    if not lines:
        return f"{said} {say('home.no_targets', language)}"
    numbers = {name: written.count(number, language) for name, number in by_part(lines).items()}
    return f"{said} {say('home.figures', language, all=len(lines), **numbers)}"


def by_part(lines: Sequence[DeskLine]) -> dict[str, int]:
    """How many promised figures wait for approval, are approved, came back, and are missing."""
    return {
        "pending": sum(line.status in words.PENDING for line in lines),
        "approved": sum(line.status in words.APPROVED for line in lines),
        "missing": sum(line.status not in (*words.PENDING, *words.APPROVED) for line in lines),
    }


def waiting(
    viewing: Viewing, funder: int, lines: Sequence[DeskLine], called: Mapping[int, str]
) -> None:
    """The figures that the funder is to approve or send back, each a link to it."""
    language = viewing.language
    pending = [line for line in lines if line.status in words.PENDING]
    section(say("home.to_approve", language))
    if not pending:
        st.success(literal(say("home.nothing_to_approve", language)))
        return
    with st.grid(2, min_column_width=340, border=True, gap="small"):
        for line in pending[:MOST_RELEASES]:
            with st.container(gap="xxsmall"):
                label = line.indicator.label.in_language(language)
                value = words.told(line, language, period=True)
                st.markdown(f"**{literal(f'{label}: {value}')}**")
                project = called.get(line.target.project, "")
                period = words.period_words(line.period, language)
                st.markdown(literal(f"{project} · {period}"))
                link(viewing, "figure", say("home.do.approve", language), figure_id=line.reported)
    if len(pending) > MOST_RELEASES:
        st.caption(say("home.more", language, shown=MOST_RELEASES, all=len(pending)))
        link(viewing, "reporting", say("home.all_waiting", language), report_funder=funder)


def table(
    viewing: Viewing,
    funded: Sequence[Project],
    lines: Sequence[DeskLine],
    released: Sequence[ReleaseLine],
    overdue: Mapping[int, int],
) -> pd.DataFrame:
    """A row a project: where it stands, what was promised, reported, approved, and released."""
    language = viewing.language
    of_project: dict[int, list[DeskLine]] = defaultdict(list)
    for line in lines:
        of_project[line.target.project].append(line)
    newest_of = {one.project: one for one in reversed(released) if one.corrected_by is None}
    whole = newest_of.get(None)
    none = say("table.none", language)
    parts = {project.id: by_part(of_project[project.id]) for project in funded}

    def name(project: Project) -> str:
        words_of = literal(records.name_in(project, language))
        found = address(viewing, "reporting", report_project=project.id)
        return words_of if found is None or not of_project[project.id] else f"[{words_of}]({found})"

    def release(project: Project) -> str:
        found = newest_of.get(project.id) or whole
        return none if found is None else literal(written.day(found.ends_on, language))

    columns = {
        "report.column.project": [name(project) for project in funded],
        "home.column.state": [
            say(f"project.status.{project.status}", language) for project in funded
        ],
        "home.column.promised": [
            written.count(len(of_project[project.id]), language) for project in funded
        ],
        **{
            f"home.column.{part}": [
                written.count(parts[project.id][part], language) for project in funded
            ]
            for part in ("pending", "approved", "missing")
        },
        "home.column.overdue": [
            written.count(overdue.get(project.id, 0), language) for project in funded
        ],
        "home.column.released": [release(project) for project in funded],
    }
    return pd.DataFrame({say(key, language): cells for key, cells in columns.items()})


def late(found: Sequence[Period], today: date) -> Counter[int]:
    """How many periods of each project are over their day and not closed."""
    return Counter(
        period.project
        for period in found
        if period.closed_at is None and (period.due_on or period.ends_on) < today
    )


def newest(viewing: Viewing, released: Sequence[ReleaseLine]) -> None:
    """The frozen and signed reports, the newest first."""
    language = viewing.language
    if not released:
        st.info(literal(say("home.no_releases", language)))
        return
    called = names(viewing, Level.PROJECT)
    every = say("home.all_projects", language)

    def name(one: ReleaseLine) -> str:
        words_of = literal(called.get(one.project, every))
        chosen = {} if one.project is None else {"report_project": one.project}
        found = address(viewing, "reporting", **chosen)
        return words_of if found is None else f"[{words_of}]({found})"

    st.table(
        pd.DataFrame(
            {
                say("report.column.release", language): [str(one.id) for one in shown(released)],
                say("report.column.project", language): [name(one) for one in shown(released)],
                say("report.column.period", language): [
                    literal(written.days(one.starts_on, one.ends_on, language))
                    for one in shown(released)
                ],
                say("home.column.at", language): [
                    literal(written.moment(one.released_at, language)) for one in shown(released)
                ],
                say("home.column.standing", language): [
                    say("home.release.corrected", language, n=one.corrected_by)
                    if one.corrected_by
                    else say("home.release.stands", language)
                    for one in shown(released)
                ],
            }
        ),
        alt=say("home.releases", language),
        hide_index=True,
    )
    st.caption(literal(say("home.verify", language)))


def shown(released: Sequence[ReleaseLine]) -> Sequence[ReleaseLine]:
    return released[:MOST_RELEASES]
