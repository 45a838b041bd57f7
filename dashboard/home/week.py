"""What waits for somebody who leads projects: each matter in words, and the way to do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.labels import phase_name
from dashboard.literal import literal
from dashboard.session import Viewing, link
from dashboard.surveys.views import COLLECTION, NEW, VIEW
from dashboard.wording import say, say_count
from data.records.duties import Duty, Matter
from survey.instrument import PHASES

#: Matters that are shown of one kind of urgency; the others are counted.
MOST = 8
#: Longer than this is told in months.
MONTHS_FROM, MONTH = 60, 30
#: Matters whose words are the number of a reporting period.
OF_PERIODS = (Matter.PERIOD_DUE, Matter.RETURNED)


def sentence(found: Sequence[Duty], today: date, language: str) -> str:
    """How much waits this week, and how much of it is late."""
    if not found:
        return say("home.nothing_waits", language)
    late = sum(duty.days_late(today) > 0 and is_deadline(duty) for duty in found)
    said = say_count("home.waits", len(found), language)
    return f"{said} {say_count('home.late', late, language)}" if late else said


def is_deadline(duty: Duty) -> bool:
    """Whether its day is one by which it was to be done, not one from which it can be."""
    return duty.matter not in (Matter.JUDGEMENT, Matter.JUDGEMENT_OPEN, Matter.FOLLOW_UP)


def week(viewing: Viewing, found: Sequence[Duty], called: Mapping[int, str], today: date) -> None:
    """Everything that waits: what is late first, then what this week brings, then the rest."""
    language = viewing.language
    if not found:
        st.success(literal(say("home.nothing_to_do", language)))
        return
    late = [duty for duty in found if is_deadline(duty) and duty.days_late(today) > 0]
    dated = [duty for duty in found if duty.due_on and is_deadline(duty) and duty not in late]
    rest = [duty for duty in found if duty not in late and duty not in dated]
    for name, part in (("late", late), ("soon", dated), ("whenever", rest)):
        if not part:
            continue
        section(say(f"home.part.{name}", language))
        with st.grid(2, min_column_width=340, border=True, gap="small"):
            for duty in part[:MOST]:
                with st.container(gap="xxsmall"):
                    matter(viewing, duty, called.get(duty.project, ""), today)
        if len(part) > MOST:
            st.caption(say("home.more", language, shown=MOST, all=len(part)))


def matter(viewing: Viewing, duty: Duty, project: str, today: date) -> None:
    """One matter: what it is, of which project, by when, and a link to where it is done."""
    language = viewing.language
    st.markdown(f"**{literal(title(duty, language))}**")
    if duty.words and duty.matter not in OF_PERIODS:
        st.markdown(literal(duty.words))
    st.markdown(literal(f"{project} · {when(duty, today, language)}" if duty.due_on else project))
    page, label, selections = doing(duty)
    link(viewing, page, say(label, language), **selections)


def title(duty: Duty, language: str) -> str:
    """What waits, with its phase where it is about one."""
    phase = phase_name(duty.phase, language) if duty.phase in PHASES else ""
    return say(f"home.matter.{duty.matter}", language, phase=phase, period=duty.words).strip()


def when(duty: Duty, today: date, language: str) -> str:
    """By when, or how late; of a judgement, when its phase ended."""
    day = written.day(duty.due_on, language)
    days = duty.days_late(today)
    if not is_deadline(duty):
        return say(f"home.since.{'phase' if duty.phase else 'project'}", language, day=day)
    if days > MONTHS_FROM:
        return say("home.months_late", language, day=day, n=written.count(days // MONTH, language))
    if days > 0:
        return say_count("home.days_late", days, language, day=day)
    return say("home.by", language, day=day) if days else say("home.today", language)


def doing(duty: Duty) -> tuple[str, str, dict[str, object]]:
    """The page where a matter is done, what the link to it says, and what it opens with."""
    project = {"project_id": duty.project}
    judged = {"judge_phase": duty.phase} if duty.phase in PHASES else {}
    survey = "home.do.survey"
    pages: dict[Matter, tuple[str, str, dict[str, object]]] = {
        Matter.PHASE_LATE: ("project", "home.do.project", project),
        Matter.PHASE_ENDS: ("self_assessment", "home.do.ready", judged | {"judge_view": "ready"}),
        Matter.COLLECTION_CLOSES: ("surveys", survey, {COLLECTION: duty.number}),
        Matter.JUDGEMENT: ("self_assessment", "home.do.judge", judged | {"judge_view": "own"}),
        Matter.JUDGEMENT_OPEN: ("self_assessment", "home.do.go_on", judged | {"judge_view": "own"}),
        Matter.ACTION_DUE: ("self_assessment", "home.do.action", judged | {"judge_view": "joint"}),
        Matter.DECISION_DUE: ("project", "home.do.project", project),
        Matter.FOLLOW_UP: ("surveys", "home.do.ask", {VIEW: NEW}),
        Matter.PERIOD_DUE: ("closing", "home.do.report", {"period_id": duty.number}),
        Matter.RETURNED: ("closing", "home.do.correct", {"period_id": duty.number}),
    }
    page, label, selections = pages[duty.matter]
    return page, label, project | selections
