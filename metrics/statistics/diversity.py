"""How many groups a work reaches, counted so that small ones weigh little or much."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.intervals import Floats, Interval, ratio

#: The figures of `hill`, in this order.
ORDERS = ("q0", "q1", "q2", "evenness", "simpson")
#: Fewer participations than this say little about how they spread.
NEEDED = 20
_SAMPLES, _SEED = 499, 20_261


def hill(counts: NDArray) -> dict[str, Floats]:
    """Hill numbers and their kin over the last axis, natural logarithm.

    Formula: q0 = groups present; q1 = exp(-sum p ln p); q2 = 1 / sum p**2; evenness =
    ln q1 / ln q0; simpson = 1 - sum n(n-1) / (N(N-1)), unbiased.
    Missing: NaN where nobody is counted; evenness NaN for fewer than two groups, simpson for N < 2.
    Source: Hill 1973, Pielou 1966, Simpson 1949. Zar's nests 1-1-1-17: q1 1.799, q2 1.370,
    evenness .424, simpson .2842; 5-5-5-5: 4, 4, 1, .7895.
    """
    counts = np.asarray(counts, dtype=float)
    total = counts.sum(axis=-1)
    share = ratio(counts, total[..., None])
    logs = np.log(np.where(share > 0, share, 1.0))
    entropy = -(np.nan_to_num(share) * logs).sum(axis=-1)
    there = (counts > 0).sum(axis=-1).astype(float)
    known = total > 0
    return {
        "q0": np.where(known, there, np.nan),
        "q1": np.where(known, np.exp(entropy), np.nan),
        "q2": ratio(total * total, (counts * counts).sum(axis=-1)),
        "evenness": ratio(entropy, np.where(there > 1, np.log(np.maximum(there, 1)), 0.0)),
        "simpson": np.where(
            total > 1, 1 - ratio((counts * (counts - 1)).sum(-1), total * (total - 1)), np.nan
        ),
    }


def resampled(counts: NDArray[np.int64]) -> dict[str, Interval]:
    """`hill` with the 2.5th and 97.5th percentiles of seeded multinomial resamples.

    Rows: one a figure, at least NEEDED participations each. Equal rows are resampled once, in
    sorted order, so neither the order of rows nor their repetition matters.
    Interval: resamples are less diverse than what they are drawn from, so it is widened to hold
    the value where it would not.
    Source: Efron 1979.
    """
    value = hill(counts)
    if not len(counts):
        return {name: Interval(each, each, each) for name, each in value.items()}
    different, place = np.unique(counts, axis=0, return_inverse=True)
    total = different.sum(axis=1)
    rng = np.random.default_rng(_SEED)
    drawn = rng.multinomial(total, different / total[:, None], size=(_SAMPLES, len(different)))
    found = {}
    for name, each in hill(drawn).items():
        whole = value[name]
        # A resample with one group has no evenness; it counts as none at all.
        low, high = np.percentile(np.nan_to_num(each), [2.5, 97.5], axis=0)[:, place.ravel()]
        found[name] = Interval(whole, np.minimum(low, whole), np.maximum(high, whole))
    return found
