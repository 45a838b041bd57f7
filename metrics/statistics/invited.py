"""The people invited to a survey set beside those who answered, cell by cell of project and group.

Everything is read off shown figures, so weights say nothing that is not shown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import Level, Split
from metrics.statistics.intervals import Floats, Whole, ratio, t_quantile
from metrics.statistics.weighting import rake, trim

#: The share of a project's invited people that must be in groups that are shown.
WHOLE_ENOUGH = 0.8

_AT = ["instrument", "wave", "entity"]


def invited_cells(rates: pd.DataFrame, means: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row a project, group (and part of ``means``) whose response rate is shown.

    Columns: instrument, wave, project, group, invited, n (answers), reach (the share of the
    project's invited people in such groups, NaN where those are not known); with means: part,
    value, variance of the mean, and n the answers to that part.
    """
    own = rates[(rates["level"] == Level.PROJECT.value).to_numpy()]
    own = own[(own["value"].notna() & (own["denominator"].fillna(0) > 0)).to_numpy()]
    own = own.astype({"instrument": str, "wave": str, "split_value": str, "denominator": float})
    totals = own.loc[(own["split"] == Split.TOTAL.value).to_numpy(), [*_AT, "denominator"]]
    groups = own.loc[
        (own["split"] == Split.GROUP.value).to_numpy(),
        [*_AT, "split_value", "value", "denominator"],
    ]
    cells = groups.merge(totals.rename(columns={"denominator": "whole"}), on=_AT, how="left")
    cells["n"] = np.rint(cells["value"].astype(float) * cells["denominator"])
    cells = cells[(cells["n"] > 0).to_numpy()].drop(columns="value")
    if means is not None:
        cells = cells.drop(columns="n").merge(_means(means), on=[*_AT, "split_value"])
    by = [name for name in (*_AT, "part") if name in cells]
    reached = cells.groupby(by, observed=True)["denominator"].transform("sum")
    cells = cells.assign(reach=reached / cells["whole"]).drop(columns="whole")
    return cells.rename(
        columns={"entity": "project", "split_value": "group", "denominator": "invited"}
    )


def at_entities(cells: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """The cells of every entity that their project belongs to. Millions of rows: words are
    categories, in the order of the alphabet (`named` unpacks them)."""
    words = [name for name in ("instrument", "part", "wave", "group") if name in cells]
    cells = cells.astype(dict.fromkeys(words, "category"))
    nodes = nodes.assign(level=nodes["level"].astype(str).astype("category"))
    return cells.merge(nodes, on="project")


def named(keys: pd.DataFrame) -> pd.DataFrame:
    """The same rows, with words where they had categories."""
    words = [name for name in keys if isinstance(keys[name].dtype, pd.CategoricalDtype)]
    return keys.astype(dict.fromkeys(words, str))


def _means(means: pd.DataFrame) -> pd.DataFrame:
    """Shown group means of projects; the variance of a mean is told by its interval."""
    chosen = (means["level"] == Level.PROJECT.value) & (means["split"] == Split.GROUP.value)
    found = means[(chosen & means["value"].notna() & means["n"].notna()).to_numpy()]
    found = found.astype(
        {"instrument": str, "wave": str, "split_value": str, "part": str, "value": float,
         "low": float, "high": float, "n": float}
    )  # fmt: skip
    # An interval that is cut at an end of the scale is whole on the other side.
    half = np.maximum(found["high"] - found["value"], found["value"] - found["low"]).to_numpy()
    n = found["n"].to_numpy()
    error = half / t_quantile(np.maximum(n - 1, 1))
    columns = [*_AT, "split_value", "part", "value", "n"]
    return found[columns].assign(variance=np.where(n > 1, error * error, np.nan))


def raked(cells: pd.DataFrame, figure: Whole, size: int) -> tuple[Floats, np.ndarray]:
    """The weight of one person of each cell, and which figures settled.

    Margins: people invited by project and by group, over the cells of the figure.
    """
    n, invited = cells["n"].to_numpy(dtype=float), cells["invited"].to_numpy(dtype=float)
    margins = []
    for name in ("project", "group"):
        place = cells.assign(figure=figure).groupby(["figure", name], observed=True).ngroup()
        place = place.to_numpy(dtype=np.int64)
        margins.append((place, np.bincount(place, invited)))
    totals, settled = rake(figure, n, margins, size)
    return trim(figure, ratio(totals, n), n, size), settled
