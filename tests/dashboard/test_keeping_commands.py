"""People's rights, dates and copies from the command line, in three languages."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from dashboard.cli import program
from data.keeping import marks
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
