"""What came of it for each stakeholder group, and how the work was run, by what was recorded."""

from __future__ import annotations

import streamlit as st

from dashboard.components import part
from dashboard.sections.recorded import (
    Line,
    lines_of,
    lines_of_groups,
    not_recorded,
    short_table,
)
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say
from survey.instrument import GROUPS

#: Whose outcomes stand together, and which metrics tell of them.
OUTCOMES = {
    "users": ("needs_met",),
    "staff": ("new_practice", "time_saved"),
    "companies": ("firms_tested", "firms_new_product", "firms_new_market", "time_to_first_sale"),
    "partners": ("joint_outputs",),
    "city": ("embedding", "time_to_embedding", "adopters", "lasting_adoption", "lineage"),
}
#: Metrics that are told for some groups beside the whole.
TOLD_BY_GROUP = {"needs_met": GROUPS, "new_practice": ("STAFF",), "time_saved": ("STAFF",)}

PROCESS = (
    "roles_filled",
    "rules_signed",
    "decision_lag",
    "changes_absorbed",
    "accessibility_coverage",
    "cost_per_participant",
    "cost_per_pilot",
)


def outcomes_by_group(viewing: Viewing, scope: Scope) -> None:
    """A short table for each stakeholder group of which something is known."""
    language = viewing.language
    told = {
        whose: {metric: _lines(viewing, scope, metric) for metric in metrics}
        for whose, metrics in OUTCOMES.items()
    }
    shown = {
        whose: [line for lines in found.values() for line in lines] for whose, found in told.items()
    }
    shown = {whose: lines for whose, lines in shown.items() if lines}
    if shown:
        st.markdown(say("outcomes.grades", language))
        with st.grid(2, min_column_width=440, gap="large"):
            for whose, lines in shown.items():
                with st.container():
                    title = say(f"outcomes.{whose}", language)
                    part(title)
                    short_table(viewing, scope, lines, title=title, key=f"outcomes_{whose}")
    silent = [metric for found in told.values() for metric, lines in found.items() if not lines]
    not_recorded(viewing, silent)


def _lines(viewing: Viewing, scope: Scope, metric: str) -> list[Line]:
    whole = lines_of(viewing, scope, metric)
    if metric not in TOLD_BY_GROUP or not whole:
        return whole
    return [*whole, *lines_of_groups(viewing, scope, metric, TOLD_BY_GROUP[metric])]


def process_from_records(viewing: Viewing, scope: Scope) -> None:
    """How the work was run, by what was written down and not by what anybody thought."""
    found = {metric: lines_of(viewing, scope, metric) for metric in PROCESS}
    lines = [line for of_metric in found.values() for line in of_metric]
    if lines:
        title = say("section.process_records", viewing.language)
        short_table(viewing, scope, lines, title=title, key="process_records")
    not_recorded(viewing, [metric for metric in PROCESS if not found[metric]])
