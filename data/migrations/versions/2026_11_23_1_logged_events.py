"""Events of the logs of other systems: case, activity, moment, unit and channel."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_1"
down_revision = "2026_11_22_22"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "logged_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("case_key", sa.String(length=64), nullable=False),
        sa.Column("activity", sa.String(length=200), nullable=False),
        sa.Column("happened_at", sa.DateTime(), nullable=False),
        sa.Column("lifecycle", sa.String(length=40), server_default="", nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=True),
        sa.Column("channel", sa.String(length=200), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_logged_event_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_logged_event_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_logged_event_batch_id"), "logged_event", ["batch_id"])
    op.create_index(op.f("ix_logged_event_project_id"), "logged_event", ["project_id"])
    op.create_index(
        "uq_logged_event_of_a_case",
        "logged_event",
        ["project_id", "case_key", "activity", "happened_at", "lifecycle"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_index("uq_logged_event_of_a_case", table_name="logged_event")
    op.drop_index(op.f("ix_logged_event_project_id"), table_name="logged_event")
    op.drop_index(op.f("ix_logged_event_batch_id"), table_name="logged_event")
    op.drop_table("logged_event")
