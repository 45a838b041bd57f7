"""``arviomo import FILE --suggest``: what a file is, what goes where, and the profile for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard import suggestions
from dashboard.commands.speech import Refused, refusal
from dashboard.wording import say

if TYPE_CHECKING:
    from data.imports.sources.suggest import Suggestion

#: What a person may say of the whole file.
FIELDS = ("project", "wave", "group", "phase")


def options(language: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of a suggestion, as one decorator."""
    file_mark = say("cli.import.file_mark", language)
    value = say("cli.suggest.value_mark", language)
    path = click.Path(path_type=Path, dir_okay=False)
    made = [
        click.option("--suggest", is_flag=True, help=say("cli.suggest.option", language)),
        click.option(
            "--save", metavar=file_mark, type=path, help=say("cli.suggest.save", language)
        ),
        click.option("--project", metavar=value, help=say("cli.suggest.project", language)),
        click.option("--wave", metavar=value, help=say("cli.suggest.wave", language)),
        click.option("--group", metavar=value, help=say("cli.suggest.group", language)),
        click.option("--phase", metavar=value, help=say("cli.suggest.phase", language)),
        click.option("--encoding", metavar=value, help=say("cli.suggest.encoding", language)),
        click.option("--table", metavar=value, help=say("cli.suggest.table", language)),
        click.option("--instrument", metavar=value, help=say("cli.suggest.instrument", language)),
        click.option(
            "--form", metavar=file_mark, type=path, help=say("cli.suggest.form", language)
        ),
        click.option("--create-projects", is_flag=True, help=say("cli.suggest.create", language)),
    ]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(made):
            command = option(command)
        return command

    return decorate


def suggested(file: Path, given: dict[str, Any], language: str) -> Suggestion:
    """How a file may be brought in, told on the screen. Raises: Refused."""
    from dashboard.truth import engine
    from data import access
    from data.imports.problems import RejectedFile
    from data.imports.sources.propose import Said, propose

    said = Said(
        instrument=given["instrument"] or "",
        fields={name: given[name] for name in FIELDS if given[name]},
        encoding=given["encoding"] or "",
        table=given["table"] or "",
        create_projects=given["create_projects"],
    )
    try:
        made = propose(engine(), file, access.operator(), said, given["form"])
    except RejectedFile as rejected:
        raise Refused(rejected.in_language(language)) from rejected
    for line in suggestions.lines(made, language):
        click.echo(line)
    return made


def save(made: Suggestion, file: Path, out: Path | None, language: str) -> None:
    """Write the profile where it is wanted, and say what to do next. Raises: Refused."""
    from data.imports.sources.propose import write_profile

    if made.profile is None:
        raise refusal("refusal.suggest_open", language)
    if made.ready and out is None:
        click.echo(say("cli.suggest.ready", language, profile=made.ready, file=file))
    if out is None:
        return
    try:
        written = write_profile(made, out)
    except OSError as failed:
        reason = failed.strerror
        raise refusal("refusal.file_not_written", language, file=out, reason=reason) from failed
    files = ", ".join(map(str, written))
    click.echo(say("cli.suggest.saved", language, files=files, profile=out, file=file))
