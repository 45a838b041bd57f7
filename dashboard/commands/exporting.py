"""``arviomo export``: published figures, and reported indicators, as files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa

from dashboard import format as written
from dashboard.commands.speech import command, database_option, refusal, require_tables
from dashboard.wording import say
from metrics.names import GROUP_NAMES, PHASE_NAMES, WAVE_NAMES

if TYPE_CHECKING:
    from data.access import User
    from data.exports.iati import Reporter
    from data.exports.report import Report
    from data.publication.release_register import Population
    from data.records import Named

#: Names of files that mean the output of the command: nothing is put in their place.
STREAMS = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
#: What `--as` may say. csv: the published figures; open: the same for the public, as a package; the
#: others: reported indicators.
FORMS = ("csv", "open", "xlsx", "package", "json", "iati")


def export(language: str) -> click.Command:
    """The command that writes published figures and reported indicators as files."""

    @command("export", language)
    @click.argument(
        "out",
        metavar=f"[{say('cli.import.file_mark', language)}]",
        required=False,
        type=click.Path(path_type=Path, dir_okay=False),
    )
    @click.option(
        "--as",
        "form",
        type=click.Choice(FORMS),
        default="csv",
        help=say("cli.export.as", language),
    )
    @click.option("--public", is_flag=True, help=say("cli.export.public", language))
    @click.option(
        "--funder",
        metavar=say("cli.export.code_mark", language),
        help=say("cli.export.funder", language),
    )
    @click.option(
        "--project",
        metavar=say("cli.export.code_mark", language),
        help=say("cli.export.of_project", language),
    )
    @click.option(
        "--reporter",
        nargs=2,
        metavar=say("cli.export.reporter_mark", language),
        help=say("cli.export.reporter", language),
    )
    @click.option(
        "--dictionary",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar=say("cli.import.file_mark", language),
        help=say("cli.export.dictionary", language),
    )
    @database_option(language)
    def run(
        out: Path | None,
        form: str,
        public: bool,
        funder: str | None,
        project: str | None,
        reporter: tuple[str, str] | None,
        dictionary: Path | None,
    ) -> None:
        require_tables(language)
        if form == "csv":
            out = None if _is_stream(out) else out
            _figures(out, public, dictionary, language)
            return
        if out is None:
            raise refusal("refusal.file_wanted", language, form=form)
        if form == "open":
            _open_data(out, language)
            return
        _report(out, form, public, (funder, project), reporter, language)

    return run


# --- published figures --------------------------------------------------------------------------


def _figures(out: Path | None, public: bool, dictionary: Path | None, language: str) -> None:
    """The published figures as a tidy CSV."""
    from dashboard.truth import engine
    from data import access, sheets
    from data.database import reading
    from data.exports.tidy_csv import write_dictionary, write_figures

    with reading(engine()) as connection:
        revision = sheets.latest_revision(connection)
        if revision is None:
            raise refusal("refusal.nothing_published", language)
        text = io.StringIO(newline="")
        count = write_figures(
            connection, access.operator(), revision, language, text, public=public
        )
        spoken_of = _spoken_of(connection, language) if public else []
    if public and out is None:
        _release(spoken_of, language)
    if dictionary is not None:
        meanings = io.StringIO(newline="")
        write_dictionary(language, meanings)
        _write(dictionary, _with_mark(meanings), language)
    if out is None:
        _note("-", text.getvalue().encode())
        click.echo(text.getvalue(), nl=False)
        return
    _hand_out(out, _with_mark(text), spoken_of, language)
    figures = written.count(count, language)
    _tell(out, "cli.export.done", language, count=figures, revision=revision, file=out)


def _open_data(out: Path, language: str) -> None:
    """The published figures in the public profile as a data package."""
    from dashboard.truth import engine
    from data import access
    from data.database import reading
    from data.exports.open_data import NothingPublished, write_open_data
    from data.sheets import latest_revision

    with reading(engine()) as connection:
        try:
            content, count = write_open_data(connection, access.operator(), language)
        except NothingPublished as nothing:
            raise refusal("refusal.nothing_published", language) from nothing
        revision = latest_revision(connection)
        spoken_of = _spoken_of(connection, language)
    _hand_out(out, content, spoken_of, language)
    figures = written.count(count, language)
    _tell(out, "cli.export.done", language, count=figures, revision=revision, file=out)


# --- reported indicators ------------------------------------------------------------------------


def _report(
    out: Path,
    form: str,
    public: bool,
    asked: tuple[str | None, str | None],
    reporter: tuple[str, str] | None,
    language: str,
) -> None:
    """Reported indicators in a form; public: as funders see them, and registered as released."""
    from dashboard.truth import engine
    from data import access, records
    from data.database import reading
    from data.exports.report import outsider, report

    if form == "iati":
        _refuse_unnamed(reporter, language)
    with reading(engine()) as connection:
        user = access.operator()
        funder = _numbered(records.funders(connection, user), asked[0], language)
        project = _numbered(records.project_names(connection, user), asked[1], language)
        reader = outsider(connection, user) if public else user
        told = report(connection, reader, language, funder=funder, project=project)
        content = _writer(connection, reader, form, reporter, language)(told)
        spoken_of = _spoken_of(connection, language) if public and form != "iati" else []
    _hand_out(out, content, spoken_of, language)
    count = {name: len(table.rows) for name, table in told.tables.items()}
    _tell(
        out,
        "cli.export.reported",
        language,
        indicators=written.count(count["indicators"], language),
        approved=written.count(count["reported"], language),
        pending=written.count(0 if form == "iati" else count["pending"], language),
        file=out,
    )


def _writer(
    connection: sa.Connection,
    user: User,
    form: str,
    reporter: tuple[str, str] | None,
    language: str,
) -> Callable[[Report], bytes]:
    """What makes a file of a report."""
    from data.exports.figures_json import write_json
    from data.exports.package import write_package
    from data.exports.workbook import UnwritableWorkbook, write_workbook

    def workbook(told: Report) -> bytes:
        try:
            return write_workbook(told)
        except UnwritableWorkbook as unwritable:
            raise refusal("refusal.unwritable_workbook", language) from unwritable

    def iati(told: Report) -> bytes:
        from data.exports.iati import write_iati

        return write_iati(connection, user, told, _reporter(reporter))

    return {"xlsx": workbook, "package": write_package, "json": write_json, "iati": iati}[form]


def _refuse_unnamed(told: tuple[str, str] | None, language: str) -> None:
    """Nothing, where IATI is told who reports; asked before anything is read. Raises: Refused."""
    from data.exports.iati import UnnamedReporter, refuse_unnamed

    try:
        refuse_unnamed(_reporter(told))
    except UnnamedReporter as unnamed:
        raise refusal("refusal.unnamed_reporter", language) from unnamed


def _reporter(told: tuple[str, str] | None) -> Reporter:
    from data.exports.iati import Reporter

    return Reporter(*(told or ("", "")))


def _numbered(known: Sequence[Named], code: str | None, language: str) -> int | None:
    """The number of what a code names. Raises: Refused."""
    if code is None:
        return None
    found = {each.code.casefold(): each.id for each in known}
    if code.casefold() not in found:
        raise refusal("refusal.unknown_code", language, code=code)
    return found[code.casefold()]


# --- files and the register ---------------------------------------------------------------------


def _with_mark(text: io.StringIO) -> bytes:
    """A CSV with a mark that tells spreadsheets how it is encoded."""
    return text.getvalue().encode("utf-8-sig")


def _hand_out(path: Path, content: bytes, spoken_of: Sequence[Population], language: str) -> None:
    """Nothing; the file is written, and whom it speaks of is registered. Raises: Refused.

    It is written aside first, so that nothing is registered that could not be written, and nothing
    stands in its place that is not registered.
    """
    if _is_stream(path):
        if spoken_of:
            _release(spoken_of, language)
        _note("-", content)
        click.echo(content, nl=False)
        return
    aside = path.with_name(f".{path.name}.unfinished")
    try:
        _write(aside, content, language, path)
        if spoken_of:
            _release(spoken_of, language)
        _put(aside, path, language)
        _note(path.name, content)
    finally:
        aside.unlink(missing_ok=True)


def _is_stream(path: Path | None) -> bool:
    return path is not None and str(path) in STREAMS


def _tell(out: Path, key: str, language: str, **values: object) -> None:
    """Say what was written, beside the stream where that is the output itself."""
    click.echo(say(key, language, **values), err=_is_stream(out))


def _note(name: str, content: bytes) -> None:
    """Nothing; the audit knows that a file left, and which."""
    from dashboard.truth import engine
    from data import access, audit
    from data.database import writing

    told = {"sha256": hashlib.sha256(content).hexdigest()}
    with writing(engine()) as connection:
        audit.record(connection, access.operator(), "export", f"file:{name}", told)


def _put(aside: Path, path: Path, language: str) -> None:
    try:
        aside.replace(path)
    except OSError as problem:
        raise _not_written(path, problem, language) from problem


def _write(path: Path, content: bytes, language: str, named: Path | None = None) -> None:
    """Nothing; the file is written. named: under which name it is asked for. Raises: Refused."""
    try:
        path.write_bytes(content)
    except OSError as problem:
        raise _not_written(named or path, problem, language) from problem


def _not_written(path: Path, problem: OSError, language: str) -> click.ClickException:
    return refusal("refusal.file_not_written", language, file=path, reason=problem.strerror)


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
