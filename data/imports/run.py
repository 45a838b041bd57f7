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
from data.imports import answers, events, projects, proposals, responses
from data.imports.columns import Columns
from data.imports.problems import (
    AlreadyImported,
    Problem,
    RejectedFile,
    RejectedRows,
)
from data.imports.profile import Profile
from data.imports.projects import Checked
from data.imports.read import Source, read
from data.imports.register import Register, areas_needed, create, read_register
from data.imports.storing import Progress, insert
from data.imports.undo import undo
from data.instruments import InstrumentConflict, known_instruments
from data.permissions import Kind, Verb
from survey.instrument import Instrument, InvalidInstrument, read_instrument

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


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A checked file: what would be stored, and what is wrong with the rest."""

    checked: Checked
    register: Register
    instrument: Instrument | None
    defaults: dict[str, str]
    rows_read: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]

    @property
    def storable(self) -> int:
        return len(self.checked.rows)


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
            instrument = _instrument(connection, profile, path.name)
        source = read(path, profile, _item_codes(profile, instrument), progress)
        with reading(engine) as connection:
            outcome = _check(connection, profile, source, instrument, progress)
            earlier = _earlier(connection, source, profile)
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
        dropped_columns=_dropped(source, profile, instrument),
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
        instrument = _instrument(connection, profile, path.name)
    source = read(path, profile, _item_codes(profile, instrument), progress)
    try:
        with writing(engine) as connection:
            return _store(connection, profile, source, user, accept_rejected, progress)
    except sa.exc.IntegrityError:
        with reading(engine) as connection:
            earlier = _earlier(connection, source, profile)
        if earlier is None:
            raise
        raise AlreadyImported(path.name, earlier) from None


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
    earlier = _earlier(connection, source, profile)
    if earlier is not None:
        raise AlreadyImported(source.file, earlier)
    instrument = _instrument(connection, profile, source.file)
    outcome = _check(connection, profile, source, instrument, progress)
    rejected = outcome.rows_read - outcome.storable
    if rejected and not (accept_rejected and outcome.storable):
        code = "rows_rejected" if outcome.storable else "nothing_storable"
        detail = {"rejected": rejected, "read": outcome.rows_read}
        raise RejectedRows(source.file, (Problem(code, detail=detail), *outcome.problems))
    dropped = _dropped(source, profile, instrument)
    number = _open_batch(connection, profile, source, user, outcome, dropped)
    _store_rows(connection, profile, outcome, number, progress)
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


# --- checking -----------------------------------------------------------------------------------


def _instrument(connection: sa.Connection, profile: Profile, file: str) -> Instrument | None:
    """The instrument of a profile of answers. Raises: RejectedFile when there is none, or two."""
    if profile.kind != "answers":
        return None
    try:
        known = known_instruments(connection)
        brought = (
            read_instrument(Path(profile.instrument_file)) if profile.instrument_file else None
        )
    except InstrumentConflict as conflict:
        raise RejectedFile(
            file, (Problem("instrument_conflict", value=conflict.key),)
        ) from conflict
    except (InvalidInstrument, OSError) as error:
        problem = Problem("profile_invalid", detail={"reason": str(error)})
        raise RejectedFile(file, (problem,)) from error
    if brought:
        if profile.instrument not in (None, brought.key):
            reason = f"instrument {profile.instrument}, instrument_file {brought.key}"
            raise RejectedFile(file, (Problem("profile_invalid", detail={"reason": reason}),))
        if known.get(brought.key, brought).sha256 != brought.sha256:
            raise RejectedFile(file, (Problem("instrument_conflict", value=brought.key),))
        return brought
    if profile.instrument not in known:
        detail = {"known": ", ".join(sorted(known))}
        problem = Problem("unknown_instrument", value=profile.instrument, detail=detail)
        raise RejectedFile(file, (problem,))
    return known[profile.instrument]


def _item_codes(profile: Profile, instrument: Instrument | None) -> tuple[str, ...]:
    if instrument is None or profile.answers != "by_code":
        return ()
    return tuple(item.code for item in instrument.items)


def _check(
    connection: sa.Connection,
    profile: Profile,
    source: Source,
    instrument: Instrument | None,
    progress: Progress | None,
) -> _Outcome:
    (progress or _silent)("check", 0, source.rows_read)
    register = read_register(connection, profile)
    defaults = projects.defaults_of(register, source.file)
    columns = Columns(source, profile, register)
    if profile.kind == "answers":
        checked = answers.check(columns, connection, instrument)
    else:
        kinds = {"projects": projects, "events": events, "proposals": proposals}
        checked = kinds[profile.kind].check(columns, connection)
    findings = columns.findings
    kept = checked.kept(~findings.rejected)
    if profile.kind == "answers":
        responses.warn_of_invited(findings, kept.rows)
    _warn_of_new(findings, register, kept)
    known = _known_file(connection, source, profile)
    if known is not None:
        findings.warn("file_known", batch=known)
    (progress or _silent)("check", source.rows_read, source.rows_read)
    problems = sorted([*source.problems, *findings.problems()], key=lambda problem: problem.row)
    left_out = source.rejected_rows + findings.count - len(problems)
    if left_out:
        findings.warn("more_problems", shown=len(problems), count=left_out)
    return _Outcome(
        kept,
        register,
        instrument,
        defaults,
        source.rows_read,
        tuple(problems),
        (*source.warnings, *findings.warnings),
    )


def _warn_of_new(findings, register: Register, kept: Checked) -> None:
    """Remarks on what storing would add to the register."""
    used = kept.used()
    if areas := areas_needed(register, used):
        example = register.planned[areas[-1]].name.fi
        findings.warn("entries_created", what="@area", count=len(areas), example=example)
    for table, new in register.new.items():
        names = [row["name_fi"] for code, row in new.items() if code in used.get(table, ())]
        if names and table == "project":
            findings.warn("projects_created", count=len(names), example=names[0])
        elif names:
            findings.warn("entries_created", what=f"@{table}", count=len(names), example=names[0])


def _earlier(connection: sa.Connection, source: Source, profile: Profile) -> int | None:
    batch = schema.ImportBatch
    return connection.execute(
        sa.select(batch.id).where(
            batch.file_sha256 == source.sha256,
            batch.profile_sha256 == profile.sha256,
            batch.status == "stored",
        )
    ).scalar()


def _known_file(connection: sa.Connection, source: Source, profile: Profile) -> int | None:
    """A stored batch of the same file under another profile of the same kind."""
    batch = schema.ImportBatch
    return connection.execute(
        sa.select(sa.func.max(batch.id)).where(
            batch.file_sha256 == source.sha256,
            batch.profile_sha256 != profile.sha256,
            batch.kind == profile.kind,
            batch.status == "stored",
        )
    ).scalar()


def _dropped(source: Source, profile: Profile, instrument: Instrument | None) -> tuple[str, ...]:
    """Columns of the file that nothing reads, in file order."""
    read_columns = {*profile.wanted, *profile.optional, *_item_codes(profile, instrument)}
    return tuple(header for header in source.headers if header and header not in read_columns)


# --- storing ------------------------------------------------------------------------------------


def _open_batch(
    connection: sa.Connection,
    profile: Profile,
    source: Source,
    user: User,
    outcome: _Outcome,
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
    }
    made = connection.execute(sa.insert(schema.ImportBatch).values(**row))
    return made.inserted_primary_key[0]


def _store_rows(
    connection: sa.Connection, profile: Profile, outcome: _Outcome, batch: int, progress: Progress
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
