"""The parts that several pages share.

Each section asks the door for its figures, says them in a sentence and draws them, and says so
where nothing has been collected.
"""

from dashboard.sections.answering import answering, right_amount
from dashboard.sections.comparison import against_portfolio, compare, neighbourhoods, taking_part
from dashboard.sections.glance import glance
from dashboard.sections.outcomes import benefit_by_group, outcome_change
from dashboard.sections.phases import projects_by_phase
from dashboard.sections.process import (
    process_by_construct,
    process_by_split,
    process_by_wave,
    process_change,
)
from dashboard.sections.process_outcome import process_and_outcome
from dashboard.sections.projects import agreed, compared, leadership
from dashboard.sections.scope import Scope, choose_scope, headline, quality_headline, whole

#: Charts stand beside each other where each has at least this many pixels.
TWO_ABREAST = 440

__all__ = [
    "TWO_ABREAST",
    "Scope",
    "against_portfolio",
    "agreed",
    "answering",
    "benefit_by_group",
    "choose_scope",
    "compare",
    "compared",
    "glance",
    "headline",
    "leadership",
    "neighbourhoods",
    "outcome_change",
    "process_and_outcome",
    "process_by_construct",
    "process_by_split",
    "process_by_wave",
    "process_change",
    "projects_by_phase",
    "quality_headline",
    "right_amount",
    "taking_part",
    "whole",
]
