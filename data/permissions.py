"""The permission table: which role may do what to which kind of thing. Data, no behaviour.

What is not in the table is denied. `data.access` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from metrics.metric import Level


class Role(StrEnum):
    STEERING = "steering"
    MANAGER = "manager"
    FUNDER = "funder"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"


class Verb(StrEnum):
    READ = "read"
    STORE = "store"
    UNDO = "undo"
    PUBLISH = "publish"
    GRANT = "grant"
    ASK = "ask"  # open, close and reopen a collection, invite people to it
    ASSESS = "assess"  # write a self-assessment
    REPLY = "reply"  # write what became of what people said
    CODE = "code"  # put open answers under themes, and clear them for quoting
    REPORT = "report"  # write targets, reported values, claims and what backs them
    APPROVE = "approve"  # approve a reported value, or send it back
    RELEASE = "release"  # freeze and sign a reported period


class Kind(StrEnum):
    """What something can be done to. Figures have one kind a level."""

    PORTFOLIO_FIGURES = "portfolio_figures"
    PROGRAMME_FIGURES = "programme_figures"
    FUNDER_FIGURES = "funder_figures"
    AREA_FIGURES = "area_figures"
    THEME_FIGURES = "theme_figures"
    PROJECT_FIGURES = "project_figures"
    REGISTER = "register"  # names of themes, areas and programmes
    FUNDER = "funder"
    PROJECT = "project"  # a project with its phases, events and collections
    PROPOSAL = "proposal"
    METHOD = "method"
    COLLECTION = "collection"  # a collection as it is run: times, links, invitations, counts
    ASSESSMENT = "assessment"  # how those who lead a project judge a phase of it
    REPLY = "reply"  # "you said, we did", drafts too
    NOTICE = "notice"  # what people are told of their personal data before they answer
    QUOTE = "quote"  # open answers that somebody cleared, under their themes
    INDICATOR = "indicator"  # targets, reported values, claims, and what backs them
    RELEASE = "release"  # a reported period, frozen and signed
    ROW = "row"  # open answers, rejected rows: what single people or files said
    BATCH = "batch"
    REVISION = "revision"
    USER = "user"
    AUDIT = "audit"


class Reach(StrEnum):
    ALL = "all"
    OWN = "own"  # a manager's projects, a funder's own funder and the projects that it funds


FIGURES = {level: Kind(f"{level}_figures") for level in Level}

_AGGREGATES = (
    Kind.PORTFOLIO_FIGURES,
    Kind.PROGRAMME_FIGURES,
    Kind.AREA_FIGURES,
    Kind.THEME_FIGURES,
)
_OPEN = {(Verb.READ, kind): Reach.ALL for kind in (Kind.REGISTER, Kind.PROPOSAL, Kind.METHOD)}
_ALL_FIGURES = {(Verb.READ, kind): Reach.ALL for kind in FIGURES.values()}
_PORTFOLIO = {
    **_OPEN,
    **_ALL_FIGURES,
    (Verb.READ, Kind.PROJECT): Reach.ALL,
    (Verb.READ, Kind.FUNDER): Reach.ALL,
    (Verb.READ, Kind.COLLECTION): Reach.ALL,
    (Verb.READ, Kind.ASSESSMENT): Reach.ALL,
    (Verb.READ, Kind.REPLY): Reach.ALL,
    (Verb.READ, Kind.QUOTE): Reach.ALL,
    (Verb.READ, Kind.INDICATOR): Reach.ALL,
    (Verb.READ, Kind.RELEASE): Reach.ALL,
}
_EVALUATION = {
    **_PORTFOLIO,
    (Verb.ASK, Kind.COLLECTION): Reach.ALL,
    (Verb.ASSESS, Kind.ASSESSMENT): Reach.ALL,
    (Verb.REPLY, Kind.REPLY): Reach.ALL,
    (Verb.REPORT, Kind.INDICATOR): Reach.ALL,
    (Verb.RELEASE, Kind.RELEASE): Reach.ALL,
    (Verb.CODE, Kind.ROW): Reach.ALL,
    (Verb.READ, Kind.ROW): Reach.ALL,
    (Verb.READ, Kind.BATCH): Reach.ALL,
    (Verb.STORE, Kind.BATCH): Reach.ALL,
    (Verb.UNDO, Kind.BATCH): Reach.ALL,
    (Verb.PUBLISH, Kind.REVISION): Reach.ALL,
}

PERMISSIONS: Mapping[Role, Mapping[tuple[Verb, Kind], Reach]] = {
    Role.STEERING: _PORTFOLIO,
    Role.MANAGER: {
        **_OPEN,
        **{(Verb.READ, kind): Reach.ALL for kind in _AGGREGATES},
        (Verb.READ, Kind.FUNDER): Reach.ALL,
        (Verb.READ, Kind.PROJECT): Reach.OWN,
        (Verb.READ, Kind.PROJECT_FIGURES): Reach.OWN,
        (Verb.READ, Kind.COLLECTION): Reach.OWN,
        (Verb.ASK, Kind.COLLECTION): Reach.OWN,
        (Verb.READ, Kind.ASSESSMENT): Reach.OWN,
        (Verb.ASSESS, Kind.ASSESSMENT): Reach.OWN,
        (Verb.READ, Kind.REPLY): Reach.OWN,
        (Verb.REPLY, Kind.REPLY): Reach.OWN,
        (Verb.READ, Kind.QUOTE): Reach.OWN,
        (Verb.READ, Kind.INDICATOR): Reach.OWN,
        (Verb.REPORT, Kind.INDICATOR): Reach.OWN,
        (Verb.READ, Kind.RELEASE): Reach.OWN,
    },
    Role.FUNDER: {
        **_OPEN,
        (Verb.READ, Kind.FUNDER): Reach.OWN,
        (Verb.READ, Kind.FUNDER_FIGURES): Reach.OWN,
        (Verb.READ, Kind.PROJECT): Reach.OWN,
        (Verb.READ, Kind.PROJECT_FIGURES): Reach.OWN,
        # Their own targets only (`data.reporting.rights`): a project may have several funders.
        (Verb.READ, Kind.INDICATOR): Reach.OWN,
        (Verb.APPROVE, Kind.INDICATOR): Reach.OWN,
        (Verb.READ, Kind.RELEASE): Reach.OWN,
    },
    Role.EVALUATOR: _EVALUATION,
    Role.ADMINISTRATOR: {
        **_EVALUATION,
        (Verb.READ, Kind.USER): Reach.ALL,
        (Verb.GRANT, Kind.USER): Reach.ALL,
        (Verb.READ, Kind.AUDIT): Reach.ALL,
        (Verb.PUBLISH, Kind.NOTICE): Reach.ALL,
        (Verb.APPROVE, Kind.INDICATOR): Reach.ALL,
    },
}

#: What each page shows, in the order of the navigation. A page is there for those who may read
#: any of it, or do to it what OPENED_BY says.
PAGES = {
    "overview": (Kind.PORTFOLIO_FIGURES, Kind.FUNDER_FIGURES),
    "my_projects": (Kind.ASSESSMENT,),
    "funded": (Kind.INDICATOR,),
    "theme": (Kind.THEME_FIGURES,),
    "area": (Kind.AREA_FIGURES,),
    "project": (Kind.PROJECT_FIGURES,),
    "process": (Kind.PROJECT_FIGURES,),
    "self_assessment": (Kind.ASSESSMENT,),
    "participation": (Kind.PORTFOLIO_FIGURES, Kind.FUNDER_FIGURES),
    "challenges": (Kind.QUOTE,),
    "proposals": (Kind.PROPOSAL,),
    "reporting": (Kind.INDICATOR,),
    "figure": (Kind.INDICATOR,),
    "closing": (Kind.INDICATOR,),
    "claims": (Kind.INDICATOR,),
    "surveys": (Kind.COLLECTION,),
    "methods": (Kind.METHOD,),
    "search": (Kind.METHOD,),
    "data_room": (Kind.BATCH,),
    "users": (Kind.USER,),
    "audit": (Kind.AUDIT,),
}

#: Pages that are for work: what somebody may do who opens them.
OPENED_BY = {
    "my_projects": Verb.ASSESS,
    "funded": Verb.APPROVE,
    "surveys": Verb.ASK,
    "closing": Verb.REPORT,
}
