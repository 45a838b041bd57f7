"""The fields of a new collection: their names, what stands in them at first, and read out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from dashboard.session import Viewing, entered, named
from dashboard.surveys import invitees, personal
from dashboard.surveys.views import PHASE
from dashboard.truth import engine
from data import records
from data.database import reading
from data.fieldwork.asking import NewCollection
from data.fieldwork.collection_facts import CollectionFacts
from data.fieldwork.invitations import Invitee
from survey.instrument import GROUPS, PHASES, UNKNOWN_GROUP, WAVES, WHOLE_PROCESS, Instrument
from survey.text import LANGUAGES

FORM = "survey"
#: The three kinds of link in the order of how much they know of people.
KINDS = ("anonymous", "personal", "joined")
NOW, AT = "now", "at"


def field(name: str, drawn: int, mark: str = "") -> str:
    """The key of a field. mark: what its first value depends on besides."""
    return f"{FORM}_{name}_{drawn}_{mark}".rstrip("_")


def mark_of(project: int, instrument: str) -> str:
    """What the first values of whom and when to ask depend on."""
    return f"{project}_{instrument}"


def defaults(
    viewing: Viewing, project: int, instrument: Instrument, found: Sequence[CollectionFacts]
) -> dict[str, Any]:
    """What stands in the fields at first: the next wave that was not asked, the groups concerned.

    ``offered``: the groups that the questionnaire has questions for.

    ``kind``: what the questionnaire asks about.
    ``filed``: the waves and phases whose answers came as files; new ones are added to them.
    Missing: every group offered where nobody said whom the matter of the project concerns.
    """
    with reading(engine()) as connection:
        detail = records.project_detail(connection, viewing.user, project)
        fielded = records.collections(connection, viewing.user, project)
    linked = {
        (facts.opening.wave, facts.opening.phase)
        for facts in found
        if (facts.opening.project, facts.opening.instrument) == (project, instrument.key)
    }
    asked = {
        (one.wave, one.phase)
        for one in fielded
        if (one.instrument, one.version) == (instrument.code, instrument.version)
    }
    concerned = {one.group for one in detail.affected} if detail else set()
    offered = [code for code in (*GROUPS, UNKNOWN_GROUP) if instrument.has_questions_for(code)]
    known = [code for code in offered if code in GROUPS]
    phase = named(PHASE, PHASES) or WHOLE_PROCESS
    return {
        "wave": _next_wave(instrument, phase, asked | linked, linked),
        "phase": phase,
        "groups": [code for code in known if code in concerned] or known,
        "offered": offered,
        "filed": asked - linked,
        "kind": instrument.kind,
        "mark": mark_of(project, instrument.key),
    }


def _next_wave(instrument: Instrument, phase: str, *asked: Collection[tuple[str, str]]) -> str:
    """The wave after the usual first one that was not asked of a phase, or the whole process.

    asked: waves with their phases, what to go round at best first.
    """
    first = WAVES[2] if instrument.kind == "outcome" else WAVES[1]
    begin = WAVES.index(first)
    order = (*WAVES[begin:], *WAVES[:begin])
    free = (wave for taken in asked for wave in order if (wave, phase) not in taken)
    return next(free, first)


def entered_collection(
    drawn: int, project: int, instrument: str, now: datetime
) -> tuple[NewCollection | str, list[Invitee], tuple[invitees.Fault, ...]]:
    """What stands in the fields: the collection, the people to invite, what is wrong with them.

    Missing: instead of a collection the name of the time that nobody said, opens or closes.
    """
    mark = mark_of(project, instrument)
    kind = entered(field("link", drawn), KINDS[0])
    groups = tuple(entered(field("groups", drawn, mark)) or ())
    people: list[Invitee] = []
    faults: tuple[invitees.Fault, ...] = ()
    if kind != "anonymous" and (text := personal.listed(field("people", drawn))):
        people, faults = invitees.read(text, groups or GROUPS, joined=kind == "joined")
    later = entered(field("opens", drawn), NOW) != NOW
    opens = entered(field("opens_at", drawn)) if later else now
    closes = entered(field("closes", drawn))
    is_timed = entered(field("ending", drawn), AT) == AT
    if opens is None or (is_timed and closes is None):
        return "opens" if opens is None else "closes", people, faults
    new = NewCollection(
        project=project,
        instrument=instrument,
        wave=entered(field("wave", drawn, mark), WAVES[1]),
        phase=entered(field("phase", drawn, mark), WHOLE_PROCESS),
        groups=groups,
        opens=opens,
        closes=closes if is_timed else None,
        link="anonymous" if kind == "anonymous" else "personal",
        joined=kind == "joined",
        languages=_in_order(entered(field("languages", drawn), LANGUAGES)),
        invited=_invited(drawn, groups) if kind == "anonymous" else {},
        thanks=_thanks(drawn),
    )
    return new, people, faults


def _in_order(chosen: Sequence[str]) -> tuple[str, ...]:
    return tuple(code for code in LANGUAGES if code in chosen)


def _invited(drawn: int, groups: Sequence[str]) -> dict[str, int]:
    counts = {code: entered(field(f"invited_{code}", drawn)) for code in groups}
    return {code: int(people) for code, people in counts.items() if people is not None}


def _thanks(drawn: int) -> dict[str, str]:
    said = {code: (entered(field(f"thanks_{code}", drawn)) or "").strip() for code in LANGUAGES}
    return {code: text for code, text in said.items() if text}
