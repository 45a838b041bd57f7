"""Projects among projects against published values, statsmodels, and by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from metrics.statistics.components import clusters, random_intercept, reliabilities, shrunken
from metrics.statistics.intraclass import anova, intraclass
from metrics.statistics.multilevel import (
    centred_means,
    correlations_within,
    grand_means,
    participant_means,
    reliabilities_across,
    shrunken_across,
)
from tests.metrics.published_data import DYESTUFF, JUDGES


def rows(*projects: list[int], figure: int = 0, unit: int = 100) -> pd.DataFrame:
    """The rows of one figure; scores are points when the unit is 100."""
    return pd.DataFrame(
        {
            "figure": figure,
            "project": range(1, len(projects) + 1),
            "n": [len(each) for each in projects],
            "total": [int(np.sum(each)) for each in projects],
            "squares": [int(np.sum(np.square(each))) for each in projects],
            "unit": unit,
        }
    )


def drawn(seed: int, projects: int = 12) -> list[np.ndarray]:
    """Projects of 1 to 29 people, intraclass correlation about .15."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 30, projects)
    return [np.round(50 + rng.normal(0, 6) + rng.normal(0, 15, n)).astype(int) for n in sizes]


# --- published values ---------------------------------------------------------------------------


def test_icc_of_shrout_and_fleiss():
    # Reference value 6: ICC(1,1) .17, ICC(1,k) .44, BMS 11.24, WMS 6.26
    table = anova(clusters(rows(*JUDGES)))
    assert (table.between[0], table.within[0]) == pytest.approx((11.24, 6.26), abs=5e-3)
    one, mean = intraclass(table)
    assert one.value[0] == pytest.approx(0.17, abs=5e-3)
    assert mean.value[0] == pytest.approx(0.44, abs=5e-3)
    # F = 1.7947 over F(.975; 5, 18) = 3.3820, and over F(.025; 5, 18) = 1 / 6.3619 (tables)
    low, high = 1.7947 / 3.3820, 1.7947 * 6.3619
    ends = ((low - 1) / (low + 3), (high - 1) / (high + 3))
    assert (one.low[0], one.high[0]) == pytest.approx(ends, abs=5e-4)
    assert (mean.low[0], mean.high[0]) == pytest.approx((1 - 1 / low, 1 - 1 / high), abs=5e-4)


def test_the_random_intercept_model_of_dyestuff():
    # Reference value 8: mean 1527.5 (19.38), variances 1764.05 and 2451.25, ICC .4185, lambda
    # .7825, batch A 1509.89, E 1584.23. The yields are taken as points here.
    data = clusters(rows(*DYESTUFF))
    fit = random_intercept(data)
    assert fit.mean[0] == pytest.approx(1527.5, abs=1e-9)
    assert np.sqrt(fit.variance[0]) == pytest.approx(19.38, abs=5e-3)
    assert fit.between[0] == pytest.approx(1764.05, abs=1e-6)
    assert fit.within[0] == pytest.approx(2451.25, abs=1e-6)
    ratio = fit.between / fit.within
    assert ratio[0] / (1 + ratio[0]) == pytest.approx(0.4185, abs=5e-5)
    assert reliabilities(ratio, data) == pytest.approx(np.full(6, 0.7825), abs=5e-5)
    drawn_in = shrunken(fit, data).value
    assert (drawn_in[0], drawn_in[4]) == pytest.approx((1509.89, 1584.23), abs=5e-3)


def test_dyestuff_by_anova_is_the_same_as_every_batch_is_of_one_size():
    one, mean = intraclass(anova(clusters(rows(*DYESTUFF))))
    assert (one.value[0], mean.value[0]) == pytest.approx((0.4185, 0.7825), abs=5e-5)


# --- a second implementation --------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_unbalanced_projects_as_statsmodels_fits_them(seed):
    import statsmodels.formula.api as smf

    projects = drawn(seed)
    long = pd.DataFrame(
        {
            "y": np.concatenate(projects),
            "project": np.repeat(range(len(projects)), [len(each) for each in projects]),
        }
    )
    # The default optimiser; lbfgs may return zeros and call it converged.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = smf.mixedlm("y ~ 1", long, groups="project").fit(reml=True)
    assert np.isfinite(other.llf)
    fit = random_intercept(clusters(rows(*projects)))
    assert fit.mean[0] == pytest.approx(other.params["Intercept"], abs=1e-3)
    assert fit.between[0] == pytest.approx(other.cov_re.iloc[0, 0], rel=2e-3)
    assert fit.within[0] == pytest.approx(other.scale, rel=1e-4)
    effects = np.array([other.random_effects[place].iloc[0] for place in range(len(projects))])
    found = shrunken(fit, clusters(rows(*projects))).value
    np.testing.assert_allclose(found, other.params["Intercept"] + effects, atol=5e-3)


def test_the_fit_is_the_most_likely_one():
    # The restricted likelihood from whole matrices, at the fit and on either side of it.
    projects = drawn(7)
    y = np.concatenate(projects).astype(float)
    design = np.repeat(np.eye(len(projects)), [len(each) for each in projects], axis=0)
    fit = random_intercept(clusters(rows(*projects)))

    def likelihood(between: float, within: float) -> float:
        whole = between * design @ design.T + within * np.eye(len(y))
        inverse = np.linalg.inv(whole)
        information = inverse.sum()
        rest = y - inverse.sum(axis=0) @ y / information
        logs = np.linalg.slogdet(whole)[1] + np.log(information)
        return -(logs + rest @ inverse @ rest) / 2

    best = likelihood(fit.between[0], fit.within[0])
    for factor in (0.98, 1.02):
        assert likelihood(fit.between[0] * factor, fit.within[0]) < best
        assert likelihood(fit.between[0], fit.within[0] * factor) < best


def test_many_figures_at_once_are_the_same_as_each_alone():
    each = [rows(*drawn(seed), figure=place) for place, seed in enumerate((1, 2, 3))]
    each.insert(1, rows([50], figure=1).head(0))
    together = grand_means(pd.concat([part.assign(figure=place) for place, part in enumerate(each)
                                      if len(part)]))  # fmt: skip
    assert np.isnan(together.loc[1, "value"])
    for place, seed in ((0, 1), (2, 2), (3, 3)):
        alone = grand_means(rows(*drawn(seed))).iloc[0]
        assert together.loc[place, "value"] == pytest.approx(alone["value"], abs=1e-9)
        assert together.loc[place, "low"] == pytest.approx(alone["low"], abs=1e-7)


# --- by hand ------------------------------------------------------------------------------------


def test_projects_of_one_size_have_the_interval_of_their_means():
    # Means 40 50 60 of five people each, far apart: 50 -+ 4.3027 * 10 / sqrt(3)
    found = grand_means(
        rows([38, 39, 40, 41, 42], [48, 49, 50, 51, 52], [58, 59, 60, 61, 62])
    ).iloc[0]
    assert found["value"] == pytest.approx(50)
    assert found["low"] == pytest.approx(50 - 4.302653 * 10 / np.sqrt(3), abs=1e-5)
    assert (found["n"], found["projects"], found["method"]) == (15, 3, "reml")


def test_the_average_participant_by_hand():
    # 10 people at 40, 10 at 50, 20 at 60: 52.5; deviations -125 -25 150, variance 36.33
    found = participant_means(rows([40] * 10, [50] * 10, [60] * 20)).iloc[0]
    assert found["value"] == pytest.approx(52.5)
    half = 4.302653 * np.sqrt(1.5 * 38750 / 1600)
    assert found["low"] == pytest.approx(52.5 - half, abs=1e-5)
    assert (found["n"], found["projects"]) == (40, 3)


def test_the_average_participant_is_the_ratio_that_the_survey_estimator_gives():
    # The same linearisation by statsmodels: mean of y with clusters, times its own small-sample
    # factor (J / (J-1)) * (N - 1) / (N - 1)
    import statsmodels.api as sm

    projects = drawn(11)
    y = np.concatenate(projects)
    groups = np.repeat(range(len(projects)), [len(each) for each in projects])
    other = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    found = participant_means(rows(*projects)).iloc[0]
    assert found["value"] == pytest.approx(other.params[0], abs=1e-9)
    half = found["value"] - found["low"]
    assert half / 2.200985 == pytest.approx(other.bse[0], rel=1e-5)  # t(.975; 11)


def test_reliability_needs_the_numbers_of_people_that_the_plan_says():
    # measurement.md 3.6: lambda .70 needs 45, 21, 10 and 6 people at ICC .05, .10, .20 and .30
    for icc, needed in ((0.05, 45), (0.10, 21), (0.20, 10), (0.30, 6)):
        data = clusters(pd.concat([rows([50] * (needed - 1)), rows([50] * needed)]))
        few, enough = reliabilities(np.array([icc / (1 - icc)]), data)
        assert few < 0.70 <= enough + 0.005


def test_an_unreliable_mean_is_shown_and_not_ranked():
    steady = [[20, 22, 24] * 20, [70, 72, 74] * 20, [45, 47, 49] * 20]
    one_voice = [[90]]
    found = reliabilities_across(rows(*steady, *one_voice))
    assert (found["value"].iloc[:3] > 0.98).all()
    assert found["reason"].isna().iloc[:3].all()
    # One person among projects far apart may still be reliable; among projects alike it is not.
    alike = reliabilities_across(rows([40, 60] * 15, [44, 62] * 15, [41, 63] * 15, [50]))
    assert alike["value"].iloc[3] < 0.70
    assert (alike["reason"] == "unreliable").all()
    ranked = shrunken_across(rows([40, 60] * 15, [44, 62] * 15, [41, 63] * 15, [50]))
    assert ranked["value"].notna().all()
    assert (ranked["reason"] == "unreliable").all()
    assert (ranked["low"] <= ranked["value"]).all()


def test_shrinking_moves_every_mean_towards_the_middle():
    projects = drawn(5)
    found = shrunken_across(rows(*projects))
    own = np.array([each.mean() for each in projects])
    middle = grand_means(rows(*projects)).loc[0, "value"]
    assert (np.abs(found["value"] - middle) <= np.abs(own - middle) + 1e-9).all()
    assert ((found["value"] - middle) * (own - middle) >= -1e-9).all()


def test_the_interval_of_reliability_holds_it_and_rises_with_people():
    found = reliabilities_across(rows(*drawn(2)))
    assert (found["low"] <= found["value"]).all()
    assert (found["value"] <= found["high"]).all()
    assert found["high"].max() <= 1
    order = np.argsort([len(each) for each in drawn(2)], kind="stable")
    assert found["value"].iloc[order].is_monotonic_increasing


# --- awkward cases ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("projects", "icc", "grand"),
    [
        ([[50, 60]], "one_project", "one_project"),
        ([[50, 60], [40, 71]], None, "too_few_projects"),
        # One person a project: nothing says how people of a project differ.
        ([[50], [60], [70]], "not_estimable", "not_estimable"),
        # Nobody differs from others of the project.
        ([[50, 50], [60, 60], [70, 70]], "no_variance", "not_estimable"),
        ([[50, 50], [50, 50], [50, 50]], "not_estimable", "not_estimable"),
        ([[]], "no_answers", "no_answers"),
    ],
)
def test_where_projects_cannot_be_told_apart(projects, icc, grand):
    frame = rows(*projects)
    found = correlations_within(frame, of_mean=False).iloc[0]
    assert (found["reason"] if pd.notna(found["reason"]) else None) == icc
    assert grand_means(frame).loc[0, "reason"] == grand
    if icc == "no_variance":
        assert found["value"] == 1.0


def test_projects_more_alike_than_chance_are_a_singular_fit():
    alike = rows([10, 50, 90], [11, 50, 89], [10, 51, 89])
    found = grand_means(alike).iloc[0]
    assert found["reason"] == "singular_fit"
    assert np.isfinite(found["low"])
    assert random_intercept(clusters(alike)).between[0] == 0
    assert correlations_within(alike, of_mean=False).loc[0, "value"] < 0
    beside = shrunken_across(alike)
    assert beside["value"].nunique() == 1
    assert (beside["reason"] == "unreliable").all()
    assert (reliabilities_across(alike)["value"] == 0).all()


def test_a_project_without_answers_has_a_row_beside_the_others():
    frame = pd.concat([rows(*drawn(3)), rows([])], ignore_index=True)
    for across in (reliabilities_across, shrunken_across):
        found = across(frame)
        assert len(found) == 13
        assert found["reason"].iloc[-1] == "no_answers"
        assert found["value"].iloc[:-1].notna().all()


def test_two_projects_are_not_set_beside_each_other():
    found = shrunken_across(rows([50, 60], [40, 70]))
    assert (found["reason"] == "too_few_projects").all()
    assert (shrunken_across(rows([50, 60]))["reason"] == "one_project").all()


def test_the_gate_hears_of_a_mean_at_an_end():
    found = centred_means(rows([100, 100, 100]))
    assert found.loc[0, "value"] == 1.0
    assert centred_means(rows([0, 0, 0])).loc[0, "value"] == -1.0
    assert centred_means(rows([40, 60])).loc[0, "value"] == 0.0
