"""Projects, their phases, and whom their matter concerns."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_2"
down_revision = "2026_11_22_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project",
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=10), server_default="running", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("is_comparison", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("invented", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name_fi", sa.String(length=300), nullable=False),
        sa.Column("name_sv", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "status in ('planned', 'running', 'ended')", name=op.f("ck_project_status_known")
        ),
        sa.CheckConstraint(
            "ends_on is null or starts_on is null or starts_on <= ends_on",
            name=op.f("ck_project_ends_on_after_starts_on"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_project_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["process_template.id"], name=op.f("fk_project_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_project_batch_id"), "project", ["batch_id"], unique=False)
    op.create_table(
        "affected_population",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_affected_population_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["group_code"],
            ["stakeholder_group.code"],
            name=op.f("fk_affected_population_group_code"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_affected_population_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "group_code", name=op.f("pk_affected_population")),
    )
    op.create_table(
        "project_area",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=6, scale=5), nullable=True),
        sa.CheckConstraint(
            "weight is null or (weight >= 0 and weight <= 1)",
            name=op.f("ck_project_area_weight_share"),
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_project_area_area_id")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_area_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "area_id", name=op.f("pk_project_area")),
    )
    op.create_index(op.f("ix_project_area_area_id"), "project_area", ["area_id"], unique=False)
    op.create_table(
        "project_funder",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=False),
        sa.Column("granted_eur", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("used_eur", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.CheckConstraint(
            "granted_eur >= 0", name=op.f("ck_project_funder_granted_eur_not_negative")
        ),
        sa.CheckConstraint("used_eur >= 0", name=op.f("ck_project_funder_used_eur_not_negative")),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["funder.id"], name=op.f("fk_project_funder_funder_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_funder_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "funder_id", name=op.f("pk_project_funder")),
    )
    op.create_index(
        op.f("ix_project_funder_funder_id"), "project_funder", ["funder_id"], unique=False
    )
    op.create_table(
        "project_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("template_phase_id", sa.Integer(), nullable=False),
        sa.Column("planned_start_on", sa.Date(), nullable=True),
        sa.Column("planned_end_on", sa.Date(), nullable=True),
        sa.Column("actual_start_on", sa.Date(), nullable=True),
        sa.Column("actual_end_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "actual_end_on is null or actual_start_on is null or actual_start_on <= actual_end_on",
            name=op.f("ck_project_phase_actual_end_on_after_actual_start_on"),
        ),
        sa.CheckConstraint(
            "planned_end_on is null or planned_start_on is null or planned_start_on <= "
            "planned_end_on",
            name=op.f("ck_project_phase_planned_end_on_after_planned_start_on"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_phase_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["template_phase_id"],
            ["template_phase.id"],
            name=op.f("fk_project_phase_template_phase_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_phase")),
        sa.UniqueConstraint(
            "project_id",
            "template_phase_id",
            name=op.f("uq_project_phase_project_id_template_phase_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "project_programme",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=6, scale=5), nullable=True),
        sa.CheckConstraint(
            "weight is null or (weight >= 0 and weight <= 1)",
            name=op.f("ck_project_programme_weight_share"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_project_programme_programme_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_programme_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "programme_id", name=op.f("pk_project_programme")),
    )
    op.create_index(
        op.f("ix_project_programme_programme_id"),
        "project_programme",
        ["programme_id"],
        unique=False,
    )
    op.create_table(
        "project_theme",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Numeric(precision=6, scale=5), nullable=True),
        sa.CheckConstraint(
            "weight is null or (weight >= 0 and weight <= 1)",
            name=op.f("ck_project_theme_weight_share"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_theme_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_project_theme_theme_id")),
        sa.PrimaryKeyConstraint("project_id", "theme_id", name=op.f("pk_project_theme")),
    )
    op.create_index(op.f("ix_project_theme_theme_id"), "project_theme", ["theme_id"], unique=False)


def downgrade() -> None:
    op.drop_table("project_theme")
    op.drop_table("project_programme")
    op.drop_table("project_phase")
    op.drop_table("project_funder")
    op.drop_table("project_area")
    op.drop_table("affected_population")
    op.drop_table("project")
