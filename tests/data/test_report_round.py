"""What is exported imports back to the same, into another house with the same register."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database
from data.access import operator
from data.exports.cells import exact, harmless
from data.exports.package import write_package
from data.exports.report import Report, report
from data.imports.profile import profiles
from data.imports.run import preview, store
from data.reporting import values
from tests.data import reported
from tests.data.reported import (
    EVALUATOR,
    FUNDER,
    TODAY,
    approved,
    drafted,
    opened,
    promised,
    read,
    submitted,
    version,
    write,
)

#: Which file of the package comes in by which profile, in the order in which they must come.
FILES = (
    ("targets", "exported_targets"),
    ("periods", "reporting_periods"),
    ("reported", "exported_values"),
)
#: A text that spreadsheets run, with spaces and lines that must come back as they were.
ODD = '=1+1  ja "lainaus", pilkku;\nuusi rivi'


@pytest.fixture
def world(sqlite_engine):
    return reported.fill(sqlite_engine)


@pytest.fixture
def another(sqlite_template, tmp_path):
    """Another house with the same projects and funders."""
    copy = tmp_path / "another.db"
    shutil.copyfile(sqlite_template, copy)
    engine = database.connect(f"sqlite:///{copy}")
    yield reported.fill(engine)
    engine.dispose()


def told(engine: sa.Engine, user=EVALUATOR) -> Report:
    return read(engine, report, user, "en", today=TODAY)


def unpack(report: Report, folder: Path) -> None:
    zipfile.ZipFile(io.BytesIO(write_package(report))).extractall(folder)


def columns(report: Report, table: str, *names: str) -> list[tuple]:
    found = report.tables[table]
    at = [found.columns.index(name) for name in names]
    return sorted(([row[n] for n in at] for row in found.rows), key=str)


def fill(engine: sa.Engine, home: Path) -> None:
    """A zero, a value of four decimals, words, nothing reported, and one counted from records."""
    period = opened(engine)
    told = {
        "RCO02@1": {"value": 0, "cumulative": 0},
        "RCO13@1": {"value": "1234567.8901", "cumulative": "2234567.8901"},
        "ARV-CHANGE@1": {"text": ODD},
    }
    for key, said in told.items():
        nothing = {"baseline": None, "baseline_year": None, "target": None}
        words = nothing if key == "ARV-CHANGE@1" else {"baseline_source": "-1 ei ole luku"}
        target = promised(engine, key, expected=ODD, **words)
        approved(engine, submitted(engine, target, period, said.pop("value", None), **said))
    silent = drafted(engine, promised(engine, "RCO05@1"), period)
    note = {"state": "not_reported", "method_note": "Kysely on kesken."}
    write(engine, values.save, EVALUATOR, silent, version(engine, silent), note)
    counted = drafted(engine, promised(engine, "RCO01@1"), period)
    write(engine, values.count, EVALUATOR, home, counted, version(engine, counted))
    for number in (silent, counted):
        write(engine, values.submit, EVALUATOR, number, version(engine, number))
        approved(engine, number)


def test_what_is_exported_imports_back_to_the_same(world, another, tmp_path):
    fill(world, tmp_path)
    before = told(world)
    unpack(before, tmp_path)
    for file, profile in FILES:
        store(another, profiles()[profile], tmp_path / f"{file}.csv", operator())
    after = told(another)
    assert after.tables["pending"].rows and not after.tables["reported"].rows  # drafts
    promise = [name for name in before.tables["targets"].columns if name != "target_id"]
    assert columns(after, "targets", *promise) == columns(before, "targets", *promise)
    days = ("project", "funder", "number", "starts_on", "ends_on", "due_on")
    assert columns(after, "periods", *days) == columns(before, "periods", *days)
    said = (
        "project", "funder", "indicator", "period", "state", "value", "cumulative", "text",
        "method", "retain_until",
    )  # fmt: skip
    assert columns(after, "pending", *said) == columns(before, "reported", *said)
    states = dict(columns(after, "pending", "indicator", "state"))
    assert states["RCO02@1"] == "zero"
    assert states["RCO05@1"] == "not_reported"


def test_the_same_house_knows_its_own_file(world, tmp_path):
    period = opened(world)
    approved(world, submitted(world, promised(world, "RCO02@1"), period, 0, cumulative=0))
    unpack(told(world), tmp_path)
    for file, profile in FILES:
        seen = preview(world, profiles()[profile], tmp_path / f"{file}.csv", operator())
        assert (seen.problems, seen.storable) == ((), 1), file


def test_what_was_hidden_cannot_be_brought_back(world, another, tmp_path):
    few = promised(world, "ARV-PARTICIPATIONS@1")
    approved(world, submitted(world, few, opened(world), 7, cumulative=7))
    unpack(told(world, FUNDER), tmp_path)
    for file, profile in FILES[:2]:
        store(another, profiles()[profile], tmp_path / f"{file}.csv", operator())
    seen = preview(another, profiles()["exported_values"], tmp_path / "reported.csv", operator())
    assert [problem.code for problem in seen.problems] == ["unknown_value"]


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", "'", "plain", "'plain", "－1", ""])
def test_the_mark_comes_off_as_it_was_put_on(text):
    assert exact(harmless(text)) == text


def test_only_profiles_that_say_so_take_the_mark_off(world, tmp_path):
    rows = "project,funder,indicator,baseline,baseline_year,target,expected\n"
    path = tmp_path / "targets.csv"
    path.write_text(f"{rows}p1,f1,RCO02@1,0,2025,3,'=1\n", encoding="utf-8")
    store(world, profiles()["targets"], path, operator())
    assert columns(told(world), "targets", "expected") == [["'=1"]]
