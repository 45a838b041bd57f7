"""Releases and files on the desk: made, signed, listed, handed out; one figure followed through."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from dashboard import downloads
from dashboard.brief import making
from dashboard.reporting import files, words
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say
from data import access, database
from data.database import reading
from data.releases.reading import file_of, releases
from data.reporting.reading import desk, record
from metrics.metric import Level
from tests.dashboard.looking import opened, plain

pytestmark = pytest.mark.usefixtures("house", "offers")
HASH = r"[0-9a-f]{64}"


@pytest.fixture
def house(
    sample_to_write: Path, sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The home of the sample, with its signing key, beside a database to write into."""
    home = tmp_path / "house"
    shutil.copytree(sample_home / "demo", home, ignore=shutil.ignore_patterns("arviomo.db*"))
    monkeypatch.setenv(database.HOME_VARIABLE, str(home))
    return home


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch) -> dict[str, downloads.Read]:
    """What is offered for download, by name; AppTest brings no cookies."""
    found: dict[str, downloads.Read] = {}

    def keep(read, name, _cookies, _person):
        assert downloads._NAME.fullmatch(name), name
        found[name] = read
        return f"/download/x/{name}"

    monkeypatch.setattr(downloads, "offer_to_read", keep)
    return found


def person(role: str) -> access.User:
    with reading(engine()) as connection:
        return access.persona(role, connection)


def said(at) -> str:
    kinds = (at.markdown, at.caption, at.error, at.success, at.warning, at.info)
    return "\n".join(plain(element.value) for kind in kinds for element in kind)


def released(at) -> str:
    """What the page says after a release was meant and asked for."""
    box = next(each for each in at.checkbox if "release_sure" in each.key)
    assert at.button(key="release_do").disabled
    box.set_value(True).run()
    at.button(key="release_do").click().run()
    return said(at)


def unnamed(at) -> None:
    """Leave the survey figures out: their people are in extracts, which this home has not."""
    next(each for each in at.checkbox if "release_figures" in each.key).set_value(False).run()


def test_one_figure_is_the_same_on_paper_in_its_record_its_items_and_the_release(offers):
    at = opened("reporting", "evaluator")
    with reading(engine()) as connection:
        evaluator = access.persona("evaluator", connection)
        line = next(
            each
            for each in desk(connection, evaluator)
            if each.status == "approved"
            and each.indicator.code == "RCO01"
            and each.basis == "counted"
            and each.value
        )
    at = opened(
        "reporting", "evaluator", report_funder=line.target.funder,
        release_project=line.target.project, release_from=line.period.starts_on.isoformat(),
        release_to=line.period.ends_on.isoformat(),
    )  # fmt: skip
    assert say("release.frozen", "fi") in [plain(each.value) for each in at.header]
    unnamed(at)
    told = released(at)
    assert re.search(r"Julkistus \d+ on tehty", told), told
    # The release, read back by the verifier as an auditor does.
    with reading(engine()) as connection:
        newest = releases(connection, evaluator, project=line.target.project)[0]
        name, document = file_of(connection, evaluator, newest.id)
        found = record(connection, evaluator, line.reported)
    told_in = json.loads(document)["release"]["values"]
    (entry,) = [
        each
        for each in told_in
        if each["indicator"] == line.target.indicator
        and each["project"] == line.target.project
        and each["period"]["number"] == line.period.number
    ]
    assert float(entry["value"]) == float(line.value)
    # Its counted items: as many as the record shows.
    counted = found.items[found.items["exclusion"] == ""]
    assert counted["entity"].nunique() == int(line.value)
    # The page of the figure and the brief, in the same words.
    number = words.told(line, "fi", period=True)
    page = opened("figure", "evaluator", figure_id=line.reported)
    assert f"{number} " in said(page)
    viewing = Viewing(evaluator, "fi", access.profile_of(evaluator), invented=True)
    days = (line.period.starts_on, line.period.ends_on)
    contents = making.contents(viewing, Level.PROJECT, line.target.project, days=days)
    rows = [
        row
        for section in contents["sections"]
        for item in section["items"]
        if item["kind"] == "table"
        for row in item["rows"]
    ]
    mine = [row for row in rows if "RCO01" in row[0]]
    assert any(number in row for row in mine)
    more = next(row for row in mine if say("brief.reported.counted", "fi", n=number) in row[2])
    assert more[-1] == str(newest.id)
    # And its file on the page is the one that was signed.
    beginning = name.partition(".")[0]
    sha256 = hashlib.sha256(document).hexdigest()
    offered = offers[f"{beginning}-{sha256}.json"]
    with reading(engine()) as connection:
        assert offered(connection, person("evaluator")) == document
        assert offered(connection, access.User(0, "", ())) is None


def test_the_same_days_again_are_refused_until_something_is_corrected():
    at = opened("reporting", "evaluator")
    unnamed(at)
    assert "on tehty" in released(at)
    at = opened("reporting", "evaluator")
    unnamed(at)
    assert "Samat päivät on jo julkistettu" in said(at)
    assert "sisältää jo nämä luvut" in released(at)


@pytest.mark.parametrize("role", ["funder", "steering", "manager"])
def test_who_may_not_release_has_no_button_for_it(role):
    at = opened("reporting", role)
    assert not [button for button in at.button if button.key == "release_do"]


def test_every_file_of_the_desk_is_made_when_asked_and_named_by_its_content(offers):
    at = opened("reporting", "funder", report_project=1)
    assert offers == {} or all(name.startswith("release") for name in offers)
    offers.clear()
    for form, ending in files.FORMS.items():
        if form == "iati":
            at.button(key="files_iati").click().run()
            assert say("files.refused.unnamed_reporter", "fi") in said(at)
            at.text_input(key="files_ref").set_value("FI-PRO-1234567-8").run()
            at.text_input(key="files_name").set_value("Esimerkkikaupunki").run()
        at.button(key=f"files_{form}").click().run()
        name = next(each for each in offers if each.startswith(f"report-{form}-"))
        assert re.fullmatch(rf"report-{form}-\d+-1-{HASH}\.{ending}", name)
        with reading(engine()) as connection:
            content = offers[name](connection, person("funder"))
            assert hashlib.sha256(content).hexdigest() in name
            assert offers[name](connection, person("steering")) is None
