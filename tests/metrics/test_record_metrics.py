"""Metrics of records worked by hand, through the same door as the refresh."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics.evaluate import evaluate
from metrics.frames import Frames, empty, schema_of
from metrics.names import record_part
from metrics.records import OUTPUT_KINDS, STAGES
from metrics.statistics import wilson


def rows(frame: str, *given: dict, **everywhere) -> pd.DataFrame:
    """Records of a frame; what is not given is 1, or "" for words."""
    columns = schema_of(frame).columns
    nothing = {name: "" if "str" in str(c.dtype) else 1 for name, c in columns.items()}
    if not given:
        return empty(frame)
    table = pd.DataFrame([{**nothing, **everywhere, **row} for row in given])
    return table[list(columns)].astype(empty(frame).dtypes.to_dict())


def judged(metric: str, projects: int = 1, **frames: pd.DataFrame) -> pd.DataFrame:
    """The figures of a metric by level, entity, part and split value."""
    every = range(1, projects + 1)
    nodes = pd.DataFrame(
        [("portfolio", 0, p) for p in every] + [("project", p, p) for p in every],
        columns=["level", "entity", "project"],
    ).astype({"level": "str"})
    found = evaluate(Frames.of(nodes=nodes, **frames).validated(), only=[metric])[0].frame
    names = ["level", "part", "split_value"]
    return found.astype(dict.fromkeys(names, str)).set_index(["level", "entity", *names[1:]])


def whole(frame: pd.DataFrame, part: str = "", group: str = "") -> pd.Series:
    return frame.loc[("portfolio", 0, part, group)]


def test_closure_counts_only_proposals_old_enough():
    log = rows(
        "proposal_log",
        {"age": 61, "reasoned": 1},
        {"age": 200, "reasoned": 0},
        {"age": 60, "reasoned": 0},  # still time to answer
        {"age": -1, "reasoned": 1},  # dates not known
        {"age": 90, "reasoned": 1, "project": 2},
        area=0,
    )
    found = whole(judged("closure", 2, proposal_log=log))
    assert (found["numerator"], found["denominator"], found["projects"]) == (2, 3, 2)
    expected = wilson(np.array([2]), np.array([3]))
    assert found[["value", "low", "high"]].tolist() == pytest.approx([e[0] for e in expected])


def test_influence_is_of_decided_proposals():
    log = rows(
        "proposal_log",
        *[{"decided": 1, "adopted": 1}] * 3,
        *[{"decided": 1, "adopted": 0}] * 2,
        *[{"decided": 0, "adopted": 0}] * 4,
        area=0,
    )
    assert whole(judged("influence_rate", proposal_log=log))["value"] == pytest.approx(3 / 5)


def test_response_time_keeps_those_who_wait():
    # Answered on days 10, 20, 30; one has waited 15 days, one 40; one has no dates.
    waits = [(10, 1), (20, 1), (30, 1), (15, 0), (40, 0), (-1, 1)]
    log = rows("proposal_log", *[{"waited": w, "answered": a} for w, a in waits], area=0)
    found = whole(judged("response_time", proposal_log=log))
    # S: 4/5 on day 10, 4/5 * 2/3 = .533 on day 20, .267 on day 30. The two who wait are no answers.
    assert (found["value"], found["n"]) == (30, 5)
    assert found["reason"] == "open_ended"


def test_answers_by_a_day_are_not_told_where_too_few_were_followed():
    log = rows(
        "proposal_log",
        *[{"waited": 10, "answered": 1}] * 2,
        *[{"waited": 35, "answered": 0}] * 3,
        *[{"waited": 70, "answered": 0}] * 5,
        area=0,
    )
    found = judged("answered_by", proposal_log=log)
    assert whole(found, "30")["value"] == pytest.approx(0.2)
    assert whole(found, "60")["value"] == pytest.approx(0.2)
    assert np.isnan(whole(found, "90")["value"])  # nobody was followed for 90 days
    assert whole(found, "90")["reason"] == "too_few_records"


def test_roles_rules_and_places_are_counted_whole():
    roles = rows("roles", {"filled": 1}, {"filled": 0}, {"filled": 1, "project": 2})
    found = whole(judged("roles_filled", 2, roles=roles))
    assert (found["value"], found["method"]) == (pytest.approx(2 / 3), "census")
    rules = rows("rules", {"in_time": 1}, {"in_time": 0, "project": 2})
    assert whole(judged("rules_signed", 2, rules=rules))["value"] == 0.5
    # Place 7 is used by both projects and counts once above them.
    places = rows(
        "places",
        {"place": 7, "described": 1},
        {"place": 8, "described": 0},
        {"place": 7, "described": 1, "project": 2},
    )
    found = judged("accessibility_coverage", 2, places=places)
    assert whole(found)["value"] == 0.5
    assert found.loc[("project", 2, "", ""), "value"] == 1


def test_changes_and_decisions():
    changes = rows("plan_changes", {"reasoned": 1}, {"reasoned": 0})
    assert whole(judged("changes_absorbed", plan_changes=changes))["value"] == 0.5
    decisions = rows("decisions", *[{"waited": w, "made": 1} for w in (0, 0, 4)])
    assert whole(judged("decision_lag", decisions=decisions))["value"] == 0  # two of three in time


def test_voices_are_equal_or_not_within_a_session():
    even = [{"session": 1, "person": p, "n": 3} for p in range(5)]
    one_voice = [{"session": 2, "person": p, "n": 6 * (p == 0)} for p in range(6)]
    small = [{"session": 3, "person": p, "n": p} for p in range(4)]  # too small to tell
    given = rows("contributions", *even, *one_voice, *small, group="RES")
    found = whole(judged("voice_equality", contributions=given))
    assert found["value"] == pytest.approx((1 + 1 / 6) / 2)
    assert (found["n"], found["reason"]) == (6, "too_few_records")
    alone = rows("contributions", *small, group="RES")
    assert np.isnan(whole(judged("voice_equality", contributions=alone))["value"])


def test_voices_above_projects_are_resampled_by_project():
    rng = np.random.default_rng(2)
    given = [
        {"project": p, "session": 10 * p + s, "person": 100 * p + i, "n": int(rng.integers(0, 9))}
        for p in range(1, 8)
        for s in range(6)
        for i in range(6)
    ]
    found = judged("voice_equality", 7, contributions=rows("contributions", *given, group="RES"))
    own = found.loc["project"]
    assert (own["method"] == "bootstrap").all()
    assert own["low"].lt(own["value"]).all()
    # Each project has six sessions, so the mean of sessions is the mean of projects.
    assert whole(found)["value"] == pytest.approx(own["value"].mean())
    assert whole(found)["projects"] == 7


def test_costs_are_sums_over_sums_with_the_projects_range():
    costs = rows(
        "costs",
        {"project": 1, "cents": 100_000, "participants": 10, "pilots": 1},
        {"project": 2, "cents": 900_000, "participants": 30, "pilots": 0},
        {"project": 3, "cents": 500_000, "participants": 9, "pilots": 4},
        {"project": 4, "cents": 700_000, "participants": -1, "pilots": -1},
    )
    people = judged("cost_per_participant", 4, costs=costs)
    # Projects 1 and 2: 10,000 euros / 40; their own 100 and 300. Nine are too few to be told.
    assert whole(people)[["value", "low", "high"]].tolist() == [250, 100, 300]
    assert whole(people)["method"] == "bounds"
    assert people.loc[("project", 1, "", ""), "method"] == "census"
    assert ("project", 3, "", "") not in people.index
    pilots = judged("cost_per_pilot", 4, costs=costs)
    # Projects 1 and 3: 6,000 euros / 5 pilots; their own 1,000 and 1,250.
    assert whole(pilots)[["value", "low", "high"]].tolist() == [1200, 1000, 1250]


ATTENDED = rows(
    "attendance",
    *[{"project": 1, "person": p} for p in (1, 2, 3)],
    *[{"project": 2, "person": p} for p in (3, 4)],
    {"project": 2, "person": 5, "group": "COM"},
    group="RES",
)


def test_people_are_recounted_at_every_level():
    found = judged("distinct_participants", 2, attendance=ATTENDED)
    values = [whole(found, part)["value"] for part in ("distinct", "sum", "overlap")]
    assert values == [5, 6, 1]
    assert found.loc[("project", 2, "distinct", ""), "value"] == 3
    assert whole(found, "distinct", "RES")["value"] == 4
    assert (found["n"] > 0).all()


def test_who_comes_back_is_not_told_of_one_project():
    found = judged("repeat_participation", 2, attendance=ATTENDED)
    assert whole(found)["value"] == pytest.approx(1 / 5)
    assert found.loc["project"]["value"].isna().all()
    assert set(found.loc["project"]["reason"]) == {"one_project"}


def test_reach_stands_beside_the_eligible():
    eligible = pd.DataFrame(
        {"level": ["portfolio", "project"], "entity": [0, 1], "group": "RES", "people": [40, 2]}
    ).astype({"level": "str", "group": "str"})
    found = judged("reach", 2, attendance=ATTENDED, eligible=eligible)
    reached = whole(found, group="RES")
    assert (reached["value"], reached["numerator"], reached["denominator"]) == (0.1, 4, 40)
    assert whole(found, group="COM")["reason"] == "unknown_frame"
    # Three came of two who are said to live there: one of the two numbers is wrong.
    assert found.loc[("project", 1, "", "RES"), "reason"] == "unknown_frame"
    assert ("portfolio", 0, "", "") not in found.index


def test_a_company_in_two_projects_is_one_company():
    firms = rows(
        "firms",
        {"project": 1, "organisation": 1, "new_product": 1},
        {"project": 2, "organisation": 1, "new_product": 1},
        {"project": 2, "organisation": 2, "new_product": 0, "tested": 0},
        {"project": 2, "organisation": 3, "new_product": 1, "followed": 0},
    )
    found = judged("firms_new_product", 2, firms=firms)
    assert whole(found, "distinct")[["value", "denominator"]].tolist() == [1, 2]
    assert [whole(found, part)["value"] for part in ("sum", "overlap")] == [2, 1]
    assert whole(judged("firms_tested", 2, firms=firms), "distinct")["value"] == 2
    # A project whose companies have nothing new has a reported zero.
    none = judged("firms_new_market", 2, firms=firms.assign(new_market=0))
    assert none.loc[("project", 1, "distinct", ""), "value"] == 0


def test_the_same_records_again_change_no_distinct_count():
    firms = rows("firms", *[{"organisation": o} for o in (1, 2, 3)])
    twice = pd.concat([firms, firms], ignore_index=True)
    once, again = (judged("firms_tested", firms=each) for each in (firms, twice))
    pd.testing.assert_frame_equal(once, again)


def test_organisations_adopters_and_later_projects():
    organisations = rows("organisations", *[{"organisation": o} for o in (1, 2)], sector="COM")
    assert whole(judged("distinct_organisations", organisations=organisations), "distinct")[
        "value"
    ] == 2  # fmt: skip
    adoptions = rows(
        "adoptions",
        {"solution": 1, "adopter": 1, "lasting": 1},
        {"solution": 2, "adopter": 1, "lasting": 0},
        {"solution": 1, "adopter": 2, "lasting": 0},
    )
    assert whole(judged("adopters", adoptions=adoptions), "distinct")["value"] == 2
    assert whole(judged("lasting_adoption", adoptions=adoptions))["value"] == pytest.approx(1 / 3)
    lineage = rows("lineage", {"child": 8}, {"child": 9}, {"child": 8, "project": 2})
    assert whole(judged("lineage", 2, lineage=lineage))["value"] == 2


def test_needs_outputs_and_sales():
    needs = rows(
        "needs",
        {"tested": 1, "sufficient": 1},
        {"tested": 1, "sufficient": 0},
        {"tested": 0, "sufficient": 0, "group": "COM"},
        group="RES",
    )
    found = judged("needs_met", needs=needs)
    assert whole(found)["value"] == pytest.approx(1 / 3)
    assert whole(found, group="RES")["value"] == 0.5
    outputs = rows("outputs", {"kind": "thesis", "n": 2}, {"kind": "credits", "n": 30})
    assert whole(judged("joint_outputs", outputs=outputs), "thesis")["value"] == 2
    firms = rows("firms", *[{"waited": w, "sold": s} for w, s in ((90, 1), (200, 1), (300, 0))])
    assert whole(judged("time_to_first_sale", firms=firms))["value"] == 200


def test_embedding_is_judged_of_what_is_a_year_old():
    solutions = rows(
        "solutions",
        {"age": 400, "waited": 300, "embedded": 1},
        {"age": 500, "waited": 450, "embedded": 1},  # later than a year
        {"age": 365, "waited": 365, "embedded": 0},
        {"age": 100, "waited": 20, "embedded": 1},  # too young to count
        {"age": 800, "waited": -1, "embedded": 1},  # nobody knows when
    )
    found = whole(judged("embedding", solutions=solutions))
    assert (found["numerator"], found["denominator"]) == (1, 3)
    # S: 3/4 on day 20, 1/2 on day 300.
    assert whole(judged("time_to_embedding", solutions=solutions))["value"] == 300


def case(at: str, on: int = 100, age: int = 1000, **more) -> dict:
    """A case whose furthest stage was reached on a day, all stages before it that day too."""
    stage = STAGES.index(at)
    days = {f"to_{name}": on if i <= stage else -1 for i, name in enumerate(STAGES) if i}
    return {"stage": stage, "days": age, "age": age, "year": 2024, "ended": "", **days, **more}


def test_six_of_thirty_five_cases_were_piloted():
    # CoHeWe as a demonstration (reference-values.md, 36): 17.1 %, Wilson 8.1-32.7 %.
    cases = rows("cases", *[case("pilot")] * 6, *[case("trial")] * 29)
    found = whole(judged("stage_conversion", cases=cases), "pilot")
    assert found[["value", "low", "high"]].tolist() == pytest.approx(
        [0.171, 0.081, 0.327], abs=5e-4
    )
    assert whole(judged("stage_conversion", cases=cases), "2024/pilot")["value"] == found["value"]


def test_young_merged_and_split_cases_are_not_lost_ones():
    cases = rows(
        "cases",
        case("trial", on=100, age=465),  # at trial for exactly a year
        case("trial", on=101, age=465),  # a day less
        case("trial", ended="merged"),
        case("trial", ended="rejected", days=120),
        case("pilot"),
        case("pilot", ended="merged"),  # it had gone on before
        case("adoption", to_pilot=-1),  # the pilot was passed over
    )
    found = whole(judged("stage_conversion", cases=cases), "pilot")
    assert (found["numerator"], found["denominator"]) == (3, 5)


def test_time_to_a_stage_counts_a_passed_stage_as_reached_with_the_next():
    cases = rows(
        "cases",
        case("trial", on=50),
        case("pilot", on=80, to_trial=-1),
        case("idea", age=60),
    )
    found = whole(judged("stage_time", cases=cases), "trial")
    # S: 2/3 on day 50; the open one leaves on day 60; 0 on day 80.
    assert (found["value"], found["n"]) == (80, 3)


def test_what_became_of_cases_by_hand():
    cases = rows(
        "cases",
        case("pilot", on=100),
        case("idea", ended="rejected", days=200),
        case("pilot", on=300, ended="rejected", days=350),  # it was piloted first
        case("idea", ended="withdrawn", days=310),
        case("idea", ended="merged", days=500),
        case("idea", ended="rejected", days=700),
    )
    found = judged("case_outcome", cases=cases)
    values = {part: row["value"] for (_, _, part, _), row in found.loc[["portfolio"]].iterrows()}
    assert values == pytest.approx(
        {
            "pilot/12": 2 / 6, "rejected/12": 1 / 6, "merged/12": 0,
            "pilot/24": 2 / 6, "rejected/24": 2 / 6, "merged/24": 1 / 6,
        }
    )  # fmt: skip


def walk(step: int, people: range, **more) -> list[dict]:
    return [{"step": step, "person": p, "priority": 0, "group": "COM", **more} for p in people]


def test_losses_of_a_journey():
    priority = {"priority": 1, "group": "RES"}
    journeys = rows(
        "journeys",
        *walk(0, range(0, 4), **priority),  # invited only
        *walk(1, range(4, 7), **priority),
        *walk(5, range(7, 10), **priority),
        *walk(0, range(10, 12)),
        *walk(2, range(12, 17)),
        *walk(5, range(17, 20)),
    )
    found = judged("journey_loss", journeys=journeys)
    first = whole(found, "registered")
    assert (first["numerator"], first["denominator"], first["n"]) == (6, 20, 20)
    assert whole(found, "attended", "RES")["value"] == pytest.approx(3 / 6)
    assert whole(found, "returned", "COM")["value"] == pytest.approx(5 / 8)
    assert whole(found, "answered")["value"] == 0
    excess = judged("journey_excess", journeys=journeys)
    assert whole(excess, "registered")["value"] == pytest.approx((4 / 10) / (2 / 10))
    assert whole(excess, "registered")["n"] == 10
    assert whole(excess, "attended")["reason"] == "not_estimable"  # none of the others was lost


@pytest.mark.parametrize(
    ("metric", "item", "counted", "value"),
    [
        # Sometimes (3) and more often is use: 6 of 10.
        ("new_practice", "PRACT", [(2, 4), (3, 5), (5, 1)], 0.6),
        # More time (0) and the same time (1) save nothing: 3 of 12.
        ("time_saved", "HOURS", [(0, 2), (1, 7), (2, 2), (4, 1)], 0.25),
    ],
)
def test_what_stayed_in_use_is_read_off_the_follow_up(metric, item, counted, value):
    # Nine who were asked at the end already are not followed up.
    answers = pd.DataFrame(
        [*(("follow_up", code, n) for code, n in counted), ("end", 4, 9)],
        columns=["wave", "code", "n"],
    ).assign(project=1, instrument="effects@1", phase="P0", group="STAFF", item=item)
    columns = empty("item_counts").dtypes.to_dict()
    found = judged(metric, item_counts=answers[list(columns)].astype(columns))
    assert whole(found)["value"] == pytest.approx(value)
    assert set(found["wave"].astype(str)) == {"follow_up"}


def test_every_part_has_a_name():
    cases = rows("cases", case("adoption"), case("idea", ended="rejected", days=9))
    firms = rows("firms", {})
    log = rows("proposal_log", {}, area=0)
    journeys = rows("journeys", *walk(5, range(6)))
    outputs = rows("outputs", *[{"kind": kind} for kind in OUTPUT_KINDS])
    found = [
        judged("case_outcome", cases=cases),
        judged("stage_time", cases=cases),
        judged("stage_conversion", cases=cases),
        judged("firms_tested", firms=firms),
        judged("answered_by", proposal_log=log),
        judged("journey_loss", journeys=journeys),
        judged("joint_outputs", outputs=outputs),
    ]
    parts = {part for frame in found for part in frame.index.get_level_values("part")}
    assert {"pilot/24", "2024/trial", "overlap", "90", "answered", "thesis"} <= parts
    for part in parts:
        words = record_part(part).fi.split(" · ")
        assert all(word not in part.split("/") or word == "2024" for word in words), part
