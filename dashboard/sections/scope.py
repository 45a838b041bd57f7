"""What a page is about: an entity, a publication, and the surveys that are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import sentences
from dashboard.charts import is_shown
from dashboard.figures import figures, metric_of, names, one
from dashboard.labels import overall_name, overall_of, questionnaire_name, questionnaires, wave_name
from dashboard.session import Viewing, follow, selection
from dashboard.wording import say
from data import access
from data.sheets import RevisionFacts
from metrics.metric import Level, Result
from survey.instrument import WAVES


@dataclass(frozen=True, slots=True)
class Scope:
    """What a page is about: an entity of a level, read from one publication, by these surveys.

    process and outcome name the questionnaires that the page reads; None where none was answered.
    """

    level: str
    entity: int
    publication: RevisionFacts
    wave: str
    process: str | None
    outcome: str | None


def whole(viewing: Viewing) -> tuple[str, int] | None:
    """What a page of many projects is of: the portfolio, or the funder's own projects."""
    if Level.PORTFOLIO in access.visible_levels(viewing.user):
        return Level.PORTFOLIO, 0
    own = access.visible_entities(viewing.user, Level.FUNDER) or frozenset()
    funders = {
        number: name for number, name in names(viewing, Level.FUNDER).items() if number in own
    }
    if not funders:
        return None
    if len(funders) == 1:
        return Level.FUNDER, next(iter(funders))
    chosen = st.selectbox(
        say("choose.funder", viewing.language),
        format_func=funders.get,
        **follow("funder_id", list(funders)),
    )
    return Level.FUNDER, chosen


def choose_scope(viewing: Viewing, level: str, entity: int, publication: RevisionFacts) -> Scope:
    """What the page is about, with the choices that the reader makes in the address."""
    language = viewing.language
    totals = {
        name: figures(viewing, level=level, entity=entity, metric=name, split="total")
        for name in ("process_quality", "benefit_share", "outcome_score")
    }
    everything = [result for results in totals.values() for result in results]
    waves = [wave for wave in WAVES if any(result.wave == wave for result in everything)]
    wave = selection("wave", waves, latest_of(waves)) or latest_of(waves)
    chosen = {
        "process": answered(totals["process_quality"], wave),
        "outcome": answered([*totals["benefit_share"], *totals["outcome_score"]], wave),
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(waves) > 1:
            st.segmented_control(
                say("choose.wave", language),
                format_func=lambda code: wave_name(code, language),
                **follow("wave", waves, wave),
            )
        kept = {kind: keys[0] if keys else None for kind, keys in chosen.items()}
        several = [kind for kind, keys in chosen.items() if len(keys) > 1]
        if several:
            with st.popover(say("choose.surveys", language), key="surveys"):
                for kind in several:
                    kept[kind] = choose_survey(kind, chosen[kind], language)
    return Scope(level, entity, publication, wave, kept["process"], kept["outcome"])


def choose_survey(kind: str, keys: list[str], language: str) -> str:
    """The questionnaire that the page reads, chosen among several."""
    return st.selectbox(
        say(f"choose.{kind}", language),
        format_func=lambda key: questionnaire_name(key, language),
        width=320,
        **follow(f"{kind}_survey", keys),
    )


def answered(results: Sequence[Result], wave: str) -> list[str]:
    """The questionnaires of results: those shown in the wave first, then those asked in it.

    A process survey also asks about benefit; an outcome survey asks about it properly.
    """
    known = questionnaires()
    metric_kinds = {result.instrument: metric_of(result.metric).kind for result in results}
    shown = {r.instrument for r in results if is_shown(r) and r.wave == wave}
    people: dict[str, int] = {}
    for result in results:
        if result.wave == wave:
            people[result.instrument] = max(people.get(result.instrument, 0), result.n or 0)

    def place(key: str) -> tuple[bool, bool, bool, int, str]:
        fits = key in known and known[key].kind == metric_kinds[key]
        return (key not in shown, key not in people, not fits, -people.get(key, 0), key)

    return sorted(metric_kinds, key=place)


def latest_of(waves: Sequence[str]) -> str:
    """The wave that a page opens at: the end of the process, or the last one before it."""
    until_end = [wave for wave in waves if wave != "follow_up"]
    return (until_end or list(waves) or ["end"])[-1]


def totals(viewing: Viewing, scope: Scope, metric: str, instrument: str | None) -> list[Result]:
    return figures(
        viewing,
        level=scope.level,
        entity=scope.entity,
        metric=metric,
        instrument=instrument,
        split="total",
        revision=scope.publication.id,
    )


def overall_quality(viewing: Viewing, scope: Scope) -> Result | None:
    """The process quality of an entity as a whole."""
    if scope.process is None:
        return None
    return one(
        totals(viewing, scope, "process_quality", scope.process),
        part=overall_of(scope.process),
        wave=scope.wave,
    )


def headline(viewing: Viewing, scope: Scope) -> str:
    """The one-sentence answer of a page about an entity."""
    language = viewing.language
    return sentences.headline(
        overall_benefit(viewing, scope),
        overall_quality(viewing, scope),
        language,
        overall_name(scope.process, language),
    )


def quality_headline(viewing: Viewing, scope: Scope) -> str:
    """The one-sentence answer of a page about processes alone."""
    return sentences.headline(
        None,
        overall_quality(viewing, scope),
        viewing.language,
        overall_name(scope.process, viewing.language),
    )


def overall_benefit(viewing: Viewing, scope: Scope) -> Result | None:
    """The share that benefited, in the chosen wave."""
    return one(totals(viewing, scope, "benefit_share", scope.outcome), wave=scope.wave)
