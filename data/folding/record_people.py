"""The frames of people under pseudonymous keys: who came, who contributed, who fell away.

The keys become whole numbers that hold within one refresh only, the same in all three frames.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data.folding.typed_rows import table, typed
from data.schema import ActivityEvent, Attendance, Contribution, JourneyStep, PriorityGroup
from metrics import records


def people(connection: sa.Connection) -> dict[str, pd.DataFrame]:
    """`records.ATTENDANCE`, CONTRIBUTIONS and JOURNEYS."""
    read = {
        "attendance": _attendance(connection),
        "contributions": _contributions(connection),
        "journeys": _journeys(connection),
    }
    keys = pd.concat([frame["person"] for frame in read.values()], ignore_index=True)
    numbers, _ = pd.factorize(keys, sort=True)
    parts = np.split(numbers, np.cumsum([len(frame) for frame in read.values()])[:-1])
    return {
        name: typed(frame.assign(person=part), getattr(records, name.upper()))
        for (name, frame), part in zip(read.items(), parts, strict=True)
    }


def _attendance(connection: sa.Connection) -> pd.DataFrame:
    """In how many events of a project a person was, under each group they came as."""
    query = (
        sa.select(
            ActivityEvent.project_id.label("project"),
            Attendance.group_code.label("group"),
            Attendance.person_key.label("person"),
            sa.func.count().label("times"),
        )
        .join(ActivityEvent, ActivityEvent.id == Attendance.event_id)
        .group_by(ActivityEvent.project_id, Attendance.group_code, Attendance.person_key)
        .order_by(ActivityEvent.project_id, Attendance.group_code, Attendance.person_key)
    )
    return table(connection, query, words=["group", "person"])


def _contributions(connection: sa.Connection) -> pd.DataFrame:
    query = (
        sa.select(
            ActivityEvent.project_id.label("project"),
            Contribution.event_id.label("session"),
            Contribution.group_code.label("group"),
            Contribution.person_key.label("person"),
            Contribution.times.label("n"),
        )
        .join(ActivityEvent, ActivityEvent.id == Contribution.event_id)
        .order_by(ActivityEvent.project_id, Contribution.event_id, Contribution.person_key)
    )
    return table(connection, query, words=["group", "person"])


def _journeys(connection: sa.Connection) -> pd.DataFrame:
    """The furthest step of each person in each project, and the group they began as."""
    position = sa.case(
        {step: at for at, step in enumerate(records.STEPS)}, value=JourneyStep.step
    ).label("step")
    declared = sa.exists().where(
        PriorityGroup.project_id == JourneyStep.project_id,
        PriorityGroup.group_code == JourneyStep.group_code,
    )
    steps = table(
        connection,
        sa.select(
            JourneyStep.project_id.label("project"),
            JourneyStep.person_key.label("person"),
            JourneyStep.group_code.label("group"),
            position,
            sa.case((declared, 1), else_=0).label("priority"),
        ).order_by(JourneyStep.project_id, JourneyStep.person_key, position),
        words=["person", "group"],
    )
    one = ["project", "person"]
    begun = steps.drop_duplicates(one).set_index(one)
    furthest = steps.drop_duplicates(one, keep="last").set_index(one)["step"]
    return begun.assign(step=furthest).reset_index()
