"""Variation between and within projects: y_ij = mu + u_j + e_ij, and what follows from it.

Everything is computed from counts, sums and sums of squares of projects (rows: figure, n, total,
squares, unit), in points of 0-100. Two estimators: analysis of variance, whose intraclass
correlation has an F interval, and restricted maximum likelihood, whose components give the grand
mean, the reliability of a project's mean and shrunken means.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.statistics.clusters import Pooled, first_rows
from metrics.statistics.intervals import (
    Floats,
    Interval,
    Whole,
    Z,
    moment_variance,
    ratio,
    t_interval,
)

#: A random-intercept model needs this many projects.
PROJECTS_NEEDED = 3

#: The ratio of the components is searched between exp of these, and refined by halving.
_LEAST, _MOST, _STEPS, _HALVINGS = -16.0, 16.0, 16, 44


class Clusters(NamedTuple):
    """Projects (rows) and their figures: figure, people, mean and sum of squares of each project;
    size: how many figures there are."""

    figure: Whole
    n: Whole
    mean: Floats
    squares: Floats
    size: int

    def sums(self, column: Floats | Whole) -> Floats:
        """Sums of a column over the projects of each figure."""
        return np.bincount(self.figure, weights=column, minlength=self.size)


class Components(NamedTuple):
    """Figures: mean mu and its variance, variances between and within projects; projects, people.

    between is 0 where the fit is singular. NaN where there is no fit.
    """

    mean: Floats
    variance: Floats
    between: Floats
    within: Floats
    projects: Whole
    people: Whole


def clusters(rows: pd.DataFrame) -> Clusters:
    """The projects that have people. Rows: figure, n, total, squares, unit."""
    size = int(rows["figure"].max()) + 1 if len(rows) else 0
    rows = rows[rows["n"] > 0]
    figure, n, total, squares, unit = (
        rows[column].to_numpy() for column in ("figure", "n", "total", "squares", "unit")
    )
    variance = np.where(n > 1, moment_variance(n, total, squares), 0.0)
    return Clusters(
        figure,
        n,
        ratio(100 * total, n * unit),
        variance * (n - 1) * (100 / unit) ** 2,
        size,
    )


def random_intercept(data: Clusters) -> Components:
    """The random-intercept model of every figure by restricted maximum likelihood.

    Formula: with r = between / within and w_j = n_j / (1 + n_j r), mu = sum w_j m_j / sum w_j,
    within = Q / (N-1), Q = sum SS_j + sum w_j (m_j - mu)**2; r minimises
    (N-1) log Q + sum log(1 + n_j r) + log sum w_j (minus twice the profile likelihood), found on a
    grid of log r and by halving on its slope. Variance of mu: within / sum w_j.
    Singular: between 0 where no r above 0 is more likely.
    Missing: NaN below PROJECTS_NEEDED projects, where every project has one person and where
    nobody differs from others of the project.
    Source: Patterson & Thompson 1971. Dyestuff (Davies & Goldsmith), 6 x 5: mean 1527.5 (standard
    error 19.38), between 1764.05, within 2451.25.
    """
    many, people = data.sums(np.ones(len(data.n))), data.sums(data.n)
    inside = data.sums(data.squares)
    fitted = (many >= PROJECTS_NEEDED) & (people > many) & (inside > 0)
    model = _Profile(data, people, inside)
    r = np.where(fitted, _likeliest(model), np.nan)
    _, whole, shift, misfit = model.at(r)
    within = misfit / np.maximum(people - 1, 1)
    return Components(
        np.where(fitted, model.origin + shift, np.nan),
        np.where(fitted, ratio(within, whole), np.nan),
        np.where(fitted, r * within, np.nan),
        np.where(fitted, within, np.nan),
        many.astype(np.int64),
        people.astype(np.int64),
    )


class _Profile:
    """The profile likelihood of many figures by the ratio r of their components.

    Projects of one size have one weight, so they are summed before anything is searched.
    """

    def __init__(self, data: Clusters, people: Floats, inside: Floats):
        self.people, self.inside, self.size = people, inside, data.size
        self.origin = ratio(data.sums(data.n * data.mean), people)
        apart = data.mean - self.origin[data.figure]
        largest = int(data.n.max(initial=0)) + 1
        code, place = np.unique(data.figure * largest + data.n, return_inverse=True)
        self.figure, self.n = code // largest, code % largest
        self.many, self.first, self.second = (
            np.bincount(place, weights=column, minlength=len(code))
            for column in (np.ones(len(place)), apart, apart * apart)
        )

    def sums(self, column: Floats) -> Floats:
        return np.bincount(self.figure, weights=column, minlength=self.size)

    def at(self, r: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Weights; of each figure their sum, mu less the origin, and Q."""
        weights = self.n / (1 + self.n * r[self.figure])
        whole = self.sums(weights * self.many)
        shift = ratio(self.sums(weights * self.first), whole)
        return weights, whole, shift, self.inside + self.sums(weights * self.rest(shift))

    def rest(self, shift: Floats) -> Floats:
        """Squared deviations from mu, summed over the projects of one size."""
        apart = shift[self.figure]
        return self.second - 2 * apart * self.first + apart * apart * self.many

    def value(self, r: Floats) -> Floats:
        """Minus twice the log-likelihood, less a constant."""
        _, whole, _, q = self.at(r)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = self.sums(self.many * np.log1p(self.n * r[self.figure]))
            return (self.people - 1) * np.log(q) + logs + np.log(whole)

    def slope(self, r: Floats) -> Floats:
        """Its derivative by r."""
        weights, whole, shift, q = self.at(r)
        fall = self.sums(weights * weights * self.rest(shift))
        second = self.sums(weights * weights * self.many)
        return whole - ratio((self.people - 1) * fall, q) - ratio(second, whole)


def _likeliest(model: _Profile) -> Floats:
    """The ratio r of each figure; 0 where the fit is singular."""
    size = model.size
    grid = np.linspace(_LEAST, _MOST, _STEPS + 1)
    values = [model.value(np.full(size, r)) for r in (0.0, *np.exp(grid))]
    best = np.argmin(np.nan_to_num(np.array(values), nan=np.inf), axis=0) if size else np.zeros(0)
    best = best.astype(np.int64)
    low = grid[np.clip(best - 2, 0, _STEPS)]
    high = grid[np.clip(best, 0, _STEPS)]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        falls = model.slope(np.exp(middle)) < 0
        low, high = np.where(falls, middle, low), np.where(falls, high, middle)
    found = np.exp((low + high) / 2)
    # The least ratio of the grid is a ten-millionth: no variation that anybody could see.
    return np.where((best == 0) | (found <= np.exp(_LEAST) * 1.001), 0.0, found)


def ratio_interval(found: Components, data: Clusters) -> tuple[Floats, Floats]:
    """Ends of the ratio between / within: where the profile likelihood falls by chi2(.95; 1) / 2.

    Source: Venzon & Moolgavkar 1988.
    """
    people, inside = data.sums(data.n), data.sums(data.squares)
    model = _Profile(data, people, inside)
    r = ratio(found.between, found.within)
    least = model.value(r) + Z * Z
    start = np.log(np.clip(r, np.exp(_LEAST), np.exp(_MOST)))
    low = _crossing(model, least, np.full(data.size, _LEAST), start)
    high = _crossing(model, least, np.full(data.size, _MOST), start)
    alike = model.value(np.zeros(data.size)) <= least
    known = ~np.isnan(r)
    return (
        np.where(known, np.where(alike, 0.0, np.exp(low)), np.nan),
        np.where(known, np.exp(high), np.nan),
    )


def _crossing(model: _Profile, least: Floats, outside: Floats, inside: Floats) -> Floats:
    """Where between two logarithms of the ratio the profile passes a value."""
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2
        beyond = model.value(np.exp(middle)) > least
        outside, inside = np.where(beyond, middle, outside), np.where(beyond, inside, middle)
    return inside


def grand_mean(found: Components) -> Interval:
    """The mean of the average project with t(.975; J-1), cut to 0-100.

    Formula: mu -+ t(.975; J-1) * sqrt(within / sum w_j). For projects of one size and a fit that is
    not singular this is the mean of project means with its own interval.
    """
    freedom = (found.projects - 1).astype(float)
    return t_interval(found.mean, found.variance, freedom, (0.0, 100.0))


def reliabilities(r: Floats, data: Clusters) -> Floats:
    """For every project how much of the variation of its mean is not chance.

    r: the ratio between / within of every figure.
    Formula: lambda_j = n_j ICC / (1 + (n_j - 1) ICC), ICC = r / (1 + r).
    Source: Spearman 1910, Brown 1910. Dyestuff: ICC .4185, n 5: .7825.
    """
    icc = (r / (1 + r))[data.figure]
    return ratio(data.n * icc, 1 + (data.n - 1) * icc)


def shrunken(found: Components, data: Clusters) -> Interval:
    """For every project its mean drawn towards the mean of all, by how unreliable it is.

    Formula: e_j = mu + lambda_j (m_j - mu); variance between (1 - lambda_j) +
    (1 - lambda_j)**2 Var(mu); e_j -+ t(.975; J-1) * its root, cut to 0-100. t in place of z
    because the components are estimated.
    Source: empirical Bayes (best linear unbiased prediction), Henderson 1975; Morris 1983.
    Dyestuff: batch A 1509.89, E 1584.23.
    """
    reliability = reliabilities(ratio(found.between, found.within), data)
    mean = found.mean[data.figure]
    value = mean + reliability * (data.mean - mean)
    rest = 1 - reliability
    variance = found.between[data.figure] * rest + rest**2 * found.variance[data.figure]
    freedom = (found.projects - 1)[data.figure].astype(float)
    return t_interval(value, variance, freedom, (0.0, 100.0))


def participant_mean(data: Clusters) -> Pooled:
    """The mean over all people, each with equal weight, and projects as clusters.

    Formula: m = sum n_j m_j / N; Var(m) = J/(J-1) * sum (n_j (m_j - m))**2 / N**2;
    m -+ t(.975; J-1) * its root, cut to 0-100.
    Missing: interval NaN for one project and where all projects have one mean.
    Source: linearised with ultimate clusters, Cochran 1977, 9A. By hand: 10 people at 40, 10 at
    50, 20 at 60: 52.5, deviations -125 -25 150, variance 3/2 * 38750 / 1600 = 36.33.
    """
    many, people = data.sums(np.ones(len(data.n))), data.sums(data.n)
    origin = data.mean[first_rows(data.figure, data.size)] if len(data.n) else np.zeros(data.size)
    apart = data.mean - origin[data.figure]
    shift = ratio(data.sums(data.n * apart), people)
    deviation = data.n * (apart - shift[data.figure])
    variance = ratio(many * data.sums(deviation * deviation), (many - 1) * people * people)
    value = np.where(many > 0, origin + shift, np.nan)
    interval = t_interval(value, np.where(many > 1, variance, np.nan), many - 1, (0.0, 100.0))
    return Pooled(interval, many.astype(np.int64))
