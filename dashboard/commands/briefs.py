"""``arviomo brief``: what the pages say of an entity, as a PDF."""

from __future__ import annotations

from datetime import date
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
    @click.option(
        "--period",
        nargs=2,
        metavar=" ".join(say(f"cli.release.{end}_mark", language) for end in ("start", "end")),
        help=say("cli.brief.period", language),
    )
    @database_option(language)
    def run(level: str, code: str, out: Path, spoken: str, period: tuple[str, str] | None) -> None:
        days = None if period is None else read_days(period, language)
        require_tables(language)
        content, revision = made(level, code, spoken, language, days)
        try:
            out.write_bytes(content)
        except OSError as problem:
            raise refusal(
                "refusal.file_not_written", language, file=out, reason=problem.strerror
            ) from problem
        size = written.size(len(content), language)
        click.echo(say("cli.brief.done", language, file=out, size=size, revision=revision))

    return run


def read_days(period: tuple[str, str], language: str) -> tuple[date, date]:
    """The first and the last day of a period as they are written. Raises: Refused."""
    found = []
    for text in period:
        try:
            found.append(date.fromisoformat(text))
        except ValueError as error:
            raise refusal("refusal.day", language, day=text) from error
    first, last = found
    if last < first:
        raise refusal("refusal.brief_reversed", language)
    return first, last


def made(
    level: str, code: str, spoken: str, language: str, days: tuple[date, date] | None = None
) -> tuple[bytes, int]:
    """The PDF of an entity in a language, and the publication that it is of. days: those of the
    reporting periods whose figures it holds; the newest, where none are given. Raises: Refused."""
    # Imported here: the other commands start without the pages.
    from dashboard import figures
    from dashboard.brief import making, press, reported, subject
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
        if days is not None:
            known = reported.spans(viewing, subject.scope_of(viewing, level, entity))
            if not any(days[0] <= first and last <= days[1] for first, last in known):
                told = ", ".join(f"{first} {last}" for first, last in known[: subject.NAMED])
                raise refusal("refusal.brief_period", language, days=told or "–")
        revision = figures.publication().id
        return making.brief(viewing, level, entity, days=days), revision
    except subject.NoSuchSubject as missing:
        raise refusal(
            "refusal.no_subject", language, level=level, code=code, codes=missing
        ) from missing
    except figures.NothingPublished as nothing:
        raise refusal("refusal.nothing_published", language) from nothing
    except press.UnsetBrief as unset:
        raise refusal("refusal.brief_not_set", language) from unset
