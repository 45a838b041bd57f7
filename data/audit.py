"""Who did what when. What people answered is never written here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import sqlalchemy as sa

from data.access import User
from data.schema import AuditEvent


def record(
    connection: sa.Connection,
    actor: User | str,
    action: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
) -> None:
    """One more line in the audit, in the transaction of what it tells of.

    action is a word such as "add_user"; subject names what was done to as ``kind:number``.
    """
    connection.execute(
        sa.insert(AuditEvent),
        {
            "at": datetime.now(UTC),
            "actor": actor if isinstance(actor, str) else f"{actor.id} {actor.name}",
            "action": action,
            "subject": subject,
            "detail": json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str),
        },
    )
