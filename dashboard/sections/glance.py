"""The figures that a page opens with: what came of it, and how the process went."""

from __future__ import annotations

import streamlit as st

from dashboard.charts import is_shown
from dashboard.components import part, tile
from dashboard.figures import metric_of, one
from dashboard.labels import group_name, overall_name
from dashboard.sections.outcomes import benefit_of_groups
from dashboard.sections.scope import Scope, overall_quality, totals
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Result


def glance(viewing: Viewing, scope: Scope) -> None:
    """The figures that the page opens with: what came of it, and how the process went."""
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
    for kind, tiles in (("outcome", outcome), ("process", process)):
        part(say(f"section.glance_{kind}", language))
        with st.grid(4, min_column_width=230, border=True):
            for name, result in tiles.items():
                metric = metric_of(name)
                label = metric.label.in_language(language)
                if name == "benefit_minimum":
                    label = f"{label}{least_group(viewing, scope, result)}"
                if name == "process_quality" and (of := overall_name(scope.process, language)):
                    label = of
                with st.container():
                    tile(label, result, metric, language)


def least_group(viewing: Viewing, scope: Scope, least: Result | None) -> str:
    """Which group the minimum is of, as ``: Yritykset``; nothing where it is not known."""
    if least is None or not is_shown(least):
        return ""
    groups = benefit_of_groups(viewing, scope)
    found = one(groups, value=least.value)
    return f": {group_name(found.split_value, viewing.language)}" if found else ""
