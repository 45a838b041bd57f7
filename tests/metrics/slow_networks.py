"""Networks of organisations computed again with networkx, one entity and wave after another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd

from metrics.frames import Frames
from survey.instrument import WAVES
from tests.metrics.slow_estimators import NAN
from tests.metrics.slow_registers import COLUMNS, placed

NETWORKS = [
    "network_density", "network_degree", "network_reciprocity", "network_centralisation",
    "network_sectors", "network_modularity", "network_brokers", "tie_survival",
]  # fmt: skip
SECTORS = ("city", "company", "association")
ENOUGH = 0.8
Figures = Iterator[tuple[str, str, tuple[float, float, float, float]]]


def networked(seed: int, nodes: pd.DataFrame, projects: int = 6) -> Frames:
    """Projects that share organisations; those that did not answer told of nothing."""
    rng = np.random.default_rng(seed)
    roster, ties = [], []
    for project in range(1, projects + 1):
        there = rng.choice(np.arange(1, 13), 8, replace=False)
        for wave in ("baseline", "end"):
            for source in there:
                answered = int(rng.random() < 0.93)
                sector = SECTORS[source % 3]
                roster.append((project, wave, source, sector, answered))
                told = [target for target in range(1, 14) if target != source and answered]
                ties += [(project, wave, source, to) for to in told if rng.random() < 0.2]
    return Frames.of(
        ties=pd.DataFrame(ties, columns=["project", "wave", "source", "target"]),
        roster=pd.DataFrame(
            roster, columns=["project", "wave", "organisation", "sector", "answered"]
        ),
        nodes=nodes,
    ).validated()


def network_figures(frames: Frames) -> pd.DataFrame:
    """Every figure of a network that has a value. Shape: metric, KEYS, value, low, high, n."""
    rosters = {place[:3]: rows for place, rows in placed(frames, "roster", waves=True)}
    told = {place[:3]: rows for place, rows in placed(frames, "ties", waves=True)}
    found = []
    for (level, entity, wave), rows in told.items():
        place = (level, entity, wave, "total", "")
        roster = rosters.get((level, entity, wave))
        if roster is None:
            continue
        for metric, part, figure in _of_one_wave(rows, roster):
            found.append((metric, "", part, *place, *figure))
        before = [w for w in WAVES[: WAVES.index(wave)] if (level, entity, w) in told]
        if before:
            earlier = told[level, entity, before[-1]]
            for metric, part, figure in _survival(earlier, rows, roster):
                found.append((metric, "", part, *place, *figure))
    table = pd.DataFrame(found, columns=COLUMNS)
    return table[table["value"].notna()]


def _answered(roster: pd.DataFrame) -> dict[int, bool]:
    """The organisations that were asked, and whether each answered anywhere."""
    return {int(own): bool(rows["answered"].max()) for own, rows in roster.groupby("organisation")}


def _told(ties: pd.DataFrame, among: dict[int, bool]) -> set[tuple[int, int]]:
    pairs = zip(ties["source"], ties["target"], strict=True)
    return {(int(a), int(b)) for a, b in pairs if a in among and b in among}


def _of_one_wave(ties: pd.DataFrame, roster: pd.DataFrame) -> Figures:
    answered = _answered(roster)
    n = len(answered)
    if n < 2 or sum(answered.values()) / n < ENOUGH:
        return
    told = _told(ties, answered)
    graph = nx.Graph()
    graph.add_nodes_from(answered)
    graph.add_edges_from(told)
    many, every = graph.number_of_edges(), n * (n - 1) / 2
    silent = sum(
        not graph.has_edge(a, b) and not (answered[a] and answered[b])
        for a, b in combinations(answered, 2)
    )
    yield "network_density", "", (nx.density(graph), many / every, (many + silent) / every, n)
    yield "network_degree", "", (2 * many / n, 2 * many / n, 2 * (many + silent) / n, n)
    degrees = [degree for _, degree in graph.degree()]
    if n >= 3:
        apart = sum(max(degrees) - degree for degree in degrees) / ((n - 1) * (n - 2))
        yield "network_centralisation", "", (apart, NAN, NAN, n)
    known = [(a, b) for a, b in graph.edges if answered[a] and answered[b]]
    if known:
        both = sum((a, b) in told and (b, a) in told for a, b in known)
        yield "network_reciprocity", "", (both / len(known), NAN, NAN, n)
    if many:
        sector = dict(zip(roster["organisation"], roster["sector"], strict=True))
        across = sum(sector[a] != sector[b] for a, b in graph.edges)
        unheard = [
            sector[a] != sector[b]
            for a, b in combinations(answered, 2)
            if not graph.has_edge(a, b) and not (answered[a] and answered[b])
        ]
        inside, apart = unheard.count(False), unheard.count(True)
        ends = (
            (2 * across - many - inside) / (many + inside),
            (2 * across - many + apart) / (many + apart),
        )
        yield "network_sectors", "", ((2 * across - many) / many, *ends, n)
        sides = [{o for o in answered if sector[o] == s} for s in set(sector.values())]
        yield "network_modularity", "", (nx.community.modularity(graph, sides), NAN, NAN, n)
    if n >= 3:
        between = nx.betweenness_centrality(graph)
        told_in = roster[roster["answered"] == 1].groupby("organisation")["project"].nunique()
        for organisation, projects in told_in.items():
            if projects >= 3:
                figure = (between[organisation], NAN, NAN, projects)
                yield "network_brokers", f"organisation:{organisation}", figure


def _survival(earlier: pd.DataFrame, later: pd.DataFrame, roster: pd.DataFrame) -> Figures:
    answered = _answered(roster)
    if sum(answered.values()) / len(answered) < ENOUGH:
        return
    before = {frozenset(pair) for pair in _told(earlier, answered)}
    after = {frozenset(pair) for pair in _told(later, answered)}
    lasting = len(before & after)
    known = sum(pair in after or all(answered[o] for o in pair) for pair in before)
    if known:
        ends = (lasting / len(before), (lasting + len(before) - known) / len(before))
        yield "tie_survival", "", (lasting / known, *ends, len(answered))
