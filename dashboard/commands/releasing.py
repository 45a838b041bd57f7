"""``arviomo release`` and ``release-key``: reported periods frozen, signed and handed out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard import format as written
from dashboard import unreadable
from dashboard.commands.speech import ask, command, database_option, refusal, require_tables
from dashboard.wording import say

if TYPE_CHECKING:
    import sqlalchemy as sa

    from data.access import User
    from data.records import Named
    from data.releases.freeze import Frozen

KEY_FILE = "public.key"


def release(language: str) -> click.Command:
    """The command that freezes and signs what is approved of some days."""

    @command("release", language)
    @click.argument("funder", required=False, metavar=say("cli.release.funder_mark", language))
    @click.argument("starts_on", required=False, metavar=say("cli.release.start_mark", language))
    @click.argument("ends_on", required=False, metavar=say("cli.release.end_mark", language))
    @click.option(
        "--by",
        nargs=2,
        metavar=f"{say('cli.user.issuer_mark', language)} {say('cli.user.subject_mark', language)}",
        help=say("cli.release.by", language),
    )
    @click.option(
        "--project",
        metavar=say("cli.user.code_mark", language),
        help=say("cli.release.project", language),
    )
    @click.option(
        "--reason",
        metavar=say("cli.release.reason_mark", language),
        help=say("cli.release.reason", language),
    )
    @click.option("--without-figures", is_flag=True, help=say("cli.release.bare", language))
    @click.option(
        "--out",
        type=click.Path(path_type=Path),
        metavar=say("cli.release.folder_mark", language),
        help=say("cli.release.out", language),
    )
    @click.option(
        "--again",
        type=int,
        metavar=say("cli.release.number_mark", language),
        help=say("cli.release.again", language),
    )
    @database_option(language)
    def run(
        funder: str | None,
        starts_on: str | None,
        ends_on: str | None,
        by: tuple[str, str] | None,
        project: str | None,
        reason: str | None,
        without_figures: bool,
        out: Path | None,
        again: int | None,
    ) -> None:
        if again is not None:
            _write_again(again, out, language)
            return
        if funder is None or starts_on is None or ends_on is None or by is None:
            raise refusal("refusal.release_what", language)
        days = _day(starts_on, language), _day(ends_on, language)
        require_tables(language)
        frozen = _freeze(language, funder, days, by, project, reason, not without_figures)
        told = {
            "release": frozen.id,
            "values": written.count(frozen.values, language),
            "pending": written.count(frozen.pending, language),
            "sha256": frozen.sha256,
        }
        if out is not None:
            told |= {"folder": _hand_out(frozen.id, frozen.document, out, language)}
        click.echo(say("cli.release.written" if out else "cli.release.done", language, **told))

    return run


def release_key(language: str) -> click.Command:
    """The command that tells the public keys, and makes a new key."""

    @command("release-key", language)
    @click.option("--rotate", is_flag=True, help=say("cli.release-key.rotate", language))
    @click.option("--compromised", is_flag=True, help=say("cli.release-key.compromised", language))
    @click.option("--yes", is_flag=True, help=say("cli.option.yes", language))
    @database_option(language)
    def run(rotate: bool, compromised: bool, yes: bool) -> None:
        from data import database
        from data.fieldwork.installation import ExposedSecret
        from data.keeping.marks import DamagedMarks
        from data.releases import keys

        if (rotate or compromised) and not (yes or ask("cli.release-key.sure", language)):
            raise refusal("refusal.not_confirmed", language)
        try:
            if rotate or compromised:
                _rotate(compromised, language)
            told = keys.public_file(database.home())
        except keys.ExposedKey as exposed:
            raise refusal("refusal.release_key", language, reason=exposed) from exposed
        except (DamagedMarks, ExposedSecret) as problem:
            key, values = unreadable.words(problem)
            raise refusal(key, language, **values) from problem
        click.echo(told, nl=False)

    return run


def _rotate(compromised: bool, language: str) -> None:
    from dashboard.truth import engine
    from data import access, database
    from data.releases import rotation

    require_tables(language)
    with database.writing(engine()) as connection:
        rotated = rotation.rotate(
            connection, access.operator(), database.home(), compromised=compromised
        )
    if rotated.left_out:
        numbers = ", ".join(map(str, rotated.left_out))
        click.echo(say("cli.release-key.left_out", language, releases=numbers), err=True)


# --- releasing ----------------------------------------------------------------------------------


def _freeze(
    language: str,
    funder: str,
    days: tuple[date, date],
    by: tuple[str, str],
    project: str | None,
    reason: str | None,
    figures: bool,
) -> Frozen:
    """The release, stored. Raises: Refused."""
    from dashboard.truth import engine
    from data import access, database, records
    from data.fieldwork.installation import ExposedSecret
    from data.releases import freeze, keys

    operator = access.operator()
    try:
        with database.writing(engine()) as connection:
            known = records.funders(connection, operator)
            of_funder = _number(known, funder, "funder", language)
            of_project = None
            if project is not None:
                known = records.project_names(connection, operator)
                of_project = _number(known, project, "project", language)
            return freeze.release(
                connection, _releaser(connection, by, language), database.home(),
                funder=of_funder, project=of_project, starts_on=days[0], ends_on=days[1],
                reason=reason, figures=figures,
            )  # fmt: skip
    except freeze.RefusedRelease as refused:
        raise refusal(f"refusal.release.{refused.code}", language, **refused.values) from refused
    except access.NotPermitted as denied:
        raise refusal("refusal.release_role", language) from denied
    except (keys.ExposedKey, ExposedSecret) as exposed:
        raise refusal("refusal.release_key", language, reason=exposed) from exposed


def _releaser(connection: sa.Connection, by: tuple[str, str], language: str) -> User:
    """The person in whose name a release is made. Raises: Refused."""
    from data import access, records

    for person in records.users(connection, access.operator()):
        user = access.user_numbered(connection, person.id)
        if (person.issuer, person.subject) == by and user is not None:
            return user
    raise refusal("refusal.unknown_user", language)


def _number(known: Sequence[Named], code: str, kind: str, language: str) -> int:
    for entity in known:
        if entity.code == code:
            return entity.id
    raise refusal(f"refusal.unknown_{kind}", language, code=code)


def _day(text: str, language: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise refusal("refusal.day", language, day=text) from error


def _hand_out(number: int, document: bytes, folder: Path, language: str) -> Path:
    """The folder, with everything that somebody needs who checks the release. Raises: Refused."""
    from data import database
    from data.releases import keys, reading, verify_release

    verifier = Path(verify_release.__file__)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        public = keys.public_file(database.home()).encode()
        _put(folder / KEY_FILE, public)
        _put(folder / verifier.name, verifier.read_bytes())
        # Last: whoever finds the release finds what checks it.
        _put(folder / reading.file_name(number), document)
    except OSError as problem:
        raise _not_written(number, folder, problem, language) from problem
    return folder


def _write_again(number: int, out: Path | None, language: str) -> None:
    """Nothing; a stored release is written once more, as the file that is named or into a folder
    with all that an auditor needs. Raises: Refused."""
    from dashboard.truth import engine
    from data import access, database
    from data.releases import keys, reading

    if out is None:
        raise refusal("refusal.release_where", language)
    require_tables(language)
    try:
        with database.reading(engine()) as connection:
            _, document = reading.file_of(connection, access.operator(), number)
    except access.NotPermitted as missing:
        raise refusal("refusal.release_unknown", language, release=number) from missing
    except reading.BrokenRelease as broken:
        raise refusal("refusal.release_stored_broken", language, release=number) from broken
    except keys.ExposedKey as exposed:
        raise refusal("refusal.release_key", language, reason=exposed) from exposed
    if out.suffix.lower() != ".json":
        _hand_out(number, document, out, language)
    else:
        try:
            _put(out, document)
        except OSError as problem:
            raise _not_written(number, out, problem, language) from problem
    click.echo(say("cli.release.again_done", language, release=number, file=out))


def _put(path: Path, content: bytes) -> None:
    """A file in its place, whole: whoever is killed meanwhile leaves the one before, or none."""
    aside = path.with_name(f".{path.name}.unfinished")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _not_written(number: int, path: Path, problem: OSError, language: str) -> click.ClickException:
    return refusal(
        "refusal.release_not_written", language, release=number, file=path,
        reason=problem.strerror,
    )  # fmt: skip
