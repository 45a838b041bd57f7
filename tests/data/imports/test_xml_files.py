"""XES logs and IATI files come in through the same way as tables do, and do no harm."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.exports.iati import Reporter, write_iati
from data.exports.report import report
from data.imports.iati_tables import IATI
from data.imports.problems import RejectedFile
from data.imports.profile import profiles
from data.imports.run import preview, store, undo
from data.imports.sources.look import look
from data.imports.sources.propose import propose
from data.imports.sources.suggest import Said
from tests.data import reported
from tests.data.reported import EVALUATOR, ONE, SECOND, TODAY, approved, opened, promised, submitted

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/"><extension name="Concept" prefix="concept"/>
<trace><string key="concept:name" value="7"/><string key="channel" value="Verkko"/>
{events}</trace></log>"""
EVENT = """<event><string key="concept:name" value="{0}"/><date key="time:timestamp" value="{1}"/>
<string key="org:group" value="Neuvonta"/><string key="org:resource" value="Maija M"/></event>"""


def log(folder: Path) -> Path:
    told = (("Avaus", "2026-03-01T10:00:00.000+02:00"), ("Päätös", "2026-03-03T08:00:00.000Z"))
    path = folder / "log.xes"
    path.write_text(
        XES.format(events="".join(EVENT.format(*each) for each in told)), encoding="utf-8"
    )
    return path


@pytest.fixture
def with_project(sqlite_engine: sa.Engine, tmp_path: Path) -> sa.Engine:
    register = tmp_path / "register.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    return sqlite_engine


def test_a_log_in_xes_is_stored_without_names_and_taken_back(
    with_project: sa.Engine, tmp_path: Path
) -> None:
    path = log(tmp_path)
    made = propose(with_project, path, operator(), Said(fields={"project": "A1"}))
    assert (made.found.source, made.found.rows, made.kind) == ("xes", 2, "event_log")
    assert made.personal == ("org:resource",)
    seen = preview(with_project, made.profile, path, operator())
    assert (seen.rows_read, seen.storable, seen.fatal) == (2, 2, ())
    batch = store(with_project, made.profile, path, operator())
    columns = ("activity", "happened_at", "unit", "channel")
    with database.reading(with_project) as connection:
        query = sa.select(*(getattr(schema.LoggedEvent, name) for name in columns))
        rows = [tuple(row) for row in connection.execute(query)]
        keys = set(connection.execute(sa.select(schema.LoggedEvent.case_key)).scalars())
    # 10:00 in the zone two hours ahead is 08:00 in UTC: the case took two days exactly.
    assert rows == [
        ("Avaus", datetime(2026, 3, 1, 8, tzinfo=UTC), "Neuvonta", "Verkko"),
        ("Päätös", datetime(2026, 3, 3, 8, tzinfo=UTC), "Neuvonta", "Verkko"),
    ]
    assert len(keys) == 1 and "7" not in keys
    undo(with_project, batch.id, operator())
    with database.reading(with_project) as connection:
        assert not connection.scalar(sa.select(sa.func.count()).select_from(schema.LoggedEvent))


HARM = {
    "billion laughs": '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    "<iati-activities><iati-activity>&b;</iati-activity></iati-activities>",
    "a file of the server": '<?xml version="1.0"?>'
    '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/hosts">]>'
    "<log><trace><event>&f;</event></trace></log>",
    "too deep": '<?xml version="1.0"?><log>' + "<a>" * 200 + "</a>" * 200 + "</log>",
    "cut short": '<?xml version="1.0"?><log><trace><event>',
}


@pytest.mark.parametrize("harm", HARM)
def test_xml_that_means_harm_is_refused_by_look_and_by_reader(
    with_project: sa.Engine, tmp_path: Path, harm: str
) -> None:
    path = tmp_path / "harm.xml"
    path.write_text(HARM[harm], encoding="utf-8")
    with pytest.raises(RejectedFile) as refused:
        look(path)
    assert refused.value.problems[0].code in ("suspicious_archive", "damaged_file")
    seen = preview(with_project, profiles()["iati_values"], path, operator())
    assert seen.fatal and seen.storable == 0


# --- IATI ---------------------------------------------------------------------------------------


@pytest.fixture
def exported(sqlite_engine: sa.Engine, tmp_path: Path) -> Path:
    """Our own file of a project with two periods, a target of 50 of which 53 was reached, and a
    zero that is reported."""
    engine = reported.fill(sqlite_engine)
    with database.writing(engine) as connection:
        link = schema.ProjectFunder
        connection.execute(sa.delete(link).where(link.funder_id == reported.CITY))
    first, second = opened(engine), opened(engine, days=SECOND)
    target = promised(engine, "RCR03@2", baseline=15, baseline_year=2012, target=50)
    approved(engine, submitted(engine, target, first, 20, cumulative=20))
    approved(engine, submitted(engine, target, second, 33, cumulative=53))
    approved(engine, submitted(engine, promised(engine, "RCO03@1"), first, 0, cumulative=0))
    city = Reporter("FI-PRO-1234567-8", "Esimerkkikaupunki")
    with database.reading(engine) as connection:
        told = report(connection, EVALUATOR, "fi", today=TODAY)
        path = tmp_path / "activities.xml"
        path.write_bytes(write_iati(connection, EVALUATOR, told, city))
    return path


def test_what_we_write_as_iati_comes_back(
    exported: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copyfile(sqlite_template, tmp_path / "empty.db")
    fresh = database.connect(f"sqlite:///{tmp_path / 'empty.db'}")
    found = look(exported)
    assert (found.source, found.counts["indicator"]) == ("iati", 2)
    assert [name for name, _ in found.tables] == ["periods", "targets", "values"]
    for member in ("projects", "periods", "targets", "values"):
        made = propose(fresh, exported, operator(), Said(table=member))
        assert (made.ready, made.found.member) == (f"iati_{member}", member)
        seen = preview(fresh, made.profile, exported, operator())
        assert (seen.fatal, seen.problems) == ((), ()), member
        batch = store(fresh, made.profile, exported, operator())
        assert (batch.rows_read, batch.rows_rejected) == (made.found.rows, 0)
    with database.reading(fresh) as connection:
        values = connection.execute(
            sa.select(
                schema.IndicatorVersion.code,
                schema.ReportingPeriod.starts_on,
                schema.ReportedValue.state,
                schema.ReportedValue.value,
            )
            .join_from(schema.ReportedValue, schema.IndicatorTarget)
            .join(schema.IndicatorVersion)
            .join_from(schema.ReportedValue, schema.ReportingPeriod)
            .order_by(schema.IndicatorVersion.code, schema.ReportingPeriod.starts_on)
        ).all()
        aims = connection.execute(
            sa.select(schema.IndicatorTarget.baseline, schema.IndicatorTarget.target)
            .join(schema.IndicatorVersion)
            .where(schema.IndicatorVersion.code == "RCR03")
        ).one()
        project = connection.execute(sa.select(schema.Project.code, schema.Project.name_fi)).one()
    fresh.dispose()
    assert [tuple(row[:1]) + tuple(row[2:]) for row in values] == [
        ("RCO03", "zero", Decimal(0)),
        ("RCR03", "value", Decimal(20)),
        ("RCR03", "value", Decimal(33)),
    ]
    assert tuple(aims) == (Decimal(15), Decimal(50))
    assert tuple(project) == (f"p{ONE}", "P1")


def test_others_iati_keeps_parts_apart_and_makes_no_zero_of_silence(
    with_project: sa.Engine, tmp_path: Path
) -> None:
    """A disaggregated actual is a part of another one, and no actual is no number."""
    days = "<period-start iso-date='{0}-01-01'/><period-end iso-date='{0}-12-31'/>"
    period = "<period>" + days + "<target value='10'/>{1}</period>"
    part = "<actual value='3'><dimension name='sex' value='female'/></actual>"
    periods = period.format(2023, "<actual value='7'/>" + part) + period.format(2024, "")
    periods += period.format(2025, part)
    path = tmp_path / "others.xml"
    path.write_text(
        "<?xml version='1.0'?><iati-activities version='2.03'><iati-activity>"
        "<iati-identifier>XM-DAC-1-A1</iati-identifier><reporting-org ref='XM-DAC-1'/>"
        "<title><narrative>Park</narrative></title>"
        "<participating-org role='1'><narrative>EU</narrative></participating-org>"
        "<result type='1'><indicator measure='1'><title><narrative>Firms</narrative></title>"
        f"<reference code='RCR03' vocabulary='99'/>{periods}</indicator></result>"
        "</iati-activity></iati-activities>",
        encoding="utf-8",
    )
    told = [(row["period"], row["state"], row["value"]) for row in IATI["values"](path)]
    assert told == [("1", "value", "7"), ("2", "not_reported", ""), ("3", "only_by_dimension", "")]
    (aim,) = IATI["targets"](path)
    assert (aim["project"], aim["target"], aim["target_on"]) == ("A1", "10", "2025-12-31")
