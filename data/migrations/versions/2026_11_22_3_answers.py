"""What came in: answers, activity and proposals."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_3"
down_revision = "2026_11_22_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "instrument_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_version")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_instrument_version_code_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "activity_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("phase", sa.String(length=2), server_default="P0", nullable=False),
        sa.Column("title", sa.String(length=300), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("cost_eur", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind in ('workshop', 'meeting', 'market_dialogue', 'trial', 'pilot', "
            "'training', 'survey', 'other')",
            name=op.f("ck_activity_event_kind_known"),
        ),
        sa.CheckConstraint(
            "phase in ('P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P0')",
            name=op.f("ck_activity_event_phase_known"),
        ),
        sa.CheckConstraint("cost_eur >= 0", name=op.f("ck_activity_event_cost_eur_not_negative")),
        sa.CheckConstraint(
            "ends_on is null or starts_on is null or starts_on <= ends_on",
            name=op.f("ck_activity_event_ends_on_after_starts_on"),
        ),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_activity_event_hours_not_negative")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_activity_event_area_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_activity_event_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_activity_event_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_event")),
        sa.UniqueConstraint("code", name=op.f("uq_activity_event_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_activity_event_batch_id"), "activity_event", ["batch_id"], unique=False
    )
    op.create_index(
        op.f("ix_activity_event_project_id"), "activity_event", ["project_id"], unique=False
    )
    op.create_table(
        "collection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("instrument_version_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.String(length=10), nullable=False),
        sa.Column("phase", sa.String(length=2), server_default="P0", nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "phase in ('P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P0')",
            name=op.f("ck_collection_phase_known"),
        ),
        sa.CheckConstraint(
            "wave in ('baseline', 'during', 'end', 'follow_up')",
            name=op.f("ck_collection_wave_known"),
        ),
        sa.CheckConstraint(
            "closes_on is null or opens_on is null or opens_on <= closes_on",
            name=op.f("ck_collection_closes_on_after_opens_on"),
        ),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_collection_revision_not_negative")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_collection_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_version_id"],
            ["instrument_version.id"],
            name=op.f("fk_collection_instrument_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_collection_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
        sa.UniqueConstraint(
            "project_id",
            "instrument_version_id",
            "wave",
            "phase",
            name=op.f("uq_collection_project_id_instrument_version_id_wave_phase"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_collection_batch_id"), "collection", ["batch_id"], unique=False)
    op.create_index(op.f("ix_collection_project_id"), "collection", ["project_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("category", sa.String(length=200), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("taken_up_by", sa.String(length=300), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_proposal_area_id")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_proposal_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_proposal_project_id")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_proposal_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("code", name=op.f("uq_proposal_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_proposal_area_id"), "proposal", ["area_id"], unique=False)
    op.create_index(op.f("ix_proposal_batch_id"), "proposal", ["batch_id"], unique=False)
    op.create_index(op.f("ix_proposal_project_id"), "proposal", ["project_id"], unique=False)
    op.create_table(
        "collection_group",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("invited", sa.Integer(), nullable=False),
        sa.CheckConstraint("invited >= 0", name=op.f("ck_collection_group_invited_not_negative")),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_collection_group_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_collection_group_group_code")
        ),
        sa.PrimaryKeyConstraint("collection_id", "group_code", name=op.f("pk_collection_group")),
    )
    op.create_table(
        "event_organisation",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["activity_event.id"],
            name=op.f("fk_event_organisation_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_organisation_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("event_id", "organisation_id", name=op.f("pk_event_organisation")),
    )
    op.create_index(
        op.f("ix_event_organisation_organisation_id"),
        "event_organisation",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "event_participants",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_event_participants_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["activity_event.id"],
            name=op.f("fk_event_participants_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_code"],
            ["stakeholder_group.code"],
            name=op.f("fk_event_participants_group_code"),
        ),
        sa.PrimaryKeyConstraint("event_id", "group_code", name=op.f("pk_event_participants")),
    )
    op.create_table(
        "proposal_plan",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("plan_code", sa.String(length=60), nullable=False),
        sa.Column("selected", sa.Boolean(), nullable=False),
        sa.Column("budget_eur", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("share_eur", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "budget_eur >= 0", name=op.f("ck_proposal_plan_budget_eur_not_negative")
        ),
        sa.CheckConstraint("share_eur >= 0", name=op.f("ck_proposal_plan_share_eur_not_negative")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_proposal_plan_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_proposal_plan_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", "plan_code", name=op.f("pk_proposal_plan")),
    )
    op.create_index(op.f("ix_proposal_plan_batch_id"), "proposal_plan", ["batch_id"], unique=False)
    op.create_table(
        "proposal_status",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('submitted', 'taken_up', 'accepted', 'merged', 'selected', 'done', "
            "'rejected', 'withdrawn')",
            name=op.f("ck_proposal_status_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_proposal_status_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", "position", name=op.f("pk_proposal_status")),
    )
    op.create_table(
        "response",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("link_key", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_response_id_form")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_response_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collection.id"], name=op.f("fk_response_collection_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_response_group_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint(
            "collection_id", "link_key", name=op.f("uq_response_collection_id_link_key")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_response_batch_id"), "response", ["batch_id"], unique=False)
    op.create_index("ix_response_collection", "response", ["collection_id"], unique=False)
    op.create_table(
        "open_answer",
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=30), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_open_answer_response_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("response_id", "item", name=op.f("pk_open_answer")),
    )


def downgrade() -> None:
    op.drop_table("open_answer")
    op.drop_table("response")
    op.drop_table("proposal_status")
    op.drop_table("proposal_plan")
    op.drop_table("event_participants")
    op.drop_table("event_organisation")
    op.drop_table("collection_group")
    op.drop_table("proposal")
    op.drop_table("collection")
    op.drop_table("activity_event")
    op.drop_table("instrument_version")
