"""The register: themes, areas, funders, organisations, templates, and the files they came in."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("profile_sha256", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("imported_by", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_stored", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("dropped_columns", sa.Text(), server_default="[]", nullable=False),
        sa.CheckConstraint(
            "status in ('stored', 'undone')", name=op.f("ck_import_batch_status_known")
        ),
        sa.CheckConstraint(
            "rows_read = rows_stored + rows_rejected", name=op.f("ck_import_batch_rows_reconcile")
        ),
        sa.CheckConstraint(
            "rows_rejected >= 0", name=op.f("ck_import_batch_rows_rejected_not_negative")
        ),
        sa.CheckConstraint(
            "rows_stored >= 0", name=op.f("ck_import_batch_rows_stored_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_import_batch_file",
        "import_batch",
        ["file_sha256", "profile_sha256"],
        unique=True,
        sqlite_where=sa.text("status = 'stored'"),
        postgresql_where=sa.text("status = 'stored'"),
    )
    op.create_table(
        "process_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name_fi", sa.String(length=300), nullable=False),
        sa.Column("name_sv", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_template")),
        sa.UniqueConstraint("code", name=op.f("uq_process_template_code")),
        sqlite_autoincrement=True,
    )
    groups = op.create_table(
        "stakeholder_group",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "code in ('RES', 'CUS', 'STAFF', 'COM', 'NGO', 'RDI', 'PUB', 'UNK')",
            name=op.f("ck_stakeholder_group_code_known"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_stakeholder_group")),
    )
    op.create_table(
        "area",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name_fi", sa.String(length=300), nullable=False),
        sa.Column("name_sv", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "kind in ('setting', 'local_area', 'city', 'network')", name=op.f("ck_area_kind_known")
        ),
        sa.CheckConstraint(
            "parent_id is null or parent_id <> id", name=op.f("ck_area_not_own_parent")
        ),
        sa.CheckConstraint("population >= 0", name=op.f("ck_area_population_not_negative")),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_area_batch_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_area_batch_id"), "area", ["batch_id"], unique=False)
    op.create_index(op.f("ix_area_parent_id"), "area", ["parent_id"], unique=False)
    op.create_table(
        "funder",
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name_fi", sa.String(length=300), nullable=False),
        sa.Column("name_sv", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_funder_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funder")),
        sa.UniqueConstraint("code", name=op.f("uq_funder_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_funder_batch_id"), "funder", ["batch_id"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("business_id", sa.String(length=9), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sector", sa.String(length=200), nullable=True),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind in ('company', 'association', 'school', 'research', 'city', 'parish', "
            "'state', 'other')",
            name=op.f("ck_organisation_kind_known"),
        ),
        sa.CheckConstraint(
            "business_id is null or length(business_id) = 9",
            name=op.f("ck_organisation_business_id_form"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_organisation_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f("fk_organisation_group_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("business_id", name=op.f("uq_organisation_business_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_organisation_batch_id"), "organisation", ["batch_id"], unique=False)
    op.create_table(
        "programme",
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name_fi", sa.String(length=300), nullable=False),
        sa.Column("name_sv", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_programme_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_programme_batch_id"), "programme", ["batch_id"], unique=False)
    op.create_table(
        "rejected_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_rejected_row_batch_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_row")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rejected_row_batch_id"), "rejected_row", ["batch_id"], unique=False)
    op.create_table(
        "template_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("common_phase", sa.String(length=2), nullable=False),
        sa.Column("name_fi", sa.String(length=200), nullable=False),
        sa.Column("name_sv", sa.String(length=200), nullable=True),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "common_phase in ('P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8')",
            name=op.f("ck_template_phase_common_phase_known"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["process_template.id"],
            name=op.f("fk_template_phase_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_phase")),
        sa.UniqueConstraint(
            "template_id", "position", name=op.f("uq_template_phase_template_id_position")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "theme",
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name_fi", sa.String(length=300), nullable=False),
        sa.Column("name_sv", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_theme_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("code", name=op.f("uq_theme_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_theme_batch_id"), "theme", ["batch_id"], unique=False)
    op.bulk_insert(
        groups,
        [
            {"code": code, "position": position}
            for position, code in enumerate(
                ("RES", "CUS", "STAFF", "COM", "NGO", "RDI", "PUB", "UNK"), start=1
            )
        ],
    )


def downgrade() -> None:
    op.drop_table("theme")
    op.drop_table("template_phase")
    op.drop_table("rejected_row")
    op.drop_table("programme")
    op.drop_table("organisation")
    op.drop_table("funder")
    op.drop_table("area")
    op.drop_table("stakeholder_group")
    op.drop_table("process_template")
    op.drop_table("import_batch")
