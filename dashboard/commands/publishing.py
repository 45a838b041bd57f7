"""``arviomo migrate``, ``refresh`` and ``export``: tables, figures, and figures as a file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa

from dashboard import format as written
from dashboard.commands.speech import (
    Progress,
    ask,
    command,
    database_option,
    refusal,
    require_tables,
)
from dashboard.wording import say
from metrics.names import GROUP_NAMES, PHASE_NAMES, WAVE_NAMES

if TYPE_CHECKING:
    from data.publication.release_register import Population

#: How many of the collections that wait are named.
WAITING_NAMED = 10


def migrate(language: str) -> click.Command:
    """The command that moves the tables of the database to this program's version."""

    @command("migrate", language)
    @click.option(
        "--down",
        metavar=say("cli.migrate.down_mark", language),
        help=say("cli.migrate.down", language),
    )
    @click.option("--yes", is_flag=True, help=say("cli.option.yes", language))
    @database_option(language)
    def run(down: str | None, yes: bool) -> None:
        from dashboard.truth import engine
        from data import database

        if down and not yes and not ask("cli.migrate.ask", language, revision=down):
            raise refusal("refusal.not_confirmed", language)
        try:
            now = database.migrate(engine(), down or "head")
        except database.UnmatchedSchema as unmatched:
            raise refusal(f"refusal.database_{unmatched.code}", language) from unmatched
        done = "cli.migrate.done" if now else "cli.migrate.emptied"
        click.echo(say(done, language, revision=now))

    return run


def refresh(language: str) -> click.Command:
    """The command that judges everything anew and publishes it."""

    @command("refresh", language)
    @database_option(language)
    def run() -> None:
        publish(language)

    return run


def publish(language: str) -> None:
    """Refresh with progress, and say what was published. Raises: Refused."""
    from dashboard.truth import engine
    from data import sheets

    require_tables(language)
    with Progress(language) as progress:
        publication = sheets.refresh(engine(), progress=progress)
    key = "cli.refresh.done" if publication.changed else "cli.refresh.unchanged"
    click.echo(
        say(
            key,
            language,
            revision=publication.revision,
            figures=written.count(publication.figures, language),
            seconds=written.number(publication.seconds, language, 1),
        )
    )
    if publication.waiting:
        answers = sum(each.answers for each in publication.waiting)
        click.echo(
            say(
                "cli.refresh.waiting",
                language,
                answers=written.count(answers, language),
                collections=written.count(len(publication.waiting), language),
            )
        )
        for each in publication.waiting[:WAITING_NAMED]:
            named = asdict(each) | {"answers": written.count(each.answers, language)}
            click.echo(say("cli.refresh.waiting.one", language, **named))


def export(language: str) -> click.Command:
    """The command that writes the published figures as a tidy CSV."""

    @command("export", language)
    @click.argument(
        "out",
        metavar=f"[{say('cli.import.file_mark', language)}]",
        required=False,
        type=click.Path(path_type=Path, dir_okay=False),
    )
    @click.option("--public", is_flag=True, help=say("cli.export.public", language))
    @click.option(
        "--dictionary",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=say("cli.import.file_mark", language),
        help=say("cli.export.dictionary", language),
    )
    @database_option(language)
    def run(out: Path | None, public: bool, dictionary: Path | None) -> None:
        from dashboard.truth import engine
        from data import access, sheets
        from data.database import reading
        from data.exports.tidy_csv import write_dictionary, write_figures

        require_tables(language)
        with reading(engine()) as connection:
            revision = sheets.latest_revision(connection)
            if revision is None:
                raise refusal("refusal.nothing_published", language)
            text = io.StringIO(newline="")
            count = write_figures(
                connection, access.operator(), revision, language, text, public=public
            )
            spoken_of = _spoken_of(connection, language) if public else []
        if public:
            _release(spoken_of, language)
        if dictionary is not None:
            meanings = io.StringIO(newline="")
            write_dictionary(language, meanings)
            _write(dictionary, meanings, language)
        if out is None:
            click.echo(text.getvalue(), nl=False)
            return
        _write(out, text, language)
        figures = written.count(count, language)
        click.echo(say("cli.export.done", language, count=figures, revision=revision, file=out))

    return run


def _write(path: Path, text: io.StringIO, language: str) -> None:
    """Write a CSV with a mark that tells spreadsheets how it is encoded. Raises: Refused."""
    try:
        path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as problem:
        raise refusal(
            "refusal.file_not_written", language, file=path, reason=problem.strerror
        ) from problem


def _spoken_of(connection: sa.Connection, language: str) -> list[Population]:
    """Whom a public export speaks of. Raises: Refused."""
    from data import database
    from data.publication import released_sheets
    from metrics.metric import Profile

    try:
        return released_sheets.populations(connection, Profile.PUBLIC, database.home())
    except released_sheets.LostExtracts as lost:
        raise refusal("refusal.lost_extracts", language) from lost


def _release(populations: Sequence[Population], language: str) -> None:
    """Nothing; what is handed out stands in the release register. Raises: Refused.

    The export was written before in a snapshot of its own, so that nobody waits for it here.
    """
    from dashboard.truth import engine
    from data.database import writing
    from data.publication.release_register import TooClose, register_sheet

    try:
        with writing(engine()) as connection:
            register_sheet(connection, populations)
    except TooClose as close:
        raise refusal(
            "refusal.too_close",
            language,
            one=_named(close.one, language),
            other=_named(close.other, language),
            fewest=close.fewest,
        ) from close


def _named(population: Population, language: str) -> str:
    known = WAVE_NAMES | GROUP_NAMES | PHASE_NAMES
    words = [
        known[code].in_language(language)
        for code in (population.wave, population.split_value)
        if code in known
    ]
    whose = say("cli.export.project", language, project=population.project)
    return ", ".join([whose, population.instrument, *words])
