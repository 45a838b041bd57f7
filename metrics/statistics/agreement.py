"""How alike the answers within a project are: standard deviation, and r_wg against chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import Method, Reason
from metrics.statistics.clusters import cluster_mean, first_rows
from metrics.statistics.components import clusters
from metrics.statistics.figures import estimates
from metrics.statistics.intervals import Floats, Interval, Whole, ratio
from metrics.statistics.reliability import scatter

_METHODS = list(Method)
#: The standard deviation of half at 0 and half at 100.
WIDEST = 50.0


def variance_interval(variance: Floats, freedom: Floats) -> Interval:
    """A variance with its chi-square interval: v s**2 / chi2(.975; v) to v s**2 / chi2(.025; v).

    Interval: NaN where the variance is 0 or v < 1.
    Source: any textbook. By hand: v 9, s**2 4: 36 / 19.0228 = 1.892 to 36 / 2.7004 = 13.331.
    """
    from scipy.special import chdtri

    usable = (variance > 0) & (freedom >= 1)
    v = np.where(usable, freedom, np.nan)
    # chdtri takes the probability above.
    low, high = (v * variance / chdtri(v, p) for p in (0.025, 0.975))
    return Interval(variance, low, high)


def within_deviations(rows: pd.DataFrame) -> pd.DataFrame:
    """Standard deviation of scores within projects, in points. Rows: n, total, squares, unit.

    Formula: s = sqrt(sum SS_j / (N - J)), the pooled one above a project; interval by chi-square,
    which takes scores to be roughly normal, cut to what a scale of 0-100 can show.
    Missing: NO_ANSWERS, and NO_VARIANCE where no project has two people.
    """
    data = clusters(rows)
    many, people = data.sums(np.ones(len(data.n))), data.sums(data.n)
    freedom = people - many
    found = variance_interval(ratio(data.sums(data.squares), freedom), freedom)
    value, low, high = (np.sqrt(end) for end in found)
    return estimates(
        Interval(value, low, np.minimum(high, np.maximum(value, WIDEST))),
        n=people.astype(np.int64),
        projects=many.astype(np.int64),
        method=Method.CHI_SQUARE,
        missing=_nobody(people),
    )


def agreements(rows: pd.DataFrame) -> pd.DataFrame:
    """r_wg: how much less people of a project differ than answers drawn by lot would.

    Rows: n, item_answers, s1.., p11.. (as `reliability.scatter`), spread and options, each times
    n: the variance of an answer drawn by lot is spread / options.
    Formula: r_wg = 1 - mean item variance / variance of an answer drawn by lot from all codes
    (uniform null: (A**2 - 1)/12 for A answers in a row). Of one project the interval is that of the
    mean variance, chi-square with v = (n-1) (tr S)**2 / tr(S**2) degrees of freedom; above it the
    mean of the projects' r_wg with t(J-1). Below 0: people differ more than by lot.
    Missing: NO_ANSWERS, and NO_VARIANCE where no project has two people who answered all items.
    Source: James, Demaree & Wolf 1984 for one item; the mean over items (r*_wg) Lindell, Brandt &
    Whitney 1999, which does not grow with the number of items; degrees of freedom Satterthwaite
    1946. By hand: codes 1-5, null 2; answers 3 3 4 4: variance 1/3, r_wg .8333.
    """
    size = int(rows["figure"].max()) + 1 if len(rows) else 0
    people = np.bincount(rows["figure"], weights=rows["n"], minlength=size).astype(np.int64)
    rows = rows[rows["n"] > 1].reset_index(drop=True)
    figure = rows["figure"].to_numpy()
    each = scatter(rows.assign(figure=np.arange(len(rows))))
    null = ratio(rows["spread"].to_numpy(), rows["options"].to_numpy())
    own = np.trace(each.within, axis1=1, axis2=2)
    variance = ratio(own, each.freedom * each.items)
    value = 1 - ratio(variance, null)
    pooled = cluster_mean(figure, value, size, (-np.inf, 1.0))
    single = np.flatnonzero(pooled.projects == 1)
    row = first_rows(figure, size)[single]
    squares = (each.within**2).sum(axis=(1, 2))
    freedom = each.freedom * ratio(own * own, squares)
    spread = variance_interval(variance[row], freedom[row])
    alone = Interval(value[row], *(1 - ratio(end, null[row]) for end in (spread.high, spread.low)))
    for ends, end in zip(pooled.interval, alone, strict=True):
        ends[single] = end
    method = np.full(size, _METHODS.index(Method.CLUSTER_MEAN))
    method[single] = _METHODS.index(Method.CHI_SQUARE)
    return estimates(
        pooled.interval,
        n=people,
        projects=pooled.projects,
        method=method,
        missing=_nobody(people),
    )


def _nobody(people: Floats | Whole) -> NDArray[np.str_]:
    """Why a figure has no value: nobody answered, or nobody beside whom an answer could differ."""
    alone = [Reason.NO_ANSWERS.value, Reason.NO_VARIANCE.value]
    return np.where(people == 0, *alone).astype(str)
