"""Which hidden populations can be computed from what is shown: exact linear algebra.

An attacker knows every shown figure as a sum over atoms, so a hidden population is computable by
arithmetic exactly when its indicator is a combination of the shown ones. Instead of reducing that
huge system, `free_values` draws random values of the atoms that leave every shown figure as it is
(a random vector of the null space): a hidden population whose value is zero in all of them is
computable, every other one is not. Two draws modulo a 23-bit prime are wrong with probability
2**-46 for each population, and then only in the direction of hiding too much.

Shares add up over projects. Means above a project are means of project means, so there a shown
figure is a sum of project sums divided by each project's number: the same atoms with other
weights. Both systems are asked; the second knows all numbers of respondents, hidden ones too.

How it stays small. Within a project and wave the shown total leaves the hidden groups all but one
free; waves and phases of a project form a small system whose entries stay -1, 0 and 1. What
remains are the rows of entities, which are eliminated one wave at a time and then together, on
as many columns as give full rank (checked with the drawn values themselves).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.modular import PRIME, eliminate, residues, solved
from metrics.populations import Marks, Populations, Whole

_DRAWS = 2
#: Projects that are taken whole at a time; bounds the memory of their systems.
_BATCH = 128
_SEED = 7
#: Columns taken beyond the number of rows before the rank is looked at.
_SPARE = 96
#: One in so many of them touches the rarest rows.
_RARE = 8


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Shown sums over two slots of several projects, one row each (a change between two waves).

    slot: rows x 2; weight: of each project in either of them, rows x 2 x projects, modulo PRIME.
    """

    slot: Whole
    weight: Whole

    def sums(self, own: Whole) -> Whole:
        """Their values, modulo PRIME. own: projects x slots x draws. Shape: rows x draws."""
        found = np.zeros((len(self.slot), own.shape[2]), dtype=np.int64)
        for side in range(2):
            values = own[:, self.slot[:, side]]
            for draw in range(own.shape[2]):
                products = self.weight[:, side] * values[..., draw].T % PRIME
                found[:, draw] += products.sum(axis=1)
        return found % PRIME


@dataclass(frozen=True, slots=True)
class Moves:
    """What can change without the project's own shown figures noticing, one row a direction.

    project: whose; column, slot, step: which slots move by how much (sparse). size: directions.
    """

    project: Whole
    column: Whole
    slot: Whole
    step: Whole

    @property
    def size(self) -> int:
        return len(self.project)

    def values(self, drawn: Whole, shape: tuple[int, int]) -> Whole:
        """The change of project cells. drawn: size x draws. Shape: projects x slots x draws."""
        at = self.project[self.column] * shape[1] + self.slot
        found = np.empty((*shape, drawn.shape[1]), dtype=np.int64)
        for draw in range(drawn.shape[1]):
            # At most some dozens of terms below 2**31 with steps of one: exact in doubles.
            moved = self.step * drawn[self.column, draw]
            total = np.bincount(at, weights=moved.astype(float), minlength=shape[0] * shape[1])
            found[..., draw] = (total.astype(np.int64) % PRIME).reshape(shape)
        return found

    def some(self, chosen: Whole, slots: int) -> Whole:
        """The steps of chosen directions. Shape: chosen x slots."""
        place = np.full(self.size, -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        at = place[self.column]
        steps = np.zeros((len(chosen), slots), dtype=np.int64)
        np.add.at(steps, (at[at >= 0], self.slot[at >= 0]), self.step[at >= 0])
        return steps


def free_values(
    populations: Populations,
    atoms: Marks,
    known: Marks,
    weight: Whole,
    contrasts: Contrasts | None = None,
) -> tuple[Whole, Whole]:
    """Random values of all populations that agree with every known one, modulo PRIME; and the
    same of project cells when only the project's own known figures bind them.

    atoms: those that count (shape of populations.atoms); known: shown populations (nodes x slots);
    weight: of each project cell in the sums above it (projects x slots, modulo PRIME).
    Shape: nodes x slots x draws, and projects x slots x draws. A population that is zero in every
    draw can be computed.
    """
    slots, many = populations.slots, len(populations.projects)
    shape = (many, slots.size)
    own_known = known[:many] | (slots.spread(atoms.astype(np.int64)) == 0)
    groups, phases = moves(populations, atoms, own_known)
    generator = np.random.default_rng(_SEED)
    drawn = [generator.integers(1, PRIME, size=(moves.size, _DRAWS)) for moves in (groups, phases)]
    above = _Above(populations, known[many:], weight, groups, phases, contrasts)

    def moved(group_draw: Whole, phase_draw: Whole) -> Whole:
        values = groups.values(group_draw, shape) + phases.values(phase_draw, shape)
        return values % PRIME

    alone, own = moved(*drawn), moved(*above.settle(*drawn))
    return np.concatenate([own, above.sums(own)]), alone


def moves(populations: Populations, atoms: Marks, known: Marks) -> tuple[Moves, Moves]:
    """Every direction that the projects' own shown figures leave free.

    First those between two groups of a wave, then all others. Where no wave of a project spans
    several phases, its groups and its waves and phases come apart; other projects are taken whole.
    """
    apart = (atoms.any(axis=3).sum(axis=2) <= 1).all(axis=1)
    settled = known | ~apart[:, None]
    phases, lead = _phase_moves(populations, atoms, settled)
    groups = _group_moves(populations, settled, lead)
    whole = _atom_moves(populations, atoms, known, np.flatnonzero(~apart))
    both = Moves(
        np.concatenate([phases.project, whole.project]),
        np.concatenate([phases.column, whole.column + phases.size]),
        np.concatenate([phases.slot, whole.slot]),
        np.concatenate([phases.step, whole.step]),
    )
    return groups, both


def _atom_moves(populations: Populations, atoms: Marks, known: Marks, projects: Whole) -> Moves:
    """Directions of projects with waves of several phases, atom by atom.

    Totals, groups and phases are two nested families of sets of atoms, so their system is totally
    unimodular and elimination stays within -1, 0 and 1.
    """
    masks = populations.slots.masks().reshape(populations.slots.size, -1).astype(np.int64)
    parts = []
    for start in range(0, len(projects), _BATCH):
        some = projects[start : start + _BATCH]
        there = atoms[some].reshape(len(some), -1)
        order = np.argsort(~there, axis=1, kind="stable")[:, : there.sum(axis=1).max()]
        present = np.take_along_axis(there, order, axis=1)
        sums = masks.T[order].transpose(0, 2, 1) * present[:, None, :]
        basis = _null(sums * known[some][:, :, None], present)
        effect = np.einsum("pda,psa->pds", basis, sums)
        found, direction = np.nonzero(effect.any(axis=2))
        column, slot = np.nonzero(effect[found, direction])
        step = effect[found[column], direction[column], slot]
        parts.append((some[found], column, slot, step))
    shift = np.cumsum([0, *(len(part[0]) for part in parts)])
    empty = [np.zeros(0, dtype=np.int64)]
    return Moves(
        np.concatenate(empty + [part[0] for part in parts]),
        np.concatenate(empty + [part[1] + by for part, by in zip(parts, shift[:-1], strict=True)]),
        np.concatenate(empty + [part[2] for part in parts]),
        np.concatenate(empty + [part[3] for part in parts]),
    )


def _phase_moves(populations: Populations, atoms: Marks, known: Marks) -> tuple[Moves, Whole]:
    """Directions in which totals of waves and phases move, and each wave's leading hidden group.

    A total is known when it or all of its groups are shown. The sums per wave and phase of a
    project form a bipartite system, so elimination stays within -1, 0 and 1.
    """
    slots = populations.slots
    many, waves, phases = len(atoms), len(slots.waves), len(slots.phases)
    group_known = slots.groups_of(known)
    lead = np.where(group_known.all(axis=2), -1, (~group_known).argmax(axis=2))
    edges = atoms.any(axis=3).reshape(many, -1)
    sides = np.concatenate([known[:, slots.totals] | (lead < 0), known[:, slots.by_phase]], axis=1)
    patterns, pattern = np.unique(
        np.packbits(np.concatenate([edges, sides], axis=1), axis=1), axis=0, return_inverse=True
    )
    pattern = pattern.reshape(-1)
    first = np.zeros(len(patterns), dtype=np.int64)
    first[pattern[::-1]] = np.arange(many)[::-1]
    basis = _bipartite_null(edges[first], sides[first], waves, phases)
    project, direction = np.nonzero(basis.any(axis=2)[pattern])
    moved = basis[pattern[project], direction].reshape(-1, waves, phases)
    totals, by_phase = moved.sum(axis=2), moved.sum(axis=1)
    at, wave = np.nonzero(totals)
    in_phase, phase = np.nonzero(by_phase)
    carrier = slots.by_group.start + wave * len(slots.groups) + lead[project[at], wave]
    moves = Moves(
        project,
        np.concatenate([at, at, in_phase]),
        np.concatenate([wave, carrier, slots.by_phase.start + phase]),
        np.concatenate([totals[at, wave], totals[at, wave], by_phase[in_phase, phase]]),
    )
    return moves, lead


def _bipartite_null(edges: Marks, known: Marks, waves: int, phases: int) -> Whole:
    """A basis of the edge values whose known wave and phase sums are zero, for each pattern.

    Shape: patterns x edges x edges; row f is the direction of free edge f, else zero.
    """
    ends = np.zeros((waves + phases, waves, phases), dtype=np.int64)
    for wave in range(waves):
        ends[wave, wave] = 1
    for phase in range(phases):
        ends[waves + phase, :, phase] = 1
    system = ends.reshape(waves + phases, -1)[None] * edges[:, None, :] * known[:, :, None]
    return _null(system, edges)


def _null(system: Whole, columns: Marks) -> Whole:
    """A basis of what each of many totally unimodular systems sends to zero.

    system: systems x rows x columns, changed in place; columns: those that are there.
    Shape: systems x columns x columns; row f is the direction of free column f, else zero.
    """
    every = np.arange(len(system))
    pivots = []
    for row in range(system.shape[1]):
        pivot = (system[:, row] != 0).argmax(axis=1)
        sign = system[every, row, pivot]
        system[:, row] *= np.where(sign == 0, 1, sign)[:, None]
        factor = system[every, :, pivot] * (sign != 0)[:, None]
        factor[:, row] = 0
        system -= factor[:, :, None] * system[:, row][:, None, :]
        pivots.append(np.where(sign == 0, -1, pivot))
    free = columns.copy()
    for pivot in pivots:
        free[every[pivot >= 0], pivot[pivot >= 0]] = False
    size = columns.shape[1]
    basis = np.zeros((len(system), size, size), dtype=np.int64)
    basis[:, np.arange(size), np.arange(size)] = free
    for row, pivot in enumerate(pivots):
        used = pivot >= 0
        basis[every[used], :, pivot[used]] -= (system[:, row] * free)[used]
    return basis


def _group_moves(populations: Populations, known: Marks, lead: Whole) -> Moves:
    """Directions in which a hidden group and its wave's leading one move against each other."""
    slots = populations.slots
    hidden = ~slots.groups_of(known)
    project, wave = np.nonzero(lead >= 0)
    hidden[project, wave, lead[project, wave]] = False
    project, wave, group = np.nonzero(hidden)
    start = slots.by_group.start + wave * len(slots.groups)
    column = np.arange(len(project))
    return Moves(
        project,
        np.concatenate([column, column]),
        np.concatenate([start + group, start + lead[project, wave]]),
        np.concatenate([np.ones_like(column), -np.ones_like(column)]),
    )


class _Above:
    """The shown figures of entities as equations over the projects' free directions."""

    def __init__(
        self,
        populations: Populations,
        known: Marks,
        weight: Whole,
        groups: Moves,
        phases: Moves,
        contrasts: Contrasts | None,
    ) -> None:
        self.member, self.weight, self.slots = populations.member, weight, populations.slots
        self.groups, self.phases, self.contrasts = groups, phases, contrasts
        touched = np.zeros((len(populations.projects), self.slots.size), dtype=bool)
        for moves in (groups, phases):
            touched[moves.project[moves.column], moves.slot] = True
        touched &= weight != 0
        self.rows = known & (self.member.astype(float) @ touched > 0)
        self.generator = np.random.default_rng(_SEED + 1)
        slot_of = np.zeros(groups.size, dtype=np.int64)
        slot_of[groups.column] = groups.slot
        self.wave_of = self._wave(slot_of)

    def _wave(self, slot: Whole) -> Whole:
        """The wave of a group's slot; below 0 or too large for other slots."""
        return (slot - self.slots.by_group.start) // max(len(self.slots.groups), 1)

    def sums(self, own: Whole) -> Whole:
        """Weighted sums over each entity's projects, modulo PRIME."""
        weighted = own * self.weight[..., None] % PRIME
        flat = self.member.astype(float) @ weighted.reshape(len(weighted), -1)
        return (flat.astype(np.int64) % PRIME).reshape(-1, *own.shape[1:])

    def settle(self, group_draw: Whole, phase_draw: Whole) -> tuple[Whole, Whole]:
        """The drawn values, corrected so that every shown figure of an entity stays as it is."""
        if not self.rows.any() and self.contrasts is None:
            return group_draw, phase_draw
        share = 1
        while True:
            found = self._attempt(group_draw, phase_draw, share)
            if found is not None:
                return found
            share *= 4

    def _blocks(self) -> list[tuple[list[int], Whole]]:
        """Waves that are eliminated together, with the contrasts between them.

        The last block has no waves: totals, phases and contrasts of totals.
        """
        waves = list(range(len(self.slots.waves)))
        nothing = np.zeros(0, dtype=np.int64)
        if self.contrasts is None:
            return [*(([wave], nothing) for wave in waves), ([], nothing)]
        between = self._wave(self.contrasts.slot)
        of_groups = self.contrasts.slot[:, 0] >= self.slots.by_group.start
        joined = sorted({int(wave) for wave in between[of_groups].ravel()})
        single = [([wave], nothing) for wave in waves if wave not in joined]
        return [*single, (joined, np.flatnonzero(of_groups)), ([], np.flatnonzero(~of_groups))]

    def _attempt(
        self, group_draw: Whole, phase_draw: Whole, share: int
    ) -> tuple[Whole, Whole] | None:
        shape = (len(self.weight), self.slots.size)
        group_own = self.groups.values(group_draw, shape)
        phase_own = self.phases.values(phase_draw, shape)
        wanted = 0 if self.contrasts is None else len(self.contrasts.slot)
        if self.phases.size and self._spans():
            wanted += int(self.rows[:, self.slots.by_group].sum())
        wanted += int(
            self.rows[:, self.slots.totals].sum() + self.rows[:, self.slots.by_phase].sum()
        )
        wanted += 3 * len(self.rows)
        late = self._choose(self.phases, np.arange(self.phases.size), share * wanted)
        blocks, left = [], []
        for waves, crossing in self._blocks():
            rows = self._rows_of(waves)
            mine = np.flatnonzero(np.isin(self.wave_of, waves))
            chosen = self._choose(self.groups, mine, share * (len(rows[0]) + len(crossing)))
            block = np.concatenate(
                [
                    self._entries(rows, crossing, self.groups, chosen),
                    self._entries(rows, crossing, self.phases, late),
                    self._rest(rows, crossing, phase_own),
                    self._rest(rows, crossing, group_own),
                ],
                axis=1,
            ).astype(float)
            pivots = eliminate(block, len(chosen))
            remaining = block[len(pivots) :, len(chosen) :]
            if len(chosen) < len(mine) and remaining[:, -_DRAWS:].any():
                return None
            blocks.append((chosen, block, pivots))
            left.append(remaining[:, :-_DRAWS])
        last = np.concatenate(left)
        pivots = eliminate(last, len(late))
        if len(late) < self.phases.size and last[len(pivots) :, len(late) :].any():
            return None
        group_draw, phase_draw = group_draw.copy(), phase_draw.copy()
        change = solved(last, pivots, len(late), last[:, len(late) :])
        phase_draw[late] = (phase_draw[late] + change) % PRIME
        for chosen, block, pivots in blocks:
            after = block[:, len(chosen) : len(chosen) + len(late)]
            rest = block[:, -2 * _DRAWS : -_DRAWS] + block[:, -_DRAWS:]
            for draw in range(_DRAWS):
                rest[:, draw] += residues(after * change[:, draw]).sum(axis=1)
            own = solved(block, pivots, len(chosen), residues(rest))
            group_draw[chosen] = (group_draw[chosen] + own) % PRIME
        return group_draw, phase_draw

    def _spans(self) -> bool:
        """Whether projects are taken whole, so that late directions carry groups, too."""
        return bool((np.bincount(self.phases.column) > 3).any())

    def _rows_of(self, waves: list[int]) -> tuple[Whole, Whole]:
        """Entity and slot of the shown figures about groups of waves (no waves: all others)."""
        wanted = np.zeros(self.slots.size, dtype=bool)
        if not waves:
            wanted[self.slots.totals] = wanted[self.slots.by_phase] = True
        for wave in waves:
            start = self.slots.by_group.start + wave * len(self.slots.groups)
            wanted[start : start + len(self.slots.groups)] = True
        return np.nonzero(self.rows & wanted)

    def _choose(self, moves: Moves, among: Whole, wanted: int) -> Whole:
        """Some of the directions: half of them those that touch the rarest rows, half at random."""
        wanted += _SPARE
        if len(among) <= wanted:
            return among
        shuffled = self.generator.permutation(among)
        touches = np.zeros((len(self.weight), self.slots.size))
        np.add.at(touches, (moves.project[moves.column], moves.slot), 1.0)
        above = np.where(self.rows, self.member.astype(float) @ touches, np.inf)
        rarest = np.full_like(touches, np.inf)
        for entity, members in enumerate(self.member):
            rarest[members] = np.minimum(rarest[members], above[entity])
        key = np.full(moves.size, np.inf)
        np.minimum.at(key, moves.column, rarest[moves.project[moves.column], moves.slot])
        rare = shuffled[np.argsort(key[shuffled], kind="stable")[: wanted // _RARE]]
        return np.unique(np.concatenate([rare, shuffled[: wanted - wanted // _RARE]]))

    def _entries(
        self, rows: tuple[Whole, Whole], crossing: Whole, moves: Moves, chosen: Whole
    ) -> Whole:
        """The equations' coefficients of chosen directions. Shape: equations x chosen."""
        project = moves.project[chosen]
        plain = moves.some(chosen, self.slots.size)
        steps = plain * self.weight[project] % PRIME
        found = self.member[rows[0]][:, project] * steps[:, rows[1]].T
        if not len(crossing):
            return found
        slot, weight = self.contrasts.slot[crossing], self.contrasts.weight[crossing]
        sides = [weight[:, side][:, project] * plain[:, slot[:, side]].T for side in range(2)]
        return np.concatenate([found, (sides[0] % PRIME + sides[1] % PRIME) % PRIME])

    def _rest(self, rows: tuple[Whole, Whole], crossing: Whole, own: Whole) -> Whole:
        """By how much drawn values miss the equations. Shape: equations x draws."""
        found = self.sums(own)[rows]
        if not len(crossing):
            return found
        chosen = Contrasts(self.contrasts.slot[crossing], self.contrasts.weight[crossing])
        return np.concatenate([found, chosen.sums(own)])
