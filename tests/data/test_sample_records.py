"""What was built into the invented records is found again in the frames that metrics read."""

from __future__ import annotations

import networkx
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from data import database
from data.folding import record_frames
from data.sample import KNOWN_EFFECTS, LAST_DAY
from metrics.frames import Frames
from metrics.records import STEPS

KNOWN = KNOWN_EFFECTS


@pytest.fixture(scope="module")
def logs(sample_engine) -> dict[str, pd.DataFrame]:
    with database.reading(sample_engine) as connection:
        return record_frames.logs(connection, LAST_DAY)


@pytest.fixture(scope="module")
def numbers(sample_engine) -> dict[str, dict[str, int]]:
    """Ids by code or name of projects, areas and organisations."""
    queries = {
        "project": "select code, id from project",
        "area": "select code, id from area",
        "organisation": "select name, id from organisation",
    }
    with database.reading(sample_engine) as connection:
        return {
            name: {row[0]: row[1] for row in connection.execute(sa.text(query))}
            for name, query in queries.items()
        }


def median_wait(waited: pd.Series, ended: pd.Series) -> float:
    """The day by which half of all waits have ended, by the product of those that went on."""
    table = pd.DataFrame({"day": waited, "ended": ended}).groupby("day")["ended"]
    events, leaving = table.sum(), table.size()
    at_risk = leaving[::-1].cumsum()[::-1]
    lasting = (1 - events / at_risk).cumprod()
    return float(lasting.index[np.argmax(lasting.to_numpy() <= 0.5)])


def gini(counts: pd.Series) -> float:
    x = np.sort(counts.to_numpy(dtype=float))
    return float((2 * np.arange(1, len(x) + 1) - len(x) - 1) @ x / (len(x) * x.sum()))


def near(share: float, n: int) -> float:
    """Four standard errors of a share: a draw that is further off is a mistake."""
    return 4 * np.sqrt(share * (1 - share) / n)


def test_every_frame_has_rows_and_is_as_the_metrics_ask(logs):
    Frames.of(**logs).validated()
    assert [name for name, frame in logs.items() if frame.empty] == []


def test_one_project_under_way_comparison_sites_and_plans_keep_no_records(logs, numbers):
    own = numbers["project"]
    without = {own[KNOWN.recordless_project], *(own[code] for code in KNOWN.comparison_projects)}
    # money is a matter of the funders; who is concerned stands in the register
    elsewhere = {"costs", "eligible", "sites", "organisations", "primary", "proposal_log",
                 "schools"}  # fmt: skip
    for name, frame in logs.items():
        if name not in elsewhere:
            assert not without & set(frame["project"]), name
    assert own[KNOWN.recordless_project] in set(logs["organisations"]["project"])  # its events


def test_proposals_are_answered_as_often_and_as_soon_as_built_in(logs, numbers):
    found = logs["proposal_log"]
    found = found[found["area"] != numbers["area"][KNOWN.slow_area]]
    # exactly so many of 250
    assert found["reasoned"].sum() == round(KNOWN.closure_elsewhere * len(found))
    dated = found[found["waited"] >= 0]
    # some 230 waits over 87 days: half a standard error of a day or two each way
    assert median_wait(dated["waited"], dated["answered"]) == pytest.approx(
        KNOWN.answer_days, abs=8
    )


def test_roles_are_filled_but_in_one_project(logs, numbers):
    found = logs["roles"]
    here = found["project"] == numbers["project"][KNOWN.unfilled_project]
    assert found.loc[here, "filled"].tolist() == [1, 0, 0, 0, 0, 0]
    share = found.loc[~here, "filled"].mean()
    assert share == pytest.approx(KNOWN.roles_filled, abs=near(KNOWN.roles_filled, (~here).sum()))


def test_rules_changes_and_places_have_the_shares_built_in(logs):
    for name, column, share in (
        ("rules", "in_time", KNOWN.rules_in_time),
        ("plan_changes", "reasoned", KNOWN.changes_with_reason),
        ("needs", "tested", KNOWN.needs_tested),
    ):
        found = logs[name][column]
        assert found.mean() == pytest.approx(share, abs=near(share, len(found))), name
    tested = logs["needs"].query("tested == 1")["sufficient"]
    assert tested.mean() == pytest.approx(
        KNOWN.needs_sufficient, abs=near(KNOWN.needs_sufficient, len(tested))
    )
    assert set(logs["places"]["described"]) == {0, 1}


def test_half_of_the_decisions_are_made_in_the_days_built_in(logs):
    found = logs["decisions"]
    # 190 exponential waits: the median's standard error is 14/ln 2/sqrt(190) = 1.5 days
    assert median_wait(found["waited"], found["made"]) == pytest.approx(KNOWN.decision_days, abs=5)


def test_two_people_do_the_talking_in_one_project(logs, numbers):
    voices = logs["contributions"].groupby(["project", "session"])["n"].agg([gini, "size"])
    voices = voices[voices["size"] >= 5]["gini"].groupby("project").mean()
    unequal = voices.pop(numbers["project"][KNOWN.unequal_project])
    assert unequal > 0.75
    # a Poisson count of mean 4 and one more: Gini about 2/(5*sqrt(pi)) = 0.23
    assert voices.mean() == pytest.approx(0.23, abs=0.04)


def test_attendance_is_what_organisers_counted_and_a_few_people_are_in_many_projects(
    sample_engine, logs
):
    with database.reading(sample_engine) as connection:
        unequal = connection.execute(
            sa.text(
                """select p.event_id from event_participants p
                   join activity_event e on e.id = p.event_id
                   left join attendance a
                     on a.event_id = p.event_id and a.group_code = p.group_code
                   where e.project_id in (select project_id from ground_rules)
                   group by p.event_id, p.group_code, p.people
                   having count(a.person_key) <> p.people"""
            )
        ).all()
    assert unequal == []
    projects = logs["attendance"].groupby("person")["project"].nunique()
    assert 0.01 < (projects >= 2).mean() < 0.15


def test_one_group_registers_and_does_not_come(logs):
    found = logs["journeys"]
    lost = STEPS.index(KNOWN.lost_step)
    registered = found[found["step"] >= lost - 1]
    share = (registered["step"] >= lost).groupby(registered["group"]).agg(["mean", "size"])
    there, n = share.loc[KNOWN.lost_group]
    usual = KNOWN.journey_stays[lost - 1]
    assert there == pytest.approx(KNOWN.lost_stay, abs=near(KNOWN.lost_stay, n))
    others = share.drop(KNOWN.lost_group)
    for mean, size in others.itertuples(index=False):
        assert mean == pytest.approx(usual, abs=near(usual, size) + 0.03)
    priority = found.groupby("project")["priority"].max()
    assert priority.eq(1).all()


def test_companies_sell_for_the_first_time_in_the_days_built_in(logs):
    found = logs["firms"].query("followed == 1")
    # some 110 exponential waits, a third of them cut off: a standard error of some 60 days
    assert median_wait(found["waited"], found["sold"]) == pytest.approx(
        KNOWN.first_sale_days, abs=180
    )


def test_solutions_are_taken_over_in_three_generations(logs, numbers):
    line = [numbers["project"][code] for code in KNOWN.generations]
    assert logs["lineage"].to_numpy().tolist() == [line[:2], line[1:]]
    embedded = set(logs["solutions"].query("embedded == 1")["solution"])
    assert 5 <= len(embedded) < len(logs["solutions"])
    adopted = logs["adoptions"]
    assert embedded <= set(adopted["solution"])
    assert adopted["lasting"].mean() > 0.6


def test_two_organisations_join_the_circles_and_ties_are_lost(logs, numbers):
    project = numbers["project"][KNOWN.network_project]
    ties = logs["ties"][logs["ties"]["project"] == project]
    first, last = (
        set(ties.loc[ties["wave"] == wave, ["source", "target"]].itertuples(index=False, name=None))
        for wave in ("baseline", "end")
    )
    brokers = {numbers["organisation"][name] for name in KNOWN.brokers}
    apart = components({tie for tie in first if not brokers & set(tie)})
    assert len(apart) == 3
    assert len(components(first)) == 1
    within = {tie for tie in first if not brokers & set(tie)}
    # of the answered ones; the share was drawn over all of them
    assert len(within & last) / len(within) == pytest.approx(KNOWN.ties_kept, abs=0.15)
    assert last <= first
    answered = logs["roster"].groupby("project")["answered"].mean()
    assert answered.between(0.6, 1).all()


def test_the_two_stand_between_the_others_in_every_network_together(logs, numbers):
    brokers = {numbers["organisation"][name] for name in KNOWN.brokers}
    first = logs["ties"].query("wave == 'baseline'")
    graph = networkx.Graph(first[["source", "target"]].to_numpy().tolist())
    between = pd.Series(networkx.betweenness_centrality(graph)).sort_values(ascending=False)
    assert set(between.index[:2]) == brokers
    assert between.iloc[1] > 2 * between.iloc[2]
    # Three projects, so that a figure of one organisation does not rest on one person's answer.
    asked = logs["roster"][logs["roster"]["organisation"].isin(brokers)]
    assert asked.groupby("organisation")["project"].nunique().tolist() == [3, 3]
    assert asked["answered"].eq(1).all()


def components(ties: set[tuple[int, int]]) -> list[set[int]]:
    found: list[set[int]] = []
    for tie in ties:
        touched = [circle for circle in found if circle & set(tie)]
        found = [circle for circle in found if circle not in touched]
        found.append(set(tie).union(*touched))
    return found


def test_cases_are_lost_on_the_way_and_end_in_every_way(logs, sample_engine):
    found = logs["cases"]
    # those old enough that every stage up to the partner is behind them: 150 days at most
    old = found[found["age"] > 150]
    share = (old["stage"] >= 1).mean()
    # and of each project one case that never ends
    assert share == pytest.approx(KNOWN.case_goes_on[0], abs=near(0.8, len(old)) + 0.02)
    ended = found.loc[found["ended"] != "", "ended"]
    for kind, part in KNOWN.case_ends.items():
        assert (ended == kind).mean() == pytest.approx(part, abs=near(part, len(ended))), kind
    assert (found["stage"] == 5).sum() >= 10
    with database.reading(sample_engine) as connection:
        kinds = connection.execute(
            sa.text(
                """select count(*), sum(m.project_id = c.project_id), sum(m.end_kind is null)
                   from funnel_case c join funnel_case m on m.id = c.merged_into_id
                   union all
                   select count(*), sum(s.project_id = c.project_id), sum(s.end_kind = 'split')
                   from funnel_case c join funnel_case s on s.id = c.split_from_id"""
            )
        ).all()
    for count, same_project, as_told in kinds:
        assert count == same_project == as_told > 0


def test_pupils_of_schools_are_counted_as_those_whom_a_school_has(logs, numbers):
    school = numbers["area"]["kuusirinteen-koulu"]
    counted = logs["eligible"].query("level == 'area' and group == 'CUS'").set_index("entity")
    assert counted.loc[school, "people"] == 480  # places.yaml
    pupils = logs["attendance"].query("group == 'CUS'")
    assert numbers["project"]["kaarnalaiva"] in set(pupils["project"])


def test_records_of_some_projects_are_those_of_all_without_the_others(sample_engine):
    """A few projects' own figures are made of them, before everybody's are read."""
    with database.reading(sample_engine) as connection:
        everyone = connection.execute(sa.text("select id, project_id from collection")).all()
        whole = record_frames.read_records(connection, LAST_DAY)
        projects = sorted({project for _, project in everyone})
        # One alone, and every one among twelve: as many as are published first.
        for some in (projects[:1], *(projects[at::4] for at in range(4))):
            mine = [collection for collection, project in everyone if project in some]
            read = record_frames.read_records(connection, LAST_DAY, some).of(some, mine)
            expected = whole.of(some, mine)
            for name, frame in expected.frames.items():
                # People are numbered among those who are read, in the same order.
                numbered = [
                    each.assign(person=each["person"].rank(method="dense"))
                    if name in ("attendance", "contributions", "journeys")
                    else each
                    for each in (read.frames[name], frame)
                ]
                pd.testing.assert_frame_equal(*numbered, obj=name)
            assert len(expected.participation) and len(expected.invited)
