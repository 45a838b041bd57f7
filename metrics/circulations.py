"""Whole flows in many small networks at once, and how far they leave each other free.

A circulation goes round a network: what enters a node leaves it, and every edge carries whole
numbers between its bounds. Where one circulation is known, the others differ from it by moves along
edges that have room, so what no move changes is the same in all of them (Ahuja, Magnanti and Orlin
1993, 3.5: flow decomposition).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from metrics.breakdowns import Marks, Whole

#: Weights of a move are drawn up to this, so that it misses what it could change once in a billion.
_HEAVIEST = 2**30


class Network(NamedTuple):
    """tail and head: the nodes of each edge, of which any two nodes share one at most."""

    nodes: int
    tail: Whole
    head: Whole


class _Arcs(NamedTuple):
    """Edges of all networks as they may be walked: nodes numbered over all networks, the number of
    the edge over all networks, and 1 or -1 for with or against it."""

    tail: Whole
    head: Whole
    edge: Whole
    sign: Whole

    def only(self, chosen: Whole | Marks) -> _Arcs:
        return _Arcs(*(each[chosen] for each in self))


def circulations(network: Network, low: Whole, high: Whole) -> tuple[Whole, Marks]:
    """A circulation of each network between its bounds, and which networks have one.

    low, high: networks x edges. Shape: networks x edges; networks.
    Source: maximum flow with lower bounds (Ahuja, Magnanti and Orlin 1993, 6.7).
    """
    # Loaded here: pages read descriptions of metrics and never solve anything.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    many = len(low)
    row, edge = np.nonzero(high > 0)
    tail, head = row * network.nodes + network.tail[edge], row * network.nodes + network.head[edge]
    # More than the sum of the least never has to go through any edge.
    most = np.minimum(high, low.sum(axis=1, keepdims=True))
    size = many * network.nodes
    owed = np.bincount(head, low[row, edge], size) - np.bincount(tail, low[row, edge], size)
    owed = np.rint(owed).astype(np.int64)
    gives, takes = np.flatnonzero(owed > 0), np.flatnonzero(owed < 0)
    source, sink = size, size + 1
    start = np.concatenate([tail, np.full(len(gives), source), takes])
    end = np.concatenate([head, gives, np.full(len(takes), sink)])
    room = np.concatenate([(most - low)[row, edge], owed[gives], -owed[takes]])
    graph = csr_array((room.astype(np.int32), (start, end)), (size + 2, size + 2))
    flow = maximum_flow(graph, source, sink).flow.tocoo()
    forward = flow.data > 0
    carried = _Lookup(flow.row[forward], flow.col[forward], size + 2)
    found = low.astype(np.int64).copy()
    at, there = carried.of(tail, head)
    found[row[there], edge[there]] += flow.data[forward][at[there]]
    at, there = carried.of(np.full(len(gives), source), gives)
    given = np.zeros(len(gives), dtype=np.int64)
    given[there] = flow.data[forward][at[there]]
    short = np.bincount(gives // network.nodes, given < owed[gives], many)
    return found, (short == 0) & (low <= most).all(axis=1)


class _Lookup:
    """Where a pair of nodes stands among given ones."""

    def __init__(self, tail: Whole, head: Whole, size: int) -> None:
        keys = tail.astype(np.int64) * size + head
        self.size = size
        self.order = np.argsort(keys, kind="stable")
        self.keys = keys[self.order]

    def of(self, tail: Whole, head: Whole) -> tuple[Whole, Marks]:
        """Positions, and which pairs there are."""
        wanted = tail.astype(np.int64) * self.size + head
        if not len(self.keys):
            return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return self.order[place], self.keys[place] == wanted


def moves(network: Network, flow: Whole, low: Whole, high: Whole, seed: int) -> Whole:
    """For each network a move that uses every edge it can, in the ways that have room.

    Some small part of it can be added to the flow, which stays between its bounds. Whatever a sum
    of edges can change at all, this move changes, but for a chance of one in a billion.
    Shape: networks x edges.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    many, edges = flow.shape
    size = many * network.nodes
    arcs = _arcs(network, flow < high, flow > low)
    graph = csr_array((np.ones(len(arcs.tail), dtype=np.int8), (arcs.tail, arcs.head)), (size,) * 2)
    _, part = connected_components(graph, connection="strong")
    # What leaves a strongly connected part never comes back.
    arcs = arcs.only(part[arcs.tail] == part[arcs.head])
    found = np.zeros(many * edges, dtype=np.int64)
    if not len(arcs.tail):
        return found.reshape(many, edges)
    root = np.full(size, -1)
    root[part[arcs.tail]] = arcs.tail
    roots = root[root >= 0]
    # Every arc closes a walk: from the root of its part to it, through it, and back to the root.
    weight = np.random.default_rng(seed).integers(1, _HEAVIEST, len(arcs.tail))
    np.add.at(found, arcs.edge, arcs.sign * weight)
    for tail, head, asked in (
        (arcs.tail, arcs.head, arcs.tail),
        (arcs.head, arcs.tail, arcs.head),
    ):
        wanted = np.zeros(size, dtype=np.int64)
        np.add.at(wanted, asked, weight)
        at, through = _through_trees(tail, head, roots, wanted)
        np.add.at(found, arcs.edge[at], arcs.sign[at] * through)
    return found.reshape(many, edges)


def _arcs(network: Network, with_room: Marks, against_room: Marks) -> _Arcs:
    edges = with_room.shape[1]
    pieces = []
    for room, tail, head, sign in (
        (with_room, network.tail, network.head, 1),
        (against_room, network.head, network.tail, -1),
    ):
        row, edge = np.nonzero(room)
        shift = row * network.nodes
        pieces.append(
            (shift + tail[edge], shift + head[edge], row * edges + edge, np.full(len(row), sign))
        )
    return _Arcs(*(np.concatenate(each) for each in zip(*pieces, strict=True)))


def _through_trees(tail: Whole, head: Whole, roots: Whole, wanted: Whole) -> tuple[Whole, Whole]:
    """Which arcs the shortest ways from the roots use, and how much goes through each of them, when
    every node is to get what it wants."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    size = len(wanted)
    start = np.concatenate([tail, np.full(len(roots), size)])
    end = np.concatenate([head, roots])
    graph = csr_array((np.ones(len(start), dtype=np.int8), (start, end)), (size + 1,) * 2)
    order, before = breadth_first_order(graph, size)
    order = order[1:].astype(np.int64)
    before = before[order].astype(np.int64)
    place = np.zeros(size + 1, dtype=np.int64)
    place[order] = np.arange(len(order))
    place[size] = -1
    parent = place[before]
    through = wanted[order]
    # In the order of a breadth-first search the parents of a level are the level before it.
    levels = [0, int(np.searchsorted(parent, 0))]
    while levels[-1] < len(order):
        levels.append(int(np.searchsorted(parent, levels[-1])))
    for first, last in zip(levels[-2:0:-1], levels[:1:-1], strict=True):
        np.add.at(through, parent[first:last], through[first:last])
    below = parent >= 0
    at, _ = _Lookup(tail, head, size + 1).of(before[below], order[below])
    return at, through[below]
