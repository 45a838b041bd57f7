"""Lists of people to invite, files for one browser, QR codes, and questionnaires on the screen."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
import segno
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from dashboard import downloads, sign_in
from dashboard.surveys import invitees, personal, qr
from dashboard.surveys.invitees import Fault
from data import access, database, schema
from data.access import User
from data.fieldwork.invitations import MOST, Invitee, Link
from survey.answering import every_page, pages
from survey.instrument import instruments
from survey.text import LANGUAGES

GROUPS = ("RES", "COM")

# --- lists of people ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "RES;fi;17\nCOM;;18",
        "RES\tfi\t17\nCOM\t\t18",
        "group,language,reference\nRES,fi,17\nCOM,,18",
        "Tunnus;Ryhmä;Kieli\n17;Asukkaat;suomi\n\n18;yritykset;",
        "referens;språk;grupp\r\n17;fi;Invånare\r\n18;;Företag",
    ],
)
def test_a_list_is_understood_however_it_was_pasted(text):
    people, faults = invitees.read(text, GROUPS, joined=True)
    assert faults == ()
    assert people == [Invitee("RES", "17", "fi"), Invitee("COM", "18")]


def test_one_column_is_references_where_one_group_is_asked():
    people, faults = invitees.read("a@example.org\nb@example.org", ("RES",), joined=False)
    assert faults == ()
    assert people == [Invitee("RES", "a@example.org"), Invitee("RES", "b@example.org")]
    assert invitees.read("RES\nRES", ("RES",), joined=False)[0] == [Invitee("RES")] * 2


@pytest.mark.parametrize(
    ("text", "joined", "fault"),
    [
        ("RES;fi;1\nNGO;fi;2", False, Fault(2, "group", "NGO")),
        (";fi;1", False, Fault(1, "group_missing")),
        ("RES;klingon;1", False, Fault(1, "language", "klingon")),
        ("RES;fi;Anna K\nRES;fi;anna  k", False, Fault(2, "twice", "anna  k")),
        ("RES;fi;", True, Fault(1, "reference")),
        (f"RES;fi;{'x' * 201}", False, Fault(1, "long", "x" * 20)),
        ("  \n ", False, Fault(1, "empty")),
        ("group;language;reference", False, Fault(1, "empty")),
    ],
)
def test_a_row_that_cannot_be_taken_is_named(text, joined, fault):
    _, faults = invitees.read(text, GROUPS, joined=joined)
    assert faults == (fault,)
    for language in LANGUAGES:
        told = invitees.message(fault, language, GROUPS)
        assert fault.value in told
        assert "{" not in told


def test_a_list_that_is_too_long_is_refused_whole():
    _, faults = invitees.read("RES;;\n" * (MOST + 1), GROUPS, joined=False)
    assert faults[0].code == "many"


def test_a_file_of_an_old_spreadsheet_keeps_its_letters():
    assert invitees.decoded("Ryhmä;Åsa".encode("cp1252")) == "Ryhmä;Åsa"
    assert invitees.decoded("Ryhmä;Åsa".encode("utf-8-sig")) == "Ryhmä;Åsa"


def test_no_cell_of_a_file_of_links_runs_in_a_spreadsheet():
    def page():
        import streamlit as st

        from dashboard.surveys import personal
        from data.fieldwork.invitations import Link

        st.text(personal.links_file([Link("RES", "fi", "t" * 43, "=HYPERLINK(1)")], "fi"))

    assert personal.SHOWN == 50
    assert Link("RES", None, "t").reference is None
    row = AppTest.from_function(page).run().text[0].value.splitlines()[1]
    assert row.startswith("'=HYPERLINK(1),Asukkaat,fi,")
    assert row.endswith(
        f"/s/{'t' * 43}?lang=fi"
    )  # the language of the list, whatever the phone speaks


# --- files for one browser ----------------------------------------------------------------------


@pytest.fixture
def browser() -> TestClient:
    return TestClient(Starlette(routes=[Route(downloads.ROUTE, downloads.download)]))


@pytest.fixture
def manager(sqlite_engine, monkeypatch) -> User:
    """Somebody who runs surveys in every project, in the database that is served."""
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    with database.writing(sqlite_engine) as connection:
        one = {"issuer": "https://id.example", "subject": "m", "name": "Maija"}
        number = connection.scalar(sa.insert(schema.AppUser).returning(schema.AppUser.id), one)
        connection.execute(sa.insert(schema.UserGrant), {"user_id": number, "role": "evaluator"})
        return access.user_numbered(connection, number)


#: What a signed-in browser brings: 43 letters, as a token has.
SIGNED, OTHER = "s" * 43, "o" * 43
MINE = {"arviomo_session": SIGNED, "_streamlit_xsrf": "x", "other": "1"}


def test_a_file_goes_to_the_browser_that_it_was_offered_to(browser, manager):
    address = downloads.offer(b"a;b", "12-links.csv", MINE, manager, 1)
    browser.cookies = {"arviomo_session": SIGNED, "_streamlit_xsrf": "renewed"}
    answer = browser.get(address)
    assert (answer.status_code, answer.content) == (200, b"a;b")
    name = f"12-links-{downloads.fingerprint(b'a;b')}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-type"].startswith("text/csv")


@pytest.mark.parametrize(
    "cookies",
    [
        {},
        {"arviomo_session": OTHER},
        {"_streamlit_xsrf": "x"},
        {"_streamlit_user": SIGNED},
        {"arviomo_session": SIGNED, "__Host-arviomo_session": OTHER},
    ],
)
def test_nobody_else_finds_it_with_the_address_alone(browser, manager, cookies):
    address = downloads.offer(b"a;b", "12-links.csv", MINE, manager, 1)
    browser.cookies = cookies
    name = address.rpartition("/")[2]
    found, missing = browser.get(address), browser.get(f"/download/{'x' * 43}/{name}")
    assert found.status_code == missing.status_code == 404
    assert found.content == missing.content


def test_a_file_is_gone_after_a_while_and_under_another_name(browser, manager, monkeypatch):
    address = downloads.offer(b"a;b", "12-links.csv", MINE, manager, 1)
    browser.cookies = {"arviomo_session": SIGNED}
    assert browser.get(address.replace("12-", "13-")).status_code == 404
    later = time.monotonic() + downloads.LASTS + 1
    monkeypatch.setattr(downloads.time, "monotonic", lambda: later)
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        sa.delete(schema.UserGrant),
        sa.update(schema.UserGrant).values(role="steering"),
        sa.update(schema.AppUser).values(disabled_at=datetime(2026, 1, 1, tzinfo=UTC)),
    ],
    ids=["no role", "another role", "let in no longer"],
)
def test_who_has_lost_the_right_finds_nothing(browser, manager, sqlite_engine, change):
    address = downloads.offer(b"a;b", "12-links.csv", MINE, manager, 1)
    browser.cookies = MINE
    assert browser.get(address).status_code == 200
    with database.writing(sqlite_engine) as connection:
        connection.execute(change)
    assert browser.get(address).status_code == 404


def test_a_visitor_without_sign_in_is_told_apart_in_the_sample_only(monkeypatch, manager):
    visitor = {"_streamlit_xsrf": "x"}
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    assert downloads.offer(b"", "links.csv", visitor, manager, 1) is None
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PERSONAS)
    assert downloads.offer(b"", "links.csv", visitor, manager, 1)


def test_nothing_is_offered_to_who_says_nothing_or_under_a_strange_name(manager):
    assert downloads.offer(b"", "links.csv", {"other": "1"}, manager, 1) is None
    with pytest.raises(ValueError, match="named like"):
        downloads.offer(b"", 'x".csv', MINE, manager, 1)


@pytest.mark.parametrize("name", ["audit.csv", "proof-3.pdf", "x-abc.csv", f"x-{'a' * 33}.csv"])
def test_no_file_is_offered_without_the_fingerprint_of_what_is_in_it(manager, name):
    with pytest.raises(ValueError, match="named like"):
        downloads.offer_to_read(lambda *_: b"", name, MINE, manager)


# --- QR codes -----------------------------------------------------------------------------------

ADDRESS = "https://arviomo.example/s/" + "Aa0-_" * 8 + "abc"


def parsed(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314  we have just drawn it ourselves


SVG = "{http://www.w3.org/2000/svg}"


def test_a_code_is_a_picture_with_a_name_in_black_and_white():
    drawn = parsed(qr.code(ADDRESS, 'Koodi & "nimi" <b>'))
    assert drawn.find(f"{SVG}title").text == 'Koodi & "nimi" <b>'
    side = segno.make(ADDRESS, error="m").symbol_size(scale=8, border=4)[0]
    assert drawn.get("width") == drawn.get("height") == str(side)
    colours = {path.get(name) for path in drawn.iter() for name in ("fill", "stroke")} - {None}
    assert colours <= {"#000", "#fff"}


def test_a_poster_says_the_address_in_letters_and_holds_the_code():
    sheet = parsed(
        qr.poster(
            ADDRESS, alt="Koodi", heading="Kerro & vaikuta", lines=["<Puisto> " * 9, "Kysely"]
        )
    )
    said = [text.text for text in sheet.iter(f"{SVG}text")]
    assert said[0] == "Kerro & vaikuta"
    assert "".join(said[-2:]) == ADDRESS
    inner = sheet.find(f"{SVG}svg")
    assert (inner.get("width"), bool(inner.get("viewBox"))) == (str(qr.CODE), True)


# --- questionnaires -----------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted(instruments()))
def test_every_page_holds_whatever_can_come_up(key):
    instrument = instruments()[key]
    shown = [item.code for page in every_page(instrument, "COM", "during") for item in page]
    assert shown == sorted(shown, key=[item.code for item in instrument.items].index) or (
        instrument.sections
    )
    asked = {item.code for page in pages(instrument, "COM", "during", {}) for item in page}
    waiting = {item.code for item in instrument.items if item.shown_if}
    concerned = {item.code for item in instrument.items if item.concerns("COM", "during")}
    assert set(shown) == concerned
    assert asked == concerned - waiting


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(instruments()))
def test_a_questionnaire_is_shown_whole_in_every_language(key, language):
    def page(key, language):
        from dashboard.surveys import preview
        from survey.instrument import instruments

        preview.pages(instruments()[key], language, "COM", "end")
        preview.scales(instruments()[key], language)

    at = AppTest.from_function(page, args=(key, language), default_timeout=30).run()
    assert not at.exception, at.exception
    kinds = [*at.markdown, *at.caption]
    shown = re.sub(r"\\(.)", r"\1", "\n".join(str(one.value) for one in kinds))
    shown = shown.replace("\u2060", "").replace("\u00a0", " ")
    instrument = instruments()[key]
    asked = [item for item in instrument.items if item.concerns("COM", "end")]
    for item in asked:
        assert " ".join(item.text.in_language(language).split()) in shown
        for choice in instrument.answer_sets[item.answers].choices:
            assert f"○ {choice.text.in_language(language)}" in shown
    titles = at.table[0].value.iloc[:, 0].tolist() if at.table else []
    assert len(titles) == len(instrument.scales)
