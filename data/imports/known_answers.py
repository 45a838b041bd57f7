"""Answers that came before: known by the number that the survey tool gave them."""

from __future__ import annotations

import numpy as np
import orjson
import pandas as pd
import sqlalchemy as sa

from data import schema
from data.imports.columns import Columns
from survey.instrument import Instrument

#: More projects than this are not listed in a query; then all of them are read.
MANY = 500
#: Stored answers that are compared at a time.
TOGETHER = 5_000

_WHOSE = ["project", "wave", "phase"]
_STORED = " stored"


def known(
    columns: Columns, rows: pd.DataFrame, connection: sa.Connection, instrument: Instrument
) -> np.ndarray:
    """Which responses are stored already.

    Rejects rows whose number is stored with other answers: two forms of one wave that each count
    from one would else lose the people of the second.
    """
    keys = rows["source_key"].to_numpy(dtype=object)
    label = columns.label("response_id")
    whose = rows[[*_WHOSE, "source_key"]]
    given = ~pd.isna(keys)
    again = whose.duplicated().to_numpy() & given
    first = columns.first_row(pd.factorize(pd.MultiIndex.from_frame(whose))[0])
    columns.findings.add("repeated_record", again, label, first=first)
    projects = set(rows["project"][given].dropna())
    stored = stored_keys(connection, instrument, projects, "source_key") if projects else []
    if not stored:
        return np.zeros(len(rows), dtype=bool)
    found = pd.MultiIndex.from_frame(whose).isin(stored) & given & ~columns.findings.rejected
    otherwise = _answered_otherwise(rows, found, connection, instrument)
    columns.findings.add("number_of_another", otherwise, label, columns.text("response_id", 500))
    found &= ~otherwise
    if found.any():
        columns.findings.warn("answers_known", count=int(found.sum()))
    return found


def stored_keys(
    connection: sa.Connection, instrument: Instrument, projects: set[str], name: str
) -> list[tuple]:
    """Who has answered already: project, wave, phase and key.

    name: the column of the key, by which a person or a response is known.
    """
    fielding = schema.Collection
    key = getattr(schema.Response, name)
    query = sa.select(schema.Project.code, fielding.wave, fielding.phase, key)
    query = _of_instrument(query, instrument).where(key.is_not(None))
    if len(projects) <= MANY:
        query = query.where(schema.Project.code.in_(projects))
    return [tuple(row) for row in connection.execute(query)]


def _of_instrument(query: sa.Select, instrument: Instrument) -> sa.Select:
    fielding, version = schema.Collection, schema.InstrumentVersion
    return (
        query.select_from(schema.Response)
        .join(fielding, fielding.id == schema.Response.collection_id)
        .join(schema.Project, schema.Project.id == fielding.project_id)
        .join(version, version.id == fielding.instrument_version_id)
        .where(version.code == instrument.code, version.version == instrument.version)
    )


def _answered_otherwise(
    rows: pd.DataFrame, found: np.ndarray, connection: sa.Connection, instrument: Instrument
) -> np.ndarray:
    """Rows that say something else than the response that is stored under their number."""
    marks = np.zeros(len(rows), dtype=bool)
    closed = [item.code for item in instrument.closed_items if item.code in rows]
    places = np.flatnonzero(found)
    for start in range(0, len(places), TOGETHER):
        at = places[start : start + TOGETHER]
        here = rows.iloc[at][[*_WHOSE, "source_key", *closed]]
        there = _stored(connection, instrument, here["source_key"].tolist())
        both = here.merge(there, on=[*_WHOSE, "source_key"], how="left")
        for code in closed:
            if f"{code}{_STORED}" in both:
                stored = both[f"{code}{_STORED}"]
                marks[at] |= (stored.notna() & (stored != both[code])).to_numpy()
    return marks


def _stored(connection: sa.Connection, instrument: Instrument, keys: list[str]) -> pd.DataFrame:
    """Responses by project, wave, phase and source_key, with the code of each item given."""
    fielding, answer = schema.Collection, schema.Response
    query = sa.select(
        schema.Project.code, fielding.wave, fielding.phase, answer.source_key, answer.answers
    )
    query = _of_instrument(query, instrument).where(answer.source_key.in_(keys))
    named = [*_WHOSE, "source_key", "said"]
    found = pd.DataFrame(connection.execute(query).all(), columns=named)
    said = pd.DataFrame(orjson.loads(f"[{','.join(found.pop('said'))}]"))
    return found.join(said.add_suffix(_STORED)).drop_duplicates([*_WHOSE, "source_key"])
