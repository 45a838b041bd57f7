"""The populations of which figures were released."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_11"
down_revision = "2026_11_22_10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "released_population",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=False),
        sa.Column("profile", sa.String(length=6), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("instrument", sa.String(length=50), nullable=False),
        sa.Column("wave", sa.String(length=10), nullable=False),
        sa.Column("split", sa.String(length=10), nullable=False),
        sa.Column("split_value", sa.String(length=60), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "profile in ('inside', 'public')", name=op.f("ck_released_population_profile_known")
        ),
        sa.CheckConstraint("people >= 0", name=op.f("ck_released_population_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_released_population_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_population")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_released_population_project_id"),
        "released_population",
        ["project_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_released_population_project_id"), table_name="released_population")
    op.drop_table("released_population")
