"""How many answered, how many could not say, and what was asked with the middle as the best."""

from __future__ import annotations

from dashboard import sentences
from dashboard.charts import interval_dots
from dashboard.components import chart_block, part
from dashboard.figures import metric_of
from dashboard.labels import part_name, questionnaire_name, wave_name
from dashboard.sections.rows import Told, nothing, rows_by
from dashboard.sections.scope import Scope, totals
from dashboard.session import Viewing
from dashboard.wording import say


def told_right_amount(viewing: Viewing, scope: Scope) -> Told:
    """Questions whose middle answer is best: how many found the amount just right."""
    language = viewing.language
    metric = metric_of("right_amount")
    found = [r for r in totals(viewing, scope, metric.id, None) if r.wave == scope.wave]
    rows = sentences.sorted_rows(
        rows_by(found, lambda r: part_name(r.instrument, r.part, language), language), metric
    )
    said = [sentences.figure_sentence(r.result, metric, language, r.label) for r in rows[:3]]
    return Told(metric, rows, " ".join(said))


def right_amount(viewing: Viewing, scope: Scope) -> None:
    """The same as a chart, its table, and how we know; nothing where nobody asked."""
    language = viewing.language
    told = told_right_amount(viewing, scope)
    if not told.rows:
        return
    part(say("section.right_amount", language))
    chart_block(
        viewing,
        interval_dots(told.rows, told.metric, language),
        told.rows,
        told.metric,
        title=say("section.right_amount", language),
        sentence=told.sentence,
        publication=scope.publication,
        key="right_amount",
    )


def answering(viewing: Viewing, scope: Scope, metric_id: str) -> None:
    """A rate of answering (or of not being able to), for each survey of the entity."""
    language = viewing.language
    metric = metric_of(metric_id)
    rows = sentences.sorted_rows(
        rows_by(
            totals(viewing, scope, metric.id, None),
            lambda r: (
                f"{questionnaire_name(r.instrument, language)}, "
                f"{wave_name(r.wave, language).lower()}"
            ),
            language,
        ),
        metric,
    )
    if not rows:
        nothing(viewing, metric)
        return
    chart_block(
        viewing,
        interval_dots(rows, metric, language),
        rows,
        metric,
        title=metric.label.in_language(language),
        sentence=sentences.spread(rows, metric, language, "entities"),
        publication=scope.publication,
        key=metric.id,
    )
