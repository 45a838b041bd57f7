"""Many tests at once: what each p is worth among all that were made of one entity.

The declared primary tests of an entity are held to Holm's rule, so that the chance of one false
find among them stays at 5 %. All other tests of the entity share Benjamini and Hochberg's, so that
few of the finds are false. Families follow what was declared and what is published, never what
somebody clicks.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import Results, ValueState

# Not those of the intervals: pages hold many figures to these rules, too, and load no scipy.
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

#: Primary tests (metric and part) that an entity may declare.
PRIMARY_AT_MOST = 5
#: The false discovery rate that the rest is read with.
DISCOVERY_RATE = 0.10

#: Tests of the questionnaire's own statements, not of what a project did: a family of their own, or
#: hundreds of them would dilute the others.
OF_ITEMS = frozenset({"item_dif", "item_dif_language"})

_SHOWN = [ValueState.VALUE.value, ValueState.ZERO.value]


class TooManyPrimary(Exception):
    """An entity declared more primary tests than the plan allows."""


def adjusted(results: list[Results], primary: pd.DataFrame) -> list[Results]:
    """The same results of one profile with p_adjusted filled in.

    primary: `records.PRIMARY`; a part of "" stands for every part of its metric. A family is what
    one entity tests: its primary figures, its statements (`OF_ITEMS`), or all others. Missing: a
    test that could not be made, or may not be shown, leaves its family and has no p_adjusted.
    Raises: TooManyPrimary naming the entity.
    """
    _refuse_too_many(primary)
    tested = [each for each in results if each.frame["p"].notna().any()]
    if not tested:
        return results
    tests = pd.concat(
        [
            each.frame[["level", "entity", "part", "p", "state"]].astype(
                {"level": str, "part": str, "state": str, "p": float}
            )
            for each in tested
        ],
        keys=[each.metric.id for each in tested],
        names=["metric", "row"],
    ).reset_index()
    made = (tests["p"].notna() & tests["state"].isin(_SHOWN)).to_numpy()
    declared = _declared(tests[made], primary)
    of_items = tests.loc[made, "metric"].isin(OF_ITEMS).to_numpy() & ~declared
    family = tests[made].assign(of_items=of_items).groupby(["level", "entity", "of_items"])
    place = family.ngroup().to_numpy(dtype=np.int64)
    p = tests.loc[made, "p"].to_numpy()
    found = np.full(len(tests), np.nan)
    found[made] = np.where(
        declared, _among(declared, place, p, holm), _among(~declared, place, p, benjamini_hochberg)
    )
    ends = np.cumsum([len(each.frame) for each in tested])[:-1]
    parts = zip(tested, np.split(found, ends), strict=True)
    filled = {
        each.metric.id: replace(each, frame=each.frame.assign(p_adjusted=part))
        for each, part in parts
    }
    return [filled.get(each.metric.id, each) for each in results]


def holm(family: Whole, p: Floats) -> Floats:
    """Adjusted p by Holm's step-down rule within each family.

    Formula: max over j <= i of min(1, (m - j + 1) * p_(j)), p in rising order.
    Source: Holm 1979. By hand: .01 .02 .04: .03 .04 .04.
    """
    order, rank, size = _ordered(family, p)
    scaled = pd.Series((size - rank) * p[order]).groupby(family[order]).cummax()
    return _back(np.minimum(scaled.to_numpy(), 1.0), order)


def benjamini_hochberg(family: Whole, p: Floats) -> Floats:
    """Adjusted p by Benjamini and Hochberg's step-up rule within each family.

    Formula: min over j >= i of min(1, m * p_(j) / j), p in rising order.
    Source: Benjamini & Hochberg 1995: of their 15 p-values 4 stay at or below .05, and 3 by Holm.
    """
    order, rank, size = _ordered(family, p)
    scaled = (size * p[order] / (rank + 1))[::-1]
    falling = pd.Series(scaled).groupby(family[order][::-1]).cummin().to_numpy()[::-1]
    return _back(np.minimum(falling, 1.0), order)


def _ordered(family: Whole, p: Floats) -> tuple[Whole, Whole, Whole]:
    """The order by family and p, and in that order each test's rank (from 0) and family's size."""
    order = np.lexsort((p, family))
    sizes = np.bincount(family) if len(family) else np.zeros(0, dtype=np.int64)
    start = np.cumsum(sizes) - sizes
    sorted_family = family[order]
    return order, np.arange(len(order)) - start[sorted_family], sizes[sorted_family]


def _back(values: Floats, order: Whole) -> Floats:
    found = np.empty(len(order))
    found[order] = values
    return found


def _among(chosen: NDArray[np.bool_], family: Whole, p: Floats, rule: object) -> Floats:
    """A rule over the chosen tests; NaN for the others."""
    found = np.full(len(p), np.nan)
    found[chosen] = rule(family[chosen], p[chosen])
    return found


def _declared(tests: pd.DataFrame, primary: pd.DataFrame) -> NDArray[np.bool_]:
    """Which tests their entity declared to be primary."""
    key = ["level", "entity", "metric", "part"]
    named = primary.astype({name: str for name in key if name != "entity"})
    exact = pd.MultiIndex.from_frame(tests[key]).isin(pd.MultiIndex.from_frame(named[key]))
    every = named.loc[(named["part"] == "").to_numpy(), key[:3]]
    whole = pd.MultiIndex.from_frame(tests[key[:3]]).isin(pd.MultiIndex.from_frame(every))
    return exact | whole


def _refuse_too_many(primary: pd.DataFrame) -> None:
    different = primary[["level", "entity", "metric", "part"]].drop_duplicates()
    counted = different.groupby(["level", "entity"], observed=True).size()
    over = counted[counted > PRIMARY_AT_MOST]
    if len(over):
        (level, entity), number = over.index[0], over.iloc[0]
        raise TooManyPrimary(
            f"{level} {entity} declares {number} primary tests; at most {PRIMARY_AT_MOST} are "
            "allowed: take some back, or the adjustment protects nothing"
        )
