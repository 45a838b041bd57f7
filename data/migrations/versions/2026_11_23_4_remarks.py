"""Remarks on the quality of answers, kept with the file that they came in."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_4"
down_revision = "2026_11_23_3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    remarks = sa.Column("remarks", sa.Text(), server_default="[]", nullable=False)
    op.add_column("import_batch", remarks)


def downgrade() -> None:
    op.drop_column("import_batch", "remarks")
