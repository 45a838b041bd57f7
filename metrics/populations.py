"""Who is behind each figure of a sheet: the populations that the disclosure gate compares.

Every published figure stands for a set of atoms (project x wave x phase x group). A population is
addressed by a node (the projects first, then every entity above them) and a slot: a wave's total,
a wave's group, or a phase over all waves. Both are dense, so rules work on whole arrays.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import ALL_WAVES, Level, Split

Whole = NDArray[np.int64]
Marks = NDArray[np.bool_]

#: Seed of the fingerprints by which equal populations are found: the same on every run.
_SEED = 20_260_101


class UnplacedFigure(Exception):
    """An estimate is about an entity or a breakdown that the frames do not know."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The breakdowns of one node: totals of waves, then groups of waves, then phases."""

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

    def place(self, wave: str, split: str, split_value: str) -> int:
        """Where a breakdown stands. Raises: UnplacedFigure."""
        try:
            if split == Split.PHASE:
                if wave != ALL_WAVES:
                    raise ValueError(wave)
                return self.by_phase.start + self.phases.index(split_value)
            at = self.waves.index(wave)
            if split == Split.TOTAL:
                return at
            if split != Split.GROUP:
                raise ValueError(split)
            return self.by_group.start + at * len(self.groups) + self.groups.index(split_value)
        except ValueError as error:
            raise UnplacedFigure(
                f"breakdown {split}={split_value!r} of wave {wave!r} is in no frame: "
                "publish only the breakdowns that the answers were folded by"
            ) from error

    def spread(self, atoms: NDArray) -> NDArray:
        """Sums of atoms (nodes x waves x phases x groups) in every slot. Shape: nodes x slots."""
        nodes = len(atoms)
        by_group = atoms.sum(axis=2, dtype=atoms.dtype)
        return np.concatenate(
            [
                by_group.sum(axis=2, dtype=atoms.dtype),
                by_group.reshape(nodes, -1),
                atoms.sum(axis=(1, 3), dtype=atoms.dtype),
            ],
            axis=1,
        )

    def masks(self) -> Marks:
        """Which atoms each slot is about. Shape: slots x waves x phases x groups."""
        waves, phases, groups = len(self.waves), len(self.phases), len(self.groups)
        masks = np.zeros((self.size, waves, phases, groups), dtype=bool)
        for wave in range(waves):
            masks[wave, wave] = True
            for group in range(groups):
                masks[self.by_group.start + wave * groups + group, wave, :, group] = True
        for phase in range(phases):
            masks[self.by_phase.start + phase, :, phase] = True
        return masks

    def groups_of(self, cells: NDArray) -> NDArray:
        """The group slots of cells (nodes x slots). Shape: nodes x waves x groups."""
        return cells[:, self.by_group].reshape(len(cells), len(self.waves), len(self.groups))


@dataclass(frozen=True, slots=True)
class Populations:
    """Every population of one universe (an instrument's respondents, its pairs, participants).

    projects: their ids, in node order. entities: level and id of every node above the projects.
    member: which project belongs to which of those entities. atoms: people per project, wave,
    phase and group. Phase "" and group "" stand for people of whom it is not known.
    """

    slots: Slots
    projects: Whole
    entities: pd.DataFrame
    member: Marks
    atoms: Whole

    @property
    def size(self) -> tuple[int, int]:
        return len(self.projects) + len(self.entities), self.slots.size

    def over(self, cells: NDArray) -> NDArray:
        """Sums over each entity's projects. cells: projects x slots, below 2**53 when summed."""
        return self.member.astype(float) @ cells

    def people(self) -> Whole:
        """People in every population. Shape: nodes x slots."""
        own = self.slots.spread(self.atoms)
        return np.concatenate([own, self.over(own).astype(np.int64)])

    def fingerprints(self, present: Marks) -> NDArray[np.uint64]:
        """A number for each population that equal sets of atoms share. Shape: nodes x slots.

        present: atoms that count (shape of atoms). Sums of random 64-bit numbers wrap around; two
        different sets collide with probability 2**-64.
        """
        drawn = np.random.default_rng(_SEED).integers(
            0, 2**64, size=self.atoms.shape, dtype=np.uint64
        )
        own = self.slots.spread(np.where(present, drawn, np.uint64(0)))
        # Halves keep the sums exact in floating point; the carry is put back modulo 2**64.
        low, high = own & np.uint64(0xFFFFFFFF), own >> np.uint64(32)
        above = self.over(low).astype(np.uint64) + (
            self.over(high).astype(np.uint64) << np.uint64(32)
        )
        return np.concatenate([own, above])

    def nodes(self, level: pd.Series, entity: pd.Series) -> Whole:
        """Node of each row. Raises: UnplacedFigure naming level and entity."""
        known = pd.concat(
            [
                pd.DataFrame({"level": Level.PROJECT.value, "entity": self.projects}),
                self.entities,
            ],
            ignore_index=True,
        )
        known["node"] = np.arange(len(known))
        codes, levels = pd.factorize(level)
        ids, entities = pd.factorize(entity)
        pair, row = np.unique(codes * max(len(entities), 1) + ids, return_inverse=True)
        at, which = np.divmod(pair, max(len(entities), 1))
        asked = pd.DataFrame(
            {"level": [str(levels[i]) for i in at], "entity": np.asarray(entities)[which]}
        )
        placed = asked.merge(known, on=["level", "entity"], how="left")
        lost = placed[placed["node"].isna()]
        if len(lost):
            first = lost.iloc[0]
            raise UnplacedFigure(
                f"{first['level']} {first['entity']} is not in the frame of nodes "
                f"({len(lost)} such): add its rows to NODES"
            )
        return placed["node"].to_numpy().astype(np.int64)[row]


def populations(
    people: pd.DataFrame, nodes: pd.DataFrame, waves: Collection[str], groups: Collection[str]
) -> Populations:
    """The populations that a frame of people can be published by.

    people: columns project, group, n and, where known, wave and phase (several rows may be one
    atom). waves and groups: further ones that figures name though nobody was counted there.
    """
    people = people.assign(
        **{name: "" for name in ("phase",) if name not in people},
        **{name: ALL_WAVES for name in ("wave",) if name not in people},
    )
    axes = [
        tuple(sorted({*people[name].astype(str).unique(), *more}))
        for name, more in (("wave", waves), ("phase", ()), ("group", groups))
    ]
    own = nodes[nodes["level"] == Level.PROJECT]
    projects = np.unique(np.concatenate([own["entity"].to_numpy(), people["project"].to_numpy()]))
    above = nodes[(nodes["level"] != Level.PROJECT).to_numpy()].drop_duplicates()
    above = above[np.isin(above["project"].to_numpy(), projects)]
    entities = above[["level", "entity"]].drop_duplicates().sort_values(["level", "entity"])
    entities = entities.astype({"level": str}).reset_index(drop=True)
    member = np.zeros((len(entities), len(projects)), dtype=bool)
    rows = above.astype({"level": str}).merge(
        entities.reset_index(names="node"), on=["level", "entity"]
    )
    member[rows["node"], np.searchsorted(projects, rows["project"].to_numpy())] = True
    codes = [
        pd.Categorical(people[name].astype(str), axis).codes
        for name, axis in zip(("wave", "phase", "group"), axes, strict=True)
    ]
    atoms = np.zeros((len(projects), *(len(axis) for axis in axes)), dtype=np.int64)
    at = np.searchsorted(projects, people["project"].to_numpy())
    np.add.at(atoms, (at, *codes), people["n"].to_numpy())
    return Populations(Slots(*axes), projects, entities, member, atoms)
