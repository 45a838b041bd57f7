"""Networks: Zachary's karate club, Florentine marriages, hand counts of what nobody answered."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from metrics.evaluate import evaluate
from metrics.frames import Frames
from metrics.statistics import networks
from metrics.statistics.networks import (
    betweenness,
    centralisation,
    density,
    external_internal,
    mean_degree,
    modularity,
    network,
)
from tests.metrics.small import figure, small


def of(*graphs: nx.Graph, sector: str | None = None) -> networks.Network:
    """Each graph as the network of a figure; nodes are numbered in their order."""
    number = [{node: at for at, node in enumerate(graph)} for graph in graphs]
    ties = [
        (at, number[at][a], number[at][b])
        for at, graph in enumerate(graphs)
        for a, b in graph.edges
    ]
    kinds = [sorted({str(d.get(sector)) for _, d in graph.nodes(data=True)}) for graph in graphs]
    roster = [
        (at, number[at][node], kinds[at].index(str(data.get(sector))), 1)
        for at, graph in enumerate(graphs)
        for node, data in graph.nodes(data=True)
    ]
    return network(
        pd.DataFrame(ties, columns=["figure", "source", "target"]),
        pd.DataFrame(roster, columns=["figure", "organisation", "sector", "answered"]),
        len(graphs),
    )


KARATE, FLORENCE = nx.karate_club_graph(), nx.florentine_families_graph()


def test_density_and_degree_of_known_networks():
    found = of(KARATE, FLORENCE)
    # Zachary 1977: 78 of 561 pairs; Padgett's marriages: 20 of 105 (brief 19, 20).
    assert density(found).value == pytest.approx([0.1390, 0.1905], abs=5e-5)
    assert mean_degree(found).value == pytest.approx([156 / 34, 40 / 15])
    assert (density(found).low == density(found).high).all()


def test_centralisation_of_a_star_a_ring_and_the_club():
    found = of(nx.star_graph(5), nx.cycle_graph(6), KARATE)
    assert centralisation(found) == pytest.approx([1, 0, 0.3996], abs=5e-5)


def test_sides_of_the_club():
    found = of(KARATE, sector="club")
    index = external_internal(found)
    assert index.value[0] == pytest.approx(-0.718, abs=5e-4)
    # Everybody answered, so nothing is unknown.
    assert index.low[0] == index.high[0] == index.value[0]
    assert modularity(found)[0] == pytest.approx(0.358, abs=5e-4)
    sides = nx.get_node_attributes(KARATE, "club")
    parts = [{v for v in KARATE if sides[v] == side} for side in set(sides.values())]
    assert modularity(found)[0] == pytest.approx(
        nx.community.modularity(KARATE, parts, weight=None)
    )


def test_betweenness_equals_networkx_however_many_networks_there_are():
    graphs = [
        KARATE, FLORENCE, nx.star_graph(4), nx.cycle_graph(5), nx.path_graph(2),
        nx.gnp_random_graph(40, 0.06, seed=2), nx.empty_graph(3),
    ]  # fmt: skip
    found = of(*graphs)
    scores = np.split(betweenness(found), np.cumsum(found.nodes)[:-1])
    for graph, score in zip(graphs, scores, strict=True):
        if len(graph) < 3:
            assert np.isnan(score).all()
            continue
        expected = list(nx.betweenness_centrality(graph).values())
        np.testing.assert_allclose(score, expected, atol=1e-12)
    # Published: node 1 of the club .4376; the Medici .522.
    assert scores[0][0] == pytest.approx(0.4376, abs=5e-5)
    assert scores[1][list(FLORENCE).index("Medici")] == pytest.approx(0.522, abs=5e-4)


def test_large_networks_are_read_from_some_of_their_organisations(monkeypatch):
    graph = nx.barabasi_albert_graph(200, 3, seed=4)
    exact = betweenness(of(graph))
    monkeypatch.setattr(networks, "SOURCES", 80)
    some = betweenness(of(graph))
    assert np.corrcoef(exact, some)[0, 1] > 0.98
    assert some.mean() == pytest.approx(exact.mean(), rel=0.1)


def test_unanswered_ties_are_bounds_by_hand():
    # A B C answered, D did not. A told of B; D is told by C. Pairs with D and nobody telling: 2.
    ties = pd.DataFrame({"figure": 0, "source": [1, 2, 3, 3, 9], "target": [2, 1, 4, 3, 1]})
    roster = pd.DataFrame(
        {"figure": 0, "organisation": [1, 2, 3, 4], "sector": 0, "answered": [1, 1, 1, 0]}
    )
    found = density(network(ties, roster, 1))
    assert (found.value[0], found.low[0], found.high[0]) == (2 / 6, 2 / 6, 4 / 6)


def test_unanswered_ties_may_lie_across_sectors_or_within_by_hand():
    # Sectors 0 0 1 1 and one not known; 4 did not answer, nobody told of it. Told: 1-2 within,
    # 1-3 across: (1 - 1) / 2. Not known: 1-4 and 2-4 across, 3-4 within; pairs with 5 never count.
    ties = pd.DataFrame({"figure": 0, "source": [1, 3, 5], "target": [2, 1, 1]})
    roster = pd.DataFrame(
        {
            "figure": 0,
            "organisation": [1, 2, 3, 4, 5],
            "sector": [0, 0, 1, 1, -1],
            "answered": [1, 1, 1, 0, 1],
        }
    )
    found = external_internal(network(ties, roster, 1))
    assert (found.value[0], found.low[0], found.high[0]) == (0, (1 - 2) / 3, (3 - 1) / 4)


def told(project: int, wave: str, pairs: list[tuple[int, int]]) -> list[tuple]:
    return [(project, wave, source, target) for source, target in pairs]


def listed(project: int, wave: str, silent: tuple = (), sectors: str = "cccaa") -> list[tuple]:
    names = {"c": "city", "a": "association"}
    return [
        (project, wave, at, names[kind], int(at not in silent))
        for at, kind in enumerate(sectors, start=1)
    ]


WHOLE = [
    "network_density", "network_degree", "network_reciprocity", "network_centralisation",
    "network_sectors", "network_modularity",
]  # fmt: skip


def judged(frames: Frames, *names: str) -> dict[str, pd.DataFrame]:
    return {each.metric.id: each.frame for each in evaluate(frames, names)}


def test_a_small_network_through_the_sheet():
    frames = small(ties=told(1, "end", [(1, 2), (2, 1), (1, 4), (3, 1)]), roster=listed(1, "end"))
    found = {name: figure(frame) for name, frame in judged(frames, *WHOLE).items()}
    # Three ties of ten pairs among five; one told by both; organisation 1 has all three of them.
    assert found["network_density"]["value"] == 0.3
    assert found["network_degree"]["value"] == pytest.approx(6 / 5)
    assert found["network_reciprocity"]["value"] == pytest.approx(1 / 3)
    assert found["network_centralisation"]["value"] == pytest.approx((0 + 2 + 2 + 2 + 3) / 12)
    # One tie across sectors, two within.
    assert found["network_sectors"]["value"] == pytest.approx((1 - 2) / 3)
    # City 2 of 3 ties and 5 of 6 ends; associations none and 1 of 6.
    assert found["network_modularity"]["value"] == pytest.approx(2 / 3 - 25 / 36 - 1 / 36)
    assert {row["n"] for row in found.values()} == {5}
    assert {row["reason"] for row in found.values() if row["method"] == "census"} == {np.nan}


def test_too_few_answers_leave_bounds_only():
    frames = small(ties=told(1, "end", [(1, 2)]), roster=listed(1, "end", silent=(4, 5)))
    found = judged(frames, *WHOLE)
    row = figure(found["network_density"])
    # Three answered: seven pairs with 4 or 5 are not known.
    assert np.isnan(row["value"])
    assert (row["low"], row["high"]) == (0.1, 0.8)
    assert (row["reason"], row["method"]) == ("ties_unanswered", "bounds")
    row = figure(found["network_centralisation"])
    assert (row["reason"], row["method"]) == ("ties_unanswered", "none")


def test_without_a_roster_nothing_is_known():
    row = figure(judged(small(ties=told(1, "end", [(1, 2)])), "network_density")["network_density"])
    assert (row["reason"], row["n"]) == ("unknown_frame", 0)
    assert np.isnan(row["low"])


def test_one_organisation_and_no_ties_are_no_network():
    frames = small(ties=told(1, "end", [(1, 7)]), roster=listed(1, "end", sectors="c"))
    found = judged(frames, *WHOLE)
    assert {figure(frame)["reason"] for frame in found.values()} == {"not_estimable"}


def test_ties_that_lasted_by_hand():
    frames = small(
        ties=[
            *told(1, "baseline", [(1, 2), (1, 3), (2, 3), (3, 4), (4, 5), (1, 9)]),
            *told(1, "end", [(2, 1), (4, 3), (1, 5)]),
        ],
        roster=[*listed(1, "baseline"), *listed(1, "end", silent=(5,))],
    )
    row = figure(judged(frames, "tie_survival")["tie_survival"])
    # Five earlier ties among those asked now: 1-2 and 3-4 lasted, 4-5 is not known (5 is silent).
    assert row["value"] == 2 / 4
    assert (row["low"], row["high"]) == (2 / 5, 3 / 5)
    assert (row["wave"], row["numerator"], row["denominator"]) == ("end", 2, 4)


def test_one_wave_has_no_lasting_ties():
    frames = small(ties=told(1, "end", [(1, 2)]), roster=listed(1, "end"))
    assert judged(frames, "tie_survival")["tie_survival"].empty


def test_only_organisations_with_three_answers_have_a_score():
    # Organisation 1 is in three projects and the only way between their partners.
    ties = [row for p in (1, 2, 3) for row in told(p, "end", [(1, 10 * p), (10 * p, 10 * p + 1)])]
    roster = [(p, "end", name, "city", 1) for p in (1, 2, 3) for name in (1, 10 * p, 10 * p + 1)]
    frames = small(range(1, 4), ties=ties, roster=roster)
    found = judged(frames, "network_brokers")["network_brokers"]
    assert found["part"].unique().tolist() == ["organisation:1"]
    row = figure(found)
    graph = nx.Graph([row[2:] for row in ties])
    assert row["value"] == pytest.approx(nx.betweenness_centrality(graph)[1])
    # 1 lies between all pairs of different projects: 3 * 4 of the 15 pairs of the six others.
    assert row["value"] == pytest.approx(12 / 15)
    assert (row["n"], row["projects"], row["level"]) == (3, 3, "portfolio")


def test_an_organisation_of_two_rosters_is_one():
    ties = [*told(1, "end", [(1, 2)]), *told(2, "end", [(1, 2), (2, 3)])]
    roster = [*listed(1, "end", sectors="cc"), *listed(2, "end", sectors="ccc")]
    row = figure(judged(small(range(1, 3), ties=ties, roster=roster), "network_density")[
        "network_density"
    ])  # fmt: skip
    assert (row["numerator"], row["denominator"], row["n"]) == (2, 3, 3)
