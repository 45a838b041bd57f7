"""Differences between what two sides say of the same thing, one phase and project at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import Method, Reason
from metrics.statistics.clusters import cluster_mean, first_rows
from metrics.statistics.figures import CHANGE, estimates
from metrics.statistics.intervals import Interval, ratio
from metrics.statistics.ratings import difference

#: What is known of a difference, from most to least telling of why there is none.
THERE, HIDDEN, NO_ANSWERS, NO_ASSESSMENT = range(4)
_REASONS = {
    HIDDEN: Reason.HIDDEN_PARTS,
    NO_ANSWERS: Reason.NO_ANSWERS,
    NO_ASSESSMENT: Reason.NO_ASSESSMENT,
}
_METHODS = [method.value for method in Method]
_ENDS = ["value", "low", "high"]


def gaps_of(asked: pd.DataFrame, judged: pd.DataFrame, at: list[str]) -> pd.DataFrame:
    """judged less asked where both are known, side by side ``at`` the same places.

    Rows: value, low, high, n, status of each. Shape: one a row of ``asked`` with instrument, wave
    and ``at``, and one (instrument "") for what is judged where nobody was asked; value, low,
    high, n (of those asked) and status.
    """
    names = [*at, *_ENDS]
    both = asked[["instrument", "wave", *names, "n", "status"]].merge(
        judged.loc[(judged["status"] == THERE).to_numpy(), names],
        on=at,
        how="outer",
        suffixes=("", "_judged"),
    )
    theirs = Interval(*(both[name].to_numpy(dtype=float, na_value=np.nan) for name in _ENDS))
    mine = Interval(
        *(both[f"{name}_judged"].to_numpy(dtype=float, na_value=np.nan) for name in _ENDS)
    )
    nobody = both["status"].isna().to_numpy()
    status = np.where(np.isnan(mine.value), NO_ASSESSMENT, both["status"].fillna(NO_ANSWERS))
    gap = difference(mine, theirs, CHANGE)
    known = status == THERE
    n = both["n"].to_numpy(dtype=float, na_value=0)
    return both[[*at]].assign(
        instrument=np.where(nobody, "", both["instrument"].fillna("")),
        wave=np.where(nobody, "", both["wave"].fillna("")),
        **{name: np.where(known, end, np.nan) for name, end in zip(_ENDS, gap, strict=True)},
        n=np.where(known, n, 0),
        status=status.astype(np.int64),
    )


def mean_gaps(gaps: pd.DataFrame, by: list[str], over_projects: bool = False) -> pd.DataFrame:
    """Mean of the gaps that are there: of phases in a project, or of projects.

    Over phases the half-widths are averaged too: the spread of a mean is never more than the mean
    of the spreads, whoever answered in several phases. Over projects: t(J-1), and one project's
    own interval where there is one only.
    Shape: ``by`` and value, low, high, n, status; over projects ``by`` and ESTIMATE_VALUES.
    """
    ordered = gaps.sort_values([*by, *_ENDS, "n"], kind="stable", ignore_index=True)
    figure = ordered.groupby(by, sort=False).ngroup().to_numpy()
    size = int(figure.max()) + 1 if len(figure) else 0
    keys = ordered.loc[first_rows(figure, size), by].reset_index(drop=True)
    status = np.full(size, NO_ASSESSMENT)
    np.minimum.at(status, figure, ordered["status"].to_numpy())
    shown = ordered[(ordered["status"] == THERE).to_numpy()]
    place = figure[(ordered["status"] == THERE).to_numpy()]
    n = np.bincount(place, shown["n"], size).astype(np.int64)
    many = np.bincount(place, minlength=size)
    ends = [shown[name].to_numpy(dtype=float) for name in _ENDS]
    mean = Interval(*(ratio(np.bincount(place, end, size), many) for end in ends))
    if not over_projects:
        return keys.assign(**mean._asdict(), n=n, status=status)
    pooled = cluster_mean(place, ends[0], size, CHANGE)
    alone = many == 1
    interval = Interval(
        *(np.where(alone, own, end) for own, end in zip(mean, pooled.interval, strict=True))
    )
    reason = np.array([_REASONS.get(code, Reason.NO_ANSWERS).value for code in status], dtype=str)
    method = np.where(
        alone, _METHODS.index(Method.SQUARE_AND_ADD), _METHODS.index(Method.CLUSTER_MEAN)
    )
    figures = estimates(interval, n=n, projects=many, method=method, missing=reason)
    return pd.concat([keys, figures], axis=1)
