"""A project manager's home: what to do this week, and where each of the own projects stands."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.charts import Phase
from dashboard.components import answer, begin, entity_link, part, section
from dashboard.figures import names
from dashboard.home import week
from dashboard.literal import literal
from dashboard.project_records import one_line, phases_sentence, span
from dashboard.session import Viewing
from dashboard.surveys.views import NEW, VIEW
from dashboard.truth import engine
from dashboard.wording import say
from data import access, records
from data.database import reading
from data.judgement.assessment_reading import JOINT, OWN, SUBMITTED, Assessment, assessments_of
from data.permissions import Kind, Verb
from data.records.duties import duties
from metrics.metric import Level

#: Projects whose phases stand on the page; who sees more opens each by its name.
IN_FULL = 6
#: Links to the others.
MOST_LINKS = 60


def show(viewing: Viewing) -> None:
    """What waits, then the projects phase by phase."""
    language = viewing.language
    begin(viewing, say("page.my_projects", language), ["Q3"], page="my_projects")
    called = names(viewing, Level.PROJECT)
    own = access.reach(viewing.user, Verb.ASSESS, Kind.ASSESSMENT)
    mine = {n: name for n, name in called.items() if own is None or n in own}
    if not mine:
        st.info(literal(say("home.no_projects", language)))
        return
    today = date.today()
    with reading(engine()) as connection:
        found = duties(connection, viewing.user, today)
        judged = assessments_of(connection, viewing.user)
    answer(week.sentence(found, today, language))
    week.week(viewing, found, mine, today)
    section(say("home.projects", language))
    for number, name in list(mine.items())[:IN_FULL] if len(mine) <= IN_FULL else ():
        project(viewing, number, name, [each for each in judged if each.project == number])
    if len(mine) > IN_FULL:
        st.markdown(literal(say("home.many", language, all=written.count(len(mine), language))))
        with st.grid(3, min_column_width=260, gap="xxsmall"):
            for number, name in list(mine.items())[:MOST_LINKS]:
                entity_link(viewing, "project", name, project_id=number)


def project(viewing: Viewing, number: int, name: str, judged: list[Assessment]) -> None:
    """One project: how far it is, in a sentence and a row a phase, and its judgements."""
    language = viewing.language
    with reading(engine()) as connection:
        detail = records.project_detail(connection, viewing.user, number)
        phases = records.phases(connection, viewing.user, number)
    part(name)
    if detail is not None:
        st.caption(literal(one_line(detail.project, language)))
    if not phases:
        st.info(say("empty.phases", language))
    else:
        rows = [
            Phase(
                records.name_in(phase, language),
                (phase.planned_start_on, phase.planned_end_on),
                (phase.actual_start_on, phase.actual_end_on),
            )
            for phase in phases
        ]
        st.markdown(literal(phases_sentence(rows, date.today(), language)))
        st.table(
            pd.DataFrame(
                {
                    say("table.phase", language): [literal(row.label) for row in rows],
                    say("table.planned", language): [span(row.planned, language) for row in rows],
                    say("table.actual", language): [span(row.actual, language) for row in rows],
                    say("home.own_judgement", language): [
                        state(judged, phase.common_phase, viewing, OWN) for phase in phases
                    ],
                    say("home.joint_judgement", language): [
                        state(judged, phase.common_phase, viewing, JOINT) for phase in phases
                    ],
                }
            ),
            alt=f"{say('section.phases', language)}: {name}",
            hide_index=True,
        )
    with st.container(horizontal=True):
        entity_link(viewing, "project", say("home.open_project", language), project_id=number)
        entity_link(
            viewing, "self_assessment", say("home.open_judgement", language), project_id=number
        )
        entity_link(
            viewing,
            "surveys",
            say("surveys.view.new", language),
            project_id=number,
            **{VIEW: NEW},
        )
        entity_link(viewing, "closing", say("home.open_report", language), project_id=number)


def state(judged: list[Assessment], phase: str, viewing: Viewing, kind: str) -> str:
    """Whether the own or the joint judgement of a phase was handed in."""
    mine = [
        each
        for each in judged
        if each.phase == phase
        and each.kind == kind
        and (kind == JOINT or each.rater == viewing.user.id)
    ]
    if not mine:
        return say("table.none", viewing.language)
    done = any(each.state == SUBMITTED for each in mine)
    return say(f"home.judgement.{'done' if done else 'open'}", viewing.language)
