"""What the registers say of a project: its phases, surveys, events, proposals and facts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.charts import Phase, phase_timeline
from dashboard.components import draw, table_block
from dashboard.figures import names
from dashboard.labels import group_name, phase_name, questionnaire_name, wave_name
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import records
from data.database import reading
from data.records import Project, ProjectDetail
from metrics.metric import Level

MOST_EVENTS = 15
MOST_PROPOSALS = 15
#: A phase is late when it runs over its plan by more than this.
TOLERANCE = timedelta(days=14)


def one_line(project: Project, language: str) -> str:
    """Status and time of a project: käynnissä, 1.2.2025–30.6.2026."""
    status = say(f"project.status.{project.status}", language)
    if not (project.starts_on or project.ends_on):
        return status
    days = written.days(project.starts_on, project.ends_on, language)
    return say("project.one_line", language, status=status, days=days)


def phases(viewing: Viewing, project: int) -> None:
    """Planned and actual time of every phase, as a time line and as a table."""
    language = viewing.language
    with reading(engine()) as connection:
        found = records.phases(connection, viewing.user, project)
    if not found:
        st.info(say("empty.phases", language))
        return
    rows = [
        Phase(
            records.name_in(phase, language),
            (phase.planned_start_on, phase.planned_end_on),
            (phase.actual_start_on, phase.actual_end_on),
        )
        for phase in found
    ]
    today = date.today()
    title = say("section.phases", language)
    st.markdown(literal(phases_sentence(rows, today, language)))
    draw(phase_timeline(rows, today, language), phases_alt(rows, title, language))
    st.caption(literal(say("chart.key.timeline", language)))
    table_block(
        pd.DataFrame(
            {
                say("table.phase", language): [literal(row.label) for row in rows],
                say("table.planned", language): [span(row.planned, language) for row in rows],
                say("table.actual", language): [span(row.actual, language) for row in rows],
            }
        ),
        title,
        language,
    )


def span(days: tuple[date | None, date | None], language: str) -> str:
    """A stretch of days, or that it is not known."""
    return literal(written.days(*days, language)) or say("fact.unknown", language)


def phases_sentence(rows: list[Phase], today: date, language: str) -> str:
    """How many phases are over, which one is going on, and how many run late."""
    over = sum(1 for row in rows if row.actual[1] and row.actual[1] <= today)
    going = [row.label for row in rows if row.actual[0] and not row.actual[1]]
    late = sum(1 for row in rows if is_late(row, today))
    said = [say("phases.over", language, over=over, all=len(rows))]
    if going:
        said.append(say("phases.going", language, phases=", ".join(going)))
    if late:
        said.append(say_count("phases.late", late, language))
    return " ".join(said)


def is_late(row: Phase, today: date) -> bool:
    """Whether a phase ended, or has still not ended, well after its planned end."""
    planned_end = row.planned[1]
    return planned_end is not None and (row.actual[1] or today) > planned_end + TOLERANCE


def phases_alt(rows: list[Phase], title: str, language: str) -> str:
    """The time line in words."""
    said = [
        say(
            "phases.alt",
            language,
            phase=row.label,
            planned=written.days(*row.planned, language) or say("fact.unknown", language),
            actual=written.days(*row.actual, language) or say("fact.unknown", language),
        )
        for row in rows
    ]
    return " ".join([say("alt.start", language, title=title), *said])


def collections(viewing: Viewing, project: int) -> None:
    """When the project was asked what, and how many were invited."""
    language = viewing.language
    with reading(engine()) as connection:
        found = records.collections(connection, viewing.user, project)
    if not found:
        st.info(say("empty.collections", language))
        return
    table = pd.DataFrame(
        {
            say("know.instrument", language): [
                literal(questionnaire_name(f"{one.instrument}@{one.version}", language))
                for one in found
            ],
            say("table.wave", language): [wave_name(one.wave, language) for one in found],
            say("table.phase", language): [phase_name(one.phase, language) for one in found],
            say("collection.time", language): [
                span((one.opens_on, one.closes_on), language) for one in found
            ],
            say("collection.invited", language): [
                written.count(sum(people for _, people in one.invited), language)
                if one.invited
                else say("fact.unknown", language)
                for one in found
            ],
        }
    )
    st.table(table, alt=say("section.collections", language), hide_index=True)


def events(viewing: Viewing, project: int) -> None:
    """What was done, the latest first."""
    language = viewing.language
    with reading(engine()) as connection:
        found = records.events(connection, viewing.user, project)
    if not found:
        st.info(say("empty.events_here", language))
        return
    shown = found[::-1][:MOST_EVENTS]
    none = say("table.none", language)
    table = pd.DataFrame(
        {
            say("event.day", language): [
                literal(written.day(event.starts_on, language)) for event in shown
            ],
            say("event.kind", language): [
                say(f"event.kind.{event.kind}", language) for event in shown
            ],
            say("event.title", language): [
                literal(event.title) if event.title else none for event in shown
            ],
            say("event.phase", language): [phase_name(event.phase, language) for event in shown],
            say("event.groups", language): [
                ", ".join(group_name(code, language) for code in event.groups) or none
                for event in shown
            ],
        }
    )
    if len(found) > len(shown):
        st.caption(say("event.only_latest", language, shown=len(shown), all=len(found)))
    st.table(table, alt=say("section.events", language), hide_index=True)


def proposals(viewing: Viewing, project: int) -> None:
    """The proposals that the project took over, and where they stand."""
    language = viewing.language
    with reading(engine()) as connection:
        page = records.proposals(connection, viewing.user, project=project, limit=MOST_PROPOSALS)
    if not page.rows:
        st.info(say("empty.no_proposals_of_project", language))
        return
    st.markdown(say_count("proposal.count_here", page.total, language))
    st.table(
        proposal_table(page.rows, language), alt=say("section.proposals", language), hide_index=True
    )


def proposal_table(rows: list[records.Proposal], language: str) -> pd.DataFrame:
    """Proposals as a table of texts, each shown exactly as it was written."""
    none = say("table.none", language)
    return pd.DataFrame(
        {
            say("proposal.title", language): [literal(row.title) for row in rows],
            say("proposal.category", language): [literal(row.category or none) for row in rows],
            say("proposal.status", language): [
                say(f"proposal.status.{row.status}", language) if row.status else none
                for row in rows
            ],
            say("proposal.taken_up_by", language): [
                literal(row.taken_up_by or none) for row in rows
            ],
        }
    )


def facts(viewing: Viewing, detail: ProjectDetail) -> None:
    """Everything that the register says of the project."""
    language = viewing.language
    project = detail.project
    unknown = say("fact.unknown", language)
    listed = {
        "code": project.code,
        "status": say(f"project.status.{project.status}", language),
        "time": written.days(project.starts_on, project.ends_on, language),
        "themes": called(viewing, Level.THEME, project.themes),
        "areas": called(viewing, Level.AREA, project.areas),
        "programmes": called(viewing, Level.PROGRAMME, project.programmes),
        "template": records.name_in(detail.template, language) if detail.template else "",
        "funding": "; ".join(
            say(
                "fact.funding_words",
                language,
                funder=records.name_in(one.funder, language),
                granted=euros(one.granted_eur, language),
                used=euros(one.used_eur, language),
            )
            for one in detail.funding
        ),
        "affected": "; ".join(
            say(
                "fact.affected_words",
                language,
                group=group_name(one.group, language),
                people=written.count(one.people, language),
                source=one.source,
            )
            for one in detail.affected
        ),
    }
    if detail.description:
        st.text(detail.description)
    st.table(
        pd.DataFrame(
            {
                say("fact.name", language): [say(f"fact.{name}", language) for name in listed],
                say("fact.value", language): [literal(text or unknown) for text in listed.values()],
            }
        ),
        alt=say("section.facts", language),
        hide_index=True,
    )


def called(viewing: Viewing, level: Level, numbers: tuple[int, ...]) -> str:
    """The names of entities, one after another."""
    known = names(viewing, level)
    return ", ".join(known[number] for number in numbers if number in known)


def euros(amount: Decimal | None, language: str) -> str:
    """A sum of money, or that it is not known."""
    return (
        say("fact.unknown", language) if amount is None else written.money(float(amount), language)
    )
