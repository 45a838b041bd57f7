"""The truth: every table, with its constraints held by the database itself.

Codes from closed lists are checked by the database. Names of things that users bring are kept as
they were given (``name_fi``), with Swedish and English beside them where somebody wrote them.
Everything that an import stored carries its batch, so a batch can be taken back.
"""

from sqlalchemy import Integer

from data.schema.activity import (
    EVENT_KINDS,
    PROPOSAL_STATUSES,
    TAKEN_UP_STATUSES,
    ActivityEvent,
    EventOrganisation,
    EventParticipants,
    Proposal,
    ProposalPlan,
    ProposalStatus,
)
from data.schema.answers import Collection, CollectionGroup, InstrumentVersion, OpenAnswer, Response
from data.schema.arrivals import BATCH_STATUSES, ImportBatch, RejectedRow
from data.schema.people import ROLES, AppUser, AuditEvent, UserGrant
from data.schema.projects import (
    PROJECT_STATUSES,
    AffectedPopulation,
    Project,
    ProjectArea,
    ProjectFunder,
    ProjectPhase,
    ProjectProgramme,
    ProjectTheme,
)
from data.schema.publication import (
    LEVELS,
    PROFILES,
    EntityLeaf,
    Finding,
    Leaf,
    MeasureLeaf,
    Revision,
    Segment,
    SegmentMember,
)
from data.schema.register import (
    AREA_KINDS,
    ORGANISATION_KINDS,
    Area,
    Funder,
    Organisation,
    ProcessTemplate,
    Programme,
    StakeholderGroup,
    TemplatePhase,
    Theme,
)
from data.schema.tables import Base, Named, UtcTime

__all__ = [
    "AREA_KINDS",
    "BATCH_STATUSES",
    "EVENT_KINDS",
    "LEVELS",
    "ORGANISATION_KINDS",
    "PROFILES",
    "PROJECT_STATUSES",
    "PROPOSAL_STATUSES",
    "ROLES",
    "TAKEN_UP_STATUSES",
    "ActivityEvent",
    "AffectedPopulation",
    "AppUser",
    "Area",
    "AuditEvent",
    "Base",
    "Collection",
    "CollectionGroup",
    "EntityLeaf",
    "EventOrganisation",
    "EventParticipants",
    "Finding",
    "Funder",
    "ImportBatch",
    "InstrumentVersion",
    "Leaf",
    "MeasureLeaf",
    "Named",
    "OpenAnswer",
    "Organisation",
    "ProcessTemplate",
    "Programme",
    "Project",
    "ProjectArea",
    "ProjectFunder",
    "ProjectPhase",
    "ProjectProgramme",
    "ProjectTheme",
    "Proposal",
    "ProposalPlan",
    "ProposalStatus",
    "RejectedRow",
    "Response",
    "Revision",
    "Segment",
    "SegmentMember",
    "StakeholderGroup",
    "TemplatePhase",
    "Theme",
    "UserGrant",
    "UtcTime",
]

# SQLite hands the number of a deleted row out again unless told otherwise. A published figure, an
# extract or a cached page that still names the old row would then speak of the new one.
for _table in Base.metadata.tables.values():
    if "id" in _table.columns and isinstance(_table.columns["id"].type, Integer):
        _table.dialect_options["sqlite"]["autoincrement"] = True
