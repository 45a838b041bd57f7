"""Two forms of one wave, each in a file of its own, meet in one collection and lose nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports.profile import profiles, read_profile
from data.imports.run import preview, store
from data.imports.sources.propose import propose, write_profile
from data.imports.sources.suggest import Said
from data.imports.undo import undo
from tests.data.imports.exported import as_csv
from tests.data.imports.odd_exports import answers, questions

FIELDS = {"project": "A1", "wave": "end", "group": "RES"}
HEADS = {
    "fi": ["ID", "Aloitusaika", "Valmistumisaika", "Sähköposti", "Nimi"],
    "sv": ["ID", "Starttid", "Slutförandetid", "E-post", "Namn"],
}


@pytest.fixture
def register(sqlite_engine: sa.Engine, tmp_path: Path) -> sa.Engine:
    file = tmp_path / "register.csv"
    file.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], file, operator())
    return sqlite_engine


def form(folder: Path, language: str, people: list[int]) -> Path:
    """An export of Microsoft Forms, which counts the answers of each form from one."""
    rows = [[*HEADS[language], *questions(language)]]
    for number, at in enumerate(people, 1):
        times = [f"{number}/3/2026 10:15:00", f"{number}/3/2026 10:25:00"]
        rows.append([number, *times, "anonymous", "", *answers(language, at)])
    path = folder / f"{language}.csv"
    path.write_text(as_csv(rows), encoding="utf-8")
    return path


def bring(engine: sa.Engine, path: Path, **more) -> int:
    """The number of the batch of a file that is brought in as suggested."""
    made = propose(engine, path, operator(), Said(fields=FIELDS))
    assert made.body["instrument"] == "process_pulse@1"
    made.body.update(more)
    return store(engine, kept(made, path), path, operator()).id


def kept(made, path: Path):
    return read_profile(write_profile(made, path.with_suffix(".yaml"))[0])


def stored(engine: sa.Engine) -> list[tuple[int, dict]]:
    answer = schema.Response
    with database.reading(engine) as connection:
        rows = connection.execute(sa.select(answer.collection_id, answer.answers)).all()
    return [(row.collection_id, json.loads(row.answers)) for row in rows]


def test_two_languages_meet_in_one_collection_and_lose_nobody(register, tmp_path):
    finnish, swedish = form(tmp_path, "fi", [0, 1, 2]), form(tmp_path, "sv", [3, 2])
    bring(register, finnish)
    batch = bring(register, swedish)
    found = stored(register)
    assert len(found) == 5
    assert len({collection for collection, _ in found}) == 1
    # What the same person says in either language is the same.
    said = [json.dumps(each, sort_keys=True) for _, each in found]
    assert len(set(said)) == 4
    # A later export of one form brings what is new in it, and touches nobody of the other.
    bring(register, form(tmp_path, "sv", [3, 2, 1]))
    assert len(stored(register)) == 6
    undo(register, batch, operator())
    assert len(stored(register)) == 4


def test_the_same_numbers_with_other_answers_are_refused_until_the_form_has_a_name(
    register, tmp_path
):
    bring(register, form(tmp_path, "fi", [0, 1]))
    path = form(tmp_path, "fi", [0, 2, 3])
    made = propose(register, path, operator(), Said(fields=FIELDS))
    seen = preview(register, kept(made, path), path, operator())
    assert [(p.code, p.row, p.value) for p in seen.problems] == [("number_of_another", 3, "2")]
    assert {w.code for w in seen.warnings} >= {"answers_known"}
    bring(register, path, form="paperi")
    assert len(stored(register)) == 5
