"""Self-assessment, disagreement of raters and the perception gap, worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics.evaluate import evaluate
from metrics.frames import Frames
from metrics.judge import judge, prepare
from metrics.metric import KEYS, Profile
from metrics.names import CONSTRUCT_NAMES
from metrics.process.perception_gap import derive
from metrics.requirements import REQUIRED
from metrics.statistics.intervals import Interval
from metrics.statistics.ratings import difference
from survey.instrument import instruments
from survey.rubric import rubric, score
from tests.metrics.small import figure, small

FORM = "process_quality@1"
METRICS = ("process_quality", "self_assessment", "rater_agreement", "perception_gap")
#: raters and the sums of their steps above the lowest level
ASSESSMENT = ["project", "phase", "construct", "kind", "raters", "score_sum", "score_squares"]


def frames(assessments: list[tuple], moments: list[tuple] = (), projects: int = 1) -> Frames:
    """assessments: ASSESSMENT. moments: project, phase, group, scale, points of each person."""
    scores = [
        (p, FORM, "during", phase, group, scale, len(said), sum(said), sum(x * x for x in said))
        for p, phase, group, scale, said in moments
    ]
    people = {(p, phase, group): len(said) for p, phase, group, _, said in moments}
    base = small(
        range(1, projects + 1),
        respondents=[(p, FORM, "during", phase, g, n, -1) for (p, phase, g), n in people.items()],
        scale_moments=[(*row, 100) for row in scores],
    )
    table = pd.DataFrame(assessments, columns=ASSESSMENT)
    kinds = dict.fromkeys(("phase", "construct", "kind"), "str")
    kinds |= {name: "int64" for name in ASSESSMENT if name not in kinds}
    return Frames.of(**{**vars_of(base), "assessments": table.astype(kinds)}).validated()


def vars_of(base: Frames) -> dict[str, pd.DataFrame]:
    return {name: getattr(base, name) for name in base.__slots__}


def said(kind: str, *steps: int, part="GOAL", phase="P3", project=1) -> tuple:
    return project, phase, part, kind, len(steps), sum(steps), sum(x * x for x in steps)


def judged(metric: str, *rows: tuple, projects: int = 1) -> pd.DataFrame:
    return evaluate(frames(list(rows), projects=projects), only=[metric])[0].frame


def gaps(given: Frames, profile: Profile = Profile.INSIDE) -> dict[str, pd.DataFrame]:
    return {each.metric.id: each.frame for each in judge(prepare(given, METRICS), profile)}


# --- the project's own view ---------------------------------------------------------------------


def test_a_joint_judgement_stands_alone_and_is_counted():
    found = judged("self_assessment", said("own", 0, 1), said("joint", 2))
    own = figure(found, level="project", split="phase", part="GOAL")
    assert own["value"] == pytest.approx(200 / 3)  # level 3 of 4
    assert (own["n"], own["method"], own["low"] != own["low"]) == (1, "census", True)


def test_two_raters_have_the_interval_of_two():
    own = figure(judged("self_assessment", said("own", 1, 2)), level="project", split="phase")
    # By hand: 33.3 and 66.7, s = 23.57, standard error 16.67, t(.975; 1) = 12.706: far over 0-100.
    assert own[["value", "low", "high"]].tolist() == pytest.approx([50, 0, 100])


def test_the_variance_of_a_rater_is_pooled_over_what_a_project_judged():
    rows = [
        said("own", 1, 2, part=part, phase=phase)
        for part, phase in (("GOAL", "P3"), ("RULE", "P3"), ("TRUST", "P3"), ("TERMS", "P1"))
    ]
    own = figure(judged("self_assessment", *rows), level="project", split="phase", part="RULE")
    # By hand: each cell has SS .5 steps²; pooled .5 with 4 degrees, so s² = .5 * (100/3)² / 2
    # = 277.8, t(.975; 4) = 2.7764: 50 -+ 46.27.
    assert own[["low", "high"]].tolist() == pytest.approx([3.727, 96.273], abs=0.01)


def test_a_project_is_the_mean_of_its_phases_and_the_portfolio_of_projects():
    found = judged(
        "self_assessment",
        said("joint", 3, phase="P1", part="INFL"),
        said("joint", 0, phase="P4", part="INFL"),
        said("joint", 3, phase="P4", part="INFL", project=2),
        projects=2,
    )
    assert figure(found, level="project", entity=1)["value"] == pytest.approx(50)
    whole = figure(found)
    # By hand: 50 and 100: 75, t(.975; 1) = 12.706 times 25.
    assert (whole["value"], whole["projects"], whole["method"]) == (75, 2, "cluster_mean")
    assert (whole["low"], whole["high"]) == (0, 100)


# --- raters among themselves --------------------------------------------------------------------


def test_two_raters_two_levels_apart_differ_by_two_thirds_of_the_scale():
    found = judged("rater_agreement", said("own", 1, 3))
    own = figure(found, level="project", split="phase", part="GOAL")
    assert (own["value"], own["n"], own["method"]) == (pytest.approx(200 / 3), 2, "census")


def test_disagreement_is_pooled_over_what_several_judged():
    found = judged(
        "rater_agreement",
        said("own", 1, 3, phase="P3"),
        said("own", 2, 2, 2, phase="P3", part="RULE"),
        said("own", 2, part="TRUST"),
    )
    # By hand: SS 2 and 0 with 1 and 2 degrees: the root of 2 * 2/3 steps², a step 33.3 points.
    assert figure(found, level="project", part="")["value"] == pytest.approx(
        np.sqrt(4 / 3) * 100 / 3
    )
    alone = figure(found, level="project", part="TRUST")
    assert (np.isnan(alone["value"]), alone["reason"], alone["n"]) == (True, "one_rater", 1)


def test_a_project_of_one_rater_is_left_out_above():
    found = judged("rater_agreement", said("own", 1, 3), said("own", 2, project=2), projects=2)
    whole = figure(found, part="")
    assert (whole["value"], whole["projects"]) == (pytest.approx(200 / 3), 1)


# --- the gap ------------------------------------------------------------------------------------

#: Ten people whose mean is 50 and whose interval is 50 -+ 2.2622 * 10.5409 / sqrt(10) = 7.5407.
TEN = [40, 60] * 5
#: Fewer people than may be shown.
FEW = [10, 40, 90]


def test_the_gap_of_a_joint_judgement_is_the_participants_interval_moved():
    given = frames([said("joint", 3)], [(1, "P3", "RES", "GOAL", TEN)])
    found = figure(gaps(given)["perception_gap"], level="project", split="phase", part="GOAL")
    assert found[["value", "low", "high"]].tolist() == pytest.approx(
        [50, 42.4593, 57.5407], abs=1e-3
    )
    assert (found["n"], found["state"], found["method"]) == (10, "value", "square_and_add")
    assert (found["instrument"], found["wave"]) == (FORM, "all")


def test_a_difference_takes_its_interval_from_both():
    one = Interval(*(np.array([x]) for x in (80.0, 70.0, 90.0)))
    other = Interval(*(np.array([x]) for x in (60.0, 50.0, 75.0)))
    found = difference(one, other, (-100.0, 100.0))
    # By hand: 20 - sqrt(100 + 225) and 20 + sqrt(100 + 100).
    assert [end[0] for end in found] == pytest.approx([20, 1.972, 34.142], abs=1e-3)


def test_a_project_is_the_mean_of_its_phases_gaps():
    given = frames(
        [said("joint", 3, part="INFL", phase="P1"), said("joint", 1, part="INFL", phase="P4")],
        [(1, phase, "RES", "INFL", TEN) for phase in ("P1", "P4")],
    )
    found = figure(gaps(given)["perception_gap"], level="project", part="INFL")
    # By hand: gaps 50 and -16.67; the half-widths are both 7.54, and so is their mean.
    assert found["value"] == pytest.approx(50 / 3)
    assert found["high"] - found["value"] == pytest.approx(7.5407, abs=1e-3)
    assert (found["n"], found["wave"]) == (20, "all")


def test_where_people_were_asked_of_the_whole_process_the_whole_is_compared():
    given = frames(
        [said("joint", 3)],
        [(1, "P0", "RES", "GOAL", TEN)],
    )
    found = gaps(given)["perception_gap"]
    own = figure(found, level="project", part="GOAL", instrument=FORM)
    assert (own["value"], own["wave"]) == (50, "during")


def test_the_portfolio_is_the_mean_of_projects():
    given = frames(
        [said("joint", 3), said("joint", 1, project=2), said("joint", 3, project=3)],
        [(p, "P3", "RES", "GOAL", TEN) for p in (1, 2)],
        projects=3,
    )
    found = figure(gaps(given)["perception_gap"], split="phase", part="GOAL", instrument=FORM)
    # By hand: 50 and -16.67, mean 16.67; t(.975; 1) = 12.706 times 33.3: cut at -100 and 100.
    assert (found["value"], found["projects"]) == (pytest.approx(50 / 3), 2)
    assert (found["low"], found["high"]) == (-100, 100)


@pytest.mark.parametrize(
    ("assessments", "moments", "state", "reason"),
    [
        ([], [(1, "P3", "RES", "GOAL", TEN)], "not_reported", "no_assessment"),
        ([said("joint", 3)], [], "not_reported", "no_answers"),
        (
            [said("joint", 3)],
            [(1, "P3", "RES", "GOAL", [10, 40, 90])],
            "suppressed",
            "hidden_parts",
        ),
    ],
    ids=["nobody judged", "nobody answered", "too few answered"],
)
def test_a_gap_that_is_not_there_says_why(assessments, moments, state, reason):
    found = gaps(frames(assessments, moments)).get("perception_gap")
    own = figure(found, level="project", split="phase", part="GOAL")
    assert (own["state"], own["reason"]) == (state, reason)
    assert own[["value", "low", "high"]].isna().all()


# --- what nobody may work out -------------------------------------------------------------------


def crowd(seed: int) -> Frames:
    """Twelve projects, five of them with few people in each phase and group; all are judged."""
    rng = np.random.default_rng(seed)
    moments, assessments = [], []
    for project in range(1, 13):
        for phase, each in REQUIRED.items():
            usual = [15, 30] if project <= 7 else [0, 3, 7]
            sizes = {group: int(rng.choice(usual)) for group in ("RES", "COM")}
            for part in each.constructs:
                assessments.append(
                    said("joint", int(rng.integers(4)), part=part, phase=phase, project=project)
                )
                for group, size in sizes.items():
                    points = [int(x) for x in rng.integers(0, 5, size) * 25]
                    moments += [(project, phase, group, part, points)] if size else []
    return frames(assessments, moments, projects=12)


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("seed", [1, 2])
def test_no_gap_is_shown_where_the_mean_is_hidden(seed, profile):
    """Read off the protected means of either profile, though the public is shown no gap at all."""
    given = crowd(seed)
    shown = {each.metric.id: each.frame for each in judge(prepare(given, METRICS), profile)}
    inside = gaps(given)
    found = derive(
        {name: shown.get(name, inside[name]) for name in ("process_quality", "self_assessment")},
        given.nodes,
    )
    key = ["instrument", "part", "level", "entity", "wave", "split", "split_value"]
    words = {name: str for name in key if name != "entity"}
    means = shown["process_quality"].astype({**words, "state": str})
    own = found.astype(words)[(found["level"] == "project").to_numpy()]
    phases = own[(own["split"] == "phase") & own["value"].notna().to_numpy()]
    beside = phases.merge(means, on=key, how="left", suffixes=("", "_mean"))
    assert len(beside) > 20
    assert set(beside["state"]) == {"value"}
    hidden = means[(means["split"] == "phase") & (means["state"] == "suppressed")]
    hidden = hidden[(hidden["level"] == "project").to_numpy()]
    assert len(hidden) > 20
    # What is read of several phases or projects is a mean of gaps that are shown, and of no other.
    of = ["instrument", "part", "entity"]
    again = phases.groupby(of)["value"].mean()
    totals = own[(own["split"] == "total") & own["value"].notna().to_numpy()]
    assert len(totals) > 5
    pd.testing.assert_series_equal(
        totals.set_index(of)["value"].sort_index(), again.sort_index(), rtol=1e-9
    )
    upper = found.astype(words)[(found["level"] == "portfolio").to_numpy()]
    upper = upper[(upper["split"] == "phase") & upper["value"].notna().to_numpy()]
    by_phase = phases.groupby(["instrument", "part", "split_value"])["value"].mean()
    pd.testing.assert_series_equal(
        upper.set_index(["instrument", "part", "split_value"])["value"].sort_index(),
        by_phase.sort_index(),
        rtol=1e-9,
    )


def test_hidden_answers_move_no_gap():
    """Whatever the few of a hidden cell said, every gap stays as it was."""
    base = [(1, phase, "RES", "INFL", TEN) for phase in ("P1", "P4")]
    judgements = [said("joint", 2, part="INFL", phase=phase) for phase in ("P1", "P4", "P7")]
    one, other = (
        gaps(frames(judgements, [*base, (1, "P7", "RES", "INFL", few)]))["perception_gap"]
        for few in ([0, 25, 50], [100, 75, 50])
    )
    pd.testing.assert_frame_equal(one, other)
    hidden = figure(one, level="project", split="phase", part="INFL", split_value="P7")
    assert hidden["state"] == "suppressed"


def test_the_public_is_shown_nothing_of_the_projects_own_view():
    given = frames([said("joint", 3)], [(1, "P3", "RES", "GOAL", TEN * 3)])
    public = gaps(given, Profile.PUBLIC)
    assert "process_quality" in public
    assert not {"self_assessment", "rater_agreement", "perception_gap"} & set(public)


# --- laws ---------------------------------------------------------------------------------------


def test_the_order_of_rows_changes_nothing_at_all():
    given = crowd(3)
    rng = np.random.default_rng(4)
    own = [
        said("own", *rng.integers(0, 4, rng.integers(1, 4)).tolist(), part=part, phase=phase,
             project=project)
        for project in range(1, 13)
        for phase, each in REQUIRED.items()
        for part in each.constructs
    ]  # fmt: skip
    table = frames(own, projects=12).assessments
    kept = given.assessments.sample(frac=0.5, random_state=1)
    both = pd.concat([kept, table], ignore_index=True)
    shuffled = both.sample(frac=1, random_state=2).reset_index(drop=True)
    one, other = (
        gaps(Frames.of(**{**vars_of(given), "assessments": each})) for each in (both, shuffled)
    )
    for metric in ("self_assessment", "rater_agreement", "perception_gap"):
        left, right = (
            each[metric].astype({k: str for k in KEYS if k != "entity"})
            .sort_values(KEYS, ignore_index=True)
            for each in (one, other)
        )  # fmt: skip
        pd.testing.assert_frame_equal(left, right, check_exact=True, obj=metric)
        shown = left[left["value"].notna()]
        assert len(shown) > 20
        assert shown["value"].between(-100, 100).all()
        ends = shown[shown["low"].notna()]
        assert ((ends["low"] <= ends["value"]) & (ends["value"] <= ends["high"])).all()


# --- words --------------------------------------------------------------------------------------


def test_the_rubric_the_requirements_and_the_steps_say_the_same():
    assert {phase: tuple(given) for phase, given in rubric().phases.items()} == {
        phase: each.constructs for phase, each in REQUIRED.items()
    }
    assert [score(level) for level in (1, 2, 3, 4)] == pytest.approx([0, 100 / 3, 200 / 3, 100])


def test_constructs_are_called_as_in_the_questionnaire():
    form = instruments()[FORM]
    assert set(CONSTRUCT_NAMES) == {part for each in REQUIRED.values() for part in each.constructs}
    for code, name in CONSTRUCT_NAMES.items():
        assert form.scale(code).title == name
