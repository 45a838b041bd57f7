"""A read file against a profile and the register: what would be stored, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from data import schema
from data.imports import answers, events, logs, projects, proposals, responses
from data.imports.columns import Columns
from data.imports.findings import Findings
from data.imports.problems import Problem, RejectedFile
from data.imports.profile import Profile
from data.imports.projects import Checked
from data.imports.read import Source
from data.imports.register import Register, areas_needed, read_register
from data.imports.storing import Progress
from data.instruments import InstrumentConflict, known_instruments
from survey.instrument import Instrument, InvalidInstrument, read_instrument


@dataclass(frozen=True, slots=True)
class Outcome:
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


def instrument_of(connection: sa.Connection, profile: Profile, file: str) -> Instrument | None:
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


def item_codes(profile: Profile, instrument: Instrument | None) -> tuple[str, ...]:
    """Codes of the items that are looked for among the headers of the file."""
    if instrument is None or profile.answers != "by_code":
        return ()
    return tuple(item.code for item in instrument.items)


def check(
    connection: sa.Connection,
    profile: Profile,
    source: Source,
    instrument: Instrument | None,
    progress: Progress,
) -> Outcome:
    """The rows of a file, checked against what is in the database now. Raises: RejectedFile."""
    progress("check", 0, source.rows_read)
    register = read_register(connection, profile)
    defaults = projects.defaults_of(register, source.file)
    columns = Columns(source, profile, register)
    if profile.kind == "answers":
        checked = answers.check(columns, connection, instrument)
    else:
        kinds = {"projects": projects, "events": events, "proposals": proposals}
        checked = kinds.get(profile.kind, logs).check(columns, connection)
    findings = columns.findings
    kept = checked.kept(~findings.rejected)
    if profile.kind == "answers":
        responses.warn_of_invited(findings, kept.rows)
    _warn_of_new(findings, register, kept)
    known = _known_file(connection, source, profile)
    if known is not None:
        findings.warn("file_known", batch=known)
    progress("check", source.rows_read, source.rows_read)
    problems = sorted([*source.problems, *findings.problems()], key=lambda problem: problem.row)
    left_out = source.rejected_rows + findings.count - len(problems)
    if left_out:
        findings.warn("more_problems", shown=len(problems), count=left_out)
    return Outcome(
        kept,
        register,
        instrument,
        defaults,
        source.rows_read,
        tuple(problems),
        (*source.warnings, *findings.warnings),
    )


def _warn_of_new(findings: Findings, register: Register, kept: Checked) -> None:
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


def earlier_batch(connection: sa.Connection, source: Source, profile: Profile) -> int | None:
    """The stored batch of the same file and the same profile."""
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


def dropped_columns(
    source: Source, profile: Profile, instrument: Instrument | None
) -> tuple[str, ...]:
    """Columns of the file that nothing reads, in file order."""
    read_columns = {*profile.wanted, *profile.optional, *item_codes(profile, instrument)}
    return tuple(header for header in source.headers if header and header not in read_columns)
