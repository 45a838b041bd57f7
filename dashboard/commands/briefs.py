"""``arviomo brief``: what the pages say of an entity, as a PDF."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard import format as written
from dashboard.commands.speech import command, database_option, refusal, require_tables
from dashboard.wording import say
from metrics.metric import Level
from survey.text import LANGUAGES


def brief(language: str) -> click.Command:
    """The command that makes a brief of an entity."""

    @command("brief", language)
    @click.argument(
        "level",
        metavar=say("cli.brief.level_mark", language),
        type=click.Choice([level.value for level in Level]),
    )
    @click.argument("code", metavar=say("cli.brief.code_mark", language))
    @click.argument(
        "out",
        metavar=say("cli.import.file_mark", language),
        type=click.Path(path_type=Path, dir_okay=False),
    )
    @click.option(
        "--language",
        "spoken",
        type=click.Choice(LANGUAGES),
        default=language,
        help=say("cli.brief.language", language),
    )
    @database_option(language)
    def run(level: str, code: str, out: Path, spoken: str) -> None:
        require_tables(language)
        content, revision = made(level, code, spoken, language)
        try:
            out.write_bytes(content)
        except OSError as problem:
            raise refusal(
                "refusal.file_not_written", language, file=out, reason=problem.strerror
            ) from problem
        size = written.size(len(content), language)
        click.echo(say("cli.brief.done", language, file=out, size=size, revision=revision))

    return run


def made(level: str, code: str, spoken: str, language: str) -> tuple[bytes, int]:
    """The PDF of an entity in a language, and the publication that it is of. Raises: Refused."""
    # Imported here: the other commands start without the pages.
    from dashboard import figures
    from dashboard.brief import making, press, subject
    from dashboard.session import Viewing, shows_sample
    from dashboard.truth import engine
    from data import access
    from data.database import reading

    user = access.operator()
    with reading(engine()) as connection:
        invented = shows_sample(connection)
    viewing = Viewing(user, spoken, access.profile_of(user), invented)
    try:
        entity = subject.coded(viewing, level, code)
        revision = figures.publication().id
        return making.brief(viewing, level, entity), revision
    except subject.NoSuchSubject as missing:
        raise refusal(
            "refusal.no_subject", language, level=level, code=code, codes=missing
        ) from missing
    except figures.NothingPublished as nothing:
        raise refusal("refusal.nothing_published", language) from nothing
    except press.UnsetBrief as unset:
        raise refusal("refusal.brief_not_set", language) from unset
