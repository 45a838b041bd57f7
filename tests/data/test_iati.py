"""IATI: valid against its own schema, every number as on the desk, and no zero that is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree

from data import database
from data.exports.iati import NAMESPACE, Reporter, UnnamedReporter, write_iati
from data.exports.report import report
from data.reporting import values
from data.schema import Programme, Project, ProjectProgramme
from tests.data import reported
from tests.data.reported import (
    EVALUATOR,
    ONE,
    SECOND,
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

CITY = Reporter("FI-PRO-1234567-8", "Esimerkkikaupunki")


@pytest.fixture
def world(sqlite_engine):
    return reported.fill(sqlite_engine)


@pytest.fixture(scope="session")
def schema(shared_data: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared_data / "iati" / "iati-activities-schema.xsd"))


def written(engine, user=EVALUATOR, reporter: Reporter = CITY) -> etree._Element:
    def write_all(connection):
        told = report(connection, user, "en", today=TODAY)
        return write_iati(connection, user, told, reporter)

    return etree.fromstring(read(engine, write_all))


def indicator(root: etree._Element, key: str) -> etree._Element:
    (found,) = root.xpath(f"//indicator[reference/@code='{key.partition('@')[0]}']")
    return found


def silent(engine, key: str, period: int, state: str) -> None:
    number = drafted(engine, promised(engine, key), period)
    said = {"state": state, "method_note": "Ei vielä."}
    write(engine, values.save, EVALUATOR, number, version(engine, number), said)
    write(engine, values.submit, EVALUATOR, number, version(engine, number))
    approved(engine, number)


def fill(engine) -> None:
    with database.writing(engine) as connection:
        connection.execute(
            sa.insert(Programme), {"id": 1, "code": "o/1", "name_fi": "Ohjelma & <1>"}
        )
        connection.execute(sa.insert(ProjectProgramme), {"project_id": ONE, "programme_id": 1})
        named = {"name_fi": "=1 <b>\x0b\ufffe &", "invented": True}
        connection.execute(sa.update(Project).where(Project.id == ONE).values(named))
    first, second = opened(engine), opened(engine, days=SECOND)
    # As in IATI's own example: 15 at the start, 50 aimed at, 53 reached.
    target = promised(engine, "RCR03@2", baseline=15, baseline_year=2012, target=50)
    approved(engine, submitted(engine, target, first, 20, cumulative=20))
    approved(engine, submitted(engine, target, second, 33, cumulative=53))
    zero = promised(engine, "RCO03@1")
    approved(engine, submitted(engine, zero, first, 0, cumulative=0))
    silent(engine, "RCO05@1", first, "not_reported")
    silent(engine, "RCO13@1", first, "not_applicable")
    few = promised(engine, "ARV-PARTICIPATIONS@1")
    approved(engine, submitted(engine, few, first, 7, cumulative=7))
    words = promised(engine, "ARV-CHANGE@1", baseline=None, baseline_year=None, target=None)
    approved(engine, submitted(engine, words, first, None, text="=1 & <muuttui>"))
    submitted(engine, promised(engine, "RCO01@1"), first, 5, cumulative=5)


def test_the_file_is_valid(world, schema):
    fill(world)
    root = written(world)
    assert schema.validate(root), schema.error_log
    assert root.get("version") == "2.03"
    # The schema would say so where a number were missing or an element out of its place.
    period = indicator(root, "RCR03@2").find("period")
    period.append(period[0])
    assert not schema.validate(root)


def test_a_programme_is_above_its_projects(world):
    fill(world)
    root = written(world)
    programme, project = root.findall("iati-activity")[:2]
    above, below = (each.findtext("iati-identifier") for each in (programme, project))
    assert (programme.get("hierarchy"), project.get("hierarchy")) == ("1", "2")
    # A code with a slash is no part of an identifier: the number takes its place.
    assert (above, below) == ("FI-PRO-1234567-8-programme-1", "FI-PRO-1234567-8-project-p1")
    assert programme.xpath("related-activity[@type='2']/@ref") == [below]
    assert project.xpath("related-activity[@type='1']/@ref") == [above]
    assert project.xpath("title/narrative/text()") == ["=1 <b>\ufffd\ufffd &"]
    assert "Invented example" in project.xpath("description/narrative[@xml:lang='en']/text()")[0]


def test_payment_periods_and_the_whole_way_are_apart(world):
    fill(world)
    found = indicator(written(world), "RCR03@2")
    assert found.getparent().get("type") == "2"
    assert dict(found.find("baseline").attrib) == {"year": "2012", "value": "15"}
    said = [
        (*each.xpath("*/@iso-date"), each.xpath("target/@value"), each.xpath("actual/@value"))
        for each in found.findall("period")
    ]
    assert said == [
        ("2025-01-01", "2026-12-31", ["50"], ["53"]),
        ("2025-01-01", "2025-06-30", [], ["20"]),
        ("2025-07-01", "2025-12-31", [], ["33"]),
    ]


def test_a_reference_is_the_code_of_its_list_and_says_where_it_is_defined(world):
    fill(world)
    root = written(world)
    said = {
        key: dict(indicator(root, key).find("reference").attrib)
        for key in ("RCR03@2", "ARV-CHANGE@1")
    }
    assert said == {
        # Regulation (EU) 2021/1058 under its European Legislation Identifier.
        "RCR03@2": {"vocabulary": "99", "code": "RCR03",
                    "indicator-uri": "http://data.europa.eu/eli/reg/2021/1058/oj"},
        "ARV-CHANGE@1": {"vocabulary": "99", "code": "ARV-CHANGE",
                         "indicator-uri": "urn:arviomo:indicator:ARV-CHANGE:1"},
    }  # fmt: skip


def test_only_a_zero_is_written_as_zero(world):
    fill(world)
    root = written(world)
    states = {}
    for key in ("RCO03@1", "RCO05@1", "RCO13@1", "ARV-PARTICIPATIONS@1", "RCO01@1"):
        periods = indicator(root, key).findall("period")
        why = f"{{{NAMESPACE}}}state"
        states[key] = [
            each.xpath("actual/@value") or [found.get("code") for found in each.findall(why)]
            for each in periods
        ]
    # The whole way first, then the payment period; what waits for approval is not told.
    assert states == {
        "RCO03@1": [["0"], ["0"]],
        "RCO05@1": [["not_reported"], ["not_reported"]],
        "RCO13@1": [["not_applicable"], ["not_applicable"]],
        "ARV-PARTICIPATIONS@1": [["suppressed"], ["suppressed"]],
        "RCO01@1": [["not_reported"]],
    }
    told = indicator(root, "RCO05@1").xpath("description/narrative[@xml:lang='en']/text()")[0]
    assert "2025-01-01–2025-06-30: not reported." in told


def test_words_stand_in_a_comment_and_never_in_a_number(world):
    fill(world)
    found = indicator(written(world), "ARV-CHANGE@1")
    assert found.get("measure") == "5"
    (actual,) = found.xpath("period/actual")
    assert actual.get("value") is None
    assert actual.findtext("comment/narrative") == "=1 & <muuttui>"


def test_people_are_protected_whoever_writes_the_file(world):
    period = opened(world)
    many = promised(world, "RCO113@1")
    approved(world, submitted(world, many, period, 43, cumulative=43))
    found = indicator(written(world), "RCO113@1")
    # 43 people, to the nearest five.
    assert found.xpath("period/actual/@value") == ["45", "45"]


@pytest.mark.parametrize(
    "reporter", [Reporter("", "A"), Reporter("Kaupunki", "A"), Reporter("FI-PRO-1/2", "A"),
                 Reporter("FI-PRO-1234567-8", " ")]
)  # fmt: skip
def test_a_file_without_a_reporter_is_refused(world, reporter):
    with pytest.raises(UnnamedReporter, match="FI-PRO-1234567-8"):
        written(world, reporter=reporter)
