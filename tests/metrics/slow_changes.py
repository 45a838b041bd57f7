"""Changes of people, and of projects beside comparison sites, computed again pair by pair."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import optimize, special

from metrics.frames import Frames
from survey.instrument import Instrument
from tests.metrics.slow_estimators import KEYS, NAN, around, figures, ratio, wilson
from tests.metrics.slow_twin import welch

Judged = tuple[float, float, float, float]
PAIRS = 10
CHANGES = [
    "change_effect", "change_typical", "change_share", "dropout_bias", "late_difference",
    "difference_in_differences",
]  # fmt: skip
LATER = ("end", "follow_up")
PLACE = ["project", "instrument", "wave", "part", "group"]


def change_figures(
    answers: pd.DataFrame, scored: pd.DataFrame, frames: Frames, known: dict[str, Instrument]
) -> Iterator[pd.DataFrame]:
    """Figures of changes. answers, scored: as `slow_twin` makes them, LEADB left out."""
    nodes = frames.nodes
    outcome = scored[[known[key].kind == "outcome" for key in scored["instrument"]]]
    pairs = _pairs(_chosen(outcome), "x")
    changes = pairs.assign(x=pairs["x"] - pairs["x_before"])
    yield figures("change_effect", changes, nodes, _values, _effect)
    yield figures("change_typical", changes, nodes, _values, _typical)
    choices = _pairs(_choices(_chosen(answers), known), "yes")
    yield figures("change_share", choices, nodes, _sides, _crossed)
    yield figures("dropout_bias", _followed(outcome, answers), nodes, _lost_and_kept, _bias)
    yield figures("late_difference", _timed(frames), nodes, _two_sides, welch)
    yield _beside_sites(outcome, frames)


def _chosen(rows: pd.DataFrame) -> pd.DataFrame:
    """Of people with a key the answer of each wave: on the whole process, else the last phase."""
    linked = rows[rows["link_key"].notna()]
    order = linked["phase"].map(lambda phase: "P9" if phase == "P0" else phase)
    linked = linked.assign(order=order)
    person = ["project", "instrument", "wave", "link_key"]
    return linked[linked["order"] == linked.groupby(person)["order"].transform("max")]


def _pairs(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    same = ["project", "instrument", "link_key", "part"]
    before = rows[rows["wave"] == "baseline"][[*same, value]]
    after = rows[rows["wave"].isin(LATER)]
    both = after.merge(before, on=same, suffixes=("", "_before"))
    return both.assign(group="")[[*PLACE, value, f"{value}_before"]]


def _choices(people: pd.DataFrame, known: dict[str, Instrument]) -> pd.DataFrame:
    rows = []
    for one in people.itertuples():
        for item in known[one.instrument].closed_items:
            offered, code = known[one.instrument].answers_of(item.code), one.answers.get(item.code)
            chosen = offered.kind == "ordinal" and offered.threshold is not None
            if known[one.instrument].kind == "outcome" and chosen and (code or 0) > 0:
                yes = int(code >= offered.threshold)
                rows.append((one.project, one.instrument, one.wave, item.code, one.link_key, yes))
    return pd.DataFrame(rows, columns=["project", "instrument", "wave", "part", "link_key", "yes"])


def _values(rows: pd.DataFrame) -> tuple[list[float]]:
    return (rows["x"].tolist(),)


def shrinking(freedom: float) -> float:
    """Hedges' exact factor J."""
    return math.exp(special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)) / math.sqrt(
        freedom / 2
    )


def _noncentral(t: float, freedom: float) -> list[float]:
    """Noncentralities under which t is at its 97.5th and its 2.5th percentile."""
    found = []
    for q, sign in ((0.975, -1), (0.025, 1)):
        reach = 1.0
        while (special.nctdtr(freedom, t + sign * reach, t) - q) * sign > 0:
            reach *= 1.5
        ends = sorted((t, t + sign * reach))
        found.append(
            optimize.brentq(
                lambda shift, q=q: special.nctdtr(freedom, shift, t) - q, *ends, xtol=1e-12
            )
        )
    return found


def _effect(projects: list[tuple]) -> Judged:
    pooled = [x for (x,) in projects if len(x) >= 3 and np.std(x, ddof=1) > 1e-9]
    n = sum(map(len, pooled))
    if n < PAIRS:
        return NAN, NAN, NAN, n
    own = [shrinking(len(x) - 1) * np.mean(x) / np.std(x, ddof=1) for x in pooled]
    if len(own) > 1:
        spread = float(np.var(own, ddof=1)) / len(own)
        return *around(float(np.mean(own)), spread, len(own) - 1, -math.inf, math.inf), n
    # The interval is of the population's value, which no small sample has biased: without J.
    root = math.sqrt(n)
    t = own[0] / shrinking(n - 1) * root
    return own[0], *(end / root for end in _noncentral(t, n - 1)), n


def _typical(projects: list[tuple]) -> Judged:
    """Hodges and Lehmann's estimate: the median over every two changes, each with itself too."""
    x = sorted(round(7.2 * change) / 7.2 for (changes,) in projects for change in changes)
    if len(x) < PAIRS:
        return NAN, NAN, NAN, len(x)
    walsh = [(x[i] + x[j]) / 2 for i in range(len(x)) for j in range(i, len(x))]
    return float(np.median(walsh)), NAN, NAN, len(x)


def _sides(rows: pd.DataFrame) -> tuple[int, int, int, int]:
    """Yes both times, lost, gained, no both times."""
    return tuple(
        int(((rows["yes_before"] == before) & (rows["yes"] == after)).sum())
        for before, after in ((1, 1), (1, 0), (0, 1), (0, 0))
    )


def _crossed(projects: list[tuple]) -> Judged:
    pairs = sum(map(sum, projects))
    if pairs < PAIRS:
        return NAN, NAN, NAN, pairs
    if len(projects) > 1:
        gaps = [gained - lost for _, lost, gained, _ in projects]
        found = ratio(gaps, list(map(sum, projects)), -1.0, 1.0)
        return *(100 * end for end in found), pairs
    ((both, lost, gained, neither),) = projects
    later, first = wilson(both + gained, pairs), wilson(both + lost, pairs)
    value = later[0] - first[0]
    margins = (both + lost) * (gained + neither) * (both + gained) * (lost + neither)
    apart = both * neither - lost * gained
    # Newcombe's method 10: a positive numerator is lessened by half the pairs, never below 0.
    if apart > 0:
        apart = max(apart - pairs / 2, 0)
    linked = apart / math.sqrt(margins) if margins else 0.0
    ends = []
    for one, other, sign in ((later[1], first[2], -1), (later[2], first[1], 1)):
        a, b = later[0] - one, first[0] - other
        ends.append(value + sign * math.sqrt(a * a - 2 * linked * a * b + b * b))
    return 100 * value, 100 * ends[0], 100 * ends[1], pairs


def _followed(outcome: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """People who scored at the start, under each later wave that their project was asked in."""
    first = _chosen(outcome)
    first = first[first["wave"] == "baseline"]
    found = []
    for later in LATER:
        came = answers[answers["wave"] == later]
        asked = set(zip(came["project"], came["instrument"], strict=True))
        there = set(zip(came["project"], came["instrument"], came["link_key"], strict=True))
        own = [
            (*one, later, (one[0], one[1], one[3]) in there)
            for one in first[["project", "instrument", "part", "link_key", "x"]].itertuples(
                index=False, name=None
            )
            if (one[0], one[1]) in asked
        ]
        columns = ["project", "instrument", "part", "link_key", "x", "wave", "kept"]
        found.append(pd.DataFrame(own, columns=columns))
    return pd.concat(found, ignore_index=True).assign(group="")


def _lost_and_kept(rows: pd.DataFrame) -> tuple[list[float], list[float]]:
    return rows.loc[~rows["kept"], "x"].tolist(), rows.loc[rows["kept"], "x"].tolist()


def _bias(projects: list[tuple]) -> Judged:
    own, people = [], 0
    for lost, kept in projects:
        freedom = len(lost) + len(kept) - 2
        if not lost or not kept or freedom < 2:
            continue
        squares = sum(((np.array(x) - np.mean(x)) ** 2).sum() for x in (lost, kept))
        if squares < 1e-9:
            continue
        d = (np.mean(lost) - np.mean(kept)) / math.sqrt(squares / freedom)
        people += min(len(lost), len(kept))
        own.append((shrinking(freedom), d, freedom, math.sqrt(1 / len(lost) + 1 / len(kept))))
    if not own:
        return NAN, NAN, NAN, people
    values = [factor * d for factor, d, _, _ in own]
    if len(own) > 1:
        spread = float(np.var(values, ddof=1)) / len(own)
        return *around(np.mean(values), spread, len(own) - 1, -math.inf, math.inf), people
    ((_, d, freedom, root),) = own
    ends = [root * end for end in _noncentral(d / root, freedom)]
    return values[0], *ends, people


def _timed(frames: Frames) -> pd.DataFrame:
    """Dates are in the frames only: the moments of both halves of a collection's days."""
    sums = frames.timing.drop(columns="unit").groupby(
        ["project", "instrument", "wave", "scale", "late"], as_index=False
    )
    rows = (
        sums.sum()
        .query("scale != 'LEADB'")
        .merge(frames.timing[["instrument", "unit"]].drop_duplicates())
    )
    return rows.rename(columns={"scale": "part"}).assign(group="")


def _two_sides(rows: pd.DataFrame) -> tuple | None:
    sides = []
    for late in (0, 1):
        own = rows[(rows["late"] == late) & (rows["n"] > 0)]
        if own.empty:
            return None
        n, total, squares, unit = own[["n", "total", "squares", "unit"]].iloc[0]
        spread = (squares - total * total / n) / (n - 1) * (100 / unit) ** 2 if n > 1 else 0.0
        sides.append((int(n), 100 * total / n / unit, max(spread, 0.0)))
    return tuple(sides)


def _beside_sites(outcome: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """Of the portfolio: means of projects and sites before and after, one change a cluster."""
    sites = set(frames.sites.loc[frames.sites["comparison"] == 1, "project"])
    members = set(frames.nodes.loc[frames.nodes["level"] == "portfolio", "project"])
    found = []
    for (key, part), rows in outcome.groupby(["instrument", "part"]):
        changes: dict[bool, list[float]] = {True: [], False: []}
        people = 0
        for project, own in rows[rows["project"].isin(members | sites)].groupby("project"):
            before, after = (own.loc[own["wave"] == wave, "x"] for wave in ("baseline", "end"))
            if len(before) and len(after):
                changes[project not in sites].append(after.mean() - before.mean())
                people += min(len(before), len(after))
        ours, theirs = changes[True], changes[False]
        if len(ours) < 2 or len(theirs) < 2:
            continue
        value = np.mean(ours) - np.mean(theirs)
        clusters = len(ours) + len(theirs)
        left = sum(((np.array(x) - np.mean(x)) ** 2).sum() / len(x) ** 2 for x in (ours, theirs))
        # CR1 of a regression of G changes on which side they are: G/(G-1) * (G-1)/(G-2).
        spread = left * clusters / (clusters - 2)
        place = (key, part, "portfolio", 0, "end", "total", "")
        figure = around(value, spread, clusters - 1, -100, 100)
        p = dealt(ours, theirs)
        found.append(("difference_in_differences", *place, *figure, people, p))
    return pd.DataFrame(found, columns=["metric", *KEYS, "value", "low", "high", "n", "p"])


def dealt(ours: list[float], theirs: list[float]) -> float:
    """The share of all divisions of the changes whose difference is at least as large."""
    every = ours + theirs
    deals = [set(chosen) for chosen in combinations(range(len(every)), len(ours))]
    if 2 / len(deals) > 0.05:
        return NAN
    differences = [
        np.mean([every[i] for i in chosen])
        - np.mean([x for i, x in enumerate(every) if i not in chosen])
        for chosen in deals
    ]
    seen = abs(np.mean(ours) - np.mean(theirs))
    return float(np.mean([abs(each) >= seen - 1e-9 for each in differences]))
