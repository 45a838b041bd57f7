"""Who answered: how unevenly groups responded, and how far that could move a mean."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.metric import KEYS, Method, Reason, Split
from metrics.statistics.figures import estimates
from metrics.statistics.intervals import Floats, Interval, Whole, Z, ratio

#: Fewer groups than this have no variation between them.
GROUPS_NEEDED = 2


class Propensity(NamedTuple):
    """Of each figure: the overall rate, the standard deviation of the groups' rates over everybody
    invited, its standard error, and how many groups there are."""

    rate: Floats
    deviation: Floats
    error: Floats
    groups: Whole


def propensity(figure: Whole, rate: Floats, invited: Floats, size: int) -> Propensity:
    """How response rates vary between groups, each person taking the rate of their group.

    Rows: one a group of a figure, invited > 0.
    Formula: S**2 = sum(N_g * (r_g - r)**2) / (N - 1), r = sum(N_g * r_g) / N. Error by the delta
    method: sqrt(sum(N_g * (r_g - r)**2 * r_g * (1 - r_g))) / (N * S).
    Missing: NaN for fewer than two groups; the error also where all rates are one.
    Source: Schouten, Cobben & Bethlehem 2009. By hand: 10 of 20 and 40 of 50: r .7143,
    S**2 = (20 * .2143**2 + 50 * .0857**2) / 69 = .018634, S .1365.
    """
    groups = np.bincount(figure, minlength=size)
    people = np.bincount(figure, invited, size)
    whole = ratio(np.bincount(figure, invited * rate, size), people)
    apart = (rate - whole[figure]) ** 2
    spread = np.bincount(figure, invited * apart, size)
    deviation = np.sqrt(ratio(spread, np.maximum(people - 1, 0)))
    several = groups >= GROUPS_NEEDED
    deviation = np.where(several, deviation, np.nan)
    noise = np.bincount(figure, invited * apart * np.clip(rate * (1 - rate), 0, None), size)
    error = ratio(np.sqrt(noise), people * np.where(deviation > 0, deviation, 0))
    return Propensity(whole, deviation, error, groups)


def r_indicator(found: Propensity) -> Interval:
    """R = 1 - 2 * S: 1 where all groups answered alike. Interval: R -+ 1.96 * 2 * error, 0 to 1.

    Source: Schouten, Cobben & Bethlehem 2009, without their correction for small groups, so R is
    a little too low where groups are small.
    """
    value = np.maximum(1 - 2 * found.deviation, 0.0)
    half = np.where(found.error > 0, 2 * Z * found.error, np.nan)
    return Interval(value, np.maximum(value - half, 0.0), np.minimum(value + half, 1.0))


def largest_bias(found: Propensity) -> Interval:
    """S / r: the most that the mean of those who answered can be off, in standard deviations.

    Formula: |bias| <= S(r) * S(y) / r. Missing: NaN where nobody answered. Interval: 1.96 errors of
    S, r as known. Source: Schouten, Cobben & Bethlehem 2009, section 4.
    """
    value = ratio(found.deviation, found.rate)
    half = np.where(found.error > 0, Z * ratio(found.error, found.rate), np.nan)
    return Interval(value, np.maximum(value - half, 0.0), value + half)


#: What tells the figures of a response rate apart, but for their group.
KEY = ["instrument", "wave", "level", "entity"]


def shown_propensity(rates: pd.DataFrame) -> tuple[pd.DataFrame, Propensity]:
    """The totals of shown response rates, one row each, and how their groups responded.

    rates: protected figures of response_rate. Everybody whose group is not shown (small groups,
    groups not known) is one more group: the difference of what is shown, which tells nothing new.
    """
    known = rates["value"].notna() & (rates["denominator"].fillna(0) > 0)
    shown = rates[known.to_numpy()].astype({"value": float, "denominator": float})
    totals = shown[(shown["split"] == Split.TOTAL).to_numpy()].reset_index(drop=True)
    groups = shown[(shown["split"] == Split.GROUP).to_numpy()]
    place = totals[KEY].assign(figure=np.arange(len(totals)))
    groups = groups.merge(place, on=KEY)
    figure = groups["figure"].to_numpy(dtype=np.int64)
    rate, invited = groups["value"].to_numpy(), groups["denominator"].to_numpy()
    size = len(totals)
    everybody = totals["denominator"].to_numpy()
    rest = everybody - np.bincount(figure, invited, size)
    answered = totals["value"].to_numpy() * everybody - np.bincount(figure, rate * invited, size)
    more = np.flatnonzero(rest > 0)
    found = propensity(
        np.concatenate([figure, more]),
        np.concatenate([rate, np.clip(ratio(answered[more], rest[more]), 0, 1)]),
        np.concatenate([invited, rest[more]]),
        size,
    )
    # Above projects a group's rate may rest on projects whose own rate nobody knows: groups that do
    # not fit into the whole are no parts of it.
    misfit = (rest < 0) | (answered < -0.5) | (answered > rest + 0.5)
    kept = (np.where(misfit, np.nan, each) for each in (found.deviation, found.error))
    return totals, Propensity(found.rate, *kept, found.groups)


def of_totals(
    totals: pd.DataFrame, interval: Interval, method: Method, missing: Reason
) -> pd.DataFrame:
    """KEYS and ESTIMATE_VALUES of figures that stand for shown totals; n: who answered."""
    figures = estimates(
        interval,
        n=totals["n"].fillna(0).to_numpy(dtype=np.int64),
        projects=totals["projects"].fillna(0).to_numpy(dtype=np.int64),
        method=method,
        missing=missing,
    )
    keys = totals[KEY].assign(part="", split=Split.TOTAL.value, split_value="")
    return pd.concat([keys[KEYS].reset_index(drop=True), figures], axis=1)
