"""From projects to every entity that is published: one row a project of a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.cells import Cells
from metrics.fold import dense
from metrics.metric import Level

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Memberships:
    """Who belongs to what. nodes: level and entity, one row each; the nodes of member i are
    ``node[start[i] : start[i] + count[i]]``. members: project ids, sorted; -1 - area for an area
    (0: not placed) whose records have no project."""

    nodes: pd.DataFrame
    members: NDArray[np.int64]
    start: Codes
    count: Codes
    node: Codes

    def only(self, kept: NDArray[np.bool_]) -> Memberships:
        """The same members with the kept nodes (marks over ``nodes``) as their only ones."""
        pairs = kept[self.node]
        member = np.repeat(np.arange(len(self.members)), self.count)[pairs]
        count = np.bincount(member, minlength=len(self.members))
        return Memberships(
            self.nodes, self.members, np.cumsum(count) - count, count, self.node[pairs]
        )


class Expanded(NamedTuple):
    """rows: what a metric computes from, one a cell and entity of its project, in the order of the
    cells. figures: KEYS of each figure. cell: which cell each row is."""

    rows: pd.DataFrame
    figures: pd.DataFrame
    cell: Codes


def memberships(nodes: pd.DataFrame, area_tree: pd.DataFrame) -> Memberships:
    """NODES and AREA_TREE as one table from members to entities.

    What has no project belongs to its area, the area's ancestors and the portfolio.
    """
    portfolio, area = Level.PORTFOLIO.value, Level.AREA.value
    placeless = np.unique(np.append(-1 - area_tree["area"].to_numpy(), -1))
    pairs = pd.concat(
        [
            nodes[["level", "entity", "project"]],
            pd.DataFrame(
                {
                    "level": area,
                    "entity": area_tree["ancestor"].to_numpy(),
                    "project": -1 - area_tree["area"].to_numpy(),
                }
            ),
            pd.DataFrame({"level": portfolio, "entity": 0, "project": placeless}),
        ],
        ignore_index=True,
    ).drop_duplicates()
    order = [level.value for level in Level]
    pairs["level"] = pd.Categorical(pairs["level"].astype(str), order)
    pairs = pairs.sort_values(["project", "level", "entity"], ignore_index=True)
    named = pairs[["level", "entity"]].drop_duplicates().sort_values(["level", "entity"])
    named = named.reset_index(drop=True)
    node = pairs.merge(named.reset_index(names="node"), on=["level", "entity"], how="left")["node"]
    members, start, count = np.unique(
        pairs["project"].to_numpy(), return_index=True, return_counts=True
    )
    return Memberships(named, members, start, count, node.to_numpy())


def expand(cells: Cells, nodes: Memberships, *, named: bool = False) -> Expanded:
    """The rows that a metric computes from, and for each figure what it is.

    named: whether each row says the level and entity of its figure.
    """
    repeat = nodes.count[cells.project]
    cell = np.repeat(np.arange(len(repeat)), repeat)
    # Where the nodes of a cell's project start, less where its own rows start.
    shift = nodes.start[cells.project] - (np.cumsum(repeat) - repeat)
    node = nodes.node[np.arange(len(cell)) + shift[cell]]
    key = cells.key[cell]
    kinds = max(len(cells.keys), 1)
    figures, figure = dense(node * kinds + key, len(nodes.nodes) * kinds)
    columns: dict[str, object] = {
        "figure": figure,
        "split": cells.keys["split"].array.take(key),
        "project": nodes.members[cells.project][cell],
    }
    if named:
        columns |= {name: nodes.nodes[name].array.take(node) for name in ("level", "entity")}
    columns |= {name: column[cell] for name, column in cells.sums.items()}
    if "unit" in cells.keys:
        columns["unit"] = cells.keys["unit"].to_numpy()[key]
    named = pd.concat(
        [
            nodes.nodes.take(figures // kinds).reset_index(drop=True),
            cells.keys.take(figures % kinds).reset_index(drop=True),
        ],
        axis=1,
    )
    return Expanded(pd.DataFrame(columns, copy=False), named, cell)
