"""What a hidden count can be, for somebody who knows everything that is shown of its project.

He knows every shown count, that people are whole and not negative, which atoms (wave x phase x
group) may have anybody, that a hidden figure is about somebody, and that one hidden for being too
few, within something shown, is about fewer than the minimum. Of a wave of which nothing is shown he
is not told whether few answered or all said the same.

The breakdowns of a project are two families, each of which divides what it breaks down: groups
within waves, and phases. Sums over two such families are flows in a network, whose linear
programmes have whole solutions: a feasibility interval is exact, and one that is longer than
nothing holds at least two whole numbers (Handbook on SDC 2024, 4.3.3). Where waves and phases
cross, no programme is solved: one table that fits and one move away from it show two numbers for
everything hidden at once, and adding up says whether they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from metrics.breakdowns import UNBOUNDED, Marks, Slots, Table, Whole, bare, crossing
from metrics.circulations import Network, circulations, moves

#: Moves that are tried before a count is taken for told: two miss one in 10^18.
_DRAWS = (1, 2)
#: Projects whose networks are walked at once.
_CHUNK = 2_000


def recoverable(tables: Sequence[Table], hidden: Marks) -> Marks:
    """Projects where something hidden can be one number only. Shape: projects.

    Asked of the hidden slots, and of inner populations of a few people. What contradicts itself is
    taken for told.
    """
    found = np.zeros(len(hidden), dtype=bool)
    asked = []
    for table in tables:
        crosses = crossing(table)
        secret = (hidden & (table.people > 0)).any(axis=1)
        rows = np.flatnonzero(~crosses & secret)
        found[rows] |= _told_by_sums(table.of(rows), hidden[rows])
        rows = np.flatnonzero(crosses & (secret | table.small.any(axis=1)))
        asked.append(Asked.of(table.of(rows), hidden[rows], rows))
    every = Asked.together(asked)
    found[every.rows[_told_by_flows(every, tables[0].slots)]] = True
    return found


def _told_by_sums(table: Table, hidden: Marks) -> Marks:
    """Projects where phases are waves: of each wave a total and its groups are all there is."""
    slots = table.slots
    there = table.people > 0
    shown, secret = table.shown(hidden), hidden & there
    edges = table.support.any(axis=3) & ~bare(table)[:, None, None]
    phase_shown = (edges & shown[:, None, slots.by_phase]).any(axis=2)
    phase_secret = (edges & secret[:, None, slots.by_phase]).any(axis=2)
    known = shown[:, slots.totals] | phase_shown
    groups, open_ = slots.groups_of(table.people), slots.groups_of(there & ~shown)
    inside = slots.groups_of(secret)
    low = inside.astype(np.int64)
    high = np.where(inside, slots.groups_of(table.most), UNBOUNDED)
    # What the unknown groups are together, and what the others leave for each.
    rest = np.where(open_, groups, 0).sum(axis=2, keepdims=True)
    others = [(np.where(open_, each, 0).sum(axis=2, keepdims=True) - each) for each in (high, low)]
    low, high = np.maximum(low, rest - others[0]), np.minimum(high, rest - others[1])
    told = (inside & (low >= high)).any(axis=2) & known
    told |= (secret[:, slots.totals] | phase_secret) & (known | ~open_.any(axis=2))
    return told.any(axis=1)


class Asked(NamedTuple):
    """Projects where waves and phases cross. atoms: that may have anybody; shown, hidden and secret
    (asked, inner populations among it): which slots; people and most: of each slot."""

    rows: Whole
    atoms: Marks
    shown: Marks
    hidden: Marks
    secret: Marks
    people: Whole
    most: Whole

    @classmethod
    def of(cls, table: Table, hidden: Marks, rows: Whole) -> Asked:
        shown, secret = table.shown(hidden), hidden & (table.people > 0)
        within = (~table.outside & shown[:, None, :]).any(axis=2)
        return cls(
            rows,
            table.support.reshape(len(rows), int(np.prod(table.support.shape[1:]))),
            shown,
            secret,
            np.concatenate([secret, table.small], axis=1),
            np.where(shown, table.people, 0),
            np.where(secret & within, table.most, UNBOUNDED),
        )

    @classmethod
    def together(cls, parts: Sequence[Asked]) -> Asked:
        return cls(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def only(self, chosen: Whole | Marks | slice) -> Asked:
        return Asked(*(each[chosen] for each in self))

    def bounds(self) -> tuple[Whole, Whole]:
        """The least and the most of every slot and atom. Shape: projects x (slots and atoms)."""
        nothing = np.zeros_like(self.atoms, dtype=np.int64)
        low = np.where(self.hidden, 1, self.people)
        high = np.where(self.shown, self.people, self.most)
        return (
            np.concatenate([low, nothing], axis=1),
            np.concatenate([high, np.where(self.atoms, UNBOUNDED, 0)], axis=1),
        )


def _told_by_flows(asked: Asked, slots: Slots) -> Marks:
    """Where waves and phases cross: whether something secret can be one number only."""
    told = np.zeros(len(asked.rows), dtype=bool)
    for start in range(0, len(told), _CHUNK):
        part = slice(start, start + _CHUNK)
        first, which = alike(*asked.only(part)[1:])
        told[part] = _told(asked.only(part).only(first), slots)[which]
    return told


def _told(asked: Asked, slots: Slots) -> Marks:
    network = _network(slots)
    low, high = asked.bounds()
    flow, fits = circulations(network, low, high)
    fits &= _fits(asked, slots, flow[:, slots.size :])
    varies = np.zeros(asked.secret.shape, dtype=bool)
    left = np.flatnonzero(fits)
    for seed in _DRAWS:
        move = moves(network, flow[left], low[left], high[left], seed)[:, slots.size :]
        varies[left] |= _differs(asked.only(left), slots, flow[left, slots.size :], move)
        left = left[(asked.secret & ~varies)[left].any(axis=1)]
        if not len(left):
            break
    return (asked.secret & ~varies).any(axis=1)


def _fits(asked: Asked, slots: Slots, atoms: Whole) -> Marks:
    """Whether a table is one that somebody takes for possible. atoms: projects x atoms."""
    sums = _spread(slots, atoms)
    return (
        ((atoms >= 0) & (asked.atoms | (atoms == 0))).all(axis=1)
        & (~asked.shown | (sums == asked.people)).all(axis=1)
        & (~asked.hidden | ((sums >= 1) & (sums <= asked.most))).all(axis=1)
    )


def _differs(asked: Asked, slots: Slots, atoms: Whole, move: Whole) -> Marks:
    """Which slots and inner populations are another number after a small part of the move.

    Nothing is, where the move would leave what is possible. atoms: a table that fits.
    """
    sums, change = _spread(slots, atoms), _spread(slots, move)
    may = (
        (asked.atoms | (move == 0)).all(axis=1)
        & ((move >= 0) | (atoms > 0)).all(axis=1)
        & (~asked.shown | (change == 0)).all(axis=1)
        & (~asked.hidden | (sums > 1) | (change >= 0)).all(axis=1)
        & (~asked.hidden | (sums < asked.most) | (change <= 0)).all(axis=1)
    )
    inner = slots.inner(_cube(slots, move))
    return (np.concatenate([change, inner], axis=1) != 0) & may[:, None]


def _cube(slots: Slots, atoms: Whole) -> Whole:
    return atoms.reshape(len(atoms), len(slots.waves), len(slots.phases), len(slots.groups))


def _spread(slots: Slots, atoms: Whole) -> Whole:
    return slots.spread(_cube(slots, atoms))


def _network(slots: Slots) -> Network:
    """Everybody goes from nowhere to a wave, a group of it, a phase, and back to nowhere. An edge
    each for the slots in their order, then for the atoms."""
    waves, phases, groups = len(slots.waves), len(slots.phases), len(slots.groups)
    wave = 1 + np.arange(waves)
    group = 1 + waves + np.arange(waves * groups)
    phase = 1 + waves + waves * groups + np.arange(phases)
    nowhere = np.zeros(1, dtype=np.int64)
    cube = np.broadcast_to(group.reshape(waves, 1, groups), (waves, phases, groups))
    ends = np.broadcast_to(phase[None, :, None], (waves, phases, groups))
    return Network(
        1 + waves + waves * groups + phases,
        np.concatenate([nowhere.repeat(waves), wave.repeat(groups), phase, cube.ravel()]),
        np.concatenate([wave, group, nowhere.repeat(phases), ends.ravel()]),
    )


def alike(*columns: np.ndarray) -> tuple[Whole, Whole]:
    """The first of the rows that say the same in all columns, and which of these each row is."""
    content = np.concatenate(
        [each.reshape(len(each), -1).astype(np.int64) for each in columns], axis=1
    )
    draw = np.random.default_rng(content.shape[1])
    weight = draw.integers(-(2**63), 2**63 - 1, content.shape[1])
    _, first, which = np.unique(content @ weight, return_index=True, return_inverse=True)
    if (content == content[first][which]).all():
        return first, which
    # Two different rows weigh the same, which chance brings about once in 10^12 sheets.
    return np.arange(len(content)), np.arange(len(content))
