"""``arviomo erase``, ``subject-access`` and ``retention``: what people may ask for, and dates."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard import format as written
from dashboard import unreadable
from dashboard.commands.speech import ask, command, database_option, refusal, require_tables
from dashboard.wording import say
from metrics.names import PHASE_NAMES, WAVE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa

    from data.keeping.erasure import Erased
    from data.keeping.retention import Emptied
    from data.keeping.subject_access import Account

#: A key on the command line stands in the shell's history; this word lets it be typed instead.
ASKED = "-"


def erase(language: str) -> click.Command:
    """The command that erases one person, or makes an organisation nameless."""

    @command("erase", language)
    @_key(language, required=False)
    @_project(language)
    @click.option("--organisation", is_flag=True, help=say("cli.erase.organisation", language))
    @click.option("--finish", is_flag=True, help=say("cli.erase.finish", language))
    @click.option("--yes", is_flag=True, help=say("cli.option.yes", language))
    @database_option(language)
    def run(
        key: str | None, project: str | None, organisation: bool, finish: bool, yes: bool
    ) -> None:
        from dashboard.truth import engine
        from data import access
        from data.database import home
        from data.keeping import erasure, organisations

        require_tables(language)
        if finish:
            _finish(language)
            return
        if key is None:
            raise refusal("refusal.key_wanted", language)
        now, user, called = datetime.now(UTC), access.operator(), _told(key, language)
        with _refusals(language):
            if organisation:
                _confirm("cli.erase.ask_organisation", language, yes)
                gone = organisations.erase_organisation(engine(), user, home(), called, now)
            else:
                number = _only_project(called, project, language)
                _confirm("cli.erase.ask", language, yes)
                gone = erasure.erase(engine(), user, home(), called, now, number)
        click.echo(say("cli.erase.done", language, rows=written.count(gone.whole, language)))
        for table, rows in gone.rows.items():
            click.echo(f"  {table}: {written.count(rows, language)}")
        if not organisation:
            click.echo(say("cli.erase.after", language))
        _tell_what_is_left(gone, language)

    return run


def _tell_what_is_left(gone: Erased, language: str) -> None:
    """Say where somebody is still named, and that the database still holds what was deleted."""
    if gone.left:
        click.echo(say("cli.erase.left", language), err=True)
        for column, cells in gone.left.items():
            click.echo(f"  {column}: {written.count(cells, language)}", err=True)
    if gone.waits:
        click.echo(say("cli.erase.waits", language), err=True)


def _finish(language: str) -> None:
    """Overwrite what an earlier erasure had to leave. Raises: Refused where readers keep it."""
    from dashboard.truth import engine
    from data.database import home
    from data.keeping import overwriting

    if not overwriting.settle(engine(), home()):
        raise refusal("refusal.overwriting_waits", language)
    click.echo(say("cli.erase.finished", language))


def subject_access(language: str) -> click.Command:
    """The command that tells what is held of one person."""

    @command("subject-access", language)
    @_key(language)
    @_project(language)
    @click.option("--json", "as_json", is_flag=True, help=say("cli.subject-access.json", language))
    @click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar=say("cli.file_mark", language),
        help=say("cli.subject-access.out", language),
    )
    @database_option(language)
    def run(key: str, project: str | None, as_json: bool, out: Path | None) -> None:
        from dashboard.truth import engine
        from data import access
        from data.database import home, writing
        from data.keeping import subject_access as about

        require_tables(language)
        called, user = _told(key, language), access.operator()
        with _refusals(language):
            number = _only_project(called, project, language)
            with writing(engine()) as connection:
                held = about.account(connection, user, home(), called, language, number)
                if not held.rows:
                    raise refusal("refusal.nobody_held", language)
                about.record(connection, user, held)
        told = about.as_json(held) if as_json else readable(held, language)
        if out is None:
            click.echo(told)
            return
        try:
            with out.open("x", encoding="utf-8") as file:
                out.chmod(0o600)
                file.write(f"{told}\n")
        except OSError as error:
            raise refusal("refusal.not_written", language, file=out) from error
        click.echo(say("cli.subject-access.done", language, file=out))

    return run


def readable(held: Account, language: str) -> str:
    """An account in words, under headings of the language."""
    lines = [say("account.title", language), "", say("account.projects", language)]
    lines += [f"  {code}" for code in held.projects] or ["  –"]
    for answer in held.answered:
        named = {
            "wave": WAVE_NAMES[answer["wave"]].in_language(language),
            "phase": PHASE_NAMES[answer["phase"]].in_language(language),
        }
        told = answer | named
        lines += ["", say("account.answer", language, **{
            name: told[name] or "–"
            for name in ("instrument", "project", "wave", "phase", "answered_on", "group")
        })]  # fmt: skip
        lines += [f"  {each['question']}\n    {each['answer']}" for each in answer["given"]]
    lines += ["", say("account.rows", language)]
    for table, rows in held.tables.items():
        lines += ["", f"  {say(f'account.table.{table}', language)} ({table})"]
        for row in rows:
            lines.append("    " + ", ".join(f"{name}: {value}" for name, value in row.items()))
    return "\n".join([*lines, "", say("account.end", language)])


def retention(language: str) -> click.Command:
    """The command that deletes what is past its day, or says what it is."""

    @command("retention", language)
    @click.option("--now", "is_meant", is_flag=True, help=say("cli.retention.now", language))
    @click.option(
        "--days",
        "told",
        multiple=True,
        metavar=say("cli.retention.days_mark", language),
        help=say("cli.retention.days", language),
    )
    @database_option(language)
    def run(is_meant: bool, told: tuple[str, ...]) -> None:
        from dashboard.truth import engine
        from data import access
        from data.database import home, reading
        from data.keeping import retention as rules

        require_tables(language)
        days, now = _days(told, language), datetime.now(UTC)
        with _refusals(language), reading(engine()) as connection:
            found = rules.due(connection, home(), days, now)
            emptied = rules.emptied(connection, days, now)
        if is_meant:
            found = rules.forget(engine(), access.operator(), home(), days, now)
        click.echo(say("cli.retention.done" if is_meant else "cli.retention.would", language))
        for each in found:
            rows = written.count(each.rows, language)
            kind = say(f"retention.{each.kind}", language)
            click.echo(say("cli.retention.line", language, kind=kind, days=each.days, rows=rows))
        for kind, after in days.items():
            if after is None:
                kept = say(f"retention.{kind}", language)
                click.echo(say("cli.retention.kept", language, kind=kept, code=kind))
        if emptied:
            _tell_emptied(emptied, language)
        if not is_meant:
            click.echo(say("cli.retention.how", language))

    return run


def _tell_emptied(emptied: Sequence[Emptied], language: str) -> None:
    """Say which published collections are left without answers, and what follows."""
    click.echo(say("cli.retention.emptied", language))
    for each in emptied:
        wave = WAVE_NAMES[each.wave].in_language(language)
        phase = PHASE_NAMES[each.phase].in_language(language)
        click.echo(f"  {each.project}: {each.instrument}, {wave}, {phase}")


# --- what is said on the command line -----------------------------------------------------------


def _key(language: str, *, required: bool = True) -> click.decorators.FC:
    mark = say("cli.erase.key_mark", language)
    return click.argument("key", metavar=mark if required else f"[{mark}]", required=required)


def _project(language: str) -> click.decorators.FC:
    return click.option(
        "--project",
        metavar=say("cli.user.code_mark", language),
        help=say("cli.erase.project", language),
    )


def _told(key: str, language: str) -> str:
    if key != ASKED:
        return key
    return click.prompt(say("cli.erase.type_key", language), hide_input=True, err=True)


def _confirm(key: str, language: str, yes: bool) -> None:
    if not yes and not ask(key, language):
        raise refusal("refusal.not_confirmed", language)


@contextmanager
def _refusals(language: str) -> Iterator[None]:
    from data.fieldwork.installation import ExposedSecret
    from data.keeping.erasure import NobodyFound
    from data.keeping.marks import DamagedMarks

    try:
        yield
    except NobodyFound as nobody:
        raise refusal("refusal.nobody_held", language) from nobody
    except (DamagedMarks, ExposedSecret) as problem:
        key, values = unreadable.words(problem)
        raise refusal(key, language, **values) from problem


def _only_project(key: str, code: str | None, language: str) -> int | None:
    """The project that is meant; none where only one holds anything. Raises: Refused."""
    from dashboard.truth import engine
    from data.database import home, reading
    from data.keeping import tracing

    with reading(engine()) as connection:
        if code is not None:
            return _project_number(connection, code, language)
        traces = tracing.trace(connection, home(), key)
        found = tracing.projects_of(connection, tracing.rows_of(connection, home(), traces))
    if len(found) > 1:
        raise refusal("refusal.several_projects", language, projects=", ".join(found))
    return None


def _project_number(connection: sa.Connection, code: str, language: str) -> int:
    from data import access, records

    for project in records.project_names(connection, access.operator()):
        if project.code == code:
            return project.id
    raise refusal("refusal.unknown_project", language, code=code)


def _days(told: tuple[str, ...], language: str) -> dict[str, int | None]:
    from data.keeping import retention as rules

    wanted = {}
    for each in told:
        kind, _, days = each.partition("=")
        if not days.isdecimal() and days != "never":
            raise refusal("refusal.retention_days", language, kinds=", ".join(rules.DAYS))
        wanted[kind] = None if days == "never" else int(days)
    try:
        return rules.settled_days(wanted)
    except rules.InvalidDays as invalid:
        raise refusal("refusal.retention_days", language, kinds=", ".join(rules.DAYS)) from invalid
