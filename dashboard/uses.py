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

#: What is told of outcomes by stakeholder group, and of the process by its records.
_OF_RECORDS = (
    "accessibility_coverage",
    "adopters",
    "changes_absorbed",
    "cost_per_participant",
    "cost_per_pilot",
    "decision_lag",
    "embedding",
    "firms_new_market",
    "firms_new_product",
    "firms_tested",
    "joint_outputs",
    "lasting_adoption",
    "lineage",
    "needs_met",
    "new_practice",
    "roles_filled",
    "rules_signed",
    "time_to_embedding",
    "time_to_first_sale",
)

#: What event logs of other systems tell.
_OF_LOGS = (
    "log_case_long",
    "log_case_mean",
    "log_case_median",
    "log_reached",
    "log_rework",
    "log_wait",
)

METRICS_OF: dict[str, tuple[str, ...]] = {
    "overview": (
        *_OF_AN_ENTITY,
        *_OF_RECORDS,
        "change_share",
        "change_typical",
        "difference_in_differences",
        "process_change",
    ),
    "theme": _OF_AN_ENTITY,
    "area": _OF_AN_ENTITY,
    "project": (
        *_OF_AN_ENTITY,
        *_OF_LOGS,
        *_OF_RECORDS,
        "dont_know_rate",
        "perception_gap",
        "process_change",
        "rater_agreement",
        "representativeness",
        "self_assessment",
    ),
    "process": (
        *_OF_LOGS,
        "agreement",
        "balanced_leadership",
        "benefit_bounds",
        "dropout_bias",
        "effective_n",
        "group_representation",
        "icc",
        "icc_of_mean",
        "item_ceiling",
        "item_dif",
        "item_dif_language",
        "item_floor",
        "item_rest",
        "late_difference",
        "max_bias",
        "perception_gap",
        "phase_coverage",
        "process_outcome",
        "process_outcome_halves",
        "process_quality",
        "r_indicator",
        "reliability_of_mean",
        "response_rate",
        "scale_alpha",
        "scale_omega",
        "shrunken_quality",
        "weighted_quality",
        "within_deviation",
    ),
    "participation": (
        "absent_groups",
        "breadth",
        "distinct_organisations",
        "distinct_participants",
        "journey_excess",
        "journey_loss",
        "network_brokers",
        "network_centralisation",
        "network_degree",
        "network_density",
        "network_modularity",
        "network_reciprocity",
        "network_sectors",
        "participation",
        "reach",
        "repeat_participation",
        "representativeness",
        "tie_survival",
        "voice_equality",
    ),
    "proposals": (
        "answered_by",
        "case_outcome",
        "closure",
        "influence_rate",
        "proposals_taken_up",
        "response_time",
        "stage_conversion",
        "stage_time",
    ),
    "claims": ("outcome_score",),
}


def pages_with(metric: str) -> list[str]:
    """The pages that show a metric, in the order of the navigation."""
    return [page for page, shown in METRICS_OF.items() if metric in shown]
