"""The records that indicators are counted from, as items (`metrics.indicators.counting`).

An item names its entity by a keyed hash: of an organisation's business ID, of a person's key, of a
record's code. The same entity has the same hash in every project, period and release of this
installation, and nobody without its secret can tell whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from data import schema
from data.fieldwork.installation import derived_hexes, keyed_hexes
from metrics.indicators.counting import ITEM
from metrics.indicators.indicator import SIZES, Source

#: The organisations that the regulations count as public institutions.
PUBLIC_KINDS = ("city", "state", "school")
_COMPANY, _RESEARCH = "company", "research"
#: Who is tied in both of these waves worked together as long as the project.
_LASTING = ("baseline", "end")
NO_BUSINESS_ID, THRESHOLD = "no_business_id", "threshold"
NO_SIZE, NOT_SME, NO_COUNTRY = "no_size", "not_sme", "no_country"
_LARGE = SIZES[-1]
#: What is listed where, in the unit of enterprises: only business IDs make sure of each once.
ENTERPRISES = (
    Source.COMPANIES,
    Source.COMPANIES_WITH_RESEARCH,
    Source.NEW_PRODUCT_FIRMS,
    Source.NEW_PRODUCT_SMES,
    Source.NEW_MARKET_FIRMS,
    Source.TESTED_FIRMS,
)
_FIRM_RULE = {
    Source.NEW_PRODUCT_FIRMS: schema.FirmFollowUp.new_product,
    Source.NEW_PRODUCT_SMES: schema.FirmFollowUp.new_product,
    Source.NEW_MARKET_FIRMS: schema.FirmFollowUp.new_market,
    Source.TESTED_FIRMS: schema.FirmFollowUp.tested,
}


def items(
    connection: sa.Connection, home: Path | bytes, source: Source, projects: Sequence[int]
) -> pd.DataFrame:
    """Everything that some projects' records tell of a source, one row an item.

    home: where the secret of the installation is; or a key in its place, for invented records.
    Shape: ITEM and ``exclusion``: "no_business_id" for enterprises that cannot be told apart,
    "threshold" for firms that were followed and did not do it, "not_sme" and "no_size" for large
    ones and those of unknown size where only SMEs count, "no_country" for partners of which
    nobody knows where they are from, else "".
    """
    if source in _FIRM_RULE:
        found = _firms(connection, source, projects)
    else:
        found = _READS[source](connection, source, projects)
    return _identified(found, home, source)


# --- what the records say -----------------------------------------------------------------------


def _events(projects: Sequence[int]) -> sa.Select:
    event = schema.ActivityEvent
    return sa.select(
        event.project_id.label("project"), event.starts_on.label("happened_on"),
        event.id.label("source_id"), event.kind.label("role"),
    ).where(event.project_id.in_(projects))  # fmt: skip


def _organisation_columns() -> tuple[sa.ColumnElement, ...]:
    organisation = schema.Organisation
    return (
        organisation.id.label("organisation"),
        organisation.business_id,
        organisation.kind.label("kind"),
        organisation.size,
    )


def _taking_part(
    connection: sa.Connection, source: Source, projects: Sequence[int]
) -> pd.DataFrame:
    """Organisations at events."""
    link, organisation = schema.EventOrganisation, schema.Organisation
    query = (
        _events(projects)
        .add_columns(*_organisation_columns())
        .join(link, link.event_id == schema.ActivityEvent.id)
        .join(organisation, organisation.id == link.organisation_id)
    )
    kinds = {
        Source.COMPANIES: (_COMPANY,),
        Source.RESEARCH_ORGANISATIONS: (_RESEARCH,),
        Source.PUBLIC_INSTITUTIONS: PUBLIC_KINDS,
    }.get(source)
    if kinds is not None:
        query = query.where(organisation.kind.in_(kinds))
    if source is Source.RESEARCH_ORGANISATIONS:
        # A research organisation that met nobody else developed nothing together with others.
        query = query.add_columns((~_met(organisation.kind != _RESEARCH)).label("alone"))
        found = _frame(connection, query).assign(source="event_organisation")
        return found.assign(exclusion=_unless(~found["alone"].astype(bool)))
    return _frame(connection, query).assign(source="event_organisation")


def _met(*whom: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The condition that an event had some organisation of a kind."""
    link, organisation = schema.EventOrganisation, schema.Organisation
    events = (
        sa.select(link.event_id)
        .join(organisation, organisation.id == link.organisation_id)
        .where(*whom)
    )
    return schema.ActivityEvent.id.in_(events)


def _with_research(
    connection: sa.Connection, _source: Source, projects: Sequence[int]
) -> pd.DataFrame:
    """Companies and how they worked with research organisations. Those that were tied to one both
    at the project's start and at its end count, on the project's last day; those that only met one
    at an event are listed and kept out, because cooperation lasts as long as the project."""
    link, organisation = schema.EventOrganisation, schema.Organisation
    met = (
        _events(projects)
        .add_columns(*_organisation_columns())
        .join(link, link.event_id == schema.ActivityEvent.id)
        .join(organisation, organisation.id == link.organisation_id)
        .where(organisation.kind == _COMPANY, _met(organisation.kind == _RESEARCH))
    )
    events = _frame(connection, met).assign(source="event_organisation", exclusion=THRESHOLD)
    lasted = _frame(connection, _lasting(projects))
    lasted = lasted.assign(source="organisation_tie", role="partner", exclusion="")
    return pd.concat([part for part in (lasted, events) if len(part)] or [lasted])


def _lasting(projects: Sequence[int]) -> sa.Select:
    """Companies that were tied to one and the same research organisation in both waves."""
    tie, project = schema.OrganisationTie, schema.Project
    ends = (tie.source_id, tie.target_id)
    company, research = (sa.orm.aliased(schema.Organisation) for _ in range(2))
    ties = [
        sa.select(tie.project_id, company.id.label("organisation"), research.id.label("other"),
                  tie.wave)
        .join(company, company.id == one)
        .join(research, research.id == other)
        .where(company.kind == _COMPANY, research.kind == _RESEARCH)
        .where(tie.project_id.in_(projects), tie.wave.in_(_LASTING))
        for one, other in (ends, ends[::-1])
    ]  # fmt: skip
    told = sa.union(*ties).subquery()
    pairs = (
        sa.select(told.c.project_id, told.c.organisation)
        .group_by(told.c.project_id, told.c.organisation, told.c.other)
        .having(sa.func.count() == len(_LASTING))
        .subquery()
    )
    return (
        sa.select(
            pairs.c.project_id.label("project"), project.ends_on.label("happened_on"),
            pairs.c.organisation.label("source_id"), *_organisation_columns(),
        )
        .join(project, project.id == pairs.c.project_id)
        .join(schema.Organisation, schema.Organisation.id == pairs.c.organisation)
        .distinct()
    )  # fmt: skip


def _firms(connection: sa.Connection, source: Source, projects: Sequence[int]) -> pd.DataFrame:
    """Companies that were followed; those that did not do it are listed and kept out."""
    firm, organisation = schema.FirmFollowUp, schema.Organisation
    day = firm.joined_on if source is Source.TESTED_FIRMS else firm.followed_on
    query = (
        sa.select(
            firm.project_id.label("project"), day.label("happened_on"),
            firm.organisation_id.label("source_id"), _FIRM_RULE[source].label("did"),
            *_organisation_columns(),
        )
        .join(organisation, organisation.id == firm.organisation_id)
        .where(firm.project_id.in_(projects))
    )  # fmt: skip
    if source is not Source.TESTED_FIRMS:
        query = query.where(firm.followed_on.is_not(None))
    found = _frame(connection, query)
    exclusion = _unless(found["did"].astype(bool))
    if source is Source.NEW_PRODUCT_SMES:
        did = exclusion == ""
        exclusion = exclusion.mask(did & (found["size"] == _LARGE), NOT_SME)
        exclusion = exclusion.mask(did & found["size"].isna(), NO_SIZE)
    return found.assign(source="firm_follow_up", exclusion=exclusion)


def _across_borders(
    connection: sa.Connection, _source: Source, projects: Sequence[int]
) -> pd.DataFrame:
    """The partners of projects, from the project's first day, with their countries as their roles.
    Those of a project whose partners are known to be of one country are listed and kept out."""
    link, project, organisation = schema.ProjectOrganisation, schema.Project, schema.Organisation
    query = (
        sa.select(
            link.project_id.label("project"), project.starts_on.label("happened_on"),
            link.organisation_id.label("source_id"), organisation.country.label("role"),
            *_organisation_columns(),
        )
        .join(project, project.id == link.project_id)
        .join(organisation, organisation.id == link.organisation_id)
        .where(link.project_id.in_(projects))
    )  # fmt: skip
    found = _frame(connection, query)
    countries = found.groupby("project")["role"].transform("nunique")
    exclusion = _unless(countries >= 2).mask(found["role"].isna(), NO_COUNTRY)
    return found.assign(source="project_organisation", exclusion=exclusion)


def _unless(meets: pd.Series) -> pd.Series:
    """Why an item does not count: nothing where it meets what is asked of it."""
    return meets.map({True: "", False: THRESHOLD})


def _people(connection: sa.Connection, _source: Source, projects: Sequence[int]) -> pd.DataFrame:
    came = schema.Attendance
    query = (
        _events(projects)
        .add_columns(came.person_key.label("key"), came.group_code.label("group"))
        .join(came, came.event_id == schema.ActivityEvent.id)
    )
    found = _frame(connection, query)
    return found.assign(source="attendance", kind="person", role=found["group"])


def _attendances(
    connection: sa.Connection, _source: Source, projects: Sequence[int]
) -> pd.DataFrame:
    came = schema.EventParticipants
    query = (
        _events(projects)
        .add_columns(came.people.label("amount"), came.group_code.label("group"))
        .join(came, came.event_id == schema.ActivityEvent.id)
    )
    found = _frame(connection, query)
    key = found["source_id"].astype("str") + " " + found["group"].astype("str")
    return found.assign(source="event_participants", kind="people", role=found["group"], key=key)


def _held(connection: sa.Connection, _source: Source, projects: Sequence[int]) -> pd.DataFrame:
    query = _events(projects).add_columns(schema.ActivityEvent.code.label("key"))
    found = _frame(connection, query)
    return found.assign(source="activity_event", kind=found["role"])


def _solutions(connection: sa.Connection, _source: Source, projects: Sequence[int]) -> pd.DataFrame:
    solution = schema.Solution
    query = sa.select(
        solution.project_id.label("project"), solution.ready_on.label("happened_on"),
        solution.id.label("source_id"), solution.code.label("key"),
    ).where(solution.project_id.in_(projects), solution.ready_on.is_not(None))  # fmt: skip
    return _frame(connection, query).assign(source="solution", kind="solution", role=None)


def _adopted(connection: sa.Connection, source: Source, projects: Sequence[int]) -> pd.DataFrame:
    """Solutions that were taken into use, or the organisations that did so."""
    solution, adoption, organisation = schema.Solution, schema.Adoption, schema.Organisation
    query = (
        sa.select(
            solution.project_id.label("project"), adoption.adopted_on.label("happened_on"),
            solution.id.label("source_id"), solution.code.label("key"), *_organisation_columns(),
        )
        .join(adoption, adoption.solution_id == solution.id)
        .join(organisation, organisation.id == adoption.organisation_id)
        .where(solution.project_id.in_(projects))
    )  # fmt: skip
    found = _frame(connection, query).assign(source="adoption")
    if source is Source.ADOPTERS:
        return found.drop(columns="key").assign(role="adopter")
    # The organisations differ and the solution is one: it is counted by its own code.
    return (
        found.drop(columns=["organisation", "business_id"])
        .assign(role=found["kind"])
        .assign(kind="solution")
    )


def _pilots(connection: sa.Connection, _source: Source, projects: Sequence[int]) -> pd.DataFrame:
    """Pilots on the day on which they were finished. Those that nobody developed together, that are
    not finished, or not within the project, are listed and kept out."""
    case = schema.FunnelCase
    query = (
        sa.select(
            case.project_id.label("project"), case.pilot_on, case.partner_on, case.development_on,
            case.adoption_on, case.end_kind, case.ended_on, case.id.label("source_id"),
            case.code.label("key"), schema.Project.ends_on.label("over_on"),
        )
        .join(schema.Project, schema.Project.id == case.project_id)
        .where(case.project_id.in_(projects), case.pilot_on.is_not(None))
    )  # fmt: skip
    found = _frame(connection, query)
    days = ("pilot_on", "adoption_on", "ended_on", "over_on")
    found = found.assign(**{day: pd.to_datetime(found[day]) for day in days})
    # Adopted or turned down after it: what was withdrawn, merged or split did not end as a pilot.
    tried = found["ended_on"].where(found["end_kind"].isin(["rejected"]))
    finished = found["adoption_on"].fillna(tried)
    together = found["partner_on"].notna() & found["development_on"].notna()
    in_time = found["over_on"].isna() | (finished <= found["over_on"])
    meets = together & finished.notna() & in_time
    return found.assign(
        source="funnel_case",
        kind="pilot",
        role=None,
        happened_on=finished.where(meets, found["pilot_on"]),
        exclusion=_unless(meets),
    )


def _outputs(connection: sa.Connection, _source: Source, projects: Sequence[int]) -> pd.DataFrame:
    output = schema.JointOutput
    query = sa.select(
        output.project_id.label("project"), output.appeared_on.label("happened_on"),
        output.id.label("source_id"), output.code.label("key"), output.kind.label("kind"),
        output.amount.label("amount"),
    ).where(output.project_id.in_(projects))  # fmt: skip
    return _frame(connection, query).assign(source="joint_output", role=None)


_READS = {
    Source.COMPANIES: _taking_part,
    Source.COMPANIES_WITH_RESEARCH: _with_research,
    Source.RESEARCH_ORGANISATIONS: _taking_part,
    Source.PUBLIC_INSTITUTIONS: _taking_part,
    Source.ORGANISATIONS: _taking_part,
    Source.PARTICIPATIONS: _taking_part,
    Source.CROSS_BORDER_PARTNERS: _across_borders,
    Source.PEOPLE: _people,
    Source.ATTENDANCES: _attendances,
    Source.EVENTS: _held,
    Source.SOLUTIONS: _solutions,
    Source.ADOPTED_SOLUTIONS: _adopted,
    Source.ADOPTERS: _adopted,
    Source.PILOTS: _pilots,
    Source.OUTPUTS: _outputs,
}


# --- who it was ---------------------------------------------------------------------------------


def _frame(connection: sa.Connection, query: sa.Select) -> pd.DataFrame:
    rows = connection.execute(query)
    return pd.DataFrame(rows.all(), columns=list(rows.keys()))


def _identified(found: pd.DataFrame, home: Path | bytes, source: Source) -> pd.DataFrame:
    """Items with their entities; what tells them apart is hashed and left out."""
    found = found.assign(exclusion=found.get("exclusion", ""))
    if "amount" not in found:
        found = found.assign(amount=1)
    if "organisation" in found:
        nameless = found["business_id"].isna()
        if source in ENTERPRISES:
            found = found.assign(exclusion=found["exclusion"].mask(nameless, NO_BUSINESS_ID))
        # Without a business ID only the register's own row tells it from others.
        row = found["organisation"].astype("str")
        key = found["business_id"].where(~nameless, "row " + row).astype("str")
        word = "organisation"
    else:
        key, word = found["key"].astype("str"), _word(source)
    distinct = key.unique().tolist()
    hashed = keyed_hexes if isinstance(home, bytes) else derived_hexes
    entity = key.map(dict(zip(distinct, hashed(home, word, distinct), strict=True)))
    found = found.assign(
        entity=entity.astype("str"),
        happened_on=pd.to_datetime(found["happened_on"]),
        role=found.get("role"),
        size=found.get("size"),
    )
    return found[[*ITEM, "exclusion"]].reset_index(drop=True)


def _word(source: Source) -> str:
    """What an entity is, so that equal codes of two kinds of records never meet."""
    solutions = (Source.SOLUTIONS, Source.ADOPTED_SOLUTIONS)
    return "solution" if source in solutions else source.value
