"""From the rows of a sheet to estimates: which estimator a figure takes, and why it has none.

Every function takes rows as `metrics.evaluate` describes them (one a project of a figure) and
returns one row a figure, indexed by figure, with ESTIMATE_VALUES. A figure that rests on one
project takes that project's own interval; a figure that pools projects takes theirs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import ESTIMATE_VALUES, Method, Reason
from metrics.statistics.clusters import Pooled, cluster_mean, cluster_ratio, first_rows
from metrics.statistics.intervals import (
    Floats,
    Interval,
    Whole,
    difference_of_means,
    mean,
    mean_difference,
    ratio,
    recommendation,
    wilson,
)

_METHODS = [method.value for method in Method]
_REASONS = [reason.value for reason in Reason]

POINTS = (0.0, 100.0)
CHANGE = (-100.0, 100.0)
SHARE = (0.0, 1.0)

#: Pairs that a paired change needs (brief, measurement 3.9), and that a project needs to be pooled.
PAIRS_NEEDED = 10
PAIRS_POOLED = 2


def means(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean points: of a project's people, or of the projects' means.

    Rows: n, total, squares, unit.
    """
    return _project_values(rows, rows["n"] > 0, mean, POINTS)


def paired_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean change of the same people: of a project's pairs, or of the projects' mean changes.

    Rows: n (pairs), total, squares, unit. Projects with fewer than PAIRS_POOLED pairs are left
    out of the pool, and a figure with fewer than PAIRS_NEEDED pairs is refused.
    """
    size = _size(rows)
    pairs = _sums(rows, rows["n"], size)
    found = _project_values(rows, rows["n"] >= PAIRS_POOLED, mean_difference, CHANGE)
    refused = found["n"].to_numpy() < PAIRS_NEEDED
    # A refused figure keeps its number of pairs: the disclosure gate must know how few they are.
    found["n"] = np.where(refused, pairs, found["n"]).astype(np.int64)
    return _refused(found, refused, Reason.TOO_FEW_PAIRS)


def independent_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Change between two waves of different people: Welch in a project, mean over projects.

    Rows: earlier_n, earlier_total, earlier_squares, later_n, later_total, later_squares, unit;
    n is the smaller of the two. Figures that were not measured twice anywhere are left out.
    """
    size = _size(rows)
    twice = (rows["earlier_n"].to_numpy() > 0) & (rows["later_n"].to_numpy() > 0)
    rows = rows[twice].assign(n=lambda both: both[["earlier_n", "later_n"]].min(axis=1))

    def welch(chosen: pd.DataFrame) -> Interval:
        earlier, later = (
            tuple(chosen[f"{side}_{moment}"].to_numpy() for moment in ("n", "total", "squares"))
            for side in ("earlier", "later")
        )
        return difference_of_means(earlier, later, chosen["unit"].to_numpy())

    figure = rows["figure"].to_numpy()
    values = welch(rows).value
    pooled = cluster_mean(figure, values, size, CHANGE)
    own = welch(rows.iloc[first_rows(figure, size)]) if len(rows) else pooled.interval
    found = _one_or_many(
        own, pooled, Method.STUDENT, Method.CLUSTER_MEAN, n=_sums(rows, rows["n"], size)
    )
    return found[found["projects"] > 0]


def survey_shares(rows: pd.DataFrame, missing: Reason = Reason.NO_ANSWERS) -> pd.DataFrame:
    """Share of answers: Wilson in one project, ratio of sums over projects as clusters.

    Rows: numerator, denominator. n is the denominator: one answer a person.
    Missing: the reason ``missing`` where no project has a denominator.
    """
    return people_shares(rows.assign(n=rows["denominator"]), missing)


def people_shares(rows: pd.DataFrame, missing: Reason = Reason.NO_ANSWERS) -> pd.DataFrame:
    """Share of answers of which one person gave several.

    Rows: numerator, denominator, n (people). In one project Wilson's interval takes people, not
    answers, for its n: as wide as if all answers of a person were the same one.
    """
    size = _size(rows)
    rows = rows[(rows["denominator"] > 0).to_numpy()]
    figure = rows["figure"].to_numpy()
    above, below = rows["numerator"].to_numpy(), rows["denominator"].to_numpy()
    pooled = cluster_ratio(figure, above, below, size, SHARE)
    numerator, denominator, n = (
        _sums(rows, rows[column], size) for column in ("numerator", "denominator", "n")
    )
    own = wilson(ratio(numerator, denominator) * n, n)._replace(value=ratio(numerator, denominator))
    return _one_or_many(
        own,
        pooled,
        Method.WILSON,
        Method.CLUSTER_RATIO,
        n,
        numerator=numerator,
        denominator=denominator,
        missing=missing,
    )


def record_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of records with Wilson's interval at every level.

    Rows: numerator, denominator. Rows of no project (project below 1) count, but not as a project.
    """
    size = _size(rows)
    rows = rows[(rows["denominator"] > 0).to_numpy()]
    numerator, denominator = (_sums(rows, rows[c], size) for c in ("numerator", "denominator"))
    return estimates(
        wilson(numerator, denominator),
        n=denominator,
        projects=_sums(rows, rows["project"] > 0, size),
        method=Method.WILSON,
        numerator=numerator,
        denominator=denominator,
        missing=Reason.NO_RECORDS,
    )


def recommendations(rows: pd.DataFrame) -> pd.DataFrame:
    """Recommendation score: normal interval in one project, ratio of sums over projects.

    Rows: n, promoters, detractors.
    """
    size = _size(rows)
    rows = rows[(rows["n"] > 0).to_numpy()]
    n, promoters, detractors = (
        _sums(rows, rows[column], size) for column in ("n", "promoters", "detractors")
    )
    gap = (rows["promoters"] - rows["detractors"]).to_numpy()
    pooled = cluster_ratio(rows["figure"].to_numpy(), gap, rows["n"].to_numpy(), size, (-1.0, 1.0))
    hundredfold = Interval(*(100 * end for end in pooled.interval))
    return _one_or_many(
        recommendation(n, promoters, detractors),
        Pooled(hundredfold, pooled.projects),
        Method.NORMAL,
        Method.CLUSTER_RATIO,
        n,
    )


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of things counted: everything is there, so there is no interval.

    Rows: n. A row with 0 is a reported zero.
    """
    size = _size(rows)
    n = _sums(rows, rows["n"], size)
    nothing = np.full(size, np.nan)
    return estimates(
        Interval(n.astype(float), nothing, nothing),
        n=n,
        projects=_sums(rows, rows["project"] > 0, size),
        method=Method.CENSUS,
        missing=Reason.NO_RECORDS,
    )


def estimates(
    interval: Interval,
    *,
    n: Whole,
    projects: Whole,
    method: Method | np.ndarray,
    numerator: Whole | None = None,
    denominator: Whole | None = None,
    missing: Reason | NDArray[np.str_] = Reason.NO_ANSWERS,
) -> pd.DataFrame:
    """ESTIMATE_VALUES from arrays over figures, with the reason for what is missing.

    No value: ``missing``, one reason or one a figure. A value without interval: no_variance, and
    the method is none, as there is no interval that it made.
    """
    value, low, high = interval
    size = len(value)
    codes = np.broadcast_to(_METHODS.index(method) if isinstance(method, Method) else method, size)
    absent = np.isnan(value)
    bare = np.isnan(low) & (codes != _METHODS.index(Method.CENSUS))
    given = pd.Categorical(np.broadcast_to(np.asarray(missing), size), _REASONS).codes
    reason = np.where(absent, given, -1)
    reason = np.where(~absent & bare, _REASONS.index(Reason.NO_VARIANCE), reason)
    codes = np.where(absent | bare, _METHODS.index(Method.NONE), codes)
    nothing = np.full(size, np.nan)
    frame = {
        "value": value,
        "low": low,
        "high": high,
        "n": n,
        "numerator": nothing if numerator is None else np.where(absent, np.nan, numerator),
        "denominator": nothing if denominator is None else np.where(absent, np.nan, denominator),
        "projects": projects,
        "method": pd.Categorical.from_codes(codes, _METHODS),
        "reason": pd.Categorical.from_codes(reason, _REASONS),
    }
    return pd.DataFrame(frame)[ESTIMATE_VALUES]


def _project_values(
    rows: pd.DataFrame,
    used: pd.Series,
    estimator: Callable[[Whole, Whole, Whole, Whole], Interval],
    bounds: tuple[float, float],
) -> pd.DataFrame:
    """Estimates whose pool is the mean of project values and whose own interval is Student's."""
    size = _size(rows)
    rows = rows[used.to_numpy()]
    figure = rows["figure"].to_numpy()
    moments = [rows[column].to_numpy() for column in ("n", "total", "squares", "unit")]
    n, total, _squares, unit = moments
    pooled = cluster_mean(figure, ratio(100 * total, n * unit), size, bounds)
    first = first_rows(figure, size)
    own = estimator(*(moment[first] for moment in moments)) if len(rows) else pooled.interval
    return _one_or_many(
        own, pooled, Method.STUDENT, Method.CLUSTER_MEAN, n=_sums(rows, rows["n"], size)
    )


def _one_or_many(
    own: Interval,
    pooled: Pooled,
    own_method: Method,
    pooled_method: Method,
    n: Whole,
    **rest: Whole | Reason,
) -> pd.DataFrame:
    """The project's own interval where a figure rests on one project, else the pooled one."""
    single = pooled.projects == 1
    interval = Interval(
        *(np.where(single, one, many) for one, many in zip(own, pooled.interval, strict=True))
    )
    methods = np.where(single, _METHODS.index(own_method), _METHODS.index(pooled_method))
    return estimates(interval, n=n, projects=pooled.projects, method=methods, **rest)


def _refused(frame: pd.DataFrame, refused: np.ndarray, reason: Reason) -> pd.DataFrame:
    """The same estimates with the refused ones taken back, and why."""
    frame.loc[refused, ["value", "low", "high"]] = np.nan
    frame.loc[refused, "method"] = Method.NONE.value
    frame.loc[refused, "reason"] = reason.value
    return frame


def _size(rows: pd.DataFrame) -> int:
    """How many figures the rows are of."""
    return int(rows["figure"].max()) + 1 if len(rows) else 0


def _sums(rows: pd.DataFrame, column: pd.Series, size: int) -> Whole:
    """Sums of a column of counts by figure; counts stay far below 2**53, so they are exact."""
    weights: Floats = column.to_numpy().astype(float)
    return np.bincount(rows["figure"].to_numpy(), weights=weights, minlength=size).astype(np.int64)
