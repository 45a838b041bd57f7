"""Releases from the command line: made, handed out, verified elsewhere and here, keys changed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dashboard.cli import program
from data import access, database, schema
from data.releases import content
from tests.data import released

DAYS = ("2025-01-01", "2025-12-31")
BY = ("--by", "i", "Arvioija")


@pytest.fixture
def house(sqlite_engine, tmp_path, monkeypatch) -> Path:
    """A home with a database in which values are approved; Arvioija is an evaluator."""
    released.fill(sqlite_engine, tmp_path)
    with database.writing(sqlite_engine) as connection:
        for subject, role in (("Arvioija", "evaluator"), ("Ohjaus", "steering")):
            user = sa.select(schema.AppUser.id).where(schema.AppUser.subject == subject)
            grant = {"user_id": connection.scalar(user), "role": role}
            connection.execute(sa.insert(schema.UserGrant), grant)
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    return tmp_path


def arviomo(*words, language="en", answer=None):
    return CliRunner().invoke(program(language), list(words), input=answer, prog_name="arviomo")


def released_in(house: Path, *words: str) -> Path:
    """A folder with a release, as an auditor gets it."""
    folder = house / "auditor"
    said = arviomo("release", "f1", *DAYS, *BY, "--out", str(folder), *words)
    assert said.exit_code == 0, said.output
    return folder


def edit(house: Path, statement: sa.Update | sa.Delete) -> None:
    with database.writing(database.connect(f"sqlite:///{house / 'arviomo.db'}")) as connection:
        connection.execute(statement)


# --- releasing ----------------------------------------------------------------------------------


def test_what_an_auditor_gets_is_verified_without_us(house, tmp_path_factory):
    folder = released_in(house)
    assert sorted(path.name for path in folder.iterdir()) == [
        "public.key", "release-1.json", "verify_release.py",
    ]  # fmt: skip
    command = [sys.executable, "-I", "-S", "verify_release.py", "release-1.json", "public.key"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("release-1.json: valid: ")


def test_it_says_what_was_locked_and_what_waits(house):
    said = arviomo("release", "f1", *DAYS, *BY, language="fi")
    assert said.exit_code == 0, said.output
    assert "Julkistus 1: 5 lukua lukittu, 2 odottaa eikä ole mukana." in said.output
    with database.reading(database.connect(f"sqlite:///{house / 'arviomo.db'}")) as connection:
        by = connection.scalar(sa.select(schema.Release.released_by))
        assert access.user_numbered(connection, by).name == "Arvioija"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("f9", *DAYS, *BY), "f9"),
        (("f1", "2025-01-01", "tomorrow", *BY), "tomorrow is not a day"),
        (("f1", "2025-12-31", "2025-01-01", *BY), "Swap the days"),
        (("f1", "2020-01-01", "2020-12-31", *BY), "No reporting period lies wholly between"),
        (("f2", *DAYS, *BY), "No reporting period lies wholly between"),
        (("f1", *DAYS, "--by", "i", "Ohjaus"), "Only an evaluator or administrator"),
        (("f1", *DAYS, "--by", "i", "Nobody"), "user"),
        (("f1", *DAYS, *BY, "--project", "p9"), "p9"),
        (("f1", *DAYS, *BY, "--project", "p3"), "No reporting period lies wholly between"),
    ],
)
def test_what_cannot_be_released_is_refused_with_the_remedy(house, words, said):
    done = arviomo("release", *words)
    assert done.exit_code == 1
    assert said in done.output
    engine = database.connect(f"sqlite:///{house / 'arviomo.db'}")
    with database.reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count(schema.Release.id))) == 0
    assert "locked" not in released.statuses(engine).values()


def test_a_second_release_needs_something_new_and_a_reason(house):
    released_in(house)
    again = arviomo("release", "f1", *DAYS, *BY)
    assert (again.exit_code, "Release 1 holds these figures already" in again.output) == (1, True)
    engine = database.connect(f"sqlite:///{house / 'arviomo.db'}")
    hand = sa.select(schema.ReportedValue.id).where(
        schema.ReportedValue.basis == "entered", schema.ReportedValue.status == "locked"
    )
    with database.reading(engine) as connection:
        number = connection.scalar(hand)
    released.corrected(engine, number, 6)
    assert "--reason" in arviomo("release", "f1", *DAYS, *BY).output
    assert arviomo("release", "f1", *DAYS, *BY, "--reason", "One was missing.").exit_code == 0
    stored = arviomo("verify")
    assert (stored.exit_code, "The stored releases (2)" in stored.output) == (0, True)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_an_exposed_key_signs_nothing(house, language):
    arviomo("release-key")
    (house / "release_key").chmod(0o644)
    said = arviomo("release", "f1", *DAYS, *BY, language=language)
    assert said.exit_code == 1
    assert "chmod 600" in said.output
    assert (
        "locked"
        not in released.statuses(database.connect(f"sqlite:///{house / 'arviomo.db'}")).values()
    )


# --- with published figures ---------------------------------------------------------------------


@pytest.fixture
def portfolio(sample_home, tmp_path, monkeypatch) -> Path:
    """The sample portfolio, published, in a home of its own."""
    shutil.copytree(sample_home / "demo", tmp_path / "portfolio")
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path / "portfolio"))
    return tmp_path / "portfolio"


WHOLE = (
    "release", "eakr-uudenmaan-liitto", "2022-01-01", "2027-12-31", "--by", access.SAMPLE_ISSUER,
    "evaluator",
)  # fmt: skip


def populations(house: Path) -> int:
    engine = database.connect(f"sqlite:///{house / 'arviomo.db'}")
    with database.reading(engine) as connection:
        table = schema.ReleasedPopulation
        return connection.scalar(sa.select(sa.func.count(table.id)))


def test_published_figures_go_along_as_the_public_sees_them_and_are_registered(portfolio):
    assert populations(portfolio) == 0
    folder = portfolio / "auditor"
    done = arviomo(*WHOLE, "--out", str(folder))
    assert done.exit_code == 0, done.output
    # The sample's two releases of one project and the correction of one came first.
    file = folder / "release-4.json"
    figures = json.loads(file.read_bytes())["release"]["figures"]
    at = {name: figures[0]["columns"].index(name) for name in ("state", "value", "low", "n")}
    rows = [row for each in figures for row in each["rows"]]
    hidden = [row for row in rows if row[at["state"]] == "suppressed"]
    shown = [row for row in rows if row[at["state"]] == "value"]
    assert len(shown) > 1000
    assert hidden
    assert {row[at[name]] for row in hidden for name in ("value", "low", "n")} == {None}
    assert populations(portfolio) > 10
    again = arviomo("verify", str(file))
    assert again.exit_code == 0, again.output
    assert "Every figure came out the same again." in again.output
    assert "The stored releases (4)" in arviomo("verify").output


def test_figures_of_almost_the_same_people_are_refused_and_the_rest_may_go(portfolio):
    assert arviomo("export", str(portfolio / "figures.csv"), "--public").exit_code == 0
    table = schema.ReleasedPopulation
    engine = database.connect(f"sqlite:///{portfolio / 'arviomo.db'}")
    with database.reading(engine) as connection:
        funded = sa.select(schema.IndicatorTarget.project_id)
        which = (table.split == "total", table.people > 30, table.project_id.in_(funded))
        row = connection.execute(sa.select(table.__table__).where(*which).limit(1)).one()
    cells = json.loads(row.cells)
    cells[max(cells, key=cells.get)] -= 3  # as if three people fewer had been spoken of
    changed = {"cells": json.dumps(cells), "people": row.people - 3}
    edit(portfolio, sa.update(table).where(table.id == row.id).values(changed))
    refused = arviomo(*WHOLE)
    assert (refused.exit_code, "--without-figures" in refused.output) == (1, True)
    assert "locked" in released.statuses(engine).values()  # those of the sample's own releases
    assert arviomo(*WHOLE, "--without-figures").exit_code == 0


def test_without_extracts_nobody_can_tell_whom_the_figures_are_about(portfolio):
    for path in (portfolio / "extracts").glob("*.parquet"):
        path.unlink()
    refused = arviomo(*WHOLE)
    assert (refused.exit_code, "Run arviomo refresh" in refused.output) == (1, True)


# --- verifying ----------------------------------------------------------------------------------


def content_of(folder) -> dict:
    return json.loads((folder / "release-1.json").read_bytes())["release"]


def test_with_a_key_the_file_alone_is_checked(house, monkeypatch, tmp_path_factory):
    folder = released_in(house)
    # No database: an empty home, whose tables would be refused.
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path_factory.mktemp("elsewhere")))
    file, key = str(folder / "release-1.json"), str(folder / "public.key")
    done = arviomo("verify", file, "--key", key, language="sv")
    assert done.exit_code == 0, done.output
    assert "release-1.json: giltig: " in done.output
    content = (folder / "release-1.json").read_bytes()
    (folder / "release-1.json").write_bytes(content.replace(b'"value":"3"', b'"value":"7"'))
    wrong = arviomo("verify", file, "--key", key)
    assert wrong.exit_code == 1
    assert "the record is not the one that was sealed: values[" in wrong.output
    (folder / "public.key").write_text("00" * 32 + "\n", encoding="utf-8")
    (folder / "release-1.json").write_bytes(content)
    assert "the key is not in the file" in arviomo("verify", file, "--key", key).output


def test_with_the_database_every_figure_is_made_again(house, monkeypatch):
    folder = released_in(house)
    file = str(folder / "release-1.json")
    done = arviomo("verify", file)
    assert done.exit_code == 0, done.output
    assert "Every figure came out the same again." in done.output
    link = schema.EventOrganisation
    edit(house, sa.delete(link).where(link.event_id == 1, link.organisation_id == 2))
    changed = arviomo("verify", file)
    assert changed.exit_code == 1
    assert "valid" in changed.output
    assert ".value: released as 2, counted from the records now 1" in changed.output
    assert "version" not in changed.output  # the same one made it
    monkeypatch.setattr(content, "software", lambda: "9.9.9+other")
    later = arviomo("verify", file)
    assert f"made by version {content_of(folder)['software']} of the program" in later.output
    assert "this is 9.9.9+other" in later.output


def test_an_edited_row_is_found_by_checking_what_is_stored(house):
    released_in(house)
    assert arviomo("verify").exit_code == 0
    value = schema.ReportedValue
    edit(house, sa.update(value).where(value.value == 3).values(method_note="Toinen."))
    found = arviomo("verify", language="fi")
    assert found.exit_code == 1
    assert "lukittua lukua tai sen perusteita on muutettu: values[" in found.output
    assert "].method_note" in found.output


def test_without_any_release_there_is_nothing_to_check_with(house, tmp_path):
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    said = arviomo("verify", str(tmp_path / "x.json"))
    assert (said.exit_code, "--key" in said.output) == (1, True)


# --- keys ---------------------------------------------------------------------------------------


def test_a_rotated_key_keeps_the_old_one_in_the_file(house):
    folder = released_in(house)
    first = arviomo("release-key").output
    assert first == (folder / "public.key").read_text(encoding="utf-8")
    assert arviomo("release-key", "--rotate", answer="n\n").exit_code == 1
    assert arviomo("release-key").output == first
    both = arviomo("release-key", "--rotate", "--yes").output
    assert both.startswith(first)
    # The old key, how it ended, the one release that it had signed, and the new key.
    words = [line.split()[0] for line in both.splitlines()]
    assert words[1:3] == ["retired", "signed"]
    assert len(words) == 4
    assert arviomo("verify", str(folder / "release-1.json")).exit_code == 0
    assert "compromised" in arviomo("release-key", "--compromised", "--yes").output
    head = json.loads((folder / "release-1.json").read_bytes())["sha256"]
    assert f"Hash of the newest: {head}" in arviomo("verify").output


def test_a_torn_file_of_keys_is_said_to_be_torn(house):
    folder = released_in(house)
    (folder / "public.key").write_text("x\n", encoding="utf-8")
    said = arviomo("verify", str(folder / "release-1.json"), "--key", str(folder / "public.key"))
    assert (said.exit_code, "the file of keys is not whole" in said.output) == (1, True)
    (house / "release_keys.public").write_text("x\n", encoding="utf-8")
    for words in (("verify",), ("verify", str(folder / "release-1.json")), ("release-key",)):
        said = arviomo(*words)
        assert (said.exit_code, "is not whole" in said.output) == (1, True), said.output


# --- again --------------------------------------------------------------------------------------


def test_a_stored_release_is_written_again_byte_for_byte(house):
    document = (released_in(house) / "release-1.json").read_bytes()
    file, folder = house / "again.json", house / "anew"
    assert arviomo("release", "--again", "1", "--out", str(file)).exit_code == 0
    assert file.read_bytes() == document
    assert arviomo("release", "--again", "1", "--out", str(folder)).exit_code == 0
    assert (folder / "release-1.json").read_bytes() == document
    assert len(list(folder.iterdir())) == 3
    for words, said in (
        (("--again", "9", "--out", str(file)), "There is no release 9"),
        (("--again", "1"), "--out"),
        (("f1",), "--again"),
    ):
        refused = arviomo("release", *words)
        assert (refused.exit_code, said in refused.output) == (1, True), refused.output
    table = schema.Release
    edit(house, sa.update(table).values(document=document.decode().replace('"3"', '"4"')))
    broken = arviomo("release", "--again", "1", "--out", str(file))
    assert (broken.exit_code, "is not the one that was signed" in broken.output) == (1, True)
    assert file.read_bytes() == document


# --- killed -------------------------------------------------------------------------------------


KILLED = """
import os, sys
from pathlib import Path
replace = Path.replace
def killed(self, target):
    if Path(target).name == sys.argv[1]:
        os._exit(9)
    return replace(self, target)
Path.replace = killed
from dashboard.cli import program
program("en")(sys.argv[2:])
"""


def test_who_is_killed_while_a_release_is_written_leaves_none_that_is_half(house):
    folder = house / "auditor"
    words = ["release", "f1", *DAYS, *BY, "--out", str(folder)]
    command = [sys.executable, "-c", KILLED, "release-1.json", *words]
    assert subprocess.run(command, capture_output=True).returncode == 9
    assert not (folder / "release-1.json").exists()
    # What was frozen is stored, and is written again.
    again = arviomo("release", "--again", "1", "--out", str(folder))
    assert again.exit_code == 0, again.output
    file, key = str(folder / "release-1.json"), str(folder / "public.key")
    assert arviomo("verify", file, "--key", key).exit_code == 0
