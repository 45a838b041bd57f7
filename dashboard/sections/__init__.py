"""The parts that several pages share.

Each section asks the door for its figures, says them in a sentence and draws them, and says so
where nothing has been collected.
"""

from dashboard.sections.answering import answering, right_amount
from dashboard.sections.comparison import against_portfolio, compare, neighbourhoods, taking_part
from dashboard.sections.glance import glance
from dashboard.sections.outcomes import benefit_by_group, outcome_change
from dashboard.sections.process import (
    process_by_construct,
    process_by_split,
    process_by_wave,
    process_change,
)
from dashboard.sections.scope import Scope, choose_scope, headline

#: Charts stand beside each other where each has at least this many pixels.
TWO_ABREAST = 440

__all__ = [
    "TWO_ABREAST",
    "Scope",
    "against_portfolio",
    "answering",
    "benefit_by_group",
    "choose_scope",
    "compare",
    "glance",
    "headline",
    "neighbourhoods",
    "outcome_change",
    "process_by_construct",
    "process_by_split",
    "process_by_wave",
    "process_change",
    "right_amount",
    "taking_part",
]
