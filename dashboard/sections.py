"""The parts that several pages share: figures at a glance, who benefited, how the process went.

Each section asks the door for its figures, says them in a sentence and draws them. A section says
so when nothing has been collected for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import sentences
from dashboard.charts import (
    Pair,
    Reference,
    Row,
    change_forest,
    interval_dots,
    is_shown,
    participation_bars,
    taken_up_bars,
    wave_steps,
)
from dashboard.components import chart_block, literal, tile
from dashboard.figures import figures, metric_of, one
from dashboard.labels import (
    SPLIT_NAMES,
    constructs,
    group_name,
    overall_of,
    part_name,
    questionnaire_name,
    questionnaires,
    wave_name,
)
from dashboard.session import Viewing, follow
from dashboard.wording import say
from data.sheets import RevisionFacts
from metrics.metric import ALL_WAVES, Metric, Result
from survey.instrument import GROUPS, PHASES, WAVES

TWO_ABREAST = 440


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

    @property
    def is_part(self) -> bool:
        """Whether it makes sense to compare with the whole portfolio."""
        return self.level != "portfolio"


# --- choosing -----------------------------------------------------------------------------------


def choose_scope(
    viewing: Viewing, level: str, entity: int, publication: RevisionFacts, *, waves: bool = True
) -> Scope:
    """What the page is about, with the choices that the reader makes in the address."""
    language = viewing.language
    quality = figures(viewing, level=level, entity=entity, metric="process_quality", split="total")
    benefit = figures(viewing, level=level, entity=entity, metric="benefit_share", split="total")
    score = figures(viewing, level=level, entity=entity, metric="outcome_score", split="total")
    asked = {"process": answered(quality), "outcome": answered([*benefit, *score])}
    if asked["outcome"]:
        # A process survey also asks about benefit; an outcome survey asks about it properly.
        known = questionnaires()
        asked["outcome"] = sorted(
            asked["outcome"], key=lambda key: key in known and known[key].kind != "outcome"
        )
    present = [wave for wave in WAVES if any(r.wave == wave for r in [*quality, *benefit])]
    chosen: dict[str, str | None] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for kind, keys in asked.items():
            chosen[kind] = keys[0] if keys else None
            if len(keys) > 1:
                chosen[kind] = st.selectbox(
                    say(f"choose.{kind}", language),
                    format_func=lambda key: questionnaire_name(key, language),
                    width=320,
                    **follow(f"{kind}_survey", keys),
                )
        wave = latest_of(present)
        if waves and len(present) > 1:
            wave = (
                st.segmented_control(
                    say("choose.wave", language),
                    format_func=lambda code: wave_name(code, language),
                    **follow("wave", present, wave),
                )
                or wave
            )
    return Scope(level, entity, publication, wave, chosen["process"], chosen["outcome"])


def answered(results: Sequence[Result]) -> list[str]:
    """The questionnaires of results, the one with most shown figures and answers first."""
    weight: dict[str, tuple[int, int]] = {}
    for result in results:
        shown, people = weight.get(result.instrument, (0, 0))
        weight[result.instrument] = (shown + is_shown(result), max(people, result.n or 0))
    return sorted(weight, key=lambda key: (-weight[key][0], -weight[key][1], key))


def latest_of(waves: Sequence[str]) -> str:
    """The wave that a page opens at: the end of the process, or the last one before it."""
    until_end = [wave for wave in waves if wave != "follow_up"]
    return (until_end or list(waves) or ["end"])[-1]


def row(label: str, result: Result, language: str) -> Row:
    """A result as a row of a chart, with the words for its absence."""
    return Row(label, result, sentences.absence_words(result, language))


def rows_by(results: Sequence[Result], label: Callable[[Result], str], language: str) -> list[Row]:
    return [row(label(result), result, language) for result in results]


# --- at a glance --------------------------------------------------------------------------------


def overall_quality(viewing: Viewing, scope: Scope) -> Result | None:
    """The process quality of an entity as a whole."""
    if scope.process is None:
        return None
    return one(
        _total(viewing, scope, "process_quality", scope.process),
        part=overall_of(scope.process),
        wave=scope.wave,
    )


def overall_benefit(viewing: Viewing, scope: Scope) -> Result | None:
    """The share that benefited, in the chosen wave."""
    return one(_total(viewing, scope, "benefit_share", scope.outcome), wave=scope.wave)


def glance(viewing: Viewing, scope: Scope) -> None:
    """The figures that the page opens with, outcome first, then process, then records."""
    tiles = [
        ("benefit_share", overall_benefit(viewing, scope)),
        (
            "benefit_minimum",
            one(_total(viewing, scope, "benefit_minimum", scope.outcome), wave=scope.wave),
        ),
        (
            "drawback_share",
            one(_total(viewing, scope, "drawback_share", scope.outcome), wave=scope.wave),
        ),
        (
            "recommendation",
            one(_total(viewing, scope, "recommendation", scope.outcome), wave=scope.wave)
            or one(_total(viewing, scope, "recommendation", None), wave=scope.wave),
        ),
        ("process_quality", overall_quality(viewing, scope)),
        (
            "response_rate",
            one(_total(viewing, scope, "response_rate", scope.process), wave=scope.wave),
        ),
        ("proposals_taken_up", one(_total(viewing, scope, "proposals_taken_up", ""))),
        ("participation", one(_total(viewing, scope, "participation", ""))),
    ]
    with st.grid(4, min_column_width=230, border=True):
        for name, result in tiles:
            metric = metric_of(name)
            with st.container():
                tile(metric.label.in_language(viewing.language), result, metric, viewing.language)


def _total(viewing: Viewing, scope: Scope, metric: str, instrument: str | None) -> list[Result]:
    return figures(
        viewing,
        level=scope.level,
        entity=scope.entity,
        metric=metric,
        instrument=instrument,
        split="total",
    )


# --- outcomes -----------------------------------------------------------------------------------


def benefit_by_group(viewing: Viewing, scope: Scope) -> None:
    """Who benefited and who did not: every stakeholder group beside the others."""
    language = viewing.language
    metric = metric_of("benefit_share")
    found = [
        result
        for result in figures(
            viewing,
            level=scope.level,
            entity=scope.entity,
            metric=metric.id,
            instrument=scope.outcome,
            split="group",
        )
        if result.wave == scope.wave
    ]
    whole = overall_benefit(viewing, scope)
    rows = sentences.sorted_rows(
        rows_by(found, lambda r: group_name(r.split_value, language), language), metric
    )
    if not rows:
        nothing(viewing, metric)
        return
    reference = None
    if whole is not None and is_shown(whole):
        reference = Reference(say("chart.all_groups", language), whole.value)
    least = one(_total(viewing, scope, "benefit_minimum", scope.outcome), wave=scope.wave)
    said = [sentences.spread(rows, metric, language, "groups")]
    if least is not None and not is_shown(least):
        said.append(sentences.absence(least, metric_of("benefit_minimum"), language))
    chart_block(
        viewing,
        interval_dots(rows, metric, language, reference),
        rows,
        metric,
        title=say("section.benefit_by_group", language),
        sentence=" ".join(said),
        publication=scope.publication,
        key="benefit_by_group",
    )


def outcome_change(viewing: Viewing, scope: Scope) -> None:
    """How far the outcomes moved from the baseline, by people who answered both times."""
    language = viewing.language
    metric = metric_of("paired_change")
    found = _total(viewing, scope, metric.id, None)
    later = [r for r in found if r.wave == "follow_up" and scope.wave == "follow_up"]
    found = later or [r for r in found if r.wave == "end"] or found
    rows = sentences.sorted_rows(
        rows_by(found, lambda r: part_name(r.instrument, r.part, language), language), metric
    )
    if not rows:
        nothing(viewing, metric)
        return
    said = [sentences.figure_sentence(r.result, metric, language, r.label) for r in rows[:3]]
    chart_block(
        viewing,
        change_forest(rows, metric, language),
        rows,
        metric,
        title=say("section.outcome_change", language),
        sentence=" ".join(said),
        publication=scope.publication,
        key="outcome_change",
    )


# --- process ------------------------------------------------------------------------------------


def process_by_construct(viewing: Viewing, scope: Scope) -> None:
    """How good each side of the process was, weakest first."""
    language = viewing.language
    metric = metric_of("process_quality")
    if scope.process is None:
        nothing(viewing, metric)
        return
    found = {
        result.part: result
        for result in _total(viewing, scope, metric.id, scope.process)
        if result.wave == scope.wave
    }
    rows = sentences.sorted_rows(
        [
            row(part_name(scope.process, part, language), found[part], language)
            for part in constructs(scope.process)
            if part in found
        ],
        metric,
    )
    if not rows:
        nothing(viewing, metric)
        return
    whole = found.get(overall_of(scope.process))
    reference = None
    lead = ""
    if whole is not None:
        lead = sentences.figure_sentence(whole, metric, language)
        if is_shown(whole):
            reference = Reference(say("chart.overall", language), whole.value)
    chart_block(
        viewing,
        interval_dots(rows, metric, language, reference),
        rows,
        metric,
        title=say("section.process_by_construct", language),
        sentence=sentences.parts(lead, rows, metric, language),
        publication=scope.publication,
        key="process_by_construct",
    )


def process_by_split(viewing: Viewing, scope: Scope, split: str) -> None:
    """The process as a whole, by phase or by stakeholder group, in the order of the process."""
    language = viewing.language
    metric = metric_of("process_quality")
    part = overall_of(scope.process)
    wave = ALL_WAVES if split == "phase" else scope.wave
    found = (
        {
            result.split_value: result
            for result in figures(
                viewing,
                level=scope.level,
                entity=scope.entity,
                metric=metric.id,
                instrument=scope.process,
                split=split,
            )
            if result.part == part and result.wave == wave
        }
        if part
        else {}
    )
    order = PHASES if split == "phase" else GROUPS
    rows = [
        row(SPLIT_NAMES[split](code, language), found[code], language)
        for code in order
        if code in found
    ]
    if not rows:
        nothing(viewing, metric)
        return
    if split == "group":
        rows = sentences.sorted_rows(rows, metric)
    chart_block(
        viewing,
        interval_dots(rows, metric, language),
        rows,
        metric,
        title=say(f"section.process_by_{split}", language),
        sentence=sentences.spread(
            rows, metric, language, "entities" if split == "phase" else "groups"
        ),
        publication=scope.publication,
        key=f"process_by_{split}",
    )


def process_by_wave(viewing: Viewing, scope: Scope) -> None:
    """Each side of the process at every survey, in small panels."""
    language = viewing.language
    metric = metric_of("process_quality")
    found = _total(viewing, scope, metric.id, scope.process) if scope.process else []
    if len({result.wave for result in found}) < 2:
        return
    panels = []
    for part in [overall_of(scope.process), *constructs(scope.process)]:
        name = part_name(scope.process, part, language)
        of_part = [row(name, r, language) for r in found if r.part == part]
        if of_part:
            panels.append((name, of_part))
    rows = [row for _, of_part in panels for row in of_part]
    chart_block(
        viewing,
        wave_steps(panels, metric, language),
        rows,
        metric,
        title=say("section.process_by_wave", language),
        sentence=say("section.process_by_wave_words", language),
        publication=scope.publication,
        key="process_by_wave",
    )


def process_change(viewing: Viewing, scope: Scope) -> None:
    """What changed in the process between the last two surveys."""
    language = viewing.language
    metric = metric_of("process_change")
    found = _total(viewing, scope, metric.id, scope.process)
    whole = one(found, part=overall_of(scope.process))
    parts = [r for r in found if r.part in constructs(scope.process)]
    rows = sentences.sorted_rows(
        rows_by(parts, lambda r: part_name(r.instrument, r.part, language), language), metric
    )
    if not rows:
        nothing(viewing, metric)
        return
    said = [sentences.figure_sentence(whole, metric, language)] if whole else []
    said.append(sentences.moved(rows, language))
    chart_block(
        viewing,
        change_forest(rows, metric, language),
        rows,
        metric,
        title=say("section.process_change", language),
        sentence=" ".join(filter(None, said)),
        publication=scope.publication,
        key="process_change",
    )


# --- taking part --------------------------------------------------------------------------------


def taking_part(viewing: Viewing, scope: Scope, concerned: dict[str, float]) -> None:
    """Who took part, beside those whom the matter concerns, and how well the two match.

    concerned: the share of each group among the people concerned, 0-1, where it is known.
    """
    language = viewing.language
    metric = metric_of("participation")
    total = one(_total(viewing, scope, metric.id, ""))
    found = {
        result.split_value: result
        for result in figures(
            viewing, level=scope.level, entity=scope.entity, metric=metric.id, split="group"
        )
    }
    if not found:
        nothing(viewing, metric)
        return
    rows = [
        row(group_name(code, language), found[code], language) for code in GROUPS if code in found
    ]
    known = total is not None and is_shown(total) and total.value
    pairs = [
        Pair(
            item.label,
            item.result.value / total.value if known and is_shown(item.result) else None,
            concerned.get(item.result.split_value),
            item.absence,
        )
        for item in rows
    ]
    said = [sentences.figure_sentence(total, metric, language)] if total else []
    match = one(_total(viewing, scope, "representativeness", ""))
    if match is not None:
        said.append(sentences.figure_sentence(match, metric_of("representativeness"), language))
    chart_block(
        viewing,
        participation_bars(pairs, metric, language),
        rows,
        metric,
        title=say("section.taking_part", language),
        sentence=" ".join(said),
        publication=scope.publication,
        key="taking_part",
        legend="chart.key.participation",
    )


# --- comparing ----------------------------------------------------------------------------------


def compare(
    viewing: Viewing,
    scope: Scope,
    level: str,
    names: dict[int, str],
    metric_id: str,
    *,
    most: int = 12,
) -> None:
    """A metric over the entities of a level, those that need attention first."""
    language = viewing.language
    metric = metric_of(metric_id)
    instrument = scope.process if metric.kind == "process" else scope.outcome
    if metric_id == "proposals_taken_up":
        instrument = ""
    part = overall_of(instrument) if metric_id == "process_quality" else ""
    found = [
        result
        for result in figures(
            viewing, level=level, metric=metric.id, instrument=instrument, split="total"
        )
        if result.entity in names and result.part == part and result.wave in (scope.wave, ALL_WAVES)
    ]
    rows = sentences.sorted_rows(rows_by(found, lambda r: names[r.entity], language), metric)
    if not rows:
        nothing(viewing, metric)
        return
    whole = one(
        figures(
            viewing,
            level="portfolio",
            entity=0,
            metric=metric.id,
            instrument=instrument,
            split="total",
        ),
        part=part,
        wave=found[0].wave,
    )
    reference = None
    if whole is not None and is_shown(whole):
        reference = Reference(say("chart.portfolio", language), whole.value)
    shown = rows[:most]
    figure = (
        taken_up_bars(shown, metric, language)
        if metric_id == "proposals_taken_up"
        else interval_dots(shown, metric, language, reference)
    )
    said = sentences.spread(rows, metric, language, "entities")
    if len(rows) > most:
        said = f"{said} {say('section.only_first', language, shown=most, all=len(rows))}"
    chart_block(
        viewing,
        figure,
        shown,
        metric,
        title=say(f"section.compare_{level}", language),
        sentence=said,
        publication=scope.publication,
        key=f"compare_{level}_{metric_id}",
        legend="chart.key.taken_up" if metric_id == "proposals_taken_up" else None,
    )


def against_portfolio(viewing: Viewing, scope: Scope) -> None:
    """How the entity stands beside the whole portfolio, in two sentences."""
    language = viewing.language
    whole = Scope("portfolio", 0, scope.publication, scope.wave, scope.process, scope.outcome)
    for name, find in (("benefit_share", overall_benefit), ("process_quality", overall_quality)):
        result, reference = find(viewing, scope), find(viewing, whole)
        metric = metric_of(name)
        if result is None:
            continue
        words = sentences.comparison(result, reference, metric, language)
        if words:
            lead = sentences.figure_sentence(result, metric, language)
            st.markdown(literal(f"{lead} {words}"))


def nothing(viewing: Viewing, metric: Metric) -> None:
    """That nothing has been collected for a metric, and what would change that."""
    st.info(
        literal(
            f"{sentences.missing(metric, viewing.language)} "
            f"{say(f'empty.{empty_kind(metric)}', viewing.language)}"
        )
    )


def empty_kind(metric: Metric) -> str:
    """Which kind of data a metric waits for."""
    if metric.id == "proposals_taken_up":
        return "proposals"
    if metric.id in ("participation", "representativeness"):
        return "events"
    return "changes" if metric.id in ("paired_change", "process_change") else "answers"
