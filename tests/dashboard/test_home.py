"""The homes of managers and funders, and the search: what waits, of whom, and the way there."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import finding
from dashboard.figures import engine
from dashboard.glossary import TERMS, WORDS
from dashboard.home.week import doing
from dashboard.navigation import PAGES
from dashboard.wording import say, say_count, texts
from data import access
from data.database import reading
from data.records.duties import Duty, Matter, duties
from data.reporting import reading as reports
from tests.dashboard.looking import opened, plain
from tests.dashboard.test_pages import spoken


def links(at) -> list[str]:
    return [link.proto.label for link in at.get("page_link")]


@pytest.mark.usefixtures("sample")
def test_a_managers_home_counts_what_waits_and_links_to_where_it_is_done():
    with reading(engine()) as connection:
        manager = access.persona("manager", connection)
        found = duties(connection, manager, date.today())
        names = access.visible_projects(manager)
    at = opened("my_projects", "manager", "en")
    said = plain(spoken(at))
    assert found
    assert say_count("home.waits", len(found), "en") in said
    assert {duty.project for duty in found} <= names
    assert say("home.do.report", "en") in links(at)
    assert links(at).count(say("surveys.view.new", "en")) == len(names)
    # A table of phases for each of the own projects.
    assert len(at.table) == len(names)


@pytest.mark.usefixtures("sample")
def test_a_funders_home_is_of_its_own_projects_and_says_what_waits():
    with reading(engine()) as connection:
        funder = access.persona("funder", connection)
        lines = reports.desk(connection, funder)
    at = opened("funded", "funder", "en")
    table = at.table[0].value
    own = access.visible_projects(funder)
    assert len(table) == len(own)
    pending = sum(line.status == "submitted" for line in lines)
    assert table[say("home.column.pending", "en")].astype(int).sum() == pending
    assert f"{pending} wait for approval" in plain(spoken(at))
    assert say("home.do.approve", "en") in links(at)


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("role", ["steering", "manager"])
def test_nobody_has_the_home_of_somebody_else(role):
    with reading(engine()) as connection:
        pages = access.pages_for(access.persona(role, connection))
    assert "funded" not in pages
    assert ("my_projects" in pages) == (role == "manager")


def test_every_matter_has_its_words_and_leads_to_a_page():
    for matter in Matter:
        page, label, selections = doing(Duty(matter, 7, None, "P4", 3))
        assert page in PAGES
        assert label in texts()
        assert f"home.matter.{matter}" in texts()
        assert selections["project_id"] == 7


# --- search -------------------------------------------------------------------------------------

THINGS = [
    ("Polku kirjastolle", "Polku kirjastolle", 1),
    ("Kirjasto", "Kirjasto Bibliotek Library", 2),
    ("Mätäsoja", "Mätäsoja", 3),
]


@pytest.mark.parametrize(
    ("query", "expected", "cut"),
    [
        ("kirjasto", [2, 1], False),  # both begin a word with it: by name
        ("MATASOJA", [3], False),
        ("mätäs", [3], False),
        ("library", [2], False),
        ("kirjastoissa", [2, 1], True),  # cut to five letters
        ("kirjasto polku", [1], False),
        ("  ", [], False),
        ("xyz", [], False),
    ],
)
def test_words_are_found_whatever_their_accents_order_and_endings(query, expected, cut):
    assert finding.found(query, THINGS) == (expected, cut)


@pytest.mark.usefixtures("sample")
def test_the_address_keeps_the_query_and_results_lead_to_their_pages():
    at = opened("search", "steering", "sv", q="otnas")
    assert at.text_input[0].value == "otnas"
    assert "Otnäs" in links(at)
    at.text_input[0].set_value("zzzz").run()
    assert at.query_params["q"] in ("zzzz", ["zzzz"])
    assert say("search.nothing_help", "sv") in [plain(text.value) for text in at.markdown]


@pytest.mark.usefixtures("sample")
def test_a_manager_finds_only_the_own_projects():
    assert "Kaarnalaiva" in links(opened("search", "manager", "fi", q="kaarnalaiva"))
    assert "Hengitystauko" not in links(opened("search", "manager", "fi", q="hengitystauko"))


def test_every_word_that_a_page_explains_is_in_the_glossary():
    assert {code for codes in WORDS.values() for code in codes} <= set(TERMS)
    assert set(WORDS) <= set(PAGES)
    known = {key.split(".")[1] for key in texts() if key.startswith("term.")}
    assert known == set(TERMS)
