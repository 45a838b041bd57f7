"""What raters say of the phases of their own project, and what it is set against.

A rating is a step of a rubric, 0 to RATING_STEPS above the lowest level; points are its share of
all steps, 0-100.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import Method, Reason
from metrics.stages import JOINT, OWN, RATING_STEPS
from metrics.statistics.clusters import cluster_mean
from metrics.statistics.figures import POINTS, estimates
from metrics.statistics.intervals import Floats, Interval, ratio, t_interval

_METHODS = [method.value for method in Method]
_POINT = 100 / RATING_STEPS
_CELL = ["project", "phase", "construct"]


def standing(atoms: pd.DataFrame) -> pd.DataFrame:
    """What stands of each construct of a phase: the joint judgement, else the raters' own ones.

    Rows: raters, score_sum, score_squares, kind. Shape: one a project, phase and construct with
    points (mean), variance (of that mean, in points) and freedom (of the variance).
    The variance of one rater is pooled over all constructs and phases of the project that several
    judged alone: sum of squared deviations within them over sum(k - 1); a mean of k raters has it
    over k. Missing: variance and freedom are 0 for a joint judgement (it is the one there is), and
    where no two raters judged the same.
    """
    ordered = atoms.sort_values([*_CELL, "kind"], ignore_index=True)
    own = (ordered["kind"] == OWN).to_numpy()
    squares, freedom = _within(ordered)
    project, place = np.unique(ordered["project"].to_numpy(), return_inverse=True)
    size = len(project)
    pooled = np.bincount(place[own], freedom[own], size)
    variance = ratio(np.bincount(place[own], squares[own], size), pooled)
    raters = ordered["raters"].to_numpy()
    found = ordered[["project", "phase", "construct"]].assign(
        points=_POINT * ratio(ordered["score_sum"], raters),
        variance=np.where(own, np.nan_to_num(variance[place]) * _POINT**2 / raters, 0.0),
        freedom=np.where(own, pooled[place], 0).astype(np.int64),
        n=raters,
    )
    agreed = pd.MultiIndex.from_frame(ordered.loc[ordered["kind"] == JOINT, _CELL])
    superseded = own & pd.MultiIndex.from_frame(ordered[_CELL]).isin(agreed)
    return found[~superseded].reset_index(drop=True)


def levels(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean points of what stands: over phases in a project, over projects above.

    Rows: points, variance, freedom, n (raters). A project's interval is that of its raters; where
    there is only one judgement (a joint one, one rater, or all alike) it is counted, not estimated.
    By hand: two raters with 33.3 and 66.7 of one construct: 50 -+ 12.706 * 16.667, cut to 0-100.
    """
    by_project = _of_projects(rows, points="mean", variance="sum", freedom="max", n="sum")
    phases = rows.groupby(["figure", "project"]).size().to_numpy()
    figure = by_project["figure"].to_numpy()
    size = int(figure.max()) + 1 if len(figure) else 0
    value = by_project["points"].to_numpy(dtype=float)
    own = t_interval(
        value,
        by_project["variance"].to_numpy(dtype=float) / phases**2,
        by_project["freedom"].to_numpy(dtype=float),
        POINTS,
    )
    return _one_or_many(
        figure, value, own, np.bincount(figure, by_project["n"], size).astype(np.int64)
    )


def disagreements(rows: pd.DataFrame) -> pd.DataFrame:
    """Typical difference between two raters of the same construct and phase, in points.

    Rows: raters, score_sum, score_squares of own judgements. Formula: the root of twice the
    variance of one rater, pooled over what several judged: sum(SS) / sum(k - 1); above a project
    the mean of projects, t(J-1). Missing: one_rater where nothing was judged by two.
    By hand: levels 2 and 4: SS = 2 steps², two steps of three apart: 66.7 points.
    """
    squares, freedom = _within(rows)
    both = rows.assign(squares=squares, freedom=freedom)
    both = _of_projects(both, squares="sum", freedom="sum", raters="sum")
    figures = both["figure"].to_numpy()
    size = int(figures.max()) + 1 if len(figures) else 0
    judged = np.bincount(figures, both["raters"], size).astype(np.int64)
    compared = both[(both["freedom"] > 0).to_numpy()]
    value = _POINT * np.sqrt(2 * ratio(compared["squares"], compared["freedom"]))
    nothing = np.full(len(value), np.nan)
    return _one_or_many(
        compared["figure"].to_numpy(),
        value,
        Interval(value, nothing, nothing),
        judged,
        missing=Reason.ONE_RATER,
    )


def difference(one: Interval, other: Interval, bounds: tuple[float, float]) -> Interval:
    """one less other, with an interval from that of each; an end that is missing is the value.

    Formula: d -+ sqrt((one - its end)**2 + (the other's opposite end - other)**2).
    Missing: the interval where the other has none.
    Source: square-and-add (MOVER), Newcombe 1998; Zou & Donner 2008. By hand: 80 (70-90) less
    60 (50-75): 20 - sqrt(10² + 15²) = 1.97 to 20 + sqrt(10² + 10²) = 34.14.
    """
    low, high = (np.where(np.isnan(end), one.value, end) for end in (one.low, one.high))
    value = one.value - other.value
    below = np.hypot(one.value - low, other.high - other.value)
    above = np.hypot(high - one.value, other.value - other.low)
    return Interval(
        value, np.maximum(value - below, bounds[0]), np.minimum(value + above, bounds[1])
    )


def _within(rows: pd.DataFrame) -> tuple[Floats, NDArray[np.int64]]:
    """Squared deviations of raters from their mean, in steps, and their degrees of freedom."""
    raters, total, squares = (
        rows[name].to_numpy(dtype=np.int64) for name in ("raters", "score_sum", "score_squares")
    )
    return ratio(raters * squares - total * total, raters), raters - 1


def _of_projects(rows: pd.DataFrame, **how: str) -> pd.DataFrame:
    """One row a project of a figure, whatever the order of the rows was."""
    ordered = rows.sort_values(["figure", "project", *how], kind="stable")
    return ordered.groupby(["figure", "project"], as_index=False).agg(how)


def _one_or_many(
    figure: NDArray[np.int64],
    value: Floats,
    own: Interval,
    n: NDArray[np.int64],
    missing: Reason = Reason.NO_RECORDS,
) -> pd.DataFrame:
    """A project's own interval where a figure rests on one, else that of the projects' values."""
    size = len(n)
    pooled = cluster_mean(figure, value, size, POINTS)
    projects = np.bincount(figure, minlength=size)
    alone = projects[figure] == 1
    single = figure[alone]
    low, high = pooled.interval.low, pooled.interval.high
    low[single], high[single] = own.low[alone], own.high[alone]
    counted = (projects == 1) & np.isnan(low)
    method = np.select(
        [counted, projects == 1],
        [_METHODS.index(Method.CENSUS), _METHODS.index(Method.STUDENT)],
        _METHODS.index(Method.CLUSTER_MEAN),
    )
    return estimates(
        Interval(pooled.interval.value, low, high),
        n=n,
        projects=projects,
        method=method,
        missing=missing,
    )
