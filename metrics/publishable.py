"""Which figures of entities can be shown together: taken one by one, the most useful first.

Where entities cut across few projects, all their figures together give every hidden project away,
whatever else of the projects is hidden. Then the figures of entities are published in order of
rank, each one only if every hidden population keeps a direction in which it is free.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.modular import PRIME, Reals, residues
from metrics.populations import Marks, Populations, Whole
from metrics.recoverable import moves

#: Multiplications that one call may take; a sheet that would need more is closed otherwise.
_AFFORDABLE = 1.5e9


@dataclass(frozen=True, slots=True)
class _Directions:
    """What the projects' own figures leave free. project and steps (by slot) of each direction."""

    project: Whole
    steps: Whole


def refused(
    populations: Populations,
    atoms: Marks,
    known: Marks,
    secret: Marks,
    weights: tuple[Whole, ...],
    rank: Whole,
) -> Marks | None:
    """Shown figures of entities that cannot all stay; None where that takes too long to say.

    atoms: those that count; known: what is shown (nodes x slots); secret: what must stay free;
    weights: as in `recoverable.free_values`; rank: of the entities' figures (entities x slots),
    lower ones are kept first. Shape: nodes x slots.
    """
    many = len(populations.projects)
    directions = _directions(populations, atoms, known[:many])
    found = np.zeros_like(known)
    for slots in _blocks(directions.steps):
        columns = np.flatnonzero(directions.steps[:, slots].any(axis=1))
        asked = np.argwhere(known[many:][:, slots])
        asked = asked[np.argsort(rank[asked[:, 0], slots[asked[:, 1]]], kind="stable")]
        own = np.argwhere(secret[:many][:, slots])
        above = np.argwhere(secret[many:][:, slots])
        rows = len(asked) + len(own) + len(above)
        if rows * len(columns) * len(asked) * len(weights) > _AFFORDABLE:
            return None
        systems = [
            _system(populations, directions, columns, slots, (asked, own, above), weight)
            for weight in weights
        ]
        keep = _kept(systems, len(asked))
        entity, slot = asked[~keep].T
        found[many + entity, slots[slot]] = True
    return found


def _directions(populations: Populations, atoms: Marks, known: Marks) -> _Directions:
    size = populations.slots.size
    own = known | (populations.slots.spread(atoms.astype(np.int64)) == 0)
    groups, phases = moves(populations, atoms, own)
    return _Directions(
        np.concatenate([groups.project, phases.project]),
        np.concatenate([m.some(np.arange(m.size), size) for m in (groups, phases)]),
    )


def _blocks(steps: Whole) -> list[Whole]:
    """Slots that move together, directly or through others."""
    touched = (steps != 0).astype(float)
    linked = (touched.T @ touched > 0) | np.eye(steps.shape[1], dtype=bool)
    for _ in range(steps.shape[1].bit_length()):
        linked = linked.astype(float) @ linked > 0
    moving = np.flatnonzero(touched.any(axis=0))
    first = linked[moving].argmax(axis=1)
    return [moving[first == each] for each in np.unique(first)]


def _system(
    populations: Populations,
    directions: _Directions,
    columns: Whole,
    slots: Whole,
    rows: tuple[Whole, Whole, Whole],
    weight: Whole,
) -> Reals:
    """Every asked figure, then every secret of projects and of entities, over the directions."""
    asked, own, above = rows
    project = directions.project[columns]
    steps = directions.steps[columns][:, slots]
    weighted = residues((steps * weight[project][:, slots] % PRIME).astype(float))
    member = populations.member[:, project]
    return np.concatenate(
        [
            member[asked[:, 0]] * weighted[:, asked[:, 1]].T,
            (project == own[:, :1]) * steps[:, own[:, 1]].T.astype(float),
            member[above[:, 0]] * weighted[:, above[:, 1]].T,
        ]
    )


def _kept(systems: list[Reals], asked: int) -> Marks:
    """Which of the first ``asked`` rows can be known without any guarded row becoming known.

    Guarded are the rows after them, and each refused row itself.
    """
    guarded = np.all([system.any(axis=1) for system in systems], axis=0)
    guarded[:asked] = False
    keep = np.ones(asked, dtype=bool)
    for row in range(asked):
        changes = [_known(system, row) for system in systems]
        lost = [
            guarded[rows] & ~lowered.any(axis=1)
            for change in changes
            if change is not None
            for rows, lowered in (change,)
        ]
        if any(each.any() for each in lost):
            keep[row], guarded[row] = False, True
            continue
        for system, change in zip(systems, changes, strict=True):
            if change is not None:
                system[change[0]] = change[1]
    return keep


def _known(system: Reals, row: int) -> tuple[Whole, Reals] | None:
    """The rows that change when a row becomes known, and what they change to."""
    filled = system[row].nonzero()[0]
    if not len(filled):
        return None
    pivot = filled[0]
    rows = system[:, pivot].nonzero()[0]
    over = pow(int(system[row, pivot]), -1, PRIME)
    factor = residues(system[rows, pivot] * over)
    return rows, residues(system[rows] - factor[:, None] * system[row])
