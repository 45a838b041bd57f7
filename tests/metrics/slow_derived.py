"""Figures that are read off others, computed again from those, one entity after another."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from tests.metrics.slow_estimators import KEYS, NAN

DERIVED = [
    "absent_groups", "breadth", "group_representation", "r_indicator", "max_bias", "effective_n",
    "weighted_quality", "benefit_bounds",
]  # fmt: skip
#: The metrics that they are read off, which have slow twins of their own.
SOURCES = ["participation", "response_rate", "process_quality", "benefit_share"]
COLUMNS = ["metric", *KEYS, "value", "low", "high", "n"]
PLACE = ["instrument", "level", "entity", "wave"]
UNKNOWN = "UNK"
LARGEST = 5
Figure = tuple[float, float, float, float]


def derived_figures(given: dict[str, pd.DataFrame], nodes: pd.DataFrame) -> pd.DataFrame:
    """Every derived figure that has a value. given: estimates of the metrics that they are of."""
    tables = {
        name: frame[frame["value"].notna()].astype({k: str for k in KEYS if k != "entity"})
        for name, frame in given.items()
    }
    found: list[tuple] = []
    for metric, part, place, figure in (
        *_of_participation(tables["participation"]),
        *_of_response(tables["response_rate"], nodes),
    ):
        key, level, entity, wave = place
        found.append((metric, key, part, level, entity, wave, "total", "", *figure))
    found += _represented(tables["response_rate"])
    found += _bounds(tables["benefit_share"], tables["response_rate"], nodes)
    found += _weighted(tables["process_quality"], tables["response_rate"], nodes)
    table = pd.DataFrame(found, columns=COLUMNS)
    return table[table["value"].notna()]


def _of_participation(table: pd.DataFrame) -> Iterator[tuple]:
    for place, rows in table.groupby(PLACE):
        groups = rows[(rows["split"] == "group") & (rows["split_value"] != UNKNOWN)]
        known = groups[groups["denominator"] > 0]
        if len(known):
            absent = known[known["value"] == 0]
            yield "absent_groups", "", place, (len(absent), NAN, NAN, len(absent))
            for one in absent.itertuples():
                figure = (one.denominator, NAN, NAN, one.denominator)
                yield "absent_groups", one.split_value, place, figure
        n = groups.loc[groups["value"] > 0, "value"].to_numpy()
        total = n.sum()
        if total < 20:
            continue
        share = n / total
        q1 = math.exp(-sum(p * math.log(p) for p in share))
        parts = {"q0": len(n), "q1": q1, "q2": 1 / sum(share**2)}
        if len(n) > 1:
            parts["evenness"] = math.log(q1) / math.log(len(n))
        parts["simpson"] = 1 - sum(n * (n - 1)) / (total * (total - 1))
        for part, value in parts.items():
            yield "breadth", part, place, (value, NAN, NAN, total)


def _of_response(table: pd.DataFrame, nodes: pd.DataFrame) -> Iterator[tuple]:
    for place, rows in table[table["split"] != "phase"].groupby(PLACE):
        whole = rows[rows["split"] == "total"]
        groups = rows[rows["split"] == "group"]
        if len(whole) and len(groups):
            people, every = (float(whole[c].iloc[0]) for c in ("numerator", "denominator"))
            cells = [(g.numerator, g.denominator) for g in groups.itertuples()]
            rest = (people - sum(n for n, _ in cells), every - sum(big for _, big in cells))
            cells += [rest] if rest[1] > 0 else []
            rate = people / every
            # Groups that rest on other projects than the whole are no parts of it.
            fits = rest[1] >= 0 and 0 <= rest[0] <= rest[1]
            if fits and len(cells) > 1 and every > 1:
                spread = sum(big * (n / big - rate) ** 2 for n, big in cells) / (every - 1)
                value = math.sqrt(spread)
                yield "r_indicator", "", place, (max(1 - 2 * value, 0), NAN, NAN, people)
                if people:
                    yield "max_bias", "", place, (value / rate, NAN, NAN, people)
    own = table[(table["level"] == "project") & (table["split"] == "group")]
    for (key, wave), rows in own.groupby(["instrument", "wave"]):
        for (level, entity), members in nodes.groupby(["level", "entity"])["project"]:
            cells = rows[rows["entity"].isin(members) & (rows["numerator"] > 0)]
            if len(cells):
                n = cells["numerator"].to_numpy(dtype=float)
                weights = raked(cells, n)
                value = (n @ weights) ** 2 / (n @ weights**2)
                yield "effective_n", "", (key, level, entity, wave), (value, NAN, NAN, n.sum())


def raked(cells: pd.DataFrame, n: np.ndarray) -> np.ndarray:
    """Weights of one answer in each cell, that hold to the people invited by project and group.

    cells: entity (the project), split_value (the group), denominator (the invited).
    """
    invited = cells["denominator"].to_numpy(dtype=float)
    sides = [cells[column].to_numpy() for column in ("entity", "split_value")]
    if len(set(sides[0])) == 1:
        return invited / n
    weights = np.ones(len(n))
    for _ in range(2000):
        for side in sides:
            for name in set(side):
                here = side == name
                weights[here] *= invited[here].sum() / (n[here] @ weights[here])
    most = LARGEST * (n @ weights) / n.sum()
    return np.minimum(weights, most)


def _represented(table: pd.DataFrame) -> list[tuple]:
    found = []
    for place, rows in table[table["split"] != "phase"].groupby(PLACE):
        whole = rows[rows["split"] == "total"]
        if whole.empty or not whole["value"].iloc[0] > 0:
            continue
        rate = whole["value"].iloc[0]
        key, level, entity, wave = place
        for one in rows[rows["split"] == "group"].itertuples():
            figure = (*(end / rate for end in (one.value, one.low, one.high)), one.numerator)
            where = (key, "", level, entity, wave, "group", one.split_value)
            found.append(("group_representation", *where, *figure))
    return found


def _bounds(shares: pd.DataFrame, rates: pd.DataFrame, nodes: pd.DataFrame) -> list[tuple]:
    on = ["instrument", "level", "entity", "wave", "split", "split_value"]
    both = shares.merge(rates[[*on, "denominator"]], on=on, suffixes=("", "_invited"))
    both = both[(both["level"] == "project") & (both["split"] != "phase")]
    found = []
    for (key, part, wave, split, value), rows in both.groupby(
        ["instrument", "part", "wave", "split", "split_value"]
    ):
        for (level, entity), members in nodes.groupby(["level", "entity"])["project"]:
            own = rows[rows["entity"].isin(members)]
            if own.empty:
                continue
            yes, n, every = (
                float(own[c].sum()) for c in ("numerator", "denominator", "denominator_invited")
            )
            figure = (yes / n, yes / every, (yes + every - n) / every, n)
            where = (key, part, level, entity, wave, split, value)
            found.append(("benefit_bounds", *where, *figure))
    return found


def _weighted(means: pd.DataFrame, rates: pd.DataFrame, nodes: pd.DataFrame) -> list[tuple]:
    """Where the groups shown hold 80 % of those invited in a project."""
    on = ["instrument", "level", "entity", "wave", "split", "split_value"]
    invited = rates[[*on, "denominator"]]
    both = means.drop(columns="denominator").merge(invited, on=on)
    both = both[(both["level"] == "project") & (both["split"] == "group")]
    whole = rates[(rates["level"] == "project") & (rates["split"] == "total")]
    found = []
    for (key, part, wave), rows in both.groupby(["instrument", "part", "wave"]):
        every = whole[(whole["instrument"] == key) & (whole["wave"] == wave)]
        for (level, entity), members in nodes.groupby(["level", "entity"])["project"]:
            asked = every[every["entity"].isin(members)].set_index("entity")["denominator"]
            reached = rows.groupby("entity")["denominator"].sum()
            enough = [p for p in asked.index if reached.get(p, 0) >= 0.8 * asked[p]]
            own = rows[rows["entity"].isin(enough)]
            if own.empty:
                continue
            n = own["n"].to_numpy(dtype=float)
            weights = n * raked(own, n)
            value = weights @ own["value"].to_numpy() / weights.sum()
            where = (key, part, level, entity, wave, "total", "")
            found.append(("weighted_quality", *where, value, NAN, NAN, n.sum()))
    return found
