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
_METHOD_WORDS, _REASON_WORDS = (pd.CategoricalDtype(words) for words in (_METHODS, _REASONS))

POINTS = (0.0, 100.0)
CHANGE = (-100.0, 100.0)
SHARE = (0.0, 1.0)

#: Pairs that a paired change needs (with 10, 80 % power reaches only d_z = 1), and that a project
#: needs to be pooled.
PAIRS_NEEDED = 10
PAIRS_POOLED = 2


def means(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean points: of a project's people, or of the projects' means.

    Rows: n, total, squares, unit.
    """
    return _project_values(rows, rows["n"].to_numpy() > 0, mean, POINTS)


def paired_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean change of the same people: of a project's pairs, or of the projects' mean changes.

    Rows: n (pairs), total, squares, unit. Projects with fewer than PAIRS_POOLED pairs are left
    out of the pool, and a figure with fewer than PAIRS_NEEDED pairs is refused.
    """
    n = rows["n"].to_numpy()
    found = _project_values(rows, n >= PAIRS_POOLED, mean_difference, CHANGE)
    refused = found["n"].to_numpy() < PAIRS_NEEDED
    # A refused figure keeps its number of pairs: the disclosure gate must know how few they are.
    pairs = _sums(rows["figure"].to_numpy(), n, len(found))
    found["n"] = np.where(refused, pairs, found["n"])
    return refused_for(found, refused, Reason.TOO_FEW_PAIRS)


def independent_changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Change between two waves of different people: Welch in a project, mean over projects.

    Rows: earlier_n, earlier_total, earlier_squares, later_n, later_total, later_squares, unit;
    n is the smaller of the two. Figures that were not measured twice anywhere are left out.
    """
    size = _size(rows)
    twice = (rows["earlier_n"].to_numpy() > 0) & (rows["later_n"].to_numpy() > 0)
    rows = _chosen(rows, twice)
    unit = rows["unit"].to_numpy()
    earlier, later = (
        tuple(rows[f"{side}_{moment}"].to_numpy() for moment in ("n", "total", "squares"))
        for side in ("earlier", "later")
    )
    value = ratio(100 * later[1], later[0] * unit) - ratio(100 * earlier[1], earlier[0] * unit)
    figure = rows["figure"].to_numpy()
    found = one_or_many(
        cluster_mean(figure, value, size, CHANGE),
        lambda row: difference_of_means(
            tuple(moment[row] for moment in earlier),
            tuple(moment[row] for moment in later),
            unit[row],
        ),
        figure,
        (Method.STUDENT, Method.CLUSTER_MEAN),
        n=_sums(figure, np.minimum(earlier[0], later[0]), size),
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
    rows = _chosen(rows, rows["denominator"].to_numpy() > 0)
    figure, above, below, n = (
        rows[column].to_numpy() for column in ("figure", "numerator", "denominator", "n")
    )

    def own(row: Whole) -> Interval:
        share = ratio(above[row], below[row])
        return wilson(share * n[row], n[row])._replace(value=share)

    return one_or_many(
        cluster_ratio(figure, above, below, size, SHARE),
        own,
        figure,
        (Method.WILSON, Method.CLUSTER_RATIO),
        n=_sums(figure, n, size),
        numerator=_sums(figure, above, size),
        denominator=_sums(figure, below, size),
        missing=missing,
    )


def record_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of records with Wilson's interval at every level.

    Rows: numerator, denominator. Rows of no project (project below 1) count, but not as a project.
    """
    size = _size(rows)
    rows = _chosen(rows, rows["denominator"].to_numpy() > 0)
    figure = rows["figure"].to_numpy()
    numerator, denominator = (
        _sums(figure, rows[column].to_numpy(), size) for column in ("numerator", "denominator")
    )
    return estimates(
        wilson(numerator, denominator),
        n=denominator,
        projects=_sums(figure, rows["project"].to_numpy() > 0, size),
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
    rows = _chosen(rows, rows["n"].to_numpy() > 0)
    figure, n, promoters, detractors = (
        rows[column].to_numpy() for column in ("figure", "n", "promoters", "detractors")
    )
    pooled = cluster_ratio(figure, promoters - detractors, n, size, (-1.0, 1.0))
    hundredfold = Interval(*(100 * end for end in pooled.interval))
    return one_or_many(
        Pooled(hundredfold, pooled.projects),
        lambda row: recommendation(n[row], promoters[row], detractors[row]),
        figure,
        (Method.NORMAL, Method.CLUSTER_RATIO),
        n=_sums(figure, n, size),
    )


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of things counted: everything is there, so there is no interval.

    Rows: n. A row with 0 is a reported zero.
    """
    size = _size(rows)
    figure = rows["figure"].to_numpy()
    n = _sums(figure, rows["n"].to_numpy(), size)
    nothing = np.full(size, np.nan)
    return estimates(
        Interval(n.astype(float), nothing, nothing),
        n=n,
        projects=_sums(figure, rows["project"].to_numpy() > 0, size),
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
    p: NDArray[np.float64] | None = None,
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
    given = _reason_codes(missing)
    reason = np.where(absent, given, -1)
    reason = np.where(~absent & bare, _REASONS.index(Reason.NO_VARIANCE), reason)
    codes = np.where(absent | bare, _METHODS.index(Method.NONE), codes)
    nothing = np.full(size, np.nan)
    frame = {
        "value": value,
        "low": low,
        "high": high,
        "p": nothing if p is None else np.where(absent, np.nan, p),
        "n": n,
        "numerator": nothing if numerator is None else np.where(absent, np.nan, numerator),
        "denominator": nothing if denominator is None else np.where(absent, np.nan, denominator),
        "projects": projects,
        "method": pd.Categorical.from_codes(codes, dtype=_METHOD_WORDS),
        "reason": pd.Categorical.from_codes(reason, dtype=_REASON_WORDS),
    }
    return pd.DataFrame({name: frame[name] for name in ESTIMATE_VALUES})


def _reason_codes(reason: Reason | NDArray[np.str_]) -> Whole | int:
    """The code of one reason, or of each; -1 of none."""
    if isinstance(reason, str):
        return _REASONS.index(reason)
    words, place = np.unique(np.asarray(reason, dtype=str), return_inverse=True)
    codes = {word: code for code, word in enumerate(_REASONS)}
    return np.array([codes.get(str(word), -1) for word in words], dtype=np.int64)[place]


def _project_values(
    rows: pd.DataFrame,
    used: NDArray[np.bool_],
    estimator: Callable[[Whole, Whole, Whole, Whole], Interval],
    bounds: tuple[float, float],
) -> pd.DataFrame:
    """Estimates whose pool is the mean of project values and whose own interval is Student's."""
    size = _size(rows)
    rows = _chosen(rows, used)
    figure = rows["figure"].to_numpy()
    moments = [rows[column].to_numpy() for column in ("n", "total", "squares", "unit")]
    n, total, _squares, unit = moments
    return one_or_many(
        cluster_mean(figure, ratio(100 * total, n * unit), size, bounds),
        lambda row: estimator(*(moment[row] for moment in moments)),
        figure,
        (Method.STUDENT, Method.CLUSTER_MEAN),
        n=_sums(figure, n, size),
    )


def one_or_many(
    pooled: Pooled,
    own: Callable[[Whole], Interval],
    figure: Whole,
    methods: tuple[Method, Method],
    n: Whole,
    **rest: Whole | Reason,
) -> pd.DataFrame:
    """The project's own interval where a figure rests on one project, else the pooled one.

    own: the interval of the rows at some positions. methods: of one project, of several.
    """
    single = np.flatnonzero(pooled.projects == 1)
    row = first_rows(figure, len(n))[single]
    for end, ends in zip(own(row), pooled.interval, strict=True):
        ends[single] = end
    method = np.full(len(n), _METHODS.index(methods[1]))
    method[single] = _METHODS.index(methods[0])
    return estimates(pooled.interval, n=n, projects=pooled.projects, method=method, **rest)


def refused_for(frame: pd.DataFrame, refused: np.ndarray, reason: Reason) -> pd.DataFrame:
    """The same estimates with the refused ones taken back, and why."""
    frame.loc[refused, ["value", "low", "high"]] = np.nan
    frame.loc[refused, "method"] = Method.NONE.value
    frame.loc[refused, "reason"] = reason.value
    return frame


def _size(rows: pd.DataFrame) -> int:
    """How many figures the rows are of."""
    return int(rows["figure"].max()) + 1 if len(rows) else 0


def _chosen(rows: pd.DataFrame, chosen: NDArray[np.bool_]) -> pd.DataFrame:
    """The chosen rows; without a copy where all are."""
    return rows if chosen.all() else rows[chosen]


def _sums(figure: Whole, column: Whole | NDArray[np.bool_], size: int) -> Whole:
    """Sums of a column of counts by figure; counts stay far below 2**53, so they are exact."""
    return np.bincount(figure, weights=column, minlength=size).astype(np.int64)
