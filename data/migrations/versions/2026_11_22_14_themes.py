"""What open answers are about, and which of them may be quoted."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_14"
down_revision = "2026_11_22_13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_theme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("name_fi", sa.String(length=300), nullable=False),
        sa.Column("name_sv", sa.String(length=300), nullable=True),
        sa.Column("name_en", sa.String(length=300), nullable=True),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.CheckConstraint(
            "kind in ('challenge', 'success', 'benefit')", name=op.f("ck_answer_theme_kind_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_theme")),
        sa.UniqueConstraint("code", name=op.f("uq_answer_theme_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "answer_coding",
        *_open_answer("answer_coding"),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("coded_by", sa.Integer(), nullable=False),
        sa.Column("coded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["theme_id"],
            ["answer_theme.id"],
            name=op.f("fk_answer_coding_theme_id"),
            ondelete="CASCADE",
        ),
        _by("answer_coding", "coded_by"),
        sa.PrimaryKeyConstraint("response_id", "item", "theme_id", name=op.f("pk_answer_coding")),
    )
    op.create_index(op.f("ix_answer_coding_theme_id"), "answer_coding", ["theme_id"])
    op.create_index(op.f("ix_answer_coding_coded_by"), "answer_coding", ["coded_by"])
    op.create_table(
        "answer_clearance",
        *_open_answer("answer_clearance"),
        sa.Column("redacted_text", sa.Text(), nullable=True),
        sa.Column("cleared_by", sa.Integer(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(), nullable=False),
        _by("answer_clearance", "cleared_by"),
        sa.PrimaryKeyConstraint("response_id", "item", name=op.f("pk_answer_clearance")),
    )
    op.create_index(op.f("ix_answer_clearance_cleared_by"), "answer_clearance", ["cleared_by"])


def _open_answer(table: str) -> tuple[sa.Column | sa.ForeignKeyConstraint, ...]:
    """The columns that name an open answer, and that the row goes with it."""
    return (
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("item", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id", "item"],
            ["open_answer.response_id", "open_answer.item"],
            name=op.f(f"fk_{table}_response_id_item"),
            ondelete="CASCADE",
        ),
    )


def _by(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["app_user.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    for table in ("answer_clearance", "answer_coding", "answer_theme"):
        op.drop_table(table)
