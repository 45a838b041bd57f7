"""Collections that are answered by link: openings, invitations, notices, replies."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_12"
down_revision = "2026_11_22_11"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("version", sa.String(length=20), nullable=False),
        *_texts("fi", "sv", "en", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_notice")),
    )
    _create_openings()
    op.create_table(
        "opening_group",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        *_of_opening("opening_group"),
        sa.PrimaryKeyConstraint("collection_id", "group_code", name=op.f("pk_opening_group")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(length=5), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=True),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "language in ('fi', 'sv', 'en')", name=op.f("ck_invitation_language_known")
        ),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_invitation_id_form")),
        *_of_opening("invitation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "collection_id", "person", name=op.f("uq_invitation_collection_id_person")
        ),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitation_token_sha256")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "used_link",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_used_link")),
        sqlite_with_rowid=False,
    )
    _create_replies()


def downgrade() -> None:
    for table in ("reply", "used_link", "invitation", "opening_group", "opening", "notice"):
        op.drop_table(table)


def _create_openings() -> None:
    op.create_table(
        "opening",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("link", sa.String(length=10), nullable=False),
        sa.Column("joined", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=True),
        sa.Column("notice_version", sa.String(length=20), nullable=False),
        sa.Column("languages", sa.String(length=20), nullable=False),
        *_texts("thanks_fi", "thanks_sv", "thanks_en", nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("sealed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("link in ('anonymous', 'personal')", name=op.f("ck_opening_link_known")),
        sa.CheckConstraint(
            "closes_at is null or opens_at is null or opens_at <= closes_at",
            name=op.f("ck_opening_closes_at_after_opens_at"),
        ),
        sa.CheckConstraint(
            "link = 'personal' or not joined", name=op.f("ck_opening_joined_personal")
        ),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["collection.id"],
            name=op.f("fk_opening_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["notice_version"], ["notice.version"], name=op.f("fk_opening_notice_version")
        ),
        sa.PrimaryKeyConstraint("collection_id", name=op.f("pk_opening")),
        sa.UniqueConstraint("public_id", name=op.f("uq_opening_public_id")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_opening_token_sha256")),
    )


def _create_replies() -> None:
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        *_texts("fi", "sv", "en", nullable=True),
        sa.Column("status", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("written_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("status in ('draft', 'published')", name=op.f("ck_reply_status_known")),
        sa.CheckConstraint(
            "(collection_id is null) <> (proposal_id is null)", name=op.f("ck_reply_one_subject")
        ),
        sa.CheckConstraint("coalesce(fi, sv, en) is not null", name=op.f("ck_reply_some_text")),
        sa.CheckConstraint(
            "(status = 'published') = (published_at is not null)",
            name=op.f("ck_reply_published_when"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{subject}_id"],
                [f"{subject}.id"],
                name=op.f(f"fk_reply_{subject}_id"),
                ondelete="CASCADE",
            )
            for subject in ("collection", "proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sqlite_autoincrement=True,
    )
    for subject in ("collection", "proposal"):
        op.create_index(op.f(f"ix_reply_{subject}_id"), "reply", [f"{subject}_id"], unique=False)


def _texts(*names: str, nullable: bool) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _of_opening(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["opening.collection_id"],
            name=op.f(f"fk_{table}_collection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_code"], ["stakeholder_group.code"], name=op.f(f"fk_{table}_group_code")
        ),
    ]
