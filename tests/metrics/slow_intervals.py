"""Feasibility intervals as linear programmes, the way the Handbook on SDC 2024 (4.3.3) asks them.

Shares nothing with `metrics.feasibility` but what is asked: one general solver (HiGHS) is asked for
the least and the most of each secret count, one by one.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from metrics.breakdowns import UNBOUNDED, Slots
from metrics.feasibility import Asked

#: Somebody whom nothing bounds is as many as this.
_BEYOND = 10_000


def extremes(
    equal: csr_array,
    values: np.ndarray,
    within: csr_array,
    low: np.ndarray,
    high: np.ndarray,
    asked: csr_array,
) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most of each asked sum of counts; NaN where nothing fits.

    equal and values: sums that are shown. within, low, high: sums that lie between two numbers.
    """
    between = vstack([-within, within]).tocsr() if within.shape[0] else None
    limits = np.concatenate([-low, np.minimum(high, _BEYOND)]) if within.shape[0] else None
    ends = np.full((asked.shape[0], 2), np.nan)
    for at in range(asked.shape[0]):
        goal = asked[[at]].toarray().ravel()
        for side, sign in enumerate((1.0, -1.0)):
            solved = linprog(
                sign * goal,
                A_ub=between,
                b_ub=limits,
                A_eq=equal if equal.shape[0] else None,
                b_eq=values if equal.shape[0] else None,
                bounds=(0, _BEYOND),
                method="highs",
            )
            if solved.x is not None:
                ends[at, side] = goal @ solved.x
    return ends[:, 0], ends[:, 1]


def intervals(asked: Asked, slots: Slots, project: int) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most of every secret population of one of the projects."""
    one = asked.only([project])
    reach = slots.incidence()[:, one.atoms[0]].astype(float)
    own = reach[: slots.size]
    most = one.most[0][one.hidden[0]].astype(float)
    return extremes(
        csr_array(own[one.shown[0]]),
        one.people[0][one.shown[0]].astype(float),
        csr_array(own[one.hidden[0]]),
        np.ones(len(most)),
        np.where(most >= UNBOUNDED - 1, _BEYOND, most),
        csr_array(reach[one.secret[0]]),
    )


def told(asked: Asked, slots: Slots) -> np.ndarray:
    """Projects of which something secret can be one number only, or which contradict themselves."""
    found = []
    for project in range(len(asked.rows)):
        low, high = intervals(asked, slots, project)
        found.append(bool((~(high - low > 1 - 1e-6)).any()))
    return np.array(found)
