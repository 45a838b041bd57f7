"""Which pages show which metrics. A test draws every page and compares."""

from __future__ import annotations

#: What every page that is about one entity shows.
_OF_AN_ENTITY = (
    "benefit_minimum",
    "benefit_share",
    "change_effect",
    "drawback_share",
    "outcome_score",
    "paired_change",
    "participation",
    "process_quality",
    "proposals_taken_up",
    "recommendation",
    "response_rate",
    "right_amount",
)

METRICS_OF: dict[str, tuple[str, ...]] = {
    "overview": (*_OF_AN_ENTITY, "process_change"),
    "theme": _OF_AN_ENTITY,
    "area": _OF_AN_ENTITY,
    "project": (*_OF_AN_ENTITY, "dont_know_rate", "process_change", "representativeness"),
    "process": (
        "agreement",
        "balanced_leadership",
        "phase_coverage",
        "process_outcome",
        "process_outcome_halves",
        "process_quality",
        "reliability_of_mean",
        "shrunken_quality",
    ),
    "proposals": ("proposals_taken_up",),
}


def pages_with(metric: str) -> list[str]:
    """The pages that show a metric, in the order of the navigation."""
    return [page for page, shown in METRICS_OF.items() if metric in shown]
