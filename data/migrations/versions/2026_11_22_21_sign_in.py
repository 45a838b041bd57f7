"""Sessions and passwords of our own; an audit that is chained, and closed by triggers."""

import hashlib
import json
import secrets
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_21"
down_revision = "2026_11_22_20"
branch_labels = None
depends_on = None

#: What stands before the first line.
_NOTHING = "0" * 64
_KEEPS_NUMBERS = {"sqlite_autoincrement": True}

#: The only change that there is: what a line tells of an answer that is gone is blanked. SQLite
#: drops triggers with their table: who rebuilds the table in a later migration makes them again.
_BLANKED = """
    old.subject like 'open_answer:%' and new.subject = 'open_answer' and new.detail = '{}'
    and new.salt is null and new.id = old.id and new.at = old.at and new.actor = old.actor
    and new.action = old.action and new.content_sha256 = old.content_sha256
    and new.previous = old.previous and new.sha256 = old.sha256
"""
_SQLITE = (
    f"""create trigger audit_event_unchanged before update on audit_event when not ({_BLANKED})
    begin select raise(abort, 'the audit is never changed'); end""",
    """create trigger audit_event_kept before delete on audit_event
    begin select raise(abort, 'the audit is never deleted'); end""",
)
_POSTGRESQL = (
    f"""create function audit_event_closed() returns trigger language plpgsql as $$
    begin
        if tg_op = 'UPDATE' then
            if {_BLANKED} then return new; end if;
        end if;
        raise exception 'the audit is never changed or deleted';
    end $$""",
    """create trigger audit_event_unchanged before update or delete on audit_event
    for each row execute function audit_event_closed()""",
    """create trigger audit_event_kept before truncate on audit_event
    for each statement execute function audit_event_closed()""",
)


def upgrade() -> None:
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_sign_in_session_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_sign_in_session_token_sha256")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sign_in_session_user_id"), "sign_in_session", ["user_id"])
    op.create_table(
        "local_password",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_local_password_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_local_password")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("who_sha256", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("who_sha256", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("audit_event", table_kwargs=_KEEPS_NUMBERS) as audit:
        audit.add_column(sa.Column("salt", sa.String(length=32), nullable=True))
        for name in ("content_sha256", "previous", "sha256"):
            audit.add_column(sa.Column(name, sa.String(length=64), nullable=True))
    _chain()
    with op.batch_alter_table("audit_event", table_kwargs=_KEEPS_NUMBERS) as audit:
        for name in ("content_sha256", "previous", "sha256"):
            audit.alter_column(name, existing_type=sa.String(length=64), nullable=False)
        audit.create_unique_constraint(op.f("uq_audit_event_previous"), ["previous"])
        audit.create_unique_constraint(op.f("uq_audit_event_sha256"), ["sha256"])
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("drop trigger audit_event_unchanged")
        op.execute("drop trigger audit_event_kept")
    else:
        op.execute("drop trigger audit_event_unchanged on audit_event")
        op.execute("drop trigger audit_event_kept on audit_event")
        op.execute("drop function audit_event_closed()")
    with op.batch_alter_table("audit_event", table_kwargs=_KEEPS_NUMBERS) as audit:
        audit.drop_constraint(op.f("uq_audit_event_previous"), type_="unique")
        audit.drop_constraint(op.f("uq_audit_event_sha256"), type_="unique")
        for name in ("salt", "content_sha256", "previous", "sha256"):
            audit.drop_column(name)
    op.drop_table("sign_in_failure")
    op.drop_table("local_password")
    op.drop_table("sign_in_session")


def _chain() -> None:
    """Chain the lines that are there, as `data.audit` does with every new one."""
    table = sa.table(
        "audit_event",
        sa.column("id", sa.Integer()),
        sa.column("at", sa.DateTime()),
        *(
            sa.column(name, sa.String())
            for name in ("actor", "action", "subject", "detail", "salt")
        ),
        *(sa.column(name, sa.String()) for name in ("content_sha256", "previous", "sha256")),
    )
    connection, previous = op.get_bind(), _NOTHING
    for row in connection.execute(sa.select(table).order_by(table.c.id)).all():
        salt = secrets.token_hex(16)
        content = _hash(salt, row.subject, row.detail)
        at = row.at.replace(tzinfo=UTC).isoformat()
        sha256 = _hash(previous, at, row.actor, row.action, content)
        connection.execute(
            sa.update(table)
            .where(table.c.id == row.id)
            .values(salt=salt, content_sha256=content, previous=previous, sha256=sha256)
        )
        previous = sha256


def _hash(*words: str) -> str:
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
