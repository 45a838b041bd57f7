"""``arviomo release``, ``verify`` and ``release-key``: reported periods frozen, signed, checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard import format as written
from dashboard.commands.speech import ask, command, database_option, refusal, require_tables
from dashboard.wording import say

if TYPE_CHECKING:
    import sqlalchemy as sa

    from data.access import User
    from data.records import Named
    from data.releases.freeze import Frozen

KEY_FILE = "public.key"
#: How many differences are listed one by one.
LISTED = 40


def release(language: str) -> click.Command:
    """The command that freezes and signs what is approved of some days."""

    @command("release", language)
    @click.argument("funder", metavar=say("cli.release.funder_mark", language))
    @click.argument("starts_on", metavar=say("cli.release.start_mark", language))
    @click.argument("ends_on", metavar=say("cli.release.end_mark", language))
    @click.option(
        "--by",
        nargs=2,
        required=True,
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
        type=click.Path(path_type=Path, file_okay=False),
        metavar=say("cli.release.folder_mark", language),
        help=say("cli.release.out", language),
    )
    @database_option(language)
    def run(
        funder: str,
        starts_on: str,
        ends_on: str,
        by: tuple[str, str],
        project: str | None,
        reason: str | None,
        without_figures: bool,
        out: Path | None,
    ) -> None:
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
            told |= {"folder": _hand_out(frozen, out, language)}
        click.echo(say("cli.release.written" if out else "cli.release.done", language, **told))

    return run


def verify(language: str) -> click.Command:
    """The command that checks releases, as files or as they are stored."""

    @command("verify", language)
    @click.argument(
        "files",
        nargs=-1,
        metavar=f"[{say('cli.import.file_mark', language)}]...",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
    )
    @click.option(
        "--key",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        metavar=say("cli.import.file_mark", language),
        help=say("cli.verify.key", language),
    )
    @database_option(language)
    def run(files: tuple[Path, ...], key: Path | None) -> None:
        if not files:
            require_tables(language)
            _check_stored(language)
            return
        if key is None:
            require_tables(language)
        documents = _verified(files, _keys(key, language), language)
        if key is None:
            _recompute(documents, language)

    return run


def release_key(language: str) -> click.Command:
    """The command that tells the public keys, and makes a new key."""

    @command("release-key", language)
    @click.option("--rotate", is_flag=True, help=say("cli.release-key.rotate", language))
    @click.option("--yes", is_flag=True, help=say("cli.option.yes", language))
    def run(rotate: bool, yes: bool) -> None:
        from data import database
        from data.releases import keys

        if rotate and not (yes or ask("cli.release-key.sure", language)):
            raise refusal("refusal.not_confirmed", language)
        try:
            if rotate:
                keys.rotate(database.home())
            told = keys.public_file(database.home())
        except keys.ExposedKey as exposed:
            raise refusal("refusal.release_key", language, reason=exposed) from exposed
        click.echo(told, nl=False)

    return run


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


def _hand_out(frozen: Frozen, folder: Path, language: str) -> Path:
    """The folder, with everything that somebody needs who checks the release. Raises: Refused."""
    from data import database
    from data.releases import keys, verify_release

    verifier = Path(verify_release.__file__)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"release-{frozen.id}.json").write_bytes(frozen.document)
        (folder / KEY_FILE).write_text(keys.public_file(database.home()), encoding="utf-8")
        (folder / verifier.name).write_bytes(verifier.read_bytes())
    except OSError as problem:
        raise refusal(
            "refusal.release_not_written", language, release=frozen.id, file=folder,
            reason=problem.strerror,
        ) from problem  # fmt: skip
    return folder


# --- verifying ----------------------------------------------------------------------------------


def _keys(path: Path | None, language: str) -> list[str]:
    from data import database
    from data.releases import keys, verify_release

    if path is not None:
        return verify_release.read_keys(path.read_text(encoding="utf-8", errors="replace"))
    found = keys.public_keys(database.home())
    if not found:
        raise refusal("refusal.no_public_key", language)
    return found


def _verified(files: Sequence[Path], keys: Sequence[str], language: str) -> list[dict[str, Any]]:
    """The releases of some files, each after the one before it. Raises: Refused at the first that
    is not what was signed."""
    from data.releases.verify_release import Invalid, told
    from data.releases.verify_release import verify as verified

    found: list[dict[str, Any]] = []
    for file in files:
        before = found[-1]["sha256"] if found else None
        try:
            found.append(verified(file.read_bytes(), keys, before))
        except Invalid as invalid:
            words = told(invalid.code, invalid.path, language)
            raise refusal("refusal.release_broken", language, file=file, told=words) from invalid
        click.echo(f"{file}: {told('valid', found[-1]['sha256'], language)}")
    return found


def _recompute(documents: Sequence[dict[str, Any]], language: str) -> None:
    """Nothing, when every figure comes out as it was released. Raises: Refused."""
    from dashboard.truth import engine
    from data import database
    from data.releases.recompute import differences

    with database.reading(engine()) as connection:
        found = [
            each
            for document in documents
            for each in differences(connection, database.home(), document)
        ]
    if not found:
        click.echo(say("cli.verify.same", language))
        return
    for each in found[:LISTED]:
        told = {"path": each.path, "was": _said(each.was), "now": _said(each.now)}
        hidden = each.was is None and each.now is None
        click.echo(say(f"verify.{'people' if hidden else each.code}", language, **told))
    raise refusal("refusal.differences", language, count=written.count(len(found), language))


def _said(told: Any) -> str:
    if isinstance(told, dict):
        return ", ".join(f"{name} {value}" for name, value in told.items() if value is not None)
    if isinstance(told, list):
        return ", ".join(str(each) for each in told if each is not None)
    return "–" if told is None else str(told)


def _check_stored(language: str) -> None:
    """Nothing, when every stored release is as it left. Raises: Refused."""
    from dashboard.truth import engine
    from data import access, database
    from data.fieldwork.installation import ExposedSecret
    from data.releases import chain, reading

    try:
        with database.reading(engine()) as connection:
            count = len(reading.releases(connection, access.operator()))
            found = chain.check(connection, database.home())
    except ExposedSecret as exposed:
        raise refusal("refusal.release_key", language, reason=exposed) from exposed
    if not found:
        click.echo(say("cli.verify.stored", language, count=written.count(count, language)))
        return
    for line in _broken_lines(found[:LISTED], language):
        click.echo(line)
    raise refusal("refusal.differences", language, count=written.count(len(found), language))


def _broken_lines(found: Sequence[Any], language: str) -> Iterator[str]:
    from data.releases.verify_release import TEXTS, told

    for each in found:
        if each.code in TEXTS:
            words = told(each.code, each.path, language)
        else:
            words = say(f"verify.broken.{each.code}", language, path=each.path)
        none = say("verify.no_release", language)
        yield words if each.release is None else f"{none} {each.release}: {words}"
