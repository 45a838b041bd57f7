"""PostgreSQL into one file and back, by its own tools, at the snapshot that rows are hashed at."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa

from data import database
from data.keeping.row_hashes import TableHash, row_hashes


class NoTool(Exception):
    """PostgreSQL's own tools are not there, or refuse; the message says what they said."""


def dump(engine: sa.Engine, file: Path) -> tuple[str, dict[str, TableHash]]:
    """The revision and row hashes of a database whose rows are in a file now. Raises: NoTool."""
    with database.reading(engine) as connection:
        snapshot = connection.scalar(sa.text("select pg_export_snapshot()"))
        words = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"]
        _run([*words, f"--snapshot={snapshot}", f"--file={file}"], engine.url)
        hashes = row_hashes(connection)
    return database.current(engine), hashes


def load(file: Path, url: str) -> None:
    """Puts a dump into an empty database. Raises: NoTool, where it holds tables too."""
    engine = database.connect(url)
    try:
        with database.reading(engine) as connection:
            if sa.inspect(connection).get_table_names():
                raise NoTool("The database holds tables. Name an empty one.")
        words = ["pg_restore", "--exit-on-error", "--single-transaction", "--no-owner"]
        _run([*words, "--no-privileges"], engine.url, file)
    finally:
        engine.dispose()


def _run(words: list[str], url: sa.URL, *files: Path) -> None:
    tool = shutil.which(words[0])
    if tool is None:
        raise NoTool(f"{words[0]} is not on this machine. Install the client of PostgreSQL.")
    # The password in the environment: arguments are seen by everybody on the machine.
    secret = {"PGPASSWORD": url.password} if url.password else {}
    plain = url.set(drivername="postgresql", password=None).render_as_string()
    told = subprocess.run(  # noqa: S603 - the words are ours
        [tool, *words[1:], f"--dbname={plain}", *map(str, files)],
        env=os.environ | secret, capture_output=True, text=True,
    )  # fmt: skip
    if told.returncode:
        raise NoTool(f"{words[0]}: {told.stderr.strip()[:500]}")
