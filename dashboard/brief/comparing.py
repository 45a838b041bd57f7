"""The section of a brief that sets what an entity is made of side by side."""

from __future__ import annotations

from dashboard import sentences
from dashboard.brief import pictures, results
from dashboard.brief.paper import Section, chart, words
from dashboard.charts import is_shown
from dashboard.components import legend_of
from dashboard.figures import figures, metric_of, names
from dashboard.labels import overall_of
from dashboard.sections.place import projects_in
from dashboard.sections.rows import rows_by
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import ALL_WAVES, Level

#: Rows of a comparison; the page has the others.
MOST = 6


def beside_each_other(viewing: Viewing, scope: Scope) -> list[Section]:
    """The themes of the portfolio, or the projects of what is smaller, beside each other: who
    benefited, and how the process went. None of a single project."""
    if scope.level == Level.PROJECT:
        return []
    language = viewing.language
    level = Level.THEME if scope.level == Level.PORTFOLIO else Level.PROJECT
    called = (
        names(viewing, level)
        if level is Level.THEME
        else projects_in(viewing, scope.level, scope.entity)
    )
    heading = Section(say(f"section.compare_{level}", language), _warning(scope, language))
    parts = [
        compared(viewing, scope, level, called, kind, metric)
        for kind, metric in (("benefit", "benefit_share"), ("process", "process_quality"))
    ]
    return [heading, *parts]


def _warning(scope: Scope, language: str) -> list:
    return words(say("section.overlap_warning", language) if scope.level == Level.PORTFOLIO else "")


def compared(
    viewing: Viewing,
    scope: Scope,
    level: Level,
    called: dict[int, str],
    kind: str,
    name: str,
    most: int = MOST,
) -> Section:
    """A metric over the entities of a level, those that need attention first: most of them."""
    language = viewing.language
    metric = metric_of(name)
    title = say(f"section.compare_{kind}_{level}", language)
    form = scope.process if kind == "process" else scope.outcome
    part = overall_of(form) if kind == "process" else ""
    found = [
        result
        for result in figures(viewing, level=level, metric=name, instrument=form, split="total")
        if result.entity in called
        and result.part == part
        and result.wave in (scope.wave, ALL_WAVES)
    ]
    rows = sentences.sorted_rows(
        rows_by(found, lambda result: called[result.entity], language), metric, sure_first=True
    )
    if not rows:
        return Section(title, words(sentences.missing(metric, language)), level=2)
    shown = rows[:most]
    said = sentences.spread(rows, metric, language, "entities")
    if len(rows) > most:
        said = f"{said} {say('section.only_first', language, shown=most, all=len(rows))}"
    items = words(said)
    if any(is_shown(each.result) for each in shown):
        alt = sentences.alt_text(title, shown, metric, language)
        keys = " ".join(say(key, language) for key in legend_of(shown, metric))
        items += chart(pictures.dots(shown, metric, language), alt, keys)
    items += results.behind(shown, metric, language)
    return Section(title, items, [(metric, [each.result for each in shown])], level=2)
