"""Taking answers back from the receipt, going back in the browser, agreeing: by plain requests."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.respondents import Page
from dashboard import server
from dashboard.answering import drafts, misses, visits
from data import database, schema
from data.fieldwork import asking, notices
from data.instruments import bring_instrument
from survey.instrument import Instrument, Item
from survey.text import Text
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
    """The address of the receipt."""
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


# --- taking back --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["anonymous", "personal"])
def test_answers_are_taken_back_in_two_steps(engine_served, client, tmp_path, kind):
    number, token = asked(engine_served, tmp_path, kind)
    receipt = sent(client, token)
    shown = client.get(receipt)
    assert "Ota vastaukseni takaisin" in shown.text
    assert (shown.headers.get("clear-site-data") == '"cache"') == (kind == "anonymous")
    with database.writing(engine_served) as connection:
        asking.close(connection, USER, number, NOW)
    # Looking, however often, and the first button do nothing but ask.
    sure = client.post(f"/s/{token}/receipt", data=Page(shown.text).pressed("withdraw"))
    assert sure.status_code == 200
    for address in (receipt, f"{receipt}&do=take_back", f"/s/{token}?do=take_back"):
        for method in ("GET", "HEAD"):
            client.request(method, address)
    kept = press(client, f"/s/{token}/receipt", Page(sure.text), "keep")
    assert (kept, count(engine_served, schema.Response)) == (receipt, 1)
    gone = press(client, f"/s/{token}/receipt", Page(sure.text), "take_back")
    assert (gone, count(engine_served, schema.Response)) == (receipt, 0)
    for language, day in (("fi", "10.11.2026"), ("sv", "10.11.2026"), ("en", "10 November 2026")):
        told = client.get(receipt.replace("lang=fi", f"lang={language}"))
        assert day in told.text
        assert "withdraw" not in Page(told.text).buttons
    again = client.post(f"/s/{token}/receipt", data=Page(sure.text).pressed("take_back"))
    assert again.headers["location"] == receipt


def test_the_link_alone_takes_nothing_back(engine_served, client, tmp_path):
    _, token = asked(engine_served, tmp_path, "personal")
    receipt = sent(client, token)
    used = client.get(f"/s/{token}")
    assert "Pelkkä linkki ei riitä" in used.text
    assert Page(used.text).buttons == []
    form = {"do": "take_back", "r": receipt.split("r=")[1].split("&")[0]}
    for key in ("", "x", "x" * 20 + "." + "0" * 32):
        answer = client.post(f"/s/{token}/receipt", data=form | {"a": key})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/s/{token}")
    elsewhere = {"sec-fetch-site": "cross-site"}
    key = receipt.split("a=")[1]
    answer = client.post(f"/s/{token}/receipt", data=form | {"a": key}, headers=elsewhere)
    assert answer.status_code == 403
    assert count(engine_served, schema.Response) == 1


def test_a_receipt_outlives_its_link(engine_served, client, tmp_path):
    number, token = asked(engine_served, tmp_path)
    receipt = sent(client, token)
    with database.writing(engine_served) as connection:
        asking.new_link(connection, USER, tmp_path, number)
    assert client.get(f"/s/{token}").status_code == 404
    sure = client.post(
        f"/s/{token}/receipt", data=Page(client.get(receipt).text).pressed("withdraw")
    )
    press(client, f"/s/{token}/receipt", Page(sure.text), "take_back")
    assert "Vastauksesi poistettiin" in client.get(receipt).text


# --- going back ---------------------------------------------------------------------------------


def test_a_page_of_the_form_is_found_again_until_it_is_sent(engine_served, client, tmp_path):
    _, token = asked(engine_served, tmp_path)
    page = Page(client.get(f"/s/{token}").text)
    first = press(client, f"/s/{token}", page, "next")
    second = press(client, f"/s/{token}", Page(client.get(first).text), "next", GOAL1="4")
    # Going back asks for the page before once more: what was answered on it stands there.
    assert Page(client.get(first).text).fields["GOAL1"] == "4"
    assert client.get(first).headers["cache-control"] == "no-store"
    assert " checked>" not in client.get(second).text
    receipt = sent(client, token)
    assert Page(client.get(first).text).fields["GOAL1"] == "4"  # another form; both are there
    done = press(client, f"/s/{token}", Page(client.get(second).text), "send", at="end")
    # Once it was sent nobody finds it: not by its address, and not by sending it again.
    for address in (first, second):
        assert client.get(address).headers["location"] == done != receipt
    for button in ("next", "back", "sv", "quit"):
        form = Page(client.get(f"/s/{token}").text).pressed(button) | {
            "submission": first.split("k=")[1].split("&")[0]
        }
        assert "/receipt" in client.post(f"/s/{token}", data=form).headers["location"]


def test_who_stops_leaves_nothing(engine_served, client, tmp_path):
    _, token = asked(engine_served, tmp_path)
    page = Page(client.get(f"/s/{token}").text)
    first = press(client, f"/s/{token}", page, "next")
    second = press(client, f"/s/{token}", Page(client.get(first).text), "next", GOAL1="4")
    fresh = press(client, f"/s/{token}", Page(client.get(second).text), "quit")
    assert fresh == f"/s/{token}?lang=fi"
    gone = client.get(first)
    assert "Tämä sivu ei ole enää tallessa" in gone.text
    assert Page(gone.text).fields["submission"] not in first
    assert "GOAL1" not in gone.text


def test_what_is_kept_has_an_end_and_a_limit(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(drafts.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(drafts, "MOST", 1_000)
    drafts.keep("t", "a", {"x": "1" * 399})
    drafts.keep("t", "b", {"x": "2" * 399})
    assert drafts.find("t", "a")["x"][0] == "1"
    assert drafts.find("u", "a") is None
    drafts.keep("t", "c", {"x": "3" * 399})
    assert [drafts.find("t", one) is None for one in "abc"] == [True, False, False]
    clock[0] += drafts.LASTS + 1
    assert drafts.find("t", "c") is None
    drafts.keep("t", "d", {})
    assert len(drafts._kept) == 1
    drafts.forget("t", "d")
    assert (len(drafts._kept), drafts._total) == (0, [0])


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
    sure = client.post(
        f"/s/{token}/receipt", data=Page(client.get(receipt).text).pressed("withdraw")
    )
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
