"""What projects lead to: needs, cases, solutions, firms, outputs, ties, populations."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_9"
down_revision = "2026_11_22_8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_population",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("people >= 0", name=op.f("ck_area_population_people_not_negative")),
        sa.CheckConstraint("year >= 0", name=op.f("ck_area_population_year_not_negative")),
        sa.ForeignKeyConstraint(
            ["area_id"], ["area.id"], name=op.f("fk_area_population_area_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_area_population_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_area_population_group_code")
        ),
        sa.PrimaryKeyConstraint("area_id", "group_code", "year", name=op.f("pk_area_population")),
    )
    _index("area_population", "batch_id")
    op.create_table(
        "firm_follow_up",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("tested", sa.Boolean(), nullable=False),
        sa.Column("followed_on", sa.Date(), nullable=True),
        sa.Column("new_product", sa.Boolean(), nullable=False),
        sa.Column("new_market", sa.Boolean(), nullable=False),
        sa.Column("first_sale_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "followed_on is not null or not (new_product or new_market)",
            name=op.f("ck_firm_follow_up_asked_first"),
        ),
        sa.CheckConstraint(
            "followed_on is null or joined_on is null or joined_on <= followed_on",
            name=op.f("ck_firm_follow_up_followed_on_after_joined_on"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_firm_follow_up_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_firm_follow_up_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_firm_follow_up_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "organisation_id", name=op.f("pk_firm_follow_up")),
    )
    _index("firm_follow_up", "batch_id")
    _index("firm_follow_up", "organisation_id")
    op.create_table(
        "funnel_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("idea_on", sa.Date(), nullable=False),
        sa.Column("partner_on", sa.Date(), nullable=True),
        sa.Column("development_on", sa.Date(), nullable=True),
        sa.Column("trial_on", sa.Date(), nullable=True),
        sa.Column("pilot_on", sa.Date(), nullable=True),
        sa.Column("adoption_on", sa.Date(), nullable=True),
        sa.Column("end_kind", sa.String(length=10), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("split_from_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "end_kind in ('rejected', 'merged', 'split', 'withdrawn')",
            name=op.f("ck_funnel_case_end_kind_known"),
        ),
        sa.CheckConstraint(
            "merged_into_id is null or end_kind = 'merged'",
            name=op.f("ck_funnel_case_merged_as_told"),
        ),
        sa.CheckConstraint(
            "(end_kind is null) = (ended_on is null)", name=op.f("ck_funnel_case_end_with_its_day")
        ),
        sa.CheckConstraint(
            "(partner_on is null or partner_on >= idea_on) and (development_on is null or "
            "development_on >= coalesce(partner_on, idea_on)) and (trial_on is null or trial_on "
            ">= coalesce(development_on, partner_on, idea_on)) and (pilot_on is null or "
            "pilot_on >= coalesce(trial_on, development_on, partner_on, idea_on)) and "
            "(adoption_on is null or adoption_on >= coalesce(pilot_on, trial_on, "
            "development_on, partner_on, idea_on)) and (ended_on is null or ended_on >= "
            "coalesce(adoption_on, pilot_on, trial_on, development_on, partner_on, idea_on))",
            name=op.f("ck_funnel_case_stages_in_order"),
        ),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_funnel_case_not_into_itself")),
        sa.CheckConstraint("split_from_id <> id", name=op.f("ck_funnel_case_not_from_itself")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_funnel_case_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["funnel_case.id"], name=op.f("fk_funnel_case_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_funnel_case_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["split_from_id"], ["funnel_case.id"], name=op.f("fk_funnel_case_split_from_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funnel_case")),
        sa.UniqueConstraint("code", name=op.f("uq_funnel_case_code")),
        sqlite_autoincrement=True,
    )
    _index("funnel_case", "batch_id")
    _index("funnel_case", "merged_into_id")
    _index("funnel_case", "project_id")
    _index("funnel_case", "split_from_id")
    op.create_table(
        "joint_output",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("appeared_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Integer(), server_default="1", nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind in ('publication', 'thesis', 'credits', 'application', 'partnership', "
            "'volunteers', 'continued')",
            name=op.f("ck_joint_output_kind_known"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_joint_output_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_joint_output_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_joint_output_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_output")),
        sa.UniqueConstraint("code", name=op.f("uq_joint_output_code")),
        sqlite_autoincrement=True,
    )
    _index("joint_output", "batch_id")
    _index("joint_output", "project_id")
    op.create_table(
        "need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("stated_on", sa.Date(), nullable=True),
        sa.Column("tested", sa.Boolean(), nullable=False),
        sa.Column("sufficient", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("tested or not sufficient", name=op.f("ck_need_tested_first")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_need_batch_id")),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_need_group_code")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_need_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
        sa.UniqueConstraint("code", name=op.f("uq_need_code")),
        sqlite_autoincrement=True,
    )
    _index("need", "batch_id")
    _index("need", "project_id")
    op.create_table(
        "organisation_tie",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "wave in ('baseline', 'during', 'end', 'follow_up')",
            name=op.f("ck_organisation_tie_wave_known"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_organisation_tie_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_organisation_tie_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["organisation.id"], name=op.f("fk_organisation_tie_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["organisation.id"], name=op.f("fk_organisation_tie_target_id")
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "wave", "source_id", "target_id", name=op.f("pk_organisation_tie")
        ),
    )
    _index("organisation_tie", "batch_id")
    _index("organisation_tie", "source_id")
    _index("organisation_tie", "target_id")
    op.create_table(
        "project_organisation",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_project_organisation_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_project_organisation_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_project_organisation_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "organisation_id", name=op.f("pk_project_organisation")
        ),
    )
    _index("project_organisation", "batch_id")
    _index("project_organisation", "organisation_id")
    op.create_table(
        "solution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("ready_on", sa.Date(), nullable=True),
        sa.Column("embedded", sa.Boolean(), nullable=False),
        sa.Column("embedded_on", sa.Date(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "embedded_on is null or embedded", name=op.f("ck_solution_embedded_on_some_day")
        ),
        sa.CheckConstraint(
            "embedded_on is null or ready_on is null or ready_on <= embedded_on",
            name=op.f("ck_solution_embedded_on_after_ready_on"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_solution_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_solution_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_solution")),
        sa.UniqueConstraint("code", name=op.f("uq_solution_code")),
        sqlite_autoincrement=True,
    )
    _index("solution", "batch_id")
    _index("solution", "project_id")
    op.create_table(
        "tie_roster",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.String(length=10), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "wave in ('baseline', 'during', 'end', 'follow_up')",
            name=op.f("ck_tie_roster_wave_known"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_tie_roster_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_tie_roster_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_tie_roster_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "project_id", "wave", "organisation_id", name=op.f("pk_tie_roster")
        ),
    )
    _index("tie_roster", "batch_id")
    _index("tie_roster", "organisation_id")
    op.create_table(
        "adoption",
        sa.Column("solution_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_adoption_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_adoption_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["solution_id"],
            ["solution.id"],
            name=op.f("fk_adoption_solution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("solution_id", "organisation_id", name=op.f("pk_adoption")),
    )
    _index("adoption", "batch_id")
    _index("adoption", "organisation_id")
    op.create_table(
        "solution_reuse",
        sa.Column("solution_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_solution_reuse_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["project.id"],
            name=op.f("fk_solution_reuse_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["solution_id"],
            ["solution.id"],
            name=op.f("fk_solution_reuse_solution_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("solution_id", "project_id", name=op.f("pk_solution_reuse")),
    )
    _index("solution_reuse", "batch_id")
    _index("solution_reuse", "project_id")


def downgrade() -> None:
    op.drop_table("solution_reuse")
    op.drop_table("adoption")
    op.drop_table("tie_roster")
    op.drop_table("solution")
    op.drop_table("project_organisation")
    op.drop_table("organisation_tie")
    op.drop_table("need")
    op.drop_table("joint_output")
    op.drop_table("funnel_case")
    op.drop_table("firm_follow_up")
    op.drop_table("area_population")


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
