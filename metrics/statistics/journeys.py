"""Where people drop out of a process, and whether some drop out more than others."""

from __future__ import annotations

import numpy as np

from metrics.statistics.intervals import Interval, Whole, Z, ratio


def stratified_ratio(
    figure: Whole,
    lost: tuple[Whole, Whole],
    people: tuple[Whole, Whole],
    size: int,
) -> Interval:
    """Risk of the first group / risk of the second, people compared within their project only.

    Rows: one a stratum (project) of a figure. lost, people: of the first group and of the second.
    Formula: Mantel-Haenszel, R/S with R = sum a n2/N, S = sum b n1/N; variance of its logarithm
    sum (n1 n2 (a + b) - a b N) / N**2 / (R S); with one stratum the plain ratio a n2 / (b n1), and
    1/a - 1/n1 + 1/b - 1/n2.
    Missing: value NaN where S is 0 (nobody to compare with, or nobody of them was lost); interval
    NaN where nobody of the first group was lost either, or all were lost on both sides.
    Source: Mantel & Haenszel 1959; Greenland & Robins 1985. By hand: 20/100 and 10/100: 2, and
    exp(log 2 -+ 1.96 * sqrt(.13)) = .987 to 4.054.
    """
    (a, b), (n1, n2) = ((each.astype(float) for each in pair) for pair in (lost, people))
    whole = n1 + n2
    above = np.bincount(figure, ratio(a * n2, whole), size)
    below = np.bincount(figure, ratio(b * n1, whole), size)
    spread = np.bincount(figure, ratio(n1 * n2 * (a + b) - a * b * whole, whole**2), size)
    value = ratio(above, below)
    variance = ratio(spread, above * below)
    usable = (value > 0) & (variance > 0)
    width = np.exp(Z * np.sqrt(np.where(usable, variance, np.nan)))
    return Interval(value, value / width, value * width)
