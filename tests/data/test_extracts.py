"""The extract says what the truth says, is named by its content, and is whole or absent."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import orjson
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from benchmarks import generate
from data import database
from data.folding import extracts
from data.folding.extracts import (
    FROM_FIRST,
    UnreadableAnswers,
    extract,
    remove_unused,
    segment_path,
    store_segment,
)
from data.schema import Collection, Response

ASKED = generate.instrument()
ITEMS = [item.code for item in ASKED.closed_items]
#: One answer of every item, on every scale.
FULL = dict.fromkeys(ITEMS, 3)


def answer(connection: sa.Connection, number: int, collection: int, answers: str, **more: object):
    row = {"id": f"{number:032x}", "collection_id": collection, "group_code": "RES"}
    connection.execute(sa.insert(Response).values(**row, answers=answers, **more))


@pytest.fixture
def fielded(engine: sa.Engine) -> sa.Engine:
    """Two projects with three empty collections each (1-3 and 4-6)."""
    generate.fill(engine, 0, projects=2)
    return engine


def test_answers_stand_in_columns_by_collection(fielded: sa.Engine, tmp_path: Path):
    with database.writing(fielded) as connection:
        answer(connection, 9, 4, orjson.dumps(FULL).decode(), link_key="anna")
        answer(connection, 5, 1, '{"S0_0": -1, "S0_1": -2, "NPS": 0}')
        answer(connection, 7, 1, "{}")
        answer(connection, 3, 6, orjson.dumps(FULL).decode())
    with database.reading(fielded) as connection:
        sha256, rows = extract(connection, ASKED, dict.fromkeys([1, 4], FROM_FIRST), tmp_path)
    table = pq.read_table(segment_path(tmp_path, sha256))
    assert rows == 3
    assert table.schema.equals(extracts.extract_schema(ASKED))
    assert table["collection"].to_pylist() == [1, 1, 4]
    assert table["link_key"].to_pylist() == [None, None, "anna"]
    # Don't-know, not-applicable and missing stay apart; 0 on the 0-10 item is an answer.
    assert table["S0_0"].to_pylist() == [-1, None, 3]
    assert table["S0_1"].to_pylist() == [-2, None, 3]
    assert table["S0_2"].to_pylist() == [None, None, 3]
    assert table["NPS"].to_pylist() == [0, None, 3]


def test_many_collections_are_scanned_to_the_same_file(
    fielded: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rng = np.random.default_rng(1)
    with database.writing(fielded) as connection:
        for chunk in generate.responses(200, 2, seed=5):
            generate.store(connection, chunk, ASKED, rng)
    with database.reading(fielded) as connection:
        looked_up = extract(connection, ASKED, dict.fromkeys([1, 2, 5], FROM_FIRST), tmp_path)
        monkeypatch.setattr(extracts, "LOOKED_UP", 0)
        monkeypatch.setattr(extracts, "CHUNK", 7)
        assert (
            extract(connection, ASKED, dict.fromkeys([1, 2, 5], FROM_FIRST), tmp_path) == looked_up
        )


def test_progress_is_told_up_to_the_end(fielded: sa.Engine, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(extracts, "CHUNK", 2)
    with database.writing(fielded) as connection:
        for number in range(5):
            answer(connection, number, 1, "{}")
    told = []
    with database.reading(fielded) as connection:
        extract(
            connection,
            ASKED,
            dict.fromkeys([1], FROM_FIRST),
            tmp_path,
            lambda done, of: told.append((done, of)),
        )
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_collection_without_responses_has_an_empty_extract(fielded: sa.Engine, tmp_path: Path):
    with database.reading(fielded) as connection:
        sha256, rows = extract(connection, ASKED, dict.fromkeys([1], FROM_FIRST), tmp_path)
    assert rows == 0
    assert pq.read_table(segment_path(tmp_path, sha256)).column_names[6:] == ITEMS


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ('{"S0_0": 9}', "S0_0 is answered with 9"),
        ('{"S0_0": "3"}', "cannot be read"),
        ('{"S0_0": 2.5}', "cannot be read"),
        ('{"S0_0": 3', "cannot be read"),
        ('{"S0_0": 3} {"S0_0": 4}', "hold 2 JSON objects"),
        ("", "cannot be read"),
    ],
)
def test_answers_that_no_importer_stores_are_refused(
    fielded: sa.Engine, tmp_path: Path, answers: str, named: str
):
    with database.writing(fielded) as connection:
        answer(connection, 1, 2, answers)
    with (
        database.reading(fielded) as connection,
        pytest.raises(UnreadableAnswers, match=named) as raised,
    ):
        extract(connection, ASKED, dict.fromkeys([2], FROM_FIRST), tmp_path)
    assert "measured@1" in str(raised.value)
    assert list((tmp_path / extracts.FOLDER).glob("*")) == []


def test_a_file_is_named_by_its_content_and_nothing_else_is_left(tmp_path: Path):
    table = extracts.extract_schema(ASKED).empty_table()
    sha256 = store_segment(table, tmp_path)
    assert store_segment(table, tmp_path) == sha256
    (file,) = (tmp_path / extracts.FOLDER).iterdir()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256


def test_a_file_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full_disk(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full_disk)
    with pytest.raises(OSError, match="No space left"):
        store_segment(extracts.extract_schema(ASKED).empty_table(), tmp_path)
    assert list((tmp_path / extracts.FOLDER).iterdir()) == []


def test_only_what_a_sheet_needs_is_kept(tmp_path: Path):
    kept = store_segment(extracts.extract_schema(ASKED).empty_table(), tmp_path)
    folder = extracts.extract_folder(tmp_path)
    (folder / f"{'0' * 64}.parquet").write_bytes(b"old")
    (folder / f"tmp{extracts.UNFINISHED}").write_bytes(b"half")
    (folder / "spill").mkdir()
    (folder / "spill" / "duckdb_temp.block").write_bytes(b"half")
    assert remove_unused(tmp_path, {kept}) == 3
    assert [path.name for path in folder.iterdir()] == [f"{kept}.parquet"]


def test_a_few_collections_of_a_large_segment_are_read_alone(tmp_path: Path):
    """Sorted rows in small groups: the statistics of a group say which collections it holds."""
    rng = np.random.default_rng(2)
    collection = rng.integers(1, 1000, 3 * extracts.ROW_GROUP)
    columns = {"collection": collection.astype("int32"), "group": ["RES"] * len(collection)}
    columns["half"] = [0] * len(collection)
    schema = extracts.extract_schema(ASKED)
    table = extracts.pa.table(
        {field.name: columns.get(field.name, [None] * len(collection)) for field in schema},
        schema=schema,
    )
    sha256 = store_segment(extracts.sorted_rows(table), tmp_path)
    groups = pq.ParquetFile(segment_path(tmp_path, sha256)).metadata
    bounds = [groups.row_group(place).column(0).statistics for place in range(3)]
    assert groups.num_row_groups == 3
    assert bounds[0].max <= bounds[1].min
    assert bounds[1].max <= bounds[2].min


def test_storing_raises_the_revision(fielded: sa.Engine):
    rng = np.random.default_rng(1)
    with database.writing(fielded) as connection:
        for chunk in generate.responses(1, 2, seed=5):
            generate.store(connection, chunk, ASKED, rng)
        revisions = connection.execute(
            sa.select(Collection.revision).order_by(Collection.id)
        ).scalars()
        assert list(revisions) == [1, 0, 0, 0, 0, 0]
