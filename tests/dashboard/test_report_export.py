"""arviomo export --as: the sample's reported figures are the same in every file, and refusals."""

from __future__ import annotations

import csv
import io
import math
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from lxml import etree

from dashboard import format as written
from dashboard.cli import program
from data import access, database
from data.exports.workbook import SHEETS
from data.reporting import reading
from data.schema import ReleasedPopulation

pytestmark = pytest.mark.long_file

REPORTER = ("--reporter", "FI-PRO-1234567-8", "Esimerkkikaupunki")
FUNDER = "eakr-uudenmaan-liitto"
#: How many published figures are read back from a workbook.
IN_WORKBOOK = 3_000


@pytest.fixture(scope="module")
def house(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample portfolio in a home of its own."""
    home = tmp_path_factory.mktemp("reports") / "house"
    shutil.copytree(sample_home / "demo", home)
    return home


@pytest.fixture
def export(house, monkeypatch):
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(house))

    def run(*words: str, language: str = "en"):
        return CliRunner().invoke(program(language), ["export", *words], prog_name="arviomo")

    return run


def engine(house: Path) -> sa.Engine:
    return database.connect(f"sqlite:///{house / 'arviomo.db'}")


def sheet(path: Path, name: str, most: int | None = None) -> list[dict]:
    """The rows of a sheet, or the first of them: reading a workbook takes its time."""
    book = openpyxl.load_workbook(path, read_only=True)
    told = book.worksheets[1 + SHEETS.index(name)]
    heading, *rows = told.iter_rows(max_row=None if most is None else most + 1, values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def rows_of(path: Path, name: str) -> int:
    """How many rows a sheet has below its heading, as it says itself."""
    book = openpyxl.load_workbook(path, read_only=True)
    return book.worksheets[1 + SHEETS.index(name)].max_row - 1


def unpacked(path: Path, name: str) -> list[dict]:
    with zipfile.ZipFile(path) as archive:
        text = archive.read(f"{name}.csv").decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def number(cell: object) -> float | None:
    return None if cell in (None, "") else float(cell)


def alike(one: tuple, other: tuple) -> bool:
    """Whether states and numbers agree to fifteen significant digits, as a workbook keeps."""
    return one[0] == other[0] and all(
        a is b is None or (None not in (a, b) and math.isclose(a, b, rel_tol=1e-14))
        for a, b in zip(one[1:], other[1:], strict=True)
    )


def test_a_figure_is_the_same_on_the_desk_and_in_every_file(house, export, tmp_path, shared_data):
    """As funders see it: numbers as they are, shares in full (docs/exports.md says so)."""
    files = {form: tmp_path / f"told.{form}" for form in ("xlsx", "package", "json", "iati")}
    for form, path in files.items():
        told = export("--as", form, "--public", "--funder", FUNDER, *REPORTER, str(path))
        assert told.exit_code == 0, told.output
    with database.reading(engine(house)) as connection:
        person = access.persona("funder", connection)
        lines = reading.desk(connection, person, every_period=True)
    desk = {
        line.reported: (line.state.value, number(line.value), number(line.cumulative))
        for line in lines
        if line.status in reading.SETTLED
    }
    assert len(desk) > 100  # the sample's ten funded projects, eight indicators, years
    assert {"value", "zero", "not_reported"} <= {state for state, *_ in desk.values()}
    for rows in (
        sheet(files["xlsx"], "reported"),
        unpacked(files["package"], "reported"),
        orjson.loads(files["json"].read_bytes())["tables"]["reported"],
    ):
        found = {
            int(row["reported_id"]): (row["state"], number(row["value"]), number(row["cumulative"]))
            for row in rows
        }
        assert found == desk
    _compare_published(files)
    _compare_iati(files, shared_data)


def _compare_published(files: dict[str, Path]) -> None:
    """Every published figure of the projects in two files, and thousands of them in the workbook,
    which has as many."""
    names = ("state", "value", "low", "high", "n")
    key = ("metric", "instrument", "part", "entity_code", "wave", "split", "split_value")
    found = [
        {
            tuple(row[name] or "" for name in key): (
                row["state"],
                *(number(row[name]) for name in names[1:]),
            )
            for row in rows
        }
        for rows in (
            sheet(files["xlsx"], "figures", IN_WORKBOOK),
            unpacked(files["package"], "figures"),
            orjson.loads(files["json"].read_bytes())["tables"]["figures"],
        )
    ]
    book, package, plain = found
    assert len(book) == IN_WORKBOOK < len(package) == rows_of(files["xlsx"], "figures")
    assert package.keys() == plain.keys()
    assert book.keys() <= package.keys()
    assert [key for key, said in package.items() if not alike(said, plain[key])] == []
    assert [key for key, said in book.items() if not alike(said, package[key])] == []


def _compare_iati(files: dict[str, Path], shared_data: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared_data / "iati" / "iati-activities-schema.xsd"))
    root = etree.fromstring(files["iati"].read_bytes())
    assert schema.validate(root), schema.error_log
    told = {}
    for activity in root.iterfind("iati-activity"):
        project = activity.findtext("iati-identifier").partition("-project-")[2]
        for indicator in activity.iterfind("result/indicator"):
            key = indicator.find("reference").get("code")
            for period in indicator.iterfind("period"):
                if period.find("target") is not None:
                    continue  # the whole way, which is no payment period
                days = tuple(period.xpath("*/@iso-date"))
                told[project, key, *days] = period.xpath("string(actual/@value)") or None
    rows = unpacked(files["package"], "reported")
    numbers = [row for row in rows if row["counting"] != "words"]
    assert len(numbers) > 100
    for row in numbers:
        code = row["indicator"].partition("@")[0]  # IATI knows codes, and where they are defined
        said = told[row["project"], code, row["starts_on"], row["ends_on"]]
        assert (said is None) == (row["state"] not in ("value", "zero"))
        assert said is None or Decimal(said) == Decimal(row["value"])


def test_what_leaves_as_funders_see_it_is_registered(house, export, tmp_path):
    assert export("--as", "json", "--public", str(tmp_path / "a.json")).exit_code == 0
    with database.reading(engine(house)) as connection:
        table = ReleasedPopulation
        released = connection.scalar(sa.select(sa.func.count()).select_from(table))
        profiles = set(connection.scalars(sa.select(table.profile).distinct()))
    assert released > 100
    assert profiles == {"public"}


def test_open_data_are_the_public_figures_whole(house, export, tmp_path):
    path = tmp_path / "open.zip"
    told = export("--as", "open", str(path))
    assert told.exit_code == 0
    with zipfile.ZipFile(path) as archive:
        described = orjson.loads(archive.read("datapackage.json"))
        lines = archive.read("figures.csv").count(b"\r\n")
    assert written.count(lines - 1, "en") in told.output
    assert described["arviomo"]["profile"] == "public"
    assert [each["name"] for each in described["resources"]] == ["figures", "dictionary"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as", "xlsx"), "Give the name of a file"),
        (("--as", "json", "--funder", "nobody", "x.json"), "no code nobody"),
        (("--as", "json", "--project", "nothing", "x.json"), "no code nothing"),
        (("--as", "iati", "x.xml"), "--reporter FI-PRO-1234567-8"),
        (("--as", "json", "no/such/folder/x.json"), "could not be written"),
    ],
)
def test_what_cannot_be_written_is_refused_with_the_remedy(
    house, export, words, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    result = export(*words)
    assert result.exit_code == 1
    assert said in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("language", "heading"), [("fi", "Odottavat"), ("sv", "Väntande"), ("en", "Pending")]
)
def test_a_workbook_speaks_the_language_that_was_asked(export, tmp_path, language, heading):
    path = tmp_path / "told.xlsx"
    asked = ("--as", "xlsx", "--project", "kaarnalaiva", str(path))
    assert export(*asked, language=language).exit_code == 0
    book = openpyxl.load_workbook(path, read_only=True)
    assert heading in book.sheetnames
