"""Half-filled forms: the cookie that finds them, without one, without room, and their end."""

from __future__ import annotations

import sys
import threading
from datetime import datetime

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.respondents import Page
from dashboard import server
from dashboard.answering import drafts, misses, routes, visits
from dashboard.wording import say
from data import database, schema
from data.fieldwork import answers, asking
from survey.text import LANGUAGES
from tests.data.asked import NOW, USER, count, invited, link, opened

GONE = {
    "fi": "Tätä lomakkeen sivua ei ole enää avoinna tällä laitteella.",
    "sv": "Den här sidan av formuläret är inte längre öppen på den här enheten.",
    "en": "This page of the form is not open on this device any more.",
}


@pytest.fixture
def served(sqlite_engine, monkeypatch, tmp_path):
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    monkeypatch.setattr(visits, "now", lambda: NOW)
    misses.forget()
    restart()
    return sqlite_engine


def restart():
    """What a new start of the server leaves of what was kept: nothing."""
    drafts._kept.clear()
    drafts._ended.clear()
    drafts._total[0] = 0


def device(scheme="http"):
    app = Starlette(routes=server.routes(), middleware=server.middleware(("127.0.0.1",)))
    return TestClient(app, base_url=f"{scheme}://127.0.0.1", follow_redirects=False)


@pytest.fixture
def client():
    return device()


@pytest.fixture
def token(served, tmp_path):
    return link(served, tmp_path, opened(served))


def open_form(client, token):
    return Page(client.get(f"/s/{token}").text)


def press(client, token, page, button, **answers):
    """Where a button leads, of a browser that takes cookies."""
    answer = client.post(f"/s/{token}", data=page.pressed(button, **answers))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def begun(client, token):
    """Two pages of a form, the first with an answer, and what stands on the second."""
    first = press(client, token, open_form(client, token), "next")
    page = Page(client.get(first).text)
    second = press(client, token, page, "next", GOAL1="4")
    return first, second, Page(client.get(second).text)


# --- the cookie ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_cookie_is_one_links_own_and_lasts_an_hour(served, token, scheme):
    client = device(scheme)
    [told] = [
        cookie
        for cookie in client.get(f"/s/{token}").headers.get_list("set-cookie")
        if cookie.startswith(f"{routes.DRAFT}=")
    ]
    value, *said = told.split("; ")
    wanted = {f"Path=/s/{token}", "Max-Age=3600", "HttpOnly", "SameSite=strict"}
    assert {*said} == wanted | ({"Secure"} if scheme == "https" else set())
    assert len(value.split("=")[1]) == 43
    # Opened anew it is another one: nobody knows beforehand under which a form will be kept.
    before = client.cookies[routes.DRAFT]
    client.get(f"/s/{token}")
    assert client.cookies[routes.DRAFT] != before


def test_the_address_of_a_form_tells_nothing_to_who_gets_it(served, client, token):
    first, second, page = begun(client, token)
    for address in (first, second):
        assert page.fields["submission"] not in address
        assert "k=" not in address
    # An answer to another page, and another device, find nothing of it; looking takes nothing away.
    for language in LANGUAGES:
        other = device()
        shown = other.get(f"{second}&lang={language}")
        assert shown.status_code == 200
        assert GONE[language] in shown.text
        theirs = Page(shown.text)
        assert theirs.fields["submission"] != page.fields["submission"]
        assert "GOAL1" not in theirs.fields
        assert other.cookies[routes.DRAFT] != client.cookies[routes.DRAFT]
    assert Page(client.get(second).text).fields["GOAL1"] == "4"
    assert GONE["fi"] not in open_form_text(client, token)


def open_form_text(client, token):
    return client.get(f"/s/{token}").text


@pytest.mark.parametrize("said", ["", "x", "a" * 42, "a" * 44, "a" * 42 + "!"])
def test_a_cookie_that_is_none_of_ours_is_none(served, client, token, said):
    page = open_form(client, token)
    client.cookies.clear()
    cookie = {"cookie": f"{routes.DRAFT}={said}"}
    shown = client.post(f"/s/{token}", data=page.pressed("next"), headers=cookie)
    assert shown.status_code == 200
    assert len(drafts._kept) == 0


# --- without memory -----------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["no cookies", "no room", "restarted"])
def test_the_form_goes_on_without_memory(served, client, token, why, monkeypatch):
    """A restart, a full memory and a browser without cookies cost the addresses, and no answer."""
    if why == "no room":
        monkeypatch.setattr(drafts, "MOST", 0)
    page, seen = open_form(client, token), []
    for _ in range(9):
        if why == "no cookies":
            client.cookies.clear()
        if why == "restarted":
            restart()
        mine = {name: values[0] for name, values in page.choices.items()}
        button = "send" if "send" in page.buttons else "next"
        answer = client.post(f"/s/{token}", data=page.pressed(button, **mine))
        if "/receipt" in answer.headers.get("location", ""):
            break
        if why == "restarted":
            answer = client.get(answer.headers["location"])
        assert answer.status_code == 200
        page = Page(answer.text)
        seen += mine
    assert count(served, schema.Response) == 1
    assert len(set(seen)) > 5
    back = device().post(f"/s/{token}", data=page.pressed("back"))
    assert "location" in back.headers  # it was sent


def test_what_is_wrong_is_told_without_memory_too(served, client, tmp_path):
    token = link(served, tmp_path, opened(served, groups=("RES", "STAFF")))
    page = open_form(client, token)
    client.cookies.clear()
    refused = client.post(f"/s/{token}", data=page.pressed("next"))
    assert (refused.status_code, "Valitse ryhmä." in refused.text) == (422, True)
    on = client.post(f"/s/{token}", data=Page(refused.text).pressed("next", group="RES"))
    swedish = client.post(f"/s/{token}", data=Page(on.text).pressed("sv", GOAL1="4"))
    assert (Page(swedish.text).language, Page(swedish.text).fields["GOAL1"]) == ("sv", "4")
    back = client.post(f"/s/{token}", data=Page(swedish.text).pressed("back"))
    assert Page(back.text).fields["group"] == "RES"


def test_after_a_restart_the_way_back_says_what_happened(served, client, token):
    first, _, page = begun(client, token)
    restart()
    shown = client.get(first)
    assert GONE["fi"] in shown.text
    assert "GOAL1" not in Page(shown.text).fields
    # The page that is still open holds all answers, and is kept again.
    on = press(client, token, page, "back")
    assert Page(client.get(on).text).fields["GOAL1"] == "4"


# --- the end ------------------------------------------------------------------------------------


def test_a_page_is_found_again_until_the_form_is_sent(served, client, token):
    first, second, page = begun(client, token)
    assert Page(client.get(first).text).fields["GOAL1"] == "4"
    assert client.get(first).headers["cache-control"] == "no-store"
    receipt = press(client, token, page, "send", at="end")
    assert "/receipt" in receipt
    assert len(drafts._kept) == 0
    assert routes.DRAFT not in client.cookies
    for address in (first, second):
        shown = client.get(address)
        assert (shown.status_code, GONE["fi"] in shown.text) == (200, True)
        assert "GOAL1" not in Page(shown.text).fields
    # A page that the browser itself still shows: no button but the last thanks for it.
    for button in ("next", "back", "sv", "clear"):
        assert "/receipt" not in press(client, token, page, button)
    assert press(client, token, page, "send", at="end").split("&a=")[0] == receipt
    assert (len(drafts._kept), count(served, schema.Response)) == (0, 1)


def test_who_goes_back_after_sending_reads_on_in_the_chosen_language(client, token):
    # The browser says that it reads Finnish; Swedish was chosen on the way, not by the address.
    client.headers["accept-language"] = "fi"
    first = press(client, token, open_form(client, token), "next", group="RES")
    assert GONE["fi"] not in client.get(first).text
    swedish = press(client, token, Page(client.get(first).text), "sv")
    press(client, token, Page(client.get(swedish).text), "send", at="end", GOAL1="4")
    assert GONE["sv"] in client.get(swedish).text


def test_after_a_personal_link_was_used_its_pages_say_so(served, client, tmp_path):
    [token] = invited(served, tmp_path, opened(served, link="personal"), 1)
    first, _, page = begun(client, token)
    press(client, token, page, "send", at="end")
    for address in (first, f"/s/{token}"):
        shown = client.get(address)
        assert "Tällä linkillä on jo vastattu" in shown.text
        assert Page(shown.text).buttons == []
        assert "a=" not in shown.text.replace("lang=", "")


@pytest.mark.parametrize("path", ["quit", "known", "late", "withdrawn", "used"])
def test_whatever_ends_a_form_forgets_it(served, client, tmp_path, path, monkeypatch):
    kind = "personal" if path == "used" else "anonymous"
    number = opened(served, link=kind)
    token = (
        invited(served, tmp_path, number, 1)[0]
        if kind == "personal"
        else link(served, tmp_path, number)
    )
    _, _, page = begun(client, token)
    assert len(drafts._kept) == 1
    if path in ("known", "used"):
        done = page.pressed("send", at="end")
        if path == "used":
            done |= {"submission": "another-form-of-mine"}
        device().post(f"/s/{token}", data=done)
    if path == "late":
        with database.writing(served) as connection:
            asking.close(connection, USER, number, NOW)
    if path == "withdrawn":
        with database.writing(served) as connection:
            asking.new_link(connection, USER, tmp_path, number)
    button = "send"
    if path == "quit":
        quitting = page.pressed("quit", at="end")
        asked = client.post(f"/s/{token}", data=quitting, follow_redirects=True)
        page, button = Page(asked.text), "empty"
    answer = client.post(f"/s/{token}", data=page.pressed(button, at="end"))
    status = {"quit": 303, "known": 303, "late": 410, "withdrawn": 404, "used": 409}
    assert answer.status_code == status[path]
    assert (len(drafts._kept), drafts._total) == (0, [0])
    assert routes.DRAFT not in client.cookies


@pytest.mark.parametrize("kept", [True, False])
def test_nobody_clears_all_answers_by_a_slip(served, client, token, kept):
    _, _, page = begun(client, token)
    if not kept:
        client.cookies.clear()
    asked = client.post(f"/s/{token}", data=page.pressed("quit"), follow_redirects=True)
    question = Page(asked.text)
    assert bool(asked.history) == kept, "an address of its own, where the form is kept"
    assert say("answering.quit.title", "fi") in asked.text
    assert question.buttons[-2:] == ["stay", "empty"]
    back = client.post(f"/s/{token}", data=question.pressed("stay"), follow_redirects=True)
    assert Page(back.text).fields["GOAL1"] == "4"
    assert Page(back.text).fields["at"] == page.fields["at"]
    client.post(f"/s/{token}", data=question.pressed("empty"))
    assert "GOAL1" not in Page(client.get(str(asked.url), follow_redirects=True).text).fields


@pytest.mark.parametrize("kind", ["personal", "anonymous"])
def test_whoever_opens_a_link_of_their_own_again_midway_goes_on(served, client, tmp_path, kind):
    number = opened(served, link=kind)
    personal = kind == "personal"
    token = invited(served, tmp_path, number, 1)[0] if personal else link(served, tmp_path, number)
    begun(client, token)
    again = client.get(f"/s/{token}")  # from the mail once more
    assert (Page(again.text).fields.get("GOAL1") == "4") is personal
    assert (say("answering.again", "fi") in again.text) is personal
    if personal:
        on = client.post(
            f"/s/{token}", data=Page(again.text).pressed("next"), follow_redirects=True
        )
        assert Page(on.text).fields["GOAL1"] == "4"
    elsewhere = device().get(f"/s/{token}")  # a browser that has no half-filled form of it
    assert "GOAL1" not in Page(elsewhere.text).fields


def test_stopping_before_anything_was_answered_asks_nothing(served, client, token):
    page = Page(client.get(f"/s/{token}").text)
    assert client.post(f"/s/{token}", data=page.pressed("quit")).status_code == 303


def test_looking_after_the_end_forgets_it_and_in_the_last_half_hour_does_not(
    served, client, token, monkeypatch
):
    first, _, _ = begun(client, token)  # answers are taken until 1 December, 0.00
    monkeypatch.setattr(visits, "now", lambda: datetime.fromisoformat("2026-12-01T00:20+02:00"))
    assert client.get(f"/s/{token}").status_code == 410
    assert Page(client.get(first).text).fields["GOAL1"] == "4"
    monkeypatch.setattr(visits, "now", lambda: datetime.fromisoformat("2026-12-01T00:31+02:00"))
    assert client.get(first).status_code == 410
    assert len(drafts._kept) == 0


def test_a_page_that_comes_after_the_end_is_not_kept_again(served, client, token, monkeypatch):
    """A slow "next" is on its way while "send" is answered."""
    _, _, page = begun(client, token)
    cookie = {"cookie": f"{routes.DRAFT}={client.cookies[routes.DRAFT]}"}
    arrived, goes_on, late = threading.Event(), threading.Event(), []
    keep = drafts.keep

    def slowly(*said):
        arrived.set()
        assert goes_on.wait(30)
        return keep(*said)

    monkeypatch.setattr(drafts, "keep", slowly)

    def next_page():
        late.append(device().post(f"/s/{token}", data=page.pressed("next"), headers=cookie))

    slow = threading.Thread(target=next_page)
    slow.start()
    assert arrived.wait(30)
    press(client, token, page, "send", at="end")
    goes_on.set()
    slow.join()
    assert late[0].status_code == 200
    assert (len(drafts._kept), drafts._total) == (0, [0])


def test_a_database_that_is_away_keeps_what_was_answered(served, client, token, monkeypatch):
    first, _, page = begun(client, token)
    error = visits.sa.exc.OperationalError("insert", {}, Exception("database is locked"))

    def busy(*_, **__):
        raise error

    with monkeypatch.context() as away:
        away.setattr(answers, "accept", busy)
        refused = client.post(f"/s/{token}", data=page.pressed("send", at="end"))
    assert refused.status_code == 503
    assert Page(client.get(first).text).fields["GOAL1"] == "4"


# --- what is kept -------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    restart()
    moment = [0.0]
    monkeypatch.setattr(drafts.time, "monotonic", lambda: moment[0])
    return moment


def test_what_is_kept_is_found_with_the_link_and_the_id_for_an_hour(clock):
    form = {"GOAL1": "4", "OWN": "ä€😀\n\"'"}
    assert drafts.keep("t", "a", form)
    assert drafts.find("t", "a") == form
    assert drafts.find("u", "a") is drafts.find("t", "b") is None
    assert not drafts.keep("t", "", form)
    clock[0] += drafts.LASTS
    assert drafts.find("t", "a") == form
    clock[0] += 1
    assert drafts.find("t", "a") is None
    assert (len(drafts._kept), drafts._total) == (0, [0])


def test_room_is_counted_in_forms_and_in_bytes_and_nobody_makes_room_for_others(clock, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 2)
    assert [drafts.keep("t", one, {"x": "1"}) for one in "abc"] == [True, True, False]
    assert drafts.find("t", "a") == {"x": "1"}
    assert drafts.keep("t", "a", {"x": "2"})  # one that is there may change
    monkeypatch.setattr(drafts, "MOST", 100)
    # A letter is as many bytes as it is: 500 faces are 2,000, with the little that is besides.
    monkeypatch.setattr(drafts, "MOST_BYTES", drafts._total[0] + 2_000)
    assert not drafts.keep("t", "d", {"x": "😀" * 500})
    assert drafts.keep("t", "d", {"x": "a" * 500})
    held = sum(sys.getsizeof(kept.form) + drafts.BESIDES for kept in drafts._kept.values())
    assert drafts._total == [held]
    # Where the newer form finds no room, the older is not shown instead.
    assert not drafts.keep("t", "d", {"x": "😀" * 900})
    assert drafts.find("t", "d") is None


def test_what_has_expired_makes_room_and_is_swept(clock, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 1)
    assert drafts.keep("t", "a", {"x": "1"})
    clock[0] += drafts.LASTS + 1
    assert drafts.keep("t", "b", {"x": "1"})
    drafts.end("t", "b")
    assert not drafts.keep("t", "b", {"x": "1"})
    assert len(drafts._ended) == 1
    drafts.keep("t", "c", {"x": "1"})
    clock[0] += drafts.LASTS + 1
    drafts.purge()
    assert (len(drafts._kept), len(drafts._ended), drafts._total) == (0, 0, [0])
    for number in range(3):
        drafts.end("t", str(number))
    assert len(drafts._ended) == 1  # these too have a limit


def test_the_server_sweeps_what_was_left(clock, monkeypatch):
    class Enough(Exception):
        """The sweep has come round."""

    def collected():
        raise Enough

    drafts.keep("t", "a", {"x": "1"})
    clock[0] += drafts.LASTS + 1
    monkeypatch.setattr(server, "SWEEP_SECONDS", 0)
    monkeypatch.setattr(server.gc, "collect", collected)
    with pytest.raises(Enough):
        server.anyio.run(server._sweep)
    assert len(drafts._kept) == 0
