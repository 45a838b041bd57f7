"""Projects set against comparison sites, and projects' processes against their outcomes.

The project is the unit in both: people of one project resemble each other, so their number says
little about chance.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.clusters import first_rows
from metrics.statistics.intervals import Floats, Interval, Whole, Z, ratio, t_interval

#: A permutation test that cannot come below this cannot speak: 3 + 3 sites reach .10.
LEAST_P = 0.05
#: Up to so many divisions all are tried; above, as many are drawn as DRAWN.
COUNTED_OUT = 20_000
DRAWN = 4_999
_SEED = 20_260
#: Projects that an association needs to be shown, and to be tested.
SHOWN_FROM, TESTED_FROM = 10, 15
#: Over so many projects t(J-2) gives the same p as dealing, to the third digit.
DEALT_TO = 100
_EQUAL = 1e-9


class Contrast(NamedTuple):
    """Difference in differences, its permutation p, and how many stand on either side."""

    interval: Interval
    p: Floats
    treated: Whole
    compared: Whole


def difference_in_differences(
    figure: Whole,
    change: Floats,
    treated: Whole,
    size: int,
    bounds: tuple[float, float],
    correction: str = "CR1",
) -> Contrast:
    """(T1 - T0) - (C1 - C0): mean change of projects less mean change of comparison sites.

    Rows: one a project or site with its change. Each is a cluster of its own with equal weight.
    Formula: CR1: variance = G/(G-2) * (sum(e_t**2)/T**2 + sum(e_c**2)/C**2), e the deviation from
    the mean of its side, G = T + C, which is G/(G-1) * (G-1)/(G-2); t(.975; G-1). CR2: each side's
    sum is divided by its number less one instead, and t has Satterthwaite's df.
    p: all ways of choosing which T of the G were projects (DRAWN seeded ones where there are more
    than COUNTED_OUT), two-sided; NaN where the smallest possible p, 2/comb(G, T), is above .05.
    Missing: value NaN where a side is empty; interval NaN where a side has one, as its spread is
    not known: cluster-robust errors of two clusters come out near 0 and mean nothing.
    Source: Liang & Zeger 1986; Bell & McCaffrey 2002. Card & Krueger 1994, table 3: 20.44 to 21.03
    against 23.33 to 21.17: 2.75.
    """
    sides = 2 * figure + treated
    count = np.bincount(sides, minlength=2 * size)
    mean = ratio(np.bincount(sides, change, 2 * size), count)
    # Counted from one of the side, so equal changes leave a deviation of exactly zero.
    origin = change[first_rows(sides, 2 * size)][sides] if len(sides) else change
    apart = (change - origin) - ratio(np.bincount(sides, change - origin, 2 * size), count)[sides]
    spread = np.bincount(sides, apart * apart, 2 * size).reshape(-1, 2)
    number = count.reshape(-1, 2)
    clusters = number.sum(axis=1)
    if correction == "CR2":
        parts = ratio(spread, number * np.maximum(number - 1, 0))
        variance = parts.sum(axis=1)
        freedom = ratio(variance**2, ratio(parts**2, np.maximum(number - 1, 0)).sum(axis=1))
    else:
        variance = ratio(clusters, np.maximum(clusters - 2, 0)) * ratio(spread, number**2).sum(1)
        freedom = (clusters - 1).astype(float)
    variance = np.where(number.min(axis=1) >= 2, variance, np.nan)
    value = mean.reshape(-1, 2)[:, 1] - mean.reshape(-1, 2)[:, 0]
    p = np.full(size, np.nan)
    # One figure for each scale and wave of the portfolio: a handful.
    for at in np.flatnonzero(number.min(axis=1) > 0):
        if 2 / comb(int(clusters[at]), int(number[at, 1])) <= LEAST_P:
            own = figure == at
            p[at] = permutation_p(change[own], treated[own] == 1)
    return Contrast(
        t_interval(value, variance, np.nan_to_num(freedom), bounds), p, number[:, 1], number[:, 0]
    )


def permutation_p(change: Floats, treated: np.ndarray) -> float:
    """Share of divisions whose means lie as far apart as those that were seen, or farther.

    Smallest possible with all divisions counted: 2/comb(6, 3) = .10, 2/comb(8, 4) = .029,
    2/comb(10, 5) = .008 (sides of one size). Drawn ones: (1 + hits)/(1 + drawn).
    Source: Fisher 1935; Phipson & Smyth 2010 for drawn ones.
    """
    order = np.argsort(change, kind="stable")
    change, treated = change[order], treated[order]
    size, chosen = len(change), int(treated.sum())
    total, seen = change.sum(), change[treated].sum()
    counted = comb(size, chosen) <= COUNTED_OUT
    if counted:
        picked = np.array(list(combinations(range(size), chosen)))
    else:
        rng = np.random.default_rng(_SEED)
        picked = np.argpartition(rng.random((DRAWN, size)), chosen, axis=1)[:, :chosen]
    sums = change[picked].sum(axis=1)

    def gap(part: Floats) -> Floats:
        return np.abs(part / chosen - (total - part) / (size - chosen))

    hits = int((gap(sums) >= gap(seen) - _EQUAL * max(1.0, float(np.abs(change).max()))).sum())
    return hits / len(sums) if counted else (1 + hits) / (1 + len(sums))


class Association(NamedTuple):
    """Rank correlation over projects with its interval and p, and the number of projects."""

    interval: Interval
    p: Floats
    projects: Whole


def association(figure: Whole, pairs: list[tuple[Floats, Floats]], size: int) -> Association:
    """Spearman's correlation over projects; of several pairs of measures, the mean of theirs.

    Rows: one a project of a figure. Two pairs: the process in one half of the people with the
    outcome in the other, and the other way round.
    Formula: correlation of ranks (equal values share theirs); interval by Fisher's z with the error
    sqrt((1 + r**2/2)/(J - 3)) (Bonett & Wright 2000). p: the projects' outcomes are dealt anew,
    DRAWN seeded times, two-sided; over 100 projects t(J-2), which is on the safe side for a mean of
    two.
    Missing: value NaN for fewer than 10 projects or where a side does not vary; p NaN for fewer
    than 15.
    Source: Spearman 1904. By hand: 1 2 3 4 5 against 2 1 4 3 5: 1 - 6 * 4 / (5 * 24) = .8.
    """
    projects = np.bincount(figure, minlength=size)
    ranked = [(_ranks(figure, x, size), _ranks(figure, y, size)) for x, y in pairs]
    value = np.mean([np.bincount(figure, x * y, size) for x, y in ranked], axis=0)
    varied = np.all(
        [np.bincount(figure, side * side, size) > 0.5 for pair in ranked for side in pair], axis=0
    )
    value = np.where(varied & (projects >= SHOWN_FROM), np.clip(value, -1, 1), np.nan)
    p = np.full(size, np.nan)
    # Only figures above projects come this far: tens of them, each dealt by one matrix.
    order = np.argsort(figure, kind="stable")
    start = np.cumsum(projects) - projects
    for at in np.flatnonzero((projects >= TESTED_FROM) & ~np.isnan(value)):
        own = order[start[at] : start[at] + projects[at]]
        p[at] = _dealt([(x[own], y[own]) for x, y in ranked], float(value[at]))
    inside = np.abs(value) < 1 - _EQUAL
    error = np.sqrt(ratio(1 + value**2 / 2, np.maximum(projects - 3, 0)))
    centre = np.arctanh(np.where(inside, value, 0.0))
    ends = (np.where(inside, np.tanh(centre + sign * Z * error), np.nan) for sign in (-1, 1))
    return Association(Interval(value, *ends), p, projects)


def _ranks(figure: Whole, values: Floats, size: int) -> Floats:
    """Mean ranks within each figure, centred and of length 1; all 0 where nothing varies."""
    # Values equal but for rounding must share a rank.
    values = np.round(values, 9)
    order = np.lexsort((values, figure))
    there, sorted_values = figure[order], values[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (there[1:] != there[:-1]) | (sorted_values[1:] != sorted_values[:-1])
    tie = np.cumsum(new) - 1
    ranks = np.empty(len(order))
    place = np.arange(len(order), dtype=float)
    ranks[order] = ratio(np.bincount(tie, place), np.bincount(tie))[tie] if len(order) else place
    ranks -= ratio(np.bincount(figure, ranks, size), np.bincount(figure, minlength=size))[figure]
    length = np.sqrt(np.bincount(figure, ranks * ranks, size))
    return ranks * np.nan_to_num(ratio(1.0, length))[figure]


def _dealt(ranked: list[tuple[Floats, Floats]], seen: float) -> float:
    """Two-sided p of a mean correlation when outcomes are dealt to projects at random."""
    from scipy.special import stdtr

    size = len(ranked[0][0])
    if size > DEALT_TO:
        t = ratio(abs(seen) * np.sqrt(size - 2), np.sqrt(max(1 - seen * seen, 0)))
        return float(2 * stdtr(size - 2, -t)) if abs(seen) < 1 else 0.0
    order = np.lexsort([side for pair in ranked for side in pair])
    deal = _deals(size)
    dealt = np.mean([y[order][deal] @ x[order] for x, y in ranked], axis=0)
    hits = int((np.abs(dealt) >= abs(seen) - _EQUAL).sum())
    return (1 + hits) / (1 + len(dealt))


@cache
def _deals(size: int) -> NDArray[np.int16]:
    """DRAWN seeded orders of a number of projects."""
    rng = np.random.default_rng(_SEED)
    return np.argsort(rng.random((DRAWN, size)), axis=1).astype(np.int16)
