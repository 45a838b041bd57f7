"""Figures as leaves of a sheet instead of rows.

What was published is deleted both ways, with the revisions that said so: pages tell that nothing
is published until the next refresh, which makes it all anew from the truth.
"""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_6"
down_revision = "2026_11_22_5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("figure")
    _delete_published()
    op.create_table(
        "leaf",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_leaf")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # A leaf is packed already: PostgreSQL need not try to pack it again.
        op.execute("alter table leaf alter column body set storage external")
    _create_leaf_of("entity_leaf", sa.Column("entity", sa.Integer(), nullable=False))
    _create_leaf_of(
        "measure_leaf",
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("instrument", sa.String(length=50), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("split", sa.String(length=10), nullable=False),
    )


def _create_leaf_of(table: str, *key: sa.Column) -> None:
    op.create_table(
        table,
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        *key,
        sa.Column("figures", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("figures >= 0", name=op.f(f"ck_{table}_figures_not_negative")),
        sa.CheckConstraint(
            "level in ('portfolio', 'programme', 'funder', 'area', 'theme', 'project')",
            name=op.f(f"ck_{table}_level_known"),
        ),
        sa.CheckConstraint(
            "profile in ('inside', 'public')", name=op.f(f"ck_{table}_profile_known")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f(f"fk_{table}_revision_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["sha256"], ["leaf.sha256"], name=op.f(f"fk_{table}_sha256")),
        sa.PrimaryKeyConstraint(
            "revision_id",
            "profile",
            "level",
            *(column.name for column in key),
            name=op.f(f"pk_{table}"),
        ),
    )
    op.create_index(op.f(f"ix_{table}_sha256"), table, ["sha256"], unique=False)


def downgrade() -> None:
    op.drop_table("measure_leaf")
    op.drop_table("entity_leaf")
    op.drop_table("leaf")
    _delete_published()
    op.create_table(
        "figure",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=6), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("entity", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("instrument", sa.String(length=50), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("wave", sa.String(length=10), nullable=False),
        sa.Column("split", sa.String(length=10), nullable=False),
        sa.Column("split_value", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("numerator", sa.Integer(), nullable=True),
        sa.Column("denominator", sa.Integer(), nullable=True),
        sa.Column("projects", sa.Integer(), nullable=True),
        sa.Column("coverage", sa.Double(), nullable=True),
        sa.Column("indicative", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.CheckConstraint(
            "level in ('portfolio', 'programme', 'funder', 'area', 'theme', 'project')",
            name=op.f("ck_figure_level_known"),
        ),
        sa.CheckConstraint("profile in ('inside', 'public')", name=op.f("ck_figure_profile_known")),
        sa.CheckConstraint(
            "split in ('total', 'group', 'phase')", name=op.f("ck_figure_split_known")
        ),
        sa.CheckConstraint(
            "state <> 'suppressed' or (n is null and numerator is null and denominator is "
            "null and coverage is null)",
            name=op.f("ck_figure_suppressed_is_bare"),
        ),
        sa.CheckConstraint("state <> 'zero' or value = 0", name=op.f("ck_figure_zero_is_zero")),
        sa.CheckConstraint(
            "state in ('value', 'zero') or (value is null and low is null and high is null)",
            name=op.f("ck_figure_no_value_without_state"),
        ),
        sa.CheckConstraint(
            "state in ('value', 'zero', 'not_reported', 'not_applicable', 'suppressed')",
            name=op.f("ck_figure_state_known"),
        ),
        sa.CheckConstraint(
            "state not in ('value', 'zero') or value is not null",
            name=op.f("ck_figure_value_with_state"),
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_figure_revision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "revision_id",
            "profile",
            "level",
            "entity",
            "metric",
            "instrument",
            "part",
            "wave",
            "split",
            "split_value",
            name=op.f("pk_figure"),
        ),
        sqlite_with_rowid=False,
    )


def _delete_published() -> None:
    op.execute("delete from finding")
    op.execute("delete from revision")
