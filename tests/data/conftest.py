"""One valid row for every table, made from what the models say of their columns."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data.schema import Base

#: Where the models cannot tell what a valid value is.
TOLD = {
    ("area", "parent_id"): None,
    ("assessment", "submitted_at"): None,
    ("assessment_level", "not_applicable"): False,
    ("erased_mark", "mark"): "0" * 64,
    ("funnel_case", "merged_into_id"): None,
    ("funnel_case", "split_from_id"): None,
    ("import_batch", "rows_read"): 1,
    ("import_batch", "rows_stored"): 1,
    ("import_batch", "rows_rejected"): 0,
    ("invitation", "id"): "0" * 32,
    ("opening", "joined"): False,
    ("organisation", "business_id"): "1234567-8",
    ("organisation", "country"): "FI",
    ("indicator_version", "project_id"): None,
    ("proof", "claim_id"): None,
    ("proof", "link"): None,
    ("release", "corrects_id"): None,
    ("release", "project_id"): None,
    ("release", "scope"): "funder",
    ("reported_value", "metric"): None,
    ("reply", "proposal_id"): None,
    ("reply", "published_at"): None,
    ("reply", "status"): "draft",
    ("response", "id"): "0" * 32,
    ("taken_back", "id"): "0" * 32,
    ("user_grant", "project_id"): None,
    ("user_grant", "funder_id"): None,
}
BY_TYPE = {
    sa.Boolean: True,
    sa.Float: 0.5,
    sa.Numeric: Decimal("0.5"),
    sa.Integer: 1,
    sa.DateTime: datetime(2026, 3, 29, 3, 30),
    sa.Date: date(2026, 3, 29),
    sa.LargeBinary: bytes(range(256)),
    sa.String: "ä1",
}


def valid_value(column: sa.Column) -> object:
    told = (column.table.name, column.name)
    if told in TOLD:
        return TOLD[told]
    if column.foreign_keys:
        return "RES" if column.name == "group_code" else valid_parent(column)
    listed = listed_codes(column)
    if listed:
        return listed[0]
    kind = column.type.impl if isinstance(column.type, sa.TypeDecorator) else column.type
    return next(value for type_, value in BY_TYPE.items() if isinstance(kind, type_))


def valid_parent(column: sa.Column) -> object:
    return valid_value(next(iter(column.foreign_keys)).column)


def listed_codes(column: sa.Column) -> list[str]:
    """The codes that the database allows in a column; none where the list is open."""
    for check in column.table.constraints:
        if isinstance(check, sa.CheckConstraint):
            match = re.fullmatch(rf"{column.name} in \((.*)\)", str(check.sqltext))
            if match:
                return re.findall(r"'(\w+)'", match[1])
    return []


@pytest.fixture(scope="session")
def valid_rows() -> dict[str, dict[str, object]]:
    """A row for each table, parents before children; the groups are there from the migration."""
    return {
        table.name: {column.name: valid_value(column) for column in table.columns}
        for table in Base.metadata.sorted_tables
        if table.name != "stakeholder_group"
    }
