"""With which revision an answer came, so that a refresh reads only what came since the last one."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_7"
down_revision = "2026_11_22_6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("response", "revision"), ("collection", "rewritten")):
        op.add_column(table, sa.Column(column, sa.Integer(), server_default="0", nullable=False))
    _index_responses("collection_id", "revision")
    _forget_segments()
    op.create_table(
        "segment_member",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_parents(),
        sa.PrimaryKeyConstraint("segment_id", "collection_id", name=op.f("pk_segment_member")),
    )
    op.create_index(
        op.f("ix_segment_member_collection_id"), "segment_member", ["collection_id"], unique=False
    )


def downgrade() -> None:
    _forget_segments()
    op.create_table(
        "segment_member",
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *_parents(),
        sa.PrimaryKeyConstraint("collection_id", name=op.f("pk_segment_member")),
    )
    op.create_index(
        op.f("ix_segment_member_segment_id"), "segment_member", ["segment_id"], unique=False
    )
    _index_responses("collection_id")
    op.drop_column("collection", "rewritten")
    op.drop_column("response", "revision")


def _forget_segments() -> None:
    """Segments can be folded again from the answers; the next refresh does."""
    op.drop_table("segment_member")
    op.execute("delete from segment")


def _index_responses(*columns: str) -> None:
    op.drop_index("ix_response_collection", table_name="response")
    op.create_index("ix_response_collection", "response", list(columns), unique=False)


def _parents() -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [f"{parent}_id"],
            [f"{parent}.id"],
            name=op.f(f"fk_segment_member_{parent}_id"),
            ondelete="CASCADE",
        )
        for parent in ("collection", "segment")
    ]
