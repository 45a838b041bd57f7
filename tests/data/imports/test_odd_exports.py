"""An odd export of a listed tool comes in without a change of code, and is taken back whole."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports.profile import profiles, read_profile
from data.imports.run import preview, store
from data.imports.sources.personal import personal_name
from data.imports.sources.propose import propose, write_profile
from data.imports.sources.suggest import Said
from data.imports.undo import undo
from tests.data.imports.exported import STORED
from tests.data.imports.odd_exports import ODD

#: Those that taught something: their headings or clocks were once not understood.
BY_DAY = ("webropol merged", "surveymonkey names", "google swedish", "kobo nested")


@pytest.mark.parametrize(
    "case", [c if c in BY_DAY else pytest.param(c, marks=pytest.mark.nightly) for c in ODD]
)
def test_an_odd_export_is_recognised_brought_and_taken_back(
    sqlite_engine: sa.Engine, tmp_path: Path, case: str
) -> None:
    register = tmp_path / "register.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    tool, maker, day, personal = ODD[case]
    path, fields = maker(tmp_path), {"project": "A1", "wave": "end"}
    made = propose(sqlite_engine, path, operator(), Said(fields=fields))
    encoding = [asked for asked in made.questions if asked.code == "which_encoding"]
    if encoding:
        said = Said(fields=fields, encoding=encoding[0].detail["encoding"])
        made = propose(sqlite_engine, path, operator(), said)
    assert (made.found.source, made.found.rows) == (tool, 4)
    assert made.body["instrument"] == "process_pulse@1"
    assert personal <= set(made.personal)
    profile = read_profile(write_profile(made, tmp_path / "kept.yaml")[0])
    seen = preview(sqlite_engine, profile, path, operator())
    assert (seen.fatal, seen.rows_read, seen.storable) == ((), 4, 4)
    batch = store(sqlite_engine, profile, path, operator())
    answer = schema.Response
    with database.reading(sqlite_engine) as connection:
        rows = connection.execute(sa.select(answer.answers, answer.answered_on)).all()
    assert sorted((json.loads(row.answers) for row in rows), key=str) == sorted(STORED, key=str)
    assert min(row.answered_on for row in rows) == date.fromisoformat(day)
    undo(sqlite_engine, batch.id, operator())
    with database.reading(sqlite_engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(answer)) == 0


@pytest.mark.parametrize(
    ("header", "personal"),
    [
        ("Vastaajan tiedot [Nimi]", True),
        ("Vastaaja [Sähköposti]", True),
        # A statement of a grid may speak of names and places without asking for one.
        ("Kuinka tärkeä [Nimi]", False),
        ("How important is each? [Location]", False),
    ],
)
def test_a_name_under_a_merged_heading_is_personal(header: str, personal: bool) -> None:
    assert bool(personal_name(header)) is personal
