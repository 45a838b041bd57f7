"""A name goes from every text of the schema, or it is told where it stays."""

from __future__ import annotations

import json
import unicodedata
from contextlib import closing

import pysqlite3
import pytest
import sqlalchemy as sa

from data import audit, database, schema
from data.keeping import marks, named_texts, organisations, overwriting, returned
from tests.data.asked import NOW, USER

NAME = "Äijälä Ompelu Tmi"
#: The same name as others write it: small, decomposed, with more spaces.
OTHERWISE = unicodedata.normalize("NFD", "  äijälä   ompelu TMI ")


def test_a_name_is_found_in_every_text_column_of_the_schema(sqlite_engine, tmp_path, valid_rows):
    """Without constraints, so that each column holds the name; a new column is found by itself."""
    texts = {
        (table.name, column.name)
        for table in schema.Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.String)
    }
    sqlite_engine.dispose()
    with closing(pysqlite3.connect(tmp_path / "arviomo.db")) as raw:
        raw.execute("pragma foreign_keys=off")
        raw.execute("pragma ignore_check_constraints=on")
        for table in schema.Base.metadata.sorted_tables:
            raw.execute(f'delete from "{table.name}"') if table.name != "audit_event" else None
            row = valid_rows.get(table.name, {"code": "RES", "position": 1})
            row = row | {c: f"käynti: {OTHERWISE}" for t, c in texts if t == table.name}
            names = ", ".join(f'"{name}"' for name in row)
            marks_ = ", ".join("?" for _ in row)
            values = [str(v) if v is not None and not isinstance(v, int | float | bytes) else v
                      for v in row.values()]  # fmt: skip
            raw.execute(f'insert into "{table.name}" ({names}) values ({marks_})', values)
        raw.commit()
    with database.reading(sqlite_engine) as connection:
        found = {tuple(p.called.split(".")) for p in named_texts.places(connection, [NAME])}
    assert found == texts


@pytest.fixture
def house(engine, tmp_path):
    """A sole trader in the register, in what a file left, and in what people wrote."""
    with database.writing(engine) as connection:
        group = connection.scalar(sa.select(schema.StakeholderGroup.code).limit(1))
        firm = {"kind": "company", "group_code": group}
        connection.execute(sa.insert(schema.Organisation), [
            firm | {"name": NAME, "business_id": "1234567-8"},
            # Another of the same name is somebody else.
            firm | {"name": "Mattila Oy", "business_id": "7654321-0"},
        ])  # fmt: skip
        batch = connection.scalar(sa.insert(schema.ImportBatch).returning(schema.ImportBatch.id), {
            "profile": "p", "kind": "events", "file_name": f"{NAME}.csv", "file_sha256": "0" * 64,
            "profile_sha256": "0" * 64, "imported_at": NOW, "imported_by": "x",
            "status": "stored", "rows_read": 2, "rows_stored": 0, "rows_rejected": 2,
            "dropped_columns": json.dumps([f"yhteys {NAME}"]),
        })  # fmt: skip
        refused = {"batch_id": batch, "column": "firm", "code": "x"}
        connection.execute(sa.insert(schema.RejectedRow), [
            refused | {"row": 1, "value": NAME.upper(), "detail": "{}"},
            refused | {"row": 1, "value": "cell beside", "detail": "{}"},
            refused | {"row": 2, "value": "-", "detail": json.dumps({"firm": NAME})},
            refused | {"row": 3, "value": "Mattila Oy", "detail": "{}"},
        ])  # fmt: skip
        connection.execute(sa.insert(schema.ReplacedRow), {
            "batch_id": batch, "record": "need", "row_key": '{"id": 1}',
            "before": json.dumps({"title": f"Tila, jota {NAME} toivoi", "tested": 1}),
        })  # fmt: skip
        idea = {"code": "k1", "title": "Nurkka", "taken_up_by": NAME, "category": "x"}
        connection.execute(sa.insert(schema.Proposal), idea)
    return batch


def stands(engine) -> set[str]:
    with database.reading(engine) as connection:
        return {place.called for place in named_texts.places(connection, [NAME])}


@pytest.mark.parametrize("called", [OTHERWISE, "1234567-8"])
def test_an_organisation_goes_from_register_imports_and_texts_however_it_is_written(
    engine, tmp_path, house, called
):
    before = stands(engine)
    assert before == {
        "organisation.name", "import_batch.file_name", "import_batch.dropped_columns",
        "rejected_row.value", "rejected_row.detail", "replaced_row.before", "proposal.taken_up_by",
    }  # fmt: skip
    gone = organisations.erase_organisation(engine, USER, tmp_path, called, NOW)
    # Refused are three cells of two rows of the file.
    assert gone.rows == {
        "organisation": 1, "import_batch.file_name": 1, "import_batch.dropped_columns": 1,
        "rejected_row": 3, "replaced_row.before": 1, "proposal.taken_up_by": 1,
    }  # fmt: skip
    assert (stands(engine), gone.left, gone.waits) == (set(), {}, False)
    assert not overwriting.is_owed(tmp_path)
    with database.reading(engine) as connection:
        left = connection.scalars(sa.select(schema.RejectedRow.value)).all()
        before = json.loads(connection.scalar(sa.select(schema.ReplacedRow.before)))
        names = set(connection.scalars(sa.select(schema.Organisation.name)))
    assert (left, names) == (["Mattila Oy"], {"–", "Mattila Oy"})
    assert before == {"title": "Tila, jota – toivoi", "tested": 1}


def test_an_older_copy_loses_the_name_again_and_a_namesake_keeps_it(engine, tmp_path, house):
    organisations.erase_organisation(engine, USER, tmp_path, NAME, NOW)
    firm = schema.Organisation
    with database.writing(engine) as connection:
        group = connection.scalar(sa.select(schema.StakeholderGroup.code).limit(1))
        row = {"kind": "company", "group_code": group, "name": NAME}
        # As an older copy, a file without business IDs, and one of somebody else would bring them.
        connection.execute(sa.insert(firm), row | {"business_id": "1234567-8"})
        connection.execute(sa.insert(firm), row | {"business_id": None})
        connection.execute(sa.insert(firm), row | {"business_id": "1111111-1"})
        refused = {"batch_id": house, "row": 1, "column": "firm", "code": "x", "detail": "{}"}
        again = [refused | {"value": NAME.upper()}, refused | {"value": "cell beside"}]
        connection.execute(sa.insert(schema.RejectedRow), again)
    assert returned.reapply(engine, tmp_path, NOW) == 4
    with database.reading(engine) as connection:
        named = sa.select(firm.business_id).where(firm.name == NAME)
        assert connection.scalars(named).all() == ["1111111-1"]
    assert returned.reapply(engine, tmp_path, NOW) == 0
    assert marks.read(tmp_path / marks.FILE)


def test_what_is_sealed_keeps_a_name_and_is_told(engine, tmp_path, house):
    with database.writing(engine) as connection:
        audit.record(connection, USER, "import", f"batch:{house}", {"file": f"{NAME}.csv"})
    gone = organisations.erase_organisation(engine, USER, tmp_path, NAME, NOW)
    assert gone.left == {"audit_event.detail": 1}
    assert stands(engine) == {"audit_event.detail"}
    with database.reading(engine) as connection:
        assert audit.verify(connection).broken == ()
