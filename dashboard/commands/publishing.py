"""``arviomo migrate`` and ``refresh``: the tables, and the figures."""

from __future__ import annotations

from dataclasses import asdict

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
from dashboard.wording import say

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
