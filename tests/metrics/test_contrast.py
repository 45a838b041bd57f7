"""Against sites, and processes against outcomes: published values and seeded false finds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from metrics.evaluate import evaluate
from metrics.outcomes import process_outcome
from metrics.statistics.contrast import association, difference_in_differences, permutation_p
from tests.metrics.small import figure, small

WIDE = (-np.inf, np.inf)


def against(treated: list[float], sites: list[float], correction: str = "CR1"):
    change = np.array([*treated, *sites], dtype=float)
    marks = np.array([1] * len(treated) + [0] * len(sites))
    return difference_in_differences(
        np.zeros(len(change), dtype=np.int64), change, marks, 1, WIDE, correction
    )


# --- difference in differences ------------------------------------------------------------------


def test_card_and_krueger():
    # Card & Krueger 1994, table 3: NJ 20.44 to 21.03, PA 23.33 to 21.17; 2.76 before rounding.
    found = against([21.03 - 20.44], [21.17 - 23.33])
    assert found.interval.value[0] == pytest.approx(2.76, abs=0.02)
    assert np.isnan(found.interval.low[0])
    assert np.isnan(found.p[0])


TREATED, SITES = [3.0, 4.5, 5.0, 6.2, 1.0], [1.0, 2.5, 1.2, 0.0]


def test_cr1_equals_statsmodels_with_sites_as_clusters():
    y = np.array(TREATED + SITES)
    x = sm.add_constant(np.array([1] * 5 + [0] * 4))
    model = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": np.arange(9)}, use_t=True)
    found = against(TREATED, SITES)
    low, high = model.conf_int()[1]
    assert found.interval.value[0] == pytest.approx(model.params[1])
    assert (found.interval.low[0], found.interval.high[0]) == pytest.approx((low, high))


def test_cr2_has_the_error_of_hc2_and_welchs_freedom():
    y = np.array(TREATED + SITES)
    x = sm.add_constant(np.array([1] * 5 + [0] * 4))
    error = sm.OLS(y, x).fit(cov_type="HC2").bse[1]
    welch = stats.ttest_ind(TREATED, SITES, equal_var=False)
    found = against(TREATED, SITES, "CR2").interval
    half = stats.t.ppf(0.975, welch.df) * error
    assert found.high[0] - found.value[0] == pytest.approx(half)


def test_p_is_refused_where_it_could_not_be_small():
    # Smallest two-sided p: 3+3 .10, 4+4 2/70, 5+5 2/252 (brief: 2/C(a+b, a)).
    assert np.isnan(against([7.0, 8, 9], [1.0, 2, 3]).p[0])
    assert not np.isnan(against([7.0, 8, 9], [1.0, 2, 3]).interval.low[0])
    assert against([7.0, 8, 9, 10], [1.0, 2, 3, 4]).p[0] == pytest.approx(2 / 70)
    assert against([7.0, 8, 9, 10, 11], [1.0, 2, 3, 4, 5]).p[0] == pytest.approx(2 / 252)


def test_permutation_equals_scipys():
    expected = stats.permutation_test(
        (TREATED, SITES),
        lambda a, b: abs(np.mean(a) - np.mean(b)),
        n_resamples=np.inf,
        alternative="greater",
    ).pvalue
    marks = np.array([True] * 5 + [False] * 4)
    assert permutation_p(np.array(TREATED + SITES), marks) == pytest.approx(expected)


def test_drawn_permutations_are_seeded_and_near_the_exact_ones():
    rng = np.random.default_rng(3)
    change, marks = rng.normal(size=24), np.arange(24) < 12
    change[:12] += 0.8
    drawn = permutation_p(change, marks)
    assert drawn == permutation_p(change[::-1], marks[::-1])
    assert drawn == pytest.approx(stats.ttest_ind(change[:12], change[12:]).pvalue, abs=0.02)


def test_equal_changes_and_empty_sides():
    same = against([2.0, 2.0], [2.0, 2.0]).interval
    assert same.value[0] == 0
    assert np.isnan(same.low[0])
    assert np.isnan(against([2.0, 3.0], []).interval.value[0])


def levels(project: int, start: int, end: int) -> list[tuple]:
    """Two people of a project at the baseline and the end, on a scale of 100 units."""
    at = ("benefit@1",)
    return [
        (project, *at, wave, "P0", "RES", "CAPA", 2, 2 * x, 2 * x * x, 100)
        for wave, x in (("baseline", start), ("end", end))
    ]


def test_the_portfolio_stands_against_its_sites_and_nobody_else():
    changes = {1: 12, 2: 10, 3: 14, 4: 8, 5: 1, 6: 3, 7: 2, 8: 2}
    rows = [row for p, x in changes.items() for row in levels(p, 40, 40 + x)]
    own = [("project", p, p) for p in changes]
    frames = small(
        range(0),
        nodes=[*own, *(("portfolio", 0, p) for p in range(1, 5))],
        scale_moments=rows,
        sites=[(p, int(p > 4)) for p in changes],
    )
    found = evaluate(frames, ["difference_in_differences"])[0].frame
    whole = figure(found, part="CAPA")
    assert whole["value"] == pytest.approx(11 - 2)
    assert whole["p"] == pytest.approx(2 / 70)
    assert (whole["projects"], whole["n"], whole["method"]) == (8, 16, "cluster_robust")
    assert figure(found, level="project", entity=1)["reason"] == "one_project"


def test_three_projects_and_three_sites_have_an_interval_and_no_p():
    changes = {1: 12, 2: 10, 3: 14, 4: 1, 5: 3, 6: 2}
    frames = small(
        range(0),
        nodes=[*(("project", p, p) for p in changes), *(("portfolio", 0, p) for p in (1, 2, 3))],
        scale_moments=[row for p, x in changes.items() for row in levels(p, 40, 40 + x)],
        sites=[(p, int(p > 3)) for p in changes],
    )
    whole = figure(evaluate(frames, ["difference_in_differences"])[0].frame)
    assert (whole["value"], whole["reason"]) == (10, "too_few_sites")
    assert whole["low"] < 10 < whole["high"]
    assert np.isnan(whole["p"])


def test_without_sites_there_is_no_comparison():
    frames = small(range(1, 4), scale_moments=[r for p in (1, 2, 3) for r in levels(p, 40, 50)])
    whole = figure(evaluate(frames, ["difference_in_differences"])[0].frame)
    assert (whole["reason"], whole["method"]) == ("no_comparison", "none")


# --- process beside outcome ---------------------------------------------------------------------


def of(x: np.ndarray, y: np.ndarray):
    return association(np.zeros(len(x), dtype=np.int64), [(x, y)], 1)


def test_rank_correlation_equals_scipys_with_ties():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 6, 25).astype(float), rng.integers(0, 9, 25).astype(float)
    found, expected = of(x, y), stats.spearmanr(x, y)
    assert found.interval.value[0] == pytest.approx(expected.statistic)
    assert found.p[0] == pytest.approx(expected.pvalue, abs=0.02)


def test_a_coefficient_needs_ten_projects_and_a_test_fifteen():
    x = np.arange(20.0)
    y = np.array([1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14, 17, 16, 19, 18.0])
    assert np.isnan(of(x[:9], y[:9]).interval.value[0])
    # Ten pairs swapped two by two: sum of squared differences 10.
    assert of(x[:10], y[:10]).interval.value[0] == pytest.approx(1 - 6 * 10 / 990)
    assert np.isnan(of(x[:14], y[:14]).p[0])
    assert of(x[:15], y[:15]).p[0] == pytest.approx(1 / 5000)


def test_a_constant_side_and_perfect_order_are_told_apart():
    x = np.arange(12.0)
    assert np.isnan(of(x, np.full(12, 3.0)).interval.value[0])
    perfect = of(x, x**3).interval
    assert perfect.value[0] == pytest.approx(1)
    assert np.isnan(perfect.low[0])


def test_fifteen_projects_find_only_a_strong_association():
    # Brief: J = 15 detects |rho| of .67 with 80 % power.
    rng = np.random.default_rng(9)
    found = 0
    for _ in range(200):
        x = rng.normal(size=15)
        y = 0.69 * x + np.sqrt(1 - 0.69**2) * rng.normal(size=15)
        found += of(x, y).p[0] < 0.05
    assert 130 <= found <= 185


def test_only_projects_with_outcomes_from_elsewhere_avoid_false_finds():
    """15 projects of 30 people (ICC .30), process and outcome unrelated between projects.

    Every person a row: far too many false finds (brief: 31 %). The same people, each with a mood
    of their own, judging both: nearly always (99 %). Ours, split halves: at most 6 %.
    """
    rng = np.random.default_rng(10)
    draws, projects, people = 1000, 15, 30
    rows = same = ours = 0
    for _ in range(draws):
        mood = rng.normal(0, 0.6, (projects, people))
        process, outcome = (
            rng.normal(0, np.sqrt(0.3), (projects, 1))
            + rng.normal(0, np.sqrt(0.7), (projects, people))
            for _ in range(2)
        )
        rows += stats.spearmanr(process.ravel(), outcome.ravel()).pvalue < 0.05
        same += stats.spearmanr((process + mood).ravel(), (outcome + mood).ravel()).pvalue < 0.05
        half = people // 2
        process, outcome = process + mood, outcome + mood
        found = association(
            np.zeros(projects, dtype=np.int64),
            [
                (process[:, :half].mean(axis=1), outcome[:, half:].mean(axis=1)),
                (process[:, half:].mean(axis=1), outcome[:, :half].mean(axis=1)),
            ],
            1,
        )
        ours += found.p[0] < 0.05
    assert 0.26 < rows / draws < 0.36
    assert same / draws > 0.95
    assert ours / draws <= 0.06


def test_halves_of_a_project_are_set_against_each_other():
    rng = np.random.default_rng(11)
    rows, means = [], {}
    for p in range(1, 16):
        for instrument, scale in (("process_quality@1", "OVERALL"), ("benefit@1", "CAPA")):
            for half in (0, 1):
                x = rng.integers(20, 80, 3)
                means[p, scale, half] = x.mean()
                rows.append(
                    (p, instrument, "end", half, scale, 3, int(x.sum()), int((x * x).sum()), 100)
                )
    found = evaluate(small(range(1, 16), split_halves=rows), ["process_outcome_halves"])[0].frame
    side = {key: [means[p, *key] for p in range(1, 16)] for key in {key[1:] for key in means}}
    expected = [
        stats.spearmanr(side["OVERALL", half], side["CAPA", 1 - half]).statistic for half in (0, 1)
    ]
    whole = figure(found, part="CAPA")
    assert whole["value"] == pytest.approx(np.mean(expected))
    assert (whole["n"], whole["projects"], whole["instrument"]) == (90, 15, "benefit@1")
    assert figure(found, part="CAPA", level="project", entity=3)["reason"] == "one_project"


def test_records_are_set_beside_the_shown_process():
    def shown(values: dict[int, float], **keys: str) -> pd.DataFrame:
        each = [
            {"level": "project", "entity": p, "split": "total", "split_value": "", "value": v,
             "state": "value", **keys}
            for p, v in values.items()
        ]  # fmt: skip
        return pd.DataFrame(each)

    scores = [50, 52, 47, 60, 66, 61, 70, 72, 68, 80, 84, 90.0]
    process = dict(enumerate(scores, start=1))
    closed = {p: p / 20 for p in range(1, 12)}
    results = {
        "process_quality": shown(
            process, instrument="process_quality@1", part="OVERALL", wave="end"
        ),
        "closure": shown(closed, instrument="", part="", wave="all"),
    }
    nodes = pd.DataFrame({"level": "portfolio", "entity": 0, "project": range(1, 13)})
    nodes = pd.concat([nodes, nodes.head(9).assign(level="theme", entity=4)])
    found = process_outcome.derive(results, nodes)
    expected = stats.spearmanr([process[p] for p in closed], list(closed.values())).statistic
    whole = figure(found, part="closure")
    assert whole["value"] == pytest.approx(expected)
    assert whole["projects"] == 11
    assert figure(found, level="theme")["reason"] == "too_few_projects"
