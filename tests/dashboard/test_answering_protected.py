"""Answering by link, seen by those who attack it: what is let in, sent out, counted and logged."""

from __future__ import annotations

import base64
import hashlib
import re
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.respondents import Page
from dashboard import server
from dashboard.answering import misses, routes, visits
from data import schema
from data.fieldwork import answers
from data.fieldwork.openings import LostSecret
from survey.instrument import instruments
from survey.text import LANGUAGES
from tests.data.asked import NOW, count, invited, link, opened

FORM = {"content-type": "application/x-www-form-urlencoded"}
#: What the whole page may weigh, style sheet and all, in bytes as they are sent at most.
HEAVIEST = 60_000
PAYLOADS = (
    "<script>window.__pwn=1</script>",
    "</textarea><img src=x onerror=window.__pwn=1>",
    '"><svg onload=window.__pwn=1>',
    "'><style>*{display:none}</style>",
    "{{7*7}}{% raw %}",
    "javascript:window.__pwn=1",
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def served(sqlite_engine, monkeypatch, home):
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    monkeypatch.setattr(visits, "now", lambda: NOW)
    misses.forget()
    return sqlite_engine


def client_at(address="192.0.2.1"):
    app = Starlette(routes=server.routes(), middleware=server.middleware(("127.0.0.1",)))
    return TestClient(
        app,
        base_url="http://127.0.0.1",
        follow_redirects=False,
        client=(address, 4711),
        raise_server_exceptions=False,
    )


@pytest.fixture
def client():
    return client_at()


@pytest.fixture
def token(served, home):
    return link(served, home, opened(served, groups=("RES", "STAFF")))


# --- what goes out ------------------------------------------------------------------------------


def test_every_answer_is_kept_by_nobody_and_loads_nothing(served, client, token):
    page = Page(client.get(f"/s/{token}").text)
    found = [
        client.get(f"/s/{token}"),
        client.head(f"/s/{token}"),
        client.get("/s/unknown"),
        client.get(f"/s/{token}/receipt"),
        client.post(f"/s/{token}", data=page.pressed("next")),
        client.post(f"/s/{token}", content=b"x"),
        client.post(f"/s/{token}", data=page.pressed("send", group="RES", GOAL1="1", at="end")),
    ]
    for answer in found:
        headers = answer.headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert "noindex" in headers["x-robots-tag"]
        assert headers["x-content-type-options"] == "nosniff"
        for cookie in headers.get_list("set-cookie"):
            name, *told = cookie.split("; ")
            assert name.split("=")[0] in ("arviomo_form", "arviomo_receipt")
            assert {"HttpOnly", "SameSite=strict"} <= {*told}
            assert re.search(rf"; Path=/s/{token}(/receipt)?(;|$)", cookie)
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "script" not in policy
        assert "unsafe" not in policy


def test_the_only_style_is_the_one_that_the_policy_names(client, token):
    answer = client.get(f"/s/{token}")
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert not re.search(r"\son\w+=", answer.text)
    assert token not in answer.text


def posted(client, token, form):
    """The page of the form that a post leads to, or the answer itself."""
    answer = client.post(f"/s/{token}", data=form)
    within = answer.status_code == 303 and "?at=" in answer.headers["location"]
    return client.get(answer.headers["location"]) if within else answer


@pytest.mark.parametrize("key", sorted(instruments()))
def test_no_page_of_any_questionnaire_is_heavy_or_silent(served, home, client, key):
    token = link(served, home, opened(served, instrument=key, wave="end", groups=("STAFF",)))
    for language in LANGUAGES:
        answer = client.get(f"/s/{token}?lang={language}")
        for _ in range(40):
            assert answer.status_code == 200
            assert len(answer.content) < HEAVIEST
            page = Page(answer.text)
            if "send" in page.buttons:
                break
            written = dict.fromkeys(page.texts, "ä" * 2000)
            answer = posted(client, token, page.pressed("next", **written))
        assert "send" in page.buttons


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_written_stays_text(served, home, client, payload):
    token = link(served, home, opened(served, instrument="benefit@1"))
    start = client.get(f"/s/{token}?lang={quote(payload)}&r={quote(payload)}")
    page = Page(posted(client, token, Page(start.text).pressed("next")).text)
    said = {"CHANGE_TEXT": payload, "GOAL1": payload, payload: payload}
    fields = page.fields | said | {"group": payload, "at": payload, "do": payload}
    shown = [start, posted(client, token, fields)]
    fields |= {"group": "RES", "at": "CHANGE_TEXT", "do": "sv", "lang": payload}
    shown.append(posted(client, token, fields))
    assert Page(shown[-1].text).fields["CHANGE_TEXT"] == payload
    for answer in shown:
        bare = re.sub(r"<style>.*?</style>", "", answer.text, flags=re.DOTALL)
        assert payload not in bare or not set(payload) & set("<>\"'")
        assert "<script" not in bare
        assert "<img" not in bare
        assert "49" not in re.findall(r"\{\{.*?\}\}", bare)


# --- what is let in -----------------------------------------------------------------------------

OURS = "http://127.0.0.1"
SENDERS = [
    ({"sec-fetch-site": "same-origin"}, True),
    ({"sec-fetch-site": "none"}, True),
    ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
    ({"sec-fetch-site": "same-site"}, False),
    ({"sec-fetch-site": "cross-site"}, False),
    ({"sec-fetch-site": "cross-site", "origin": OURS}, False),
    ({"sec-fetch-site": "anything"}, False),
    ({"origin": OURS}, True),
    ({"origin": "null"}, True),
    ({}, True),
    ({"origin": "http://evil.example"}, False),
    ({"origin": "http://127.0.0.1:99"}, False),
    ({"origin": "http://127.0.0.1.evil.example"}, False),
    ({"origin": "x"}, False),
]


@pytest.mark.parametrize(("headers", "ours"), SENDERS)
def test_a_form_is_taken_from_our_own_pages_only(served, client, token, headers, ours):
    page = Page(client.get(f"/s/{token}", headers=headers).text)  # a link may be anywhere
    form = page.pressed("send", group="RES", GOAL1="1", at="end")
    answer = client.post(f"/s/{token}?lang=en", data=form, headers=headers)
    assert answer.status_code == (303 if ours else 403)
    assert ("Open the survey from your own link" in answer.text) is not ours
    assert count(served, schema.Response) == ours


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"a=" + b"x" * routes.LARGEST, {}, 413),
        (b"&".join(b"f%d=1" % n for n in range(routes.FIELDS + 2)), {}, 413),
        (b"a=1", {"content-length": "999999999"}, 413),
        (b"a=1", {"content-length": "x"}, 413),
        (b"{}", {"content-type": "application/json"}, 415),
        (b"--x", {"content-type": "multipart/form-data; boundary=x"}, 415),
        (b"a=1", {"content-type": ""}, 415),
    ],
)
def test_what_no_form_of_ours_sends_is_not_read(served, client, token, content, headers, status):
    for language in LANGUAGES:
        answer = client.post(f"/s/{token}?lang={language}", content=content, headers=FORM | headers)
        assert answer.status_code == status
        assert f'<html lang="{language}">' in answer.text


def test_a_body_that_hides_its_length_is_read_up_to_the_limit(served, client, token):
    read = []

    def endless():
        for _ in range(1000):
            read.append(1)
            yield b"x" * 10_000

    assert client.post(f"/s/{token}", content=endless(), headers=FORM).status_code == 413


# --- too many misses ----------------------------------------------------------------------------


def test_after_twenty_misses_one_waits_but_a_link_that_works_does(served, client, token):
    seen = [client.get(f"/s/{n:043d}").status_code for n in range(21)]
    assert seen == [404] * 20 + [429]
    for language in LANGUAGES:
        waits = client.post(f"/s/zz?lang={language}", data={"do": "next"})
        assert waits.status_code == 429
        assert 0 < int(waits.headers["retry-after"]) <= 60
        assert f'<html lang="{language}">' in waits.text
    assert client.get(f"/s/{token}").status_code == 200
    assert client_at("192.0.2.2").get("/s/zz").status_code == 404


def test_waiting_ends_after_a_minute(monkeypatch):
    misses.forget()
    moment = [1000.0]
    monkeypatch.setattr(misses.time, "monotonic", lambda: moment[0])
    assert [misses.count_miss("192.0.2.1") for _ in range(21)] == [0] * 20 + [60]
    moment[0] += 59.5
    assert misses.count_miss("192.0.2.1") == 1
    moment[0] += 0.5
    assert misses.count_miss("192.0.2.1") == 0


def test_the_addresses_of_one_subscriber_count_together_and_none_is_kept(monkeypatch):
    misses.forget()
    monkeypatch.setattr(misses, "REMEMBERED", 3)
    for number in range(20):
        assert misses.count_miss(f"2001:db8:1:2::{number:x}") == 0
    assert misses.count_miss("2001:db8:1:2:ffff::1") > 0
    assert misses.count_miss("2001:db8:1:3::1") == 0
    for number in range(9):
        misses.count_miss(f"192.0.2.{number}")
    assert len(misses._times) == 3
    kept = repr(misses._times)
    assert "192.0.2" not in kept
    assert "2001" not in kept


# --- when something fails -----------------------------------------------------------------------


def test_a_database_that_is_away_costs_nobody_his_answers(served, client, token, monkeypatch):
    page = Page(client.get(f"/s/{token}").text)
    form = page.pressed("send", group="RES", at="end", GOAL1="3")

    def busy(*_, **__):
        raise sa.exc.OperationalError("insert", {}, Exception("database is locked"))

    with monkeypatch.context() as away:
        away.setattr(answers, "accept", busy)
        refused = client.post(f"/s/{token}", data=form)
    assert refused.status_code == 503
    assert "ne ovat tallella tällä sivulla" in refused.text
    kept = Page(refused.text)
    assert (kept.fields["GOAL1"], kept.fields["submission"]) == ("3", page.fields["submission"])
    assert client.post(f"/s/{token}", data=kept.pressed("send")).status_code == 303
    assert count(served, schema.Response) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_failure_is_told_with_the_number_that_stands_in_the_log(
    served, home, client, monkeypatch, caplog, language
):
    [token] = invited(served, home, opened(served, link="personal"), 1)
    number = r"[0-9a-f]{8}"

    def lost(*_):
        raise LostSecret("A personal link was made with another secret.")

    monkeypatch.setattr(answers, "find", lost)
    for method in ("GET", "POST"):
        headers = FORM if method == "POST" else {}
        answer = client.request(method, f"/s/{token}?lang={language}", headers=headers)
        assert answer.status_code == 503
        assert f'<html lang="{language}">' in answer.text
        logged = re.findall(rf"number ({number})", caplog.text)[-1]
        assert logged in answer.text
    assert token not in caplog.text
    assert "another secret" not in answer.text
