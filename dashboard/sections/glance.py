"""The figures that a page opens with: what came of it, and how the process went."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.charts import is_shown
from dashboard.components import part, tiles
from dashboard.figures import metric_of, one
from dashboard.labels import group_name, overall_name
from dashboard.sections.outcomes import benefit_of_groups
from dashboard.sections.scope import Scope, overall_quality, totals
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Metric, Result


def glance_figures(
    viewing: Viewing, scope: Scope
) -> dict[str, list[tuple[str, Metric, Result | None]]]:
    """The figures that a page or a brief opens with, each with its name: outcome, then process."""
    language = viewing.language
    outcome = {
        name: one(totals(viewing, scope, name, scope.outcome), wave=scope.wave)
        for name in ("benefit_share", "benefit_minimum", "drawback_share", "recommendation")
    }
    process = {
        "process_quality": overall_quality(viewing, scope),
        "response_rate": one(
            totals(viewing, scope, "response_rate", scope.process), wave=scope.wave
        ),
        "proposals_taken_up": one(totals(viewing, scope, "proposals_taken_up", "")),
        "participation": one(totals(viewing, scope, "participation", "")),
    }
    if outcome["recommendation"] is None:
        # Where no outcome survey asks it, a process survey may.
        found = totals(viewing, scope, "recommendation", scope.process)
        outcome["recommendation"] = one(found, wave=scope.wave)
    named = {name: metric_of(name).label.in_language(language) for name in (*outcome, *process)}
    least = outcome["benefit_minimum"]
    named["benefit_minimum"] += least_group(viewing, scope, least)
    named["process_quality"] = overall_name(scope.process, language) or named["process_quality"]
    return {
        kind: [(named[name], metric_of(name), result) for name, result in found.items()]
        for kind, found in (("outcome", outcome), ("process", process))
    }


def glance(viewing: Viewing, scope: Scope, heading: Callable[[str], None] = part) -> None:
    """The figures that the page opens with: what came of it, and how the process went."""
    language = viewing.language
    for kind, figures in glance_figures(viewing, scope).items():
        heading(say(f"section.glance_{kind}", language))
        tiles(figures, language)


def least_group(viewing: Viewing, scope: Scope, least: Result | None) -> str:
    """Which group the minimum is of, as ``: Yritykset``; nothing where it is not known."""
    if least is None or not is_shown(least):
        return ""
    groups = benefit_of_groups(viewing, scope)
    found = one(groups, value=least.value)
    return f": {group_name(found.split_value, viewing.language)}" if found else ""
