"""The phases and the collections that record files speak of, found or made."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from data import schema
from data.imports.merging import merge
from data.instruments import field_instrument, known_instruments
from metrics.names import PHASE_NAMES
from survey.instrument import PHASES

#: The template of projects that have none of their own: the common phases as they are.
COMMON = "yhteiset-vaiheet"
_COMMON_NAMES = {
    "name_fi": "Yhteiset vaiheet",
    "name_sv": "De gemensamma skedena",
    "name_en": "The common phases",
}
_SERIES = ["project_id", "instrument_version_id", "wave", "phase"]


# --- phases -------------------------------------------------------------------------------------


def phase_values(
    connection: sa.Connection, values: pd.DataFrame, batch: int | None
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of `ProjectPhase`: the common phase becomes the phase of the project's own template.

    A project without a template is given the common one when its rows are stored.
    """
    if batch is not None:
        _give_template(connection, values["project_id"], batch)
    found = _phases(connection)
    at = pd.MultiIndex.from_arrays([values["project_id"], values["template_phase_id"]])
    numbers = found.reindex(at).to_numpy()
    values = values.assign(template_phase_id=pd.array(numbers, dtype="Int64").astype(object))
    return values, ["project_id", "template_phase_id"]


def lacks_phase(connection: sa.Connection, rows: pd.DataFrame) -> pd.Series:
    """Which rows name a phase that the template of their project does not have."""
    project = schema.Project
    templated = dict(
        connection.execute(
            sa.select(project.code, project.id).where(project.template_id.is_not(None))
        ).all()
    )
    number = rows["project"].map(templated)
    at = pd.MultiIndex.from_arrays([number, rows["phase"]])
    known = at.isin(_phases(connection).index)
    return (number.notna() & rows["phase"].notna()).to_numpy() & ~known


def _phases(connection: sa.Connection) -> pd.Series:
    """The first phase of each project's template for each common phase, by project and phase."""
    project, phase = schema.Project, schema.TemplatePhase
    found = connection.execute(
        sa.select(project.id, phase.common_phase, phase.id)
        .join(phase, phase.template_id == project.template_id)
        .order_by(project.id, phase.common_phase, phase.position)
    ).all()
    rows = pd.DataFrame(found, columns=["project", "phase", "id"])
    return rows.drop_duplicates(["project", "phase"]).set_index(["project", "phase"])["id"]


def _give_template(connection: sa.Connection, projects: pd.Series, batch: int) -> None:
    project = schema.Project
    wanted = [int(number) for number in projects.unique()]
    bare = connection.execute(
        sa.select(project.id).where(project.id.in_(wanted), project.template_id.is_(None))
    ).scalars()
    numbers = list(bare)
    if not numbers:
        return
    given = pd.DataFrame({"id": numbers, "template_id": _common_template(connection)}, dtype=object)
    merge(connection, project, given, ["id"], ["template_id"], batch)


def _common_template(connection: sa.Connection) -> int:
    template = schema.ProcessTemplate
    known = connection.execute(sa.select(template.id).where(template.code == COMMON)).scalar()
    if known is not None:
        return known
    made = sa.insert(template).values(code=COMMON, **_COMMON_NAMES)
    number = connection.execute(made).inserted_primary_key[0]
    phases = [
        {
            "template_id": number,
            "position": position,
            "common_phase": phase,
            **{f"name_{language}": name.in_language(language) for language in ("fi", "sv", "en")},
        }
        for position, (phase, name) in enumerate((p, PHASE_NAMES[p]) for p in PHASES)
    ]
    connection.execute(sa.insert(schema.TemplatePhase), phases)
    return number


def drop_common_template(connection: sa.Connection) -> None:
    """Forgets the common template where no project goes by it."""
    template = schema.ProcessTemplate
    used = sa.select(schema.Project.template_id).where(schema.Project.template_id.is_not(None))
    connection.execute(sa.delete(template).where(template.code == COMMON, template.id.not_in(used)))


# --- collections --------------------------------------------------------------------------------


def collection_values(
    connection: sa.Connection, values: pd.DataFrame, batch: int | None
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of `CollectionGroup`; collections that nobody has answered yet are made."""
    versions = _versions(connection, values["instrument"], fielded=batch is not None)
    series = values.assign(instrument_version_id=values["instrument"].map(versions))
    if batch is not None:
        _field(connection, series, batch)
    fielding = schema.Collection
    known = connection.execute(
        sa.select(*(getattr(fielding, name) for name in _SERIES), fielding.id)
    ).all()
    found = pd.DataFrame(known, columns=[*_SERIES, "id"], dtype=object).set_index(_SERIES)["id"]
    numbers = found.reindex(pd.MultiIndex.from_frame(series[_SERIES])).to_numpy()
    groups = values[["group_code", "invited"]].assign(collection_id=numbers)
    return groups, ["collection_id", "group_code"]


def _versions(connection: sa.Connection, said: pd.Series, fielded: bool) -> dict[str, int]:
    """The stored number of each instrument; those that were never fielded get one, if they may."""
    if fielded:
        known = known_instruments(connection)
        return {key: field_instrument(connection, known[key]) for key in said.dropna().unique()}
    version = schema.InstrumentVersion
    rows = connection.execute(sa.select(version.code, version.version, version.id))
    return {f"{row.code}@{row.version}": row.id for row in rows}


def _field(connection: sa.Connection, series: pd.DataFrame, batch: int) -> None:
    days = series.groupby(_SERIES, as_index=False, sort=True).agg(
        opens_on=("opens_on", "min"), closes_on=("closes_on", "max")
    )
    merge(connection, schema.Collection, days, _SERIES, [], batch)
