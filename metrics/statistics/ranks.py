"""The typical change of the same people, read off the order of their changes.

Changes are counts on a grid: how many people changed by so many steps. So thousands of projects
are judged at once, and equal changes are equal and not nearly so.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import Method, Reason
from metrics.statistics.figures import PAIRS_NEEDED, estimates, refused_for
from metrics.statistics.intervals import Floats, Interval, Whole, Z, ratio, t_quantile

#: Steps that 0-100 is cut into: every mean of 2 to 5 answers with 5 or 7 choices falls on one.
STEPS = 720
#: Up to so many changes that are not zero the distribution of signed ranks is counted out.
COUNTED_OUT = 25
#: Up to so many pairs the ranks that end the interval are exact.
EXACT_ENDS = 50


class Grid(NamedTuple):
    """counts: people per row and step; lowest: the step of the first column; step: in STEPS."""

    counts: NDArray[np.float64]
    lowest: int
    step: int


def grid_of(rows: pd.DataFrame) -> Grid:
    """The counts of the columns ``d<steps>`` side by side, from the least change to the largest."""
    names = [name for name in rows if name.startswith("d") and name[1:].lstrip("-").isdigit()]
    steps = np.array([int(name[1:]) for name in names], dtype=np.int64)
    step = max(int(np.gcd.reduce(steps)) if len(steps) else 1, 1)
    place = steps // step
    lowest, highest = (int(place.min()), int(place.max())) if len(place) else (0, 0)
    counts = np.zeros((len(rows), highest - lowest + 1))
    for name, at in zip(names, place, strict=True):
        counts[:, at - lowest] = rows[name].to_numpy()
    return Grid(counts, lowest, step)


def walsh(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many means of two changes (each with itself, too) lie at or below each half step.

    Formula: pairs of steps i <= j counted by a convolution of the counts with themselves.
    """
    width = counts.shape[1]
    length = 2 * width - 1
    spectrum = np.fft.rfft(counts, 2 * width, axis=1)
    means = np.rint(np.fft.irfft(spectrum * spectrum, 2 * width, axis=1)[:, :length])
    means[:, ::2] += counts
    return np.cumsum(means / 2, axis=1)


def at_rank(below: NDArray[np.float64], rank: Floats) -> Floats:
    """The half step (from 0) of the mean of a rank, counted from the least."""
    return np.argmax(below >= rank[:, None] - 0.5, axis=1).astype(float)


def end_rank(n: Whole) -> Floats:
    """The rank of the mean of two that ends the 95 % interval of n changes, from either end.

    Exact up to 50 pairs, where it is one more than the largest W with P(W+ <= W) <= .025; then
    n(n+1)/4 - z * sqrt(n(n+1)(2n+1)/24), rounded down. Where changes are equal it is the interval
    of untied ones: at least as wide.
    Missing: NaN for fewer than 6. Source: Hollander & Wolfe, table A.4: n 15: 26; n 10: 9.
    """
    many = n * (n + 1) / 4 - Z * np.sqrt(n * (n + 1) * (2.0 * n + 1) / 24)
    rank = np.floor(many)
    ways = np.array([1.0])
    table = np.zeros(EXACT_ENDS + 1)
    for size in range(1, EXACT_ENDS + 1):
        longer = np.zeros(len(ways) + size)
        longer[: len(ways)] += ways / 2
        longer[size:] += ways / 2
        ways = longer
        table[size] = np.searchsorted(np.cumsum(ways), 0.025 + 1e-12, side="right")
    rank = np.where(n <= EXACT_ENDS, table[np.clip(n, 0, EXACT_ENDS)], rank)
    return np.where(rank >= 1, rank, np.nan)


def signed_rank_p(counts: NDArray[np.float64], lowest: int) -> Floats:
    """Two-sided p of Wilcoxon's signed ranks for the people of one project.

    Zeros are left out (Wilcoxon's rule), equal sizes share their mean rank. Up to 25 changes the
    signs are counted out with these very ranks; above, normal with the variance of tied ranks and
    a continuity correction of a half.
    Missing: NaN where nobody changed. Source: Wilcoxon 1945, Pratt & Gibbons 1981. Darwin's maize:
    W 24, p .0413.
    """
    from scipy.special import ndtr

    step = np.arange(counts.shape[1]) + lowest
    sizes, doubled = _sizes(counts, step)
    upward = np.zeros_like(sizes)
    upward[:, step[step > 0]] = counts[:, step > 0]
    n, observed = sizes.sum(axis=1), (upward * doubled).sum(axis=1)
    apart = observed / 2 - n * (n + 1) / 4
    variance = n * (n + 1) * (2 * n + 1) / 24 - (sizes**3 - sizes).sum(axis=1) / 48
    corrected = np.maximum(np.abs(apart) - 0.5, 0)
    p = 2 * ndtr(-ratio(corrected, np.sqrt(variance)))
    small = np.flatnonzero((n > 0) & (n <= COUNTED_OUT))
    for part in np.array_split(small, max(len(small) // 512, 1)):
        p[part] = _counted_out(sizes[part].astype(np.int64), doubled[part], observed[part])
    return np.where(n > 0, np.minimum(p, 1.0), np.nan)


def _counted_out(sizes: Whole, doubled: Floats, observed: Floats) -> Floats:
    """The same p over all patterns of signs; one row a project, at most COUNTED_OUT changes."""
    row, level = np.nonzero(sizes)
    times = sizes[row, level]
    ranks = np.zeros((len(sizes), COUNTED_OUT), dtype=np.int64)
    person = np.repeat(row, times)
    first = np.cumsum(sizes.sum(axis=1)) - sizes.sum(axis=1)
    ranks[person, np.arange(len(person)) - first[person]] = np.repeat(doubled[row, level], times)
    total = np.arange(COUNTED_OUT * (COUNTED_OUT + 1) + 1)
    ways = np.zeros((len(sizes), len(total)))
    ways[:, 0] = 1.0
    for rank in ranks.T:
        source = total - rank[:, None]
        moved = np.take_along_axis(ways, np.maximum(source, 0), axis=1)
        ways = (ways + np.where(source >= 0, moved, 0.0)) / 2
    below = np.cumsum(ways, axis=1)
    at = observed.astype(np.int64)[:, None]
    least = np.take_along_axis(below, at, axis=1)[:, 0]
    beyond = 1 - least + np.take_along_axis(ways, at, axis=1)[:, 0]
    return np.minimum(2 * np.minimum(least, beyond), 1.0)


def typical_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Hodges-Lehmann: the median of all means of two changes, in points.

    Rows: d<steps>, one column for each change that occurs, in steps of 1/STEPS of the scale.
    Interval: in one project from the ordered means of two (`end_rank`); above, all pairs are
    ranked together and the ranks that end it come from the variance of the projects' sums of
    signs, t(J-1), so people of one project count as alike. p: Wilcoxon in one project; above, t
    over the projects' sums of signed ranks.
    Source: Hodges & Lehmann 1963; clusters as in Rosner, Glynn & Lee 2006.
    """
    grid = grid_of(rows)
    n = grid.counts.sum(axis=1)
    figure = rows["figure"].to_numpy()
    size = int(figure.max()) + 1 if len(rows) else 0
    pooled = np.zeros((size, grid.counts.shape[1]))
    np.add.at(pooled, figure, grid.counts)
    people, projects = pooled.sum(axis=1), np.bincount(figure, n > 0, size)
    below = walsh(pooled)
    means = people * (people + 1) / 2
    middle = (
        at_rank(below, np.floor((means + 1) / 2)) + at_rank(below, np.floor(means / 2) + 1)
    ) / 2
    several = _clustered_ends(grid, figure, pooled, middle, projects)
    end = np.where(projects == 1, end_rank(people.astype(np.int64)), several)
    ends = (
        at_rank(below, np.maximum(np.nan_to_num(end), 1)),
        at_rank(below, means - np.maximum(np.nan_to_num(end), 1) + 1),
    )

    def points(half_steps: Floats) -> Floats:
        return 100 * (half_steps / 2 + grid.lowest) * grid.step / STEPS

    varied = (pooled > 0).sum(axis=1) > 1
    # Where a rank runs out, nothing shorter than the whole scale is certain.
    low = np.where(end >= 1, points(ends[0]), np.where(projects > 1, -100.0, np.nan))
    high = np.where(end >= 1, points(ends[1]), np.where(projects > 1, 100.0, np.nan))
    interval = Interval(
        np.where(people > 0, points(middle), np.nan),
        np.where(varied, low, np.nan),
        np.where(varied, high, np.nan),
    )
    p = _clustered_p(grid, figure, pooled, projects)
    single = np.flatnonzero(projects == 1)
    p[single] = signed_rank_p(pooled[single], grid.lowest)
    pairs = people.astype(np.int64)
    refused = pairs < PAIRS_NEEDED
    found = estimates(
        interval,
        n=pairs,
        projects=projects.astype(np.int64),
        method=Method.HODGES_LEHMANN,
        p=np.where(refused, np.nan, p),
    )
    return refused_for(found, refused, Reason.TOO_FEW_PAIRS)


def _signs(pooled: Floats, around: Floats) -> Floats:
    """For each figure and step: partners with whom the mean of two lies above, less below.

    around: twice the centre, in steps from the first column.
    """
    width = pooled.shape[1]
    below = np.concatenate([np.zeros((len(pooled), 1)), np.cumsum(pooled, axis=1)], axis=1)
    partner = around[:, None] - np.arange(width)
    at_most = np.take_along_axis(below, np.clip(np.floor(partner) + 1, 0, width).astype(int), 1)
    under = np.take_along_axis(below, np.clip(np.ceil(partner), 0, width).astype(int), 1)
    return below[:, -1:] - at_most - under


def _clustered_ends(
    grid: Grid, figure: Whole, pooled: Floats, middle: Floats, projects: Whole
) -> Floats:
    """`end_rank` for several projects, from the spread of their sums of signs."""
    people = pooled.sum(axis=1)
    there = grid.counts.sum(axis=1) > 0
    # Each pair is in the sums of both its people; to first order the sum over pairs varies as the
    # sums of people do (Hajek's projection).
    sums = (grid.counts * _signs(pooled, middle)[figure]).sum(axis=1)
    error = _spread(sums, there, figure, projects)
    half = t_quantile(np.maximum(projects - 1, 1).astype(float)) * error / 2
    return np.floor(people * (people + 1) / 4 - half)


def _clustered_p(grid: Grid, figure: Whole, pooled: Floats, projects: Whole) -> Floats:
    """p of no change for several projects: one-sample t over their sums of signed ranks.

    Ranks are of all people of the figure, zeros left out. Without change a project's sum is as
    likely to be turned round as not, so the sums are a fair sample around zero.
    """
    from scipy.special import stdtr

    step = np.arange(pooled.shape[1]) + grid.lowest
    sizes, doubled = _sizes(pooled, step)
    signed = np.where(sizes > 0, doubled, 0.0)[:, np.abs(step)] * np.sign(step)
    sums = (grid.counts * signed[figure]).sum(axis=1)
    there = grid.counts.sum(axis=1) > 0
    total = np.bincount(figure, np.where(there, sums, 0), len(pooled))
    error = _spread(sums, there, figure, projects)
    p = 2 * stdtr(np.maximum(projects - 1, 1).astype(float), -np.abs(ratio(total, error)))
    return np.where((projects > 1) & (error > 0), p, np.nan)


def _sizes(counts: Floats, step: Whole) -> tuple[Floats, Floats]:
    """People by how far they moved, either way (none for 0), and twice the mean rank of each."""
    sizes = np.zeros((len(counts), int(np.abs(step).max()) + 1))
    np.add.at(sizes.T, np.abs(step), counts.T)
    sizes[:, 0] = 0
    return sizes, 2 * (np.cumsum(sizes, axis=1) - sizes) + sizes + 1


def _spread(sums: Floats, there: np.ndarray, figure: Whole, projects: Whole) -> Floats:
    """Standard error of a total over projects, from the spread of the projects' sums."""
    size = len(projects)
    total = np.bincount(figure, np.where(there, sums, 0), size)
    apart = np.where(there, sums - ratio(total, projects)[figure], 0.0)
    spread = np.bincount(figure, apart * apart, size)
    return np.sqrt(ratio(projects * spread, np.maximum(projects - 1, 0)))
