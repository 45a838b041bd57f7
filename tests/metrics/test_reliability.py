"""Alpha, omega, item statistics and agreement against published values, by hand and otherwise."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest

from metrics.frames import PRODUCT_COLUMNS, SUM_COLUMNS
from metrics.statistics.agreement import agreements, variance_interval, within_deviations
from metrics.statistics.item_rows import by_item, with_items, without_item
from metrics.statistics.one_factor import one_factor
from metrics.statistics.reliability import alphas, item_rests, omegas
from tests.metrics.published_data import ATTITUDE, JUDGES, LSAT

#: The items of R's attitude data as the part of a scale names them.
NAMES = "RATING COMPLAINTS PRIVILEGES LEARNING RAISES CRITICAL ADVANCE"


def products(answers: np.ndarray, figure: int = 0, project: int = 1) -> dict[str, int]:
    """One project's row of sums and products of its answers (people x items)."""
    n, k = answers.shape
    row = dict.fromkeys((*SUM_COLUMNS, *PRODUCT_COLUMNS), 0)
    row |= {f"s{a + 1}": int(answers[:, a].sum()) for a in range(k)}
    for a, b in combinations_with_replacement(range(k), 2):
        row[f"p{a + 1}{b + 1}"] = int((answers[:, a] * answers[:, b]).sum())
    return {"figure": figure, "project": project, "n": n, "item_answers": n * k, **row}


def rows(*projects: np.ndarray) -> pd.DataFrame:
    """The rows of one figure over some projects."""
    return pd.DataFrame([products(each, 0, place) for place, each in enumerate(projects, 1)])


def atoms(answers: np.ndarray, part: str) -> pd.DataFrame:
    """One project's atom of a scale whose part names its items."""
    row = products(answers)
    frame = pd.DataFrame([row]).drop(columns=["figure", "item_answers"])
    return frame.assign(
        instrument="x@1", wave="end", part=pd.Categorical([part]), items=answers.shape[1]
    )


def by_part(found: pd.DataFrame, select) -> pd.Series:
    """The values of every item of one scale, by its code."""
    chosen = select.assign(figure=select["part"].cat.codes.to_numpy())
    values = found(chosen)["value"]
    return pd.Series(values.to_numpy(), index=select["part"].cat.categories)


# --- alpha --------------------------------------------------------------------------------------


def test_alpha_of_the_attitude_data_and_its_interval():
    # Reference values 2 and 4: psych prints .84; Feldt .7394 to .9158
    found = alphas(rows(ATTITUDE)).iloc[0]
    assert found["value"] == pytest.approx(0.8431, abs=5e-5)
    assert (found["low"], found["high"]) == pytest.approx((0.7394, 0.9158), abs=5e-5)
    assert (found["n"], found["projects"], found["method"]) == (30, 1, "feldt")


def test_alpha_without_each_item_of_the_attitude_data():
    # Reference value 3
    found = by_part(alphas, without_item(atoms(ATTITUDE, NAMES)))
    expected = [0.8098, 0.7969, 0.8278, 0.8030, 0.7954, 0.8639, 0.8405]
    assert found[NAMES.split()].tolist() == pytest.approx(expected, abs=5e-5)


def test_alpha_of_binary_items():
    # Reference value 5: Bock & Lieberman's law school test, ltm prints .295
    assert alphas(rows(LSAT)).loc[0, "value"] == pytest.approx(0.2950, abs=5e-5)


def test_alpha_of_judges_is_their_icc_of_the_mean():
    # Reference value 6: ICC(3,k) of Shrout & Fleiss is .9093; 6 targets are too few, so five times
    # over: (n - 1) of the covariances cancels in alpha
    found = alphas(rows(np.repeat(JUDGES, 5, axis=0)))
    assert found.loc[0, "value"] == pytest.approx(0.9093, abs=5e-5)


def test_differences_between_projects_are_no_consistency():
    # Two projects far apart whose people answer by lot: over all people alpha would be near 1.
    rng = np.random.default_rng(3)
    low, high = rng.integers(0, 2, (200, 3)), rng.integers(3, 5, (200, 3))
    together = alphas(rows(np.concatenate([low, high])))
    within = alphas(rows(low, high))
    assert together.loc[0, "value"] > 0.9
    assert abs(within.loc[0, "value"]) < 0.25
    # By hand: the two scatters added, 398 degrees of freedom.
    scatter = sum(np.cov(each.T) * 199 for each in (low, high))
    expected = 1.5 * (1 - np.trace(scatter) / scatter.sum())
    assert within.loc[0, "value"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (ATTITUDE[:, :1], "one_item"),
        (ATTITUDE[:29], "under_thirty"),
        (ATTITUDE[:1], "under_thirty"),
        (ATTITUDE[:0], "no_answers"),
        (np.full((40, 3), 4), "not_estimable"),
    ],
)
def test_where_there_is_no_alpha(answers, reason):
    found = alphas(rows(answers).assign(item_answers=max(len(answers), 0) * answers.shape[1]))
    assert np.isnan(found.loc[0, ["value", "low", "high"]].astype(float)).all()
    assert found.loc[0, "reason"] == reason
    assert found.loc[0, "n"] == len(answers)


def test_items_that_say_the_same_have_an_alpha_of_one_and_no_interval():
    same = np.repeat(ATTITUDE[:, :1], 3, axis=1)
    found = alphas(rows(same)).iloc[0]
    assert found["value"] == 1.0
    assert np.isnan(found["low"])


# --- omega --------------------------------------------------------------------------------------


def test_omega_of_known_loadings():
    # Reference value 7: loadings .8 .7 .6 .5: 2.6**2 / (2.6**2 + .36 + .51 + .64 + .75) = .7494
    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    exact = np.outer(loadings, loadings)
    np.fill_diagonal(exact, 1)
    fit = one_factor(exact[None] * 99, np.array([99]), np.array([4]))
    np.testing.assert_allclose(fit.loadings[0], loadings, atol=1e-8)
    common = fit.loadings.sum() ** 2
    assert common / (common + fit.errors.sum()) == pytest.approx(0.7494, abs=5e-5)
    # alpha of the same: 4/3 * (1 - 4 / (4 + 2 * sum of the six products)) = .7421
    assert 4 / 3 * (1 - 4 / exact.sum()) == pytest.approx(0.7421, abs=5e-5)


def test_omega_of_three_items_is_exact():
    # Covariances .48 .40 .30 of variances 1: l = .8 .6 .5, errors .36 .64 .75
    exact = np.array([[1, 0.48, 0.4], [0.48, 1, 0.3], [0.4, 0.3, 1]])
    fit = one_factor(exact[None] * 49, np.array([49]), np.array([3]))
    np.testing.assert_allclose(fit.loadings[0], [0.8, 0.6, 0.5], atol=1e-12)
    np.testing.assert_allclose(fit.errors[0], [0.36, 0.64, 0.75], atol=1e-12)


@pytest.mark.parametrize("columns", [[0, 1, 2, 3, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4, 5, 6]])
def test_the_factor_is_that_of_statsmodels(columns):
    from statsmodels.multivariate.factor import Factor

    chosen = ATTITUDE[:, columns]
    correlation = np.corrcoef(chosen.T)
    other = np.abs(Factor(corr=correlation, n_factor=1, method="ml").fit().loadings[:, 0])
    fit = one_factor(correlation[None] * 29, np.array([29]), np.array([len(columns)]))
    np.testing.assert_allclose(np.abs(fit.loadings[0]), other, atol=2e-4)


def test_omega_does_not_depend_on_the_units_of_items():
    # The same factor in the metric of covariances: multiplying an item multiplies its loading.
    scale = np.array([1.0, 2.0, 0.5, 3.0])
    covariance = np.cov(ATTITUDE[:, [0, 1, 3, 4]].T)
    fits = one_factor(
        np.array([covariance, covariance * np.outer(scale, scale)]) * 29,
        np.array([29, 29]),
        np.array([4, 4]),
    )
    np.testing.assert_allclose(fits.loadings[0] * scale, fits.loadings[1], rtol=1e-7)


def test_the_interval_of_omega_covers_as_it_says():
    # 400 samples of 150 people, loadings .8 .7 .6 .5 in whole tenths: omega .7494
    rng = np.random.default_rng(20_261_122)
    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    common = rng.normal(size=(400, 150, 1)) * loadings
    own = rng.normal(size=(400, 150, 4)) * np.sqrt(1 - loadings**2)
    answers = np.round(50 + 10 * (common + own)).astype(int)
    frame = pd.DataFrame([products(each, place) for place, each in enumerate(answers)])
    found = omegas(frame)
    inside = (found["low"] <= 0.7494) & (found["high"] >= 0.7494)
    assert 0.92 <= inside.mean() <= 0.98
    assert found["value"].mean() == pytest.approx(0.7494, abs=0.01)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (ATTITUDE[:, :2], "no_model"),
        (ATTITUDE[:, :1], "one_item"),
        (ATTITUDE[:20, :3], "under_thirty"),
        (np.column_stack([ATTITUDE[:, :2], np.full(30, 3)]), "not_estimable"),
        # An item twice: the correlation of 1 leaves it no error.
        (ATTITUDE[:, [0, 0, 1, 2]], "no_model"),
        # One covariance below zero, two above: no common factor.
        (np.tile([[0, 0, 1], [0, 1, 0], [1, 1, 1], [1, 2, 0], [2, 1, 3]], (8, 1)), "no_model"),
    ],
)
def test_where_there_is_no_omega(answers, reason):
    found = omegas(rows(answers)).iloc[0]
    assert np.isnan(found["value"])
    assert found["reason"] == reason


def test_a_heywood_case_is_refused():
    # r12 r13 / r23 = .9 * .8 / .5 = 1.44: the first item would have an error variance of -.44
    improper = np.array([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]])
    assert np.isnan(one_factor(improper[None] * 50, np.array([50]), np.array([3])).loadings).all()
    # The same with a fourth item, by maximum likelihood.
    four = np.eye(4)
    four[:3, :3] = improper
    four[3, :3] = four[:3, 3] = [0.4, 0.3, 0.2]
    assert np.isnan(one_factor(four[None] * 50, np.array([50]), np.array([4])).loadings).all()


# --- items --------------------------------------------------------------------------------------


def test_item_rest_correlations_of_the_attitude_data():
    found = by_part(item_rests, by_item(atoms(ATTITUDE, NAMES)))
    # A second way: the correlation of each column with the sum of the others.
    whole = ATTITUDE.sum(axis=1)
    expected = [np.corrcoef(each, whole - each)[0, 1] for each in ATTITUDE.T]
    assert found[NAMES.split()].tolist() == pytest.approx(expected, abs=1e-12)


def test_an_item_rest_correlation_by_hand():
    # x 0 1 2 3 and y 0 2 1 3, ten times: r .8; Fisher: atanh .8 -+ 1.96 / sqrt(37)
    answers = np.repeat([[0, 0], [1, 2], [2, 1], [3, 3]], 10, axis=0)
    found = item_rests(by_item(atoms(answers, "A B")).assign(figure=[0, 1]))
    assert found["value"].tolist() == pytest.approx([0.8, 0.8])
    ends = np.tanh(np.arctanh(0.8) + np.array([-1, 1]) * 1.959964 / np.sqrt(37))
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx(ends.tolist(), abs=1e-6)


def test_an_item_that_another_scale_has_claimed_is_left_out():
    assert by_item(atoms(ATTITUDE[:, :3], "A - C"))["part"].tolist() == ["A", "C"]


def test_a_constant_item_has_no_correlation():
    answers = np.column_stack([ATTITUDE[:, :2], np.full(30, 3)])
    found = item_rests(by_item(atoms(answers, "A B C")).assign(figure=[0, 1, 2]))
    assert found["reason"].astype(object).where(found["reason"].notna(), None).tolist() == [
        None, None, "not_estimable",
    ]  # fmt: skip


def test_nothing_gives_nothing():
    nothing = atoms(ATTITUDE, NAMES).head(0)
    for select, compute in ((by_item, item_rests), (without_item, alphas), (with_items, omegas)):
        assert compute(select(nothing).assign(figure=0)).empty


# --- agreement ----------------------------------------------------------------------------------


def agreement_of(*projects: list[list[int]], options: int = 5) -> pd.Series:
    """r_wg of answers from 0 to options - 1; the null of A codes in a row is (A**2 - 1) / 12."""
    frame = rows(*(np.array(each) for each in projects))
    codes = np.arange(options)
    spread = options * (codes**2).sum() - codes.sum() ** 2
    assert spread / options**2 == (options**2 - 1) / 12
    return agreements(frame.assign(spread=spread * frame["n"], options=options**2 * frame["n"]))


def test_agreement_by_hand():
    # Answers 2 2 3 3: variance 1/3 against a null of 2: 1 - 1/6
    found = agreement_of([[2], [2], [3], [3]]).iloc[0]
    assert found["value"] == pytest.approx(5 / 6)
    # chi-square with 3 degrees of freedom: 3 * 1/3 / 9.3484 and / .2158 (any printed table)
    assert found["high"] == pytest.approx(1 - 1 / 9.3484 / 2, abs=1e-4)
    assert found["low"] == pytest.approx(1 - 1 / 0.21580 / 2, abs=1e-4)
    # Two items of variances 1/3 and 4/3: mean 5/6.
    assert agreement_of([[2, 1], [2, 1], [3, 3], [3, 3]])["value"].iloc[0] == pytest.approx(7 / 12)


def test_camps_agree_less_than_by_lot_and_projects_are_averaged():
    # Half at each end of 0-4: variance 16/3, r_wg 1 - 8/3
    camps = [[0], [0], [4], [4]]
    assert agreement_of(camps)["value"].iloc[0] == pytest.approx(1 - 8 / 3)
    both = agreement_of(camps, [[2], [2], [3], [3]]).iloc[0]
    assert both["value"] == pytest.approx((1 - 8 / 3 + 5 / 6) / 2)
    assert (both["n"], both["projects"], both["method"]) == (8, 2, "cluster_mean")


def test_agreement_of_all_and_of_one():
    same = agreement_of([[3], [3], [3]]).iloc[0]
    assert (same["value"], same["reason"]) == (1.0, "no_variance")
    alone = agreement_of([[3]]).iloc[0]
    assert np.isnan(alone["value"])
    assert (alone["n"], alone["reason"]) == (1, "no_variance")


def test_deviation_within_projects_by_hand():
    # 40 50 60 and 80 100: squares 200 + 200 over 3 degrees of freedom
    frame = pd.DataFrame(
        {"figure": [0, 0], "project": [1, 2], "n": [3, 2], "total": [150, 180],
         "squares": [7700, 16400], "unit": [100, 100]}
    )  # fmt: skip
    found = within_deviations(frame).iloc[0]
    assert found["value"] == pytest.approx(np.sqrt(400 / 3))
    assert found["low"] == pytest.approx(np.sqrt(400 / 9.3484), abs=1e-3)
    assert (found["n"], found["projects"]) == (5, 2)


def test_the_interval_of_a_variance_by_hand():
    # v 9, s**2 4: 36 / 19.0228 and 36 / 2.7004 (any printed table)
    found = variance_interval(np.array([4.0, 0.0, 4.0]), np.array([9.0, 9.0, 0.0]))
    assert (found.low[0], found.high[0]) == pytest.approx((1.8925, 13.331), abs=1e-3)
    assert np.isnan(found.low[1:]).all()
