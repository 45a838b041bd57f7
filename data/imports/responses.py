"""Checked answers into the truth: collections, responses, open answers."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from data import schema
from data.imports.findings import Findings
from data.imports.merging import merge
from data.imports.projects import Checked
from data.imports.register import Register
from data.imports.storing import Progress, insert
from data.instruments import field_instrument
from survey.instrument import MISSING, Instrument

SERIES = ["project", "wave", "phase"]


def store(
    connection: sa.Connection,
    checked: Checked,
    instrument: Instrument,
    register: Register,
    batch: int,
    progress: Progress,
) -> None:
    """Stores the responses that are new; every collection that gets any gets a new revision."""
    collection, revision = _collections(connection, checked.rows, instrument, register, batch)
    _store_invited(connection, checked.rows, collection, batch)
    fresh = ~checked.rows["known"].to_numpy(dtype=bool)
    rows, collection, revision = checked.rows[fresh], collection[fresh], revision[fresh]
    responses = pd.DataFrame(
        {
            "id": _random_ids(len(rows)),
            "collection_id": collection,
            "group_code": rows["group_code"].to_numpy(),
            "link_key": rows["link_key"].to_numpy(),
            "language": rows["language"].to_numpy(),
            "answered_on": rows["answered_on"].to_numpy(),
            "answers": _as_json(rows, instrument),
            "batch_id": batch,
            "revision": revision,
            "source_key": rows["source_key"].to_numpy(),
        }
    )
    open_answers = _open_answers(rows, responses["id"], instrument)
    # In the order of the random ids, so that the order of storing says nothing either.
    insert(connection, schema.Response, responses.sort_values("id"), progress)
    insert(connection, schema.OpenAnswer, open_answers)


def warn_of_invited(findings: Findings, rows: pd.DataFrame) -> None:
    """A remark when rows of one collection and group say different numbers of invited people."""
    said = rows.dropna(subset=["invited"])
    counts = said.groupby([*SERIES, "group_code"])["invited"].nunique()
    if (counts > 1).any():
        findings.warn("invited_differs", count=int((counts > 1).sum()))


def _collections(
    connection: sa.Connection,
    rows: pd.DataFrame,
    instrument: Instrument,
    register: Register,
    batch: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The collection of each row and its revision, which is one more than before where the row is
    new; missing collections are created."""
    version = field_instrument(connection, instrument)
    fielding = schema.Collection
    found = connection.execute(
        sa.select(fielding.project_id, fielding.wave, fielding.phase, fielding.id).where(
            fielding.instrument_version_id == version
        )
    )
    known = {(project, wave, phase): number for project, wave, phase, number in found}
    project = rows["project"].map(register.ids["project"])
    keys = pd.MultiIndex.from_arrays([project, rows["wave"], rows["phase"]])
    codes, distinct = pd.factorize(keys)
    dates = pd.Series(rows["answered_on"].to_numpy(dtype="datetime64[s]")).groupby(codes)
    opens, closes = dates.min(), dates.max()
    numbers = []
    for at, (owner, wave, phase) in enumerate(distinct):
        number = known.get((owner, wave, phase))
        if number is None:
            made = {
                "project_id": int(owner),
                "instrument_version_id": version,
                "wave": wave,
                "phase": phase,
                "opens_on": _day(opens[at]),
                "closes_on": _day(closes[at]),
                "batch_id": batch,
            }
            number = connection.execute(sa.insert(fielding).values(**made)).inserted_primary_key[0]
        numbers.append(number)
    fresh = codes[~rows["known"].to_numpy(dtype=bool)]
    bump_revisions(connection, [numbers[at] for at in np.unique(fresh)])
    now = dict(connection.execute(sa.select(fielding.id, fielding.revision)).all())
    return np.array(numbers)[codes], np.array([now[number] for number in numbers])[codes]


def bump_revisions(
    connection: sa.Connection, collections: list[int], rewritten: bool = False
) -> None:
    """Counts one change more of each collection, so that the next refresh reads what is new.

    rewritten: answers are taken away or changed, so the next refresh reads the whole collection.
    """
    fielding = schema.Collection
    values = {"revision": fielding.revision + 1}
    if rewritten:
        values["rewritten"] = fielding.revision + 1
    statement = sa.update(fielding).where(fielding.id == sa.bindparam("number")).values(**values)
    if collections:
        # In one order, so that those who hold several collections never wait for each other.
        connection.execute(statement, [{"number": int(number)} for number in sorted(collections)])


def _day(stamp):
    return None if pd.isna(stamp) else stamp.date()


def _store_invited(
    connection: sa.Connection, rows: pd.DataFrame, collection: np.ndarray, batch: int
) -> None:
    """How many were invited, where the file knows of more than was known before."""
    said = pd.DataFrame(
        {
            "collection_id": collection,
            "group_code": rows["group_code"].to_numpy(),
            "invited": rows["invited"].to_numpy(),
        }
    ).dropna()
    if said.empty:
        return
    key = ["collection_id", "group_code"]
    largest = said.groupby(key, as_index=False)["invited"].max()
    counts = np.array([int(count) for count in largest["invited"]], dtype=object)
    values = largest.assign(invited=counts)
    merge(connection, schema.CollectionGroup, values, key, ["invited"], batch, only_more=True)


def _random_ids(count: int) -> np.ndarray:
    """Random ids of 32 hexadecimal digits; they say nothing of the order of answering."""
    digits = os.urandom(16 * count).hex()
    letters = np.array([digits]).view("U32") if count else np.array([], dtype="U32")
    return letters.astype(object)


def _as_json(rows: pd.DataFrame, instrument: Instrument) -> list[str]:
    """Each response's closed answers as a JSON object; items without an answer are absent."""
    parts = []
    for item in instrument.closed_items:
        if item.code not in rows:
            continue
        said = rows[item.code].to_numpy()
        distinct, codes = np.unique(said, return_inverse=True)
        words = pa.array(
            [None if code == MISSING else f'"{item.code}":{code}' for code in distinct], pa.string()
        )
        parts.append(words.take(pa.array(codes)))
    if not parts:
        return ["{}"] * len(rows)
    joined = pc.binary_join_element_wise(*parts, ",", null_handling="skip")
    return pc.binary_join_element_wise("{", joined, "}", "").to_pylist()


def _open_answers(rows: pd.DataFrame, ids: pd.Series, instrument: Instrument) -> pd.DataFrame:
    found = [
        pd.DataFrame({"response_id": ids.to_numpy(), "item": item.code, "text": rows[item.code]})
        for item in instrument.open_items
        if item.code in rows
    ]
    if not found:
        return pd.DataFrame(columns=["response_id", "item", "text"])
    return pd.concat(found).dropna(subset=["text"]).sort_values("response_id")
