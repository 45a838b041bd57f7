"""Metrics of scales and items from frames to figures: what is read, pooled, refused and shown."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest

from metrics.evaluate import evaluate
from metrics.frames import PRODUCT_COLUMNS, SUM_COLUMNS, Frames
from metrics.judge import judge, prepare
from metrics.metric import Profile
from survey.instrument import instruments
from tests.metrics.small import figure, small

FULL, PULSE = "process_quality@1", "process_pulse@1"
UNIT = instruments()[FULL].score_unit


def only(frames: Frames, metric: str) -> pd.DataFrame:
    """The raw figures of one metric."""
    (found,) = evaluate(frames, only=[metric])
    return found.frame


def products(project: int, scale: str, answers: list[list[int]], key: str = FULL) -> dict:
    """A row of `frames.SCALE_PRODUCTS` from answers counted from 0, reversed ones turned."""
    table = np.array(answers)
    row = {"project": project, "instrument": key, "wave": "end", "scale": scale}
    row |= {"items": table.shape[1], "n": len(table)}
    row |= dict.fromkeys((*SUM_COLUMNS, *PRODUCT_COLUMNS), 0)
    for a, b in combinations_with_replacement(range(table.shape[1]), 2):
        row[f"p{a + 1}{b + 1}"] = int((table[:, a] * table[:, b]).sum())
    return row | {f"s{a + 1}": int(table[:, a].sum()) for a in range(table.shape[1])}


def asked(*rows: dict, people: int = 40) -> Frames:
    """Frames of two projects with some scales; everybody who answered is a respondent."""
    respondents = [
        (project, key, "end", "P8", "RES", people, -1)
        for project, key in sorted({(row["project"], row["instrument"]) for row in rows})
    ]
    frames = small(range(1, 3), respondents=respondents)
    table = pd.DataFrame(rows).astype({"instrument": "str", "wave": "str", "scale": "str"})
    return Frames.of(
        respondents=frames.respondents, scale_products=table, nodes=frames.nodes
    ).validated()


def test_balanced_leadership_counts_people_with_both():
    # 7 of 10 in project 1 and 3 of 20 in project 2: 10 of 30
    rows = [
        (1, FULL, "end", "P8", "RES", "LEADB", 10, 7 * UNIT, 7 * UNIT**2, UNIT),
        (2, FULL, "end", "P8", "COM", "LEADB", 20, 3 * UNIT, 3 * UNIT**2, UNIT),
    ]
    frames = small(range(1, 3), scale_moments=rows)
    found = only(frames, "balanced_leadership")
    both = figure(found, wave="end")
    assert (both["value"], both["numerator"], both["denominator"]) == (pytest.approx(1 / 3), 10, 30)
    own = figure(found, level="project", entity=1, wave="end", split="total")
    # Wilson, 7 of 10: .3968 to .8922 (Newcombe's formula by hand)
    assert (own["value"], own["low"], own["high"]) == pytest.approx((0.7, 0.3968, 0.8922), abs=5e-5)
    assert only(frames, "process_quality").empty, "a share is no level"


@pytest.mark.parametrize(("metric", "best"), [("item_ceiling", True), ("item_floor", False)])
def test_a_reversed_item_is_best_at_its_lowest_answer(metric, best):
    # INCL3 is reversed: 6 answered 1, 3 answered 3, 1 answered 5, 5 don't know
    counts = {1: 6, 3: 3, 5: 1, -1: 5}
    rows = [(1, FULL, "end", "P8", "RES", "INCL3", code, n) for code, n in counts.items()]
    rows += [(1, FULL, "end", "P8", "RES", "INCL1", code, n) for code, n in counts.items()]
    found = only(small(item_counts=rows), metric)
    assert figure(found, part="INCL3")["value"] == pytest.approx(0.6 if best else 0.1)
    assert figure(found, part="INCL1")["value"] == pytest.approx(0.1 if best else 0.6)
    assert figure(found, part="INCL1")["denominator"] == 10
    assert set(found["split"]) == {"total"}


def test_a_drawback_has_no_ceiling():
    rows = [(1, "benefit@1", "end", "P8", "RES", item, 5, 9) for item in ("BEN", "DRAW")]
    assert set(only(small(item_counts=rows), "item_ceiling")["part"]) == {"BEN"}


def test_projects_of_twenty_are_refused_one_by_one_and_judged_together():
    # Four answers of which each occurs five times: by hand, scatter of 20 people
    answers = [[0, 1, 1], [1, 1, 2], [3, 2, 3], [4, 4, 3]] * 5
    frames = asked(products(1, "GOAL", answers), products(2, "GOAL", answers), people=20)
    raw = only(frames, "scale_alpha")
    assert figure(raw, level="project", entity=1)["reason"] == "under_thirty"
    (shown,) = judge(prepare(frames, only=["scale_alpha"]), Profile.INSIDE)
    own = figure(shown.frame, level="project", entity=1)
    assert (own["state"], own["reason"], own["n"]) == ("not_reported", "under_thirty", 20)
    together = figure(shown.frame)
    covariance = np.cov(np.array(answers).T)
    expected = 1.5 * (1 - np.trace(covariance) / covariance.sum())
    assert together["value"] == pytest.approx(expected)
    assert (together["state"], together["n"], together["projects"]) == ("value", 40, 2)


def test_one_question_has_no_consistency_and_says_so():
    answers = [[code % 5] for code in range(40)]
    frames = asked(products(1, "GOAL", answers, PULSE))
    for metric in ("scale_alpha", "scale_omega", "item_rest", "alpha_without"):
        (shown,) = judge(prepare(frames, only=[metric]), Profile.INSIDE)
        own = figure(shown.frame, level="project", entity=1)
        assert (own["state"], own["reason"]) == ("not_applicable", "one_item"), metric


def test_item_statistics_are_told_by_item():
    rng = np.random.default_rng(8)
    table = np.clip(rng.integers(0, 5, (60, 1)) + rng.integers(-1, 2, (60, 3)), 0, 4)
    frames = asked(products(1, "INCL", table.tolist()), people=60)
    for metric in ("item_rest", "alpha_without"):
        found = only(frames, metric)
        own = found[found["level"] == "project"]
        assert sorted(own["part"]) == ["INCL1", "INCL2", "INCL3"]
    rest = figure(only(frames, "item_rest"), level="project", entity=1, part="INCL2")
    whole = table.sum(axis=1)
    assert rest["value"] == pytest.approx(np.corrcoef(table[:, 1], whole - table[:, 1])[0, 1])
    without = figure(only(frames, "alpha_without"), level="project", entity=1, part="INCL2")
    two = np.cov(table[:, [0, 2]].T)
    assert without["value"] == pytest.approx(2 * (1 - np.trace(two) / two.sum()))


def test_agreement_takes_its_null_from_the_answers_offered():
    # Answers 2 2 3 3 on a scale of five: null 2, variance 1/3
    frames = asked(products(1, "GOAL", [[2], [2], [3], [3]] * 5, PULSE), people=20)
    found = figure(only(frames, "agreement"), level="project", entity=1)
    assert found["value"] == pytest.approx(1 - 5 / 19 / 2)


def scores(project: int, points: list[int]) -> tuple:
    """A row of `frames.SCALE_MOMENTS` of the whole questionnaire."""
    units = np.array(points) * UNIT // 100
    moments = (len(units), int(units.sum()), int((units**2).sum()), UNIT)
    return (project, FULL, "end", "P8", "RES", "OVERALL", *moments)


def test_projects_are_set_beside_each_other_and_nothing_stands_above_them():
    far = [[20, 30, 40] * 5, [50, 60, 70] * 5, [70, 80, 90] * 5]
    rows = [scores(project, points) for project, points in enumerate(far, 1)]
    people = [(project, FULL, "end", "P8", "RES", 15, -1) for project in (1, 2, 3)]
    frames = small(range(1, 4), scale_moments=rows, respondents=people)
    known = judge(
        prepare(frames, only=["reliability_of_mean", "shrunken_quality", "random_intercept"]),
        Profile.INSIDE,
    )
    found = {each.metric.id: each.frame for each in known}
    for metric in ("reliability_of_mean", "shrunken_quality"):
        scored = found[metric][found[metric]["part"] == "OVERALL"]
        assert set(scored["level"].astype(str)) == {"project"}
        # The wave's total and the phase, of each project.
        assert len(scored[scored["value"].notna()]) == 6
        assert scored["reason"].isna().all()
    # ANOVA by hand: MSB = 15 * ((-80/3)**2 + (10/3)**2 + (70/3)**2) / 2 = 9500, MSW 71.43;
    # lambda = 1 - MSW / MSB for projects of one size; points are cut to whole units of a score
    reliability = figure(found["reliability_of_mean"], level="project", entity=1, part="OVERALL")[
        "value"
    ]
    within = 3 * 5 * 200 / 42
    between = 15 * ((80 / 3) ** 2 + (10 / 3) ** 2 + (70 / 3) ** 2) / 2
    assert reliability == pytest.approx(1 - within / between, abs=1e-5)
    drawn_in = figure(found["shrunken_quality"], level="project", entity=1, part="OVERALL")["value"]
    assert drawn_in == pytest.approx(170 / 3 + reliability * (30 - 170 / 3), abs=1e-3)
    above = found["random_intercept"]
    above = above[above["part"] == "OVERALL"]
    assert set(above["level"].astype(str)) == {"portfolio"}
    assert above["value"].iloc[0] == pytest.approx(170 / 3, abs=1e-3)
