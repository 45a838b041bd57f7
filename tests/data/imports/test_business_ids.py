"""Business IDs of organisations: right ones are kept as such, mistyped ones are rejected by row."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports.business_ids import business_id_in, is_business_id
from data.imports.profile import profiles
from data.imports.run import preview, store

#: Public ones: Nokia Oyj 0112038-9, City of Espoo 0101263-6, City of Helsinki 0201256-6.
RIGHT = ("0112038-9", "0101263-6", "0201256-6")


@pytest.mark.parametrize("one", RIGHT)
def test_the_check_digit_is_checked(one: str) -> None:
    assert is_business_id(one)
    # Any other check digit is wrong, and so are two digits that changed places.
    assert not any(is_business_id(f"{one[:-1]}{n}") for n in range(10) if str(n) != one[-1])
    assert not is_business_id(one[1] + one[0] + one[2:])
    assert business_id_in(f"FI{one.replace('-', '')}") == one


def test_a_remainder_of_one_is_never_a_business_id() -> None:
    # 3 x 4 (the sixth weight) leaves 1 when divided by 11: such numbers are not given out.
    assert not any(is_business_id(f"0000030-{digit}") for digit in range(10))


def test_mistyped_ids_are_rejected_and_others_are_names(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    register = tmp_path / "register.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    told = ["0112038-9", "FI01012636", "0112038-8", "SE556677889901", "Puistoseura ry"]
    path = tmp_path / "partners.csv"
    lines = "".join(f"A1,{one}\n" for one in told)
    path.write_text("project,organisation\n" + lines, encoding="utf-8")
    partners = profiles()["partners"]
    seen = preview(sqlite_engine, partners, path, operator())
    assert [(p.code, p.row, p.value) for p in seen.problems] == [
        ("wrong_business_id", 4, "0112038-8")
    ]
    batch = store(sqlite_engine, partners, path, operator(), accept_rejected=True)
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (5, 4, 1)
    with database.reading(sqlite_engine) as connection:
        table = schema.Organisation
        rows = connection.execute(sa.select(table.name, table.business_id).order_by(table.id))
        kept = {tuple(row) for row in rows}
    assert kept == {
        ("0112038-9", "0112038-9"),
        ("0101263-6", "0101263-6"),
        ("SE556677889901", None),
        ("Puistoseura ry", None),
    }
    again = tmp_path / "again.csv"
    again.write_text("project,organisation\nA1,0101263-6\n", encoding="utf-8")
    # The same organisation in its other form is the one that is there already.
    seen = preview(sqlite_engine, partners, again, operator())
    assert "rows_known" in {warning.code for warning in seen.warnings}
