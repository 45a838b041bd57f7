"""Networks of organisations: who works with whom, who stands between, and what is not known.

A tie counts where either of the two told of it. Organisations of the roster without ties count
too. Every function takes many networks at once; organisations are numbered 0.. within `Network`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from metrics.statistics.intervals import Floats, Interval, Whole, ratio

#: The share of the roster that must have answered before a network is described.
ANSWERED_NEEDED = 0.8
#: Larger networks: betweenness from so many of their organisations, evenly spread.
SOURCES = 200
_AT_ONCE = 2_000_000


class Network(NamedTuple):
    """Many networks. size: how many. owner, organisation, sector, answered: one row a node, sorted
    by owner; sector -1 where not known. first, second: one row a tie (node positions, each pair
    once); mutual: both told of it; asked: both answered."""

    size: int
    owner: Whole
    organisation: Whole
    sector: Whole
    answered: np.ndarray
    first: Whole
    second: Whole
    mutual: np.ndarray
    asked: np.ndarray

    @property
    def nodes(self) -> Whole:
        return np.bincount(self.owner, minlength=self.size)

    @property
    def ties(self) -> Whole:
        return np.bincount(self.owner[self.first], minlength=self.size)

    @property
    def degree(self) -> Whole:
        return np.bincount(np.concatenate([self.first, self.second]), minlength=len(self.owner))

    @property
    def pairs(self) -> Whole:
        return self.nodes * (self.nodes - 1) // 2

    @property
    def response(self) -> Floats:
        """Share of the roster that answered."""
        return ratio(np.bincount(self.owner, self.answered, self.size), self.nodes)


def network(ties: pd.DataFrame, roster: pd.DataFrame, size: int) -> Network:
    """The networks of ties among the organisations of a roster.

    ties: figure, source, target, as told by source; roster: figure, organisation, sector,
    answered. An organisation on several rosters of a figure is one, and answered if it did once.
    A tie of an organisation with itself, or with one outside the roster, is left out.
    """
    if "organisation" not in roster or roster.empty:
        nothing = np.zeros(0, dtype=np.int64)
        return Network(size, *(nothing,) * 3, nothing > 0, *(nothing,) * 2, *(nothing > 0,) * 2)
    listed = roster.groupby(["figure", "organisation"], as_index=False).agg(
        answered=("answered", "max"), sector=("sector", "min")
    )
    owner, organisation = listed["figure"].to_numpy(), listed["organisation"].to_numpy()
    answered = listed["answered"].to_numpy() > 0
    place = pd.MultiIndex.from_arrays([owner, organisation])
    ends = [
        place.get_indexer(pd.MultiIndex.from_arrays([ties["figure"], ties[end]]))
        for end in ("source", "target")
    ]
    kept = (ends[0] >= 0) & (ends[1] >= 0) & (ends[0] != ends[1])
    source, target = ends[0][kept].astype(np.int64), ends[1][kept].astype(np.int64)
    width = max(len(owner), 1)
    told = np.unique(source * width + target)
    source, target = told // width, told % width
    pair, times = np.unique(
        np.minimum(source, target) * width + np.maximum(source, target), return_counts=True
    )
    first, second = pair // width, pair % width
    return Network(
        size, owner, organisation, listed["sector"].to_numpy(), answered,
        first, second, times > 1, answered[first] & answered[second],
    )  # fmt: skip


def density(found: Network) -> Interval:
    """Ties that were told of / possible ties, and the share if every unanswered pair had one.

    Formula: ties / (n(n-1)/2). Low is the value: no unanswered pair is a tie. High: every pair of
    which somebody did not answer, and nobody told, is one.
    Missing: NaN for fewer than two organisations. Source: Wasserman & Faust 1994, 4.2. Zachary's
    karate club: 78 / 561 = .1390.
    """
    answered = np.bincount(found.owner, found.answered, found.size)
    unknown = found.pairs - answered * (answered - 1) / 2 - (found.ties - _asked_ties(found))
    value = ratio(found.ties, found.pairs)
    return Interval(value, value.copy(), ratio(found.ties + unknown, found.pairs))


def _asked_ties(found: Network) -> Whole:
    return np.bincount(found.owner[found.first], found.asked, found.size).astype(np.int64)


def mean_degree(found: Network) -> Interval:
    """Partners that an organisation has on average, with the bounds of `density`.

    Formula: 2 * ties / n = density * (n - 1). Karate club: 156 / 34 = 4.588.
    """
    return Interval(*(end * (found.nodes - 1) for end in density(found)))


def reciprocity(found: Network) -> tuple[Whole, Whole]:
    """Ties that both told of, and all ties between two that answered.

    Source: Wasserman & Faust 1994, 13.3, as a share of ties, not of nominations.
    """
    owner = found.owner[found.first]
    mutual = np.bincount(owner, found.mutual & found.asked, found.size)
    return mutual.astype(np.int64), _asked_ties(found)


def centralisation(found: Network) -> Floats:
    """How much ties gather on one organisation: 1 for a star, 0 for a ring.

    Formula: sum(max degree - degree) / ((n-1)(n-2)). Missing: NaN for fewer than three.
    Source: Freeman 1979. Karate club .3996.
    """
    degree, n = found.degree, found.nodes
    most = np.zeros(found.size, dtype=np.int64)
    np.maximum.at(most, found.owner, degree)
    apart = np.bincount(found.owner, most[found.owner] - degree, found.size)
    return ratio(apart, np.maximum((n - 1) * (n - 2), 0))


def external_internal(found: Network) -> Interval:
    """E-I index: (ties across sectors - ties within) / all of them; 1: across only.

    Ties of an organisation whose sector is not known are left out. Low: every pair within a sector
    of which somebody did not answer, and nobody told, is a tie, and none across is; high: the other
    way round.
    Missing: NaN without ties. Source: Krackhardt & Stern 1988. Karate club by its two sides:
    (11 - 67) / 78 = -.718. By hand: sectors 1 1 2, the last silent, one tie within told: -1, and
    if both its pairs were ties 1/3.
    """
    across, within = _across_within(found)
    apart, alike = _unanswered(found)
    return Interval(
        ratio(across - within, across + within),
        ratio(across - within - alike, across + within + alike),
        ratio(across + apart - within, across + apart + within),
    )


def _across_within(found: Network, chosen: np.ndarray | bool = True) -> tuple[Floats, Floats]:
    """Ties across and within known sectors, of those that are chosen."""
    one, other = found.sector[found.first], found.sector[found.second]
    known = (one >= 0) & (other >= 0) & chosen
    owner = found.owner[found.first]
    across = np.bincount(owner, known & (one != other), found.size)
    return across, np.bincount(owner, known & (one == other), found.size)


def _unanswered(found: Network) -> tuple[Floats, Floats]:
    """Pairs across and within known sectors that nobody told of and not both answered about."""
    everybody = _pairs_by_sector(found, found.sector >= 0)
    answered = _pairs_by_sector(found, (found.sector >= 0) & found.answered)
    told = _across_within(found, ~found.asked)
    across, within = (
        whole - asked - seen for whole, asked, seen in zip(everybody, answered, told, strict=True)
    )
    return across, within


def _pairs_by_sector(found: Network, chosen: np.ndarray) -> tuple[Floats, Floats]:
    """Pairs across and within sectors among the chosen organisations."""
    kinds = int(found.sector.max()) + 1 if len(found.sector) else 1
    place = found.owner[chosen] * kinds + found.sector[chosen]
    count = np.bincount(place, minlength=found.size * kinds).reshape(found.size, kinds)
    within = (count * (count - 1) / 2).sum(axis=1)
    people = count.sum(axis=1)
    return people * (people - 1) / 2 - within, within


def modularity(found: Network) -> Floats:
    """How much more ties stay within sectors than chance would keep there, degrees given.

    Formula: sum over sectors of e_c/m - (d_c/2m)**2; sector -1 is a sector of its own.
    Missing: NaN without ties. Source: Newman & Girvan 2004. Karate club by its two sides: .358.
    """
    kinds = int(found.sector.max()) + 2 if len(found.sector) else 1
    group = found.owner * kinds + found.sector + 1
    space = found.size * kinds
    within = group[found.first] == group[found.second]
    inside = np.bincount(group[found.first], within, space).reshape(found.size, kinds)
    degree = np.bincount(group, found.degree, space).reshape(found.size, kinds)
    ties = found.ties[:, None]
    return (ratio(inside, ties) - ratio(degree, 2 * ties) ** 2).sum(axis=1)


def betweenness(found: Network) -> Floats:
    """For each node, the share of shortest paths between two others that run through it.

    Formula: sum over pairs of paths through / paths, divided by (n-1)(n-2)/2. From every
    organisation of a network, or from SOURCES evenly spread ones of a larger network, scaled up.
    Missing: NaN in networks of fewer than three. Source: Freeman 1977 by Brandes' algorithm (2001),
    sources by Brandes & Pich 2007. Florentine marriages: Medici .522; karate club: node 1 .4376.
    """
    from scipy.sparse import csr_matrix

    width = len(found.owner)
    nodes = found.nodes
    start = np.cumsum(nodes) - nodes
    sources = np.minimum(nodes, SOURCES)
    ends = np.concatenate([found.first, found.second]), np.concatenate([found.second, found.first])
    adjacent = csr_matrix((np.ones(len(ends[0])), ends), shape=(width, width))
    score = np.zeros(width)
    column = 0
    while column < (sources.max() if len(sources) else 0):
        # Networks that still have a source at this column: all of them at once, block by block.
        live = np.flatnonzero(sources > column)
        kept = np.flatnonzero(np.isin(found.owner, live))
        wide = int(min(max(_AT_ONCE // max(len(kept), 1), 1), sources.max() - column))
        network, offset = np.divmod(np.arange(len(live) * wide), wide)
        chosen = column + offset < sources[live[network]]
        which, place = live[network[chosen]], column + offset[chosen]
        node = start[which] + place * nodes[which] // sources[which]
        score[kept] += _dependency(
            adjacent[kept][:, kept], np.searchsorted(kept, node), offset[chosen], wide
        )
        column += wide
    scale = ratio(nodes, sources)[found.owner]
    between = np.maximum((nodes - 1) * (nodes - 2), 0)[found.owner]
    return ratio(score * np.nan_to_num(scale), between)


def _dependency(adjacent: object, node: Whole, column: Whole, wide: int) -> Floats:
    """Paths through each node from the sources; one source a network and column."""
    shape = (adjacent.shape[0], wide)
    frontier = np.zeros(shape)
    frontier[node, column] = 1.0
    paths, away = frontier.copy(), np.where(frontier > 0, 0, -1)
    step = 0
    while frontier.any():
        reached = adjacent @ frontier
        frontier = np.where(away < 0, reached, 0.0)
        step += 1
        away[frontier > 0] = step
        paths += frontier
    through = np.zeros(shape)
    for far in range(step - 1, 0, -1):
        share = np.where(away == far, ratio(1 + through, paths), 0.0)
        through += np.where(away == far - 1, (adjacent @ share) * paths, 0.0)
    through[node, column] = 0.0
    return through.sum(axis=1)
