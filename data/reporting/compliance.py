"""The two-part check of the six cities: a project says its core value, and has held a trial in
which companies and research, development and innovation organisations took part together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from data.access import User, reach
from data.permissions import Kind, Verb
from data.reporting.claim_rights import sees_claims
from data.reporting.definitions import stored_versions
from data.reporting.rights import visible_targets
from data.reporting.value_rules import OPEN
from data.schema import (
    ActivityEvent,
    Claim,
    EventOrganisation,
    IndicatorTarget,
    Organisation,
    Project,
    ReportedValue,
)
from metrics.indicators.indicator import Counting
from metrics.metric import Level

TRIALS = ("trial", "pilot")


@dataclass(frozen=True, slots=True)
class Compliance:
    """Where a project stands in the two parts.

    claims: codes of what it claims; told: keys of indicators of which it told in words and that
    were submitted. trials: trials and pilots held; of these with companies, with research
    organisations, and with both.
    """

    project: int
    claims: tuple[str, ...]
    told: tuple[str, ...]
    trials: int
    with_companies: int
    with_research: int
    with_both: int

    @property
    def core_value(self) -> bool:
        """Whether its core value is said: as a claim or as a change told in words."""
        return bool(self.claims or self.told)

    @property
    def trial(self) -> bool:
        """Whether companies and research organisations took part in one and the same trial."""
        return self.with_both > 0

    @property
    def complies(self) -> bool:
        return self.core_value and self.trial


def compliance(connection: sa.Connection, user: User) -> list[Compliance]:
    """The projects that a user may see, by number; sites of comparison are left out."""
    allowed = reach(user, Verb.READ, Kind.INDICATOR)
    which = sa.true() if allowed is None else Project.id.in_(allowed)
    projects = connection.scalars(
        sa.select(Project.id).where(which, ~Project.is_comparison).order_by(Project.id)
    ).all()
    claimed, told, trials = _claimed(connection, user), _told(connection, user), _trials(connection)
    return [
        Compliance(
            project,
            tuple(claimed.get(project, ())),
            tuple(told.get(project, ())),
            *(int(trials[name].get(project, 0)) for name in _COUNTED),
        )
        for project in projects
    ]


_COUNTED = ("trials", "with_companies", "with_research", "with_both")


def _claimed(connection: sa.Connection, user: User) -> dict[int, list[str]]:
    rows = connection.execute(
        sa.select(Claim.entity, Claim.code)
        .where(Claim.level == Level.PROJECT.value)
        .order_by(Claim.code)
    )
    found: dict[int, list[str]] = {}
    for project, code in rows:
        if sees_claims(user, Level.PROJECT, project):
            found.setdefault(project, []).append(code)
    return found


def _told(connection: sa.Connection, user: User) -> dict[int, list[str]]:
    versions = stored_versions(connection)
    words = [
        number for number, stored in versions.items() if stored.indicator.counting is Counting.WORDS
    ]
    rows = connection.execute(
        sa.select(IndicatorTarget.project_id, IndicatorTarget.indicator_id)
        .join(ReportedValue, ReportedValue.target_id == IndicatorTarget.id)
        .where(visible_targets(user), IndicatorTarget.indicator_id.in_(words))
        .where(ReportedValue.status.not_in(OPEN), ReportedValue.state == "value")
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for project, version in rows:
        found.setdefault(project, []).append(versions[version].indicator.key)
    return {project: sorted(set(keys)) for project, keys in found.items()}


def _trials(connection: sa.Connection) -> pd.DataFrame:
    """Trials of each project, and how many of them with whom."""
    event, link, organisation = ActivityEvent, EventOrganisation, Organisation
    rows = connection.execute(
        sa.select(event.project_id.label("project"), event.id.label("event"), organisation.kind)
        .outerjoin(link, link.event_id == event.id)
        .outerjoin(organisation, organisation.id == link.organisation_id)
        .where(event.kind.in_(TRIALS))
    )
    found = pd.DataFrame(rows.all(), columns=list(rows.keys()))
    found = found.assign(company=found["kind"] == "company", research=found["kind"] == "research")
    events = found.groupby(["project", "event"])[["company", "research"]].any()
    events = events.assign(trials=1, both=events["company"] & events["research"])
    counted = events.groupby("project")[["trials", "company", "research", "both"]].sum()
    return counted.set_axis(list(_COUNTED), axis=1)
