"""From the ties and the roster of a figure to estimates, and when a network is not described."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import Method, Reason
from metrics.statistics.figures import estimates
from metrics.statistics.intervals import Floats, Interval, Whole
from metrics.statistics.networks import ANSWERED_NEEDED, Network, network


def networks_of(rows: pd.DataFrame, roster: pd.DataFrame) -> Network:
    """The network of each figure. rows: figure, source, target; roster: as `network`."""
    return network(rows, roster, int(rows["figure"].max()) + 1 if len(rows) else 0)


def network_figures(
    rows: pd.DataFrame,
    found: Network,
    interval: Interval | Floats,
    *,
    numerator: Whole | None = None,
    denominator: Whole | None = None,
) -> pd.DataFrame:
    """ESTIMATE_VALUES of figures about whole networks; n: organisations on the roster.

    interval: a value with its bounds, or a value alone, which is a full count.
    Missing: unknown_frame without a roster; ties_unanswered where less than ANSWERED_NEEDED of it
    answered, with the bounds kept where there are any; not_estimable for too small a network.
    """
    bounded = isinstance(interval, Interval)
    nothing = np.full(found.size, np.nan)
    value, low, high = interval if bounded else Interval(interval, nothing, nothing)
    unlisted = found.nodes == 0
    silent = ~unlisted & (found.response < ANSWERED_NEEDED - 1e-9)
    reasons = [Reason.UNKNOWN_FRAME.value, Reason.TIES_UNANSWERED.value]
    figures = estimates(
        Interval(np.where(silent | unlisted, np.nan, value), low, high),
        n=found.nodes.astype(np.int64),
        projects=_projects(rows, found.size),
        method=Method.BOUNDS if bounded else Method.CENSUS,
        numerator=numerator,
        denominator=denominator,
        missing=np.select([unlisted, silent], reasons, Reason.NOT_ESTIMABLE.value),
    )
    kept = silent & ~np.isnan(low)
    figures.loc[kept, "method"] = Method.BOUNDS.value
    figures.loc[~kept & figures["value"].isna().to_numpy(), ["low", "high"]] = np.nan
    return figures


def _projects(rows: pd.DataFrame, size: int) -> Whole:
    """How many projects the ties of each figure were told in."""
    real = rows.loc[(rows["project"] > 0).to_numpy(), ["figure", "project"]].drop_duplicates()
    return np.bincount(real["figure"], minlength=size).astype(np.int64)
