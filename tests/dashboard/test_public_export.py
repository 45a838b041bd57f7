"""What leaves the house is registered, and refused where an earlier file would give it away."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from dashboard.cli import program
from data import database
from data.schema import ReleasedPopulation as Released
from tests.dashboard.test_release_commands import KILLED

REFUSED = ("Mitään ei kirjoitettu", "alle 10 ihmistä", "Käytä aiempaa tiedostoa")


@pytest.fixture
def house(sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample portfolio in a home of its own."""
    shutil.copytree(sample_home / "demo", tmp_path / "house")
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path / "house"))
    return tmp_path / "house"


def export(*words: str, language: str = "en"):
    return CliRunner().invoke(program(language), ["export", *words], prog_name="arviomo")


def count(house: Path) -> int:
    with database.reading(database.connect(f"sqlite:///{house / 'arviomo.db'}")) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(Released))


def test_a_public_export_is_a_release_and_may_be_repeated(house, tmp_path):
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    assert export(str(first), "--public").exit_code == 0
    released = count(house)
    # The sample shows some hundreds of breakdowns of its projects to the public.
    assert released > 100
    assert export(str(second), "--public").exit_code == 0
    assert count(house) == released
    assert first.read_bytes() == second.read_bytes()


def test_an_export_too_close_to_an_earlier_one_is_refused_and_says_which(house, tmp_path):
    out = tmp_path / "figures.csv"
    assert export(str(out), "--public").exit_code == 0
    out.unlink()
    engine = database.connect(f"sqlite:///{house / 'arviomo.db'}")
    with database.writing(engine) as connection:
        # As if three people fewer had been in the total that was released.
        total = (Released.split == "total", Released.people > 30)
        row = connection.execute(sa.select(Released.__table__).where(*total).limit(1)).one()
        cells = orjson.loads(row.cells)
        cells[max(cells, key=cells.get)] -= 3
        changed = {"cells": orjson.dumps(cells).decode(), "people": row.people - 3}
        one = sa.update(Released).where(Released.id == row.id)
        connection.execute(one.values(changed))
    result = export(str(out), "--public", language="fi")
    assert result.exit_code == 1
    for words in (*REFUSED, f"hanke {row.project_id}, {row.instrument}"):
        assert words in result.output
    assert not out.exists()


def test_without_extracts_nobody_can_tell_whom_an_export_is_about(house, tmp_path):
    for path in (house / "extracts").glob("*.parquet"):
        path.unlink()
    result = export(str(tmp_path / "figures.csv"), "--public")
    assert result.exit_code == 1
    assert "run arviomo refresh" in result.output.lower()
    assert count(house) == 0


@pytest.mark.parametrize(("out", "form"), [("-", "json"), ("/dev/stdout", "xlsx"), ("-", "csv")])
def test_a_dash_is_the_output_and_no_file(house, tmp_path, monkeypatch, out, form):
    monkeypatch.chdir(tmp_path)
    told = export(out, "--as", form, language="fi")
    begins = {"json": b"{", "xlsx": b"PK", "csv": b"revision,"}[form]
    assert told.stdout_bytes.startswith(begins), told.stdout_bytes[:40]
    if form != "csv":  # what is said about it stands beside it
        assert told.stderr.startswith("Kirjoitettu ")
    assert not (tmp_path / "-").exists()


def test_who_is_killed_while_an_export_is_written_leaves_none(house, tmp_path):
    out = tmp_path / "figures.csv"
    words = ["export", str(out), "--public"]
    command = [sys.executable, "-c", KILLED, out.name, *words]
    assert subprocess.run(command, capture_output=True).returncode == 9
    # Registered before it stands in its place, never the other way round.
    assert (out.exists(), count(house) > 100) == (False, True)
