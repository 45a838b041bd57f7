"""What benefit, to whom, and what changed from the baseline."""

from __future__ import annotations

from dataclasses import replace

from dashboard import sentences, series
from dashboard.charts import Reference, change_forest, interval_dots, is_shown
from dashboard.components import chart_block
from dashboard.figures import figures, metric_of, one
from dashboard.labels import group_name, part_name
from dashboard.sections.rows import Told, nothing, row, rows_by
from dashboard.sections.scope import Scope, overall_benefit, totals
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Result


def benefit_of_groups(viewing: Viewing, scope: Scope) -> list[Result]:
    """The share that benefited in each stakeholder group, in the chosen wave."""
    found = figures(
        viewing,
        level=scope.level,
        entity=scope.entity,
        metric="benefit_share",
        instrument=scope.outcome,
        split="group",
    )
    return [result for result in found if result.wave == scope.wave]


def told_benefit(viewing: Viewing, scope: Scope) -> Told:
    """Who benefited and who did not: every stakeholder group beside the others."""
    language = viewing.language
    metric = metric_of("benefit_share")
    found = benefit_of_groups(viewing, scope)
    whole = overall_benefit(viewing, scope)
    rows = sentences.sorted_rows(
        rows_by(found, lambda r: group_name(r.split_value, language), language), metric
    )
    if not rows:
        return Told(metric, (), "")
    reference = None
    if whole is not None and is_shown(whole):
        reference = Reference(say("chart.all_groups", language), whole.value)
    least = one(totals(viewing, scope, "benefit_minimum", scope.outcome), wave=scope.wave)
    said = [sentences.spread(rows, metric, language, "groups")]
    if least is not None and not is_shown(least):
        said.append(sentences.absence(least, metric_of("benefit_minimum"), language))
    return Told(metric, rows, " ".join(said), reference)


def benefit_by_group(viewing: Viewing, scope: Scope) -> None:
    """The groups as a chart with their shares, their table, and how we know."""
    told = told_benefit(viewing, scope)
    if not told.rows:
        nothing(viewing, told.metric)
        return
    chart_block(
        viewing,
        interval_dots(told.rows, told.metric, viewing.language, told.reference),
        told.rows,
        told.metric,
        title=say("section.benefit_by_group", viewing.language),
        sentence=told.sentence,
        publication=scope.publication,
        key="benefit_by_group",
    )


def told_change(viewing: Viewing, scope: Scope) -> Told:
    """How far the outcomes moved from the baseline, by people who answered both times."""
    language = viewing.language
    metric = metric_of("paired_change")
    found = totals(viewing, scope, metric.id, None)
    later = [r for r in found if r.wave == "follow_up" and scope.wave == "follow_up"]
    found = later or [r for r in found if r.wave == "end"] or found
    # The same pairs' standardised change carries the test.
    tests = totals(viewing, scope, "change_effect", None)
    rows = sentences.sorted_rows(
        [
            replace(
                row(part_name(r.instrument, r.part, language), r, language),
                test=one(tests, instrument=r.instrument, part=r.part, wave=r.wave),
            )
            for r in found
        ],
        metric,
    )
    broken = series.break_words(totals(viewing, scope, "outcome_score", None), language)
    if not rows:
        return Told(metric, (), broken)
    said = [
        sentences.figure_sentence(r.result, metric, language, r.label, r.test) for r in rows[:3]
    ]
    said += [broken] if broken else []
    return Told(metric, rows, " ".join(said))


def outcome_change(viewing: Viewing, scope: Scope) -> None:
    """The changes as a chart about zero, their table, and how we know."""
    told = told_change(viewing, scope)
    if not told.rows:
        nothing(viewing, told.metric, told.sentence)
        return
    chart_block(
        viewing,
        change_forest(told.rows, told.metric, viewing.language),
        told.rows,
        told.metric,
        title=say("section.outcome_change", viewing.language),
        sentence=told.sentence,
        publication=scope.publication,
        key="outcome_change",
    )
