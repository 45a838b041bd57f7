"""What must be hidden besides, so that nothing hidden follows from what a project shows.

Only a project's own figures are looked at: its wave totals, the groups of each wave, and its
phases (`metrics.breakdowns`). Everything above projects is made from shown project figures alone
(`metrics.judge`), so it cannot say more than they do.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metrics.breakdowns import Marks, Table, Whole, crossing, overlapping
from metrics.feasibility import recoverable


def completed(tables: Sequence[Table], hidden: Marks, minimum: int) -> Marks:
    """The hidden slots, and those that are hidden with them. Shape: projects x slots.

    tables: the parts of a metric, which are hidden together.
    What holds of every project and part afterwards: every hidden population, and few people of one
    phase of a wave or of one group in a phase, can be at least two numbers
    (`metrics.feasibility`); hidden groups of a wave (and phases of a project) are several and
    together at least ``minimum`` people; of two shown populations, one within the other, the rest
    is nobody or at least ``minimum`` people.
    """
    found = hidden.copy()
    rows = np.flatnonzero(np.any([_asks(table, hidden, minimum) for table in tables], axis=0))
    if len(rows):
        found[rows] = _fixpoint([table.of(rows) for table in tables], hidden[rows], minimum)
    return found


def _asks(table: Table, hidden: Marks, minimum: int) -> Marks:
    """Projects where anything may have to be hidden besides. Shape: projects."""
    known = (hidden & (table.people > 0)) | close(table, hidden, minimum)
    return known.any(axis=1) | (crossing(table) & table.small.any(axis=1))


def _fixpoint(tables: Sequence[Table], hidden: Marks, minimum: int) -> Marks:
    found = hidden.copy()
    left = np.arange(len(hidden))
    while len(left):
        before = found[left]
        mine = [table.of(left) for table in tables]
        now = _by_rules(mine, before, minimum)
        settled = np.flatnonzero((now == before).all(axis=1))
        if len(settled):
            now[settled] |= _computable([table.of(settled) for table in mine], now[settled])
        found[left] = now
        # What is hidden of one project asks for nothing in another.
        left = left[(now != before).any(axis=1)]
    return found


def _by_rules(tables: Sequence[Table], hidden: Marks, minimum: int) -> Marks:
    for table in tables:
        for rule in (_totals, _groups, _phases, close):
            hidden = hidden | rule(table, hidden, minimum)
    return hidden


def _totals(table: Table, hidden: Marks, _minimum: int) -> Marks:
    """The groups of a hidden total, and a total whose only group is hidden."""
    slots = table.slots
    hidden = hidden & (table.people > 0)
    more = np.zeros_like(hidden)
    groups = slots.groups_of(table.people) > 0
    total = hidden[:, slots.totals]
    lost = groups & total[:, :, None]
    more[:, slots.by_group] = lost.reshape(len(hidden), -1)
    alone = (groups.sum(axis=2) == 1) & (slots.groups_of(hidden) & groups).any(axis=2)
    more[:, slots.totals] = alone
    return more


def _groups(table: Table, hidden: Marks, minimum: int) -> Marks:
    """The smallest shown group of each wave whose hidden groups are too few to stay hidden."""
    slots = table.slots
    people, most = slots.groups_of(table.people), slots.groups_of(table.most)
    shown = slots.groups_of(table.shown(hidden))
    more = np.zeros_like(hidden)
    chosen = _next(people, most, shown, slots.groups_of(hidden), minimum)
    more[:, slots.by_group] = chosen.reshape(len(hidden), -1)
    return more


def _phases(table: Table, hidden: Marks, minimum: int) -> Marks:
    """Phases that share the fate of their wave, and the smallest shown of too few hidden ones."""
    slots = table.slots
    hidden = hidden & (table.people > 0)
    people = table.people[:, slots.by_phase]
    more = np.zeros_like(hidden)
    if not people.shape[1]:
        return more
    edges = table.support.any(axis=3)
    lone = (edges.sum(axis=2, keepdims=True) == 1) & (edges.sum(axis=1, keepdims=True) == 1)
    same = edges & lone
    mine = same.any(axis=1)
    of_hidden = (edges & hidden[:, slots.totals][:, :, None]).any(axis=1)
    crossing = np.where(mine, 0, people)
    shown = table.shown(hidden)[:, slots.by_phase] & ~mine
    most = table.most[:, slots.by_phase]
    step = _next(crossing, most, shown, hidden[:, slots.by_phase] & ~mine, minimum)
    more[:, slots.by_phase] = (step | of_hidden) & (people > 0)
    more[:, slots.totals] = (same & hidden[:, slots.by_phase][:, None]).any(axis=2)
    return more


def _next(people: Whole, most: Whole, shown: Marks, hidden: Marks, minimum: int) -> Marks:
    """Along the last axis: the smallest shown part where the hidden ones are one, or few people, or
    all as small or as large as they can be, so that their sum tells each."""
    unknown = (people > 0) & ~shown
    few = (unknown.sum(axis=-1) < 2) | (np.where(unknown, people, 0).sum(axis=-1) < minimum)
    few |= (~unknown | (people == 1)).all(axis=-1) | (~unknown | (people == most)).all(axis=-1)
    asked = (hidden & (people > 0)).any(axis=-1) & few & shown.any(axis=-1)
    price = np.where(shown, people, np.iinfo(np.int64).max)
    chosen = np.zeros_like(shown)
    np.put_along_axis(chosen, price.argmin(axis=-1)[..., None], asked[..., None], axis=-1)
    return chosen


def close(table: Table, hidden: Marks, minimum: int) -> Marks:
    """The smaller of each two shown populations, one within the other, that differ by a few."""
    shown = table.shown(hidden)
    more = np.zeros_like(hidden)
    inner, whole = overlapping(table.slots)
    ever = shown.any(axis=0)
    inner, whole = inner[ever[inner] & ever[whole]], whole[ever[inner] & ever[whole]]
    gap = table.people[:, whole] - table.people[:, inner]
    near = (gap > 0) & (gap < minimum) & shown[:, whole] & shown[:, inner]
    row, pair = np.nonzero(near)
    within = ~table.outside[row, inner[pair], whole[pair]]
    more[row[within], inner[pair[within]]] = True
    return more


def _computable(tables: Sequence[Table], hidden: Marks) -> Marks:
    """What to hide of projects where a hidden population can be one number only.

    The phases first, then every group, then everything: a project that gets so far is an oddity,
    and failing closed is what it deserves.
    """
    slots = tables[0].slots
    rows = np.flatnonzero(recoverable(tables, hidden))
    more = np.zeros_like(hidden)
    shown = np.any([table.shown(hidden) for table in tables], axis=0)
    for part in (slots.by_phase, slots.by_group, slice(0, slots.size)):
        can = shown[rows][:, part].any(axis=1)
        chosen = rows[can]
        more[chosen, part] = True
        rows = rows[~can]
    return more
