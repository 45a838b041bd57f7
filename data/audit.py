"""Who did what when. What people answered is never written here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import sqlalchemy as sa

from data.access import User
from data.schema import AuditEvent


def record(
    connection: sa.Connection,
    actor: User | str,
    action: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
    *,
    on: date | None = None,
) -> None:
    """One more line in the audit, in the transaction of what it tells of.

    action is a word such as "add_user"; subject names what was done to as ``kind:number``. on: a
    day that is told instead of the moment, where the moment would tell who it was.
    """
    connection.execute(
        sa.insert(AuditEvent),
        {
            "at": datetime.combine(on, time(), UTC) if on else datetime.now(UTC),
            "actor": actor if isinstance(actor, str) else f"{actor.id} {actor.name}",
            "action": action,
            "subject": subject,
            "detail": json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str),
        },
    )


def blank(connection: sa.Connection, subject: str) -> None:
    """Takes from the audit what it says of something that is gone: which it was, and the details.

    Lines about the parts of the subject, ``subject:part``, are blanked too. Who did what kind of
    thing when stays.
    """
    said = AuditEvent.subject
    mine = (said == subject) | said.startswith(f"{subject}:", autoescape=True)
    gone = {"subject": subject.partition(":")[0], "detail": "{}"}
    connection.execute(sa.update(AuditEvent).where(mine).values(gone))
