"""The command line: help in three languages, exit codes, and refusals that say what to do."""

import csv
import io
import re
import signal
import subprocess
import sys

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dashboard.cli import COMMANDS, program
from dashboard.commands import speech
from dashboard.commands.speech import Progress, wanted_language
from data import access, schema
from data.database import connect, migrate, reading, writing
from survey.text import LANGUAGES
from tests.commands import environment, run_arviomo

PROJECTS = """\
name: hankkeet
kind: projects
file: {separator: ";"}
columns: {code: tunnus, name: nimi, starts_on: alku}
"""
GOOD = "tunnus;nimi;alku\nA1;Eka;2025-01-02\nA2;Toka;2025-02-03\n"
ONE_BAD = "tunnus;nimi;alku\nA1;Eka;2025-01-02\nA2;Toka;huomenna\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder as the home of everything, with a migrated embedded database."""
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.delenv("ARVIOMO_LANGUAGE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    migrate(connect(f"sqlite:///{tmp_path / 'arviomo.db'}"))
    return tmp_path


@pytest.fixture
def files(tmp_path):
    """A profile of the user's own, a good file and one with a bad row."""
    for name, body in (("p.yaml", PROJECTS), ("good.csv", GOOD), ("bad.csv", ONE_BAD)):
        (tmp_path / name).write_text(body, encoding="utf-8")
    return tmp_path


def arviomo(*words, language="en", answer=None):
    return CliRunner().invoke(program(language), list(words), input=answer, prog_name="arviomo")


def rows(home, entity):
    with reading(connect(f"sqlite:///{home / 'arviomo.db'}")) as connection:
        return connection.execute(sa.select(entity)).all()


# --- help ---------------------------------------------------------------------------------------


def commands_of(group, before=()):
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands_of(command, (*before, name))
        yield (*before, name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_help_in_every_language(language):
    others = {
        "fi": ("Usage", "Options", "Användning"),
        "sv": ("Usage", "Options", "Käyttö"),
        "en": ("Käyttö", "Användning", "Valinnat"),
    }[language]
    for words in commands_of(program(language)):
        said = arviomo(*words, "--help", language=language)
        assert said.exit_code == 0
        assert not any(word in said.output for word in others), said.output
        assert "TEXT" not in said.output.split(), "a value is called by click's English word"


def test_the_help_shows_where_to_start():
    said = arviomo("--help").output
    assert "arviomo demo " in said
    assert len(program("en").commands) == len(COMMANDS)
    assert all(f"\n  {name} " in said for name in program("en").commands)


@pytest.mark.parametrize(
    ("words", "variable", "language"),
    [
        ([], None, "fi"),
        ([], "sv", "sv"),
        ([], "xx", "fi"),
        (["--language", "en", "serve"], "sv", "en"),
        (["--language=sv"], None, "sv"),
        (["--language"], None, "fi"),
        (["--language", "de"], None, "fi"),
    ],
)
def test_the_language_is_known_before_the_words_are_read(monkeypatch, words, variable, language):
    monkeypatch.delenv("ARVIOMO_LANGUAGE", raising=False)
    if variable:
        monkeypatch.setenv("ARVIOMO_LANGUAGE", variable)
    assert wanted_language(words) == language


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("fi", ["imprt"], "Komentoa 'imprt' ei ole. Tarkoititko 'import'?"),
        ("sv", ["undo"], "Uppgift saknas: 'PARTI'"),
        ("en", ["serve", "--port", "x"], "'x' is not a valid integer."),
        ("fi", ["serve", "--prt", "1"], "Valintaa '--prt' ei ole."),
        ("sv", ["--language", "de", "refresh"], "'de' är inte något av dessa"),
        ("fi", ["user", "grant", "i", "s", "king"], "'king' ei ole mikään näistä"),
        ("fi", ["undo", "seven"], "Kelpaamaton arvo"),
        ("sv", ["refresh", "now"], "En uppgift för mycket"),
    ],
)
def test_what_is_not_understood_is_told_with_exit_code_2(home, language, words, said):
    result = arviomo(*words, language=language)
    assert result.exit_code == 2
    assert said in result.output


# --- tables -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["refresh"],
        ["serve"],
        ["export"],
        ["undo", "1", "--yes"],
        ["user", "list"],
        ["user", "disable", "https://idp", "s"],
    ],
)
def test_without_tables_every_command_says_migrate(tmp_path, monkeypatch, words):
    monkeypatch.setenv("ARVIOMO_DATABASE", f"sqlite:///{tmp_path / 'bare.db'}")
    result = arviomo(*words)
    assert result.exit_code == 1
    assert "run: arviomo migrate" in result.output


def test_a_newcomers_first_file_makes_the_tables(files, monkeypatch):
    monkeypatch.setenv("ARVIOMO_DATABASE", f"sqlite:///{files / 'new.db'}")
    words = ["import", str(files / "p.yaml"), str(files / "good.csv"), "--no-refresh"]
    assert arviomo(*words).exit_code == 0


def test_migrate_up_down_and_up(tmp_path, monkeypatch):
    monkeypatch.setenv("ARVIOMO_DATABASE", f"sqlite:///{tmp_path / 'bare.db'}")
    assert "is now at version" in arviomo("migrate").output
    refused = arviomo("migrate", "--down", "base", answer="\n")
    assert refused.exit_code == 1
    assert "Nothing was changed" in refused.output
    assert "no tables any more" in arviomo("migrate", "--down", "base", answer="y\n").output
    assert arviomo("migrate").exit_code == 0
    unknown = arviomo("migrate", "--down", "1066", "--yes")
    assert unknown.exit_code == 1
    assert "no such version" in unknown.output


def test_the_database_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("ARVIOMO_DATABASE", "sqlite:////nowhere/at/all.db")
    other = tmp_path / "other.db"
    assert arviomo("migrate", "--database", f"sqlite:///{other}").exit_code == 0
    assert other.exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "The database does not answer"),
        ("nonsense", "is not understood"),
    ],
)
def test_a_database_that_is_not_there_is_no_traceback(tmp_path, url, said):
    result = run_arviomo(tmp_path, "refresh", "--database", url)
    assert result.returncode == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


# --- import and undo ----------------------------------------------------------------------------


def test_a_file_comes_in_and_its_figures_are_published(home, files):
    result = arviomo("import", str(files / "p.yaml"), str(files / "good.csv"))
    assert result.exit_code == 0, result.output
    assert "Rows: 2 read, 2 to be stored, 0 to be rejected." in result.output
    assert "Stored as batch 1, rows 2." in result.output
    assert "Publication 1:" in result.output
    assert [row.code for row in rows(home, schema.Project.code)] == ["A1", "A2"]


def test_a_bad_row_is_told_by_file_row_column_and_remedy(home, files):
    result = arviomo("import", str(files / "p.yaml"), str(files / "bad.csv"), answer="n\n")
    assert result.exit_code == 1
    assert "bad.csv, row 3, column “alku”: “huomenna” is not a date" in result.output
    assert "Nothing was stored." in result.output
    assert rows(home, schema.Project.code) == []


@pytest.mark.parametrize(
    ("language", "answer"),
    [("fi", "k\n"), ("fi", "kyllä\n"), ("sv", "ja\n"), ("en", "YES\n"), ("fi", "mitä\ny\n")],
)
def test_a_yes_in_any_language_stores_the_good_rows(home, files, language, answer):
    words = ["import", str(files / "p.yaml"), str(files / "bad.csv"), "--no-refresh"]
    assert arviomo(*words, language=language, answer=answer).exit_code == 0
    assert [row.code for row in rows(home, schema.Project.code)] == ["A1"]


def test_no_answer_is_a_no(home, files):
    words = ["import", str(files / "p.yaml"), str(files / "bad.csv")]
    for answer in ("\n", "", "nej\n", "e\n"):
        assert arviomo(*words, answer=answer).exit_code == 1
    assert rows(home, schema.Project.code) == []


def test_rejected_rows_can_be_accepted_beforehand_and_written_to_a_file(home, files):
    out = files / "problems.csv"
    words = ["import", str(files / "p.yaml"), str(files / "bad.csv"), "--no-refresh"]
    result = arviomo(*words, "--accept-rejected", "--problems", str(out))
    assert result.exit_code == 0, result.output
    (problem,) = csv.DictReader(out.open(encoding="utf-8"))
    assert (problem["row"], problem["column"], problem["value"]) == ("3", "alku", "huomenna")


def test_a_preview_stores_nothing(home, files):
    result = arviomo("import", str(files / "p.yaml"), str(files / "good.csv"), "--preview")
    assert result.exit_code == 0
    assert rows(home, schema.Project.code) == []


def test_the_same_file_twice_is_refused_until_it_is_undone(home, files):
    words = ["import", str(files / "p.yaml"), str(files / "good.csv"), "--no-refresh"]
    assert arviomo(*words).exit_code == 0
    again = arviomo(*words)
    assert again.exit_code == 1
    assert "batch 1" in again.output
    assert arviomo("undo", "1", answer="n\n").exit_code == 1
    assert len(rows(home, schema.Project.code)) == 2
    assert arviomo("undo", "1", "--yes", "--no-refresh").exit_code == 0
    assert rows(home, schema.Project.code) == []
    assert arviomo("undo", "1", "--yes").exit_code == 1
    assert arviomo(*words).exit_code == 0


@pytest.mark.parametrize(
    ("profile", "file", "said"),
    [
        ("nosuch", "good.csv", "There is no profile nosuch"),
        ("p.yaml", "nosuch.csv", "nosuch.csv"),
        ("good.csv", "good.csv", "The profile has an error"),
        ("p.yaml", "p.yaml", "p.yaml"),
    ],
)
def test_a_wrong_profile_or_file_is_told(home, files, profile, file, said):
    named = profile if profile == "nosuch" else str(files / profile)
    result = arviomo("import", named, str(files / file))
    assert result.exit_code == 1
    assert said in result.output


def test_the_ready_profiles_are_listed(home):
    said = arviomo("profiles").output
    assert "project_register" in said
    assert "survey answers" in said


# --- figures ------------------------------------------------------------------------------------


def test_nothing_is_exported_before_the_first_publication(home):
    result = arviomo("export")
    assert result.exit_code == 1
    assert "Run: arviomo refresh" in result.output


def test_the_export_is_tidy_and_as_protected_as_the_pages(sample_home, tmp_path, monkeypatch):
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(sample_home / "demo"))
    out = tmp_path / "figures.csv"
    explained = tmp_path / "dictionary.csv"
    result = arviomo("export", str(out), "--dictionary", str(explained))
    assert result.exit_code == 0, result.output
    figures = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    meanings = csv.DictReader(io.StringIO(explained.read_text(encoding="utf-8-sig")))
    assert {line["column"] for line in meanings} == set(figures[0])
    keys = [(f["level"], f["entity_code"], f["metric"], f["instrument"], f["part"], f["wave"],
             f["split"], f["split_value"]) for f in figures]  # fmt: skip
    assert len(keys) == len(set(keys)) > 1000  # the sample publishes some thousands a profile
    hidden = [f for f in figures if f["state"] == "suppressed"]
    assert hidden, "the sample has projects too small to show"
    assert all(f["value"] == f["n"] == f["low"] == "" and f["reason"] for f in hidden)
    assert {"process_quality", "benefit_share"} <= {f["metric"] for f in figures}


def test_a_refresh_without_changes_says_so(home, files):
    assert arviomo("import", str(files / "p.yaml"), str(files / "good.csv")).exit_code == 0
    assert "Nothing has changed: publication 1 still holds" in arviomo("refresh").output


# --- the sample and the server ------------------------------------------------------------------


def test_no_real_data_comes_into_the_sample(sample_home, files, monkeypatch):
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(sample_home / "demo"))
    result = arviomo("import", str(files / "p.yaml"), str(files / "good.csv"))
    assert result.exit_code == 1
    assert "the two never mix" in result.output


def test_the_sample_has_a_folder_of_its_own(sample_home):
    assert (sample_home / "demo" / "arviomo.db").exists()
    assert not (sample_home / "arviomo.db").exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Kirjautumista ei ole"),
        ("sv", "Ingen inloggning"),
        ("en", "No sign-in is configured"),
    ],
)
def test_real_data_is_not_served_without_sign_in(home, files, language, said):
    words = ["import", str(files / "p.yaml"), str(files / "good.csv"), "--no-refresh"]
    assert arviomo(*words).exit_code == 0
    result = arviomo("serve", "--port", "0", language=language)
    assert result.exit_code == 1
    assert said in result.output
    assert "docs/operations.md" in result.output


def test_the_sample_is_not_served_to_other_machines(sample_home, monkeypatch):
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(sample_home / "demo"))
    result = arviomo("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104  must be refused
    assert result.exit_code == 1
    assert "--host 127.0.0.1" in result.output


def test_the_demo_says_its_address_and_ends_with_ctrl_c(sample_home):
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", "demo", "--port", "0"],
        env=environment(sample_home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+\n", process.stdout.readline())
    process.send_signal(signal.SIGINT)
    said, complaints = process.communicate(timeout=60)
    assert process.returncode == 0
    assert (said, complaints.strip()) == ("", "Stop with Ctrl+C.")


def test_an_unsafe_option_stops_the_server(sample_home, monkeypatch):
    """The environment cannot weaken what our file says: flags win over it, and are checked."""
    result = subprocess.run(
        [sys.executable, "-c",
         "from streamlit import config\n"
         "from dashboard import options\n"
         "config.set_option('client.showErrorDetails', 'full')\n"
         "options.check()"],
        env=environment(sample_home),
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert result.returncode != 0
    assert "client.showErrorDetails = 'full'" in result.stderr


# --- users --------------------------------------------------------------------------------------


def add_project(home, code):
    with writing(connect(f"sqlite:///{home / 'arviomo.db'}")) as connection:
        connection.execute(sa.insert(schema.Project).values(code=code, name_fi=code))


def test_a_user_is_added_granted_listed_and_disabled(home):
    add_project(home, "A1")
    assert "There are no users" in arviomo("user", "list").output
    assert arviomo("user", "add", "https://idp", "s-1", "Maija").exit_code == 0
    granted = arviomo("user", "grant", "https://idp", "s-1", "manager", "--project", "A1")
    assert granted.exit_code == 0, granted.output
    assert arviomo("user", "list").output == "Maija: manager A1  <https://idp s-1>\n"
    with reading(connect(f"sqlite:///{home / 'arviomo.db'}")) as connection:
        user = access.user_of(connection, "https://idp", "s-1")
    assert [grant.role for grant in user.grants] == ["manager"]
    assert arviomo("user", "disable", "https://idp", "s-1").exit_code == 0
    assert "Maija (disabled)" in arviomo("user", "list").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "https://idp", "known", "Again"], "has been added already"),
        (["add", access.SAMPLE_ISSUER, "x", "Persona"], "kept for the personas"),
        (["grant", "https://idp", "nobody", "steering"], "There is no such user"),
        (["grant", "https://idp", "known", "manager"], "add --project CODE"),
        (["grant", "https://idp", "known", "manager", "--project", "X"], "no project X"),
        (["grant", "https://idp", "known", "funder", "--funder", "X"], "no funder X"),
        (["grant", "https://idp", "known", "funder", "--project", "X"], "add --funder CODE"),
        (["grant", "https://idp", "known", "steering", "--project", "X"], "leave --project"),
        (["grant", "https://idp", "known", "evaluator"], "has this role already"),
        (["disable", "https://idp", "nobody"], "There is no such user"),
    ],
)
def test_refusals_about_users(home, words, said):
    assert arviomo("user", "add", "https://idp", "known", "Known").exit_code == 0
    assert arviomo("user", "grant", "https://idp", "known", "evaluator").exit_code == 0
    result = arviomo("user", *words)
    assert result.exit_code == 1
    assert said in result.output


# --- progress -----------------------------------------------------------------------------------


def test_progress_goes_to_stderr_one_bar_a_step(capsys, monkeypatch):
    with Progress("en") as progress:
        progress("extract", 0, 0)
        progress("extract", 5, 10)
        progress("extract", 10, 10)
        progress("judge", 1, 1)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [f"{'Extracting answers':<32}", f"{'Judging':<32}"]


@pytest.mark.parametrize(
    "step", ["read", "check", "store", "extract", "fold", "judge", "protect", "publish"]
)
def test_every_step_of_long_work_has_a_name(step):
    assert speech.say(f"step.{step}", "fi")
