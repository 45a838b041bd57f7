"""``arviomo import FILE --suggest``: recognised, asked, saved, tried; nothing stored on a guess."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from dashboard.cli import program
from data import schema
from data.database import connect, migrate, reading, writing

#: Made in the shape of Microsoft Forms in Swedish, saved with ; in Windows-1252.
FORM = (
    "ID;Starttid;Slutförandetid;E-post;Namn;"
    "Jag visste vilket gemensamt mål vi arbetade mot i det här skedet.;"
    "Jag visste vad som var min uppgift.;Jag kunde dela en ofärdig tanke utan oro.\n"
    "1;2026-03-01 10:00;2026-03-01 10:07;anonymous;;Helt av samma åsikt;Kan inte säga;\n"
    "2;2026-03-02 10:00;2026-03-02 10:07;anonymous;;Delvis av annan åsikt;;Helt av annan åsikt\n"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    engine = connect(f"sqlite:///{tmp_path / 'arviomo.db'}")
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(
            sa.insert(schema.Project).values(code="A1", name_fi="Puisto", status="running")
        )
    (tmp_path / "svar.csv").write_bytes(FORM.encode("cp1252"))
    return tmp_path


def arviomo(*words: object, language: str = "fi") -> Result:
    return CliRunner().invoke(program(language), list(map(str, words)), prog_name="arviomo")


def test_a_file_is_asked_about_saved_tried_and_stored(home: Path) -> None:
    file, profile = home / "svar.csv", home / "p.yaml"
    first = arviomo("import", file, "--suggest", "--save", profile)
    assert first.exit_code == 1
    assert "Tiedosto on: Microsoft Forms" in first.output
    assert "Mitä hanketta tiedosto koskee?" in first.output
    assert "cp1252" in first.output  # the question shows how the text would read
    assert "ö" in first.output
    assert not profile.exists()
    told = ("--project", "Puisto", "--wave", "end", "--group", "RES", "--encoding", "cp1252")
    second = arviomo("import", file, "--suggest", *told, "--save", profile)
    assert second.exit_code == 0, second.output
    assert "GOAL1 ← Jag visste vilket gemensamt mål" in second.output
    assert "henkilötiedoilta näyttävät sarakkeet jätetään pois: e-post, namn" in (
        second.output.lower()
    )
    assert "luettu 2, tallennetaan 2, hylätään 0" in second.output
    engine = connect(f"sqlite:///{home / 'arviomo.db'}")
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.Response)) == 0
    stored = arviomo("import", profile, file, "--no-refresh")
    assert stored.exit_code == 0, stored.output
    with reading(engine) as connection:
        found = connection.execute(sa.select(schema.Response.answers)).scalars().all()
    assert sorted(found) == ['{"GOAL1":2,"TRUST1":1}', '{"GOAL1":5,"RULE1":-1}']


def test_a_suggestion_takes_one_file_and_an_import_takes_two(home: Path) -> None:
    assert arviomo("import", "proposals", home / "svar.csv", "--suggest").exit_code == 1
    assert arviomo("import", "proposals").exit_code == 1


def test_a_ready_profile_is_named(home: Path) -> None:
    path = home / "d.csv"
    path.write_text("code,project,due_on,made_on\nD1,A1,2026-03-01,\n", encoding="utf-8")
    told = arviomo("import", path, "--suggest", language="sv")
    assert told.exit_code == 0, told.output
    assert f"arviomo import decisions {path}" in told.output


def test_another_table_of_a_workbook_is_looked_at_by_its_name(home: Path) -> None:
    heads = FORM.splitlines()[0].split(";")[5:]
    book = openpyxl.Workbook()
    book.active.title = "Kevät"
    for at, sheet in enumerate((book.active, book.create_sheet("Syksy"))):
        sheet.append(["Tunnus", *heads])
        for number in range(3 + at):
            sheet.append([number + 1, *["Helt av samma åsikt"] * 3])
    path, profile = home / "kysely.xlsx", home / "p.yaml"
    book.save(path)
    told = ("--project", "Puisto", "--wave", "end", "--save", profile)
    first = arviomo("import", path, "--suggest", "--table", "Kevät", *told)
    assert "luettu 3, tallennetaan 3, hylätään 0" in first.output
    other = arviomo("import", path, "--suggest", "--table", "Syksy", *told)
    assert "luettu 4, tallennetaan 4, hylätään 0" in other.output
    assert "sheet: Syksy" in profile.read_text(encoding="utf-8")
    unknown = arviomo("import", path, "--suggest", "--table", "Talvi", *told)
    assert unknown.exit_code == 1
    assert "Kevät" in unknown.output
