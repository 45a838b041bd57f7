"""What else must be hidden so that nothing hidden can be worked out from the rest of the sheet.

`completed` closes a table of figures under five rules, from cheap to exact, until none asks for
more: equal populations share one fate; in every sum that is shown (total = groups, entity = its
projects, waves = phases) the hidden parts are none, or at least two with at least ``minimum``
people who do not all answer alike; no two shown populations, one within the other, differ by 1 to
``minimum`` - 1 people; and no hidden population is a combination of shown ones
(`metrics.recoverable`). Every step hides more, so it ends. What is hidden in addition is the
smallest group of a project that helps, before totals, before figures of entities.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.least_loss import Wave
from metrics.metric import Level
from metrics.populations import Marks, Populations, Whole
from metrics.publishable import refused
from metrics.recoverable import free_values

#: A class of figures is given up only when no figure of the class before it helps.
_CLASS = 1e12
#: Programs solved before the sheet is looked at again.
_AT_ONCE = 3
_FEW_PROJECTS = 250
#: Whose figures are kept first where not all can be: of the portfolio, then of themes, ...
_USE = {
    level.value: place
    for place, level in enumerate(
        (Level.PORTFOLIO, Level.THEME, Level.AREA, Level.PROGRAMME, Level.FUNDER)
    )
}


@dataclass(frozen=True, slots=True)
class Table:
    """One figure (metric, instrument, part) over all populations.

    people: n of each population (nodes x slots). offered: those that have a row. hidden: those
    that may not be shown for their own sake. atoms: those with people (shape of
    populations.atoms). ones: of the people of a project cell, how many stand at the upper end
    (numerators; for means n * value / 100; NaN where the rule does not apply). pooled: project
    cells that enter the figures above them. spare: how many may differ from all others in a group
    that still counts as unanimous; below: the size from which the rule no longer applies.
    weights: of project cells in the sums above, one array for each way of summing, modulo PRIME;
    shares: the same as real numbers.
    """

    people: Whole
    offered: Marks
    hidden: Marks
    atoms: Marks
    ones: NDArray[np.float64]
    pooled: Marks
    spare: int
    below: float
    weights: tuple[Whole, ...]
    shares: tuple[NDArray[np.float64], ...]

    def unanimous(self, ones: NDArray, people: NDArray) -> Marks:
        """Whether (all but ``spare``) stand at one end, where fewer than ``below`` are asked."""
        near = self.spare + 1e-9
        return (people < self.below) & (people > 0) & ((ones <= near) | (people - ones <= near))


def completed(populations: Populations, table: Table, minimum: int) -> Marks:
    """Every population that is hidden in the end. Shape: nodes x slots."""
    gate = _Gate(populations, table, minimum)
    hidden = gate.shared(table.hidden)
    rules = [gate.groups, gate.phases, gate.computable, gate.members, gate.differences]
    if gate.many > _FEW_PROJECTS:
        # Among many projects one more hidden figure of a project costs little and saves much time.
        rules.insert(1, gate.members)
    while True:
        for rule in rules:
            more = rule(hidden) & ~hidden
            if more.any():
                hidden = gate.shared(hidden | more)
                break
        else:
            return hidden


class _Gate:
    """The rules over one table. Each takes what is hidden and returns what must be, too."""

    def __init__(self, populations: Populations, table: Table, minimum: int) -> None:
        self.populations, self.table, self.minimum = populations, table, minimum
        self.slots, self.many = populations.slots, len(populations.projects)
        self.present = table.people > 0
        _, alike = np.unique(populations.fingerprints(table.atoms), return_inverse=True)
        self.alike = alike.reshape(self.present.shape)
        inner = np.zeros(self.slots.size)
        inner[self.slots.totals] = _CLASS
        self.cost = table.people + inner
        self.cost[self.many :] += 2 * _CLASS
        self.edges = self._edges()
        self.close = close_pairs(populations, table, minimum)

    def _edges(self) -> Marks:
        """Which waves and phases of a node meet. Shape: nodes x waves x phases."""
        own = self.table.atoms.any(axis=3)
        flat = own.reshape(self.many, -1)
        return np.concatenate([flat, self.populations.over(flat) > 0]).reshape(-1, *own.shape[1:])

    def shared(self, hidden: Marks) -> Marks:
        """Equal populations share one fate."""
        fate = np.zeros(self.alike.max(initial=0) + 1, dtype=bool)
        fate[self.alike[hidden & self.present]] = True
        return hidden | (fate[self.alike] & self.present)

    def _shown(self, hidden: Marks) -> Marks:
        return self.present & self.table.offered & ~hidden

    def _short(self, hidden: NDArray, unknown: NDArray, rest: NDArray, ones: NDArray) -> Marks:
        """Whether the unknown parts of a shown sum are too few: alone, few people, or alike."""
        few = (rest < self.minimum) | self.table.unanimous(ones, rest)
        return ((hidden > 0) & (unknown < 2)) | ((unknown > 0) & few)

    def groups(self, hidden: Marks) -> Marks:
        """The smallest shown group of each node and wave whose total gives a group away."""
        shown = self._shown(hidden)
        unknown = self.present & ~shown
        rest, ones = self._rest(unknown)
        parts = self.slots.groups_of(shown)
        sums = [
            self.slots.groups_of(cells).sum(axis=2)
            for cells in (unknown & hidden, unknown, rest, ones)
        ]
        total = shown[:, self.slots.totals]
        open_total = (unknown & hidden)[:, self.slots.totals] & (sums[1] == 0)
        asked = (total & self._short(*sums)) | open_total
        price = np.where(parts, self.slots.groups_of(self.table.people), np.inf)
        best = price.argmin(axis=2)
        node, wave = np.nonzero(asked & np.isfinite(price.min(axis=2, initial=np.inf)))
        more = np.zeros_like(hidden)
        start = self.slots.by_group.start
        more[node, start + wave * len(self.slots.groups) + best[node, wave]] = True
        return more

    def _rest(self, unknown: Marks) -> tuple[NDArray, NDArray]:
        """People, and people at the upper end, of each unknown population who are in no shown one.

        A hidden figure of an entity is less hidden where its projects' own figures are shown, and
        a hidden total of a project where its groups are.
        """
        table, many = self.table, self.many
        own = unknown[:many]
        counts = []
        for cells in (table.people[:many].astype(float), table.ones):
            part = np.where(own, cells, 0.0)
            total = self.slots.groups_of(part).sum(axis=2)
            part[:, self.slots.totals] = np.where(own[:, self.slots.totals], total, 0.0)
            above = self.populations.over(np.where(table.pooled, part, 0.0))
            counts.append(np.concatenate([part, np.where(unknown[many:], above, 0.0)]))
        counts[0][:many, self.slots.by_phase] -= self._shown_waves(own)
        return counts[0], counts[1]

    def _shown_waves(self, unknown: Marks) -> NDArray:
        """People of hidden phases who are in a shown total of a wave within that phase."""
        edges = self.edges[: self.many]
        inside = edges & (edges.sum(axis=2, keepdims=True) == 1)
        total = np.where(
            unknown[:, self.slots.totals], 0, self.table.people[: self.many, self.slots.totals]
        )
        people = (inside * total[:, :, None]).sum(axis=1)
        return np.where(unknown[:, self.slots.by_phase], people, 0)

    def members(self, hidden: Marks) -> Marks:
        """For each slot the project figure that best keeps entities from giving a project away."""
        shown = self._shown(hidden)
        unknown = self.present & ~shown
        rest, ones = self._rest(unknown)
        own = unknown[: self.many] & self.table.pooled
        part = np.where(own, rest[: self.many], 0.0), np.where(own, ones[: self.many], 0.0)
        over = self.populations.over
        several = over(own)
        asked = shown[self.many :] & self._short(
            over(own & hidden[: self.many]), several, over(part[0]), over(part[1])
        )
        asked |= (unknown & hidden)[self.many :] & (several == 0)
        more = np.zeros_like(hidden)
        helps = self.populations.member.T.astype(float) @ asked
        can = shown[: self.many] & self.table.pooled & (helps > 0)
        price = np.where(can, self.table.people[: self.many] / np.maximum(helps, 1), np.inf)
        slot = np.flatnonzero(can.any(axis=0))
        more[price.argmin(axis=0)[slot], slot] = True
        return more

    def phases(self, hidden: Marks) -> Marks:
        """The smallest phase (else wave) of a node whose other phases or waves give it away."""
        shown = self._shown(hidden)
        unknown = self.present & ~shown
        sides = (self.slots.totals, self.slots.by_phase)
        wave_of, phase_of = components(self.edges)
        more = np.zeros_like(hidden)
        for component in range(len(self.slots.waves)):
            inside = [wave_of == component, phase_of == component]
            gaps = [
                (unknown[:, side] & mine).sum(axis=1)
                for side, mine in zip(sides, inside, strict=True)
            ]
            secret = sum(
                ((unknown & hidden)[:, side] & mine).sum(axis=1)
                for side, mine in zip(sides, inside, strict=True)
            )
            people = [
                np.where(unknown[:, side] & mine, self.table.people[:, side], 0).sum(axis=1)
                for side, mine in zip(sides, inside, strict=True)
            ]
            both = gaps[0] + gaps[1]
            few = [
                (gap > 0) & (other == 0) & (sum_ < self.minimum)
                for gap, other, sum_ in zip(gaps, gaps[::-1], people, strict=True)
            ]
            asked = ((secret > 0) & (both < 2)) | few[0] | few[1]
            for side, mine in zip(sides[::-1], inside[::-1], strict=True):
                price = np.where(shown[:, side] & mine, self.table.people[:, side], np.inf)
                node = np.flatnonzero(asked & np.isfinite(price.min(axis=1, initial=np.inf)))
                if len(node):
                    more[node, side.start + price[node].argmin(axis=1)] = True
                    asked[node] = False
        return more

    def differences(self, hidden: Marks) -> Marks:
        """The cheaper of each two shown populations that differ by a few people."""
        shown = self._shown(hidden).ravel()
        both = shown[self.close].all(axis=1)
        pairs = self.close[both]
        price = self.cost.ravel()[pairs]
        more = np.zeros(hidden.size, dtype=bool)
        more[pairs[np.arange(len(pairs)), price.argmin(axis=1)]] = True
        return more.reshape(hidden.shape)

    def computable(self, hidden: Marks) -> Marks:
        """What to hide besides, when a hidden population is a combination of shown ones."""
        shown = self._shown(hidden)
        secret = self.present & (hidden | (self.table.people < self.minimum))
        if not secret.any():
            return np.zeros_like(hidden)
        equations = self._once(shown)
        for weight, share in zip(self.table.weights, self.table.shares, strict=True):
            values, alone = free_values(self.populations, self.table.atoms, equations, weight)
            found = secret & ~values.any(axis=2)
            if found.any():
                inside = found[: self.many] & ~alone.any(axis=2)
                return self._closed(found, inside, share, equations, secret, hidden)
        return np.zeros_like(hidden)

    def _closed(
        self,
        found: Marks,
        inside: Marks,
        share: NDArray[np.float64],
        equations: Marks,
        secret: Marks,
        hidden: Marks,
    ) -> Marks:
        """What to hide because some populations (found) are combinations of shown ones.

        inside: those that follow from the project's own figures; share: the sums in question.
        """
        more = self._least(found, share, hidden)
        if more.any():
            return more
        table = self.table
        if not inside.any():
            more = refused(
                self.populations, table.atoms, equations, secret, table.weights, self._rank()
            )
            if more is not None and more.any():
                return more
        more, shown = np.zeros_like(hidden), self._shown(hidden)
        for slot in np.flatnonzero(found.any(axis=0)):
            # One at a time in each slot: what helps one often helps the others, too.
            nodes = np.flatnonzero(found[:, slot])
            node = nodes[table.people[nodes, slot].argmin()]
            locally = node < self.many and inside[node, slot]
            self._give_up(node, slot, bool(locally), shown, more)
        return more

    def _least(self, found: Marks, share: NDArray[np.float64], hidden: Marks) -> Marks:
        """What to hide at the least loss for the smallest population found in each wave."""
        more = np.zeros_like(hidden)
        for wave in range(len(self.slots.waves)):
            figures = Wave(self.populations, self.table.atoms, share, wave)
            if not figures.affordable:
                continue
            mine = np.zeros_like(found)
            mine[:, figures.slots] = found[:, figures.slots]
            # Totals first: what is hidden for them often frees their groups.
            for node, slot in sorted(np.argwhere(mine), key=self._turn)[:_AT_ONCE]:
                shown = self._shown(self.shared(hidden | more))
                more |= figures.disturbed(node, slot, shown, self.table.people)
        return more

    def _turn(self, cell: Whole) -> tuple[bool, int]:
        node, slot = cell
        return slot >= self.slots.by_group.start, int(self.table.people[node, slot])

    def _rank(self) -> NDArray[np.float64]:
        """In which order figures of entities are kept: the smaller, the earlier."""
        level = self.populations.entities["level"].map(_USE).to_numpy(dtype=float)
        rank = np.repeat(level[:, None], self.slots.size, axis=1)
        rank[:, self.slots.by_phase] += 0.5
        rank[:, self.slots.by_group] += len(_USE)
        return rank - self.table.people[self.many :] / _CLASS

    def _once(self, shown: Marks) -> Marks:
        """The same with equal populations of entities named once; they tell the same."""
        above = np.flatnonzero(shown[self.many :].ravel())
        _, first = np.unique(self.alike[self.many :].ravel()[above], return_index=True)
        named = np.zeros(shown[self.many :].size, dtype=bool)
        named[above[first]] = True
        return np.concatenate([shown[: self.many], named.reshape(shown[self.many :].shape)])

    def _give_up(self, node: int, slot: int, locally: bool, shown: Marks, more: Marks) -> None:
        """Mark the cheapest shown figure that takes part in giving a population away."""
        for candidates in self._partners(node, slot, locally):
            can = candidates & shown
            if can.any():
                price = np.where(can, self.cost, np.inf)
                more[np.unravel_index(price.argmin(), price.shape)] = True
                return

    def _partners(self, node: int, slot: int, locally: bool) -> Iterable[Marks]:
        """Figures that may give a population away, in the order in which they are given up."""
        member, many = self.populations.member, self.many
        own = np.zeros(self.present.shape, dtype=bool)
        own[node] = True
        mates = np.zeros_like(own)
        if node < many:
            above = np.flatnonzero(member[:, node])
            mates[:many, slot] = member[above].any(axis=0)
            mates[node] = False
        else:
            above = np.flatnonzero((member & member[node - many]).any(axis=1))
            mates[:many, slot] = member[node - many]
        entities = np.zeros_like(own)
        entities[many + above, slot] = True
        family = np.zeros_like(own)
        family[many + above] = True
        if locally:
            return own, mates, entities, family
        wave = np.zeros_like(own)
        first = self.slots.by_group.start
        if self.slots.by_group.start <= slot < self.slots.by_group.stop:
            size = len(self.slots.groups)
            start = first + (slot - first) // size * size
            wave[node, start : start + size] = True
        return mates, wave, entities, own, family


def components(edges: Marks) -> tuple[Whole, Whole]:
    """For each node the component of each wave and phase in the graph of edges; -1: none.

    Shape: nodes x waves and nodes x phases. A component is named by its first wave.
    """
    nodes, waves, phases = edges.shape
    none = waves
    wave_of = np.where(edges.any(axis=2), np.arange(waves), none)
    phase_of = np.full((nodes, phases), none)
    for _ in range(waves):
        phase_of = np.where(edges, wave_of[:, :, None], none).min(axis=1, initial=none)
        wave_of = np.where(edges, phase_of[:, None, :], none).min(axis=2, initial=none)
    return np.where(wave_of == none, -1, wave_of), np.where(phase_of == none, -1, phase_of)


def close_pairs(populations: Populations, table: Table, minimum: int) -> Whole:
    """Pairs of populations, the first within the second, that differ by 1 to minimum - 1 people.

    Only populations that could be shown. Every population that contains another one contains an
    atom of it, so candidates are the few that share one atom of the smaller. Shape: pairs x 2,
    as positions in the flattened nodes x slots.
    """
    slots = populations.slots
    can = table.offered & ~table.hidden & (table.people > 0)
    inner, outer = _candidates(populations, table, can)
    people = table.people.ravel()
    gap = people[outer] - people[inner]
    near = can.ravel()[outer] & (gap > 0) & (gap < minimum)
    inner, outer = inner[near], outer[near]
    sides = [np.divmod(cells, slots.size) for cells in (inner, outer)]
    (small, of), (large, within) = sides
    masks = slots.masks()
    inside = np.ones(len(inner), dtype=bool)
    kinds, kind = np.unique(of * slots.size + within, return_inverse=True)
    for index, (first, second) in enumerate(zip(*np.divmod(kinds, slots.size), strict=True)):
        rows = np.flatnonzero(kind == index)
        outside = (table.atoms & masks[first] & ~masks[second]).any(axis=(1, 2, 3))
        filled = (table.atoms & masks[first]).any(axis=(1, 2, 3))
        mine = _members(populations, small[rows])
        theirs = _members(populations, large[rows])
        inside[rows] = ~(mine & (outside | (filled & ~theirs))).any(axis=1)
    return np.stack([inner[inside], outer[inside]], axis=1)


def _members(populations: Populations, nodes: Whole) -> Marks:
    many = len(populations.projects)
    found = np.zeros((len(nodes), many), dtype=bool)
    own = nodes < many
    found[own, nodes[own]] = True
    found[~own] = populations.member[nodes[~own] - many]
    return found


def _candidates(populations: Populations, table: Table, can: Marks) -> tuple[Whole, Whole]:
    """Pairs of populations that share the first atom of the first of them."""
    slots, many = populations.slots, len(populations.projects)
    size = slots.size
    filled = slots.spread(table.atoms.astype(np.int64)) > 0
    first_project = np.concatenate(
        [
            np.broadcast_to(np.arange(many)[:, None], (many, size)),
            (populations.member[:, :, None] & filled[None]).argmax(axis=1),
        ]
    )
    atom = _first_atoms(table.atoms)
    node, slot = np.nonzero(can)
    project = first_project[node, slot]
    wave, phase, group = np.unravel_index(atom[project, slot], table.atoms.shape[1:])
    held = np.concatenate([np.eye(many, dtype=bool), populations.member]).T
    count, flat = held.sum(axis=1), held.nonzero()[1]
    start = np.cumsum(count) - count
    repeat = count[project]
    row = np.repeat(np.arange(len(project)), repeat)
    step = np.arange(len(row)) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    large = flat[start[project][row] + step]
    within = [
        wave,
        slots.by_group.start + wave * len(slots.groups) + group,
        slots.by_phase.start + phase,
    ]
    inner = np.tile((node * size + slot)[row], 3)
    outer = np.concatenate([large * size + which[row] for which in within])
    return inner, outer


def _first_atoms(atoms: Marks) -> Whole:
    """The first atom in each slot of each project, as a position in waves x phases x groups."""
    many, waves, phases, groups = atoms.shape
    place = np.arange(waves * phases * groups).reshape(waves, phases, groups)
    found = []
    for order, kept in (((0, 1, 2), 1), ((0, 2, 1), 2), ((1, 0, 2), 1)):
        size = int(np.prod([atoms.shape[1 + axis] for axis in order[:kept]]))
        turned = atoms.transpose(0, *(1 + axis for axis in order)).reshape(many, size, -1)
        places = place.transpose(order).reshape(size, -1)
        found.append(places[np.arange(size), turned.argmax(axis=2)])
    return np.concatenate(found, axis=1)
