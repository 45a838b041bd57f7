"""The same expressions on Spark: equal statistics, to the last digit."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks import generate
from data.folding.extracts import extract_schema, sorted_rows, store_segment
from data.folding.fold_engine import embedded, spark
from data.folding.statistics_fold import fold_cells, fold_languages, fold_pairs, fold_splits

pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")

PROJECTS = 5
ASKED = generate.instrument()


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 invented responses of five projects as one segment."""
    home = tmp_path_factory.mktemp("spark")
    schema = extract_schema(ASKED)
    tables = []
    for chunk in generate.responses(3_000, PROJECTS, seed=6):
        codes = {
            item.code: pa.array(chunk.codes[:, place], pa.int8(), mask=chunk.codes[:, place] == 0)
            for place, item in enumerate(ASKED.closed_items)
        }
        columns = {
            "collection": pa.array(chunk.collection, pa.int32()),
            "group": pa.array(chunk.group),
            "link_key": pa.array([key or None for key in chunk.link_key.tolist()], pa.string()),
            "half": pa.array(chunk.collection % 2, pa.int8()),
            "late": pa.array(chunk.collection % 2, pa.int8(), mask=chunk.collection % 3 == 0),
            "language": pa.array(
                [("fi", "sv", None, "fi")[place % 4] for place in range(len(chunk.collection))]
            ),
        }
        tables.append(pa.table(columns | codes, schema=schema))
    sha256 = store_segment(sorted_rows(pa.concat_tables(tables)), home)
    return home / "extracts" / f"{sha256}.parquet"


@pytest.fixture(scope="module")
def cluster():
    with warnings.catch_warnings():
        # Ibis and Spark speak of each other's and of pandas' coming changes; ours are errors.
        warnings.simplefilter("ignore")
        backend = spark()
        yield backend
        backend._session.stop()


def test_cells_are_equal(extract: Path, cluster, tmp_path: Path):
    on_duckdb = fold_cells(embedded(tmp_path), [extract], ASKED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        on_spark = fold_cells(cluster, [extract], ASKED)
    assert len(on_duckdb) == PROJECTS * 3 * 7
    pd.testing.assert_frame_equal(on_spark, on_duckdb)


def test_languages_are_equal(extract: Path, cluster, tmp_path: Path):
    cells = fold_cells(embedded(tmp_path), [extract], ASKED)
    on_duckdb = fold_languages(embedded(tmp_path), [extract], ASKED, cells)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        on_spark = fold_languages(cluster, [extract], ASKED, cells)
    assert set(on_duckdb["language"]) == {"fi", "sv"}
    pd.testing.assert_frame_equal(on_spark, on_duckdb)


def test_splits_are_equal(extract: Path, cluster, tmp_path: Path):
    on_duckdb = fold_splits(embedded(tmp_path), [extract], ASKED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        on_spark = fold_splits(cluster, [extract], ASKED)
    # Everybody of a collection is in one half of the people and of the days here.
    assert len(on_duckdb) == PROJECTS * 3
    pd.testing.assert_frame_equal(on_spark, on_duckdb)


def test_pairs_are_equal(extract: Path, cluster, tmp_path: Path):
    numbers = range(1, 3 * PROJECTS + 1)
    collections = pd.DataFrame(
        {
            "collection": list(numbers),
            "series": [str((number - 1) // 3) for number in numbers],
            "wave": [generate.WAVES[(number - 1) % 3] for number in numbers],
            "phase": ["P0" for _ in numbers],
            "extract": [0 for _ in numbers],
        }
    )
    # One project asked twice in its end wave, so a person has to be chosen from two answers.
    collections.loc[2, ["wave", "phase"]] = "end", "P6"
    on_duckdb = fold_pairs(embedded(tmp_path), [extract], ASKED, collections)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        on_spark = fold_pairs(cluster, [extract], ASKED, collections)
    assert on_duckdb[0]["people"].sum() > 1_000
    for ours, theirs in zip(on_duckdb, on_spark, strict=True):
        pd.testing.assert_frame_equal(theirs, ours)
