"""What is published: segments, revisions, figures and findings."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_5"
down_revision = "2026_11_22_4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("code_version", sa.String(length=60), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("metrics", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.String(length=50), nullable=False),
        sa.Column("extract_sha256", sa.String(length=64), nullable=False),
        sa.Column("statistics_sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_segment_rows_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
        sqlite_autoincrement=True,
    )
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
    op.create_table(
        "finding",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=6), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "profile in ('inside', 'public')", name=op.f("ck_finding_profile_known")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_finding_project_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["revision.id"],
            name=op.f("fk_finding_revision_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "revision_id", "profile", "project_id", "code", name=op.f("pk_finding")
        ),
    )
    op.create_table(
        "segment_member",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_segment_member_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"],
            ["segment.id"],
            name=op.f("fk_segment_member_segment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection_id", name=op.f("pk_segment_member")),
    )
    op.create_index(
        op.f("ix_segment_member_segment_id"), "segment_member", ["segment_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("segment_member")
    op.drop_table("finding")
    op.drop_table("figure")
    op.drop_table("segment")
    op.drop_table("revision")
