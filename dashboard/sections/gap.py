"""How a project judges its phases beside how participants do: blind spots and hidden strengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import GapRow, dumbbell, is_shown
from dashboard.components import Picture, part, picture_block
from dashboard.figures import figures, metric_of, one
from dashboard.judging.words import construct_name
from dashboard.labels import phase_name, questionnaire_name
from dashboard.literal import literal
from dashboard.sections.gap_next import next_steps
from dashboard.sections.gap_words import (
    BLIND,
    NONE,
    ORDER,
    finding_of,
    forms_of,
    forms_sentence,
    gap_sentence,
    gap_words,
    place_name,
)
from dashboard.sections.paging import page_of
from dashboard.sections.phases import forms
from dashboard.sections.rows import row
from dashboard.sections.scope import Scope
from dashboard.session import Viewing, follow, link
from dashboard.tables import state_text
from dashboard.wording import say
from data import access
from data.permissions import Kind, Verb
from data.sheets import RevisionFacts
from metrics.metric import ALL_WAVES, Level, Metric, Result
from survey.instrument import PHASES

#: Rows of one picture, and the choice that stands for all phases.
ROWS = 12
EVERY = ""


class Gap(NamedTuple):
    """A construct of a phase, from both sides, and how far they lie apart."""

    phase: str
    part: str
    gap: Result
    own: Result | None
    participants: Result | None


def perception_gap(viewing: Viewing, scope: Scope) -> None:
    """The gaps of a project, all phases together or one of them."""
    found = gaps_of(viewing, scope.entity, scope.process)
    phases = [phase for phase in PHASES if any(gap.phase == phase for gap in found)]
    language = viewing.language
    chosen = EVERY
    if len(phases) > 1:
        chosen = st.selectbox(
            say("gap.phase", language),
            format_func=lambda code: (
                f"{code} {phase_name(code, language)}" if code else say("gap.all_phases", language)
            ),
            width=320,
            **follow("gap_phase", [EVERY, *phases]),
        )
    some = [gap for gap in found if chosen in (EVERY, gap.phase)]
    draw(viewing, scope.entity, some, scope.publication)


def gap_of_phase(viewing: Viewing, project: int, phase: str, publication: RevisionFacts) -> None:
    """The gaps of one phase of a project."""
    found = gaps_of(viewing, project, None)
    draw(viewing, project, [gap for gap in found if gap.phase == phase], publication)


def draw(viewing: Viewing, project: int, found: Sequence[Gap], publication: RevisionFacts) -> None:
    """The picture of some gaps, what raters thought of it, and what to do next."""
    language = viewing.language
    if not found:
        st.info(literal(f"{say('gap.sentence.none', language)} {say('gap.nothing', language)}"))
        where_to_begin(viewing, project)
        return
    judged = judged_of(found)
    ordered = in_order(judged)
    _, some = page_of(viewing, "gap_page", ordered, ROWS)
    several = len({gap.phase for gap in judged}) > 1
    rows = [gap_row(gap, language, several=several) for gap in some]
    quality = metric_of("process_quality")
    title = say("gap.title", language)
    heads = (say("gap.own", language), say("gap.participants", language))
    picture_block(
        viewing,
        Picture(
            dumbbell(rows, quality, language, heads) if any_side(some) else None,
            alt_text(title, some, language),
            legend(some, language),
            gap_table(some, language),
        ),
        [
            (metric_of("perception_gap"), [gap.gap for gap in some]),
            (metric_of("self_assessment"), [g.own for g in some if g.own is not None]),
            (quality, [g.participants for g in some if g.participants is not None]),
        ],
        title=title,
        sentence=gaps_sentence(found, language),
        publication=publication,
        key="perception_gap",
    )
    raters(viewing, project, found)
    if any(gap.own is not None for gap in found):
        part(say("gap.next", language))
        blind = [(g.phase, g.part) for g in ordered if finding_of(g.gap) == BLIND]
        next_steps(viewing, project, {gap.phase for gap in found}, blind)
    else:
        where_to_begin(viewing, project)


def judged_of(found: Sequence[Gap]) -> Sequence[Gap]:
    """What the project has judged itself; everything, where it has judged nothing."""
    return [gap for gap in found if gap.own is not None] or found


def gaps_sentence(found: Sequence[Gap], language: str) -> str:
    """Where the two views differ, and which phases the project has not judged."""
    judged = judged_of(found)
    several = len({gap.phase for gap in judged}) > 1
    named = [
        (place_name(gap.part, gap.phase if several else "", language), gap.gap)
        for gap in in_order(judged)
    ]
    said = [gap_sentence(named, language), unjudged(found, judged, language)]
    return " ".join(filter(None, said))


def unjudged(found: Sequence[Gap], judged: Sequence[Gap], language: str) -> str:
    """The phases that participants were asked about and the project has not judged."""
    left = {gap.phase for gap in found} - {gap.phase for gap in judged}
    named = ", ".join(f"{code} {phase_name(code, language)}" for code in sorted(left))
    return say("gap.unjudged", language, phases=named) if left else ""


def where_to_begin(viewing: Viewing, project: int) -> None:
    """The way to the self-assessment, for those who make it."""
    if "self_assessment" in viewing.pages and access.can(
        viewing.user, Verb.ASSESS, Kind.ASSESSMENT, project
    ):
        link(
            viewing,
            "self_assessment",
            say("gap.begin", viewing.language),
            project_id=project,
        )


def gaps_of(viewing: Viewing, project: int, process: str | None) -> list[Gap]:
    """Every construct of every phase of a project that the project or participants judged.

    Where participants answered about a phase in several forms, the form that the page reads comes
    first, as in the picture of phases.
    """
    order = {key: place for place, key in enumerate(forms(process))}
    own = by_place(_of_phases(viewing, project, "self_assessment"), order)
    asked = {
        (each.split_value, each.part, each.instrument): each
        for each in _of_phases(viewing, project, "process_quality")
    }
    gaps = by_place(_of_phases(viewing, project, "perception_gap"), order)
    return [
        Gap(phase, part, gap, own.get((phase, part)), asked.get((phase, part, gap.instrument)))
        for (phase, part), gap in gaps.items()
    ]


def _of_phases(viewing: Viewing, project: int, metric: str) -> list[Result]:
    found = figures(viewing, level=Level.PROJECT, entity=project, metric=metric, split="phase")
    return [result for result in found if result.wave == ALL_WAVES]


def by_place(found: Sequence[Result], order: Mapping[str, int]) -> dict[tuple[str, str], Result]:
    """One figure for each phase and construct: one that is shown, of the form that comes first."""
    ranked = sorted(
        found, key=lambda r: (not is_shown(r), order.get(r.instrument, len(order)), r.instrument)
    )
    places: dict[tuple[str, str], Result] = {}
    for result in ranked:
        places.setdefault((result.split_value, result.part), result)
    return places


def in_order(found: Sequence[Gap]) -> list[Gap]:
    """Blind spots first, then hidden strengths, the widest of each first; gaps unknown last."""

    def place(gap: Gap) -> tuple[int, float, str, str]:
        finding = finding_of(gap.gap)
        wide = 0.0 if finding == NONE else -abs(gap.gap.value)
        return (ORDER.index(finding), wide, gap.phase, gap.part)

    return sorted(found, key=place)


def any_side(found: Sequence[Gap]) -> bool:
    """Whether either side of any row has a value."""
    sides = [side for gap in found for side in (gap.own, gap.participants)]
    return any(side is not None and is_shown(side) for side in sides)


def gap_row(gap: Gap, language: str, *, several: bool) -> GapRow:
    return GapRow(
        place_name(gap.part, gap.phase if several else "", language),
        gap.own,
        gap.participants,
        gap.gap,
        gap_words(gap.gap, language),
        finding_of(gap.gap) == NONE,
    )


def raters(viewing: Viewing, project: int, found: Sequence[Gap]) -> None:
    """How far those who judged the project stand from each other, where several did."""
    language = viewing.language
    metric = metric_of("rater_agreement")
    whole = one(
        figures(
            viewing, level=Level.PROJECT, entity=project, metric=metric.id, part="", split="total"
        )
    )
    if whole is None or not is_shown(whole) or not found:
        return
    if whole.value < 1:
        st.markdown(literal(say("gap.raters_agree", language)))
        return
    value = written.figure(whole.value, metric.unit, language)
    st.markdown(literal(say("gap.raters", language, value=value)))


# --- words --------------------------------------------------------------------------------------


def alt_text(title: str, found: Sequence[Gap], language: str) -> str:
    """Every row with both sides and the gap."""
    said = [
        say(
            "gap.alt",
            language,
            label=place_name(gap.part, gap.phase, language),
            own=side_words(gap.own, metric_of("self_assessment"), language),
            participants=side_words(gap.participants, metric_of("process_quality"), language),
            gap=gap_words(gap.gap, language),
        )
        for gap in found
    ]
    return " ".join([say("alt.start", language, title=title), *said])


def side_words(result: Result | None, metric: Metric, language: str) -> str:
    """A side with its interval, or that it is not there."""
    if result is None:
        return sentences.absence_words(None, language)
    return sentences.row_words(row("", result, language), metric, language)


def legend(found: Sequence[Gap], language: str) -> str:
    """What the marks and the named gaps mean: only those that are on the picture."""
    findings = {finding_of(gap.gap) for gap in found}
    keys = ["gap.key", *(f"gap.key.{name}" for name in ORDER if name in findings)]
    if any(gap.gap.indicative for gap in found):
        keys.append("chart.key.indicative")
    said = [say(key, language) for key in keys]
    phases = sorted({gap.phase for gap in found})
    said += [f"{code} {phase_name(code, language)}." for code in phases if len(phases) > 1]
    return " ".join(filter(None, [*said, forms_sentence([gap.gap for gap in found], language)]))


def gap_table(found: Sequence[Gap], language: str) -> pd.DataFrame:
    """The table behind the picture, as a page shows texts: as they are written."""
    columns = gap_texts(found, language)
    return pd.DataFrame({head: list(map(literal, texts)) for head, texts in columns.items()})


def gap_texts(found: Sequence[Gap], language: str) -> dict[str, list[str]]:
    """Rows: constructs and phases as in the picture, with both sides, the gap and its state.

    Where rows come from different forms, each says which: figures of forms are never pooled.
    """
    own, asked, apart = (
        metric_of(name) for name in ("self_assessment", "process_quality", "perception_gap")
    )
    none = say("table.none", language)
    counted = [gap.participants.n if gap.participants is not None else None for gap in found]
    gaps = [gap.gap for gap in found]
    asked_in = [
        questionnaire_name(gap.instrument, language) if is_shown(gap) else none for gap in gaps
    ]
    form = {say("gap.form", language): asked_in} if len(forms_of(gaps)) > 1 else {}
    return {
        say("judge.construct", language): [construct_name(gap.part, language) for gap in found],
        say("table.phase", language): [
            f"{gap.phase} {phase_name(gap.phase, language)}" for gap in found
        ],
        **form,
        say("gap.own", language): [side_words(gap.own, own, language) for gap in found],
        say("gap.participants", language): [
            side_words(gap.participants, asked, language) for gap in found
        ],
        say("table.n", language): [
            none if n is None else written.count(n, language) for n in counted
        ],
        say("gap.gap", language): [side_words(gap.gap, apart, language) for gap in found],
        say("gap.meaning", language): [meaning(gap.gap, language) for gap in found],
    }


def meaning(gap: Result, language: str) -> str:
    """What a gap is, in the words of the table; why there is none, in whole."""
    finding = finding_of(gap)
    return state_text(gap, language) if finding == NONE else say(f"gap.{finding}", language)
