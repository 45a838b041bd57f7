"""Intraclass correlation of projects, by one-way analysis of variance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from metrics.statistics.clusters import first_rows
from metrics.statistics.components import Clusters
from metrics.statistics.intervals import Floats, Interval, ratio


class Anova(NamedTuple):
    """Mean squares between and within projects, their degrees of freedom, and the typical size."""

    between: Floats
    within: Floats
    freedom_between: Floats
    freedom_within: Floats
    typical: Floats


def anova(data: Clusters) -> Anova:
    """One-way analysis of variance with projects as the random factor.

    Formula: MSB = sum n_j (m_j - m)**2 / (J-1), m the mean of all people; MSW = sum SS_j / (N-J);
    typical size n0 = (N - sum n_j**2 / N) / (J-1), which is n where all are of one size.
    Missing: NaN for one project, and for MSW where every project has one person.
    """
    many, people = data.sums(np.ones(len(data.n))), data.sums(data.n)
    origin = data.mean[first_rows(data.figure, data.size)] if len(data.n) else np.zeros(data.size)
    apart = data.mean - origin[data.figure]
    shift = ratio(data.sums(data.n * apart), people)
    spread = data.sums(data.n * (apart - shift[data.figure]) ** 2)
    return Anova(
        ratio(spread, many - 1),
        ratio(data.sums(data.squares), people - many),
        many - 1,
        people - many,
        ratio(people - ratio(data.sums(data.n * data.n), people), many - 1),
    )


def intraclass(found: Anova) -> tuple[Interval, Interval]:
    """ICC(1,1), of one person's score, and ICC(1,k), of a project's mean, with F intervals.

    Formula: F = MSB / MSW; (F - 1) / (F + n0 - 1) and 1 - 1/F; ends from F / F(.975; df) and
    F / F(.025; df) in place of F. Below 0: projects are more alike than chance would have it.
    Missing: NaN for one project, where every project has one person, and where nothing varies.
    Interval: exact for projects of one size, approximate with n0 otherwise; NaN where nobody
    differs from others of the project.
    Source: Shrout & Fleiss 1979, 6 x 4: .17 and .44; n0 and the interval: Searle 1971, 9.9;
    McGraw & Wong 1996.
    """
    from scipy.special import fdtri

    varies = (found.between > 0) | (found.within > 0)
    one = np.where(
        varies,
        ratio(found.between - found.within, found.between + (found.typical - 1) * found.within),
        np.nan,
    )
    f = ratio(found.between, found.within)
    # ICC(1,k) has no lower bound where F is 0; then it says nothing and is not given.
    mean = np.where(varies & (found.between > 0), 1 - ratio(found.within, found.between), np.nan)
    upper, lower = (
        np.where(f > 0, f / fdtri(found.freedom_between, found.freedom_within, p), np.nan)
        for p in (0.025, 0.975)
    )
    size = found.typical
    return (
        Interval(one, *(ratio(end - 1, end + size - 1) for end in (lower, upper))),
        Interval(mean, *(1 - ratio(1, end) for end in (lower, upper))),
    )
