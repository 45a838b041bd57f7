"""One file in: looked at, stored as a batch in one transaction, and taken back again.

The counts always reconcile: rows read = rows stored + rows rejected, counted in rows of the file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from data import audit, schema
from data.access import User, require
from data.database import reading, writing
from data.imports import (
    answer_quality,
    changed_promises,
    events,
    logs,
    projects,
    proposals,
    responses,
)
from data.imports.checking import (
    Outcome,
    check,
    dropped_columns,
    earlier_batch,
    instrument_of,
    item_codes,
)
from data.imports.kinds import KINDS
from data.imports.problems import AlreadyImported, Problem, RejectedFile, RejectedRows
from data.imports.profile import Profile
from data.imports.read import Source, read
from data.imports.register import create
from data.imports.storing import Progress, insert
from data.imports.undo import undo
from data.permissions import Kind, Verb

__all__ = ["Batch", "Preview", "preview", "store", "undo"]

SAMPLE_ROWS = 10
#: One import at a time may decide what the register holds (PostgreSQL; SQLite has one writer).
IMPORT_LOCK = 0x4152_5649


@dataclass(frozen=True, slots=True)
class Preview:
    """What storing a file would do; nothing is stored. ``fatal`` problems stop the whole file."""

    file: str
    profile: str
    kind: str
    rows_read: int = 0
    storable: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    dropped_columns: tuple[str, ...] = ()
    sample: pd.DataFrame = field(default_factory=pd.DataFrame)
    detected: dict[str, str] = field(default_factory=dict)
    fatal: tuple[Problem, ...] = ()
    earlier_batch: int | None = None

    @property
    def rejected(self) -> int:
        return self.rows_read - self.storable


@dataclass(frozen=True, slots=True)
class Batch:
    """One stored file."""

    id: int
    file: str
    rows_read: int
    rows_stored: int
    rows_rejected: int
    warnings: tuple[Problem, ...]
    dropped_columns: tuple[str, ...]


def preview(
    engine: sa.Engine,
    profile: Profile,
    path: Path | str,
    user: User,
    progress: Progress | None = None,
) -> Preview:
    """What storing a file would do. Nothing is stored, and nothing is raised about the file.

    Raises: data.access.NotPermitted.
    """
    require(user, Verb.STORE, Kind.BATCH)
    path = Path(path)
    try:
        with reading(engine) as connection:
            instrument = instrument_of(connection, profile, path.name)
        source = read(path, profile, item_codes(profile, instrument), progress)
        with reading(engine) as connection:
            outcome = check(connection, profile, source, instrument, progress or _silent)
            earlier = earlier_batch(connection, source, profile)
    except RejectedFile as rejected:
        return Preview(path.name, profile.name, profile.kind, fatal=rejected.problems)
    warnings = outcome.warnings
    if earlier is not None:
        warnings = (Problem("already_imported", detail={"batch": earlier}), *warnings)
    return Preview(
        file=path.name,
        profile=profile.name,
        kind=profile.kind,
        rows_read=outcome.rows_read,
        storable=outcome.storable,
        problems=outcome.problems,
        warnings=warnings,
        dropped_columns=dropped_columns(source, profile, instrument),
        sample=outcome.checked.rows.head(SAMPLE_ROWS),
        detected=source.detected,
        earlier_batch=earlier,
    )


def store(
    engine: sa.Engine,
    profile: Profile,
    path: Path | str,
    user: User,
    accept_rejected: bool = False,
    progress: Progress | None = None,
) -> Batch:
    """The batch that a file has become, in one transaction.

    Raises: AlreadyImported with the earlier batch; RejectedRows when rows cannot be stored and
    ``accept_rejected`` is not set; RejectedFile when the file cannot be read;
    data.access.NotPermitted.
    """
    require(user, Verb.STORE, Kind.BATCH)
    path = Path(path)
    with reading(engine) as connection:
        instrument = instrument_of(connection, profile, path.name)
    source = read(path, profile, item_codes(profile, instrument), progress)
    try:
        with writing(engine) as connection:
            return _store(connection, profile, source, user, accept_rejected, progress)
    except sa.exc.IntegrityError as clash:
        with reading(engine) as connection:
            earlier = earlier_batch(connection, source, profile)
        if earlier is None:
            raise RejectedFile(path.name, (Problem("register_changed"),)) from clash
        raise AlreadyImported(path.name, earlier) from clash


def _store(
    connection: sa.Connection,
    profile: Profile,
    source: Source,
    user: User,
    accept_rejected: bool,
    progress: Progress | None,
) -> Batch:
    progress = progress or _silent
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(IMPORT_LOCK)))
    earlier = earlier_batch(connection, source, profile)
    if earlier is not None:
        raise AlreadyImported(source.file, earlier)
    instrument = instrument_of(connection, profile, source.file)
    outcome = check(connection, profile, source, instrument, progress)
    rejected = outcome.rows_read - outcome.storable
    if rejected and not (accept_rejected and outcome.storable):
        code = "rows_rejected" if outcome.storable else "nothing_storable"
        detail = {"rejected": rejected, "read": outcome.rows_read}
        raise RejectedRows(source.file, (Problem(code, detail=detail), *outcome.problems))
    dropped = dropped_columns(source, profile, instrument)
    number = _open_batch(connection, profile, source, user, outcome, dropped)
    _store_rows(connection, profile, outcome, number, progress)
    changed_promises.tell(connection, user, number)
    _store_rejected(connection, outcome.problems, number)
    batch = Batch(
        number,
        source.file,
        outcome.rows_read,
        outcome.storable,
        rejected,
        outcome.warnings,
        dropped,
    )
    detail = {
        "profile": profile.name,
        "file": source.file,
        "sha256": source.sha256,
        "read": batch.rows_read,
        "stored": batch.rows_stored,
        "rejected": batch.rows_rejected,
    }
    audit.record(connection, user, "import", f"batch:{number}", detail)
    return batch


def _silent(_step: str, _done: int, _total: int) -> None:
    return None


# --- storing ------------------------------------------------------------------------------------


def _open_batch(
    connection: sa.Connection,
    profile: Profile,
    source: Source,
    user: User,
    outcome: Outcome,
    dropped: tuple[str, ...],
) -> int:
    row = {
        "profile": profile.name,
        "kind": profile.kind,
        "file_name": source.file[-300:],
        "file_sha256": source.sha256,
        "profile_sha256": profile.sha256,
        "imported_at": datetime.now(UTC),
        "imported_by": user.name,
        "status": "stored",
        "rows_read": outcome.rows_read,
        "rows_stored": outcome.storable,
        "rows_rejected": outcome.rows_read - outcome.storable,
        "dropped_columns": json.dumps(dropped, ensure_ascii=False),
        "remarks": json.dumps(answer_quality.kept(outcome.warnings)),
    }
    made = connection.execute(sa.insert(schema.ImportBatch).values(**row))
    return made.inserted_primary_key[0]


def _store_rows(
    connection: sa.Connection, profile: Profile, outcome: Outcome, batch: int, progress: Progress
) -> None:
    """Stores the rows, and what they need in the register."""
    register, checked = outcome.register, outcome.checked
    used = checked.used()
    new_projects = used.get("project", set()) & set(register.new.get("project", {}))
    if new_projects:
        for table, code in outcome.defaults.items():
            used.setdefault(table, set()).add(code)
    create(connection, register, used, batch)
    projects.create_named(connection, register, new_projects, outcome.defaults, batch)
    progress("store", 0, outcome.storable)
    if profile.kind == "answers":
        responses.store(connection, checked, outcome.instrument, register, batch, progress)
    elif profile.kind in KINDS:
        logs.store(connection, profile.kind, checked, register, batch)
    else:
        kinds = {"projects": projects, "events": events, "proposals": proposals}
        kinds[profile.kind].store(connection, checked, register, batch)
    progress("store", outcome.storable, outcome.storable)


def _store_rejected(connection: sa.Connection, problems: tuple[Problem, ...], batch: int) -> None:
    rows = [
        {
            "batch_id": batch,
            "row": problem.row,
            "column": problem.column[:200],
            "code": problem.code,
            "value": problem.value,
            "detail": problem.detail_json,
        }
        for problem in problems
    ]
    if rows:
        insert(connection, schema.RejectedRow, pd.DataFrame(rows))
