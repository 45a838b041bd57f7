"""What an address names that its reader may not see: not shown, and written into the audit.

Once a visit for each: a page runs again at every click.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlalchemy as sa

from dashboard.session import asked, keep, kept
from data import access
from data.access import User
from data.beyond import is_beyond

#: The words of an address that are the number of a thing, and of what kind it is.
NAMED = {
    "project_id": "project", "voices_project": "project", "claims_project": "project",
    "report_project": "project", "release_project": "project", "funder_id": "funder",
    "report_funder": "funder", "release_funder": "funder", "collection_id": "collection",
    "period_id": "period", "closing_target": "target", "target_id": "target",
    "figure_id": "reported",
}  # fmt: skip
#: The numbers of our tables; anything longer is no number of ours.
_NUMBER = re.compile(r"[1-9][0-9]{0,11}", re.ASCII)
_TOLD = "beyond"


def note_strange(connection: sa.Connection, user: User) -> None:
    """Notes, for the audit, what the address names and the user may not see."""
    told: dict[tuple[int, str], bool] = kept(_TOLD) or {}
    for subject, kind, number in _things():
        if (user.id, subject) not in told:
            beyond = is_beyond(connection, user, kind, number)
            told = told | {(user.id, subject): beyond}
            keep(_TOLD, told)
            if beyond:
                access.note_denial(f"{user.name} may not see {subject}.", user, subject)


def _things() -> Iterator[tuple[str, str, int]]:
    for name, kind in NAMED.items():
        written = asked(name)
        if written is not None and _NUMBER.fullmatch(written):
            yield f"{kind}:{written}", kind, int(written)
