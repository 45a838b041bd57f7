"""Files that have grown: what an import replaced, which answers came before, whose every row is."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_10"
down_revision = "2026_11_22_9"
branch_labels = None
depends_on = None

#: Tables whose rows so far nobody could take back with their import.
OWNERLESS = ("project_phase", "affected_population", "collection_group")


def upgrade() -> None:
    for table in OWNERLESS:
        with op.batch_alter_table(table, table_kwargs=_counting(table)) as altered:
            altered.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
            altered.create_foreign_key(
                op.f(f"fk_{table}_batch_id"), "import_batch", ["batch_id"], ["id"]
            )
            altered.create_index(op.f(f"ix_{table}_batch_id"), ["batch_id"])
    # So far a file said how many were invited only to the collections that it made.
    op.execute(
        "update collection_group set batch_id = (select batch_id from collection "
        "where collection.id = collection_group.collection_id)"
    )
    op.add_column("response", sa.Column("source_key", sa.String(length=64), nullable=True))
    op.create_index(
        "uq_response_source",
        "response",
        ["collection_id", "source_key"],
        unique=True,
        sqlite_where=sa.text("source_key is not null"),
        postgresql_where=sa.text("source_key is not null"),
    )
    op.create_table(
        "replaced_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=40), nullable=False),
        sa.Column("row_key", sa.String(length=200), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_replaced_row_batch_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replaced_row")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_replaced_row_batch_id"), "replaced_row", ["batch_id"], unique=False)


def downgrade() -> None:
    op.drop_table("replaced_row")
    op.drop_index("uq_response_source", table_name="response")
    op.drop_column("response", "source_key")
    for table in reversed(OWNERLESS):
        with op.batch_alter_table(table, table_kwargs=_counting(table)) as altered:
            altered.drop_index(op.f(f"ix_{table}_batch_id"))
            altered.drop_constraint(op.f(f"fk_{table}_batch_id"), type_="foreignkey")
            altered.drop_column("batch_id")


def _counting(table: str) -> dict[str, bool]:
    """SQLite copies the table; one that never uses a number twice goes on so."""
    return {"sqlite_autoincrement": True} if table == "project_phase" else {}
