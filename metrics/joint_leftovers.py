"""What is left of waves and of phases when shown groups and phases are taken away together.

Some phases together are a set of people. A wave lies beside them, within them, or partly in both;
so does each of its groups. So a wave less these phases can be computed, where the rest of them lies
in waves of which it is known: and from what is left everybody in a shown group without common
people can be taken as well. The other way round, what is left of the phases when the waves and
groups within them are taken away is a figure too. Both are asked of every choice of shown phases.

What is left of more is not asked: where that says the same of all, so does each part of it, and a
part that is shown would be hidden for its own sake (`metrics.unsafe`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.breakdowns import Marks, Slots, Whole

Sums = NDArray[np.float64]
#: Whether what is left may not be told. Takes people, answers and amounts as columns.
Judge = Callable[[Sums], Marks]

#: Choices of phases, times groups of waves, that are looked at at once.
AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of some figures (projects, or projects and parts) in every slot.

    sums: people, answers and amount of what is shown, else 0 (figures x slots x 3); seen: what is
    shown of anybody (figures x slots); support: who is there (figures x waves x phases x groups).
    """

    slots: Slots
    sums: Sums
    seen: Marks
    support: Marks

    def of(self, rows: Whole) -> Shown:
        return Shown(self.slots, self.sums[rows], self.seen[rows], self.support[rows])


def told_beside_phases(shown: Shown, judge: Judge) -> tuple[Whole, Whole]:
    """The figures of which too much is left to tell, and the slot to be hidden of each: the
    smallest of those that tell it."""
    phases = shown.seen[:, shown.slots.by_phase].sum(axis=1)
    found: list[tuple[Whole, Whole]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for many in np.unique(phases[phases > 0]):
        rows = np.flatnonzero(phases == many)
        each = 2**many * len(shown.slots.waves) * max(len(shown.slots.groups), 1)
        pieces = int(np.ceil(len(rows) * each / AT_ONCE))
        for some in np.array_split(rows, pieces):
            figure, slot = _told(shown.of(some), int(many), judge)
            found.append((some[figure], slot))
    figures, slots = zip(*found, strict=True)
    return np.concatenate(figures), np.concatenate(slots)


def _told(shown: Shown, many: int, judge: Judge) -> tuple[Whole, Whole]:
    """The same of figures that have so many shown phases."""
    slots, chosen = shown.slots, np.arange(1, 2**many)
    phases = shown.seen[:, slots.by_phase]
    # Each shown phase is a bit, in the order of the figure's own phases.
    bit = np.where(phases, 1 << np.maximum(phases.cumsum(axis=1) - 1, 0), 0)
    touched = (shown.support * bit[:, None, :, None]).sum(axis=2)[:, :, None, :]
    elsewhere = (shown.support & ~phases[:, None, :, None]).any(axis=2)[:, :, None, :]
    there = shown.support.any(axis=2)[:, :, None, :]
    group = slots.groups_of(shown.seen)[:, :, None, :]
    # Shape from here on: figures x waves x choices of phases (x groups).
    hit = (touched & chosen[:, None]) != 0
    within = hit & ~elsewhere & ((touched & ~chosen[:, None]) == 0)
    beside = there & ~hit
    total = shown.seen[:, slots.totals][:, :, None]
    reached = hit.any(axis=3)
    # Groups within the phases are known together where all others can be taken from their wave.
    by_rest = total & (~there | within | group).all(axis=3)
    summed = np.where(by_rest[..., None], there & ~within, within & group) & reached[..., None]
    complete = by_rest | (~within | group).all(axis=3)
    open_ = reached & ~(complete & ~(hit & ~within).any(axis=3))
    # Beside the phases: the groups that reach into them, or what is left of the wave.
    by_groups = (~hit | group).all(axis=3)
    beside = np.where(by_groups[..., None], hit, there & ~hit & group) & open_[..., None]
    of_groups = shown.sums[:, slots.by_group].reshape(*group.shape[:2], -1, 3)
    of_waves = shown.sums[:, slots.totals][:, :, None, :]
    inner = _taken_from(of_waves, by_rest & reached, summed, of_groups)
    outer = _taken_from(of_waves, ~by_groups & open_, beside, of_groups)
    of_phases = _of_choices(shown.sums[:, slots.by_phase], bit, chosen)
    closed = ~open_[..., None]
    left_of_waves = outer.sum(axis=1) - (of_phases - (inner * closed).sum(axis=1))
    left_of_phases = of_phases - inner.sum(axis=1)
    can = open_.any(axis=1)
    asked = np.stack([can & (~open_ | total | by_groups).all(axis=1), can], axis=2)
    figure, choice, way = np.nonzero(asked)
    told = judge(np.stack([left_of_waves, left_of_phases], axis=2)[figure, choice, way])
    if not told.any():
        return figure[:0], figure[:0]
    figure, choice, way = figure[told], choice[told], way[told]
    at = (figure, slice(None), choice)
    used = summed[at] & (closed[at] | (way == 1)[:, None, None])
    used |= beside[at] & (way == 0)[:, None, None]
    taken = (bit[figure] & chosen[choice][:, None]) != 0
    parts = np.concatenate([used.reshape(len(figure), -1), taken], axis=1)
    return _smallest(parts, shown.sums[figure][:, slots.by_group.start :, 0], figure, slots)


def _taken_from(of_waves: Sums, from_waves: Marks, groups: Marks, of_groups: Sums) -> Sums:
    """Waves less some of their groups; where no wave is named, the sum of these groups."""
    summed = groups.astype(float) @ of_groups
    return np.where(from_waves[..., None], of_waves - summed, summed)


def _smallest(parts: Marks, people: Sums, figure: Whole, slots: Slots) -> tuple[Whole, Whole]:
    """Each figure once, with the smallest slot (but totals) that is a part of anything told of it.

    parts, people: told x slots but totals; figure: of what is told.
    """
    price = np.where(parts, people, np.inf)
    order = np.lexsort((price.min(axis=1), figure))
    first = order[np.unique(figure[order], return_index=True)[1]]
    return figure[first], slots.by_group.start + price[first].argmin(axis=1)


def _of_choices(sums: Sums, bit: Whole, chosen: Whole) -> Sums:
    """The sums of the chosen phases. Shape: figures x choices x 3."""
    return ((bit[:, None, :] & chosen[None, :, None]) != 0).astype(float) @ sums
