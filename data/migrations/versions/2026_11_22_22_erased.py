"""Marks of who was erased, so that nobody comes back with an older copy."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_22"
down_revision = "2026_11_22_21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased_mark",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(mark) = 64", name=op.f("ck_erased_mark_mark_form")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_erased_mark")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("erased_mark")
