"""Change of the same people: how large it is, and how many crossed a line.

Both rest on pairs. Fewer than PAIRS_NEEDED pairs are refused at every level.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import Method, Reason
from metrics.statistics.clusters import cluster_mean, cluster_ratio
from metrics.statistics.figures import PAIRS_NEEDED, one_or_many, refused_for
from metrics.statistics.intervals import (
    Floats,
    Interval,
    Whole,
    moment_variance,
    ratio,
    t_quantile,
    wilson,
)

FREE = (-np.inf, np.inf)
#: Pairs that a project's standardised change needs: with two the factor J is 0.
PAIRS_STANDARDISED = 3
#: Below this many people who crossed, the exact binomial takes the place of chi-square.
CROSSED = 25


def small_sample_factor(freedom: Floats) -> Floats:
    """J: what a standardised difference is multiplied by to be unbiased.

    Formula: J = gamma(v/2) / (sqrt(v/2) * gamma((v-1)/2)), exact, not 1 - 3/(4v - 1).
    Missing: NaN for v < 2. Source: Hedges 1981; J(2) = .5642, J(10) = .9228 (his table 1).
    """
    from scipy.special import gammaln

    freedom = np.asarray(freedom, dtype=float)
    v = np.where(freedom >= 2, freedom, np.nan)
    return np.exp(gammaln(v / 2) - gammaln((v - 1) / 2)) / np.sqrt(v / 2)


def noncentral_interval(t: Floats, freedom: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Ends of the population's standardised difference from an observed t.

    Formula: the noncentralities at which P(T <= t) is .975 and .025, divided by size (the root
    of the pairs, or of n1*n2/(n1+n2)). The interval is of the population's value, so it takes no J.
    Source: Steiger & Fouladi 1997; scipy.stats.nct gives the same ends.
    """
    from scipy.special import nctdtrinc

    ends = []
    for probability in (0.975, 0.025):
        end = np.full(np.shape(t), np.nan)
        usable = ~np.isnan(t) & (freedom >= 2)
        end[usable] = nctdtrinc(freedom[usable], probability, t[usable]) / size[usable]
        ends.append(end)
    return ends[0], ends[1]


def standardised_change(n: Whole, total: Whole, squares: Whole) -> Interval:
    """d_z of pairs: mean change / standard deviation of the changes, times J(n - 1).

    Missing: NaN for fewer than 3 pairs and where all changed by the same.
    Source: Hedges 1981, Cohen 1988. Darwin's maize, 15 pairs: t 2.148, d_z .5546 * .9453 = .5243,
    interval .0007 to 1.0916.
    """
    freedom = (n - 1).astype(float)
    deviation = np.sqrt(moment_variance(n, total, squares))
    crude = ratio(ratio(total, n), deviation)
    low, high = noncentral_interval(crude * np.sqrt(n), freedom, np.sqrt(n))
    return Interval(np.where(n >= PAIRS_STANDARDISED, crude * small_sample_factor(freedom), np.nan),
                    low, high)  # fmt: skip


def standardised_difference(
    first: tuple[Whole, Whole, Whole], second: tuple[Whole, Whole, Whole]
) -> Interval:
    """Hedges' g of two groups (second - first) by their pooled deviation, with noncentral t ends.

    first, second: count, sum and sum of squares, in one unit.
    Formula: g = J(v) * (m2 - m1) / s, v = n1 + n2 - 2, s**2 = sum of squared deviations / v.
    Missing: NaN where a side is empty, v < 2 or nobody differs from their own group.
    By hand: 1 2 3 and 3 4 5: g = J(4) * 2 = .7979 * 2.
    """
    n1, n2 = first[0], second[0]
    freedom = (n1 + n2 - 2).astype(float)
    spread = sum(
        np.where(side[0] > 1, moment_variance(*side) * (side[0] - 1), 0.0)
        for side in (first, second)
    )
    apart = ratio(second[1], n2) - ratio(first[1], n1)
    crude = ratio(apart, np.sqrt(ratio(spread, np.maximum(freedom, 0))))
    size = np.sqrt(ratio(n1 * n2, n1 + n2))
    low, high = noncentral_interval(crude * size, freedom, size)
    return Interval(crude * small_sample_factor(freedom), low, high)


def t_p(interval: Interval, freedom: Floats) -> Floats:
    """Two-sided p against 0 of an uncut t interval: its half width tells its standard error."""
    from scipy.special import stdtr

    p = np.full(len(freedom), np.nan)
    usable = ~np.isnan(interval.high) & (freedom >= 1)
    half = interval.high[usable] - interval.value[usable]
    t = ratio(interval.value[usable], half) * t_quantile(freedom[usable])
    p[usable] = 2 * stdtr(freedom[usable], -np.abs(t))
    return p


def paired_effects(rows: pd.DataFrame) -> pd.DataFrame:
    """d_z of a project's pairs, or the mean of the projects' d_z: the average project.

    Rows: n (pairs), total, squares. p: paired t in one project, t over projects above. Projects of
    fewer than 3 pairs, or whose people all changed by the same, are left out of the mean.
    """
    moments = [rows[column].to_numpy() for column in ("n", "total", "squares")]
    own = standardised_change(*moments)
    crude = ratio(own.value, small_sample_factor((moments[0] - 1).astype(float)))
    t = crude * np.sqrt(moments[0])
    n = moments[0]
    found = _effects(rows, own, t, (n - 1).astype(float), n)
    return _with_enough(found, rows["figure"].to_numpy(), n)


def group_effects(rows: pd.DataFrame) -> pd.DataFrame:
    """Hedges' g of a project's two groups, or the mean of the projects' g.

    Rows: first_n, first_total, first_squares, second_n, ...; n is the smaller group. No p: a
    difference in who is there describes the data and tests no claim.
    """
    sides = [
        tuple(rows[f"{side}_{moment}"].to_numpy() for moment in ("n", "total", "squares"))
        for side in ("first", "second")
    ]
    own = standardised_difference(*sides)
    n = np.minimum(sides[0][0], sides[1][0])
    return _effects(rows, own, None, (sides[0][0] + sides[1][0] - 2).astype(float), n)


def _effects(
    rows: pd.DataFrame, own: Interval, t: Floats | None, freedom: Floats, n: Whole
) -> pd.DataFrame:
    """Standardised differences: a project's own, and the mean of several projects'."""
    from scipy.special import stdtr

    everybody = rows["figure"].to_numpy()
    size = int(everybody.max()) + 1 if len(rows) else 0
    used = np.flatnonzero(~np.isnan(own.value))
    figure = everybody[used]
    pooled = cluster_mean(figure, own.value[used], size, FREE)
    p = t_p(pooled.interval, (pooled.projects - 1).astype(float))
    if t is not None:
        single = pooled.projects[figure] == 1
        chosen = used[single]
        p[figure[single]] = 2 * stdtr(freedom[chosen], -np.abs(t[chosen]))
    return one_or_many(
        pooled,
        lambda row: Interval(*(end[used[row]] for end in own)),
        figure,
        (Method.NONCENTRAL_T, Method.CLUSTER_MEAN),
        n=_behind(np.bincount(everybody, n, size), np.bincount(figure, n[used], size)),
        missing=Reason.NOT_ESTIMABLE if t is None else Reason.NO_VARIANCE,
        p=np.full(size, np.nan) if t is None else p,
    )


def _behind(everybody: Floats, counted: Floats) -> Whole:
    """People behind each value; of a figure without one, all those that the gate must know of."""
    return np.where(counted > 0, counted, everybody).astype(np.int64)


def mcnemar(gained: Whole, lost: Whole) -> Floats:
    """p of as many people crossing one way as the other, by McNemar's test.

    Formula: (b - c)**2 / (b + c), chi-square with 1 df, no continuity correction; exact binomial,
    two-sided, where fewer than 25 crossed.
    Missing: NaN where nobody crossed.
    Source: McNemar 1947. Agresti's approval of a leader, 86 and 150: 17.356.
    """
    from scipy.special import bdtr, chdtrc

    crossed = gained + lost
    statistic = ratio((gained - lost) ** 2, crossed)
    exact = np.minimum(2 * bdtr(np.minimum(gained, lost).astype(float), crossed, 0.5), 1.0)
    p = np.where(crossed < CROSSED, exact, chdtrc(1.0, np.where(crossed > 0, statistic, 0.0)))
    return np.where(crossed > 0, p, np.nan)


def paired_difference(both: Whole, gained: Whole, lost: Whole, neither: Whole) -> Interval:
    """Share after less share before of the same people, with Newcombe's interval for pairs.

    Formula: with the Wilson ends of each share, d -+ sqrt(x**2 - 2*phi*x*y + y**2), where phi is
    the correlation of the two answers, its numerator drawn n/2 towards 0.
    Missing: NaN for no pairs.
    Source: Newcombe 1998 (pairs), method 10. By hand for 10 pairs of which 2 gained and 8 stayed
    at no: .2, no correlation as nobody was lost, -.1124 to .5098.
    """
    n = both + gained + lost + neither
    after, before = wilson(both + gained, n), wilson(both + lost, n)
    margins = (both + gained) * (both + lost) * (lost + neither) * (gained + neither)
    crossed = both * neither - gained * lost
    drawn = np.where(crossed > n / 2, crossed - n / 2, np.where(crossed > 0, 0.0, crossed))
    phi = np.where(margins > 0, ratio(drawn, np.sqrt(margins.astype(float))), 0.0)
    value = ratio(gained - lost, n)

    def reach(x: Floats, y: Floats) -> Floats:
        return np.sqrt(np.maximum(x * x - 2 * phi * x * y + y * y, 0))

    low = value - reach(after.value - after.low, before.high - before.value)
    high = value + reach(before.value - before.low, after.high - after.value)
    return Interval(value, np.maximum(low, -1.0), np.minimum(high, 1.0))


def paired_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Change of a share in percentage points: of a project's pairs, or of all projects' pairs.

    Rows: both, gained, lost, neither (pairs). One project: Newcombe and McNemar; above: summed
    shares with projects as clusters, p of t(J-1).
    """
    everybody = rows["figure"].to_numpy()
    size = int(everybody.max()) + 1 if len(rows) else 0
    cells = [rows[column].to_numpy() for column in ("both", "gained", "lost", "neither")]
    pairs = sum(cells)
    used = np.flatnonzero(pairs > 0)
    figure = everybody[used]
    _, gained, lost, _ = cells
    pooled = cluster_ratio(figure, (gained - lost)[used], pairs[used], size, FREE)
    p = t_p(pooled.interval, (pooled.projects - 1).astype(float))
    single = pooled.projects[figure] == 1
    p[figure[single]] = mcnemar(gained[used][single], lost[used][single])
    ends = (np.full(size, np.nan), np.full(size, -100.0), np.full(size, 100.0))
    hundredfold = Interval(*(100 * end for end in pooled.interval))
    cut = Interval(
        hundredfold.value,
        np.maximum(hundredfold.low, ends[1]),
        np.minimum(hundredfold.high, ends[2]),
    )

    def own(row: Whole) -> Interval:
        return Interval(*(100 * end for end in paired_difference(*(c[used[row]] for c in cells))))

    found = one_or_many(
        pooled._replace(interval=cut),
        own,
        figure,
        (Method.NEWCOMBE, Method.CLUSTER_RATIO),
        n=np.bincount(figure, pairs[used], size).astype(np.int64),
        missing=Reason.NO_ANSWERS,
        p=p,
    )
    return _with_enough(found, everybody, pairs)


def _with_enough(found: pd.DataFrame, figure: Whole, pairs: Whole) -> pd.DataFrame:
    """The same figures; those of fewer than PAIRS_NEEDED pairs refused, with their number kept."""
    n = np.bincount(figure, pairs, len(found)).astype(np.int64)
    refused = found["n"].to_numpy() < PAIRS_NEEDED
    # A refused figure keeps its number of pairs: the disclosure gate must know how few they are.
    found["n"] = np.where(refused, n, found["n"])
    found.loc[refused, "p"] = np.nan
    return refused_for(found, refused, Reason.TOO_FEW_PAIRS)
