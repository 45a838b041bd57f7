"""Breadth: Zar's nests, groups that are hidden, and groups that never came."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from metrics.derived import derived
from metrics.evaluate import evaluate
from metrics.metric import Profile, Results
from metrics.process import absent_groups, breadth
from metrics.statistics.diversity import hill, resampled
from tests.metrics.small import figure, small

# Zar's nests: 20, 20 and 40 birds over four sites (brief 18).
NESTS = np.array([[5, 5, 5, 5], [1, 1, 1, 17], [2, 2, 2, 34]])


def test_zars_nests():
    found = hill(NESTS)
    assert found["q0"].tolist() == [4, 4, 4]
    assert found["q1"] == pytest.approx([4, 1.799, 1.799], abs=5e-4)
    assert found["q2"] == pytest.approx([4, 1.370, 1.370], abs=5e-4)
    assert found["evenness"] == pytest.approx([1, 0.424, 0.424], abs=5e-4)
    assert found["simpson"] == pytest.approx([0.7895, 0.2842, 0.2769], abs=5e-5)
    # H' is printed with logarithms of ten: .602, .255, .255; natural logarithms are ours.
    assert np.log10(found["q1"]) == pytest.approx([0.602, 0.255, 0.255], abs=5e-4)
    assert np.log(found["q1"]) == pytest.approx(stats.entropy(NESTS, axis=1))


def test_nobody_one_and_one_group():
    found = hill(np.array([[0, 0], [1, 0], [9, 0]]))
    assert np.isnan([found[name][0] for name in found]).all()
    assert found["q1"][1:].tolist() == [1, 1]
    assert np.isnan(found["evenness"]).all()
    assert np.isnan(found["simpson"][1])
    assert found["simpson"][2] == 0


def test_resamples_are_seeded_hold_the_value_and_know_no_order():
    found, turned = resampled(NESTS), resampled(np.concatenate([NESTS[::-1], NESTS[:1]]))
    for name, each in found.items():
        assert (each.low <= each.value).all()
        assert (each.value <= each.high).all()
        np.testing.assert_array_equal(each.low, turned[name].low[[3, 1, 0]])
    # Twice as many birds in the same shares leave a narrower interval.
    assert np.diff(found["q1"].high - found["q1"].low)[1] < 0


def test_the_interval_of_resamples_covers_about_what_it_says():
    rng = np.random.default_rng(7)
    share = np.array([0.5, 0.3, 0.15, 0.05])
    truth = hill(share * 1e9)["q2"]
    found = resampled(rng.multinomial(100, share, 600))["q2"]
    assert 0.9 <= ((found.low <= truth) & (truth <= found.high)).mean() <= 0.98


def shown(groups: dict[str, tuple[int, int]], hide: str = "") -> dict[str, pd.DataFrame]:
    """breadth and absent_groups of a project; groups: participations and affected people."""
    frames = small(participation=[(1, "P1", name, *each) for name, each in groups.items()])
    frame = evaluate(frames, ["participation"])[0].frame
    value = frame["value"].astype(float)
    state = np.where(value.isna(), "not_reported", np.where(value == 0, "zero", "value"))
    secret = (frame["split_value"] == hide).to_numpy() & (frame["split"] == "group").to_numpy()
    frame = frame.assign(value=value.mask(secret), state=np.where(secret, "suppressed", state))
    source = [Results(_participation(), Profile.INSIDE, frame)]
    return {each.metric.id: each.frame for each in derived(source, frames.nodes)}


def _participation():
    from metrics.process.participation import METRIC

    return METRIC


NEST = {"RES": (1, 50), "CUS": (1, 50), "STAFF": (1, 50), "COM": (17, 50)}


def test_breadth_is_read_off_the_groups_that_are_shown():
    found = shown({**NEST, "UNK": (8, -1)})["breadth"]
    of = {part: figure(found, part=part, level="project") for part in found["part"].unique()}
    assert of["q1"]["value"] == pytest.approx(1.799, abs=5e-4)
    assert of["simpson"]["value"] == pytest.approx(0.2842, abs=5e-5)
    assert (of["q0"]["value"], of["q0"]["n"], of["q0"]["method"]) == (4, 20, "bootstrap")
    assert of["q2"]["low"] < 1.370 < of["q2"]["high"]


@pytest.mark.parametrize(
    ("groups", "hide", "reason"),
    [
        (NEST, "RES", "hidden_parts"),
        ({"RES": (19, 5)}, "", "too_few_records"),
        ({"RES": (0, 5), "CUS": (0, 5)}, "", "no_records"),
    ],
)
def test_breadth_is_refused_with_a_reason(groups, hide, reason):
    found = shown(groups, hide)["breadth"]
    assert found["value"].isna().all()
    assert set(found["reason"]) == {reason}


def test_one_group_is_one_group_without_evenness():
    found = shown({"RES": (30, 5)})["breadth"]
    assert figure(found, part="q1")["value"] == 1
    assert figure(found, part="evenness")["reason"] == "not_estimable"


def test_absent_groups_are_counted_and_named():
    groups = {"RES": (12, 40), "STAFF": (0, 25), "NGO": (0, 7), "COM": (0, -1), "UNK": (0, 3)}
    found = shown(groups)["absent_groups"]
    assert figure(found, part="")["value"] == 2
    assert figure(found, part="STAFF")["value"] == 25
    assert set(found["part"]) == {"", "STAFF", "NGO"}


def test_a_protected_group_is_not_taken_for_absent():
    found = shown({"RES": (12, 40), "STAFF": (0, 25)}, hide="STAFF")["absent_groups"]
    assert figure(found, part="")["state"] == "zero"
    assert set(found["part"]) == {""}


def test_nobody_known_to_be_concerned_is_not_a_zero():
    found = shown({"RES": (12, -1)})["absent_groups"]
    assert (figure(found)["state"], figure(found)["reason"]) == ("not_reported", "unknown_frame")


def test_both_are_read_off_participations():
    assert breadth.METRIC.frame == absent_groups.METRIC.frame == "results:participation"
