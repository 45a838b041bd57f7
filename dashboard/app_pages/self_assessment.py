"""How a project judges its own phases: alone, together, with what is missing and what was."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.components import answer, begin, choose, entity_link, section
from dashboard.figures import latest, names, publication
from dashboard.judging import saving
from dashboard.judging.beside import beside
from dashboard.judging.conflict import conflict
from dashboard.judging.form import form
from dashboard.judging.past import past
from dashboard.judging.read_only import reopening, told
from dashboard.judging.ready import readiness_sentence, ready
from dashboard.judging.words import state_words, whose
from dashboard.labels import phase_name
from dashboard.literal import literal
from dashboard.sections.gap import gap_of_phase
from dashboard.session import Viewing, follow
from dashboard.truth import engine
from dashboard.wording import say
from data import access, records
from data.database import reading
from data.judgement import readiness
from data.judgement.assessment_reading import JOINT, OWN, SUBMITTED, Assessment, assessments_of
from data.permissions import Kind, Verb
from metrics.metric import Level
from survey.instrument import PHASES

#: What those who assess may look at, and what readers may.
VIEWS = ("own", "joint", "gap", "ready", "history")
READERS_VIEWS = ("joint", "gap", "ready")


def show(viewing: Viewing) -> None:
    """The chosen phase of the chosen project, in the chosen view."""
    language = viewing.language
    begin(viewing, say("page.self_assessment", language), ["Q3"], page="self_assessment")
    called = names(viewing, Level.PROJECT)
    if not called:
        st.info(say("empty.projects", language))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        project = choose(viewing, "project", list(called), called.get)
        if project is None:
            return
        phase = st.selectbox(
            say("judge.phase", language),
            format_func=lambda code: f"{code} {phase_name(code, language)}",
            **follow("judge_phase", PHASES, current_phase(viewing, project)),
        )
    may_assess = access.can(viewing.user, Verb.ASSESS, Kind.ASSESSMENT, project)
    with reading(engine()) as connection:
        found = assessments_of(connection, viewing.user, project, phase)
        missing = readiness.ready(connection, viewing.user, project, phase)
    section(f"{called[project]}: {phase_name(phase, language)}")
    answer(readiness_sentence(missing, language))
    view = st.segmented_control(
        say("judge.view", language),
        format_func=lambda code: say(f"judge.view.{code}", language),
        **follow("judge_view", VIEWS if may_assess else READERS_VIEWS),
    )
    saving.tell(language)
    if view == "ready":
        ready(viewing, missing)
    elif view == "gap":
        compared(viewing, project, phase, found)
    elif view == "history":
        histories(viewing, found)
    elif view == "joint":
        together(viewing, project, phase, found, may_assess=may_assess)
    else:
        alone(viewing, project, phase, found)


def current_phase(viewing: Viewing, project: int) -> str:
    """The common phase that is going on, else the last one that began, else the first."""
    with reading(engine()) as connection:
        known = records.phases(connection, viewing.user, project)
    begun = [phase for phase in known if phase.actual_start_on and phase.common_phase in PHASES]
    going = [phase for phase in begun if not phase.actual_end_on]
    latest_of = (going or begun)[-1:]
    return latest_of[0].common_phase if latest_of else PHASES[0]


def alone(viewing: Viewing, project: int, phase: str, found: Sequence[Assessment]) -> None:
    """The rater's own judgement: begun, written, or handed in."""
    language = viewing.language
    mine = next((a for a in found if a.kind == OWN and a.rater == viewing.user.id), None)
    if mine is None or mine.state != SUBMITTED:
        st.markdown(literal(say("judge.own_means", language)))
    if mine is None:
        begin_button(viewing, project, phase, OWN)
        return
    if mine.state == SUBMITTED:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(say("judge.after_own", language)), width="content")
            for view in ("gap", "joint"):
                entity_link(
                    viewing,
                    "self_assessment",
                    say(f"judge.view.{view}", language),
                    project_id=project,
                    judge_phase=phase,
                    judge_view=view,
                )
    written(viewing, mine, ())


def together(
    viewing: Viewing, project: int, phase: str, found: Sequence[Assessment], *, may_assess: bool
) -> None:
    """The joint judgement, with the raters' own ones beside it."""
    language = viewing.language
    means = "judge.joint_means" if may_assess else "judge.joint_read"
    st.markdown(literal(say(means, language)))
    raters = [a for a in found if a.kind == OWN and a.state == SUBMITTED]
    joint = next((a for a in found if a.kind == JOINT), None)
    judging = any(
        a.kind == OWN and a.rater == viewing.user.id and a.state != SUBMITTED for a in found
    )
    if judging:
        st.info(literal(say("judge.alone_first", language)))
    if joint is not None:
        written(viewing, joint, raters)
    elif may_assess:
        begin_button(viewing, project, phase, JOINT)
    else:
        st.info(literal(say("judge.no_joint", language)))
        entity_link(viewing, "process", say("judge.where_known", language))
    section(say("judge.beside", language))
    beside(viewing, raters, joint)


def written(viewing: Viewing, assessment: Assessment, raters: Sequence[Assessment]) -> None:
    """An assessment as it may be treated now: chosen between, written, or read."""
    language = viewing.language
    if not assessment.writable:
        told(viewing, assessment)
        return
    draft = saving.draft_of(viewing, assessment)
    if draft.conflict is not None:
        conflict(viewing, assessment, draft)
    elif assessment.state == SUBMITTED:
        told(viewing, assessment)
    else:
        st.caption(literal(f"{whose(assessment, language)}: {state_words(assessment, language)}"))
        form(viewing, assessment, raters)
    if assessment.state == SUBMITTED:
        reopening(viewing, assessment)


def begin_button(viewing: Viewing, project: int, phase: str, kind: str) -> None:
    """Begin an assessment where there is none."""
    if st.button(say(f"judge.start_{kind}", viewing.language), key="judge_start", type="primary"):
        saving.start(project, phase, kind)
        st.rerun()


def compared(viewing: Viewing, project: int, phase: str, found: Sequence[Assessment]) -> None:
    """The published gap of the phase; while somebody judges alone they do not see it."""
    language = viewing.language
    if any(a.kind == OWN and a.rater == viewing.user.id and a.state != SUBMITTED for a in found):
        st.info(literal(say("judge.gap_after", language)))
    elif latest() is None:
        st.info(say("app.nothing_published", language))
    else:
        gap_of_phase(viewing, project, phase, publication())


def histories(viewing: Viewing, found: Sequence[Assessment]) -> None:
    """The history of every assessment of the phase that the rater may see."""
    language = viewing.language
    if not found:
        st.info(literal(say("judge.no_history", language)))
    for assessment in found:
        section(whose(assessment, language))
        st.caption(literal(state_words(assessment, language)))
        past(viewing, assessment)
