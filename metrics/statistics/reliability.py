"""How consistently the items of a scale measure: alpha, one-factor omega, item-rest correlation.

Everything is computed from sums of items and of products of items over people who answered all
items of the scale (listwise). Of one project that is its own covariance matrix; of several it is
the pooled within-project one, so that differences between projects do not pass for consistency:
W = sum_j (P_j - s_j s_j' / n_j), with N - J degrees of freedom in place of n - 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import Method, Reason
from metrics.statistics.figures import estimates
from metrics.statistics.intervals import Floats, Interval, Whole, Z, ratio
from metrics.statistics.one_factor import one_factor

#: Fewer people than this say too little: at n = 20 an alpha of .80 lies between .61 and .91.
PEOPLE_NEEDED = 30
#: What is left of sums of floats where the exact difference is zero.
_NOTHING = 1e-12


class Scatter(NamedTuple):
    """Sums of squares and products of items within projects, one matrix a figure.

    within: figures x items x items. freedom: N - J; n: people; items: of each figure's scale.
    """

    within: Floats
    freedom: Whole
    n: Whole
    projects: Whole
    items: Whole


def scatter(rows: pd.DataFrame) -> Scatter:
    """The pooled within-project scatter of every figure.

    Rows: n, item_answers (items * n), s1.., p11.. as in `frames.SCALE_PRODUCTS`. A project of one
    person adds no scatter. For one project the entries are whole numbers over n, so a scale
    without variance leaves exactly zero.
    """
    size = int(rows["figure"].max()) + 1 if len(rows) else 0
    n = rows["n"].to_numpy()
    asked = rows["item_answers"].to_numpy() // np.maximum(n, 1)
    items = np.zeros(size, dtype=np.int64)
    np.maximum.at(items, rows["figure"].to_numpy(), asked)
    rows = rows[n > 0]
    figure, n = rows["figure"].to_numpy(), rows["n"].to_numpy()
    most = int(items.max(initial=1))
    within = np.zeros((size, most, most))
    for a in range(most):
        for b in range(a, most):
            product = rows[f"p{a + 1}{b + 1}"].to_numpy()
            apart = n * product - rows[f"s{a + 1}"].to_numpy() * rows[f"s{b + 1}"].to_numpy()
            within[:, a, b] = np.bincount(figure, weights=ratio(apart, n), minlength=size)
            within[:, b, a] = within[:, a, b]
    projects = np.bincount(figure, minlength=size)
    people = np.bincount(figure, weights=n, minlength=size).astype(np.int64)
    return Scatter(within, people - projects, people, projects, items)


def alphas(rows: pd.DataFrame) -> pd.DataFrame:
    """Coefficient alpha with Feldt's interval. Rows: as `scatter`.

    Formula: alpha = k/(k-1) * (1 - sum s_i**2 / s_T**2); with v = N - J,
    1 - (1 - alpha) F(.975; v, v(k-1)) to 1 - (1 - alpha) F(.025; v, v(k-1)).
    Missing: ONE_ITEM; UNDER_THIRTY; NOT_ESTIMABLE where the sum of the items does not vary.
    Interval: NaN where alpha is 1 (all items say exactly the same).
    Source: Cronbach 1951; Feldt 1965. R's `attitude` (30 x 7): .8431, .7394 to .9158.
    """
    from scipy.special import fdtri

    found = scatter(rows)
    k = found.items.astype(float)
    own, whole = np.trace(found.within, axis1=1, axis2=2), found.within.sum(axis=(1, 2))
    # 1 - alpha, so that items that say the same leave exactly nothing.
    unlike = ratio(k * own - whole, (k - 1) * whole)
    unlike = np.where(np.abs(unlike) < _NOTHING, 0.0, unlike)
    value = np.where(whole > _NOTHING, 1 - unlike, np.nan)
    v = np.where(unlike > 0, found.freedom, np.nan)
    low, high = (1 - unlike * fdtri(v, v * (k - 1), p) for p in (0.975, 0.025))
    return _refused(Interval(value, low, high), found, Method.FELDT)


def omegas(rows: pd.DataFrame) -> pd.DataFrame:
    """Omega total of one common factor, maximum likelihood in the covariance metric.

    Formula: omega = (sum l)**2 / ((sum l)**2 + sum t), loadings l and error variances t of
    `one_factor`; interval by the delta method from the expected information with v = N - J, cut
    at 1.
    Missing: ONE_ITEM; UNDER_THIRTY; NOT_ESTIMABLE where an item does not vary; NO_MODEL for two
    items (not identified), a Heywood case (an error variance of zero or less) and no fit.
    Source: McDonald 1999; Raykov 2002. Loadings .8 .7 .6 .5 of standardised items: .7494.
    """
    found = scatter(rows)
    fit = one_factor(found.within, found.freedom, found.items)
    common, error = fit.loadings.sum(axis=1) ** 2, fit.errors.sum(axis=1)
    value = ratio(common, common + error)
    # Derivatives of omega by each loading and each error variance.
    slope = np.concatenate(
        [
            np.ones_like(fit.loadings) * _by(2 * fit.loadings.sum(axis=1) * error, common + error),
            -np.ones_like(fit.errors) * _by(common, common + error),
        ],
        axis=1,
    )
    spread = np.einsum("fa,fab,fb->f", slope, fit.covariance, slope)
    half = Z * np.sqrt(np.where(spread > 0, spread, np.nan))
    interval = Interval(value, value - half, np.minimum(value + half, 1.0))
    places = np.arange(found.within.shape[1])
    used = places < found.items[:, None]
    varies = ((np.diagonal(found.within, axis1=1, axis2=2) > 0) | ~used).all(axis=1)
    return _refused(interval, found, Method.DELTA, varies)


def item_rests(rows: pd.DataFrame) -> pd.DataFrame:
    """Correlation of an item with the sum of the other items of its scale, Fisher's interval.

    Rows: n, item_answers (items * n), and sums over people: x (item), y (rest), xx, yy, xy.
    Formula: r from the pooled within-project scatter; tanh(atanh r -+ z / sqrt(v - 2)), v = N - J.
    Missing: ONE_ITEM; UNDER_THIRTY; NOT_ESTIMABLE where the item or the rest does not vary.
    Source: corrected for overlap, Nunnally & Bernstein 1994. By hand: x 0 1 2 3, y 0 2 1 3: .8.
    """
    found, (xx, yy, xy) = _pair_scatter(rows)
    value = ratio(xy, np.sqrt(xx * yy))
    value = np.where(np.abs(value) > 1 - _NOTHING, np.sign(value), value)
    inside = np.where(np.abs(value) < 1, value, np.nan)
    half = Z / np.sqrt(np.maximum(found.freedom - 2, 1))
    interval = Interval(value, *(np.tanh(np.arctanh(inside) + side * half) for side in (-1, 1)))
    return _refused(interval, found, Method.FISHER)


def _pair_scatter(rows: pd.DataFrame) -> tuple[Scatter, list[Floats]]:
    """The scatter of an item and the rest: of x, of y, of both."""
    named = rows.rename(columns={"x": "s1", "y": "s2", "xx": "p11", "xy": "p12", "yy": "p22"})
    found = scatter(named.assign(item_answers=2 * rows["n"]))
    size = len(found.n)
    items = np.zeros(size, dtype=np.int64)
    asked = rows["item_answers"].to_numpy() // np.maximum(rows["n"].to_numpy(), 1)
    np.maximum.at(items, rows["figure"].to_numpy(), asked)
    parts = [found.within[:, a, b] for a, b in ((0, 0), (1, 1), (0, 1))] if size else [found.n] * 3
    return found._replace(items=items), parts


def _by(above: Floats, below: Floats) -> Floats:
    """above / below**2 as a column."""
    return ratio(above, below * below)[:, None]


def _refused(
    interval: Interval, found: Scatter, method: Method, varies: NDArray[np.bool_] | None = None
) -> pd.DataFrame:
    """Estimates without those that rest on one item or on too few people.

    varies: figures whose answers vary, so that what is missing is for want of a model.
    """
    # No item at all is left of a single one that was taken away.
    alone = (found.items <= 1) & (found.n > 0)
    few = found.freedom < PEOPLE_NEEDED - 1
    reason = np.select(
        [alone, found.n == 0, few, np.zeros(len(few), dtype=bool) if varies is None else varies],
        [
            Reason.ONE_ITEM.value,
            Reason.NO_ANSWERS.value,
            Reason.UNDER_THIRTY.value,
            Reason.NO_MODEL.value,
        ],
        Reason.NOT_ESTIMABLE.value,
    )
    shown = ~(alone | few)
    return estimates(
        Interval(*(np.where(shown, end, np.nan) for end in interval)),
        n=found.n,
        projects=found.projects,
        method=method,
        missing=reason.astype(str),
    )
