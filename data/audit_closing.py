"""What closes the audit in the database itself: the triggers, and whether they are as they must be.

Who wants to change a line drops them first, and may leave one of the same name that does nothing.
So each is compared with what the migrations made, by the hash of its words.
"""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

#: Each trigger by its name, and the hash of what it says; on PostgreSQL that of the function too,
#: and whether it is switched on. A migration that changes one writes the new hash here.
TRIGGERS = {
    "sqlite": {
        "audit_event_unchanged": "f5f462e2182beac987fe7e113977224355409c7772226f3b8633116a68830a4f",
        "audit_event_kept": "0d9932532f1613f796c58b89183733609ec36d8ac9f5740a0531cbe43bf4efd4",
        "audit_event_new": "1cc47eca788173eb3c6e6da1de6b618126583a3b5dbd6e017b2ac9fb1e9902f2",
    },
    "postgresql": {
        "audit_event_unchanged": "f2da42c06877742f28e4e544b128ba285fc9f75571718d042dad71dbea9dbad7",
        "audit_event_kept": "72787532691d969398a6e83fc7aeb24fc8028154d68baf56e1999d3600191889",
    },
}
_TOLD = {
    "sqlite": "select name, sql from sqlite_master where type = 'trigger' "
    "and tbl_name = 'audit_event'",
    "postgresql": "select t.tgname, t.tgtype::text || t.tgenabled::text || p.prosrc "
    "|| (t.tgqual is null)::text "
    "from pg_trigger t join pg_proc p on p.oid = t.tgfoid "
    "where t.tgrelid = 'audit_event'::regclass and not t.tgisinternal",
}


def missing_triggers(connection: sa.Connection) -> tuple[str, ...]:
    """The names of the triggers of the audit that are not there, or do not say what they must."""
    dialect = connection.dialect.name
    there = {name: _hash(said) for name, said in connection.execute(sa.text(_TOLD[dialect]))}
    return tuple(name for name, sha in TRIGGERS[dialect].items() if there.get(name) != sha)


def _hash(said: str) -> str:
    """The hash of words, whatever the spaces between them."""
    return hashlib.sha256(" ".join(said.lower().split()).encode()).hexdigest()
