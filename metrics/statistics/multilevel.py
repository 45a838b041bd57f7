"""Projects among projects: from rows to estimates of variation, pooled and shrunken means.

Rows: figure, n, total, squares, unit, one a project of a figure. What needs several projects is
refused for one (ONE_PROJECT) and, where a model is fitted, below PROJECTS_NEEDED.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.limits import RELIABLE
from metrics.metric import Method, Reason
from metrics.statistics.components import (
    PROJECTS_NEEDED,
    Clusters,
    clusters,
    grand_mean,
    participant_mean,
    random_intercept,
    ratio_interval,
    reliabilities,
    shrunken,
)
from metrics.statistics.figures import estimates, means
from metrics.statistics.intervals import Interval, Whole, ratio
from metrics.statistics.intraclass import anova, intraclass


def correlations_within(rows: pd.DataFrame, *, of_mean: bool) -> pd.DataFrame:
    """Intraclass correlation of a person's score, or of a project's mean (`intraclass`)."""
    data = clusters(rows)
    found = intraclass(anova(data))[int(of_mean)]
    return _above_projects(found, data, 2, Method.F_RATIO)


def grand_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean of the average project by the random-intercept model (`random_intercept`).

    A singular fit has a value and the reason SINGULAR_FIT.
    """
    data = clusters(rows)
    fit = random_intercept(data)
    found = _above_projects(grand_mean(fit), data, PROJECTS_NEEDED, Method.REML)
    singular = (fit.between == 0) & found["low"].notna().to_numpy()
    found.loc[singular, "reason"] = Reason.SINGULAR_FIT.value
    return found


def participant_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean over all people, projects as clusters (`participant_mean`)."""
    data = clusters(rows)
    return _above_projects(participant_mean(data).interval, data, 2, Method.CLUSTER_ROBUST)


def centred_means(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean of a project on -1 to 1: what may be said of it decides whether its reliability may.

    A coefficient of 1 either way says, to the disclosure gate, that all people are the same.
    """
    found = means(rows)
    ends = ["value", "low", "high"]
    found[ends] = found[ends] / 50 - 1
    return found


def reliabilities_across(rows: pd.DataFrame) -> pd.DataFrame:
    """For every row how reliable the mean of its project is (`reliabilities`).

    Interval: from the profile likelihood of the ratio of the components. Below RELIABLE the value
    has the reason UNRELIABLE.
    """
    data = clusters(rows)
    fit = random_intercept(data)
    ends = (ratio(fit.between, fit.within), *ratio_interval(fit, data))
    found = Interval(*(reliabilities(end, data) for end in ends))
    return _beside_others(rows, data, found, found.value, Method.REML)


def shrunken_across(rows: pd.DataFrame) -> pd.DataFrame:
    """For every row the mean of its project, drawn towards the mean of all (`shrunken`).

    Below RELIABLE the value has the reason UNRELIABLE: it may be read, not ranked.
    """
    data = clusters(rows)
    fit = random_intercept(data)
    reliability = reliabilities(ratio(fit.between, fit.within), data)
    return _beside_others(rows, data, shrunken(fit, data), reliability, Method.EMPIRICAL_BAYES)


def _above_projects(
    interval: Interval, data: Clusters, needed: int, method: Method
) -> pd.DataFrame:
    """Estimates of figures that rest on several projects; the others refused."""
    projects, people = _counted(data)
    shown = projects >= needed
    return estimates(
        Interval(*(np.where(shown, end, np.nan) for end in interval)),
        n=people,
        projects=projects,
        method=method,
        missing=_reasons(projects, needed),
    )


def _beside_others(
    rows: pd.DataFrame, data: Clusters, interval: Interval, reliability: Whole, method: Method
) -> pd.DataFrame:
    """Estimates row by row; rows without people have none."""
    projects = _counted(data)[0]
    there = np.flatnonzero(rows["n"].to_numpy() > 0)
    ends = np.full((3, len(rows)), np.nan)
    ends[:, there] = interval
    reason = np.full(len(rows), Reason.NO_ANSWERS.value, dtype=object)
    reason[there] = _reasons(projects, PROJECTS_NEEDED)[data.figure]
    found = estimates(
        Interval(*ends),
        n=rows["n"].to_numpy(),
        projects=np.ones(len(rows), dtype=np.int64),
        method=method,
        missing=reason.astype(str),
    )
    unreliable = np.zeros(len(rows), dtype=bool)
    unreliable[there] = reliability < RELIABLE
    found.loc[unreliable & found["value"].notna().to_numpy(), "reason"] = Reason.UNRELIABLE.value
    return found


def _counted(data: Clusters) -> tuple[Whole, Whole]:
    """Projects and people of every figure."""
    projects = np.bincount(data.figure, minlength=data.size)
    return projects, data.sums(data.n).astype(np.int64)


def _reasons(projects: Whole, needed: int) -> NDArray[np.str_]:
    return np.select(
        [projects == 0, projects == 1, projects < needed],
        [Reason.NO_ANSWERS.value, Reason.ONE_PROJECT.value, Reason.TOO_FEW_PROJECTS.value],
        Reason.NOT_ESTIMABLE.value,
    ).astype(str)
