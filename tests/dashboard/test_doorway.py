"""The door over HTTP: passwords that are guessed (T-26), invitations, and the whole way out."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import argon2
import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import sign_in
from dashboard.answering import misses
from dashboard.doorway import provider, routes
from dashboard.doorway.cookies import SIGNED_IN
from data import access, passwords, records, schema
from data.database import reading, writing
from data.records.invited import invite_user
from tests.dashboard.test_oidc_attacks import ISSUER, SETTINGS, Wire

GOOD = "tarpeeksi pitkä salasana"
OPERATOR = access.operator()


@pytest.fixture
def house(sqlite_engine, monkeypatch):
    """A database with one local user, where passwords are hashed quickly."""
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", cheap)
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.LOCAL)
    misses.forget()
    with writing(sqlite_engine) as connection:
        person = records.add_user(
            connection, OPERATOR, issuer=access.LOCAL_ISSUER, subject="maija", name="Maija"
        )
        records.grant_role(connection, OPERATOR, person, "steering")
        passwords.set_password(connection, OPERATOR, person, GOOD)
    yield sqlite_engine
    misses.forget()


@pytest.fixture
def theirs(house, monkeypatch):
    """The same house, where people sign in at a provider made for tests."""
    wire, real = Wire(), provider.Provider
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    monkeypatch.setattr(routes, "Provider", lambda settings: real(settings, wire))
    return wire


def browser(address="192.0.2.1", base="http://127.0.0.1"):
    app = Starlette(routes=routes.routes(lambda: SETTINGS))
    return TestClient(app, base_url=base, follow_redirects=False, client=(address, 5000))


def guess(name, password, address, base="http://127.0.0.1"):
    """What the door answers to a name and a password from an address."""
    fields = {"name": name, "password": password, "place": "/"}
    return browser(address, base).post("/sign-in/password", data=fields).status_code


# --- T-26 ----------------------------------------------------------------------------------------


def attack(tries):
    """How often the door looked at a guess, and how often it told to wait."""
    answers = [guess(*one) for one in tries]
    assert set(answers) <= {403, 429}
    return answers.count(403), answers.count(429)


def test_t26_guesses_over_http_are_few_and_hold_nobody_up(house):
    assert guess("maija", GOOD, "203.0.113.5") == 303
    one_half = [("maija", f"wrong{n}", f"2001:db8::{n:x}") for n in range(20)]
    assert attack(one_half) == (passwords.FREE, 15)
    sprayed = [(f"name{n}", GOOD, "198.51.100.7") for n in range(60)]
    assert attack(sprayed) == (passwords.OF_A_NETWORK, 10)
    assert guess("maija", GOOD, "203.0.113.5") == 303
    assert guess("maija", GOOD, "203.0.113.6") == 303  # and a place that is new


@pytest.mark.nightly
def test_t26_ten_thousand_guesses_over_http_are_five_hundred_looks(house):
    assert guess("maija", GOOD, "203.0.113.5") == 303
    begun = time.time()
    looked, waited = attack(
        ("maija", f"wrong{n}", f"10.{n // 60000}.{n // 250 % 250}.{n % 250}") for n in range(10_000)
    )
    windows = 1 + int((time.time() - begun) // passwords.WINDOW.total_seconds() + 1)
    assert looked <= windows * passwords.OF_ALL
    assert looked + waited == 10_000
    assert guess("maija", GOOD, "203.0.113.5") == 303


def test_passwords_are_taken_over_tls_alone_where_that_was_promised(house, monkeypatch):
    monkeypatch.setenv(sign_in.TLS_VARIABLE, "1")
    with monkeypatch.context() as looks:
        looks.setattr(passwords, "person_of", lambda *said: pytest.fail("the password was read"))
        assert guess("maija", GOOD, "127.0.0.1") == 403
    shown = browser().get("/sign-in?lang=en")
    assert (shown.status_code, "password" in shown.text) == (403, False)
    assert guess("maija", GOOD, "192.0.2.1", "https://127.0.0.1") == 303


# --- invitations ---------------------------------------------------------------------------------


def invited(engine, role="evaluator"):
    with writing(engine) as connection:
        number, code = invite_user(connection, OPERATOR, "Kalle")
        records.grant_role(connection, OPERATOR, number, role)
    return number, code


def agreed(client, wire, address, subject):
    """Where a browser is sent back to that begins at an address of ours and agrees there."""
    away = client.get(address).headers["location"]
    with httpx.Client(transport=wire.provider) as there:
        back = there.post(away, data={"sub": subject}).headers["location"]
    return back.replace("http://127.0.0.1", "")


def test_an_invitation_is_tied_at_the_first_sign_in(house, theirs):
    number, code = invited(house)
    client = browser()
    page = client.get(f"/sign-in/invited?code={code}&lang=en")
    assert (page.status_code, "You have been invited" in page.text) == (200, True)
    start = f"/sign-in/start?code={code}"
    assert client.get(agreed(client, theirs, start, "kalle")).status_code == 303
    with reading(house) as connection:
        user = access.user_of(connection, ISSUER, "kalle")
    assert (user.id, user.name) == (number, "Kalle")
    # The code is used up: to look at it again, or to come with it as somebody else.
    assert browser().get(f"/sign-in/invited?code={code}").status_code == 404
    other = browser()
    assert other.get(agreed(other, theirs, start, "stranger")).status_code == 403
    again = browser()
    assert again.get(agreed(again, theirs, "/sign-in/start", "kalle")).status_code == 303


def test_looking_at_an_invitation_uses_nothing_up(house, theirs):
    _number, code = invited(house)
    for _ in range(5):
        assert browser().get(f"/sign-in/invited?code={code}").status_code == 200
        assert browser().head(f"/sign-in/invited?code={code}").status_code == 200


def test_codes_are_not_tried_without_end(house, theirs):
    answers = [browser().get(f"/sign-in/invited?code={n:043}").status_code for n in range(25)]
    assert answers == [404] * misses.ALLOWED + [429] * (25 - misses.ALLOWED)


def test_without_a_provider_one_chooses_a_name_and_a_password(house):
    number, code = invited(house)
    page = browser().get(f"/sign-in/invited?code={code}&lang=en")
    assert 'autocomplete="new-password"' in page.text
    wrong = {
        "name": {"name": "", "password": GOOD, "again": GOOD},
        "taken": {"name": "maija", "password": GOOD, "again": GOOD},
        "differ": {"name": "kalle", "password": GOOD, "again": GOOD + "!"},
        "weak": {"name": "kalle", "password": "short", "again": "short"},
    }
    for fields in wrong.values():
        answer = browser().post("/sign-in/invited?lang=en", data=fields | {"code": code})
        assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)
    chosen = {"name": "kalle", "password": GOOD, "again": GOOD, "code": code}
    assert browser().post("/sign-in/invited", data=chosen).status_code == 303
    assert browser().post("/sign-in/invited", data=chosen).status_code == 404
    assert guess("kalle", GOOD, "192.0.2.9") == 303
    with reading(house) as connection:
        who = sa.select(schema.AppUser.issuer).where(schema.AppUser.id == number)
        assert connection.scalar(who) == access.LOCAL_ISSUER


# --- out -----------------------------------------------------------------------------------------


def leaves(address):
    parts = urlsplit(address)
    return parts.path, {name: said[0] for name, said in parse_qs(parts.query).items()}


@pytest.mark.parametrize("way", ["form", "click"])
def test_the_way_out_ends_the_session_at_the_provider_too(house, theirs, way):
    with writing(house) as connection:
        person = records.add_user(connection, OPERATOR, issuer=ISSUER, subject="a", name="A")
        records.grant_role(connection, OPERATOR, person, "steering")
    client = browser()
    assert client.get(agreed(client, theirs, "/sign-in/start", "a")).status_code == 303
    token = client.cookies[SIGNED_IN]
    assert "action=" in client.get("/sign-out").text  # a link signs nobody out: a form is shown
    if way == "form":
        page = client.post("/sign-out?lang=en")
        assert page.status_code == 200
        assert "form-action 'self'" in page.headers["content-security-policy"]
        address = page.text.partition('content="0; url=')[2].partition('"')[0]
        address = address.replace("&amp;", "&")
    else:  # as the button of the pages does: the session ends, then the browser is sent here
        routes.end_session(token)
        address = client.get("/sign-out").headers["location"]
    path, asked = leaves(address)
    assert path == "/oauth2/end_session"
    assert asked["client_id"] == "arviomo"
    assert asked["post_logout_redirect_uri"] == "http://127.0.0.1/sign-in"
    assert asked["id_token_hint"].count(".") == 2
    with httpx.Client(transport=theirs.provider) as there:
        assert there.get(address).status_code < 400
    assert SIGNED_IN not in client.cookies
    with reading(house) as connection:
        assert connection.scalar(sa.select(schema.SignInSession.ended_at)) is not None


def test_without_a_place_to_leave_the_provider_one_has_left_here(house, theirs):
    theirs.metadata = lambda told: {n: v for n, v in told.items() if n != "end_session_endpoint"}
    with writing(house) as connection:
        person = records.add_user(connection, OPERATOR, issuer=ISSUER, subject="a", name="A")
        records.grant_role(connection, OPERATOR, person, "steering")
    client = browser()
    assert client.get(agreed(client, theirs, "/sign-in/start", "a")).status_code == 303
    answer = client.post("/sign-out?lang=en")
    assert answer.headers["location"] == "/sign-out?lang=en"
    assert "You are signed out" in client.get("/sign-out?lang=en").text
