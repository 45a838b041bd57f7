"""The frames that come from records and not from answers: participation, proposals, the tree.

Each is one aggregate in the database, or a handful of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data.folding import record_events, record_logs, record_results
from data.folding.record_logs import NOWHERE
from data.folding.record_people import people
from data.folding.typed_rows import NOT_KNOWN, OfProjects, table, typed
from data.schema import (
    TAKEN_UP_STATUSES,
    ActivityEvent,
    AffectedPopulation,
    Area,
    CollectionGroup,
    EventParticipants,
    Project,
    ProjectArea,
    ProjectFunder,
    ProjectPhase,
    ProjectProgramme,
    ProjectTheme,
    Proposal,
    ProposalStatus,
    TemplatePhase,
)
from metrics import frames
from metrics.metric import Level
from survey.instrument import WHOLE_PROCESS

#: The entity of the whole portfolio.
PORTFOLIO = 0
#: Steps of a proposal that say that somebody took it up. A proposal that was taken up and later
#: turned down was still taken up, so any step counts, not only the last.
TAKEN_UP = TAKEN_UP_STATUSES


class CircularAreas(Exception):
    """An area is its own ancestor; the message names the areas."""


@dataclass(frozen=True)
class Records:
    """Everything small that a sheet is made of besides answers.

    invited: collection, group, invited. phases: project, phase, and its planned and actual dates.
    logs: the frames of `metrics.records` by name.
    """

    participation: pd.DataFrame
    proposals: pd.DataFrame
    nodes: pd.DataFrame
    area_tree: pd.DataFrame
    invited: pd.DataFrame
    phases: pd.DataFrame
    logs: Mapping[str, pd.DataFrame]

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Every frame by its name."""
        read = dict(vars(self))
        return read | read.pop("logs")

    def of(self, projects: Collection[int], collections: Collection[int]) -> Records:
        """The records of some projects; what belongs to no project is kept."""
        kept = {name: _of(frame, "project", projects) for name, frame in self.frames.items()}
        kept["invited"] = _of(self.invited, "collection", collections)
        return Records(
            **{each.name: kept.pop(each.name) for each in fields(self) if each.name != "logs"},
            logs=kept,
        )


def _of(frame: pd.DataFrame, column: str, numbers: Collection[int]) -> pd.DataFrame:
    if column not in frame:
        return frame
    return frame[frame[column].isin(list(numbers))].reset_index(drop=True)


def read_records(
    connection: sa.Connection, read_on: date, projects: Collection[int] | None = None
) -> Records:
    """The records that a connection sees. read_on: the day up to which what is open has lasted.
    projects: those of which they are asked; what names no project is read as a whole.

    Raises: CircularAreas.
    """
    if projects is not None:
        connection = OfProjects(connection, sorted(projects))
    tree = area_tree(connection)
    return Records(
        participation(connection),
        proposals(connection),
        nodes(connection, tree),
        tree,
        invited(connection),
        phases(connection),
        logs(connection, read_on),
    )


def logs(connection: sa.Connection, read_on: date) -> dict[str, pd.DataFrame]:
    """The frames of `metrics.records` by name."""
    undated = {
        read.__name__: read(connection)
        for read in (
            record_logs.roles,
            record_logs.rules,
            record_logs.plan_changes,
            record_logs.places,
            record_logs.costs,
            record_logs.organisations,
            record_logs.eligible,
            record_logs.sites,
            record_logs.schools,
            record_logs.primary,
            record_results.needs,
            record_results.firms,
            record_results.outputs,
            record_results.adoptions,
            record_results.lineage,
            record_results.ties,
            record_results.roster,
            record_results.assessments,
            record_events.log_steps,
        )
    }
    dated = {
        read.__name__: read(connection, read_on)
        for read in (
            record_logs.proposal_log,
            record_logs.decisions,
            record_results.solutions,
            record_results.cases,
        )
    }
    return undated | dated | people(connection)


def participation(connection: sa.Connection) -> pd.DataFrame:
    """`frames.PARTICIPATION`: participations per project, phase and group, with the group's size.

    Rows: a group that is affected and never took part has one row, of the whole process, with 0.
    """
    keys = ["project", "group"]
    took_part = table(
        connection,
        sa.select(
            ActivityEvent.project_id.label("project"),
            ActivityEvent.phase,
            EventParticipants.group_code.label("group"),
            sa.func.sum(EventParticipants.people).label("n"),
        )
        .join(EventParticipants, EventParticipants.event_id == ActivityEvent.id)
        .group_by(ActivityEvent.project_id, ActivityEvent.phase, EventParticipants.group_code)
        .order_by(ActivityEvent.project_id, ActivityEvent.phase, EventParticipants.group_code),
        words=("phase", "group"),
    )
    affected = table(
        connection,
        sa.select(
            AffectedPopulation.project_id.label("project"),
            AffectedPopulation.group_code.label("group"),
            AffectedPopulation.people.label("affected"),
        ).order_by(AffectedPopulation.project_id, AffectedPopulation.group_code),
        words=("group",),
    )
    both = took_part.merge(affected, on=keys, how="outer")
    whole = both.fillna({"phase": WHOLE_PROCESS, "n": 0, "affected": NOT_KNOWN})
    return typed(whole, frames.PARTICIPATION)


def proposals(connection: sa.Connection) -> pd.DataFrame:
    """`frames.PROPOSALS`: proposals and how many of them somebody took up.

    A proposal counts as taken up when it names who took it up, or when any step of its history is
    one of TAKEN_UP; in a register that records decisions only, an accepted proposal is such.
    """
    stepped = sa.exists().where(
        ProposalStatus.proposal_id == Proposal.id, ProposalStatus.status.in_(TAKEN_UP)
    )
    named = Proposal.taken_up_by.is_not(None) & (sa.func.trim(Proposal.taken_up_by) != "")
    project = sa.func.coalesce(Proposal.project_id, NOWHERE)
    area = sa.func.coalesce(Proposal.area_id, NOWHERE)
    counted = table(
        connection,
        sa.select(
            project.label("project"),
            area.label("area"),
            sa.func.count().label("n"),
            sa.func.sum(sa.case((named | stepped, 1), else_=0)).label("taken_up"),
        )
        .group_by(project, area)
        .order_by(project, area),
    )
    return typed(counted, frames.PROPOSALS)


def nodes(connection: sa.Connection, tree: pd.DataFrame) -> pd.DataFrame:
    """`frames.NODES`: which projects stand behind the figures of which entity.

    Comparison sites, where nothing was developed together, stand for themselves only: they are
    what a portfolio is set against, not a part of it.
    """
    everyone = table(
        connection,
        sa.select(
            Project.id.label("project"), sa.cast(Project.is_comparison, sa.Integer).label("apart")
        ).order_by(Project.id),
    )
    own = everyone[["project"]].assign(level=Level.PROJECT.value, entity=everyone["project"])
    joining = everyone.loc[everyone["apart"] == 0, ["project"]]
    placed = _linked(connection, ProjectArea.project_id, ProjectArea.area_id)
    areas = placed.merge(tree, left_on="entity", right_on="area")[["project", "ancestor"]]
    higher = [
        joining.assign(level=Level.PORTFOLIO.value, entity=PORTFOLIO),
        _linked(connection, ProjectProgramme.project_id, ProjectProgramme.programme_id).assign(
            level=Level.PROGRAMME.value
        ),
        _linked(connection, ProjectFunder.project_id, ProjectFunder.funder_id).assign(
            level=Level.FUNDER.value
        ),
        areas.rename(columns={"ancestor": "entity"}).assign(level=Level.AREA.value),
        _linked(connection, ProjectTheme.project_id, ProjectTheme.theme_id).assign(
            level=Level.THEME.value
        ),
    ]
    above = pd.concat(higher, ignore_index=True)
    above = above[above["project"].isin(joining["project"])]
    every = pd.concat([above, own], ignore_index=True).drop_duplicates()
    ordered = every.sort_values(["level", "entity", "project"], ignore_index=True)
    return typed(ordered, frames.NODES)


def area_tree(connection: sa.Connection) -> pd.DataFrame:
    """`frames.AREA_TREE`: every area with each of its ancestors, itself among them.

    Raises: CircularAreas.
    """
    areas = table(
        connection,
        sa.select(Area.id.label("area"), sa.func.coalesce(Area.parent_id, 0).label("parent")),
    )
    parents = areas.set_index("area")["parent"]
    climbing = areas[["area"]].assign(ancestor=areas["area"])
    floors = [climbing]
    while len(climbing):
        above = parents.reindex(climbing["ancestor"]).to_numpy()
        climbing = climbing.assign(ancestor=above)[above > 0]
        floors.append(climbing)
        if len(floors) > len(areas) + 1:
            circle = np.unique(climbing["area"])[:5].tolist()
            raise CircularAreas(f"areas {circle} lie within themselves: correct their parents.")
    tree = pd.concat(floors, ignore_index=True).sort_values(["area", "ancestor"])
    return typed(tree, frames.AREA_TREE)


def invited(connection: sa.Connection) -> pd.DataFrame:
    """How many people of a group were invited to a collection, where somebody wrote it down."""
    return table(
        connection,
        sa.select(
            CollectionGroup.collection_id.label("collection"),
            CollectionGroup.group_code.label("group"),
            CollectionGroup.invited,
        ).order_by(CollectionGroup.collection_id, CollectionGroup.group_code),
        words=("group",),
    )


def phases(connection: sa.Connection) -> pd.DataFrame:
    """The phases of every project with their common phase and dates (None: not known)."""
    rows = connection.execute(
        sa.select(
            ProjectPhase.project_id.label("project"),
            TemplatePhase.common_phase.label("phase"),
            ProjectPhase.planned_start_on,
            ProjectPhase.planned_end_on,
            ProjectPhase.actual_start_on,
            ProjectPhase.actual_end_on,
        )
        .join(TemplatePhase, TemplatePhase.id == ProjectPhase.template_phase_id)
        .order_by(ProjectPhase.project_id, TemplatePhase.position)
    )
    return pd.DataFrame(rows.fetchall(), columns=list(rows.keys()))


def _linked(connection: sa.Connection, project: sa.Column, entity: sa.Column) -> pd.DataFrame:
    return table(connection, sa.select(project.label("project"), entity.label("entity")))
