"""How long things take where some of them are still open: curves of many figures at once.

Times are whole days. A record that is still open at the day of reading is censored there; where an
event and a censoring fall on one day, the event comes first, so who is censored on a day was at
risk on it. Every estimator takes ``figure`` (0 .. size-1), ``days`` and how the record ended.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.statistics.intervals import Floats, Interval, Whole, Z, ratio

#: A curve is drawn while so many are at risk.
AT_RISK = 5
#: Half of four is not quite half after two multiplications.
_ROUNDING = 1e-9


class LifeTable(NamedTuple):
    """One row a figure and day on which something ended or was censored, in rising order.

    at_risk: open just before the day. events: ends of the kind that is asked about; ends: of any
    kind. before, after: share still open before and after the day. spread: Greenwood's sum.
    """

    figure: Whole
    day: Whole
    at_risk: Whole
    events: Whole
    ends: Whole
    before: Floats
    after: Floats
    spread: Floats


def life_table(figure: Whole, days: Whole, end: Whole) -> LifeTable:
    """Kaplan-Meier's product for every figure.

    end: 0 still open, 1 the event, 2 an end of another kind (an end all the same).
    Formula: S(t) = prod over days s <= t of (n_s - d_s) / n_s; spread sum d_s / (n_s (n_s - d_s)).
    Missing: spread is infinite where everything has ended.
    Source: Kaplan & Meier 1958, Greenwood 1926. 6-MP trial (Freireich 1963), S at 6, 7, 10, 13,
    16, 22, 23: .8571 .8067 .7529 .6902 .6275 .5378 .4482.
    """
    order = np.lexsort((days, figure))
    figure, days, end = figure[order], days[order], end[order]
    new = np.ones(len(figure), dtype=bool)
    new[1:] = (figure[1:] != figure[:-1]) | (days[1:] != days[:-1])
    starts = np.flatnonzero(new)
    if not len(starts):
        whole, floats = np.zeros(0, dtype=np.int64), np.zeros(0)
        return LifeTable(whole, whole, whole, whole, whole, floats, floats, floats)
    own, day = figure[starts], days[starts]
    # Open before a day: everybody of the figure from this row on.
    last = np.searchsorted(figure, own, side="right")
    at_risk = last - starts
    events = np.add.reduceat((end == 1).astype(np.int64), starts)
    ends = np.add.reduceat((end > 0).astype(np.int64), starts)
    steps = pd.DataFrame(
        {
            "after": (at_risk - ends) / at_risk,
            "spread": np.where(at_risk > ends, ratio(ends, at_risk * (at_risk - ends)), np.inf),
        }
    )
    by_figure = steps.groupby(own, sort=False)
    after = by_figure["after"].cumprod().to_numpy()
    before = np.append(1.0, after[:-1])
    before[np.append(True, own[1:] != own[:-1])] = 1.0
    return LifeTable(
        own, day, at_risk, events, ends, before, after, by_figure["spread"].cumsum().to_numpy()
    )


def limits(share: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """95 % interval of the share still open, on the scale log(-log S).

    Formula: S ** exp(+-z * sqrt(spread) / |log S|).
    Missing: NaN at 1 and at 0, where the scale has no value.
    Source: Kalbfleisch & Prentice 2002, 1.4; as R's conf.type "log-log".
    """
    inside = (share > 0) & (share < 1)
    log = np.log(np.where(inside, share, np.nan))
    move = np.exp(Z * np.sqrt(np.where(inside, spread, np.nan)) / -log)
    return np.exp(log * move), np.exp(log / move)


def median_days(figure: Whole, days: Whole, event: Whole, size: int) -> Interval:
    """The first day by which at least half have happened, with Brookmeyer and Crowley's interval.

    event: 1 it happened, 0 still open.
    Formula: min {t: S(t) <= 1/2}; the ends are the first days on which the lower and the upper
    limit of S (log-log) are at most 1/2. Of a day on which S is exactly 1/2 the day itself is the
    median (R takes the middle between it and the next, statsmodels the next).
    Missing: value NaN where S stays above 1/2; an end NaN where its limit does. Where everything
    has ended, the upper limit is not known (as in R; statsmodels takes the last day).
    Source: Brookmeyer & Crowley 1982. 6-MP trial: medians 23 and 8 weeks; intervals 13 upwards,
    and 4 to 11.
    """
    table = life_table(figure, days, event)
    low, high = limits(table.after, table.spread)
    # Where all have ended, the lower limit is surely below one half; the upper is not known.
    low = np.where(table.after <= 0, 0.0, low)
    crossed = (table.after <= 0.5 + _ROUNDING, low <= 0.5 + _ROUNDING, high <= 0.5 + _ROUNDING)
    value, first, last = (_first(table, mark, size) for mark in crossed)
    return Interval(value, first, last)


def _first(table: LifeTable, marked: NDArray[np.bool_], size: int) -> Floats:
    """The first marked day of each figure; NaN where there is none."""
    found = np.full(size, np.nan)
    figure, day = table.figure[marked][::-1], table.day[marked][::-1]
    found[figure] = day
    return found


def share_by(figure: Whole, days: Whole, end: Whole, day: Whole) -> Interval:
    """Share to which the event has happened by a day, other ends competing with it.

    end: 0 still open, 1 the event, 2 another end, after which the event cannot happen. day: one a
    figure. With no other ends this is 1 - S(day) of Kaplan-Meier, and the interval its log-log one;
    with other ends 1 - S would count those who left as if they were still to come.
    Formula: F(t) = sum over s <= t of S(s-) d1_s / n_s; variance sum (F(t) - F(s))**2 d_s /
    (n_s (n_s - d_s)) + sum S(s-)**2 (n_s - d1_s) d1_s / n_s**3 - 2 sum (F(t) - F(s)) S(s-) d1_s /
    n_s**2; interval 1 - (1 - F) ** exp(+-z * sqrt(variance) / ((1 - F) |log(1 - F)|)).
    Missing: value NaN for a figure without records; interval NaN at 0 and 1.
    Source: Aalen & Johansen 1978; variance Marubini & Valsecchi 1995, 10.2 (as statsmodels'
    CumIncidenceRight). By hand: event on day 1, another end on day 2, open on day 3: by day 2 1/3.
    """
    size = len(day)
    table = life_table(figure, days, end)
    seen = table.day <= day[table.figure] if size else np.zeros(0, dtype=bool)
    own, n = table.figure, table.at_risk.astype(float)
    step = table.before * table.events / n * seen
    running = pd.Series(step).groupby(own, sort=False).cumsum().to_numpy()
    reached = np.bincount(own, step, size)
    # The sum ends where everybody has had the event; rounding must not pass 1.
    value = np.where(np.bincount(own, minlength=size) > 0, np.minimum(reached, 1.0), np.nan)
    to_come = reached[own] - running
    hazard = np.where(n > table.ends, ratio(table.ends, n * (n - table.ends)), 0.0)
    parts = (
        to_come**2 * hazard
        + table.before**2 * (n - table.events) * table.events / n**3
        - 2 * to_come * table.before * table.events / n**2
    )
    variance = np.maximum(np.bincount(own, parts * seen, size), 0.0)
    low, high = _incidence_limits(value, variance)
    return Interval(value, low, high)


def _incidence_limits(share: Floats, variance: Floats) -> tuple[Floats, Floats]:
    inside = (share > 0) & (share < 1 - _ROUNDING) & (variance > 0)
    left = np.where(inside, 1 - share, np.nan)
    log = np.log(left)
    move = np.exp(Z * np.sqrt(np.where(inside, variance, np.nan)) / (left * -log))
    return 1 - np.exp(log / move), 1 - np.exp(log * move)


def is_followed(figure: Whole, days: Whole, end: Whole, day: Whole) -> NDArray[np.bool_]:
    """Whether the curve of a figure may be drawn up to its day.

    It may while at least AT_RISK records are open just before the day, and where the fate of every
    record by then is known: nothing was censored earlier, so the curve is a plain share.
    """
    until = day[figure]
    open_still = np.bincount(figure, days >= until, len(day))
    lost = np.bincount(figure, (days < until) & (end == 0), len(day))
    return (open_still >= AT_RISK) | (lost == 0)
