"""Which further figures to hide at the least loss, so that a population cannot be computed.

A population is free if its people's values can move while every shown figure stays. A linear
program looks for the movement that disturbs the least of what is shown, each figure weighed by
its use; what it disturbs is hidden. (Complementary suppression after Fischetti and Salazar, with
the L1 relaxation: near the least loss, not proven least.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, identity, vstack

from metrics.metric import Level
from metrics.populations import Marks, Populations

#: Loss of hiding a group's figure and a total, by level.
_LOSS = {
    Level.PORTFOLIO.value: (12.0, 200.0),
    Level.THEME.value: (8.0, 80.0),
    Level.AREA.value: (5.0, 35.0),
    Level.PROGRAMME.value: (4.0, 30.0),
    Level.FUNDER.value: (4.0, 30.0),
    Level.PROJECT.value: (1.5, 20.0),
}
#: Atoms of a wave up to which the program is solved.
_SOLVABLE = 1_500
_MOVED = 1e-7


class Wave:
    """The figures of one wave of a sheet as sums over its groups of projects.

    atoms: project x group with people; share: weight of each project cell in the sums above it,
    by slot (projects x slots), as real numbers.
    """

    def __init__(
        self, populations: Populations, atoms: Marks, share: NDArray[np.float64], wave: int
    ) -> None:
        slots, many = populations.slots, len(populations.projects)
        size = len(slots.groups)
        start = slots.by_group.start + wave * size
        self.slots = np.concatenate([[wave], np.arange(start, start + size)])
        self.project, self.group = np.nonzero(atoms[:, wave].any(axis=1))
        count = len(self.project)
        self.affordable = 0 < count <= _SOLVABLE
        if not self.affordable:
            return
        column = np.arange(count)
        levels = [*([Level.PROJECT.value] * many), *populations.entities["level"]]
        own = csr_array((np.ones(count), (self.project, column)), shape=(many, count))
        member = csr_array(populations.member.astype(float))
        systems = []
        for place, slot in enumerate(self.slots):
            inside = own if place == 0 else own * (self.group == place - 1)
            systems += [inside, member @ (csr_array(inside) * share[:, slot][:, None])]
        self.system = csr_array(vstack(systems))
        self.node = np.tile(np.arange(len(levels)), len(self.slots))
        self.slot = np.repeat(self.slots, len(levels))
        losses = np.array([_LOSS[str(level)] for level in levels])
        self.loss = np.where(self.slot == wave, losses[self.node, 1], losses[self.node, 0])
        norm = np.abs(self.system).sum(axis=1)
        self.filled = norm > 0
        self.scale = np.where(
            self.filled, norm / np.maximum(self.system.count_nonzero(axis=1), 1), 1
        )

    def disturbed(self, node: int, slot: int, shown: Marks, people: NDArray) -> Marks:
        """Shown figures to hide so that a population is free. Shape: nodes x slots."""
        found = np.zeros_like(shown)
        target = np.flatnonzero((self.node == node) & (self.slot == slot))[0]
        bound = np.flatnonzero(shown[self.node, self.slot] & self.filled)
        # Of two equal figures the one with fewer people is given up.
        size = people[self.node, self.slot][bound]
        loss = self.loss[bound] * (1 + size / (size.max(initial=1) * 4))
        rows = csr_array(self.system[bound] / self.scale[bound][:, None])
        moves, width = rows.shape[1], len(bound)
        slack = identity(width, format="csr")
        goal = csr_array(self.system[[target]] / self.scale[target])
        answer = linprog(
            np.concatenate([np.zeros(moves), loss]),
            A_ub=vstack([hstack([rows, -slack]), hstack([-rows, -slack])], format="csr"),
            b_ub=np.zeros(2 * width),
            A_eq=hstack([goal, csr_array((1, width))], format="csr"),
            b_eq=[1.0],
            bounds=[(None, None)] * moves + [(0, None)] * width,
            method="highs",
        )
        if answer.status == 0:
            moved = bound[np.abs(rows @ answer.x[:moves]) > _MOVED]
            found[self.node[moved], self.slot[moved]] = True
        return found
