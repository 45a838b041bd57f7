"""What a hidden count can be, for somebody who knows everything that is shown of its project.

He knows every shown count, that people are whole and not negative, which atoms (wave x phase x
group) may have anybody, that a hidden figure is about somebody, and that one hidden for being too
few, within something shown, is about fewer than the minimum. Of a wave of which nothing is shown he
is not told whether few answered or all said the same.

The breakdowns of a project are two families, each of which divides what it breaks down: groups
within waves, and phases. Sums over two such families are flows in a network, whose linear
programmes have whole solutions: a feasibility interval is exact, and one that is longer than
nothing holds at least two whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from metrics.breakdowns import UNBOUNDED, Marks, Table, Whole, crossing

_NEAR = 1e-7
#: Projects whose algebra is done at once: 0.1 GB for the widest tables.
_CHUNK = 128


class Unsolved(Exception):
    """A linear programme of feasible counts has no solution: what is shown contradicts itself."""


class Known(NamedTuple):
    """What is known of independent blocks of counts, as rows over all counts (sparse matrices).

    equal and values: sums that are shown. within, low, high: sums that lie between two numbers.
    block: of each count; -1 for one that is no count, but a number between 0 and 1.
    """

    equal: object
    values: NDArray[np.float64]
    within: object
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    block: Whole


def extremes(known: Known, asked: object) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and the most that each asked sum can be (Handbook on SDC 2024, 4.3.3).

    asked: rows over all counts, each within one block. One programme asks one sum of every block,
    so there are twice as many as the block with most of them has.
    Missing: a most that nothing bounds is infinite. Raises: Unsolved.
    """
    many = asked.shape[0]
    low, high = np.zeros(many), np.zeros(many)
    turn = _turns(known.block[asked.tocsr().indices[asked.tocsr().indptr[:-1]]])
    for at in range(turn.max(initial=-1) + 1):
        rows = np.flatnonzero(turn == at)
        wanted = asked[rows]
        goal = np.asarray(wanted.sum(axis=0), dtype=float).ravel()
        for sign, found in ((1.0, low), (-1.0, high)):
            found[rows] = wanted @ _solved(known, sign * goal)
    return low, np.where(high < _beyond(known) - _NEAR, high, np.inf)


def _turns(block: Whole) -> Whole:
    """How many of the same block come before each."""
    order = np.argsort(block, kind="stable")
    first = np.concatenate([[True], np.diff(block[order]) > 0]) if len(block) else block > 0
    start = np.maximum.accumulate(np.where(first, np.arange(len(block)), 0))
    turn = np.zeros(len(block), dtype=np.int64)
    turn[order] = np.arange(len(block)) - start
    return turn


def _beyond(known: Known) -> float:
    """More than any count of whom something is shown; where nothing bounds a count, it stops it."""
    return float(known.values.max(initial=0)) + 1_000


def _solved(known: Known, goal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts at which a sum is least."""
    # Loaded here: pages read descriptions of metrics and never solve anything.
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    bounds = np.column_stack([np.zeros(goal.size), np.full(goal.size, _beyond(known))])
    bounds[known.block < 0, 1] = 1
    least, most = np.isfinite(known.low), np.isfinite(known.high)
    between = least.any() or most.any()
    solved = linprog(
        goal,
        A_ub=vstack([-known.within[least], known.within[most]]).tocsr() if between else None,
        b_ub=np.concatenate([-known.low[least], known.high[most]]) if between else None,
        A_eq=known.equal if len(known.values) else None,
        b_eq=known.values if len(known.values) else None,
        bounds=bounds,
        method="highs",
    )
    if solved.x is None:
        raise Unsolved(
            f"no counts fit what is shown ({solved.message}): judge and protect the same frames"
        )
    return solved.x


# --- the breakdowns of projects -----------------------------------------------------------------


def recoverable(tables: Sequence[Table], hidden: Marks) -> Marks:
    """Projects where something hidden can be one number only. Shape: projects.

    Asked of the hidden slots, and of inner populations of a few people. Raises: Unsolved.
    """
    found = np.zeros(len(hidden), dtype=bool)
    asked = []
    for table in tables:
        crosses = crossing(table.support)
        found |= ~crosses & _told_by_sums(table, hidden)
        secret = (hidden & (table.people > 0)).any(axis=1) | table.small.any(axis=1)
        rows = np.flatnonzero(crosses & secret)
        asked.append(_Crossing.of(table.of(rows), hidden[rows], rows))
    found[_told_by_flows(_Crossing.together(asked), tables[0].slots.incidence())] = True
    return found


def _told_by_sums(table: Table, hidden: Marks) -> Marks:
    """Projects where phases are waves: of each wave a total and its groups are all there is."""
    slots = table.slots
    there = table.people > 0
    shown, secret = table.shown(hidden), hidden & there
    edges = table.support.any(axis=3)
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


class _Crossing(NamedTuple):
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
    def of(cls, table: Table, hidden: Marks, rows: Whole) -> _Crossing:
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
    def together(cls, parts: Sequence[_Crossing]) -> _Crossing:
        return cls(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def only(self, chosen: Whole | Marks) -> _Crossing:
        return _Crossing(*(each[chosen] for each in self))

    def alike(self) -> tuple[Whole, Whole]:
        """The first of those that look the same, and which of these stands for each."""
        content = np.concatenate([each.astype(np.int64) for each in self[1:]], axis=1)
        _, first, which = np.unique(content, axis=0, return_index=True, return_inverse=True)
        return first, which.reshape(-1)


def _told_by_flows(asked: _Crossing, incidence: Marks) -> Whole:
    """The projects where waves and phases cross and something hidden can be one number only."""
    if not len(asked.rows):
        return asked.rows
    first, which = asked.alike()
    each = asked.only(first)
    told = np.zeros(len(first), dtype=bool)
    for start in range(0, len(first), _CHUNK):
        part = slice(start, start + _CHUNK)
        told[part] = _determined(incidence, each.atoms[part], each.shown[part], each.secret[part])
    rest = np.flatnonzero(~told)
    tight = rest[_without_room(each.only(rest), incidence)]
    told[tight] = _fixed(each.only(tight), incidence)
    return asked.rows[told[which]]


def _determined(incidence: Marks, atoms: Marks, shown: Marks, secret: Marks) -> Marks:
    """Whether any secret population is a linear combination of the shown ones. Shape: projects."""
    cells = incidence.astype(float)[None] * atoms[:, None, :]
    known = cells[:, : shown.shape[1]] * shown[:, :, None]
    # The part of each population that no combination of the shown ones reaches.
    rest = cells - cells @ (np.linalg.pinv(known, rtol=1e-9) @ known)
    return (secret & ~(np.abs(rest) > _NEAR).any(axis=2)).any(axis=1)


def _without_room(asked: _Crossing, incidence: Marks) -> Marks:
    """Projects where what is shown leaves some count at its least or most. Shape: projects.

    Elsewhere there are counts that fit and can all move a little, so that only what is a linear
    combination of the shown ones is told. One programme asks all projects.
    """
    if not len(asked.rows):
        return np.zeros(0, dtype=bool)
    from scipy.sparse import csr_array, hstack, vstack

    known, owner = _known(asked, incidence)
    block, many = known.block, len(asked.rows)

    def room(block: Whole) -> csr_array:
        return csr_array((np.ones(len(block)), (np.arange(len(block)), block)), (len(block), many))

    sums = len(known.low)
    counts = csr_array((np.ones(len(block)), (np.arange(len(block)),) * 2))
    within = vstack(
        [
            hstack([counts, -room(block)]),
            hstack([known.within, -room(owner)]),
            hstack([known.within, room(owner)]),
        ]
    ).tocsr()
    nothing = np.full(sums, np.inf)
    whole = known._replace(
        equal=hstack([known.equal, csr_array((len(known.values), many))]).tocsr(),
        within=within,
        low=np.concatenate([np.zeros(len(block)), known.low, -nothing]),
        high=np.concatenate([np.full(len(block), np.inf), nothing, known.high]),
        block=np.concatenate([block, np.full(many, -1)]),
    )
    goal = np.concatenate([np.zeros(len(block)), np.full(many, -1.0)])
    return _solved(whole, goal)[len(block) :] <= _NEAR


def _fixed(asked: _Crossing, incidence: Marks) -> Marks:
    """Projects where a secret population can be one number only, asked one by one."""
    if not len(asked.rows):
        return np.zeros(0, dtype=bool)
    known, _ = _known(asked, incidence)
    wanted, owner, _ = _sums(asked, incidence, asked.secret)
    low, high = extremes(known, wanted)
    return np.bincount(owner, high - low < 1 - _NEAR, minlength=len(asked.rows)) > 0


def _known(asked: _Crossing, incidence: Marks) -> tuple[Known, Whole]:
    """What is known of the atoms of some projects, and the project of each sum that is bounded."""
    equal, project, slot = _sums(asked, incidence, asked.shown)
    within, owner, at = _sums(asked, incidence, asked.hidden)
    most = asked.most[owner, at].astype(float)
    return Known(
        equal,
        asked.people[project, slot].astype(float),
        within,
        np.ones(len(owner)),
        np.where(most < UNBOUNDED - 1, most, np.inf),
        np.nonzero(asked.atoms)[0],
    ), owner


def _sums(asked: _Crossing, incidence: Marks, wanted: Marks) -> tuple[object, Whole, Whole]:
    """The wanted populations as rows over all atoms, and the project and slot of each."""
    from scipy.sparse import csr_array

    place = np.cumsum(asked.atoms.ravel()).reshape(asked.atoms.shape) - 1
    project, slot = np.nonzero(wanted)
    row, atom = np.nonzero(incidence[slot] & asked.atoms[project])
    shape = (len(project), int(asked.atoms.sum()))
    sums = csr_array((np.ones(len(row)), (row, place[project[row], atom])), shape)
    return sums, project, slot
