"""``arviomo migrate`` and ``refresh``: the tables, and the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from dashboard import format as written
from dashboard.commands.speech import (
    Progress,
    ask,
    command,
    database_option,
    refusal,
    require_tables,
)
from dashboard.wording import at_least, say
from metrics.names import PHASE_NAMES, WAVE_NAMES

if TYPE_CHECKING:
    from data.sheets import Waiting

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
    from data import access, sheets

    require_tables(language)
    with Progress(language) as progress:
        publication = sheets.refresh(engine(), progress=progress, by=access.operator())
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
        _tell_waiting(publication.waiting, language)


def _tell_waiting(waiting: Sequence[Waiting], language: str) -> None:
    """Say what waits and until when, and of which collections, in steps and never exactly."""
    from dashboard.truth import engine
    from data import access, records
    from data.database import reading
    from data.records.register import name_in

    answers = sum(each.answers for each in waiting)
    collections = written.count(len(waiting), language)
    told = {"answers": at_least(answers, language), "collections": collections}
    click.echo(say("cli.refresh.waiting", language, **told))
    with reading(engine()) as connection:
        projects = records.project_names(connection, access.operator())
    names = {each.id: name_in(each, language) for each in projects}
    for each in waiting[:WAITING_NAMED]:
        click.echo(
            say(
                "cli.refresh.waiting.one",
                language,
                project=names[each.project],
                instrument=each.instrument,
                wave=WAVE_NAMES[each.wave].in_language(language),
                phase=PHASE_NAMES[each.phase].in_language(language),
                answers=at_least(each.answers, language),
            )
        )
