"""The shipped profiles on real files: counts that reconcile with the index of those files.

The folder is beside the repository and not part of it; without it these tests are skipped.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports.profile import profiles
from data.imports.run import preview, store, undo

FEEDBACK = "carpentries/post_workshop_feedback.csv"
WORKSHOPS = "carpentries/workshops.csv"
EURA = "eura/projektilista_2014-2020.csv"
OMASTADI = "omastadi/proposals_rounds_1_2.csv"


def raw(path: Path) -> pd.DataFrame:
    """The file as a plain reader sees it: an independent way to the same numbers."""
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def rows(engine: sa.Engine, query: sa.Select) -> list[tuple]:
    with database.reading(engine) as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_carpentries_feedback(engine: sa.Engine, shared_data: Path) -> None:
    """967 rows of 81 sites (INDEX.md); 51 of the rows name no site."""
    profile = profiles()["carpentries_feedback"]
    path = shared_data / FEEDBACK
    seen = preview(engine, profile, path, operator())
    assert (seen.rows_read, seen.storable, seen.rejected) == (967, 916, 51)
    # Two of the rows without a site are also copies of another such row.
    assert {problem.code for problem in seen.problems} == {"no_project", "duplicate_row"}
    assert seen.dropped_columns == ("MemberSiteOther", "Workshop ID")
    batch = store(engine, profile, path, operator(), accept_rejected=True)
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (967, 916, 51)
    file = raw(path)
    kept = file[file["MemberSite"] != ""]
    names = {name for (name,) in rows(engine, sa.select(schema.Project.name_fi))}
    assert len(names) == 81
    assert "My training event is not listed" in names
    answers = pd.DataFrame(
        [json.loads(said) for (said,) in rows(engine, sa.select(schema.Response.answers))]
    )
    counts = {
        "PACE": kept["Pace"].map({"Just right": 3}),
        "HANDSON": kept["HandsOn"].map({"Balanced (lecture/hands-on)": 3}),
        "NEW_INFORMATION": kept["NewInformation"].map({"About\xa0half\xa0of\xa0it": 3}),
    }
    for item, expected in counts.items():
        assert (answers[item] == 3).sum() == (expected == 3).sum() > 0
    scores = pd.to_numeric(kept["LikelyToRecommend"])
    assert answers["LIKELY_TO_RECOMMEND"].sum() == scores.sum()
    assert answers["LIKELY_TO_RECOMMEND"].notna().sum() == scores.notna().sum()
    battery = (kept["LiveCodingPostAbility"] != "").sum()
    assert answers["ABILITY_LIVE_CODING"].notna().sum() == battery
    [(dates,)] = rows(engine, sa.select(sa.func.count(schema.Response.answered_on)))
    assert dates == 916
    [(texts,)] = rows(engine, sa.select(sa.func.count()).select_from(schema.OpenAnswer))
    assert texts == (kept["CompleteTrainingOther"] != "").sum()


def test_carpentries_workshops(engine: sa.Engine, shared_data: Path) -> None:
    """1,869 workshops (INDEX.md); a blank attendance is not reported, 0 is nobody."""
    profile = profiles()["carpentries_workshops"]
    path = shared_data / WORKSHOPS
    batch = store(engine, profile, path, operator())
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (1869, 1869, 0)
    file = raw(path)
    people = schema.EventParticipants
    [(reported, total)] = rows(
        engine, sa.select(sa.func.count(), sa.func.sum(people.people)).select_from(people)
    )
    assert reported == (file["attendance"] != "").sum() == 1869 - 218
    assert total == pd.to_numeric(file["attendance"]).sum()
    kinds = dict(
        rows(
            engine,
            sa.select(schema.ActivityEvent.kind, sa.func.count()).group_by(
                schema.ActivityEvent.kind
            ),
        )
    )
    training = file["tag_name"].str.startswith("TTT").sum()
    assert kinds == {"training": training, "workshop": 1869 - training}
    [(hosts,)] = rows(engine, sa.select(sa.func.count()).select_from(schema.Organisation))
    assert hosts == file["host_name"].str.strip().nunique()


def test_eura_projects(engine: sa.Engine, shared_data: Path) -> None:
    """2,881 projects (INDEX.md); in one row a sum of money stands where the start should."""
    profile = profiles()["eura_projects"]
    path = shared_data / EURA
    seen = preview(engine, profile, path, operator())
    assert [(p.code, p.row, p.column, p.value) for p in seen.problems] == [
        ("not_a_date", 148, "Aloituspvm", "7560")
    ]
    batch = store(engine, profile, path, operator(), accept_rejected=True)
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (2881, 2880, 1)
    file = raw(path)
    file = file[file["Aloituspvm"] != "7560"]
    money = schema.ProjectFunder
    [(granted, used)] = rows(
        engine, sa.select(sa.func.sum(money.granted_eur), sa.func.sum(money.used_eur))
    )
    assert float(granted) == pd.to_numeric(file.iloc[:, 8].str.strip(), errors="coerce").sum()
    cents = sum(Decimal(cell) for cell in file.iloc[:, 9].str.strip() if cell)
    assert Decimal(str(used)).quantize(Decimal("0.01")) == cents
    [(six,)] = rows(
        engine,
        sa.select(sa.func.count())
        .select_from(schema.Project)
        .where(sa.func.lower(schema.Project.name_fi).contains("6aika")),
    )
    assert six == 13  # INDEX.md, in any case of letters
    programmes = rows(engine, sa.select(schema.Programme.name_fi))
    assert len(programmes) == 2
    [(authorities,)] = rows(engine, sa.select(sa.func.count()).select_from(schema.Funder))
    assert authorities == 16  # 31 ways of writing, without odd spaces and slipped words


def test_omastadi_proposals(engine: sa.Engine, shared_data: Path) -> None:
    """3,152 rows; accepted 934 / 1,395 and selected 87 / 193 in rounds 1 / 2 (INDEX.md)."""
    profile = profiles()["omastadi_proposals"]
    path = shared_data / OMASTADI
    batch = store(engine, profile, path, operator())
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (3152, 3152, 0)
    file = raw(path)
    proposal, step, plan = schema.Proposal, schema.ProposalStatus, schema.ProposalPlan
    stored = pd.DataFrame(
        rows(
            engine,
            sa.select(schema.Project.name_fi, proposal.code, step.status)
            .join(proposal, proposal.project_id == schema.Project.id)
            .join(step, step.proposal_id == proposal.id),
        ),
        columns=["project", "code", "status"],
    )
    file["code"] = "omastadi-" + file["round"] + "-" + file["id"]
    for mine, theirs, counts in (
        ("accepted", file["state"] == "accepted", (934, 1395)),
        ("selected", file["selected"] == "Selected", (87, 193)),
    ):
        codes = set(stored.loc[stored["status"] == mine, "code"])
        assert codes == set(file.loc[theirs, "code"])
        in_rows = file[theirs].groupby("round").size()
        assert tuple(in_rows) == counts
    assert stored["code"].nunique() == file["code"].nunique() == 2777
    # A plan's budget repeats on each of its proposals: plans are counted once, shares add up.
    plans = pd.DataFrame(
        rows(engine, sa.select(plan.plan_code, plan.budget_eur, plan.share_eur, plan.selected)),
        columns=["plan", "budget", "share", "selected"],
    )
    once = plans.drop_duplicates("plan")["budget"].sum()
    linked = file[file["link_plans"] != ""]
    theirs = linked.drop_duplicates(["round", "link_plans"])["budgetamount"].astype(float).sum()
    assert float(once) == theirs
    assert plans["budget"].sum() > once
    unique = linked.drop_duplicates(["round", "id", "link_plans"])
    assert abs(float(plans["share"].sum()) - unique["adj_budget"].astype(float).sum()) < 10
    assert plans["selected"].sum() == (unique["selected"] == "Selected").sum()
    areas = dict(
        rows(
            engine,
            sa.select(schema.Area.name_fi, sa.func.count())
            .join(proposal, proposal.area_id == schema.Area.id)
            .group_by(schema.Area.name_fi),
        )
    )
    whole_city = file[file["areaScope"] == "Helsingin yhteinen"]["code"].nunique()
    assert areas["Helsinki"] == whole_city


def test_all_four_live_together_and_go_again(sqlite_engine: sa.Engine, shared_data: Path) -> None:
    files = {
        "eura_projects": EURA,
        "carpentries_workshops": WORKSHOPS,
        "carpentries_feedback": FEEDBACK,
        "omastadi_proposals": OMASTADI,
    }
    stored = [
        store(sqlite_engine, profiles()[name], shared_data / file, operator(), True).id
        for name, file in files.items()
    ]
    for number in reversed(stored):
        undo(sqlite_engine, number, operator())
    for model in (schema.Project, schema.Response, schema.Proposal, schema.Area, schema.Funder):
        assert rows(sqlite_engine, sa.select(sa.func.count()).select_from(model)) == [(0,)]
