"""Counting: items in, a figure out, and for each item whether it counted and why not.

An item is one thing that a record tells of: a company at an event, a person at a workshop, a
solution that got ready. Frames have the columns ITEM, and ``exclusion`` where the records
themselves say why an item does not count (`metrics.indicators.indicator.EXCLUSIONS`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from metrics.indicators.indicator import SIZES, Counting

ITEM = [
    "project", "entity", "kind", "happened_on", "source", "source_id", "role", "amount", "size",
]  # fmt: skip
DUPLICATE, OUT_OF_PERIOD = "duplicate", "out_of_period"
#: Exclusions that follow from the period and are therefore made anew for every count.
_OF_THE_PERIOD = ("", DUPLICATE, OUT_OF_PERIOD)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count came to.

    value: of the period. cumulative: of everything up to the period's end; of distinct entities it
    is the number of distinct ones up to then, not the sum of the periods. items: ITEM and
    ``exclusion`` ("" where it counted), those that happened after the period left out.
    """

    value: int | None
    cumulative: int | None
    items: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Together:
    """One indicator over several projects.

    sum: the projects' figures added. distinct: entities of all of them, each once; overlap: how
    many the sum counts more than once. Missing: distinct and overlap where occurrences are counted.
    """

    sum: int
    distinct: int | None
    overlap: int | None


def count(items: pd.DataFrame, counting: Counting, starts_on: date, ends_on: date) -> Counted:
    """The figure of a period and of all time up to its end, with what became of every item.

    Missing: value and cumulative are None where nothing is counted (told in words). No item at
    all is a true zero: the records were looked at.
    """
    days = _days(items)
    before_the_end = days.isna() | (days <= pd.Timestamp(ends_on))
    items = items.loc[before_the_end].sort_values(
        ["happened_on", "source", "source_id", "entity"], kind="stable", na_position="last"
    )
    items = items.assign(exclusion=_own_exclusions(items))
    days = _days(items)
    free = items["exclusion"] == ""
    dated = free & days.notna()
    inside = dated & (days >= pd.Timestamp(starts_on))
    counted = inside if counting is not Counting.LEVEL else dated
    duplicate = np.zeros(len(items), dtype=bool)
    if counting is Counting.DISTINCT:
        duplicate[counted] = items.loc[counted, "entity"].duplicated().to_numpy()
    exclusion = np.select(
        [~free, ~counted, duplicate], [items["exclusion"], OUT_OF_PERIOD, DUPLICATE], ""
    )
    value, cumulative = _figure(items, counted, counting), _figure(items, dated, counting)
    return Counted(value, cumulative, items.assign(exclusion=exclusion).reset_index(drop=True))


def together(items: pd.DataFrame, counting: Counting) -> Together | None:
    """Sum, distinct and overlap over the projects of some items, whichever day they happened.

    Rows: items that their records keep out of the count do not count here either; undated ones
    neither. Missing: None where nothing is counted or where levels would be added.
    """
    if counting in (Counting.WORDS, Counting.LEVEL):
        return None
    counted = items.loc[(_own_exclusions(items) == "") & _days(items).notna()]
    if counting is Counting.ADDITIVE:
        return Together(int(counted["amount"].sum()), None, None)
    total = int(counted.groupby("project")["entity"].nunique().sum())
    distinct = int(counted["entity"].nunique())
    return Together(total, distinct, total - distinct)


def by_size(items: pd.DataFrame) -> pd.DataFrame:
    """Different entities of a count by their size: in the period, and up to its end.

    items: of `count`, all of one project. Rows: SIZES, then "" for those whose size is not
    recorded. Shape: size, value, cumulative. Each entity has one size: the one of its newest item
    that tells it.
    """
    free = items.loc[(_own_exclusions(items) == "") & _days(items).notna()]
    told = free.dropna(subset=["size"]).sort_values("happened_on", kind="stable")
    sizes = told.drop_duplicates("entity", keep="last").set_index("entity")["size"].astype("str")
    inside = free.loc[~free["exclusion"].isin([OUT_OF_PERIOD])]
    order = [*SIZES, ""]
    numbers = {
        name: sizes.reindex(part["entity"].unique())
        .fillna("")
        .value_counts()
        .reindex(order, fill_value=0)
        .to_numpy()
        for name, part in (("value", inside), ("cumulative", free))
    }
    return pd.DataFrame({"size": order, **numbers})


def _figure(items: pd.DataFrame, which: pd.Series, counting: Counting) -> int | None:
    if counting is Counting.WORDS:
        return None
    if counting is Counting.DISTINCT:
        return int(items.loc[which, "entity"].nunique())
    return int(items.loc[which, "amount"].sum())


def _days(items: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(items["happened_on"])


def _own_exclusions(items: pd.DataFrame) -> pd.Series:
    """Why the records themselves keep an item out; "" where they do not."""
    if "exclusion" not in items:
        return pd.Series("", index=items.index, dtype="str")
    said = items["exclusion"].fillna("").astype("str")
    return said.where(~said.isin(_OF_THE_PERIOD), "")
