"""What is left of a shown figure when the shown figures of its parts are taken away.

Shares and means add up: the total of a wave less its shown groups is a figure of everybody else,
and so is what is left of waves and phases when others are taken from them
(`metrics.joint_leftovers`). It needs no hidden count to be known. Where it says the same of all of
them, it says it of each hidden group or phase, so it is judged by the rule that any figure is
judged by (`metrics.unsafe`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.breakdowns import Marks, Whole
from metrics.joint_leftovers import Shown, Sums, told_beside_phases
from metrics.metric import Profile, Unit
from metrics.populations import Placed, Universe, counted
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
    sums, shown = _sums(each), ~marks[each.project, each.slot]
    shown &= ~np.isnan(floats(each.frame["value"]))
    for told in (
        _told_of_waves(each, universe, shown, sums, profile),
        _told_of_phases(each, universe, shown, sums, profile),
    ):
        more[each.project[told], each.slot[told]] = True
    return more


def _sums(each: Placed) -> Sums:
    """People, answers and the sum over them of each row: what adds up. Shape: rows x 3."""
    n, value = floats(each.frame["n"]), floats(each.frame["value"])
    answers = floats(each.frame["denominator"])
    if each.metric.unit is not Unit.SHARE:
        return np.stack([n, n, np.nan_to_num(value) * n], axis=1)
    answers = np.where(np.isnan(answers), n, answers)
    # Answers are whole.
    return np.stack([n, answers, np.round(np.nan_to_num(value) * answers)], axis=1)


def _told_of_waves(
    each: Placed, universe: Universe, shown: Marks, sums: Sums, profile: Profile
) -> Whole:
    """Rows of the smallest shown groups of waves of which too much is left to tell."""
    slots = universe.slots
    is_total = each.slot < slots.by_group.start
    is_group = ~is_total & (each.slot < slots.by_phase.start)
    wave = np.where(is_total, each.slot, (each.slot - slots.by_group.start) // len(slots.groups))
    whole, part = is_total & (sums[:, 0] > 0) & shown, is_group & shown
    among = np.flatnonzero(whole | part)
    if not part.any():
        return among[:0]
    key = (each.part * len(universe.projects) + each.project) * len(slots.waves) + wave
    codes = np.zeros(len(key), dtype=np.int64)
    codes[among] = np.unique(key[among], return_inverse=True)[1]
    size = int(codes.max()) + 1
    sign = np.where(whole, 1.0, -1.0)[among]
    left = np.stack([np.bincount(codes[among], sign * sums[among, at], size) for at in range(3)], 1)
    complete = np.bincount(codes[whole], minlength=size) > 0
    told = complete & _unsafe_sums(left, each, profile)
    rows = np.flatnonzero(part & told[codes])
    rows = rows[np.lexsort((sums[rows, 0], codes[rows]))]
    return rows[np.unique(codes[rows], return_index=True)[1]]


def _told_of_phases(
    each: Placed, universe: Universe, shown: Marks, sums: Sums, profile: Profile
) -> Whole:
    """Rows of the smallest slots that together with phases leave too much to tell."""
    slots = universe.slots
    of_phase = (each.slot >= slots.by_phase.start) & shown & (sums[:, 0] > 0)
    key = each.part * len(universe.projects) + each.project
    asked = np.unique(key[of_phase])
    rows = np.flatnonzero(np.isin(key, asked))
    figure, slot = np.searchsorted(asked, key[rows]), each.slot[rows]
    size = (len(asked), slots.size)
    place = np.zeros(size, dtype=np.int64)
    place[figure, slot] = rows
    seen = np.zeros(size, dtype=bool)
    seen[figure, slot] = (shown & (sums[:, 0] > 0))[rows]
    atoms = universe.atoms[asked % len(universe.projects)] > 0
    there = slots.spread(atoms) > 0
    counts = counted(each.frame)[rows]
    there[figure[counts], slot[counts]] = sums[rows[counts], 0] > 0
    support = atoms & there[:, slots.totals][:, :, None, None]
    support &= slots.groups_of(there)[:, :, None, :] & there[:, None, slots.by_phase, None]
    given = np.where(seen[..., None], sums[place], 0.0)
    found, hiding = told_beside_phases(
        Shown(slots, given, seen, support), lambda left: _unsafe_sums(left, each, profile)
    )
    return place[found, hiding]


def _unsafe_sums(left: Sums, each: Placed, profile: Profile) -> Marks:
    """Whether what is left may not be told. left: people, answers and amount, rows x 3."""
    people, answers, amount = np.round(left[:, 0]), np.round(left[:, 1]), left[:, 2]
    asked = (people > 0) & (answers > 0)
    if each.metric.unit is Unit.SHARE:
        # What is below nothing or above all of them is left of no sum (the least of all groups).
        asked &= (amount >= 0) & (amount <= answers)
    at = np.flatnonzero(asked)
    figures = pd.DataFrame(
        {
            "value": amount[at] / answers[at],
            "n": people[at],
            "denominator": answers[at],
            "low": np.nan,
            "high": np.nan,
            "reason": "",
        }
    )
    told = np.zeros(len(left), dtype=bool)
    told[at[unsafe(figures, each.metric, profile)]] = True
    return told
