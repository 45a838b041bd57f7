"""How projects are run: roles, rules, decisions, places, and people under hashed keys."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_8"
down_revision = "2026_11_22_7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "portfolio_metric",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=60), server_default="", nullable=False),
        sa.CheckConstraint(
            "position >= 1 and position <= 5", name=op.f("ck_portfolio_metric_position_few")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_portfolio_metric")),
        sa.UniqueConstraint("metric", "part", name=op.f("uq_portfolio_metric_metric_part")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_decision_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_decision_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("code", name=op.f("uq_decision_code")),
        sqlite_autoincrement=True,
    )
    _index("decision", "batch_id")
    _index("decision", "project_id")
    op.create_table(
        "ground_rules",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_ground_rules_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_ground_rules_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_ground_rules")),
    )
    _index("ground_rules", "batch_id")
    op.create_table(
        "journey_step",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "step in ('invited', 'registered', 'attended', 'returned', 'finished', 'answered')",
            name=op.f("ck_journey_step_step_known"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_journey_step_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_journey_step_group_code")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_journey_step_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "person_key", "step", name=op.f("pk_journey_step")),
    )
    _index("journey_step", "batch_id")
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("described", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_place_area_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_place_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("code", name=op.f("uq_place_code")),
        sqlite_autoincrement=True,
    )
    _index("place", "area_id")
    _index("place", "batch_id")
    op.create_table(
        "plan_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_plan_change_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_plan_change_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_change_code")),
        sqlite_autoincrement=True,
    )
    _index("plan_change", "batch_id")
    _index("plan_change", "project_id")
    op.create_table(
        "primary_metric",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=60), server_default="", nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "position >= 1 and position <= 5", name=op.f("ck_primary_metric_position_few")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_primary_metric_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_primary_metric_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "position", name=op.f("pk_primary_metric")),
        sa.UniqueConstraint(
            "project_id", "metric", "part", name=op.f("uq_primary_metric_project_id_metric_part")
        ),
    )
    _index("primary_metric", "batch_id")
    op.create_table(
        "priority_group",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_priority_group_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_priority_group_group_code")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_priority_group_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "group_code", name=op.f("pk_priority_group")),
    )
    _index("priority_group", "batch_id")
    op.create_table(
        "project_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_project_role_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_role_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_role")),
        sa.UniqueConstraint("project_id", "title", name=op.f("uq_project_role_project_id_title")),
        sqlite_autoincrement=True,
    )
    _index("project_role", "batch_id")
    op.create_table(
        "attendance",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_attendance_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["activity_event.id"],
            name=op.f("fk_attendance_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_attendance_group_code")
        ),
        sa.PrimaryKeyConstraint("event_id", "person_key", name=op.f("pk_attendance")),
    )
    _index("attendance", "batch_id")
    op.create_table(
        "contribution",
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("times >= 0", name=op.f("ck_contribution_times_not_negative")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_contribution_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["activity_event.id"],
            name=op.f("fk_contribution_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_contribution_group_code")
        ),
        sa.PrimaryKeyConstraint("event_id", "person_key", name=op.f("pk_contribution")),
    )
    _index("contribution", "batch_id")
    op.create_table(
        "place_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_place_use_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["activity_event.id"],
            name=op.f("fk_place_use_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_use_place_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_place_use_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_use")),
        sa.UniqueConstraint(
            "place_id",
            "project_id",
            "event_id",
            name=op.f("uq_place_use_place_id_project_id_event_id"),
        ),
        sqlite_autoincrement=True,
    )
    _index("place_use", "batch_id")
    _index("place_use", "event_id")
    _index("place_use", "place_id")
    _index("place_use", "project_id")
    op.create_index(
        "uq_place_use_no_event",
        "place_use",
        ["place_id", "project_id"],
        unique=True,
        sqlite_where=sa.text("event_id is null"),
        postgresql_where=sa.text("event_id is null"),
    )


def downgrade() -> None:
    op.drop_table("place_use")
    op.drop_table("contribution")
    op.drop_table("attendance")
    op.drop_table("project_role")
    op.drop_table("priority_group")
    op.drop_table("primary_metric")
    op.drop_table("plan_change")
    op.drop_table("place")
    op.drop_table("journey_step")
    op.drop_table("ground_rules")
    op.drop_table("decision")
    op.drop_table("portfolio_metric")


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
