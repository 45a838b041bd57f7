"""A file and what is known here, put together into a suggestion; and the suggestion, kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
import yaml

from data import schema
from data.access import User, require
from data.database import reading, writing
from data.imports.kept import kept_folder, kept_profiles
from data.imports.problems import RejectedFile
from data.imports.profile import Profile, profiles
from data.imports.sources.look import look, look_beside, with_structure
from data.imports.sources.suggest import NOTHING, Question, Said, Suggestion, shape, suggest
from data.imports.sources.words import plain
from data.imports.xlsforms import check_xlsform, profile_for
from data.instruments import bring_instrument, known_instruments
from data.permissions import Kind, Verb


def propose(
    engine: sa.Engine,
    path: Path | str,
    user: User,
    said: Said = NOTHING,
    form: Path | str | None = None,
) -> Suggestion:
    """How a file may be brought in, by what it says and what is known here.

    form: the XLSForm or the .lss that its questions were written in; an .lss that lies beside the
    answers under their name is found.
    Raises: RejectedFile for a file or a form that cannot be read; data.access.NotPermitted.
    """
    require(user, Verb.STORE, Kind.BATCH)
    found = look(path, said.encoding or None, said.table or None)
    is_sheet = form is not None and Path(form).suffix.lower() == ".xlsx"
    structure = look_beside(path) if form is None or is_sheet else look(form)
    with reading(engine) as connection:
        instruments = known_instruments(connection)
        projects = _projects(connection)
    found = with_structure(found, structure)
    if is_sheet:
        return _by_xlsform(suggest(found, instruments, projects, said), Path(form), said)
    return suggest(found, instruments, projects, said)


def _projects(connection: sa.Connection) -> set[str]:
    project = schema.Project
    rows = connection.execute(
        sa.select(project.code, project.name_fi, project.name_sv, project.name_en)
    )
    return {plain(name) for row in rows for name in row if name}


def _by_xlsform(made: Suggestion, form: Path, said: Said) -> Suggestion:
    """The same, with the questions as the form names them. Raises: RejectedFile."""
    read = check_xlsform(form)
    if read.instrument is None:
        raise RejectedFile(form.name, ())
    body = profile_for(read.instrument, made.found.headers, said.fields, read).model_dump(
        mode="json", exclude_unset=True
    )
    fields = {name: cell for name, cell in made.body["columns"].items() if name not in said.fields}
    body |= {"file": shape(made.found, said), "columns": fields, "name": made.body["name"]}
    body["personal"] = list(made.personal)
    blocking = [question for question in made.questions if question.blocking]
    about = ("no_questions", "not_whole", "drafted", "order_unknown", "values_unknown")
    kept = tuple(question for question in made.questions if question.code not in about)
    mapping = [(code, _headers(answer["column"]), True) for code, answer in body["answers"].items()]
    there = [each for each in mapping if set(each[1]) <= set(made.found.headers)]
    whole = None if any(q.code not in about for q in blocking) else Profile.model_validate(body)
    return replace(
        made, body=body, profile=whole, instrument=read.instrument, questions=kept,
        mapping=tuple(there),
    )  # fmt: skip


def _headers(column: str | list[str]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else tuple(column)


# --- keeping ------------------------------------------------------------------------------------


def write_profile(made: Suggestion, path: Path) -> list[Path]:
    """The files of a suggestion: the profile, and its instrument beside it where one was drafted.

    Raises: ValueError for a suggestion with an open question.
    """
    if made.profile is None:
        raise ValueError("a profile is written when every blocking question is answered")
    body = dict(made.body)
    written = [path]
    if made.instrument is not None:
        beside = path.with_name(f"{path.stem}.instrument.yaml")
        _write(beside, made.instrument.model_dump(mode="json"))
        body |= {"instrument_file": beside.name}
        written.append(beside)
    _write(path, body)
    return written


def _write(path: Path, body: dict, comment: str = "") -> None:
    text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False, width=100)
    path.write_text(comment + text, encoding="utf-8")


def keep(engine: sa.Engine, made: Suggestion, user: User) -> str:
    """The name under which a suggested profile is kept for everybody who may bring files.

    A drafted instrument becomes known, so that it can be asked and answered from now on.
    Raises: data.instruments.InstrumentConflict, data.access.NotPermitted, ValueError.
    """
    require(user, Verb.STORE, Kind.BATCH)
    if made.profile is None:
        raise ValueError("a profile is kept when every blocking question is answered")
    if made.ready:
        return made.ready
    folder = kept_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = _free_name(made.profile)
    if made.instrument is not None:
        with writing(engine) as connection:
            bring_instrument(connection, user, made.instrument)
    day = datetime.now(UTC).date()
    kept = f"# {made.found.file} ({made.found.source}); {user.name}, {day}\n"
    _write(folder / f"{name}.yaml", made.body | {"name": name}, kept)
    return name


def _free_name(profile: Profile) -> str:
    """The profile's name, or one with a number where another profile has it already."""
    known, at, name = kept_profiles(), 1, profile.name
    while name in profiles() or (name in known and known[name].sha256 != profile.sha256):
        at += 1
        name = f"{profile.name[:55]}_{at}"
    return name


__all__ = ["Question", "Said", "Suggestion", "keep", "propose", "write_profile"]
