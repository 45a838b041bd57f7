"""What is left of a shown figure when the shown figures of its parts are taken away.

Shares and means add up: the total of a wave less its shown groups is a figure of everybody else,
and the totals of some waves less the shown phases that lie within them is one of everybody in no
such phase, whichever waves are taken together. It needs no hidden count to be known. Where it says
the same of all of them, it says it of each hidden group or phase, so it is judged by the rule that
any figure is judged by (`metrics.unsafe`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.breakdowns import Marks, Whole
from metrics.metric import Profile, Unit
from metrics.populations import Placed, Universe
from metrics.unsafe import floats, unsafe

#: Figures that add up to the figure of a whole, each weighted by its people or answers.
_ADD_UP = (Unit.SHARE, Unit.POINTS, Unit.SCORE)


def unsafe_leftovers(each: Placed, universe: Universe, marks: Marks, profile: Profile) -> Marks:
    """The smallest shown part of each whole of which what is left may not be told.

    Shape: projects x slots. Hidden as well, it is among what is left.
    """
    more = np.zeros(universe.size, dtype=bool)
    # Whether somebody answered is not an answer.
    if each.metric.unit not in _ADD_UP or each.metric.frame == "respondents":
        return more
    slots = universe.slots
    is_total = each.slot < slots.by_group.start
    is_phase = each.slot >= slots.by_phase.start
    wave = np.where(is_total, each.slot, (each.slot - slots.by_group.start) // len(slots.groups))
    project = each.part * len(universe.projects) + each.project
    wholes = [(is_total, project * len(slots.waves) + wave, ~is_total & ~is_phase)]
    if is_phase.any():
        within = _waves_of(each, universe, is_total, is_phase, project)
        for some in _subsets(len(slots.waves)):
            of_some = is_total & some[np.where(is_total, each.slot, 0)]
            wholes.append((of_some, project, is_phase & ~within[:, ~some].any(axis=1)))
    for whole, key, part in wholes:
        rows = _told_by(each, marks, whole, key, part, profile)
        more[each.project[rows], each.slot[rows]] = True
    return more


def _subsets(waves: int) -> list[Marks]:
    """All choices of at least one wave."""
    bits = np.arange(waves)
    return [(chosen >> bits & 1).astype(bool) for chosen in range(1, 2**waves)]


def _waves_of(
    each: Placed, universe: Universe, is_total: Marks, is_phase: Marks, project: Whole
) -> Marks:
    """In which waves the people of phases answered. Shape: rows x waves."""
    slots = universe.slots
    asked = is_total & (floats(each.frame["n"]) > 0)
    there = np.zeros((int(project.max()) + 1, len(slots.waves)), dtype=bool)
    there[project[asked], each.slot[asked]] = True
    edges = (universe.atoms > 0).any(axis=3)
    found = np.zeros((len(project), len(slots.waves)), dtype=bool)
    phase = each.slot[is_phase] - slots.by_phase.start
    found[is_phase] = edges[each.project[is_phase], :, phase] & there[project[is_phase]]
    return found


def _told_by(
    each: Placed, marks: Marks, whole: Marks, key: Whole, part: Marks, profile: Profile
) -> Whole:
    """Rows of the smallest shown parts of wholes of which too much is left to tell.

    key: of the whole that a row belongs to.
    """
    n, value = floats(each.frame["n"]), floats(each.frame["value"])
    shown = ~marks[each.project, each.slot] & ~np.isnan(value)
    whole, part = whole & (n > 0), part & shown
    among = np.flatnonzero(whole | part)
    if not part.any():
        return among[:0]
    codes = np.zeros(len(n), dtype=np.int64)
    codes[among] = np.unique(key[among], return_inverse=True)[1]
    size = int(codes.max()) + 1
    sign = np.where(whole, 1.0, -1.0)
    answers = floats(each.frame["denominator"])
    weight = np.where(np.isnan(answers), n, answers) if each.metric.unit is Unit.SHARE else n
    amount = np.nan_to_num(value) * weight
    if each.metric.unit is Unit.SHARE:
        # Answers are whole.
        amount = np.round(amount)
    people, answers, amount = (
        np.bincount(codes[among], (sign * column)[among], size) for column in (n, weight, amount)
    )
    # Of a whole of which a wave is hidden nothing is left to compute.
    complete = np.bincount(codes[whole & ~shown], minlength=size) == 0
    complete &= np.bincount(codes[whole], minlength=size) > 0
    if each.metric.unit is Unit.SHARE:
        # What is below nothing or above all of them is left of no sum (the least of all groups).
        complete &= (amount >= 0) & (amount <= answers)
    asked = np.flatnonzero(complete & (people > 0) & (answers > 0))
    left = pd.DataFrame(
        {
            "value": amount[asked] / answers[asked],
            "n": people[asked],
            "denominator": answers[asked],
            "low": np.nan,
            "high": np.nan,
            "reason": "",
        }
    )
    told = np.zeros(size, dtype=bool)
    told[asked[unsafe(left, each.metric, profile)]] = True
    rows = np.flatnonzero(part & told[codes])
    rows = rows[np.lexsort((n[rows], codes[rows]))]
    return rows[np.unique(codes[rows], return_index=True)[1]]
