"""Files of several tables, and answers whose meaning a person gives: nothing is lost in silence."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports.profile import profiles, read_profile
from data.imports.run import preview, store
from data.imports.sources.propose import propose, write_profile
from data.imports.sources.suggest import Said, Suggestion

FIELDS = {"project": "A1", "wave": "end"}


@pytest.fixture
def engine(sqlite_engine: sa.Engine, tmp_path: Path) -> sa.Engine:
    register = tmp_path / "register.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    return sqlite_engine


def kobo(folder: Path) -> Path:
    """Three households and five visits: the sheet of repeats has more rows than the form."""
    book = openpyxl.Workbook()
    form = book.active
    form.title = "Kysely"
    form.append(["GOAL1", "RULE1", "TRUST1", "_id", "_uuid", "_submission_time", "_index"])
    for at in range(1, 4):
        form.append([at, 4, 5, at, f"u{at}", "2026-05-04T10:00:00", at])
    visits = book.create_sheet("kaynti")
    visits.append(
        ["FACIL1", "INCL1", "INFL1", "_index", "_parent_table_name", "_parent_index",
         "_submission__id", "_submission__uuid"]
    )  # fmt: skip
    for at, parent in enumerate((1, 1, 1, 2, 3), start=1):
        visits.append([at, 3, 2, at, "Kysely", parent, parent, f"u{parent}"])
    path = folder / "kobo.xlsx"
    book.save(path)
    return path


def odk(folder: Path) -> Path:
    form = "SubmissionDate,meta-instanceID,GOAL1,RULE1,TRUST1,KEY,SubmitterID,ReviewState\n"
    form += "".join(f"2026-05-04T10:00:00.000Z,uuid:{n},{n},4,5,uuid:{n},7,\n" for n in (1, 2, 3))
    visits = "FACIL1,INCL1,INFL1,PARENT_KEY,KEY\n"
    rows = ((1, 1), (1, 2), (1, 3), (2, 1), (3, 1))
    visits += "".join(
        f"{at},3,2,uuid:{parent},uuid:{parent}/kaynti[{n}]\n"
        for at, (parent, n) in enumerate(rows, start=1)
    )
    path = folder / "odk.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("kysely.csv", form)
        archive.writestr("kysely-kaynti.csv", visits)
    return path


def brought(engine: sa.Engine, path: Path, folder: Path, **said) -> tuple[Suggestion, int]:
    """The suggestion, and how many answers it stored; every row of the table is stored."""
    made = propose(engine, path, operator(), Said(fields=FIELDS, **said))
    profile = read_profile(write_profile(made, folder / f"kept{len(said)}.yaml")[0])
    seen = preview(engine, profile, path, operator())
    assert (seen.fatal, seen.rejected) == ((), 0)
    batch = store(engine, profile, path, operator())
    assert (batch.rows_read, batch.rows_stored) == (made.found.rows, made.found.rows)
    return made, batch.rows_stored


@pytest.mark.parametrize(
    ("maker", "tool", "repeats", "name"),
    [(kobo, "kobo", "kobo_repeats", "kaynti"), (odk, "odk", "odk_repeats", "kysely-kaynti.csv")],
)
def test_repeats_are_told_and_come_in_by_themselves(
    engine: sa.Engine, tmp_path: Path, maker, tool: str, repeats: str, name: str
) -> None:
    path = maker(tmp_path)
    made, rows = brought(engine, path, tmp_path)
    assert (made.found.source, rows) == (tool, 3)
    told = {question.code: question.detail for question in made.questions}
    assert told["other_tables"] == {"count": 1, "tables": f"{name} (5)"}
    again, rows = brought(engine, path, tmp_path, table=name)
    assert (again.found.source, rows) == (repeats, 5)
    assert "repeats_are_rows" in {question.code for question in again.questions}
    with database.reading(engine) as connection:
        numbers = list(connection.execute(sa.select(schema.Response.source_key)).scalars())
    # Three forms and five visits, and none of them is taken for another.
    assert (len(numbers), len(set(numbers))) == (8, 8)


def test_more_sheets_than_are_looked_at_are_told(engine: sa.Engine, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(kobo(tmp_path))
    for at in range(21):  # with the two there are 23, of which 20 are looked at
        book.create_sheet(f"S{at}").append(["a", "b"])
    held = io.BytesIO()
    book.save(held)
    path = tmp_path / "many.xlsx"
    path.write_bytes(held.getvalue())
    made = propose(engine, path, operator(), Said(fields=FIELDS))
    told = {question.code: question.detail for question in made.questions}
    assert told["tables_unlooked"] == {"count": 3}


def test_what_answers_mean_is_given_and_kept(engine: sa.Engine, tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    lines = ["GOAL1,RULE1,TRUST1", "Jees,5,4", "Joo joo,4,4", "Höh,3,4", "Jees,2,4", "?!,1,4"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    meant = {"GOAL1": {"Jees": "5", "Joo joo": "4", "Höh": "1", "?!": "missing"}}
    told = Said(fields=FIELDS, instrument="process_pulse@1")
    blind = propose(engine, path, operator(), told)
    assert "rescaled" in {question.code for question in blind.questions}
    made, _ = brought(engine, path, tmp_path, values=meant)
    assert not {"values_unknown", "rescaled"} & {question.code for question in made.questions}
    with database.reading(engine) as connection:
        said = connection.execute(sa.select(schema.Response.answers)).scalars()
        goals = sorted(json.loads(each).get("GOAL1", 0) for each in said)
    # Twice "Jees" is 5, once 4, once 1, and one that is no answer.
    assert goals == [0, 1, 4, 5, 5]
