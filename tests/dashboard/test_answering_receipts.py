"""Taking answers back by receipt, the next person at a device, agreeing: by plain requests."""

from __future__ import annotations

import html
import re

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.respondents import Page
from dashboard import server
from dashboard.answering import misses, visits
from dashboard.surveys import qr
from dashboard.wording import say
from data import database, schema
from data.fieldwork import asking, notices
from data.instruments import bring_instrument
from survey.instrument import Instrument, Item
from survey.text import LANGUAGES, Text
from tests.data.asked import NOW, PULSE, USER, count, invited, link, opened

TEXT = Text(fi="Oletko sairas?", sv="Är du sjuk?", en="Are you ill?")
HEALTH = Instrument.model_validate(
    PULSE.model_dump()
    | {
        "code": "health_pulse",
        "items": (
            *PULSE.items[:2],
            Item(code="ILL", answers=PULSE.items[0].answers, text=TEXT, special="health"),
        ),
        "scales": (),
        "sections": (),
    }
)


@pytest.fixture
def engine_served(sqlite_engine, monkeypatch, tmp_path):
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    monkeypatch.setattr(visits, "now", lambda: NOW)
    misses.forget()
    return sqlite_engine


@pytest.fixture
def client():
    app = Starlette(routes=server.routes(), middleware=server.middleware(("127.0.0.1",)))
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def asked(engine, home, kind="anonymous", **more):
    number = opened(engine, link=kind, **more)
    if kind == "anonymous":
        return number, link(engine, home, number)
    return number, invited(engine, home, number, 1)[0]


def press(client, address, page, button, **answers):
    """Where a button leads."""
    answer = client.post(address, data=page.pressed(button, **answers))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def sent(client, token, **answers):
    """The address that the form leads to when it was sent: one that does not name the answers."""
    page = Page(client.get(f"/s/{token}").text)
    address = press(client, f"/s/{token}", page, "next", **answers)
    for _ in range(9):
        page = Page(client.get(address).text)
        button = "send" if "send" in page.buttons else "next"
        mine = {name: values[0] for name, values in page.choices.items()}
        address = press(client, f"/s/{token}", page, button, **mine)
        if "/receipt" in address:
            return address
    raise AssertionError("the form does not end")


def kept_address(receipt):
    """The address of the receipt that its page shows to be kept."""
    [address] = re.findall(r'<a href="(/s/[^"]+/receipt[^"]+)">', receipt.text)
    return html.unescape(address)


# --- taking back --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["anonymous", "personal"])
@pytest.mark.parametrize("way", ["at once", "by the address"])
def test_answers_are_taken_back_in_two_steps(engine_served, client, tmp_path, kind, way):
    number, token = asked(engine_served, tmp_path, kind)
    receipt = sent(client, token)
    shown = client.get(receipt)
    assert "Ota vastaukseni takaisin" in shown.text
    assert (shown.headers.get("clear-site-data") == '"cache"') == (kind == "anonymous")
    if way == "by the address":
        receipt = kept_address(shown)
        client.cookies.clear()
        shown = client.get(receipt)
    with database.writing(engine_served) as connection:
        asking.close(connection, USER, number, NOW)
    # Looking, however often, and the first button do nothing but ask.
    sure = client.get(press(client, f"/s/{token}/receipt", Page(shown.text), "withdraw"))
    assert {"take_back", "keep"} == {*Page(sure.text).buttons}
    for address in (receipt, f"{receipt}&do=take_back", f"/s/{token}/receipt?do=take_back"):
        for method in ("GET", "HEAD"):
            client.request(method, address)
    kept = press(client, f"/s/{token}/receipt", Page(sure.text), "keep")
    assert count(engine_served, schema.Response) == 1
    gone = press(client, f"/s/{token}/receipt", Page(sure.text), "take_back")
    assert (gone, count(engine_served, schema.Response)) == (kept, 0)
    assert ("a=" in gone) == (way == "by the address")
    for language, day in (("fi", "10.11.2026"), ("sv", "10.11.2026"), ("en", "10 November 2026")):
        told = client.get(gone.replace("lang=fi", f"lang={language}"))
        assert day in told.text
        assert "withdraw" not in Page(told.text).buttons
    again = client.post(f"/s/{token}/receipt", data=Page(sure.text).pressed("take_back"))
    assert again.headers["location"] == gone


def test_the_link_alone_takes_nothing_back(engine_served, client, tmp_path):
    _, token = asked(engine_served, tmp_path, "personal")
    receipt = sent(client, token)
    key = kept_address(client.get(receipt)).split("a=")[1]
    used = client.get(f"/s/{token}")
    assert "Pelkkä kyselyn linkki ei riitä" in used.text
    assert Page(used.text).buttons == []
    proof = receipt.split("r=")[1]
    stranger = TestClient(client.app, base_url="http://127.0.0.1", follow_redirects=False)
    for wrong in ("", "x", "x" * 20 + "." + "0" * 32):
        form = {"do": "take_back", "a": wrong}
        answer = stranger.post(f"/s/{token}/receipt", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/s/{token}")
        answer = stranger.post(f"/s/{token}/receipt", data=form | {"r": proof})
        assert "a=" not in answer.headers["location"]
        assert Page(stranger.get(answer.headers["location"]).text).buttons == []
    elsewhere = {"sec-fetch-site": "cross-site"}
    form = {"do": "take_back", "r": proof, "a": key}
    answer = stranger.post(f"/s/{token}/receipt", data=form, headers=elsewhere)
    assert answer.status_code == 403
    assert count(engine_served, schema.Response) == 1


def test_a_receipt_outlives_its_link(engine_served, client, tmp_path):
    number, token = asked(engine_served, tmp_path)
    receipt = kept_address(client.get(sent(client, token)))
    with database.writing(engine_served) as connection:
        asking.new_link(connection, USER, tmp_path, number)
    assert client.get(f"/s/{token}").status_code == 404
    client.cookies.clear()
    page = Page(client.get(receipt).text)
    sure = client.get(press(client, f"/s/{token}/receipt", page, "withdraw"))
    press(client, f"/s/{token}/receipt", Page(sure.text), "take_back")
    assert "Vastauksesi poistettiin" in client.get(receipt).text


# --- the next person at the device --------------------------------------------------------------


@pytest.mark.parametrize("way", ["another", "close", "open"])
def test_the_next_person_finds_no_receipt_that_takes_back(engine_served, client, tmp_path, way):
    _, token = asked(engine_served, tmp_path)
    receipt = sent(client, token)
    shown = client.get(receipt)
    own = kept_address(shown)
    assert "a=" not in receipt
    # What the forms of the page post stands in the history too: it does not say which answers.
    assert "a" not in Page(shown.text).fields
    sure = client.get(press(client, f"/s/{token}/receipt", Page(shown.text), "withdraw"))
    assert "a" not in Page(sure.text).fields
    if way == "close":
        closed = client.post(f"/s/{token}/receipt", data=Page(shown.text).pressed("close"))
        assert closed.headers["clear-site-data"] == '"cache"'
        assert closed.headers["location"] == receipt
        assert not client.cookies
    else:
        [again] = re.findall(r'<a href="([^"]+)" class="again">', shown.text)
        client.get(again if way == "another" else f"/s/{token}")
        assert {*client.cookies} == {"arviomo_form"}
    for language, said in (("fi", "osoitteella, joka"), ("sv", "adress, som"), ("en", "which was")):
        back = client.get(receipt.replace("lang=fi", f"lang={language}"))
        assert back.status_code == 200
        assert said in back.text
        assert "a=" not in "".join(re.findall(r'href="([^"]+)"', back.text))
        assert not {"withdraw", "close"} & {*Page(back.text).buttons}
    for form in (Page(shown.text).pressed("withdraw"), Page(sure.text).pressed("take_back")):
        answer = client.post(f"/s/{token}/receipt", data=form)
        assert answer.headers["location"] == receipt
    asking_again = client.get(f"{receipt}&do=withdraw")
    assert "take_back" not in Page(asking_again.text).buttons
    assert count(engine_served, schema.Response) == 1
    # Its own address still leads to it.
    assert "withdraw" in Page(client.get(own).text).buttons


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_says_whose_its_address_is(engine_served, client, tmp_path, language):
    _, token = asked(engine_served, tmp_path)
    shown = client.get(sent(client, token).replace("lang=fi", f"lang={language}"))
    for key in ("keep.text", "keep.address", "keep.code", "keep.shared", "keep.close"):
        assert say(f"answering.{key}", language) in html.unescape(shown.text)
    # The code is drawn for who asks, under an address that does not say which answers they are.
    [drawn] = re.findall(r'href="([^"]+)" class="draw"', shown.text)
    assert "<title>" not in shown.text.partition("<main")[2]
    assert "a=" not in drawn
    address = f"http://127.0.0.1{kept_address(shown)}"
    coded = client.get(html.unescape(drawn).partition("#")[0])
    assert qr.code(address, say("answering.keep.code", language), sized=False) in coded.text
    assert kept_address(coded) == kept_address(shown)
    client.cookies.clear()
    assert "<title>" not in client.get(coded.url).text.partition("<main")[2]


def test_who_takes_no_cookies_gets_the_whole_address(engine_served, client, tmp_path):
    _, token = asked(engine_served, tmp_path)
    page = Page(client.get(f"/s/{token}").text)
    client.cookies.clear()
    receipt = press(client, f"/s/{token}", page, "send", GOAL1="1", at="end")
    assert "a=" in receipt
    shown = client.get(receipt)
    assert "Tallenna silloin tämän sivun osoite" in shown.text
    assert {"withdraw"} == {*Page(shown.text).buttons}
    assert not client.cookies


# --- agreeing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("agreed", [True, False])
def test_sensitive_questions_are_asked_of_those_who_ticked(engine_served, client, tmp_path, agreed):
    with database.writing(engine_served) as connection:
        bring_instrument(connection, USER, HEALTH)
    _, token = asked(engine_served, tmp_path, instrument=HEALTH.key)
    start = client.get(f"/s/{token}")
    assert "Osa kysymyksistä koskee näitä: terveys." in start.text
    assert "agreed" not in Page(start.text).fields  # nobody ticked it beforehand
    receipt = sent(client, token, **({"agreed": "yes"} if agreed else {}))
    with database.reading(engine_served) as connection:
        row = connection.execute(sa.select(schema.Response.__table__)).one()
    assert ("ILL" in row.answers, row.agreed, row.notice_version) == (agreed, agreed, "2026-11")
    page = Page(client.get(receipt).text)
    sure = client.get(press(client, f"/s/{token}/receipt", page, "withdraw"))
    assert ("end_agreement" in Page(sure.text).buttons) == agreed
    if agreed:
        press(client, f"/s/{token}/receipt", Page(sure.text), "end_agreement")
        assert "ei ole tallessa, koska suostumusta ei ole" in client.get(receipt).text
        with database.reading(engine_served) as connection:
            row = connection.execute(sa.select(schema.Response.__table__)).one()
        assert ("ILL" in row.answers, "GOAL1" in row.answers) == (False, True)


def test_who_began_under_another_notice_is_told(engine_served, client, tmp_path):
    number, token = asked(engine_served, tmp_path)
    page = Page(client.get(f"/s/{token}").text)
    first = press(client, f"/s/{token}", page, "next")
    page = Page(client.get(first).text)
    text = Text(fi="Uusi seloste.", sv="Ny.", en="New.")
    with database.writing(engine_served) as connection:
        notices.write_notice(connection, USER, "2026-12", text, NOW.date())
        notices.use_notice(connection, USER, number, "2026-12", NOW.date())
    told = client.post(f"/s/{token}", data=page.pressed("next", GOAL1="4"))
    assert told.status_code == 422
    assert "Tietosuojaseloste muuttui" in told.text
    assert "Uusi seloste." in told.text
    on = press(client, f"/s/{token}", Page(told.text), "next")
    assert Page(client.get(on).text).fields["GOAL1"] == "4"
