"""``arviomo indicators``: the indicators of a programme's or a project's own, from a file."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands.speech import command, database_option, refusal, require_tables
from dashboard.wording import say


def indicators(language: str) -> click.Command:
    """The command that brings in a file of own indicators."""

    @command("indicators", language)
    @click.argument(
        "file",
        metavar=say("cli.file_mark", language),
        type=click.Path(path_type=Path),
    )
    @click.option(
        "--project",
        metavar=say("cli.user.code_mark", language),
        help=say("cli.indicators.project", language),
    )
    @click.option(
        "--programme",
        metavar=say("cli.user.code_mark", language),
        help=say("cli.indicators.programme", language),
    )
    @database_option(language)
    def run(file: Path, project: str | None, programme: str | None) -> None:
        from dashboard.truth import engine
        from data import access
        from data.imports.own_indicators import bring_indicators
        from data.reporting.definitions import RefusedIndicator
        from metrics.indicators.catalogue import InvalidIndicator

        require_tables(language)
        owner = {"project": project, "programme": programme}
        try:
            keys = bring_indicators(engine(), access.operator(), file, **owner)
        except (InvalidIndicator, OSError) as unreadable:
            raise refusal("refusal.indicator_file", language, reason=unreadable) from unreadable
        except RefusedIndicator as refused:
            key = f"indicator.refused.{refused.code}"
            raise refusal(key, language, **refused.values) from refused
        click.echo(say("cli.indicators.done", language, keys=", ".join(keys)))

    return run
