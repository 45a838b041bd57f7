"""The parts that several pages share.

Each section asks the door for its figures, says them in a sentence and draws them, and says so
where nothing has been collected.
"""

from dashboard.sections.answering import answering, right_amount
from dashboard.sections.by_group import outcomes_by_group, process_from_records
from dashboard.sections.comparison import (
    against_portfolio,
    compare,
    neighbourhoods,
    on_map,
    taking_part,
)
from dashboard.sections.event_logs import case_logs
from dashboard.sections.funnel import ANSWERS, FUNNEL, answered_proposals, funnel
from dashboard.sections.gap import gap_of_phase, perception_gap
from dashboard.sections.gap_portfolio import gap_of_projects
from dashboard.sections.glance import glance
from dashboard.sections.item_quality import item_quality
from dashboard.sections.journeys import excess, excess_sentence, losses
from dashboard.sections.network import network
from dashboard.sections.news import news
from dashboard.sections.outcomes import benefit_by_group, outcome_change
from dashboard.sections.participants import (
    DISTINCT,
    absent_groups,
    absent_sentence,
    breadth,
    by_theme,
    concerned_in,
    habits,
    numbers,
    numbers_sentence,
    reached,
)
from dashboard.sections.phases import projects_by_phase
from dashboard.sections.place import choose_place
from dashboard.sections.process import (
    process_by_construct,
    process_by_split,
    process_by_wave,
    process_change,
)
from dashboard.sections.process_outcome import process_and_outcome
from dashboard.sections.projects import agreed, compared, leadership
from dashboard.sections.recorded import is_told, not_recorded, recorded
from dashboard.sections.scope import Scope, choose_scope, headline, quality_headline, whole
from dashboard.sections.soundness import change_otherwise, constructs, who_answered
from dashboard.sections.unknown import unknown

#: Charts stand beside each other where each has at least this many pixels.
TWO_ABREAST = 440

__all__ = [
    "ANSWERS",
    "DISTINCT",
    "FUNNEL",
    "TWO_ABREAST",
    "Scope",
    "absent_groups",
    "absent_sentence",
    "against_portfolio",
    "agreed",
    "answered_proposals",
    "answering",
    "benefit_by_group",
    "breadth",
    "by_theme",
    "case_logs",
    "change_otherwise",
    "choose_place",
    "choose_scope",
    "compare",
    "compared",
    "concerned_in",
    "constructs",
    "excess",
    "excess_sentence",
    "funnel",
    "gap_of_phase",
    "gap_of_projects",
    "glance",
    "habits",
    "headline",
    "is_told",
    "item_quality",
    "leadership",
    "losses",
    "neighbourhoods",
    "network",
    "news",
    "not_recorded",
    "numbers",
    "numbers_sentence",
    "on_map",
    "outcome_change",
    "outcomes_by_group",
    "perception_gap",
    "process_and_outcome",
    "process_by_construct",
    "process_by_split",
    "process_by_wave",
    "process_change",
    "process_from_records",
    "projects_by_phase",
    "quality_headline",
    "reached",
    "recorded",
    "right_amount",
    "taking_part",
    "unknown",
    "who_answered",
    "whole",
]
