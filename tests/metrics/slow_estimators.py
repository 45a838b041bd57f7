"""The breakdowns of the slow twin, and its estimators from their textbook formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cache
from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy import stats

Figure = tuple[float, float, float]
NAN = float("nan")
KEYS = ["instrument", "part", "level", "entity", "wave", "split", "split_value"]
Z = NormalDist().inv_cdf(0.975)
#: Values closer than this are the same one: scores are whole units of a hundred-thousandth.
SAME = 1e-9


@cache
def _t(freedom: float) -> float:
    return float(stats.t.ppf(0.975, freedom))


def around(middle: float, variance: float, freedom: float, low: float, high: float) -> Figure:
    """An interval cut to what is possible; no ends where nothing varies or can be known."""
    if not variance > 0 or freedom < 1:
        return middle, NAN, NAN
    half = _t(freedom) * math.sqrt(variance)
    return middle, max(middle - half, low), min(middle + half, high)


def variance(values: Iterable[float]) -> float:
    values = list(values)
    if len(values) < 2 or max(values) - min(values) < SAME:
        return 0.0
    return float(np.var(values, ddof=1))


def moments(rows: pd.DataFrame) -> tuple[int, float, float]:
    """How many people, their mean and the variance between them."""
    x = rows["x"].tolist()
    return len(x), float(np.mean(x)), variance(x)


def mean_of_means(
    projects: list[tuple[int, float, float]], low: float, high: float
) -> tuple[float, float, float, float]:
    """Of one project its mean over people, of several the mean of their means."""
    people = sum(n for n, _, _ in projects)
    if len(projects) == 1:
        ((n, mean, spread),) = projects
        return *around(mean, spread / n, n - 1, low, high), people
    means = [mean for _, mean, _ in projects]
    many = len(means)
    return *around(sum(means) / many, variance(means) / many, many - 1, low, high), people


def wilson(successes: float, n: float) -> Figure:
    share = successes / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return share, max(middle - half, 0.0), min(middle + half, 1.0)


def ratio(above: list[float], below: list[float], low: float, high: float) -> Figure:
    """Sum over sum, projects as clusters."""
    many, whole = len(above), sum(below)
    share = sum(above) / whole
    residuals = [a - share * b for a, b in zip(above, below, strict=True)]
    if max(map(abs, residuals)) < SAME:
        return share, NAN, NAN
    variance = many / (many - 1) * sum(r * r for r in residuals) / whole**2
    return around(share, variance, many - 1, low, high)


def share(projects: list[tuple[float, float, float]]) -> tuple[float, float, float, float]:
    """Of (numerator, denominator, people): Wilson with people in one project, else the ratio."""
    above, below, people = (list(column) for column in zip(*projects, strict=True))
    if len(projects) == 1:
        _, low, high = wilson(above[0] / below[0] * people[0], people[0])
        return above[0] / below[0], low, high, people[0]
    return *ratio(above, below, 0.0, 1.0), sum(people)


class Shown(frozenset):
    """The project cells that figures above projects may be made of: metric, instrument, part,
    wave, split, split_value, project."""

    def __deepcopy__(self, _memo: dict) -> Shown:
        # pandas copies what hangs on a frame with every step, and these are ten thousands.
        return self


def shown(nodes: pd.DataFrame) -> Shown | None:
    """The project cells that figures above projects may be made of; None: all of them."""
    return nodes.attrs.get("shown")


def figures(
    metric: str,
    rows: pd.DataFrame,
    nodes: pd.DataFrame,
    summed: Callable[[pd.DataFrame], tuple | None],
    judged: Callable[[list[tuple]], tuple[float, float, float, float]],
) -> pd.DataFrame:
    """One figure for each breakdown and each entity: judged from what was summed a project.

    summed: a project's rows of one breakdown, to be taken as they are by judged; None leaves the
    project out. What stands above projects is made of the cells that `shown` allows.
    """
    total = rows.assign(split="total", split_value="")
    group = rows.assign(split="group", split_value=rows["group"])
    sides = [total, group[group["split_value"] != ""]]
    if "phase" in rows:
        phase = rows[rows["phase"] != "P0"]
        sides.append(phase.assign(split="phase", split_value=phase["phase"], wave="all"))
    breakdowns = ["instrument", "part", "wave", "split", "split_value"]
    pieces: dict[tuple, dict[int, tuple]] = {}
    for (*keys, project), chosen in pd.concat(sides).groupby([*breakdowns, "project"]):
        summary = summed(chosen)
        if summary is not None:
            pieces.setdefault(tuple(keys), {})[project] = summary
    entities = {
        entity: members.tolist()
        for entity, members in nodes.groupby(["level", "entity"])["project"]
    }
    found = []
    allowed = shown(nodes)
    for (instrument, part, *rest), by_project in pieces.items():
        for entity, members in entities.items():
            chosen = [
                by_project[project]
                for project in sorted(members)
                if project in by_project
                and (
                    entity[0] == "project"
                    or allowed is None
                    or (metric, instrument, part, *rest, project) in allowed
                )
            ]
            if chosen:
                found.append((metric, instrument, part, *entity, *rest, *judged(chosen)))
    return pd.DataFrame(found, columns=["metric", *KEYS, "value", "low", "high", "n"])
