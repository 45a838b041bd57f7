"""``arviomo audit``: whether the audit is whole, and the audit as a file."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard import format as written
from dashboard.commands.speech import command, database_option, group, refusal, require_tables
from dashboard.wording import say

COLUMNS = ("number", "at", "who", "code", "what", "to", "detail", "hash")


def audit(language: str) -> click.Group:
    """The commands about the audit."""
    commands = group("audit", language)
    for make in (verify, export):
        commands.add_command(make(language))
    return commands


def verify(language: str) -> click.Command:
    """The command that checks every line of the audit."""

    @command("audit.verify", language)
    @click.option(
        "--since",
        metavar=say("cli.audit.hash_mark", language),
        help=say("cli.audit.verify.since", language),
    )
    @database_option(language)
    def run(since: str | None) -> None:
        from dashboard.truth import engine
        from data import audit
        from data.database import reading

        require_tables(language)
        with reading(engine()) as connection:
            chain = audit.verify(connection)
            cut = since is not None and not audit.holds(connection, since)
        if chain.broken:
            lines = ", ".join(str(number) for number in sorted({line for line, _ in chain.broken}))
            raise refusal("audit.broken", language, lines=lines)
        if chain.open:
            raise refusal("audit.open", language, triggers=", ".join(chain.open))
        if cut:
            raise refusal("audit.cut", language, head=since)
        counted = {
            "lines": written.count(chain.lines, language),
            "blanked": written.count(chain.blanked, language),
        }
        click.echo(say("audit.whole", language, head=chain.head, **counted))

    return run


def export(language: str) -> click.Command:
    """The command that writes the whole audit into a file."""

    @command("audit.export", language)
    @click.argument(
        "file",
        metavar=say("cli.import.file_mark", language),
        type=click.Path(path_type=Path, dir_okay=False),
    )
    @database_option(language)
    def run(file: Path) -> None:
        from dashboard.truth import engine
        from data import access, audit
        from data.database import reading, writing
        from data.exports.audit_csv import write_audit

        require_tables(language)
        heading = [say(f"audit.{name}", language) for name in COLUMNS]
        with reading(engine()) as connection:
            content, lines = write_audit(
                connection,
                access.operator(),
                heading,
                lambda action: say(f"audit.action.{action}", language),
            )
        try:
            file.write_bytes(content)
        except OSError as problem:
            reason = problem.strerror
            raise refusal(
                "refusal.file_not_written", language, file=file, reason=reason
            ) from problem
        with writing(engine()) as connection:
            audit.record(connection, access.operator(), "export", "export:audit")
        count = written.count(lines, language)
        click.echo(say("cli.audit.exported", language, lines=count, file=file))

    return run
