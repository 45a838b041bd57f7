"""Who may do what, and who did it."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_4"
down_revision = "2026_11_22_3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "app_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("disabled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_app_user_issuer_subject")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("funder_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'funder') = (funder_id is not null)", name=op.f("ck_user_grant_funder_funder")
        ),
        sa.CheckConstraint(
            "(role = 'manager') = (project_id is not null)",
            name=op.f("ck_user_grant_manager_project"),
        ),
        sa.CheckConstraint(
            "role in ('steering', 'manager', 'funder', 'evaluator', 'administrator')",
            name=op.f("ck_user_grant_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["funder.id"], name=op.f("fk_user_grant_funder_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_user_grant_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_user_grant_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_grant")),
        sa.UniqueConstraint("user_id", "funder_id", name=op.f("uq_user_grant_user_id_funder_id")),
        sa.UniqueConstraint("user_id", "project_id", name=op.f("uq_user_grant_user_id_project_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_user_grant_user_id"), "user_grant", ["user_id"], unique=False)
    op.create_index(
        "uq_user_grant_whole_house",
        "user_grant",
        ["user_id", "role"],
        unique=True,
        sqlite_where=sa.text("project_id is null and funder_id is null"),
        postgresql_where=sa.text("project_id is null and funder_id is null"),
    )


def downgrade() -> None:
    op.drop_table("user_grant")
    op.drop_table("audit_event")
    op.drop_table("app_user")
