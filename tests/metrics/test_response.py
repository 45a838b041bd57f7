"""Who answered, and weights: hand sums, a second implementation, and groups that nobody sees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from metrics.catalog import catalog
from metrics.derived import derived
from metrics.evaluate import evaluate
from metrics.frames import Frames
from metrics.metric import Profile, Results
from metrics.statistics.response import largest_bias, propensity, r_indicator
from metrics.statistics.weighting import (
    effective_number,
    rake,
    stratified_mean,
    trim,
    weighted_mean,
)
from tests.metrics.small import figure, small

ONE = np.zeros(2, dtype=np.int64)


def shown(frames: Frames, *names: str, hide: tuple[str, str] = ("", "")) -> dict[str, pd.DataFrame]:
    """Figures of metrics and of what is read off them; hide: a metric and a group to suppress."""
    sources = {
        source
        for name in names
        for source in catalog()[name].METRIC.frame.removeprefix("results:").split(",")
    }
    results = []
    for each in evaluate(frames, only=sources):
        frame = each.frame
        value = frame["value"].astype(float)
        state = np.where(value.isna(), "not_reported", np.where(value == 0, "zero", "value"))
        frame = frame.assign(state=state)
        if each.metric.id == hide[0]:
            secret = (frame["split_value"] == hide[1]).to_numpy()
            numbers = ["value", "low", "high", "n", "numerator", "denominator"]
            frame = frame.assign(state=np.where(secret, "suppressed", state))
            frame = frame.astype(dict.fromkeys(numbers, float))
            frame.loc[secret, numbers] = np.nan
        results.append(Results(each.metric, Profile.INSIDE, frame))
    return {each.metric.id: each.frame for each in derived(results, frames.nodes)}


# --- evenness -----------------------------------------------------------------------------------


def test_evenness_by_hand():
    # 10 of 20 and 40 of 50: r 50/70; S**2 = (20 * .2143**2 + 50 * .0857**2) / 69.
    found = propensity(ONE, np.array([0.5, 0.8]), np.array([20.0, 50.0]), 1)
    deviation = np.sqrt((20 * (0.5 - 5 / 7) ** 2 + 50 * (0.8 - 5 / 7) ** 2) / 69)
    assert found.deviation[0] == pytest.approx(deviation)
    assert r_indicator(found).value[0] == pytest.approx(1 - 2 * deviation)
    assert largest_bias(found).value[0] == pytest.approx(deviation / (5 / 7))


def test_evenness_of_two_equal_groups_is_certain_of_nothing():
    found = r_indicator(propensity(ONE, np.array([0.5, 0.5]), np.array([20.0, 50.0]), 1))
    assert found.value[0] == 1.0
    assert np.isnan(found.low[0])


def test_one_group_has_no_evenness():
    found = propensity(ONE[:1], np.array([0.5]), np.array([20.0]), 1)
    assert np.isnan([found.deviation[0], r_indicator(found).value[0]]).all()
    nobody = propensity(ONE, np.array([0.0, 0.0]), np.array([20.0, 5.0]), 1)
    assert np.isnan(largest_bias(nobody).value[0])


def test_the_error_of_evenness_is_that_of_repeated_surveys():
    rng = np.random.default_rng(2)
    invited, rate = np.array([200.0, 300.0]), np.array([0.3, 0.6])
    answered = rng.binomial(invited.astype(int), rate, (2000, 2)) / invited
    figures = np.repeat(np.arange(2000), 2)
    drawn = propensity(figures, answered.ravel(), np.tile(invited, 2000), 2000)
    told = propensity(ONE, rate, invited, 1).error[0]
    assert drawn.deviation.std() == pytest.approx(told, rel=0.06)


def asked(**groups: tuple[int, int]) -> list[tuple]:
    return [(1, "benefit@1", "end", "P0", name, n, of) for name, (n, of) in groups.items()]


def test_evenness_and_representation_are_read_off_shown_rates():
    frames = small(respondents=asked(RES=(10, 20), STAFF=(40, 50)))
    found = shown(frames, "r_indicator", "max_bias", "group_representation")
    deviation = np.sqrt((20 * (0.5 - 5 / 7) ** 2 + 50 * (0.8 - 5 / 7) ** 2) / 69)
    even = figure(found["r_indicator"], level="project")
    assert (even["value"], even["n"]) == (pytest.approx(1 - 2 * deviation), 50)
    assert figure(found["max_bias"])["value"] == pytest.approx(deviation * 7 / 5)
    group = figure(found["group_representation"], split="group", split_value="RES", level="project")
    # Residents are 10 of 50 answers and 20 of 70 invited people.
    assert group["value"] == pytest.approx((10 / 50) / (20 / 70))


def test_a_hidden_group_is_part_of_the_rest_and_has_no_representation():
    frames = small(respondents=asked(RES=(10, 20), STAFF=(36, 40), NGO=(4, 10)))
    found = shown(frames, "r_indicator", "group_representation", hide=("response_rate", "NGO"))
    even = figure(found["r_indicator"], level="project")
    rates, people = np.array([0.5, 0.9, 0.4]), np.array([20, 40, 10])
    deviation = np.sqrt((people * (rates - 5 / 7) ** 2).sum() / 69)
    # The rest of the total is the hidden group, so nothing is lost and nothing is told.
    assert even["value"] == pytest.approx(1 - 2 * deviation)
    group = figure(found["group_representation"], split="group", split_value="NGO", level="project")
    assert (group["state"], group["reason"]) == ("suppressed", "hidden_parts")


def test_bounds_take_everybody_who_did_not_answer_both_ways():
    # 12 of 16 answers say yes; 40 were invited: 12/40 to 36/40 around 12/16.
    codes = [(4, 12), (2, 4)]
    frames = small(
        respondents=asked(RES=(16, 40)),
        item_counts=[(1, "benefit@1", "end", "P0", "RES", "BEN", *code) for code in codes],
    )
    bounds = figure(shown(frames, "benefit_bounds")["benefit_bounds"])
    assert (bounds["value"], bounds["low"], bounds["high"]) == (0.75, 0.3, 0.9)
    assert (bounds["method"], bounds["coverage"]) == ("bounds", 0.4)


# --- weights ------------------------------------------------------------------------------------


def test_raking_meets_its_margins_and_keeps_the_cross_ratio():
    start = np.array([10.0, 20.0, 30.0, 40.0])
    margins = [
        (np.array([0, 0, 1, 1]), np.array([50.0, 50.0])),
        (np.array([0, 1, 0, 1]), np.array([40.0, 60.0])),
    ]
    cells, settled = rake(np.zeros(4, dtype=np.int64), start, margins, 1)
    assert settled.all()
    assert cells[:2].sum() == pytest.approx(50)
    assert cells[::2].sum() == pytest.approx(40)
    assert cells[0] * cells[3] / (cells[1] * cells[2]) == pytest.approx(10 * 40 / (20 * 30))


def test_margins_that_cannot_be_met_are_not_met():
    # The first row has people in the first column only, and more of them than the column may have.
    cells = np.array([10.0, 5.0, 5.0])
    margins = [
        (np.array([0, 1, 1]), np.array([50.0, 10.0])),
        (np.array([0, 0, 1]), np.array([20.0, 40.0])),
    ]
    assert not rake(np.zeros(3, dtype=np.int64), cells, margins, 1)[1].any()


def test_nobody_weighs_more_than_five_times_the_mean_before_the_rest_is_shared():
    weight, n = np.array([20.0, 1.0]), np.array([1.0, 99.0])
    cut = trim(ONE, weight, n, 1)
    # Mean weight 119/100; 20 is cut to 5.95, and the total of 119 is shared again.
    assert cut[0] / cut[1] == pytest.approx(5 * 1.19)
    assert (cut * n).sum() == pytest.approx(119)


def test_effective_number_is_kishs():
    # 10 people of weight 1 and 10 of weight 3: 40**2 / 100.
    assert effective_number(ONE, np.array([1.0, 3.0]), np.array([10.0, 10.0]), 1)[0] == 16.0
    assert effective_number(ONE, np.array([2.0, 2.0]), np.array([3.0, 4.0]), 1)[0] == 7.0


def test_weights_are_not_frequencies():
    # A hundredfold weight is no hundred answers: the interval must not shrink, as it does where
    # weights are read as frequencies.
    rng = np.random.default_rng(5)
    y, w = rng.normal(50, 20, 12), rng.uniform(1, 4, 12)
    people, one = np.arange(12), np.zeros(12, dtype=np.int64)
    found = weighted_mean(one, people, w, y, 1)
    heavier = weighted_mean(one, people, 100 * w, y, 1)
    assert heavier.high[0] - heavier.low[0] == pytest.approx(found.high[0] - found.low[0])
    naive = DescrStatsW(y, weights=100 * w).std_mean
    assert (found.high[0] - found.value[0]) / stats.t.ppf(0.975, 11) > 10 * naive


def test_weighted_mean_has_the_error_of_cluster_robust_least_squares():
    rng = np.random.default_rng(6)
    cluster = np.repeat(np.arange(8), 5)
    y, w = rng.normal(50, 10, 40) + 5 * cluster % 7, rng.uniform(1, 4, 40)
    found = weighted_mean(np.zeros(40, dtype=np.int64), cluster, w, y, 1)
    model = sm.WLS(y, np.ones(40), weights=w).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    error = (found.high[0] - found.value[0]) / stats.t.ppf(0.975, 7)
    assert found.value[0] == pytest.approx(model.params[0])
    assert error == pytest.approx(model.bse[0] * np.sqrt(8 / 7))


def test_strata_cost_degrees_and_a_lonely_cluster_is_refused():
    figure_of = np.zeros(6, dtype=np.int64)
    y, w = np.array([1.0, 3, 2, 8, 9, 13]), np.ones(6)
    strata = np.array([0, 0, 0, 1, 1, 1])
    found = weighted_mean(figure_of, np.arange(6), w, y, 1, stratum=strata)
    # Variance of a stratum's total: 3 * s**2 = 3 * 1 and 3 * 7; over 36; t with 6 - 2.
    half = stats.t.ppf(0.975, 4) * np.sqrt(24 / 36)
    assert found.high[0] - 6 == pytest.approx(half)
    alone = weighted_mean(figure_of, np.arange(6), w, y, 1, stratum=np.array([0, 0, 0, 0, 0, 1]))
    assert alone.value[0] == 6
    assert np.isnan(alone.low[0])
    same = weighted_mean(figure_of, np.arange(6), w, np.full(6, 0.1), 1)
    assert np.isnan(same.low[0])


def test_post_stratified_mean_by_hand():
    share, value, variance = np.array([0.25, 0.75]), np.array([40.0, 60.0]), np.array([16.0, 4.0])
    found = stratified_mean(ONE, share, value, variance, np.array([10.0, 12.0]), 1)
    assert found.value[0] == 55
    half = stats.t.ppf(0.975, 20) * np.sqrt(16 / 16 + 9 * 4 / 16)
    assert found.high[0] == pytest.approx(55 + half)


def test_a_project_is_weighted_to_those_invited_and_pooled_by_raking():
    unit = 100
    scores = {  # project, group: scores of those who answered
        (1, "RES"): [40, 60, 50, 50], (1, "STAFF"): [80, 90],
        (2, "RES"): [20, 40], (2, "STAFF"): [70, 70, 60, 80],
    }  # fmt: skip
    invited = {(1, "RES"): 8, (1, "STAFF"): 8, (2, "RES"): 8, (2, "STAFF"): 8}
    at = ("process_quality@1", "end", "P8")
    frames = small(
        range(1, 3),
        respondents=[(p, *at, g, len(x), invited[p, g]) for (p, g), x in scores.items()],
        scale_moments=[
            (p, *at, g, "OVERALL", len(x), sum(x), sum(v * v for v in x), unit)
            for (p, g), x in scores.items()
        ],
    )
    found = shown(frames, "weighted_quality", "effective_n")
    own = figure(found["weighted_quality"], level="project", entity=1, part="OVERALL")
    # Means 50 and 85, half of the invited each: 67.5; variances 66.67/4 and 50/2, quartered.
    assert own["value"] == pytest.approx(67.5)
    half = stats.t.ppf(0.975, 4) * np.sqrt((200 / 3 / 4 + 25) / 4)
    assert own["high"] == pytest.approx(67.5 + half)
    whole = figure(found["weighted_quality"], part="OVERALL")
    # All margins are 16; raking keeps the cross ratio 4 * 4 / (2 * 2) = 4: cells a, 16 - a with
    # (a / (16 - a))**2 = 4, a = 32/3.
    a = 32 / 3
    value = (a * 50 + (16 - a) * 85 + (16 - a) * 30 + a * 70) / 32
    assert whole["value"] == pytest.approx(value)
    assert (whole["n"], whole["projects"], whole["method"]) == (12, 2, "linearised")
    # Weights of project 1: 8/4 = 2 four times, 8/2 = 4 twice: 16**2 / (4 * 4 + 2 * 16).
    alone = figure(found["effective_n"], level="project", entity=1)
    assert alone["value"] == pytest.approx(16**2 / 48)


def test_weights_are_refused_where_too_many_stand_behind_hidden_groups():
    at = ("process_quality@1", "end", "P8")
    frames = small(
        respondents=[(1, *at, "RES", 8, 10), (1, *at, "STAFF", 3, 10)],
        scale_moments=[
            (1, *at, "RES", "OVERALL", 8, 400, 21000, 100),
            (1, *at, "STAFF", "OVERALL", 3, 200, 14000, 100),
        ],
    )
    found = shown(frames, "weighted_quality", hide=("process_quality", "STAFF"))
    own = figure(found["weighted_quality"], level="project", part="OVERALL")
    assert (own["state"], own["reason"]) == ("suppressed", "hidden_parts")
