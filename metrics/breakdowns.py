"""The breakdowns of a project, and one part of a metric over them.

A population is a set of atoms (wave x phase x group) of one project, and stands in a *slot*: a
wave's total, a wave's group, or a phase over all waves. Arrays are projects x slots.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Marks = NDArray[np.bool_]

#: More people than any project has.
UNBOUNDED = 2**40


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
        return _side_by_side(by_group.sum(axis=2), by_group, atoms.sum(axis=(1, 3)))

    def inner(self, atoms: NDArray) -> NDArray:
        """Sums of atoms in what nobody publishes: a wave's phase, a phase's group, an atom."""
        return _side_by_side(atoms.sum(axis=3), atoms.sum(axis=1), atoms)

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


def _side_by_side(*sums: NDArray) -> NDArray:
    """Sums over projects as columns, of no projects as well."""
    flat = [each.reshape(len(each), int(np.prod(each.shape[1:]))) for each in sums]
    return np.concatenate(flat, axis=1)


def outside(slots: Slots, support: Marks) -> Marks:
    """Whether a population (second axis) has an atom outside another one (third axis)."""
    incidence = slots.incidence()[: slots.size].astype(np.float32)
    atoms = _side_by_side(support).astype(np.float32)
    return (atoms[:, None, :] * incidence[None]) @ (1 - incidence).T > 0


@cache
def overlapping(slots: Slots) -> tuple[Whole, Whole]:
    """Each two different slots that may be about the same people; only they can lie within each
    other."""
    incidence = slots.incidence()[: slots.size].astype(np.float32)
    shared = incidence @ incidence.T > 0
    np.fill_diagonal(shared, False)
    return np.nonzero(shared)


def crossing(table: Table) -> Marks:
    """Projects where a wave has several phases or a phase several waves, and anything is told of
    phases. Shape: projects."""
    edges = table.support.any(axis=3)
    crosses = (edges.sum(axis=2) > 1).any(axis=1) | (edges.sum(axis=1) > 1).any(axis=1)
    return crosses & ~bare(table)


def bare(table: Table) -> Marks:
    """Projects with one phase, of which there is no figure: it joins no waves, because nothing is
    told of it. Shape: projects."""
    phases = table.support.any(axis=(1, 3)).sum(axis=1)
    return (phases <= 1) & ~table.offered[:, table.slots.by_phase].any(axis=1)
