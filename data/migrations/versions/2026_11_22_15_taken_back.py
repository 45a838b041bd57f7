"""What a person was told and agreed to before answering, and answers that were taken back."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_15"
down_revision = "2026_11_22_14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("response", sa.Column("notice_version", sa.String(length=20), nullable=True))
    op.add_column("response", sa.Column("agreed", sa.Boolean(), nullable=True))
    op.create_table(
        "taken_back",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("taken_back_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_taken_back_id_form")),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_taken_back_collection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_back")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("taken_back")
    op.drop_column("response", "agreed")
    op.drop_column("response", "notice_version")
