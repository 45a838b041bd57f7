"""The closed lists of words in records: stages of a case, steps of a person, kinds of output."""

from __future__ import annotations

#: What a solution goes through, from an idea to somebody's daily work.
STAGES = ("idea", "partner", "development", "trial", "pilot", "adoption")
#: How a case that goes no further ended; "" while it is still under way.
CASE_ENDS = ("rejected", "merged", "split", "withdrawn")
#: What a person goes through, from an invitation to an answer.
STEPS = ("invited", "registered", "attended", "returned", "finished", "answered")
#: How raters judge a phase themselves: each alone, or together.
OWN, JOINT = RATING_KINDS = ("own", "joint")
#: How many steps the highest level of the rubric stands above the lowest.
RATING_STEPS = 3
#: What joint work leaves behind.
OUTPUT_KINDS = (
    "publication",
    "thesis",
    "credits",
    "application",
    "partnership",
    "volunteers",
    "continued",
)
