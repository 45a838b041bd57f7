"""``arviomo backup`` and ``restore``: sealed copies of an installation."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dashboard import format as written
from dashboard import unreadable
from dashboard.commands.speech import Refused, command, database_option, refusal, require_tables
from dashboard.wording import say

if TYPE_CHECKING:
    from data.keeping.restoring import PutBack
    from data.keeping.sealed import Key

KEY_VARIABLE = "ARVIOMO_BACKUP_PASSPHRASE"


def backup(language: str) -> click.Command:
    """The command that takes a copy while the installation runs."""

    @command("backup", language)
    @_file(language)
    @_key_file(language)
    @database_option(language)
    def run(file: Path, key_file: Path | None) -> None:
        from dashboard.truth import engine
        from data import access
        from data.database import home
        from data.fieldwork.installation import ExposedSecret
        from data.keeping import backup as copies

        require_tables(language)
        key = _key(key_file, language, twice=True)
        try:
            copied = copies.back_up(engine(), access.operator(), home(), file, key)
        except FileExistsError as there:
            raise refusal("refusal.file_there", language, file=file) from there
        except ExposedSecret as problem:
            which, values = unreadable.words(problem)
            raise refusal(which, language, **values) from problem
        except OSError as error:
            raise _no_room(file, error, language) from error
        click.echo(_summary("cli.backup.done", copied, language, file=file))
        click.echo(say("cli.backup.keep", language))

    return run


def restore(language: str) -> click.Command:
    """The command that puts a copy into an empty home."""

    @command("restore", language)
    @_file(language)
    @click.option(
        "--to",
        "home",
        required=True,
        type=click.Path(file_okay=False, path_type=Path),
        metavar=say("cli.folder_mark", language),
        help=say("cli.restore.to", language),
    )
    @click.option(
        "--erased",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar=say("cli.file_mark", language),
        help=say("cli.restore.erased", language),
    )
    @click.option(
        "--without-erased", is_flag=True, help=say("cli.restore.without_erased", language)
    )
    @_key_file(language)
    @database_option(language)
    def run(
        file: Path, home: Path, erased: Path | None, without_erased: bool, key_file: Path | None
    ) -> None:
        from data.database import database_url
        from data.fieldwork.installation import ExposedSecret
        from data.keeping import restoring
        from data.keeping.marks import DamagedMarks

        if (erased is None) != without_erased:
            raise refusal("refusal.restore_erased_wanted", language)
        key = _key(key_file, language, twice=False)
        try:
            put_back = restoring.restore(file, home, key, erased, database_url())
        except restoring.NotRestored as refused:
            raise refusal(
                f"refusal.restore_{refused.code}", language, file=file, reason=refused
            ) from refused
        except (DamagedMarks, ExposedSecret) as problem:
            which, values = unreadable.words(problem)
            raise refusal(which, language, **values) from problem
        except FileNotFoundError as gone:
            raise refusal("refusal.no_file", language, file=file) from gone
        except OSError as error:
            raise _no_room(home, error, language) from error
        click.echo(_summary("cli.restore.done", put_back.copy, language, file=home))
        erased_again = written.count(put_back.erased, language)
        click.echo(say("cli.restore.erased_again", language, rows=erased_again))
        _tell_what_was_shut(put_back, language)
        if erased is None:
            click.echo(say("cli.restore.no_list", language), err=True)

    return run


def _tell_what_was_shut(put_back: PutBack, language: str) -> None:
    """Say who was let in by the copy only, and what nobody knows of."""
    click.echo(say("cli.restore.sessions", language,
                   sessions=written.count(put_back.sessions, language)))  # fmt: skip
    shut = put_back.shut
    if shut.people or shut.roles:
        people, roles = (written.count(n, language) for n in (shut.people, shut.roles))
        click.echo(say("cli.restore.shut", language, people=people, roles=roles))
    if put_back.key_replaced:
        click.echo(say("cli.restore.key_replaced", language), err=True)
    click.echo(say("cli.restore.look", language))


def _no_room(file: Path, error: OSError, language: str) -> Refused:
    """The refusal that says why nothing could be written: a full disk, or something else."""
    full = error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
    return refusal("refusal.disk_full" if full else "refusal.not_written", language, file=file)


def _file(language: str) -> click.decorators.FC:
    return click.argument(
        "file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar=say("cli.file_mark", language),
    )


def _key_file(language: str) -> click.decorators.FC:
    return click.option(
        "--key-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar=say("cli.file_mark", language),
        help=say("cli.backup.key_file", language, variable=KEY_VARIABLE),
    )


def _key(key_file: Path | None, language: str, *, twice: bool) -> Key:
    """What seals and opens: a key file, or a passphrase of the environment or the keyboard."""
    from data.keeping.sealed import Key, WeakKey

    try:
        if key_file is not None:
            return Key(file=key_file.read_bytes())
        typed = os.environ.get(KEY_VARIABLE) or click.prompt(
            say("cli.backup.passphrase", language),
            hide_input=True,
            confirmation_prompt=say("cli.backup.again", language) if twice else False,
            err=True,
        )
        return Key(passphrase=typed)
    except WeakKey as weak:
        raise refusal("refusal.weak_key", language) from weak
    except click.Abort as aborted:
        raise Refused(say("refusal.not_confirmed", language)) from aborted


def _summary(key: str, copied: object, language: str, *, file: Path) -> str:
    return say(
        key,
        language,
        file=file,
        rows=written.count(copied.rows, language),
        files=written.count(copied.files, language),
    )
