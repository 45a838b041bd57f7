"""Weights that make those who answered resemble those who were invited, and what they cost.

Weights here are sampling weights: a person of weight 3 stands for three people and is still one
answer. (Libraries that read weights as frequencies give far too small an error: with weights of
10 an error of 1.56 where the design gives 9.59.)
"""

from __future__ import annotations

import numpy as np

from metrics.statistics.intervals import Floats, Interval, Whole, ratio, t_interval

#: Nobody weighs more than so many times the mean weight of a figure.
HEAVIEST = 5.0
_ROUNDS, _CLOSE = 500, 1e-9


def rake(
    figure: Whole, start: Floats, margins: list[tuple[Whole, Floats]], size: int
) -> tuple[Floats, np.ndarray]:
    """Cell totals that meet every margin, and which figures converged.

    Rows: one a cell of a figure; start: its total to begin with (people who answered). margins:
    for each the class of every row (unique over figures) and the wanted total of each class.
    Formula: each margin in turn is met by multiplying its classes, until all are met to 1e-9 of
    the total. A class with nobody in it cannot be met: then the figure has not converged.
    Source: Deming & Stephan 1940. By hand: 10 20 / 30 40 to rows 50 50, columns 40 60 keeps the
    cross ratio 10 * 40 / (20 * 30) = 2/3.
    """
    cells = start.astype(float).copy()
    whole = np.bincount(figure, start, size)
    converged = np.zeros(size, dtype=bool)
    for _ in range(_ROUNDS):
        for place, wanted in margins:
            there = np.bincount(place, cells, len(wanted))
            cells *= ratio(wanted, there)[place]
        off = np.zeros(size)
        for place, wanted in margins:
            gap = np.abs(np.bincount(place, cells, len(wanted)) - wanted)
            np.maximum.at(off, figure, gap[place])
        scale = np.maximum(np.maximum(np.bincount(figure, cells, size), whole), 1.0)
        converged = off <= _CLOSE * scale
        if converged.all():
            break
    return cells, converged


def trim(figure: Whole, weight: Floats, n: Floats, size: int) -> Floats:
    """Weights cut at HEAVIEST times the mean weight, and all enlarged again to the same total.

    Rows: one a cell of n people with one weight each. The cut is made once; what it takes is given
    to everybody in proportion.
    """
    people, total = np.bincount(figure, n, size), np.bincount(figure, n * weight, size)
    cut = np.minimum(weight, HEAVIEST * ratio(total, people)[figure])
    return cut * ratio(total, np.bincount(figure, n * cut, size))[figure]


def effective_number(figure: Whole, weight: Floats, n: Floats, size: int) -> Floats:
    """(sum w)**2 / sum w**2: how many people without weights would tell as much.

    Source: Kish 1965. By hand: 10 people of weight 1 and 10 of weight 3: 40**2 / 100 = 16.
    """
    total = np.bincount(figure, n * weight, size)
    return ratio(total * total, np.bincount(figure, n * weight * weight, size))


def stratified_mean(
    figure: Whole, share: Floats, value: Floats, variance: Floats, n: Floats, size: int
) -> Interval:
    """Mean of strata by their known shares: post-stratification.

    Rows: one a stratum; variance: of its mean; share: of the people invited, sums to 1.
    Formula: sum(W_h * y_h) -+ t(.975; n - H) * sqrt(sum(W_h**2 * v_h)). Only what varies within
    strata counts: the interval takes credit for the known shares.
    Missing: interval NaN where a stratum's variance is not known (one answer, or all the same).
    Source: Cochran 1977, 5.4. By hand: shares .25 .75, means 40 60, variances 16 4: 55, 3.25.
    """
    mean = np.bincount(figure, share * value, size)
    spread = np.bincount(figure, share * share * variance, size)
    freedom = np.bincount(figure, n, size) - np.bincount(figure, minlength=size)
    return t_interval(mean, spread, np.where(freedom > 0, freedom, 0.0), (0.0, 100.0))


def weighted_mean(
    figure: Whole, cluster: Whole, weight: Floats, value: Floats, size: int,
    stratum: Whole | None = None, bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Interval:  # fmt: skip
    """Weighted mean, Taylor linearised, with ultimate clusters.

    Rows: one a cell (or a person); weight: its total weight. cluster: unique over figures; stratum
    (unique over figures too, one for each figure if not given) holds whole clusters.
    Formula: m = sum(w*y)/sum(w); e_c = sum over the cluster of w*(y - m) / sum(w); variance =
    sum over strata of C/(C-1) * sum((e_c - mean e)**2); t with clusters - strata.
    Missing: the interval is NaN, refused rather than adjusted, where a stratum has one cluster.
    Source: Woodruff 1971, Cochran 1977 9A; statsmodels' cluster-robust WLS of a constant gives the
    same error but for its factor.
    """
    stratum = figure if stratum is None else stratum
    total = np.bincount(figure, weight, size)
    mean = ratio(np.bincount(figure, weight * value, size), total)
    residual = weight * (value - mean[figure]) * ratio(1.0, total)[figure]
    clusters, place, first = _distinct(cluster)
    sums = np.bincount(place, residual, clusters)
    strata, stratum_of, first_cluster = _distinct(stratum[first])
    count = np.bincount(stratum_of, minlength=strata)
    apart = sums - ratio(np.bincount(stratum_of, sums, strata), count)[stratum_of]
    spread = ratio(count * np.bincount(stratum_of, apart * apart, strata), count - 1)
    owner = figure[first][first_cluster]
    variance = np.bincount(owner, spread, size)
    freedom = np.bincount(owner, count - 1, size).astype(float)
    alone = np.bincount(owner, count < 2, size) > 0
    # Rounding leaves a trace where every cluster has the same mean; that is no variance.
    variance = np.where(alone | (variance <= 1e-18 * mean * mean), np.nan, variance)
    return t_interval(mean, variance, freedom, bounds)


def _distinct(names: Whole) -> tuple[int, Whole, Whole]:
    """How many different names, which of them each row has, and the first row of each."""
    found, first, place = np.unique(names, return_index=True, return_inverse=True)
    return len(found), place, first
