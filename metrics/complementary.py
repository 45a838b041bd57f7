"""What must be hidden besides, so that nothing hidden follows from what a project shows.

Only a project's own figures are looked at: its wave totals, the groups of each wave, and its
phases. Everything above projects is made from shown project figures alone (`metrics.judge`), so
it cannot say more than they do.

A population is a set of atoms (wave x phase x group) of one project, and stands in a *slot*: a
wave's total, a wave's group, or a phase over all waves. Arrays are projects x slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Marks = NDArray[np.bool_]

_NEAR = 1e-7
#: More people than any project has.
UNBOUNDED = 2**40
#: Projects whose algebra is done at once: 0.1 GB for the widest tables.
_CHUNK = 128


@dataclass(frozen=True, slots=True)
class Slots:
    """The breakdowns of a project: totals of waves, then groups of waves, then phases."""

    waves: tuple[str, ...]
    phases: tuple[str, ...]
    groups: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.waves) * (1 + len(self.groups)) + len(self.phases)

    @property
    def totals(self) -> slice:
        return slice(0, len(self.waves))

    @property
    def by_group(self) -> slice:
        return slice(len(self.waves), len(self.waves) * (1 + len(self.groups)))

    @property
    def by_phase(self) -> slice:
        return slice(len(self.waves) * (1 + len(self.groups)), self.size)

    def spread(self, atoms: NDArray) -> NDArray:
        """Sums of atoms (projects x waves x phases x groups) in every slot."""
        by_group = atoms.sum(axis=2)
        return np.concatenate(
            [
                by_group.sum(axis=2),
                by_group.reshape(len(atoms), -1),
                atoms.sum(axis=(1, 3)),
            ],
            axis=1,
        )

    def inner(self, atoms: NDArray) -> NDArray:
        """Sums of atoms in what nobody publishes: a wave's phase, a phase's group, an atom."""
        many = len(atoms)
        return np.concatenate(
            [
                atoms.sum(axis=3).reshape(many, -1),
                atoms.sum(axis=1).reshape(many, -1),
                atoms.reshape(many, -1),
            ],
            axis=1,
        )

    def incidence(self) -> Marks:
        """Which atoms each slot, then each inner population, is about. Shape: those x atoms."""
        shape = (len(self.waves), len(self.phases), len(self.groups))
        alone = np.eye(int(np.prod(shape)), dtype=bool).reshape(-1, *shape)
        return np.concatenate([self.spread(alone), self.inner(alone)], axis=1).T > 0

    def groups_of(self, cells: NDArray) -> NDArray:
        """The group slots of cells. Shape: projects x waves x groups."""
        return cells[:, self.by_group].reshape(len(cells), len(self.waves), len(self.groups))


@dataclass(frozen=True, slots=True)
class Table:
    """One metric and part. people: behind each slot; offered: slots that have a figure; support:
    atoms with anybody in them (projects x waves x phases x groups); small: inner populations
    (`Slots.inner`) of a few people; outside: whether a slot (second axis) has an atom outside
    another one; least: the fewest people that a slot may be shown of."""

    slots: Slots
    people: Whole
    offered: Marks
    support: Marks
    small: Marks
    outside: Marks
    least: Whole

    def of(self, rows: Whole) -> Table:
        """The same table for some of its projects."""
        chosen = (
            self.people,
            self.offered,
            self.support,
            self.small,
            self.outside,
            self.least,
        )
        return Table(self.slots, *(each[rows] for each in chosen))

    def shown(self, hidden: Marks) -> Marks:
        return self.offered & (self.people > 0) & ~hidden

    @property
    def most(self) -> Whole:
        """The most people that somebody who knows the rules takes a hidden slot to have."""
        return np.where(self.people < self.least, self.least - 1, UNBOUNDED)


def completed(tables: Sequence[Table], hidden: Marks, minimum: int) -> Marks:
    """The hidden slots, and those that are hidden with them. Shape: projects x slots.

    tables: the parts of a metric, which are hidden together.
    What holds of every project and part afterwards: no hidden population, and no few people of one
    phase of a wave or of one group in a phase, is a linear combination of the shown ones; hidden
    groups of a wave (and phases of a project) are several and together at least ``minimum``
    people; of two shown populations, one within the other, the rest is nobody or at least
    ``minimum`` people.
    """
    found = hidden.copy()
    rows = np.flatnonzero(np.any([_asks(table, hidden, minimum) for table in tables], axis=0))
    if len(rows):
        found[rows] = _fixpoint([table.of(rows) for table in tables], hidden[rows], minimum)
    return found


def _asks(table: Table, hidden: Marks, minimum: int) -> Marks:
    """Projects where anything may have to be hidden besides. Shape: projects."""
    known = (hidden & (table.people > 0)) | _close(table, hidden, minimum)
    return known.any(axis=1) | (_crossing(table.support) & table.small.any(axis=1))


def outside(slots: Slots, support: Marks) -> Marks:
    """Whether a population (second axis) has an atom outside another one (third axis)."""
    incidence = slots.incidence()[: slots.size].astype(np.float32)
    atoms = support.reshape(len(support), -1).astype(np.float32)
    return (atoms[:, None, :] * incidence[None]) @ (1 - incidence).T > 0


def _fixpoint(tables: Sequence[Table], hidden: Marks, minimum: int) -> Marks:
    while True:
        before = hidden
        for table in tables:
            for rule in (_totals, _groups, _phases, _close):
                hidden = hidden | rule(table, hidden, minimum)
        if (hidden == before).all():
            hidden = hidden | _computable(tables, hidden)
            if (hidden == before).all():
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


def _close(table: Table, hidden: Marks, minimum: int) -> Marks:
    """The smaller of each two shown populations, one within the other, that differ by a few."""
    shown = table.shown(hidden)
    more = np.zeros_like(hidden)
    gap = table.people[:, None, :] - table.people[:, :, None]
    near = ~table.outside & (gap > 0) & (gap < minimum) & shown[:, :, None] & shown[:, None, :]
    more |= near.any(axis=2)
    return more


def _computable(tables: Sequence[Table], hidden: Marks) -> Marks:
    """What to hide of projects where a hidden population is a combination of shown ones.

    The phases first, then every group, then everything: a project that gets so far is an oddity,
    and failing closed is what it deserves.
    """
    slots = tables[0].slots
    rows = np.flatnonzero(_follows(tables, hidden))
    more = np.zeros_like(hidden)
    shown = np.any([table.shown(hidden) for table in tables], axis=0)
    for part in (slots.by_phase, slots.by_group, slice(0, slots.size)):
        can = shown[rows][:, part].any(axis=1)
        chosen = rows[can]
        more[chosen, part] = True
        rows = rows[~can]
    return more


def _follows(tables: Sequence[Table], hidden: Marks) -> Marks:
    """Whether any hidden population of a project is a combination of its shown ones.

    Shape: projects. Only projects where waves and phases cross need the algebra: elsewhere a phase
    is its wave, and several hidden groups of a known total are never determined.
    """
    asked = []
    for table in tables:
        atoms = table.support.reshape(len(hidden), -1)
        secret = np.concatenate([hidden & (table.people > 0), table.small], axis=1)
        secret &= _crossing(table.support)[:, None]
        asked.append(np.concatenate([atoms, table.shown(hidden), secret], axis=1))
    rows = np.concatenate(asked)
    # Parts and projects that look alike are asked once.
    _, first, which = np.unique(
        np.packbits(rows, axis=1), axis=0, return_index=True, return_inverse=True
    )
    rows = rows[first]
    size, width = tables[0].slots.size, atoms.shape[1]
    answers = np.zeros(len(rows), dtype=bool)
    needed = np.flatnonzero(rows[:, width + size :].any(axis=1))
    incidence = tables[0].slots.incidence().astype(float)
    for start in range(0, len(needed), _CHUNK):
        chosen = needed[start : start + _CHUNK]
        atoms, shown, secret = np.split(rows[chosen], [width, width + size], axis=1)
        answers[chosen] = _determined(incidence, atoms, shown, secret)
    return answers[which.reshape(-1)].reshape(len(tables), len(hidden)).any(axis=0)


def _determined(incidence: NDArray, atoms: Marks, shown: Marks, secret: Marks) -> Marks:
    """Whether any secret population is a combination of the shown ones. Shape: projects."""
    cells = incidence[None] * atoms[:, None, :]
    known = cells[:, : shown.shape[1]] * shown[:, :, None]
    # The part of each population that no combination of the shown ones reaches.
    rest = cells - cells @ (np.linalg.pinv(known, rtol=1e-9) @ known)
    return (secret & ~(np.abs(rest) > _NEAR).any(axis=2)).any(axis=1)


def _crossing(support: Marks) -> Marks:
    """Projects where a wave has several phases or a phase several waves. Shape: projects."""
    edges = support.any(axis=3)
    return (edges.sum(axis=2) > 1).any(axis=1) | (edges.sum(axis=1) > 1).any(axis=1)
