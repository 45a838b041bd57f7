"""What to do next: the rubric's next level where the two views lie apart, or where it is low."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from dashboard.judging.words import construct_name, title_of
from dashboard.labels import phase_name
from dashboard.literal import literal
from dashboard.session import Viewing, link
from dashboard.truth import engine
from dashboard.wording import say
from data import access
from data.database import reading
from data.judgement.assessment_reading import JOINT, SUBMITTED, Assessment, Rating, assessments_of
from data.permissions import Kind, Verb
from survey.rubric import Criterion, rubric

#: What is suggested at once: more than a few things are not done.
MOST = 3

Place = tuple[str, str]


def next_steps(
    viewing: Viewing, project: int, phases: Collection[str], blind: Sequence[Place]
) -> None:
    """The next level of the blind spots, and after them of the lowest constructs."""
    language = viewing.language
    with reading(engine()) as connection:
        found = assessments_of(connection, viewing.user, project)
    standing = standing_levels([a for a in found if a.phase in phases])
    if not standing:
        st.info(literal(say("gap.next_none", language)))
        return
    lowest = sorted(standing, key=lambda place: (standing[place][0], place))
    chosen = list(dict.fromkeys([place for place in blind if place in standing] + lowest))[:MOST]
    for phase, construct in chosen:
        level, criterion = standing[phase, construct]
        step(phase, construct, level, criterion, language, blind=(phase, construct) in blind)
    if access.can(viewing.user, Verb.ASSESS, Kind.ASSESSMENT, project):
        for phase in dict.fromkeys(phase for phase, _ in chosen):
            link(
                viewing,
                "self_assessment",
                say("gap.open", language, phase=f"{phase} {phase_name(phase, language)}"),
                project_id=project,
                judge_phase=phase,
                judge_view="joint",
            )


def step(
    phase: str, construct: str, level: int, criterion: Criterion, language: str, *, blind: bool
) -> None:
    """What one construct asks for next."""
    head = say("gap.place", language, construct=construct_name(construct, language), phase=phase)
    said = [
        say("gap.level_now", language, title=title_of(level, criterion, language)),
    ]
    if blind:
        said.append(say("gap.blind_next", language))
    above = criterion.levels[level:][:1]
    if above:
        said.append(
            say(
                "gap.next_level",
                language,
                title=above[0].title.in_language(language),
                meaning=above[0].meaning.in_language(language),
            )
        )
    else:
        meaning = criterion.level(level).meaning.in_language(language)
        said.append(say("gap.at_top", language, meaning=meaning))
    st.markdown(f"**{literal(head)}.** {literal(' '.join(said))}")


def standing_levels(found: Sequence[Assessment]) -> dict[Place, tuple[int, Criterion]]:
    """The level that stands for each construct of each phase: the joint one, else the lowest.

    The lowest rater has seen what is still to be done.
    """
    levels: dict[Place, tuple[int, Criterion]] = {}
    agreed: set[Place] = set()
    for assessment in found:  # the joint one comes first
        if assessment.state != SUBMITTED:
            continue
        criteria = rubric(assessment.rubric_version).of(assessment.phase)
        for construct, criterion in criteria.items():
            place = (assessment.phase, construct)
            level = assessment.ratings.get(construct, Rating()).level
            if level is None or place in agreed:
                continue
            if assessment.kind == JOINT:
                agreed.add(place)
            if place not in levels or level < levels[place][0]:
                levels[place] = (level, criterion)
    return levels
