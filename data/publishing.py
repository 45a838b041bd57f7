"""Publishing: one transaction that sets a new sheet, its findings and its segments in place.

Whoever reads sees the sheet of before or the sheet of after. Figures go in as the database takes
them fastest, in the order of their key.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from pandas.api.types import union_categoricals
from pyarrow import csv
from sqlalchemy.dialects import sqlite

from data.schema import (
    Collection,
    Figure,
    Finding,
    Project,
    Revision,
    Segment,
    SegmentMember,
)
from data.segments import Folded
from metrics.metric import KEYS, RESULT_VALUES, Profile, Results

#: Sheets that stay readable: the current one, and two for pages that were opened before it.
KEPT = 3

#: Figures that one statement of SQLite stores.
AT_ONCE = 50

COLUMNS = [column.name for column in Figure.__table__.columns]
KEY = [
    column.name for column in Figure.__table__.primary_key.columns if column.name != "revision_id"
]
WORDS = (*(name for name in KEY if name != "entity"), "state", "method", "reason")


class Overtaken(Exception):
    """Another refresh published while this one was judging; what was read is out of date."""


@dataclass(frozen=True)
class Sheet:
    """Everything that one revision says: figures and findings of both profiles, and its sources.

    findings: profile -> project, code, weight, detail. seen: the latest revision when the truth
    was read. metrics: version by id.
    """

    results: list[Results]
    findings: dict[Profile, pd.DataFrame]
    folded: list[Folded]
    seen: int | None
    code_version: str
    inputs_sha256: str
    inputs: Mapping[str, Any]
    metrics: Mapping[str, int]


def publish(connection: sa.Connection, sheet: Sheet) -> tuple[int, int]:
    """The number of the new revision and how many figures it has. Call it while writing.

    Raises: Overtaken when somebody else published since the sheet's truth was read.
    """
    latest = connection.execute(sa.select(sa.func.max(Revision.id))).scalar()
    if latest != sheet.seen:
        raise Overtaken(f"revision {latest} was published meanwhile; read the truth again")
    revision = connection.execute(
        sa.insert(Revision)
        .values(
            published_at=datetime.now(UTC).replace(tzinfo=None),
            code_version=sheet.code_version,
            inputs_sha256=sheet.inputs_sha256,
            inputs=orjson.dumps(sheet.inputs, option=orjson.OPT_SORT_KEYS).decode(),
            metrics=orjson.dumps(sheet.metrics, option=orjson.OPT_SORT_KEYS).decode(),
        )
        .returning(Revision.id)
    ).scalar_one()
    figures = _store_figures(connection, revision, sheet.results)
    _store_findings(connection, revision, sheet.findings)
    _store_segments(connection, sheet.folded)
    return revision, figures


def prune(connection: sa.Connection) -> None:
    """Nothing; figures and findings of old sheets are gone. Their revisions stay, as history.

    Apart from `publish`, so that writers wait for the one and then for the other.
    """
    newest = sa.select(Revision.id).order_by(Revision.id.desc()).limit(KEPT)
    oldest = min(connection.execute(newest).scalars())
    for table in (Figure, Finding):
        connection.execute(sa.delete(table).where(table.revision_id < oldest))


def count_figures(connection: sa.Connection, revision: int) -> int:
    """How many figures a revision has, both profiles together."""
    return connection.execute(
        sa.select(sa.func.count()).select_from(Figure).where(Figure.revision_id == revision)
    ).scalar_one()


def files_in_use(connection: sa.Connection) -> set[str]:
    """The hashes of every file that a published segment needs."""
    rows = connection.execute(sa.select(Segment.extract_sha256, Segment.statistics_sha256))
    return {sha256 for row in rows for sha256 in row}


# --- figures ------------------------------------------------------------------------------------


def _store_figures(connection: sa.Connection, revision: int, results: Sequence[Results]) -> int:
    columns = _figure_columns([result for result in results if len(result.frame)])
    if not columns:
        return 0
    columns["revision_id"] = np.full(len(columns["entity"]), revision)
    if connection.dialect.name == "postgresql":
        _copy_figures(connection, columns)
    else:
        _insert_figures(connection, columns)
    return len(columns["entity"])


def _figure_columns(results: Sequence[Results]) -> dict[str, np.ndarray | pd.Categorical]:
    """Every column of all figures, in the order of the table's key."""
    if not results:
        return {}
    columns: dict[str, np.ndarray | pd.Categorical] = {
        "metric": _repeated([(result.metric.id, len(result.frame)) for result in results]),
        "profile": _repeated([(result.profile.value, len(result.frame)) for result in results]),
    }
    for name in (*KEYS, *RESULT_VALUES):
        given = [result.frame[name] for result in results]
        columns[name] = _words(given) if name in WORDS else _numbers(given)
    order = _key_order(columns)
    return {name: column.take(order) for name, column in columns.items()}


def _repeated(runs: Sequence[tuple[str, int]]) -> pd.Categorical:
    names = sorted({name for name, _ in runs})
    codes = [names.index(name) for name, _ in runs]
    return pd.Categorical.from_codes(np.repeat(codes, [count for _, count in runs]), names)


def _words(columns: Sequence[pd.Series]) -> pd.Categorical:
    """One categorical, its categories in the order of the alphabet; absent words stay absent."""
    given = [
        pd.Categorical(column.array.rename_categories(column.cat.categories.astype("str")))
        if isinstance(column.dtype, pd.CategoricalDtype)
        else pd.Categorical(column.astype("str"))
        for column in columns
    ]
    return union_categoricals(given, sort_categories=True, ignore_order=True)


def _numbers(columns: Sequence[pd.Series]) -> np.ndarray:
    """Numbers as they are where all are there, else floats with NaN, which is stored as NULL."""
    whole = pd.concat(columns, ignore_index=True)
    if whole.isna().any():
        return whole.to_numpy(dtype="float64", na_value=np.nan)
    return whole.to_numpy()


def _key_order(columns: Mapping[str, np.ndarray | pd.Categorical]) -> np.ndarray:
    """The order of the table's key, from one whole number a figure: rows are then appended."""
    packed = np.zeros(len(columns["entity"]), dtype=np.int64)
    for name in KEY:
        column = columns[name]
        if isinstance(column, pd.Categorical):
            packed = packed * len(column.categories) + column.codes
        else:
            packed = packed * (int(column.max()) + 1) + column
    return np.argsort(packed, kind="stable")


def _insert_figures(connection: sa.Connection, columns: Mapping[str, Any]) -> None:
    """Rows by fifties: SQLite spends as much on starting a statement as on a few rows."""
    count = len(columns["entity"])
    cells = np.empty((count, len(COLUMNS)), dtype=object)
    for place, name in enumerate(COLUMNS):
        # A NaN is bound as NULL, and a whole float in a column of integers is stored as integer.
        column = columns[name]
        cells[:, place] = (
            np.append(column.categories.astype(object), None)[column.codes]
            if isinstance(column, pd.Categorical)
            else column.astype(object)
        )
    whole = count // AT_ONCE * AT_ONCE
    cursor = connection.connection.cursor()
    many = cells[:whole].reshape(-1, AT_ONCE * len(COLUMNS))
    cursor.executemany(_insert_statement(AT_ONCE), many.tolist())
    cursor.executemany(_insert_statement(1), cells[whole:].tolist())
    cursor.close()


def _insert_statement(rows: int) -> str:
    return str(
        sa.insert(Figure)
        .values([{name: sa.bindparam(f"{name}_{row}") for name in COLUMNS} for row in range(rows)])
        .compile(dialect=sqlite.dialect(paramstyle="qmark"))
    )


def _copy_figures(connection: sa.Connection, columns: Mapping[str, Any]) -> None:
    """All rows as one CSV: an absent value is an empty cell, an empty text a quoted one."""
    whole = {column.name for column in Figure.__table__.columns if type(column.type) is sa.Integer}
    arrays = {}
    for name in COLUMNS:
        column = columns[name]
        if isinstance(column, pd.Categorical):
            column = column.astype("str")
        array = pa.array(column, from_pandas=True)
        arrays[name] = array.cast(pa.int64()) if name in whole else array
    text = io.BytesIO()
    csv.write_csv(pa.table(arrays), text, csv.WriteOptions(include_header=False))
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY figure ({', '.join(COLUMNS)}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(text.getbuffer())
    cursor.close()


# --- what a sheet brings with it ----------------------------------------------------------------


def _store_findings(
    connection: sa.Connection, revision: int, findings: Mapping[Profile, pd.DataFrame]
) -> None:
    # A project may have been deleted since the truth was read.
    projects = set(connection.execute(sa.select(Project.id)).scalars())
    rows = [
        {
            "revision_id": revision,
            "profile": profile.value,
            "project_id": int(found.project),
            "code": found.code,
            "weight": int(found.weight),
            "detail": _json(found.detail),
        }
        for profile, frame in findings.items()
        for found in frame.itertuples(index=False)
        if found.project in projects
    ]
    if rows:
        connection.execute(sa.insert(Finding), rows)


def _json(detail: object) -> str:
    return detail if isinstance(detail, str) else orjson.dumps(detail).decode()


def _store_segments(connection: sa.Connection, folded: Sequence[Folded]) -> None:
    """The segments of this sheet, and no others: what none of them holds is not held."""
    kept = [segment.id for segment in folded if segment.id is not None]
    connection.execute(sa.delete(SegmentMember))
    connection.execute(sa.delete(Segment).where(Segment.id.not_in(kept)))
    collections = set(connection.execute(sa.select(Collection.id)).scalars())
    for segment in folded:
        number = (
            segment.id
            or connection.execute(
                sa.insert(Segment)
                .values(
                    instrument=segment.instrument,
                    extract_sha256=segment.extract_sha256,
                    statistics_sha256=segment.statistics_sha256,
                    rows=segment.rows,
                )
                .returning(Segment.id)
            ).scalar_one()
        )
        members = [
            {"collection_id": collection, "segment_id": number, "revision": revision}
            for collection, revision in segment.members.items()
            if collection in collections
        ]
        if members:
            connection.execute(sa.insert(SegmentMember), members)
