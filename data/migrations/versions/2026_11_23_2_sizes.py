"""How large enterprises are and where organisations are from; both with what was counted."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_2"
down_revision = "2026_11_23_1"
branch_labels = None
depends_on = None

_BEFORE = "'duplicate', 'out_of_period', 'threshold', 'no_business_id'"
_NOW = f"{_BEFORE}, 'no_size', 'not_sme', 'no_country'"
_SIZES = "size in ('micro', 'small', 'medium', 'large')"
_COUNTRY = "length(country) = 2 and country = upper(country)"
_KNOWN = "ck_counted_item_exclusion_known"
_KEEPS_NUMBERS = {"sqlite_autoincrement": True}


def upgrade() -> None:
    # Written out: the constraint belongs to the column on both databases, and leaves with it.
    for column, kind, name, rule in (
        ("size", "VARCHAR(6)", "size_known", _SIZES),
        ("country", "VARCHAR(2)", "country_form", _COUNTRY),
    ):
        op.execute(
            f"ALTER TABLE organisation ADD COLUMN {column} {kind} "
            f"CONSTRAINT ck_organisation_{name} CHECK ({rule})"
        )
    with op.batch_alter_table("counted_item", table_kwargs=_KEEPS_NUMBERS) as item:
        item.add_column(sa.Column("size", sa.String(length=6), nullable=True))
        item.create_check_constraint(op.f("ck_counted_item_size_known"), _SIZES)
        item.drop_constraint(op.f(_KNOWN), type_="check")
        item.create_check_constraint(op.f(_KNOWN), f"exclusion in ({_NOW})")


def downgrade() -> None:
    # What was left out for reasons that were not known before did not meet what is asked.
    op.execute(
        "update counted_item set exclusion = 'threshold' "
        "where exclusion in ('no_size', 'not_sme', 'no_country')"
    )
    with op.batch_alter_table("counted_item", table_kwargs=_KEEPS_NUMBERS) as item:
        item.drop_constraint(op.f(_KNOWN), type_="check")
        item.create_check_constraint(op.f(_KNOWN), f"exclusion in ({_BEFORE})")
        item.drop_constraint(op.f("ck_counted_item_size_known"), type_="check")
        item.drop_column("size")
    op.drop_column("organisation", "country")
    op.drop_column("organisation", "size")
