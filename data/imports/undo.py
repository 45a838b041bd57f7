"""Taking a batch back: everything that it brought, or nothing when others depend on it."""

from __future__ import annotations

import sqlalchemy as sa

from data import audit, schema
from data.access import User, require
from data.database import writing
from data.imports import changed_promises
from data.imports.fieldings import drop_common_template
from data.imports.kinds import KINDS
from data.imports.merging import changed_later, restore
from data.imports.problems import Problem, UndoRefused
from data.imports.reports import drop_unused_definitions
from data.imports.responses import bump_revisions
from data.permissions import Kind, Verb

#: What may hold on to an entry of the register: table, its column, and the column by which its
#: owner is known to belong to the batch (None: it is never part of an import).
_HOLDERS = {
    "collection": (
        schema.Collection,
        (
            (schema.Response, "collection_id"),
            (schema.Opening, "collection_id"),
            (schema.Reply, "collection_id"),
        ),
    ),
    "proposal": (schema.Proposal, ((schema.Reply, "proposal_id"),)),
    "project": (
        schema.Project,
        (
            (schema.Collection, "project_id"),
            (schema.ActivityEvent, "project_id"),
            (schema.Proposal, "project_id"),
            (schema.UserGrant, "project_id"),
            (schema.IndicatorTarget, "project_id"),
            (schema.ReportingPeriod, "project_id"),
            (schema.IndicatorVersion, "project_id"),
            (schema.Release, "project_id"),
        ),
    ),
    "organisation": (schema.Organisation, ((schema.EventOrganisation, "organisation_id"),)),
    "theme": (
        schema.Theme,
        ((schema.ProjectTheme, "theme_id"), (schema.Proposal, "theme_id")),
    ),
    "programme": (
        schema.Programme,
        ((schema.ProjectProgramme, "programme_id"), (schema.IndicatorVersion, "programme_id")),
    ),
    "funder": (
        schema.Funder,
        (
            (schema.ProjectFunder, "funder_id"),
            (schema.UserGrant, "funder_id"),
            (schema.IndicatorTarget, "funder_id"),
            (schema.ReportingPeriod, "funder_id"),
            (schema.Release, "funder_id"),
        ),
    ),
    "area": (
        schema.Area,
        (
            (schema.Area, "parent_id"),
            (schema.ProjectArea, "area_id"),
            (schema.ActivityEvent, "area_id"),
            (schema.Proposal, "area_id"),
        ),
    ),
}
#: Records that hold on to what they name are known by their references.
_RECORDS = tuple(dict.fromkeys(kind.model for kind in KINDS.values()))
_HELD = {
    **_HOLDERS,
    "event": (schema.ActivityEvent, ()),
    "place": (schema.Place, ()),
    "solution": (schema.Solution, ()),
    "case": (schema.FunnelCase, ()),
    "target": (schema.IndicatorTarget, ()),
    "period": (schema.ReportingPeriod, ()),
    "report": (
        schema.ReportedValue,
        (
            (schema.ReportedEvent, "reported_id"),
            (schema.CountedItem, "reported_id"),
            (schema.Proof, "reported_id"),
            (schema.ReleasedValue, "reported_id"),
        ),
    ),
}
#: Links belong to the batch of what they hang on.
_OWNER = {
    schema.ProjectTheme: (schema.Project, "project_id"),
    schema.ProjectArea: (schema.Project, "project_id"),
    schema.ProjectProgramme: (schema.Project, "project_id"),
    schema.ProjectFunder: (schema.Project, "project_id"),
    schema.EventOrganisation: (schema.ActivityEvent, "event_id"),
}
#: What the row of a table is called by, the first that it has.
_NAMES = ("name_fi", "name", "code", "number", "id")
#: In this order nothing is deleted that something later in the list still needs.
_BROUGHT = (
    *(m for m in _RECORDS if m not in (schema.Place, schema.Solution, schema.Organisation)),
    schema.Place,
    schema.Solution,
    schema.Response,
    schema.Collection,
    schema.ActivityEvent,
    schema.ProposalPlan,
    schema.Proposal,
    schema.Project,
    schema.Organisation,
    schema.Theme,
    schema.Programme,
    schema.Funder,
    schema.Area,
)


def undo(engine: sa.Engine, batch_id: int, user: User) -> None:
    """Takes back everything that a batch brought; the batch and its rejected rows stay on record.

    Raises: UndoRefused when there is no such stored batch or others depend on it;
    data.access.NotPermitted.
    """
    require(user, Verb.UNDO, Kind.BATCH)
    with writing(engine) as connection:
        file = _open(connection, batch_id)
        _check_holders(connection, batch_id, file)
        try:
            changed_promises.tell(connection, user, batch_id, undone=True)
            _take_back(connection, batch_id)
        except sa.exc.IntegrityError as held:
            raise UndoRefused(file, (Problem("undo_held", detail={"batch": batch_id}),)) from held
        batch = schema.ImportBatch
        connection.execute(sa.update(batch).where(batch.id == batch_id).values(status="undone"))
        audit.record(connection, user, "undo_import", f"batch:{batch_id}", {"file": file})


def _take_back(connection: sa.Connection, batch_id: int) -> None:
    touched = _touched(connection, batch_id)
    versions = _versions(connection, touched)
    bump_revisions(connection, touched, rewritten=True)
    restore(connection, batch_id)
    for model in _BROUGHT:
        connection.execute(sa.delete(model).where(model.batch_id == batch_id))
    drop_common_template(connection)
    drop_unused_definitions(connection)
    _drop_unused_versions(connection, versions)


def _open(connection: sa.Connection, batch_id: int) -> str:
    """The file name of a stored batch, held until the transaction ends."""
    batch = schema.ImportBatch
    row = connection.execute(
        sa.select(batch.file_name, batch.status).where(batch.id == batch_id).with_for_update()
    ).one_or_none()
    if row is None or row.status != "stored":
        name = row.file_name if row else "–"
        raise UndoRefused(name, (Problem("undo_unknown", detail={"batch": batch_id}),))
    return row.file_name


def _check_holders(connection: sa.Connection, batch_id: int, file: str) -> None:
    problems = []
    if changed_later(connection, batch_id, _RECORDS):
        problems.append(Problem("undo_changed", detail={"batch": batch_id}))
    elif changed_promises.stood_on(connection, batch_id):
        problems.append(Problem("undo_told", detail={"batch": batch_id}))
    for what, (model, holders) in _HELD.items():
        ours = sa.select(model.id).where(model.batch_id == batch_id)
        for holder, column in (*holders, *_references(model)):
            held = getattr(holder, column)
            example = connection.execute(
                sa.select(held).where(held.in_(ours), _of_others(holder, batch_id)).limit(1)
            ).scalar()
            if example is not None:
                detail = {
                    "batch": batch_id,
                    "what": f"@{what}",
                    "example": _name(connection, model, example),
                }
                problems.append(Problem("undo_refused", detail=detail))
                break
    if problems:
        raise UndoRefused(file, tuple(problems))


def _references(model) -> list[tuple[type, str]]:
    """Records that name a row of a table, and the columns in which they do."""
    return [
        (record, key.parent.name)
        for record in _RECORDS
        for key in sorted(record.__table__.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is model.__table__
    ]


def _of_others(holder, batch_id: int) -> sa.ColumnElement[bool]:
    """The condition that a row came from somewhere else than the batch."""
    if holder in _OWNER:
        owner, column = _OWNER[holder]
        ours = sa.select(owner.id).where(owner.batch_id == batch_id)
        return getattr(holder, column).not_in(ours)
    if not hasattr(holder, "batch_id"):
        return sa.true()
    return sa.or_(holder.batch_id.is_(None), holder.batch_id != batch_id)


def _name(connection: sa.Connection, model, number: int) -> str:
    if model is schema.Collection:
        row = connection.execute(
            sa.select(schema.Project.name_fi, model.wave)
            .join(schema.Project, schema.Project.id == model.project_id)
            .where(model.id == number)
        ).one()
        return f"{row.name_fi}, {row.wave}"
    label = getattr(model, next(name for name in _NAMES if hasattr(model, name)))
    return connection.execute(sa.select(label).where(model.id == number)).scalar_one()


def _touched(connection: sa.Connection, batch_id: int) -> list[int]:
    """Collections that hold answers of the batch, or that it created."""
    answered = sa.select(schema.Response.collection_id).where(schema.Response.batch_id == batch_id)
    created = sa.select(schema.Collection.id).where(schema.Collection.batch_id == batch_id)
    return list(connection.execute(sa.union(answered, created)).scalars())


def _versions(connection: sa.Connection, collections: list[int]) -> set[int]:
    fielding = schema.Collection
    rows = connection.execute(sa.select(fielding.id, fielding.instrument_version_id)).all()
    wanted = set(collections)
    return {row.instrument_version_id for row in rows if row.id in wanted}


def _drop_unused_versions(connection: sa.Connection, versions: set[int]) -> None:
    """Forgets instruments that were stored for this batch only."""
    version, fielding = schema.InstrumentVersion, schema.Collection
    in_use = sa.select(fielding.instrument_version_id)
    for number in versions:
        connection.execute(
            sa.delete(version).where(version.id == number, version.id.not_in(in_use))
        )
