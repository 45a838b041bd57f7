"""The audit as a file: every line with its hash, oldest first."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from data import audit
from data.access import User
from data.exports.cells import harmless


def write_audit(
    connection: sa.Connection,
    user: User,
    heading: Sequence[str],
    named: Callable[[str], str],
    until: int | None = None,
) -> tuple[bytes, int]:
    """The file, and how many lines it has. heading: names of the eight columns (number, at, who,
    action, what it is called, what it was done to, detail, hash). named: how an action is called.
    until: the number of the last line that the file has.

    Raises: NotPermitted.
    """
    before = None if until is None else until + 1
    lines = audit.events(connection, user, before=before)[::-1]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(
        [
            line.id,
            line.at.isoformat(),
            *(
                harmless(word)
                for word in (line.actor, line.action, named(line.action), line.subject, line.detail)
            ),
            line.sha256,
        ]
        for line in lines
    )
    return text.getvalue().encode("utf-8-sig"), len(lines)
