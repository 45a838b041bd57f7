"""The frames of what projects led to: needs, firms, outputs, solutions, ties, cases.

One plain query each. Durations reach up to the day of reading.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import sqlalchemy as sa
import sqlalchemy.orm

from data.folding.typed_rows import NOT_KNOWN, constant_day, days_between, flag, table, typed
from data.judgement.assessment_reading import JOINT, SUBMITTED
from data.schema import (
    STAGE_DATES,
    Adoption,
    Assessment,
    AssessmentLevel,
    FirmFollowUp,
    FunnelCase,
    JointOutput,
    Need,
    Organisation,
    OrganisationTie,
    Solution,
    SolutionReuse,
    TieRoster,
)
from metrics import records


def needs(connection: sa.Connection) -> pd.DataFrame:
    """`records.NEEDS`."""
    query = sa.select(
        Need.project_id.label("project"),
        Need.group_code.label("group"),
        flag(Need.tested).label("tested"),
        flag(Need.sufficient).label("sufficient"),
    ).order_by(Need.id)
    return typed(table(connection, query, words=["group"]), records.NEEDS)


def firms(connection: sa.Connection) -> pd.DataFrame:
    """`records.FIRMS`."""
    firm = FirmFollowUp
    found = table(
        connection,
        sa.select(
            firm.project_id.label("project"),
            firm.organisation_id.label("organisation"),
            flag(firm.tested).label("tested"),
            flag(firm.new_product).label("new_product"),
            flag(firm.new_market).label("new_market"),
            flag(firm.followed_on.is_not(None)).label("followed"),
            flag(firm.first_sale_on.is_not(None)).label("sold"),
            firm.joined_on,
            sa.func.coalesce(firm.first_sale_on, firm.followed_on).label("until"),
        ).order_by(firm.project_id, firm.organisation_id),
        days=["joined_on", "until"],
    )
    found["waited"] = days_between(found["joined_on"], found["until"])
    return typed(found, records.FIRMS)


def outputs(connection: sa.Connection) -> pd.DataFrame:
    """`records.OUTPUTS`."""
    query = sa.select(
        JointOutput.project_id.label("project"), JointOutput.kind, JointOutput.amount.label("n")
    ).order_by(JointOutput.id)
    return typed(table(connection, query, words=["kind"]), records.OUTPUTS)


def solutions(connection: sa.Connection, read_on: date) -> pd.DataFrame:
    """`records.SOLUTIONS`."""
    found = table(
        connection,
        sa.select(
            Solution.project_id.label("project"),
            Solution.id.label("solution"),
            Solution.ready_on,
            Solution.embedded_on,
            flag(Solution.embedded).label("embedded"),
        ).order_by(Solution.id),
        days=["ready_on", "embedded_on"],
    )
    today = constant_day(read_on, found["ready_on"])
    until = today.mask(found["embedded"] == 1, found["embedded_on"])
    found["age"] = days_between(found["ready_on"], today)
    found["waited"] = days_between(found["ready_on"], until)
    return typed(found, records.SOLUTIONS)


def adoptions(connection: sa.Connection) -> pd.DataFrame:
    """`records.ADOPTIONS`."""
    query = (
        sa.select(
            Solution.project_id.label("project"),
            Adoption.solution_id.label("solution"),
            Adoption.organisation_id.label("adopter"),
            flag(Adoption.in_use).label("lasting"),
        )
        .join(Solution, Solution.id == Adoption.solution_id)
        .order_by(Adoption.solution_id, Adoption.organisation_id)
    )
    return typed(table(connection, query), records.ADOPTIONS)


def lineage(connection: sa.Connection) -> pd.DataFrame:
    """`records.LINEAGE`. Rows: a later project that took over two solutions is one; a project that
    goes on with its own is none."""
    query = (
        sa.select(Solution.project_id.label("project"), SolutionReuse.project_id.label("child"))
        .join(Solution, Solution.id == SolutionReuse.solution_id)
        .where(Solution.project_id != SolutionReuse.project_id)
        .distinct()
        .order_by(Solution.project_id, SolutionReuse.project_id)
    )
    return typed(table(connection, query), records.LINEAGE)


def ties(connection: sa.Connection) -> pd.DataFrame:
    """`records.TIES`. Rows: an organisation has no tie to itself."""
    tie = OrganisationTie
    query = (
        sa.select(
            tie.project_id.label("project"),
            tie.wave,
            tie.source_id.label("source"),
            tie.target_id.label("target"),
        )
        .where(tie.source_id != tie.target_id)
        .order_by(tie.project_id, tie.wave, tie.source_id, tie.target_id)
    )
    return typed(table(connection, query, words=["wave"]), records.TIES)


def roster(connection: sa.Connection) -> pd.DataFrame:
    """`records.ROSTER`; the sector is the kind of organisation."""
    query = (
        sa.select(
            TieRoster.project_id.label("project"),
            TieRoster.wave,
            TieRoster.organisation_id.label("organisation"),
            Organisation.kind.label("sector"),
            flag(TieRoster.answered).label("answered"),
        )
        .join(Organisation, Organisation.id == TieRoster.organisation_id)
        .order_by(TieRoster.project_id, TieRoster.wave, TieRoster.organisation_id)
    )
    return typed(table(connection, query, words=["wave", "sector"]), records.ROSTER)


def cases(connection: sa.Connection, read_on: date) -> pd.DataFrame:
    """`records.CASES`. Rows: cases that had begun by the day of reading."""
    found = table(
        connection,
        sa.select(
            FunnelCase.project_id.label("project"),
            FunnelCase.id.label("case"),
            *(getattr(FunnelCase, day) for day in STAGE_DATES),
            FunnelCase.ended_on,
            sa.func.coalesce(FunnelCase.end_kind, "").label("ended"),
        )
        .where(FunnelCase.idea_on <= read_on)
        .order_by(FunnelCase.id),
        words=["ended"],
        days=[*STAGE_DATES, "ended_on"],
    )
    begun = found["idea_on"]
    for stage, day in zip(records.STAGES[1:], STAGE_DATES[1:], strict=True):
        found[f"to_{stage}"] = days_between(begun, found[day])
    reached = found[[f"to_{stage}" for stage in records.STAGES[1:]]].to_numpy() != NOT_KNOWN
    at = np.arange(1, len(records.STAGES))
    found["stage"] = (reached * at).max(axis=1, initial=0)
    found["year"] = begun.dt.year
    today = constant_day(read_on, begun)
    found["age"] = days_between(begun, today)
    found["days"] = days_between(begun, found["ended_on"].fillna(today))
    return typed(found, records.CASES)


def assessments(connection: sa.Connection) -> pd.DataFrame:
    """`records.ASSESSMENTS`: what raters said, in what is submitted, of what applies.

    What raters agreed does not apply counts nowhere, whatever they had said alone.
    """
    level, assessment = AssessmentLevel, Assessment
    steps = level.level - 1
    keys = (assessment.project_id, assessment.phase, level.construct, assessment.kind)
    agreed, said = sa.orm.aliased(Assessment), sa.orm.aliased(AssessmentLevel)
    set_aside = sa.exists().where(
        agreed.project_id == assessment.project_id,
        agreed.phase == assessment.phase,
        agreed.kind == JOINT,
        agreed.state == SUBMITTED,
        said.assessment_id == agreed.id,
        said.construct == level.construct,
        said.not_applicable,
    )
    query = (
        sa.select(
            assessment.project_id.label("project"),
            assessment.phase,
            level.construct,
            assessment.kind,
            sa.func.count().label("raters"),
            sa.func.sum(steps).label("score_sum"),
            sa.func.sum(steps * steps).label("score_squares"),
        )
        .join(assessment, assessment.id == level.assessment_id)
        .where(assessment.state == SUBMITTED, level.level.is_not(None), ~set_aside)
        .group_by(*keys)
        .order_by(*keys)
    )
    found = table(connection, query, words=["phase", "construct", "kind"])
    return typed(found, records.ASSESSMENTS)
