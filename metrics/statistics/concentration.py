"""How evenly something is spread over people, in many sessions at once."""

from __future__ import annotations

import numpy as np

from metrics.statistics.intervals import CONFIDENCE, Floats, Interval, Whole, ratio

#: Resamples behind an interval, and the seed that makes them the same every time.
RESAMPLES = 1000
SEED = 20261122
#: Fewer units than this leave too few different resamples for an interval.
UNITS_NEEDED = 5
_AT_ONCE = 4_000_000


def gini(session: Whole, amount: Whole, size: int) -> Floats:
    """Gini's coefficient of the amounts in each session; 0: all the same.

    session: 0 .. size-1.
    Formula: sum over pairs |x_i - x_j| / (2 n**2 m) = (2 sum i x_(i) / sum x - (n + 1)) / n with
    x_(1) <= x_(2) <= ..; not corrected for n, so one voice among n gives (n - 1) / n.
    Missing: NaN where nobody contributed anything.
    Source: Gini 1912; 1 2 3 4 by hand: (2 * 30 / 10 - 5) / 4 = .25.
    """
    order = np.lexsort((amount, session))
    session, amount = session[order], amount[order]
    people = np.bincount(session, minlength=size)
    before = np.cumsum(people) - people
    rank = np.arange(len(session)) - before[session] + 1
    total = np.bincount(session, amount, size)
    ranked = np.bincount(session, rank * amount, size)
    return ratio(2 * ranked - (people + 1) * total, people * total)


def bootstrap_ratio(figure: Whole, above: Floats, below: Floats, size: int) -> Interval:
    """Ratio of sums with the 2.5th and 97.5th percentile of seeded resamples of its units.

    Rows: one a unit of a figure (a session, or a project with its sessions). figure: 0 .. size-1.
    The same random draws serve every figure and the units are put in order of their values first,
    so that the interval depends on the data alone.
    Missing: value NaN without units; interval NaN under UNITS_NEEDED units and where they are all
    alike.
    Source: Efron 1979, percentile interval.
    """
    order = np.lexsort((below, above, figure))
    figure, above, below = figure[order], above[order], below[order]
    units = np.bincount(figure, minlength=size)
    value = ratio(np.bincount(figure, above, size), np.bincount(figure, below, size))
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    drawn = np.flatnonzero(units >= UNITS_NEEDED)
    if not len(drawn):
        return Interval(value, low, high)
    draws = np.random.default_rng(SEED).random((units.max(), RESAMPLES))
    starts = (np.cumsum(units) - units)[drawn]
    step = max(1, _AT_ONCE // (RESAMPLES * int(units.max())))
    for first in range(0, len(drawn), step):
        part = slice(first, first + step)
        ends = _percentiles(starts[part], units[drawn[part]], above, below, draws)
        low[drawn[part]], high[drawn[part]] = ends
    flat = ~(low < high)
    return Interval(
        value,
        np.where(flat, np.nan, np.minimum(low, value)),
        np.where(flat, np.nan, np.maximum(high, value)),
    )


def _percentiles(
    starts: Whole, units: Whole, above: Floats, below: Floats, draws: Floats
) -> tuple[Floats, Floats]:
    """The ends for some figures whose units lie one after another from ``starts``."""
    own = np.repeat(np.arange(len(units)), units)
    first = np.cumsum(units) - units
    position = np.arange(len(own)) - first[own]
    chosen = starts[own, None] + (draws[position] * units[own, None]).astype(np.int64)
    sums = [np.add.reduceat(each[chosen], first, axis=0) for each in (above, below)]
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(sums[0] / sums[1], (tail, 1 - tail), axis=1)
    return low, high
