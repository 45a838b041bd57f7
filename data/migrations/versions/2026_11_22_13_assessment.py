"""How those who lead a project judge its phases themselves."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_13"
down_revision = "2026_11_22_12"
branch_labels = None
depends_on = None

_PHASES = "phase in ('P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8')"
#: In the order in which they are made; each refers to those before it.
_TABLES = (
    "assessment",
    "evidence_file",
    "assessment_action",
    "assessment_event",
    "assessment_evidence",
    "assessment_level",
)


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=2), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), server_default="draft", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(_PHASES, name=op.f("ck_assessment_phase_known")),
        sa.CheckConstraint("kind in ('own', 'joint')", name=op.f("ck_assessment_kind_known")),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'reopened')", name=op.f("ck_assessment_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_at is not null)",
            name=op.f("ck_assessment_submitted_with_its_time"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_assessment_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["app_user.id"], name=op.f("fk_assessment_rater_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index(op.f("ix_assessment_project_id"), "assessment", ["project_id"])
    op.create_index(op.f("ix_assessment_rater_id"), "assessment", ["rater_id"])
    for name, columns in (
        ("own", ["project_id", "phase", "rater_id"]),
        ("joint", ["project_id", "phase"]),
    ):
        only = sa.text(f"kind = '{name}'")
        op.create_index(
            f"uq_assessment_{name}", "assessment", columns, unique=True,
            sqlite_where=only, postgresql_where=only,
        )  # fmt: skip
    op.create_table(
        "evidence_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind in ('pdf', 'png', 'jpeg')", name=op.f("ck_evidence_file_kind_known")
        ),
        sa.CheckConstraint(
            "bytes >= 1 and bytes <= 5242880", name=op.f("ck_evidence_file_bytes_limited")
        ),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_evidence_file")),
    )
    _of_an_assessment()


def _of_an_assessment() -> None:
    op.create_table(
        "assessment_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("construct", sa.String(length=30), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        _belongs("assessment_action"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_action")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_assessment_action_assessment_id"), "assessment_action", ["assessment_id"]
    )
    op.create_table(
        "assessment_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("act", sa.String(length=9), nullable=False),
        sa.Column("changes", sa.Text(), server_default="{}", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "act in ('started', 'saved', 'submitted', 'reopened')",
            name=op.f("ck_assessment_event_act_known"),
        ),
        _belongs("assessment_event"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.id"], name=op.f("fk_assessment_event_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_event")),
        sa.UniqueConstraint(
            "assessment_id", "version", name=op.f("uq_assessment_event_assessment_id_version")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_assessment_event_user_id"), "assessment_event", ["user_id"])
    op.create_table(
        "assessment_evidence",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("construct", sa.String(length=30), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        _belongs("assessment_evidence"),
        sa.ForeignKeyConstraint(
            ["sha256"], ["evidence_file.sha256"], name=op.f("fk_assessment_evidence_sha256")
        ),
        sa.PrimaryKeyConstraint(
            "assessment_id", "construct", "sha256", name=op.f("pk_assessment_evidence")
        ),
    )
    op.create_table(
        "assessment_level",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("construct", sa.String(length=30), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("evidence_link", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "level is null or (level >= 1 and level <= 4)",
            name=op.f("ck_assessment_level_level_in_rubric"),
        ),
        sa.CheckConstraint(
            "level is null or not not_applicable", name=op.f("ck_assessment_level_level_or_not")
        ),
        _belongs("assessment_level"),
        sa.PrimaryKeyConstraint("assessment_id", "construct", name=op.f("pk_assessment_level")),
    )


def _belongs(table: str) -> sa.ForeignKeyConstraint:
    """What goes with its assessment."""
    return sa.ForeignKeyConstraint(
        ["assessment_id"],
        ["assessment.id"],
        name=op.f(f"fk_{table}_assessment_id"),
        ondelete="CASCADE",
    )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
