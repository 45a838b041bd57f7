"""What a statistician asks of scales and items, computed again person by person."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import optimize, stats

from survey.instrument import Instrument
from tests.metrics.slow_estimators import KEYS, NAN, Z, around, figures, moments, share

Judged = tuple[float, float, float, float]
NOTHING = (NAN, NAN, NAN, 0)
LEAST = 30


def scale_figures(
    answers: pd.DataFrame,
    scored: pd.DataFrame,
    nodes: pd.DataFrame,
    known: dict[str, Instrument],
) -> Iterator[pd.DataFrame]:
    """Figures of scales and items. answers, scored: as `slow_twin` makes them, LEADB left out."""
    everybody = scored.assign(group="").drop(columns="phase")
    process = everybody[[known[key].kind == "process" for key in everybody["instrument"]]]
    yield figures("average_participant", process, nodes, moments, _average_participant)
    yield figures("within_deviation", everybody, nodes, moments, _deviation)
    yield figures("icc", everybody, nodes, moments, lambda own: _icc(own)[0])
    yield figures("icc_of_mean", everybody, nodes, moments, lambda own: _icc(own)[1])
    yield figures("random_intercept", process, nodes, _points, _intercept)
    items = list(_complete(answers, known))
    for metric, judged in (("scale_alpha", _alpha), ("scale_omega", _omega)):
        for rows in items:
            # One factor is sought anew for every figure: only where most people are.
            omega = metric == "scale_omega"
            where = nodes[nodes["level"] == "portfolio"] if omega else nodes
            yield figures(metric, rows, where, _matrix, judged)
    for rows in items:
        span = rows.attrs["answers"]
        yield figures("agreement", rows, nodes, _matrix, lambda own, a=span: _agreement(own, a))
        for place, item in enumerate(rows.attrs["items"]):
            alone = rows.assign(part=item)
            yield figures(
                "alpha_without", alone, nodes, _matrix, lambda own, p=place: _without(own, p)
            )
            yield figures("item_rest", alone, nodes, _matrix, lambda own, p=place: _rest(own, p))
    yield from _item_ends(answers, nodes, known)
    yield from _follow_ups(answers, nodes, known)


def _complete(answers: pd.DataFrame, known: dict[str, Instrument]) -> Iterator[pd.DataFrame]:
    """For every scale of items the people who answered all of them; x: their turned answers."""
    for key, given in answers.groupby("instrument"):
        for scale in known[key].scales:
            if not scale.items or len(scale.items) > 8:
                continue
            rows = []
            for one in given.itertuples():
                codes = [one.answers.get(item, -3) for item in scale.items]
                if min(codes) < 0:
                    continue
                turned = [
                    known[key].answers_of(item).high - code
                    if known[key].item(item).reversed
                    else code - known[key].answers_of(item).low
                    for item, code in zip(scale.items, codes, strict=True)
                ]
                rows.append((one.project, key, one.wave, "", scale.code, turned))
            names = ["project", "instrument", "wave", "group", "part", "x"]
            table = pd.DataFrame(rows, columns=names)
            table.attrs["items"] = scale.items
            table.attrs["answers"] = len(known[key].answers_of(scale.items[0]).codes)
            if rows:
                yield table


def _matrix(rows: pd.DataFrame) -> tuple[np.ndarray]:
    return (np.array(rows["x"].tolist(), dtype=float),)


def _points(rows: pd.DataFrame) -> tuple[list[float]]:
    return (rows["x"].tolist(),)


# --- scores -------------------------------------------------------------------------------------


def _average_participant(projects: list[tuple]) -> Judged:
    n = sum(n for n, _, _ in projects)
    many = len(projects)
    if many < 2:
        return NOTHING
    middle = sum(n * mean for n, mean, _ in projects) / n
    apart = [n * (mean - middle) for n, mean, _ in projects]
    spread = many / (many - 1) * sum(a * a for a in apart) / n**2
    return *around(middle, spread if max(map(abs, apart)) > 1e-9 else 0, many - 1, 0, 100), n


def _deviation(projects: list[tuple]) -> Judged:
    n = sum(n for n, _, _ in projects)
    freedom = n - len(projects)
    squares = sum((n - 1) * spread for n, _, spread in projects)
    if freedom < 1:
        return NOTHING
    value = math.sqrt(squares / freedom)
    if value == 0:
        return 0.0, NAN, NAN, n
    high, low = (math.sqrt(squares / stats.chi2.ppf(q, freedom)) for q in (0.025, 0.975))
    # No more than 50 points either way fits on 0-100, but for a handful of people.
    return value, low, min(high, max(value, 50.0)), n


def _icc(projects: list[tuple]) -> tuple[Judged, Judged]:
    """ICC(1,1) and ICC(1,k) of a one-way analysis of variance."""
    many, n = len(projects), sum(n for n, _, _ in projects)
    if many < 2 or n <= many:
        return NOTHING, NOTHING
    middle = sum(n * mean for n, mean, _ in projects) / n
    between = sum(n * (mean - middle) ** 2 for n, mean, _ in projects) / (many - 1)
    within = sum((n - 1) * spread for n, _, spread in projects) / (n - many)
    typical = (n - sum(m * m for m, _, _ in projects) / n) / (many - 1)
    if within + between < 1e-9:
        return NOTHING, NOTHING
    single = (between - within) / (between + (typical - 1) * within)
    mean = 1 - within / between if between > 1e-9 else NAN
    if within < 1e-9 or between < 1e-9:
        return (single, NAN, NAN, n), (mean, NAN, NAN, n)
    ratio = between / within
    low = ratio / stats.f.ppf(0.975, many - 1, n - many)
    high = ratio * stats.f.ppf(0.975, n - many, many - 1)
    ends = [(f - 1) / (f + typical - 1) for f in (low, high)]
    return (single, *ends, n), (mean, 1 - 1 / low, 1 - 1 / high, n)


def _weighed(projects: list[list[float]], ratio: float) -> tuple[np.ndarray, float, float]:
    """Weights of projects, their weighted mean, and the variance within, for a ratio of the two."""
    sizes = np.array([len(x) for x in projects], dtype=float)
    means = np.array([np.mean(x) for x in projects])
    squares = sum(float(((np.array(x) - np.mean(x)) ** 2).sum()) for x in projects)
    weights = sizes / (1 + sizes * ratio)
    middle = float((weights * means).sum() / weights.sum())
    left = squares + float((weights * (means - middle) ** 2).sum())
    return weights, middle, left / (sizes.sum() - 1)


def deviance(projects: list[list[float]], ratio: float) -> float:
    """-2 times the restricted log-likelihood, but for a constant."""
    weights, _, within = _weighed(projects, ratio)
    sizes = np.array([len(x) for x in projects], dtype=float)
    spread = float(np.log(1 + sizes * ratio).sum())
    return (sizes.sum() - 1) * math.log(within) + spread + math.log(weights.sum())


def reml(projects: list[list[float]]) -> tuple[float, float, float, float]:
    """Mean, its variance, between and within variance that maximise the restricted likelihood."""
    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1e4, 120)])
    at = int(np.argmin([deviance(projects, ratio) for ratio in grid]))
    ratio = 0.0
    if at:
        found = optimize.minimize_scalar(
            lambda given: deviance(projects, given),
            bounds=(grid[at - 1], grid[min(at + 1, len(grid) - 1)]),
            method="bounded",
            options={"xatol": 1e-12},
        )
        ratio = float(found.x)
    weights, middle, within = _weighed(projects, ratio)
    return middle, within / weights.sum(), ratio * within, within


def _intercept(projects: list[tuple]) -> Judged:
    scores = [x for (x,) in projects]
    n = sum(map(len, scores))
    flat = all(max(x) - min(x) < 1e-9 for x in scores)
    if len(scores) < 3 or flat:
        return NOTHING
    middle, error, _, _ = reml(scores)
    return *around(middle, error, len(scores) - 1, 0, 100), n


# --- items of a scale ---------------------------------------------------------------------------


def _pooled(projects: list[tuple]) -> tuple[np.ndarray, int, int]:
    """Covariance within projects, its degrees of freedom, and the people behind it."""
    tables = [x for (x,) in projects]
    n = sum(map(len, tables))
    freedom = n - len(tables)
    scatter = sum((x - x.mean(axis=0)).T @ (x - x.mean(axis=0)) for x in tables)
    return scatter / freedom if freedom > 0 else scatter * NAN, freedom, n


def _alpha_of(covariance: np.ndarray, freedom: int, n: int) -> Judged:
    many, total = len(covariance), covariance.sum()
    if many < 2 or freedom < LEAST - 1 or not total > 1e-12:
        return NOTHING
    value = many / (many - 1) * (1 - np.trace(covariance) / total)
    ends = [1 - (1 - value) * stats.f.ppf(q, freedom, freedom * (many - 1)) for q in (0.975, 0.025)]
    return value, *ends, n


def _alpha(projects: list[tuple]) -> Judged:
    return _alpha_of(*_pooled(projects))


def _without(projects: list[tuple], place: int) -> Judged:
    covariance, freedom, n = _pooled(projects)
    rest = np.delete(np.delete(covariance, place, 0), place, 1)
    return _alpha_of(rest, freedom, n)


def _rest(projects: list[tuple], place: int) -> Judged:
    covariance, freedom, n = _pooled(projects)
    if freedom < LEAST - 1 or len(covariance) < 2:
        return NOTHING
    others = [at for at in range(len(covariance)) if at != place]
    own, rest = covariance[place, place], covariance[np.ix_(others, others)].sum()
    if not min(own, rest) > 1e-12:
        return NOTHING
    value = covariance[place, others].sum() / math.sqrt(own * rest)
    half = Z / math.sqrt(freedom - 2)
    return value, math.tanh(math.atanh(value) - half), math.tanh(math.atanh(value) + half), n


def _omega(projects: list[tuple]) -> Judged:
    """One factor by maximum likelihood, from several starts; the delta method for its interval."""
    covariance, freedom, n = _pooled(projects)
    many = len(covariance)
    if freedom < LEAST - 1 or many < 3 or np.linalg.eigvalsh(covariance)[0] < 1e-9:
        return NOTHING
    scale = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(scale, scale)

    def implied(given: np.ndarray) -> np.ndarray:
        return np.outer(given[:many], given[:many]) + np.diag(given[many:])

    def lost(given: np.ndarray) -> float:
        matrix = implied(given)
        sign, size = np.linalg.slogdet(matrix)
        return size + float(np.trace(np.linalg.solve(matrix, correlation))) if sign > 0 else 1e9

    bounds = [(-1.0, 1.0)] * many + [(1e-6, 2.0)] * many
    tries = [
        optimize.minimize(
            lost, [start] * many + [1 - start**2] * many, bounds=bounds, method="L-BFGS-B",
            options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 5000},
        )
        for start in (0.5, 0.8)
    ]  # fmt: skip
    best = min(tries, key=lambda found: found.fun).x
    if best[many:].min() < 1e-4:
        return NOTHING
    signs = np.sign(best[:many].sum())
    loadings, rest = signs * best[:many] * scale, best[many:] * scale**2
    given = np.concatenate([loadings, rest])
    inverse = np.linalg.inv(implied(given))
    slopes = []
    for at in range(many):
        unit = np.eye(many)[at]
        slopes.append(np.outer(unit, loadings) + np.outer(loadings, unit))
    slopes += [np.diag(np.eye(many)[at]) for at in range(many)]
    information = np.array(
        [[freedom / 2 * np.trace(inverse @ a @ inverse @ b) for b in slopes] for a in slopes]
    )
    total, left = loadings.sum(), rest.sum()
    value = total**2 / (total**2 + left)
    gradient = np.array(
        [2 * total * left / (total**2 + left) ** 2] * many
        + [-(total**2) / (total**2 + left) ** 2] * many
    )
    half = Z * math.sqrt(gradient @ np.linalg.inv(information) @ gradient)
    return value, max(value - half, 0.0), min(value + half, 1.0), n


def _agreement(projects: list[tuple], answers: int) -> Judged:
    null = (answers**2 - 1) / 12
    own = [np.atleast_2d(np.cov(x.T)) for (x,) in projects if len(x) > 1]
    n = sum(len(x) for (x,) in projects)
    if not own:
        return NOTHING
    values = [1 - np.trace(s) / len(s) / null for s in own]
    if len(own) > 1:
        spread = float(np.var(values, ddof=1)) / len(own)
        low = around(float(np.mean(values)), spread, len(own) - 1, -math.inf, 1.0)
        return *low, n
    if np.trace(own[0]) == 0:
        return 1.0, NAN, NAN, n
    people = max(len(x) for (x,) in projects)
    freedom = (people - 1) * np.trace(own[0]) ** 2 / np.trace(own[0] @ own[0])
    ends = [1 - (1 - values[0]) * freedom / stats.chi2.ppf(q, freedom) for q in (0.025, 0.975)]
    return values[0], *ends, n


# --- single items -------------------------------------------------------------------------------


def _answered(
    answers: pd.DataFrame, key: str, item: str, yes: frozenset[int] | set[int]
) -> pd.DataFrame:
    rows = [
        (one.project, key, one.wave, one.phase, one.group, item, one.answers[item] in yes)
        for one in answers[answers["instrument"] == key].itertuples()
        if one.answers.get(item, -3) >= 0
    ]
    names = ["project", "instrument", "wave", "phase", "group", "part", "yes"]
    return pd.DataFrame(rows, columns=names)


def _one_answer(rows: pd.DataFrame) -> tuple[int, int, int]:
    return int(rows["yes"].sum()), len(rows), len(rows)


def _item_ends(
    answers: pd.DataFrame, nodes: pd.DataFrame, known: dict[str, Instrument]
) -> Iterator[pd.DataFrame]:
    for key in answers["instrument"].unique():
        for item in known[key].closed_items:
            offered = known[key].answers_of(item.code)
            if offered.kind not in ("ordinal", "recommendation") or item.role == "drawback":
                continue
            ends = (offered.high, offered.low)
            best, worst = reversed(ends) if item.reversed else ends
            for metric, end in (("item_ceiling", best), ("item_floor", worst)):
                rows = _answered(answers, key, item.code, {end}).drop(columns="phase")
                yield figures(metric, rows.assign(group=""), nodes, _one_answer, share)


def _follow_ups(
    answers: pd.DataFrame, nodes: pd.DataFrame, known: dict[str, Instrument]
) -> Iterator[pd.DataFrame]:
    for metric, role in (("new_practice", "practice"), ("time_saved", "saving")):
        for key in answers["instrument"].unique():
            for item in known[key].closed_items:
                if item.role != role:
                    continue
                offered = known[key].answers_of(item.code)
                yes = {code for code in offered.codes if code >= offered.threshold}
                rows = _answered(answers, key, item.code, yes).assign(part="")
                rows = rows[rows["wave"] == "follow_up"]
                yield figures(metric, rows.drop(columns="phase"), nodes, _one_answer, share)


# --- projects beside each other -----------------------------------------------------------------


def compared_figures(
    scored: pd.DataFrame, nodes: pd.DataFrame, known: dict[str, Instrument]
) -> pd.DataFrame:
    """Reliability of each project's mean in the portfolio, and its mean drawn to that of all."""
    process = scored[[known[key].kind == "process" for key in scored["instrument"]]]
    members = nodes.loc[nodes["level"] == "portfolio", "project"]
    process = process[process["project"].isin(members)]
    phases = process[process["phase"] != "P0"]
    sides = pd.concat(
        [
            process.assign(split="total", split_value=""),
            phases.assign(split="phase", split_value=phases["phase"], wave="all"),
        ]
    )
    found = []
    for keys, rows in sides.groupby(["instrument", "part", "wave", "split", "split_value"]):
        projects = {project: own["x"].tolist() for project, own in rows.groupby("project")}
        scores = list(projects.values())
        if len(scores) < 3 or all(max(x) - min(x) < 1e-9 for x in scores):
            continue
        middle, error, between, within = reml(scores)
        ends = _ratio_ends(scores, between / within)
        for project, x in projects.items():
            n = len(x)
            place = (*keys[:2], "project", project, *keys[2:])
            share, low, high = (n * ratio / (1 + n * ratio) for ratio in (between / within, *ends))
            found.append(("reliability_of_mean", *place, share, low, high, n))
            drawn = middle + share * (np.mean(x) - middle)
            spread = between * (1 - share) + (1 - share) ** 2 * error
            figure = around(drawn, spread, len(scores) - 1, 0, 100)
            found.append(("shrunken_quality", *place, *figure, n))
    return pd.DataFrame(found, columns=["metric", *KEYS, "value", "low", "high", "n"])


def _ratio_ends(projects: list[list[float]], best: float) -> tuple[float, float]:
    """Ratios of variances whose restricted likelihood is within 1.92 of the greatest."""

    def lost(ratio: float) -> float:
        return deviance(projects, ratio) - deviance(projects, best) - CUT

    low = optimize.brentq(lost, 0, best, xtol=1e-13) if best > 0 and lost(0) > 0 else 0.0
    reach = max(best, 1e-3)
    while lost(reach) < 0:
        reach *= 2
    return low, optimize.brentq(lost, best, reach, xtol=1e-12)


CUT = float(stats.chi2.ppf(0.95, 1))
SCALES = [
    "average_participant", "within_deviation", "icc", "icc_of_mean", "random_intercept",
    "scale_alpha", "scale_omega", "agreement", "alpha_without", "item_rest", "item_ceiling",
    "item_floor", "new_practice", "time_saved",
]  # fmt: skip
COMPARED = ["reliability_of_mean", "shrunken_quality"]
