"""What a figure of money tells of the people whom it is divided by, and of organisations."""

from __future__ import annotations

import pandas as pd
import pytest

from metrics.catalog import metrics
from metrics.judge import judge, prepare
from metrics.metric import Profile, Unit
from metrics.records import COSTS
from tests.metrics.small import small

#: Euros in cents and participants by group; 3 is a school project whose customers are pupils.
CENTS = {1: 1_234_500, 2: 900_000, 3: 600_000, 4: 500_000}
CAME = {1: {"RES": 12, "COM": 11}, 2: {"RES": 31}, 3: {"CUS": 30}, 4: {"RES": 10, "COM": 3}}


def figures(profile: Profile, only=("cost_per_participant", "distinct_participants")):
    """Rows by metric: level, entity -> state, value, low, high, n."""
    people = [(p, g) for p, groups in CAME.items() for g, n in groups.items() for _ in range(n)]
    attendance = pd.DataFrame(people, columns=["project", "group"])
    attendance = attendance.assign(person=range(len(people)), times=1)
    costs = pd.DataFrame(
        [(p, CENTS[p], sum(CAME[p].values()), -1) for p in CENTS],
        columns=["project", "cents", "participants", "pilots"],
    )
    nodes = [("portfolio", 0, p) for p in CENTS] + [("project", p, p) for p in CENTS]
    frames = small(
        attendance=attendance,
        costs=costs,
        schools=pd.DataFrame({"project": [3]}),
        nodes=pd.DataFrame(nodes, columns=["level", "entity", "project"]),
    )
    found = {}
    for result in judge(prepare(frames, only=set(only)), profile):
        rows = result.frame[result.frame["split"].eq("total") & result.frame["part"].ne("sum")]
        rows = rows[rows["part"].ne("overlap")]
        found[result.metric.id] = rows.set_index(["level", "entity"])
    return found


@pytest.mark.parametrize("profile", list(Profile))
def test_cost_per_participant_is_hidden_where_the_number_of_participants_is(profile):
    found = figures(profile)
    cost, people = found["cost_per_participant"], found["distinct_participants"]
    hidden = cost["state"].eq("suppressed")
    assert (people.loc[cost.index[hidden], "state"] == "suppressed").all()
    shown = people["state"].eq("value").reindex(cost.index)
    assert (shown == ~hidden).all()
    # The public is told nothing of a school's pupils, so not of what each of them cost either.
    assert hidden[("project", 3)] == (profile is Profile.PUBLIC)
    # And the portfolio's figure is without them: 26,345 euros (or 32,345) in all.
    euros = sum(CENTS[p] for p in CENTS if not hidden[("project", p)]) / 100
    whole = cost.loc[("portfolio", 0)]
    assert whole["value"] == pytest.approx(euros / whole["n"], abs=0.5)


def test_the_public_cannot_divide_the_money_by_the_figure():
    public = figures(Profile.PUBLIC)["cost_per_participant"]
    # 12,345 euros of 23 people would be 537 (12345 / 537 = 22.99); told is 12,345 / 25.
    assert public.loc[("project", 1), ["value", "n"]].tolist() == [494, 25]
    assert public[["low", "high"]].isna().all().all()
    inside = figures(Profile.INSIDE)["cost_per_participant"]
    assert inside.loc[("project", 1), "value"] == pytest.approx(12_345 / 23)
    assert inside.loc[("portfolio", 0), "low"] == pytest.approx(6_000 / 30)


def test_the_participants_need_not_be_asked_for_to_protect_what_they_cost():
    alone = figures(Profile.PUBLIC, only=("cost_per_participant",))["cost_per_participant"]
    assert alone.loc[("project", 3), "state"] == "suppressed"


def test_money_is_of_projects_and_not_of_organisations():
    # A sum over organisations' own money would need `metrics.dominance.p_percent` first.
    money = [each for each in metrics().values() if each.unit is Unit.EUR]
    assert {each.frame for each in money} == {"costs"}
    assert "organisation" not in COSTS.columns
