"""``arviomo verify``: releases checked as files, against the database, and as they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from dashboard import format as written
from dashboard.commands.speech import command, database_option, refusal, require_tables
from dashboard.wording import say

#: How many differences are listed one by one.
LISTED = 40


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


def _keys(path: Path | None, language: str) -> Mapping[str, Any]:
    """The public keys of a file, or of this installation. Raises: Refused."""
    from data import database
    from data.releases import keys, verify_release

    try:
        if path is not None:
            text = path.read_text(encoding="utf-8", errors="replace")
            return verify_release.read_keys(text)
        found = keys.public_keys(database.home())
    except verify_release.Invalid as torn:
        words = verify_release.told(torn.code, torn.path, language)
        raise refusal("refusal.release_broken", language, file=path, told=words) from torn
    except keys.ExposedKey as exposed:
        raise refusal("refusal.release_key", language, reason=exposed) from exposed
    if not found:
        raise refusal("refusal.no_public_key", language)
    return found


def _verified(
    files: Sequence[Path], keys: Mapping[str, Any], language: str
) -> list[dict[str, Any]]:
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
    from data.fieldwork.installation import ExposedSecret
    from data.releases.recompute import differences

    try:
        with database.reading(engine()) as connection:
            found = [
                each
                for document in documents
                for each in differences(connection, database.home(), document)
            ]
    except ExposedSecret as exposed:
        raise refusal("refusal.release_secret", language, reason=exposed) from exposed
    if not found:
        click.echo(say("cli.verify.same", language))
        return
    for each in found[:LISTED]:
        told = {"path": each.path, "was": _said(each.was), "now": _said(each.now)}
        hidden = each.code == "counted" and each.was is None and each.now is None
        click.echo(say(f"verify.{'people' if hidden else each.code}", language, **told))
    for line in _other_software(documents, language):
        click.echo(line)
    raise refusal("refusal.differences", language, count=written.count(len(found), language))


def _other_software(documents: Sequence[dict[str, Any]], language: str) -> Iterator[str]:
    """That another version of the program made a release: what it counted otherwise is no edit."""
    from data.releases.content import software

    here = software()
    made = {document["release"].get("software") for document in documents} - {here}
    for there in sorted(str(each) for each in made):
        yield say("verify.other_software", language, there=there, here=here)


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
    from data.releases import chain, keys, reading

    try:
        with database.reading(engine()) as connection:
            stored = reading.releases(connection, access.operator())
            found = chain.check(connection, database.home())
    except ExposedSecret as exposed:
        raise refusal("refusal.release_secret", language, reason=exposed) from exposed
    except keys.ExposedKey as exposed:
        raise refusal("refusal.release_key", language, reason=exposed) from exposed
    if not found:
        count = written.count(len(stored), language)
        click.echo(say("cli.verify.stored", language, count=count))
        if stored:
            click.echo(say("cli.verify.head", language, sha256=stored[0].sha256))
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
