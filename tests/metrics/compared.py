"""Estimates beside the slow twin's figures, and an awkward portfolio with records of every kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.frames import Frames
from metrics.metric import KEYS, Estimates
from survey.instrument import instruments
from tests.metrics.raw import GROUPS, portfolio
from tests.metrics.raw_records import records

#: What is left of sums of floats in another order; values go up to 100.
EXACT = 1e-7
NUMBERS = ("value", "low", "high", "n")


def registers(seed: int, projects: int = 7, each: int = 24) -> Frames:
    """Random records of every kind for a portfolio where nobody was asked anything.

    Some proposals are of no project, and of some records nobody wrote down the dates.
    """
    rng = np.random.default_rng(seed)
    raw = portfolio(seed, instruments(), projects)
    found = records(seed, projects, each)
    log = found["proposal_log"]
    found["proposal_log"] = log.assign(
        project=log["project"].mask(rng.random(len(log)) < 0.2, 0),
        age=log["age"].mask(rng.random(len(log)) < 0.1, -1).clip(upper=200),
        waited=log["waited"].mask(rng.random(len(log)) < 0.1, -1),
    )
    for name, column in (("solutions", "waited"), ("solutions", "age"), ("firms", "waited")):
        values = found[name][column]
        found[name] = found[name].assign(**{column: values.mask(rng.random(len(values)) < 0.1, -1)})
    # A solution comes out of one project.
    for name in ("solutions", "adoptions"):
        own = found[name]["project"] * 1000 + found[name]["solution"]
        found[name] = found[name].assign(solution=own)
    entities = raw.nodes[["level", "entity"]].drop_duplicates()
    eligible = entities.merge(pd.DataFrame({"group": GROUPS[:3]}), how="cross")
    eligible["people"] = rng.integers(0, 400, len(eligible))
    eligible = eligible[rng.random(len(eligible)) < 0.8]
    return Frames.of(
        **found, eligible=eligible, nodes=raw.nodes, area_tree=raw.area_tree
    ).validated()


def compare(
    estimates: Estimates,
    slow: pd.DataFrame,
    numbers: tuple[str, ...] = NUMBERS,
    atol: float = EXACT,
    least: int = 6,
) -> None:
    """Nothing; fails unless both have the same figures with the same numbers."""
    metric = estimates.metric.id
    fast = estimates.frame[estimates.frame["value"].notna()]
    fast = fast.astype({name: str for name in KEYS if name != "entity"})
    both = fast.merge(
        slow[slow["metric"] == metric], on=KEYS, how="outer", suffixes=("", "_slow"),
        indicator=True,
    )  # fmt: skip
    odd = both[both["_merge"] != "both"]
    assert odd.empty, f"{metric}\n{odd.head(12).to_string()}"
    assert len(both) >= least, f"{metric} has too little to compare"
    for column in numbers:
        np.testing.assert_allclose(
            both[column].astype(float),
            both[f"{column}_slow"].astype(float),
            atol=atol if column != "n" else 0,
            rtol=0,
            err_msg=f"{metric} {column}",
        )
