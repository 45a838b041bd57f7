"""The frames of what projects wrote down of their work: proposals, roles, decisions, money, places.

One plain query or aggregate each. Durations reach up to the day of reading.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa

from data.folding.typed_rows import NOT_KNOWN, constant_day, days_between, flag, table, typed
from data.records.taking_part import taking_part, with_pupils
from data.schema import (
    ActivityEvent,
    AffectedPopulation,
    AreaPopulation,
    Attendance,
    Decision,
    GroundRules,
    Place,
    PlaceUse,
    PlanChange,
    PortfolioMetric,
    PrimaryMetric,
    Project,
    ProjectFunder,
    ProjectRole,
    Proposal,
    ProposalStatus,
)
from metrics import records
from metrics.metric import Level

#: A proposal without a project, or without a place.
NOWHERE = 0
#: Steps of a proposal that are its maker's own and answer nothing.
_OWN = ("submitted", "withdrawn")
#: Steps that decide a proposal; the last of them says how.
_DECIDED = ("accepted", "merged", "selected", "done", "rejected")


def proposal_log(connection: sa.Connection, read_on: date) -> pd.DataFrame:
    """`records.PROPOSAL_LOG`. A proposal that was withdrawn unanswered waited until then."""
    made = table(
        connection,
        sa.select(
            Proposal.id.label("proposal"),
            sa.func.coalesce(Proposal.project_id, NOWHERE).label("project"),
            sa.func.coalesce(Proposal.area_id, NOWHERE).label("area"),
        ).order_by(Proposal.id),
    ).set_index("proposal")
    steps = table(
        connection,
        sa.select(
            ProposalStatus.proposal_id.label("proposal"),
            ProposalStatus.status,
            ProposalStatus.on_date.label("day"),
            flag(sa.func.trim(sa.func.coalesce(ProposalStatus.reason, "")) != "").label("reason"),
        ).order_by(ProposalStatus.proposal_id, ProposalStatus.position),
        words=["status"],
        days=["day"],
    )
    answers = steps[~steps["status"].isin(_OWN)]
    decisions = steps[steps["status"].isin(_DECIDED)].drop_duplicates("proposal", keep="last")
    how = decisions.set_index("proposal")["status"].reindex(made.index)
    first_made, withdrawn = (_first_day(steps[steps["status"] == own], made) for own in _OWN)
    made["answered"] = made.index.isin(answers["proposal"])
    gone = made.index.isin(steps.loc[steps["status"] == "withdrawn", "proposal"])
    today = constant_day(read_on, first_made)
    answered_on = _first_day(answers, made)
    until = today.mask(gone, withdrawn).mask(made["answered"], answered_on)
    made["waited"] = days_between(first_made, until)
    made["age"] = days_between(first_made, today)
    made["reasoned"] = made.index.isin(answers.loc[answers["reason"] == 1, "proposal"])
    made["decided"] = how.notna()
    made["adopted"] = how.notna() & (how != "rejected")
    return typed(made.reset_index(), records.PROPOSAL_LOG)


def _first_day(steps: pd.DataFrame, made: pd.DataFrame) -> pd.Series:
    """The day of the first of some steps of each proposal."""
    first = steps.drop_duplicates("proposal").set_index("proposal")["day"]
    return first.reindex(made.index)


def roles(connection: sa.Connection) -> pd.DataFrame:
    """`records.ROLES`."""
    query = sa.select(
        ProjectRole.project_id.label("project"), flag(ProjectRole.filled).label("filled")
    ).order_by(ProjectRole.id)
    return typed(table(connection, query), records.ROLES)


def rules(connection: sa.Connection) -> pd.DataFrame:
    """`records.RULES`."""
    query = (
        sa.select(
            GroundRules.project_id.label("project"),
            flag(GroundRules.signed_on <= Project.starts_on).label("in_time"),
        )
        .join(Project, Project.id == GroundRules.project_id)
        .where(Project.starts_on.is_not(None))
        .order_by(GroundRules.project_id)
    )
    return typed(table(connection, query), records.RULES)


def decisions(connection: sa.Connection, read_on: date) -> pd.DataFrame:
    """`records.DECISIONS`. Rows: decisions that were due by the day of reading."""
    found = table(
        connection,
        sa.select(
            Decision.project_id.label("project"),
            Decision.due_on,
            Decision.made_on,
            flag(Decision.made_on.is_not(None)).label("made"),
        )
        .where(Decision.due_on <= read_on)
        .order_by(Decision.id),
        days=["due_on", "made_on"],
    )
    until = found["made_on"].fillna(constant_day(read_on, found["made_on"]))
    found["waited"] = days_between(found["due_on"], until)
    return typed(found, records.DECISIONS)


def plan_changes(connection: sa.Connection) -> pd.DataFrame:
    """`records.PLAN_CHANGES`."""
    said = sa.func.trim(sa.func.coalesce(PlanChange.reason, "")) != ""
    query = sa.select(
        PlanChange.project_id.label("project"), flag(said).label("reasoned")
    ).order_by(PlanChange.id)
    return typed(table(connection, query), records.PLAN_CHANGES)


def places(connection: sa.Connection) -> pd.DataFrame:
    """`records.PLACES`. Rows: a place that a project used in many events is one."""
    query = (
        sa.select(
            PlaceUse.project_id.label("project"),
            PlaceUse.place_id.label("place"),
            flag(Place.described).label("described"),
        )
        .join(Place, Place.id == PlaceUse.place_id)
        .distinct()
        .order_by(PlaceUse.project_id, PlaceUse.place_id)
    )
    return typed(table(connection, query), records.PLACES)


def costs(connection: sa.Connection) -> pd.DataFrame:
    """`records.COSTS`: what funders' money was used, or, where no funder's use is known, what the
    events cost.

    The two are never added: events are paid with the funders' money. Rows: no row where neither is
    known. Missing: participants are not known where nobody noted who came, pilots where a project
    wrote down no event.
    """
    used = (
        sa.select(ProjectFunder.project_id, sa.func.sum(ProjectFunder.used_eur).label("eur"))
        .group_by(ProjectFunder.project_id)
        .subquery()
    )
    held = (
        sa.select(
            ActivityEvent.project_id,
            sa.func.sum(ActivityEvent.cost_eur).label("eur"),
            sa.func.sum(flag(ActivityEvent.kind == "pilot")).label("pilots"),
        )
        .group_by(ActivityEvent.project_id)
        .subquery()
    )
    came = (
        sa.select(
            ActivityEvent.project_id,
            sa.func.count(Attendance.person_key.distinct()).label("people"),
        )
        .join(Attendance, Attendance.event_id == ActivityEvent.id)
        .group_by(ActivityEvent.project_id)
        .subquery()
    )
    eur = sa.func.coalesce(used.c.eur, held.c.eur)
    query = (
        sa.select(
            Project.id.label("project"),
            sa.cast(sa.func.round(eur * 100), sa.BigInteger).label("cents"),
            sa.func.coalesce(came.c.people, NOT_KNOWN).label("participants"),
            sa.func.coalesce(held.c.pilots, NOT_KNOWN).label("pilots"),
        )
        .outerjoin(used, used.c.project_id == Project.id)
        .outerjoin(held, held.c.project_id == Project.id)
        .outerjoin(came, came.c.project_id == Project.id)
        .where(eur.is_not(None))
        .order_by(Project.id)
    )
    return typed(table(connection, query), records.COSTS)


def organisations(connection: sa.Connection) -> pd.DataFrame:
    """`records.ORGANISATIONS`: those that came to an event, and those said to take part.

    The sector is the kind of organisation (company, association, school, ...), a closed list.
    """
    found = taking_part()
    query = found.order_by(found.selected_columns.project, found.selected_columns.organisation)
    return typed(table(connection, query, words=["sector"]), records.ORGANISATIONS)


def schools(connection: sa.Connection) -> pd.DataFrame:
    """`records.SCHOOLS`."""
    return typed(table(connection, with_pupils().order_by("project")), records.SCHOOLS)


def eligible(connection: sa.Connection) -> pd.DataFrame:
    """`records.ELIGIBLE`: the newest count of each area and group, and whom projects concern."""
    counted = table(
        connection,
        sa.select(
            AreaPopulation.area_id.label("entity"),
            AreaPopulation.group_code.label("group"),
            AreaPopulation.people,
        ).order_by(AreaPopulation.area_id, AreaPopulation.group_code, AreaPopulation.year),
        words=["group"],
    ).drop_duplicates(["entity", "group"], keep="last")
    concerned = table(
        connection,
        sa.select(
            AffectedPopulation.project_id.label("entity"),
            AffectedPopulation.group_code.label("group"),
            AffectedPopulation.people,
        ).order_by(AffectedPopulation.project_id, AffectedPopulation.group_code),
        words=["group"],
    )
    both = [
        counted.assign(level=Level.AREA.value),
        concerned.assign(level=Level.PROJECT.value),
    ]
    return typed(pd.concat(both, ignore_index=True), records.ELIGIBLE)


def sites(connection: sa.Connection) -> pd.DataFrame:
    """`records.SITES`."""
    query = sa.select(
        Project.id.label("project"), flag(Project.is_comparison).label("comparison")
    ).order_by(Project.id)
    return typed(table(connection, query), records.SITES)


def primary(connection: sa.Connection) -> pd.DataFrame:
    """`records.PRIMARY`, in the declared order."""
    words = ["metric", "part"]
    portfolio = table(
        connection,
        sa.select(
            sa.literal(NOWHERE).label("entity"), PortfolioMetric.metric, PortfolioMetric.part
        ).order_by(PortfolioMetric.position),
        words=words,
    )
    projects = table(
        connection,
        sa.select(
            PrimaryMetric.project_id.label("entity"), PrimaryMetric.metric, PrimaryMetric.part
        ).order_by(PrimaryMetric.project_id, PrimaryMetric.position),
        words=words,
    )
    both = [
        portfolio.assign(level=Level.PORTFOLIO.value),
        projects.assign(level=Level.PROJECT.value),
    ]
    return typed(pd.concat(both, ignore_index=True), records.PRIMARY)
