"""Value and 95 % interval of one sample, for many samples at once.

Every function takes arrays of equal length and returns an `Interval` of arrays. Where a value or
its interval is undefined it is NaN; never 0, never infinite.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
_UPPER = 0.5 + CONFIDENCE / 2
Z = NormalDist().inv_cdf(_UPPER)
_TABULATED = 1_000_000

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Interval(NamedTuple):
    """A value and the ends of its interval."""

    value: Floats
    low: Floats
    high: Floats


def ratio(above: ArrayLike, below: ArrayLike) -> Floats:
    """above / below; NaN where below is 0."""
    above, below = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    quotient = np.full(np.broadcast(above, below).shape, np.nan)
    np.divide(above, below, out=quotient, where=below != 0)
    return quotient


def t_quantile(freedom: Floats) -> Floats:
    """t(.975; freedom). Source: 9 degrees 2.2622, 1 degree 12.7062 (any printed table)."""
    # Imported here: pages read what metrics say of themselves and must not load scipy with it.
    from scipy.special import stdtrit

    whole = freedom.astype(np.int64)
    if not len(whole) or (whole != freedom).any() or whole.max() > _TABULATED:
        return stdtrit(freedom, _UPPER)
    # Degrees of freedom are counts, and few of them are different: each is looked up once.
    occurring = np.flatnonzero(np.bincount(whole))
    table = np.zeros(whole.max() + 1)
    table[occurring] = stdtrit(occurring.astype(float), _UPPER)
    return table[whole]


def t_interval(
    value: Floats, variance: Floats, freedom: Floats, bounds: tuple[float, float]
) -> Interval:
    """value plus and minus t(.975; freedom) times the root of its variance, cut to the bounds.

    The cut loses no coverage: the true value cannot lie outside what the scale can show.
    Interval: NaN where the variance is 0 or undefined, or freedom is below 1 where it must be
    at least 1; all the same answers do not prove that everybody would answer the same.
    """
    usable = (variance > 0) & (freedom > 0)
    half = np.full(value.shape, np.nan)
    half[usable] = t_quantile(freedom[usable]) * np.sqrt(variance[usable])
    return Interval(value, np.maximum(value - half, bounds[0]), np.minimum(value + half, bounds[1]))


def moment_variance(n: Whole, total: Whole, squares: Whole) -> Floats:
    """Sample variance (divisor n - 1) of whole numbers from their count, sum and sum of squares.

    n * squares - total**2 loses every digit when answers lie close together far from zero, so the
    sums are first moved by the whole part of the mean: with q = total // n and r = total - n*q,
    sum (x - q)**2 = squares - 2*q*total + n*q**2 is a whole number that int64 holds exactly up to
    2e8 answers of 100,000 units, and the sum of squared deviations is that minus r**2 / n.
    As the shifted answers are whole, their squares sum to at least r, so the last subtraction
    loses at most a factor n / (n - r) and is exactly 0 when all answers are the same.

    Missing: NaN where n < 2.
    Source: shifted sums, Chan, Golub & LeVeque 1983. Checked against numpy.var(ddof=1) and, for
    answers 1e5 - {0, 1}, against fractions.
    """
    shift = total // np.maximum(n, 1)
    rest = total - n * shift
    around = squares - 2 * shift * total + n * shift * shift
    return np.where(n > 1, ratio(around - ratio(rest * rest, n), n - 1), np.nan)


def mean(n: Whole, total: Whole, squares: Whole, unit: Whole) -> Interval:
    """Mean score on 0-100 with Student's t interval over the people of one project.

    Formula: m = 100 * total / (unit * n); m +- t(.975; n-1) * s / sqrt(n), cut to 0-100.
    Missing: value NaN for n = 0; interval NaN for n = 1 and where all scores are the same.
    Source: Student 1908. Darwin's maize, 15 differences (Fisher 1935): mean 20.933, t 2.148, so
    the interval is 20.933 -+ 2.1448 * 20.933 / 2.148.
    """
    value = ratio(100 * total, n * unit)
    variance = ratio(moment_variance(n, total, squares), n) * (100 / unit) ** 2
    return t_interval(value, variance, (n - 1).astype(float), (0.0, 100.0))


def mean_difference(n: Whole, total: Whole, squares: Whole, unit: Whole) -> Interval:
    """Mean of paired differences in points, with Student's t interval over the pairs.

    Formula and missing as in `mean`; cut to -100-100.
    Source: Student 1908. R's `sleep` data (paired t -4.0621): difference of drugs -1.58,
    95 % interval -2.4599 to -.7001.
    """
    value = ratio(100 * total, n * unit)
    variance = ratio(moment_variance(n, total, squares), n) * (100 / unit) ** 2
    return t_interval(value, variance, (n - 1).astype(float), (-100.0, 100.0))


def difference_of_means(
    earlier: tuple[Whole, Whole, Whole], later: tuple[Whole, Whole, Whole], unit: Whole
) -> Interval:
    """Difference of two independent means in points (later - earlier), Welch's t interval.

    earlier, later: count, sum and sum of squares.
    Formula: v = s1**2/n1 + s2**2/n2; df = v**2 / ((s1**2/n1)**2/(n1-1) + (s2**2/n2)**2/(n2-1)).
    Missing: value NaN where a side is empty; interval NaN where a side has one answer or neither
    side varies.
    Source: Welch 1947. R's `sleep` taken as independent groups: t -1.8608, df 17.776, p .0794.
    """
    scale = 100 / unit
    value = ratio(100 * later[1], later[0] * unit) - ratio(100 * earlier[1], earlier[0] * unit)
    first = ratio(moment_variance(*earlier), earlier[0]) * scale**2
    second = ratio(moment_variance(*later), later[0]) * scale**2
    weight = ratio(first**2, earlier[0] - 1) + ratio(second**2, later[0] - 1)
    variance = first + second
    return t_interval(value, variance, ratio(variance**2, weight), (-100.0, 100.0))


def wilson(successes: ArrayLike, n: ArrayLike) -> Interval:
    """Share with Wilson's score interval, without continuity correction.

    Formula: (p + z**2/2n +- z * sqrt(p(1-p)/n + z**2/4n**2)) / (1 + z**2/n).
    Missing: NaN for n = 0.
    Source: Newcombe 1998, 81/263 .2553-.3662; 15/148 .0624-.1605; 0/20 0-.1611; 1/29 .0061-.1718.
    """
    successes, n = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    share, square = ratio(successes, n), Z * Z
    inverse = ratio(1.0, n)
    middle = share + square * inverse / 2
    half = Z * np.sqrt(share * (1 - share) * inverse + square * inverse * inverse / 4)
    size = 1 + square * inverse
    low, high = (middle - half) / size, (middle + half) / size
    # At 0/n and n/n the end of the interval is the share itself; rounding must not pass it.
    low, high = np.where(share <= 0, 0.0, low), np.where(share >= 1, 1.0, high)
    defined = n > 0
    return Interval(share, np.where(defined, low, np.nan), np.where(defined, high, np.nan))


def recommendation(n: Whole, promoters: Whole, detractors: Whole) -> Interval:
    """Recommendation score -100-100: share of promoters minus share of detractors, times 100.

    Formula: d = (P - D)/n; variance of an answer (P + D)/n - d**2 with divisor n;
    100 * (d +- z * sqrt(variance / n)), cut to -100-100.
    Missing: value NaN for n = 0; interval NaN where all answers fall in one class.
    Source: Reichheld 2003; variance of one draw over n. By hand: 10 answers, 5 promoters,
    2 detractors: 30, variance .61, interval 30 -+ 1.96 * 100 * sqrt(.061) = -18.41 to 78.41.
    """
    gap = promoters - detractors
    value = ratio(100 * gap, n)
    variance = ratio(1e4 * (n * (promoters + detractors) - gap * gap), n.astype(float) ** 3)
    half = np.where(variance > 0, Z * np.sqrt(variance), np.nan)
    return Interval(value, np.maximum(value - half, -100.0), np.minimum(value + half, 100.0))
