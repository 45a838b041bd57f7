"""How the process went: by side, by phase, by group, and over time."""

from __future__ import annotations

from dashboard import sentences, series
from dashboard.charts import Reference, Row, change_forest, interval_dots, is_shown, wave_steps
from dashboard.components import Picture, chart_block, legend_of, picture_block
from dashboard.figures import figures, metric_of, one
from dashboard.labels import (
    SPLIT_NAMES,
    constructs,
    overall_name,
    overall_of,
    part_name,
    wave_name,
)
from dashboard.sections.rows import Told, nothing, row, rows_by
from dashboard.sections.scope import Scope, totals
from dashboard.session import Viewing
from dashboard.tables import results_table
from dashboard.wording import say
from metrics.metric import ALL_WAVES, Result
from survey.instrument import GROUPS, PHASES


def told_constructs(viewing: Viewing, scope: Scope) -> Told:
    """How good each side of the process was, weakest first."""
    language = viewing.language
    metric = metric_of("process_quality")
    if scope.process is None:
        return Told(metric, (), "")
    found = {
        result.part: result
        for result in totals(viewing, scope, metric.id, scope.process)
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
        return Told(metric, (), "")
    whole = found.get(overall_of(scope.process))
    reference = None
    lead = ""
    if whole is not None:
        of = overall_name(scope.process, language)
        lead = sentences.figure_sentence(whole, metric, language, of)
        if is_shown(whole):
            reference = Reference(say("chart.overall", language), whole.value)
    return Told(metric, rows, sentences.parts(lead, rows, metric, language), reference)


def process_by_construct(viewing: Viewing, scope: Scope) -> None:
    """The sides of the process as a chart, their table, and how we know."""
    told = told_constructs(viewing, scope)
    if not told.rows:
        nothing(viewing, told.metric)
        return
    chart_block(
        viewing,
        interval_dots(told.rows, told.metric, viewing.language, told.reference),
        told.rows,
        told.metric,
        title=say("section.process_by_construct", viewing.language),
        sentence=told.sentence,
        publication=scope.publication,
        key="process_by_construct",
    )


def told_split(viewing: Viewing, scope: Scope, split: str) -> Told:
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
        return Told(metric, (), "")
    if split == "group":
        rows = sentences.sorted_rows(rows, metric)
    what = "entities" if split == "phase" else "groups"
    return Told(metric, rows, sentences.spread(rows, metric, language, what))


def process_by_split(viewing: Viewing, scope: Scope, split: str) -> None:
    """The phases or groups as a chart, their table, and how we know."""
    told = told_split(viewing, scope, split)
    if not told.rows:
        nothing(viewing, told.metric)
        return
    chart_block(
        viewing,
        interval_dots(told.rows, told.metric, viewing.language),
        told.rows,
        told.metric,
        title=say(f"section.process_by_{split}", viewing.language),
        sentence=told.sentence,
        publication=scope.publication,
        key=f"process_by_{split}",
    )


def series_of(viewing: Viewing, scope: Scope, metric: str, key: str | None) -> list[Result]:
    """The totals of a questionnaire at every survey, of all its versions."""
    if key is None:
        return []
    code = series.code_of(key)
    found = totals(viewing, scope, metric, None)
    return [result for result in found if series.code_of(result.instrument) == code]


def process_by_wave(viewing: Viewing, scope: Scope) -> None:
    """Each side of the process at every survey, in small panels."""
    language = viewing.language
    metric = metric_of("process_quality")
    found = series_of(viewing, scope, metric.id, scope.process)
    if len({result.wave for result in found}) < 2:
        return
    panels = []
    for part in [overall_of(scope.process), *constructs(scope.process)]:
        name = part_name(scope.process, part, language)
        of_part = sorted((r for r in found if r.part == part), key=series.place_of)
        if of_part:
            panels.append((name, [row(name, r, language) for r in of_part]))
    rows = [row for _, of_part in panels for row in of_part]
    told = [
        row(f"{item.label}, {wave_name(item.result.wave, language)}", item.result, language)
        for item in rows
    ]
    title = say("section.process_by_wave", language)
    broken = series.break_words([item.result for item in rows], language)
    picture_block(
        viewing,
        Picture(
            wave_steps(panels, metric, language) if any(map(_is_drawn, rows)) else None,
            f"{sentences.alt_text(title, told, metric, language)} {broken}".strip(),
            " ".join(say(key, language) for key in legend_of(rows, metric)),
            results_table(rows, metric, language),
        ),
        [(metric, [item.result for item in rows])],
        title=title,
        sentence=f"{broken} {say('section.process_by_wave_words', language)}".strip(),
        publication=scope.publication,
        key="process_by_wave",
    )


def _is_drawn(item: Row) -> bool:
    return is_shown(item.result)


def told_process_change(viewing: Viewing, scope: Scope) -> Told:
    """What changed in the process between the last two surveys, where both asked the same."""
    language = viewing.language
    metric = metric_of("process_change")
    found = totals(viewing, scope, metric.id, scope.process)
    whole = one(found, part=overall_of(scope.process))
    parts = [r for r in found if r.part in constructs(scope.process)]
    rows = sentences.sorted_rows(
        rows_by(parts, lambda r: part_name(r.instrument, r.part, language), language), metric
    )
    levels = series_of(viewing, scope, "process_quality", scope.process)
    broken = series.break_words(levels, language)
    if not rows:
        return Told(metric, (), broken)
    said = [sentences.figure_sentence(whole, metric, language)] if whole else []
    said += [sentences.moved(rows, language), broken]
    return Told(metric, rows, " ".join(filter(None, said)))


def process_change(viewing: Viewing, scope: Scope) -> None:
    """The changes as a chart about zero, their table, and how we know."""
    told = told_process_change(viewing, scope)
    if not told.rows:
        nothing(viewing, told.metric, told.sentence)
        return
    chart_block(
        viewing,
        change_forest(told.rows, told.metric, viewing.language),
        told.rows,
        told.metric,
        title=say("section.process_change", viewing.language),
        sentence=told.sentence,
        publication=scope.publication,
        key="process_change",
    )
