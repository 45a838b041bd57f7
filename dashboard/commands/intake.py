"""``arviomo import``, ``undo`` and ``profiles``: files in, and back out."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard import format as written
from dashboard.commands import suggesting
from dashboard.commands.publishing import publish
from dashboard.commands.speech import (
    Progress,
    Refused,
    ask,
    command,
    database_option,
    refusal,
    require_tables,
)
from dashboard.wording import say

if TYPE_CHECKING:
    from data.imports.problems import Problem
    from data.imports.profile import Profile
    from data.imports.run import Preview

#: Problems that are told on the screen; the rest goes to a file when one is asked for.
SHOWN = 20


def import_file(language: str) -> click.Command:
    """The command that brings a file in and publishes the figures anew."""

    @command("import", language)
    @click.argument("profile", metavar=say("cli.import.profile_mark", language))
    @click.argument(
        "file",
        metavar=say("cli.import.file_mark", language),
        type=click.Path(path_type=Path),
        required=False,
    )
    @click.option("--preview", is_flag=True, help=say("cli.import.preview", language))
    @click.option(
        "--accept-rejected", is_flag=True, help=say("cli.import.accept_rejected", language)
    )
    @click.option(
        "--problems",
        metavar=say("cli.import.file_mark", language),
        type=click.Path(path_type=Path, dir_okay=False),
        help=say("cli.import.problems_file", language),
    )
    @click.option("--no-refresh", is_flag=True, help=say("cli.import.no_refresh", language))
    @suggesting.options(language)
    @database_option(language)
    def run(
        profile: str,
        file: Path | None,
        preview: bool,
        accept_rejected: bool,
        problems: Path | None,
        no_refresh: bool,
        suggest: bool,
        **given: Any,
    ) -> None:
        require_tables(language, create=True)
        if suggest:
            _suggest(profile, file, problems, given, language)
            return
        if file is None:
            raise refusal("refusal.suggest_no_file", language)
        _refuse_sample(language)
        asked = _profile(profile, language)
        seen = _look(asked, file, problems, language)
        if preview:
            return
        _settle_rejected(seen, accept_rejected, language)
        _store(asked, file, language, accept_rejected=seen.rejected > 0)
        if not no_refresh:
            publish(language)

    return run


def _suggest(
    named: str, second: Path | None, problems: Path | None, given: dict[str, Any], language: str
) -> None:
    """Tell what a file is and what bringing it in would do; keep the profile where it is wanted.

    Raises: Refused.
    """
    if second is not None:
        raise refusal("refusal.suggest_one_file", language)
    file = Path(named)
    made = suggesting.suggested(file, given, language)
    suggesting.save(made, file, given["save"], language)
    if made.instrument is None or given["save"]:
        profile = (
            made.profile if made.instrument is None else _profile(str(given["save"]), language)
        )
        _look(profile, file, problems, language)


def _look(profile: Profile, file: Path, problems: Path | None, language: str) -> Preview:
    """What storing the file would do, told on the screen. Raises: Refused when it cannot be."""
    from dashboard.truth import engine
    from data import access
    from data.imports.problems import message
    from data.imports.run import preview as look

    with Progress(language) as progress:
        seen = look(engine(), profile, file, access.operator(), progress)
    if seen.fatal:
        raise Refused("\n".join(message(problem, language, seen.file) for problem in seen.fatal))
    if seen.earlier_batch is not None:
        raise Refused(message(seen.warnings[0], language, seen.file))
    _tell(seen, language)
    if problems is not None:
        _write_problems(seen.problems, file, problems, language)
    return seen


def _tell(seen: Preview, language: str) -> None:
    """Counts, remarks and the first problems of a file."""
    from data.imports.problems import message

    counts = {
        name: written.count(value, language)
        for name, value in (
            ("read", seen.rows_read),
            ("stored", seen.storable),
            ("rejected", seen.rejected),
        )
    }
    click.echo(say("cli.import.read", language, **counts))
    if seen.dropped_columns:
        click.echo(say("cli.import.dropped", language, columns=", ".join(seen.dropped_columns)))
    for remark in seen.warnings:
        click.echo(message(remark, language, seen.file))
    if seen.problems:
        click.echo(say("cli.import.problems", language))
    for problem in seen.problems[:SHOWN]:
        click.echo(f"  {message(problem, language, seen.file)}")
    if len(seen.problems) > SHOWN:
        more = written.count(len(seen.problems) - SHOWN, language)
        click.echo(say("cli.import.more", language, count=more))


def _settle_rejected(seen: Preview, accepted: bool, language: str) -> None:
    """Nothing, when the reader takes the rows that are right. Raises: Refused."""
    if seen.storable == 0:
        raise refusal("refusal.nothing_to_store", language)
    if not seen.rejected or accepted:
        return
    stored = written.count(seen.storable, language)
    rejected = written.count(seen.rejected, language)
    if not ask("cli.import.ask", language, stored=stored, rejected=rejected):
        raise refusal("refusal.rows_not_accepted", language)


def _store(profile: Profile, file: Path, language: str, *, accept_rejected: bool) -> None:
    from dashboard.truth import engine
    from data import access
    from data.imports.problems import RejectedFile
    from data.imports.run import store

    try:
        with Progress(language) as progress:
            batch = store(
                engine(),
                profile,
                file,
                access.operator(),
                accept_rejected=accept_rejected,
                progress=progress,
            )
    except RejectedFile as rejected:
        raise Refused(rejected.in_language(language)) from rejected
    rows = written.count(batch.rows_stored, language)
    click.echo(say("cli.import.done", language, stored=rows, batch=batch.id))


def undo(language: str) -> click.Command:
    """The command that takes an import back."""

    @command("undo", language)
    @click.argument("batch", metavar=say("cli.undo.batch_mark", language), type=int)
    @click.option("--yes", is_flag=True, help=say("cli.option.yes", language))
    @click.option("--no-refresh", is_flag=True, help=say("cli.import.no_refresh", language))
    @database_option(language)
    def run(batch: int, yes: bool, no_refresh: bool) -> None:
        from dashboard.truth import engine
        from data import access
        from data.imports.problems import UndoRefused
        from data.imports.undo import undo as take_back

        require_tables(language)
        if not yes and not ask("cli.undo.ask", language, batch=batch):
            raise refusal("refusal.not_confirmed", language)
        try:
            take_back(engine(), batch, access.operator())
        except UndoRefused as refused:
            raise Refused(refused.in_language(language)) from refused
        click.echo(say("cli.undo.done", language, batch=batch))
        if not no_refresh:
            publish(language)

    return run


def profiles(language: str) -> click.Command:
    """The command that lists the ready profiles."""

    @command("profiles", language)
    def run() -> None:
        from data.imports.kept import known_profiles as ready

        for name, profile in sorted(ready().items()):
            title = profile.title.in_language(language) if profile.title else ""
            click.echo(f"{name:<28} {say(f'kind.{profile.kind}', language):<16} {title}".rstrip())

    return run


def _refuse_sample(language: str) -> None:
    from dashboard.truth import engine
    from data import access
    from data.database import reading

    with reading(engine()) as connection:
        if access.personas(connection):
            raise refusal("refusal.sample_database", language)


def _profile(named: str, language: str) -> Profile:
    """The ready profile of that name, or the one in that file. Raises: Refused."""
    from data.imports.kept import known_profiles as ready
    from data.imports.profile import InvalidProfile, read_profile

    try:
        if named in ready():
            return ready()[named]
        if not Path(named).is_file():
            raise refusal("refusal.no_profile", language, profile=named)
        return read_profile(Path(named))
    except InvalidProfile as invalid:
        raise refusal("refusal.bad_profile", language, reason=invalid) from invalid


def _write_problems(problems: Sequence[Problem], file: Path, out: Path, language: str) -> None:
    """Every problem as a row of a CSV: row, column, value, what is wrong and what to do."""
    from data.exports.cells import harmless
    from data.imports.problems import message

    try:
        with out.open("w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(["row", "column", "code", "value", "message"])
            for problem in problems:
                words = message(problem, language, file.name)
                writer.writerow(
                    [
                        problem.row,
                        harmless(problem.column),
                        problem.code,
                        harmless(problem.value),
                        words,
                    ]
                )
    except OSError as failed:
        raise refusal(
            "refusal.file_not_written", language, file=out, reason=failed.strerror
        ) from failed
