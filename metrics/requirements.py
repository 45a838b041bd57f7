"""Which constructs and which records belong to which phase: the one table of what is to be known.

Constructs are scales of the process questionnaires. Records are metrics: a project has the record
of a phase when the metric has a figure for it. Attendance is told by phase; the other records are
of a project as a whole.
"""

from __future__ import annotations

from typing import NamedTuple


class Requirement(NamedTuple):
    """The constructs that are asked about in a phase, and the metrics that its records lead to."""

    constructs: tuple[str, ...]
    records: tuple[str, ...]


#: The metric of records that is told by phase: who took part.
ATTENDANCE = "participation"

REQUIRED: dict[str, Requirement] = {
    # Needs, each with the group that it came from.
    "P1": Requirement(("INCL", "INFL", "TERMS"), ("needs_met",)),
    # Proposals, and how soon they were answered.
    "P2": Requirement(("INCL", "OPEN", "TERMS"), ("proposals_taken_up", "response_time")),
    # Signed rules, and the list of roles.
    "P3": Requirement(("GOAL", "RULE", "TRUST"), ("rules_signed", "roles_filled")),
    # Attendance, and how talk was shared.
    "P4": Requirement(("FACIL", "INCL", "INFL", "SPACE", "TERMS"), (ATTENDANCE, "voice_equality")),
    # The log of a trial: what was changed and why.
    "P5": Requirement(("TRUST", "LEAD", "LEARN", "OPEN"), ("changes_absorbed",)),
    # The log of a pilot, and the quality of the service (Q0).
    "P6": Requirement(("LEAD", "LEARN", "RULE", "SPACE"), ("decision_lag", "outcome_score")),
    # Tender or adoption.
    "P7": Requirement(("OPEN", "INFL", "LEAD"), ("adopters",)),
    # Use elsewhere, and who came again.
    "P8": Requirement(("LEARN", "INFL", "TRUST"), ("lineage", "repeat_participation")),
}


def required_records() -> tuple[str, ...]:
    """Every metric that stands for a required record, in the order of the phases."""
    return tuple(dict.fromkeys(name for each in REQUIRED.values() for name in each.records))
