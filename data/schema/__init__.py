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
from data.schema.arrivals import BATCH_STATUSES, ImportBatch, RejectedRow, ReplacedRow
from data.schema.conduct import (
    PRIMARY_METRICS,
    Attendance,
    Contribution,
    Decision,
    GroundRules,
    JourneyStep,
    Place,
    PlaceUse,
    PlanChange,
    PortfolioMetric,
    PrimaryMetric,
    PriorityGroup,
    ProjectRole,
)
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
    ReleasedPopulation,
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
from data.schema.results import (
    STAGE_DATES,
    Adoption,
    AreaPopulation,
    FirmFollowUp,
    FunnelCase,
    JointOutput,
    Need,
    OrganisationTie,
    ProjectOrganisation,
    Solution,
    SolutionReuse,
    TieRoster,
)
from data.schema.tables import Base, Named, UtcTime

__all__ = [
    "AREA_KINDS",
    "BATCH_STATUSES",
    "EVENT_KINDS",
    "LEVELS",
    "ORGANISATION_KINDS",
    "PRIMARY_METRICS",
    "PROFILES",
    "PROJECT_STATUSES",
    "PROPOSAL_STATUSES",
    "ROLES",
    "STAGE_DATES",
    "TAKEN_UP_STATUSES",
    "ActivityEvent",
    "Adoption",
    "AffectedPopulation",
    "AppUser",
    "Area",
    "AreaPopulation",
    "Attendance",
    "AuditEvent",
    "Base",
    "Collection",
    "CollectionGroup",
    "Contribution",
    "Decision",
    "EntityLeaf",
    "EventOrganisation",
    "EventParticipants",
    "Finding",
    "FirmFollowUp",
    "Funder",
    "FunnelCase",
    "GroundRules",
    "ImportBatch",
    "InstrumentVersion",
    "JointOutput",
    "JourneyStep",
    "Leaf",
    "MeasureLeaf",
    "Named",
    "Need",
    "OpenAnswer",
    "Organisation",
    "OrganisationTie",
    "Place",
    "PlaceUse",
    "PlanChange",
    "PortfolioMetric",
    "PrimaryMetric",
    "PriorityGroup",
    "ProcessTemplate",
    "Programme",
    "Project",
    "ProjectArea",
    "ProjectFunder",
    "ProjectOrganisation",
    "ProjectPhase",
    "ProjectProgramme",
    "ProjectRole",
    "ProjectTheme",
    "Proposal",
    "ProposalPlan",
    "ProposalStatus",
    "RejectedRow",
    "ReleasedPopulation",
    "ReplacedRow",
    "Response",
    "Revision",
    "Segment",
    "SegmentMember",
    "Solution",
    "SolutionReuse",
    "StakeholderGroup",
    "TemplatePhase",
    "Theme",
    "TieRoster",
    "UserGrant",
    "UtcTime",
]

# SQLite hands the number of a deleted row out again unless told otherwise. A published figure, an
# extract or a cached page that still names the old row would then speak of the new one.
for _table in Base.metadata.tables.values():
    if "id" in _table.columns and isinstance(_table.columns["id"].type, Integer):
        _table.dialect_options["sqlite"]["autoincrement"] = True
