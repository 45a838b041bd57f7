"""One reported figure is the same on the page, in CSV, XLSX, JSON and IATI, and on paper.

Files hold the number as it is; the page and the paper write it by the rules of docs/exports.md
(`dashboard.reporting.words`). Numbers of people are in fives wherever a funder reads them.
"""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal

import openpyxl
import orjson
import pytest
from lxml import etree
from pypdf import PdfReader

from dashboard.brief import making, reported, subject
from dashboard.literal import JOINER
from dashboard.reporting import words
from dashboard.session import Viewing
from dashboard.truth import engine
from data import access
from data.database import reading
from data.exports import figures_json, iati, package, workbook
from data.exports.report import report
from data.reporting.desk import DeskLine
from data.reporting.reading import SETTLED, desk
from metrics.metric import Level, ValueState
from tests.dashboard.looking import opened

pytestmark = pytest.mark.usefixtures("sample")
REPORTER = iati.Reporter("FI-PRO-1234567-8", "Esimerkkikaupunki")


def squeezed(text: str) -> str:
    """A text without spaces, and without what keeps it from being read as markup or broken."""
    return "".join(text.replace("\\", "").replace(JOINER, "").replace("\u00ad", "").split())


def written_in(told) -> dict[str, dict[int, tuple]]:
    """State and number of each approved value in every file, by the number of the value."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.write_workbook(told)), read_only=True)
    heading, *cells = book.worksheets[1 + workbook.SHEETS.index("reported")].iter_rows(
        values_only=True
    )
    with zipfile.ZipFile(io.BytesIO(package.write_package(told))) as archive:
        text = archive.read("reported.csv").decode()
    rows = {
        "xlsx": [dict(zip(heading, row, strict=True)) for row in cells],
        "csv": list(csv.DictReader(io.StringIO(text, newline=""))),
        "json": orjson.loads(figures_json.write_json(told))["tables"]["reported"],
    }
    return {
        form: {
            int(row["reported_id"]): (row["state"], number(row["value"]), number(row["cumulative"]))
            for row in found
        }
        for form, found in rows.items()
    }


def number(cell: object) -> Decimal | None:
    return None if cell in (None, "") else Decimal(str(cell))


def in_iati(content: bytes) -> dict[tuple[str, str, str], Decimal]:
    """What IATI tells as actual, by indicator and days of the period."""
    found = {}
    for indicator in etree.fromstring(content).iterfind(".//indicator"):
        code = indicator.find("reference").get("code")
        for period in indicator.iterfind("period"):
            if (actual := period.find("actual")) is not None and actual.get("value"):
                days = [period.find(f"period-{end}").get("iso-date") for end in ("start", "end")]
                found[code, *days] = Decimal(actual.get("value"))
    return found


def on_paper(pdf: bytes) -> str:
    return squeezed(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def row_of(line: DeskLine, language: str) -> str:
    """What the page and the paper say of a value, in the order of their columns."""
    cells = [words.told(line, language, period=period) for period in (True, False)]
    return squeezed("".join([*cells, words.attained_words(line, language)]))


@pytest.mark.parametrize("language", ["fi", "en"])
def test_a_figure_is_the_same_on_the_page_in_every_file_and_on_paper(language):
    with reading(engine()) as connection:
        person = access.persona("funder", connection)
        viewing = Viewing(person, language, access.profile_of(person), invented=True)
        everything = desk(connection, person, every_period=True)
        project = everything[0].target.project
        scope = subject.scope_of(viewing, Level.PROJECT, project)
        days = reported.spans(viewing, scope)[-1]
        told = report(connection, person, language, project=project)
        files = written_in(told)
        actual = in_iati(iati.write_iati(connection, person, told, REPORTER))
    lines = [
        line
        for line in everything
        if line.target.project == project
        and line.status in SETTLED
        and (line.period.starts_on, line.period.ends_on) == days
    ]
    assert len(lines) >= 5  # of the eight that the sample's project promised
    assert any(line.rounded for line in lines)
    paper = on_paper(making.brief(viewing, Level.PROJECT, project, scope, days))
    for line in lines:
        exact = (line.state.value, line.value, line.cumulative)
        assert {form: found[line.reported] for form, found in files.items()} == dict.fromkeys(
            files, exact
        )
        code = line.indicator.code
        if line.state in (ValueState.VALUE, ValueState.ZERO) and line.value is not None:
            assert actual[code, *map(str, days)] == line.value
        else:
            assert (code, *map(str, days)) not in actual
        assert row_of(line, language) in paper, (code, row_of(line, language))
        page = opened("figure", "funder", language, figure_id=line.reported)
        facts = squeezed("".join(table.value.to_csv() for table in page.table))
        for period in (True, False):
            assert squeezed(words.told(line, language, period=period)) in facts
