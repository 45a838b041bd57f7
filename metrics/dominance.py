"""When a sum of money, or a figure of one organisation, would tell what one of them gave or said.

Sums over organisations are shown for at least LEAST_ORGANISATIONS, and only where none of them can
estimate another one too well. The percentage p comes from the configuration and is shown nowhere:
who knows it can narrow his estimate (Handbook on SDC 2nd ed. 2024, 4.2.2).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.breakdowns import Marks
from metrics.metric import Profile

#: The fewest organisations that a sum of money is shown of.
LEAST_ORGANISATIONS = 3
#: The fewest respondents of an organisation with a figure of its own.
OWN_RESPONDENTS = {Profile.INSIDE: 2, Profile.PUBLIC: 3}


class UnlikelyPercentage(Exception):
    """The configured p is not a percentage between 0 and 100."""


def p_percent(
    cell: np.ndarray,
    holding: np.ndarray,
    value: np.ndarray,
    p: float,
    weight: np.ndarray | None = None,
) -> pd.Series:
    """Whether each cell is unsafe, by cell.

    A cell is unsafe where the second largest holding, which subtracts its own value from the sum,
    comes within p per cent of the largest: X - x1 - x2 < p/100 * x1; and below LEAST_ORGANISATIONS.
    cell, holding, value: of each contribution; those of one holding (a group of companies, or an
    organisation that belongs to none) are added before they are compared. weight: how many
    organisations a sampled contribution stands for; the two largest are then the largest values,
    each as often as its weight says, of X weighted (Handbook 4.2.2, sampling weights).
    Raises: UnlikelyPercentage.
    """
    if not 0 < p <= 100:
        raise UnlikelyPercentage(f"p is {p}; the configured percentage lies between 0 and 100")
    weights = np.ones(len(value)) if weight is None else np.asarray(weight, dtype=float)
    rows = pd.DataFrame({"cell": cell, "holding": holding, "value": np.abs(value), "w": weights})
    whole = rows.groupby(["cell", "holding"], as_index=False).agg(
        value=("value", "sum"), w=("w", "max")
    )
    whole = whole.sort_values(["cell", "value"], ascending=[True, False], kind="stable")
    before = whole.groupby("cell")["w"].cumsum() - whole["w"]
    # A weight above one stands for several as large: the two largest may be one row.
    largest, two = ((most - before).clip(0).clip(upper=whole["w"]) for most in (1, 2))
    amounts = {"x": whole["w"], "largest": largest, "two": two}
    sums = pd.DataFrame({name: whole["value"] * each for name, each in amounts.items()})
    sums = sums.assign(many=whole["w"]).groupby(whole["cell"]).sum()
    rest = sums["x"] - sums["two"]
    return (rest < p / 100 * sums["largest"]) | (sums["many"] < LEAST_ORGANISATIONS)


def protection_bound(largest: float, total: float, k: float) -> float:
    """What the feasibility interval of a sum that is unsafe by (1, k) must reach at least: the sum
    at which the largest contribution were k per cent of it.

    Source: Handbook, example 4: 300 of 330 by (1, 85): 352.94."""
    return max(total, 100 * largest / k)


def own_figures(respondents: np.ndarray, profile: Profile) -> Marks:
    """Which organisations may have a figure of their own: where one person answered for it, the
    figure would be that person's."""
    return np.asarray(respondents) >= OWN_RESPONDENTS[profile]
