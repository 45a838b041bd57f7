"""One example worked by hand for every first metric."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from metrics.catalog import catalog
from metrics.evaluate import evaluate
from metrics.frames import Frames, empty
from tests.metrics.small import figure, small

PROCESS, BENEFIT, TRAINING = "process_quality@1", "benefit@1", "carpentries_feedback@1"
TWO, THREE = range(1, 3), range(1, 4)
#: t(.975) with 1, 2 and 3 degrees of freedom, from the printed table.
T1, T2, T3 = 12.7062, 4.3027, 3.1824


def judged(metric: str, frames: Frames) -> pd.DataFrame:
    (found,) = evaluate(frames, only={metric})
    return found.frame


def interval(found: pd.Series) -> tuple[float, float, float]:
    return found["value"], found["low"], found["high"]


def scores(project: int, *points: int, wave: str = "end", phase: str = "P4", group: str = "RES"):
    """A row of moments of whole points on GOAL, in units of a thousandth of a point."""
    x = np.array(points) * 1000
    sums = (len(x), int(x.sum()), int((x * x).sum()), 100_000)
    return (project, PROCESS, wave, phase, group, "GOAL", *sums)


def test_process_quality_of_one_project_is_the_mean_of_its_people():
    # Points 40, 50, 60: mean 50, s 10: 50 -+ 4.3027 * 10 / sqrt(3) = 24.84.
    found = figure(
        judged("process_quality", small(scale_moments=[scores(1, 40, 50, 60)])), level="project"
    )
    assert interval(found) == pytest.approx((50, 50 - 24.842, 50 + 24.842), abs=1e-3)
    assert (found["n"], found["projects"], found["method"]) == (3, 1, "student")


def test_process_quality_of_three_projects_is_the_mean_of_their_means():
    # Means 40 (of 4 people), 50 (of 2), 60 (of 1): 50, not the people's mean 45.7; s 10.
    rows = [scores(1, 30, 40, 40, 50), scores(2, 40, 60), scores(3, 60)]
    found = figure(judged("process_quality", small(THREE, scale_moments=rows)))
    assert interval(found) == pytest.approx((50, 50 - 24.842, 50 + 24.842), abs=1e-3)
    assert (found["n"], found["projects"], found["method"]) == (7, 3, "cluster_mean")


def test_process_quality_sums_the_phases_and_groups_of_a_project_first():
    # One project, two phases and groups: 4 people 20, 40, 60, 80: mean 50, s 25.82.
    rows = [scores(1, 20, 40), scores(1, 60, 80, phase="P6", group="COM")]
    frame = judged("process_quality", small(scale_moments=rows))
    assert figure(frame)["value"] == 50
    assert figure(frame)["high"] == pytest.approx(50 + T3 * math.sqrt(2000 / 3) / 2, abs=1e-3)
    assert figure(frame, split="group", split_value="COM")["value"] == 70
    assert figure(frame, split="phase", split_value="P4")["wave"] == "all"
    assert figure(frame, split="phase", split_value="P4")["value"] == 30


def test_process_change_of_one_project_is_welchs():
    # 40, 60 during (mean 50, s2/n 100), 60, 80 at the end (mean 70, s2/n 100): +20;
    # df = 200**2 / (100**2 + 100**2) = 2; 20 -+ 4.3027 * sqrt(200).
    rows = [scores(1, 40, 60, wave="during"), scores(1, 60, 80)]
    found = figure(judged("process_change", small(scale_moments=rows)))
    assert interval(found) == pytest.approx(
        (20, 20 - T2 * math.sqrt(200), 20 + T2 * math.sqrt(200)), abs=1e-2
    )
    assert (found["wave"], found["n"], found["method"]) == ("end", 2, "student")


def test_process_change_of_projects_is_the_mean_of_their_changes():
    # Changes 10, 20, 30 (n 1, 2, 1); a project with one wave only is no change.
    rows = [scores(1, 40, wave="during"), scores(1, 50)]
    rows += [scores(2, 40, 60, wave="during"), scores(2, 60, 80, 70)]
    rows += [scores(3, 20, 20, wave="during"), scores(3, 50), scores(4, 99)]
    frame = judged("process_change", small(range(1, 5), scale_moments=rows))
    assert interval(figure(frame)) == pytest.approx((20, 20 - 24.842, 20 + 24.842), abs=1e-3)
    assert (figure(frame)["n"], figure(frame)["projects"]) == (4, 3)
    assert 4 not in frame.loc[frame["level"] == "project", "entity"].tolist()


def answers(project: int, item: str, codes: dict[int, int], key: str, group: str = "RES"):
    return [(project, key, "end", "P4", group, item, code, n) for code, n in codes.items()]


def test_right_amount_is_the_share_at_the_middle():
    # PACE is best at its middle code 3: 15 of 148 answers, Newcombe's .0624-.1605; -3 is a blank.
    rows = answers(1, "PACE", {1: 70, 3: 15, 4: 60, 5: 3, -3: 9}, TRAINING)
    found = figure(judged("right_amount", small(item_counts=rows)), part="PACE")
    assert interval(found) == pytest.approx((15 / 148, 0.0624, 0.1605), abs=5e-5)
    assert (found["numerator"], found["denominator"], found["method"]) == (15, 148, "wilson")


def respondents(project: int, group: str, n: int, invited: int, wave: str = "end"):
    return (project, BENEFIT, wave, "P0", group, n, invited)


def test_response_rate_is_of_those_invited():
    # 81 of 263: Newcombe's .2553-.3662. n is who answered.
    rows = [respondents(1, "RES", 60, 200), respondents(1, "COM", 21, 63)]
    found = figure(judged("response_rate", small(respondents=rows)))
    assert interval(found) == pytest.approx((81 / 263, 0.2553, 0.3662), abs=5e-5)
    assert (found["n"], found["denominator"]) == (81, 263)


@pytest.mark.parametrize(
    ("rows", "rate"),
    [
        ([respondents(1, "RES", 5, -1)], None),
        # More answers than invitations: the number invited cannot be right.
        ([respondents(1, "RES", 5, 4)], None),
        # Companies answered and nobody counted how many were invited.
        ([respondents(1, "RES", 5, 10), respondents(1, "COM", 1, -1)], None),
        # Invitations counted without groups cover every group.
        ([respondents(1, "RES", 5, -1), respondents(1, "UNK", 1, 10)], 0.6),
        # Who did not say their group was invited as a member of one.
        ([respondents(1, "RES", 5, 10), respondents(1, "UNK", 1, -1)], 0.6),
        ([respondents(1, "RES", 0, 10)], 0.0),
    ],
)  # fmt: skip
def test_response_rate_is_refused_where_nobody_knows_out_of_how_many(rows, rate):
    found = figure(judged("response_rate", small(respondents=rows)))
    if rate is None:
        assert math.isnan(found["value"])
        assert found["reason"] == "unknown_frame"
        assert found["n"] == 0
    else:
        assert found["value"] == rate


def test_dont_know_rate_counts_answers_but_its_interval_counts_people():
    # 10 people, 2 items: 4 don't-know of 20 answers: .2, Wilson for 2 of 10: .0567-.5098.
    rows = answers(1, "BEN", {-1: 3, 4: 7}, BENEFIT) + answers(1, "DRAW", {-1: 1, 2: 9}, BENEFIT)
    # Not applicable and blank are not answers.
    rows += answers(1, "SERV1", {-2: 6, -3: 4}, BENEFIT)
    found = figure(judged("dont_know_rate", small(item_counts=rows)))
    assert interval(found) == pytest.approx((0.2, 0.0567, 0.5098), abs=5e-5)
    assert (found["n"], found["numerator"], found["denominator"]) == (10, 4, 20)


def test_proposals_without_a_project_count_for_their_area_and_the_portfolio():
    # Area 1 lies in area 2. 6 of 35 at the portfolio: .0810-.3268 (Wilson).
    rows = [(0, 1, 20, 3), (1, 2, 10, 2), (0, 0, 5, 1)]
    nodes = [("portfolio", 0, 1), ("project", 1, 1), ("area", 2, 1)]
    tree = [(1, 1), (1, 2), (2, 2)]
    frame = judged("proposals_taken_up", small(proposals=rows, nodes=nodes, area_tree=tree))
    assert interval(figure(frame)) == pytest.approx((6 / 35, 0.0810, 0.3268), abs=5e-5)
    assert figure(frame, level="area", entity=1)["denominator"] == 20
    assert figure(frame, level="area", entity=2)["denominator"] == 30
    assert figure(frame, level="project")["denominator"] == 10
    assert figure(frame)["projects"] == 1


def test_participations_add_up_and_stand_beside_those_concerned():
    rows = [(1, "P1", "RES", 10, 400), (1, "P4", "RES", 5, 400), (1, "P4", "COM", 0, -1)]
    frame = judged("participation", small(TWO, participation=[*rows, (2, "P0", "NGO", 0, 30)]))
    assert figure(frame)["value"] == 15
    assert figure(frame, split="phase", split_value="P4")["value"] == 5
    residents = figure(frame, split="group", split_value="RES")
    assert (residents["value"], residents["denominator"]) == (15, 400)
    assert figure(frame, split="group", split_value="COM")["value"] == 0
    assert math.isnan(figure(frame, split="group", split_value="COM")["denominator"])
    # Project 2 has a group that is affected and nothing recorded: that is not zero.
    nothing = figure(frame, level="project", entity=2)
    assert math.isnan(nothing["value"])
    assert nothing["reason"] == "no_records"


def published(**columns: list) -> pd.DataFrame:
    """Protected figures by group, as a derived metric reads them."""
    size = len(columns["split_value"])
    given = {
        "instrument": "", "part": "", "level": "project", "entity": 1, "wave": "all",
        "split": "group", "state": "value", "reason": None, "method": "census", "low": np.nan,
        "high": np.nan, "p": np.nan, "n": 0, "numerator": np.nan, "denominator": np.nan,
        "projects": 1,
    }  # fmt: skip
    return pd.DataFrame({name: [value] * size for name, value in given.items()} | columns)


def read_off(metric: str, **results: pd.DataFrame) -> pd.DataFrame:
    """What a derived metric says of protected figures, where no project belongs anywhere."""
    return catalog()[metric].derive(results, empty("nodes"))


def test_representativeness_is_the_overlap_of_two_distributions():
    # Took part 60 : 40, concerned 300 : 100: 1 - (|.6 - .75| + |.4 - .25|) / 2 = .85.
    groups = published(
        split_value=["RES", "COM", "STAFF"],
        value=[60.0, 40.0, 500.0],
        denominator=[300, 100, np.nan],
    )
    found = read_off("representativeness", participation=groups).iloc[0]
    assert found["value"] == pytest.approx(0.85)
    assert (found["n"], found["split"], found["method"]) == (100, "total", "census")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": ["value", "suppressed"], "value": [60.0, np.nan]}, "hidden_parts"),
        ({"denominator": [300, np.nan]}, "unknown_frame"),
        ({"reason": [None, "unknown_frame"]}, "unknown_frame"),
        ({"value": [0.0, 0.0]}, "no_records"),
    ],
)
def test_representativeness_is_refused_where_a_part_is_missing(changes, reason):
    given = {"split_value": ["RES", "COM"], "value": [60.0, 40.0], "denominator": [300, 100]}
    found = read_off("representativeness", participation=published(**(given | changes))).iloc[0]
    assert math.isnan(found["value"])
    assert found["reason"] == reason


def test_benefit_share_of_one_project_is_wilsons():
    # Codes 4 and 5 of 1-5 say yes: 81 of 263, Newcombe's .2553-.3662.
    rows = answers(1, "BEN", {1: 100, 3: 82, 4: 61, 5: 20, -1: 7, -2: 3, -3: 5}, BENEFIT)
    found = figure(judged("benefit_share", small(item_counts=rows)))
    assert interval(found) == pytest.approx((81 / 263, 0.2553, 0.3662), abs=5e-5)
    assert (found["n"], found["part"]) == (263, "")


def test_benefit_share_of_projects_sums_people_and_varies_by_project():
    # 5/10, 3/10, 4/20: .3 -+ 4.3027 * sqrt(.0075) = .3727; cut at 0.
    rows = [*answers(1, "BEN", {4: 5, 1: 5}, BENEFIT), *answers(2, "BEN", {5: 3, 2: 7}, BENEFIT)]
    rows += answers(3, "BEN", {4: 4, 3: 16}, BENEFIT, group="COM")
    frame = judged("benefit_share", small(THREE, item_counts=rows))
    found = figure(frame)
    assert interval(found) == pytest.approx((0.3, 0.0, 0.3 + T2 * math.sqrt(0.0075)), abs=1e-4)
    assert (found["numerator"], found["denominator"], found["projects"]) == (12, 40, 3)
    assert figure(frame, split="group", split_value="COM")["method"] == "wilson"


def test_benefit_minimum_names_the_group_and_leaves_hidden_ones_out():
    groups = published(
        split_value=["RES", "COM", "STAFF", "UNK"],
        state=["value", "value", "suppressed", "value"],
        value=[0.7, 0.4, np.nan, 0.1],
        n=[30, 20, 0, 50],
    )
    found = read_off("benefit_minimum", benefit_share=groups)
    assert found[["part", "value", "n", "split", "split_value"]].to_numpy().tolist() == [
        ["COM", 0.4, 20, "total", ""]
    ]
    hidden = read_off("benefit_minimum", benefit_share=groups[groups["state"] == "suppressed"])
    assert hidden["reason"].tolist() == ["hidden_parts"]
    assert hidden["part"].tolist() == [""]


def test_drawback_share_counts_those_who_agree():
    # 15 of 148 at 4 or 5: Newcombe's .0624-.1605.
    rows = answers(1, "DRAW", {1: 100, 2: 33, 4: 10, 5: 5}, BENEFIT)
    found = figure(judged("drawback_share", small(item_counts=rows)))
    assert interval(found) == pytest.approx((15 / 148, 0.0624, 0.1605), abs=5e-5)


def test_recommendation_is_promoters_less_detractors():
    # 10 answers: 5 at 9-10, 2 at 0-6: 30 -+ 1.96 * 100 * sqrt(.61 / 10).
    rows = answers(1, "REC", {10: 3, 9: 2, 8: 1, 7: 2, 6: 1, 0: 1, -1: 4}, BENEFIT)
    found = figure(judged("recommendation", small(item_counts=rows)), part="REC")
    half = 1.959964 * 100 * math.sqrt(0.061)
    assert interval(found) == pytest.approx((30, 30 - half, 30 + half), abs=1e-4)
    assert (found["n"], found["method"]) == (10, "normal")


def test_recommendation_of_projects_sums_people():
    # +5 of 10 and -1 of 10: 20; residuals 3 and -3: 2 * 18 / 20**2 = .09; half 12.7062 * 30.
    rows = answers(1, "REC", {9: 6, 8: 3, 1: 1}, BENEFIT)
    rows += answers(2, "REC", {9: 2, 8: 5, 1: 3}, BENEFIT)
    found = figure(judged("recommendation", small(TWO, item_counts=rows)), part="REC")
    assert interval(found) == (20, -100, 100)
    assert (found["n"], found["method"]) == (20, "cluster_ratio")


def test_outcome_score_is_for_outcome_questionnaires_only():
    rows = [(1, BENEFIT, "end", "P0", "RES", "SERVICE", *scores(1, 40, 50, 60)[6:]), scores(1, 9)]
    frame = judged("outcome_score", small(scale_moments=rows))
    found = figure(frame, part="SERVICE")
    assert interval(found) == pytest.approx((50, 50 - 24.842, 50 + 24.842), abs=1e-3)
    assert set(frame["part"]) == {"SERVICE"}


def pairs(project: int, *points: int, wave: str = "end", earlier: str = "baseline"):
    x = np.array(points) * 1000
    sums = (len(x), int(x.sum()), int((x * x).sum()), 100_000)
    return (project, BENEFIT, earlier, wave, "RES", "CAPA", *sums)


def test_paired_change_of_one_project_is_over_its_pairs():
    # R's sleep data, ten pairs, in points: 15.8, 7.001142 to 24.59886 (paired t, R).
    hours = [12, 24, 13, 13, 0, 10, 18, 8, 46, 14]
    frame = judged("paired_change", small(paired_moments=[pairs(1, *hours)]))
    found = figure(frame, part="CAPA")
    assert interval(found) == pytest.approx((15.8, 7.001142, 24.59886), abs=1e-5)
    assert (found["n"], found["wave"]) == (10, "end")


def test_paired_change_needs_ten_pairs_but_pools_smaller_projects():
    # Nine pairs are refused; 9 and 2 together are 11, and the mean of 10 and 20 is 15; a single
    # pair is not pooled, and pairs from "during" are no change from the start.
    rows = [pairs(1, *[10] * 9), pairs(2, 10, 30), pairs(3, 99), pairs(3, 5, earlier="during")]
    frame = judged("paired_change", small(THREE, paired_moments=rows))
    alone = figure(frame, level="project", entity=1)
    assert (alone["reason"], alone["n"]) == ("too_few_pairs", 9)
    assert math.isnan(alone["value"])
    assert (figure(frame)["value"], figure(frame)["n"], figure(frame)["projects"]) == (15, 11, 2)
    assert figure(frame)["high"] == pytest.approx(15 + T1 * 5, abs=1e-2)
