"""How many responses of each group came after a revision is counted in the index alone."""

from alembic import op

revision = "2026_11_23_5"
down_revision = "2026_11_23_4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index_responses("collection_id", "revision", "group_code")


def downgrade() -> None:
    _index_responses("collection_id", "revision")


def _index_responses(*columns: str) -> None:
    op.drop_index("ix_response_collection", table_name="response")
    op.create_index("ix_response_collection", "response", list(columns), unique=False)
