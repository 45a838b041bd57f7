"""Invitations of users; on SQLite no line of the audit is put in the place of another."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_3"
down_revision = "2026_11_23_2"
branch_labels = None
depends_on = None

#: REPLACE deletes the lines that are in its way without a word. PostgreSQL has no such thing: there
#: a line that is in the way is changed, which its trigger refuses.
_NEW = """create trigger audit_event_new before insert on audit_event when exists (
        select 1 from audit_event as old
        where old.id = new.id or old.previous = new.previous or old.sha256 = new.sha256
    )
    begin select raise(abort, 'a line of the audit is never replaced'); end"""


def upgrade() -> None:
    op.create_table(
        "user_invitation",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("invited_at", sa.DateTime(), nullable=False),
        sa.Column("lasts_until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["app_user.id"],
            name=op.f("fk_user_invitation_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_invitation")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_user_invitation_code_sha256")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_NEW)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("drop trigger audit_event_new")
    op.drop_table("user_invitation")
