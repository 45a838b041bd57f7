"""People's rights, dates and copies from the command line, in three languages."""

from __future__ import annotations

import errno
import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dashboard import server
from dashboard.cli import program
from data import database, schema, sheets
from data.keeping import marks, overwriting
from tests.data.asked import answer, invited, opened


@pytest.fixture
def house(sqlite_engine, tmp_path, monkeypatch):
    """A home with one person's joined answers in a project, and another's."""
    number = opened(sqlite_engine, link="personal", joined=True)
    for token in invited(sqlite_engine, tmp_path, number, 2):
        answer(sqlite_engine, tmp_path, token)
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    monkeypatch.setenv("ARVIOMO_BACKUP_PASSPHRASE", "yhdeksän hyvää kissaa")
    return tmp_path


def arviomo(*words, language="en", answer=None):
    return CliRunner().invoke(program(language), list(words), input=answer, prog_name="arviomo")


def test_a_person_is_told_erased_and_stays_erased_after_an_older_copy(house, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    told = arviomo("subject-access", "person-0", "--json")
    assert len(json.loads(told.output)["records"]["response"]) == 1
    assert "Vad".lower() not in arviomo("subject-access", "nobody", language="sv").stdout.lower()
    heading = {"fi": "Mitä sinusta on tallessa", "sv": "Det här finns sparat om dig",
               "en": "What is held of you"}  # fmt: skip
    for language, words in heading.items():
        read = arviomo("subject-access", "person-0", language=language)
        assert (read.exit_code, words in read.output) == (0, True), read.output
    copy = str(outside / "a.backup")
    assert arviomo("backup", copy).exit_code == 0
    assert arviomo("erase", "person-0", answer="n\n").exit_code == 1
    assert arviomo("erase", "-", "--yes", answer="person-0\n").exit_code == 0
    assert arviomo("erase", "person-0", "--yes").exit_code == 1
    home = outside / "home"
    erased = ("--erased", str(house / marks.FILE))
    assert arviomo("restore", copy, "--to", str(home), *erased).exit_code == 0
    assert arviomo("restore", copy, "--to", str(home)).exit_code == 1


def test_what_is_past_its_day_is_told_and_then_deleted(house):
    first = arviomo("retention", "--days", "invitations=never")
    assert "Nothing was deleted yet" in first.output
    assert "invitations=never" in first.output
    assert arviomo("retention", "--now").exit_code == 0
    assert arviomo("retention", "--days", "x=1").exit_code == 1


def test_a_weak_or_wrong_passphrase_is_refused_in_words(house, monkeypatch, tmp_path_factory):
    copy = str(tmp_path_factory.mktemp("outside") / "a.backup")
    assert arviomo("backup", copy).exit_code == 0
    monkeypatch.setenv("ARVIOMO_BACKUP_PASSPHRASE", "another long passphrase")
    without = ("--to", f"{copy}.home", "--without-erased")
    told = arviomo("restore", copy, *without, language="fi")
    assert (told.exit_code, "väärä" in told.output) == (1, True)
    monkeypatch.setenv("ARVIOMO_BACKUP_PASSPHRASE", "short")
    assert arviomo("backup", f"{copy}2").exit_code == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "poistettujen luettelo"), ("sv", "förteckningen över raderade"),
     ("en", "newest list of the erased")],
)  # fmt: skip
def test_a_copy_is_put_back_with_the_list_or_expressly_without(
    house, tmp_path_factory, language, words
):
    copy = str(tmp_path_factory.mktemp("outside") / "a.backup")
    told = arviomo("restore", copy, "--to", f"{copy}.home", language=language)
    assert told.exit_code == 1
    assert [each in told.output for each in (words, "--erased", "--without-erased")] == [True] * 3
    both = ("--erased", str(house / "secret"), "--without-erased")
    assert arviomo("restore", copy, "--to", f"{copy}.home", *both).exit_code == 1


def test_a_copy_without_the_list_is_told_what_it_brought_back(house, tmp_path_factory):
    copy = str(tmp_path_factory.mktemp("outside") / "a.backup")
    assert arviomo("backup", copy).exit_code == 0
    told = arviomo("restore", copy, "--to", f"{copy}.home", "--without-erased", language="sv")
    assert told.exit_code == 0, told.output
    assert "Alla inloggningar har avslutats" in told.output
    assert "återställt utan filen erased" in told.stderr


@pytest.mark.parametrize(
    ("language", "line", "secret"),
    [("fi", "rivi 1 on rikki", "voivat lukea tiedoston"), ("sv", "Rad 1 i", "kan läsa filen"),
     ("en", "Line 1 of", "may read the file")],
)  # fmt: skip
def test_a_broken_list_and_an_open_secret_are_told_in_words(house, language, line, secret):
    (house / marks.FILE).write_text("something else\n", encoding="ascii")
    told = arviomo("erase", "person-0", "--yes", language=language)
    assert (told.exit_code, line in told.output) == (1, True), told.output
    (house / marks.FILE).unlink()
    (house / "secret").chmod(0o644)
    told = arviomo("erase", "person-0", "--yes", language=language)
    assert (told.exit_code, secret in told.output) == (1, True), told.output


def test_what_a_reader_keeps_is_told_and_finished_later(house, sqlite_engine, monkeypatch):
    monkeypatch.setattr(overwriting, "LONG", 0.1)
    with database.reading(sqlite_engine) as reader:
        reader.execute(sa.select(schema.Response.id)).all()
        told = arviomo("erase", "person-0", "--yes")
        assert (told.exit_code, "arviomo erase --finish" in told.stderr) == (0, True)
        assert arviomo("erase", "--finish").exit_code == 1
    assert arviomo("erase", "--finish").exit_code == 0
    assert arviomo("erase").exit_code == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "Levy on täynnä"), ("sv", "Disken är full"), ("en", "The disk is full")],
)
def test_a_full_disk_is_told_plainly(house, tmp_path_factory, monkeypatch, language, words):
    copy = str(tmp_path_factory.mktemp("outside") / "a.backup")

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("data.keeping.backup.back_up", full)
    monkeypatch.setattr("data.keeping.restoring.restore", full)
    for said in (
        arviomo("backup", copy, language=language),
        arviomo("restore", copy, "--to", f"{copy}.home", "--without-erased", language=language),
    ):
        assert (said.exit_code, words in said.output) == (1, True), said.output


def test_collections_that_a_later_program_would_drop_are_named(house, sqlite_engine):
    # Long past, so that its two answers wait for no others and are past any day.
    with database.writing(sqlite_engine) as connection:
        long_ago = {"closes_at": datetime(2016, 12, 1), "opens_at": datetime(2016, 11, 1)}
        connection.execute(sa.update(schema.Opening).values(long_ago))
    sheets.refresh(sqlite_engine, house)
    assert "drop out of the publications" not in arviomo("retention").output
    for words in (["--days", "answers=30"], ["--days", "answers=30", "--now"], []):
        told = arviomo("retention", *words)
        assert "drop out of the publications" in told.output, told.output
        assert "a: process_pulse@1" in told.output


def test_health_tells_of_a_debt_once_it_is_over_a_day_old(house, sqlite_engine, monkeypatch):
    monkeypatch.setattr(sheets, "latest_revision", lambda _connection: 3)
    today = datetime.now(UTC).date()
    overwriting.owe(house, ["response"], today)
    assert server.readiness() == (200, {"status": "ready", "revision": 3})
    overwriting.owe(house, ["response"], today - timedelta(days=2))
    assert server.readiness()[1]["erasure"] == "unfinished"
