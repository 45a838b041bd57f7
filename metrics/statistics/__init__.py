"""Estimators that metrics share, each vectorised over figures, with formula and source.

`intervals` holds one sample at a time, `clusters` pools projects, `figures` turns the rows that
`metrics.evaluate` hands to a metric into estimates. An undefined figure is NaN with a reason.
"""

from metrics.statistics.clusters import cluster_mean, cluster_ratio
from metrics.statistics.figures import (
    counts,
    estimates,
    independent_changes,
    means,
    paired_changes,
    people_shares,
    recommendations,
    record_shares,
    survey_shares,
)
from metrics.statistics.intervals import (
    Interval,
    difference_of_means,
    mean,
    moment_variance,
    recommendation,
    wilson,
)

__all__ = [
    "Interval",
    "cluster_mean",
    "cluster_ratio",
    "counts",
    "difference_of_means",
    "estimates",
    "independent_changes",
    "mean",
    "means",
    "moment_variance",
    "paired_changes",
    "people_shares",
    "recommendation",
    "recommendations",
    "record_shares",
    "survey_shares",
    "wilson",
]
