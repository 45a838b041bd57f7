"""T-24: what a browser, or a provider, may try at the door, against a provider made for tests.

The provider is the whole of oidc-provider-mock, reached without a network; what it answers is
changed on the way as somebody in its place, or beside it, would change it. Its key is ours here,
so every false token is properly signed unless the signature is what is false.
"""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import oidc_provider_mock
import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import sign_in
from dashboard.answering import misses
from dashboard.doorway import provider, routes
from dashboard.doorway.cookies import SIGNED_IN, SIGNING_IN
from data import access, records, schema
from data.database import writing

ISSUER = "http://localhost:9400"
CLIENT = "arviomo"
SETTINGS = {
    "redirect_uri": "http://127.0.0.1/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "client_id": CLIENT,
    "client_secret": "not-a-secret-but-long-enough-to-sign",
    "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration",
}
KEY, STRANGE_KEY = RSAKey.generate_key(2048), RSAKey.generate_key(2048)


class Wire(httpx.AsyncBaseTransport):
    """The way to the provider. Each attack puts a change of its own into one of its places."""

    def __init__(self):
        self.provider = httpx.WSGITransport(app=oidc_provider_mock.app())
        self.metadata = self.claims = self.header = self.reply = lambda told: told
        self.key = KEY
        self.alg = "RS256"

    async def handle_async_request(self, request):
        body = await request.aread()
        plain = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        answer = self.provider.handle_request(plain)
        told = answer.read()
        if request.url.path.endswith("openid-configuration"):
            said = json.loads(told)
            return httpx.Response(200, json=self.metadata(said))
        if request.url.path == "/jwks":
            return httpx.Response(200, json={"keys": [KEY.as_dict(private=False, kid="k")]})
        if request.url.path == "/oauth2/token" and answer.status_code == 200:
            said = json.loads(told)
            said["id_token"] = self.sign(claims_of(said["id_token"]))
            return httpx.Response(200, json=self.reply(said))
        return httpx.Response(answer.status_code, content=told)

    def sign(self, claims):
        # The mock's own hash of the access token is kept; everything may be changed on the way.
        header = self.header({"alg": self.alg, "kid": "k"})
        claims = self.claims(dict(claims))
        if header["alg"] == "none":
            return ".".join((packed(header), packed(claims), ""))
        return jwt.encode(header, claims, self.key, algorithms=[header["alg"]])


def packed(what):
    return base64.urlsafe_b64encode(json.dumps(what).encode()).rstrip(b"=").decode()


def claims_of(token):
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def client(sqlite_engine, wire, monkeypatch):
    """A browser at the door of a database with one evaluator and one person without a role."""
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    misses.forget()
    real = provider.Provider
    monkeypatch.setattr(routes, "Provider", lambda settings: real(settings, wire))
    with writing(sqlite_engine) as connection:
        for subject in ("maija", "norole"):
            person = records.add_user(
                connection, access.operator(), issuer=ISSUER, subject=subject, name=subject
            )
            if subject == "maija":
                records.grant_role(connection, access.operator(), person, "evaluator")
    yield browser()
    misses.forget()


def browser():
    return TestClient(
        Starlette(routes=routes.routes(lambda: SETTINGS)),
        base_url="http://127.0.0.1",
        follow_redirects=False,
    )


def at_the_provider(client, subject="maija"):
    """Where the provider sends a browser back to, after somebody agreed there."""
    away = client.get("/sign-in/start").headers["location"]
    with httpx.Client(transport=client_wire(client).provider) as theirs:
        agreed = theirs.post(away, data={"sub": subject})
    return agreed.headers["location"]


def client_wire(client):
    return client.wire


@pytest.fixture(autouse=True)
def tied(client, wire):
    client.wire = wire


def come_back(client, address, **changes):
    """What is answered to a browser that comes back, with words of its address changed."""
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    asked = {name: value for name, value in (asked | changes).items() if value is not None}
    return client.get(f"{parts.path}?{urlencode(asked)}")


def is_in(answer):
    return answer.status_code == 303 and any(
        header.startswith(f"{SIGNED_IN}=") and "Max-Age=0" not in header
        for header in answer.headers.get_list("set-cookie")
    )


def sessions_of(engine):
    with engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count(schema.SignInSession.id)))


def test_t24_somebody_who_is_known_gets_in(client, sqlite_engine):
    address = at_the_provider(client)
    assert is_in(come_back(client, address))
    assert sessions_of(sqlite_engine) == 1


def test_the_way_there_asks_for_everything_that_protects(client):
    away = client.get("/sign-in/start?place=/project?project_id=3").headers["location"]
    asked = parse_qs(urlsplit(away).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert asked["scope"] == ["openid"]


# --- the provider, or somebody in its place, lies -----------------------------------------------


def claiming(**changes):
    def attack(wire):
        wire.claims = lambda claims: {
            name: value for name, value in (claims | changes).items() if value is not None
        }

    return attack


def heading(**changes):
    def attack(wire):
        wire.header = lambda header: header | changes

    return attack


def telling(**changes):
    def attack(wire):
        wire.metadata = lambda told: told | changes

    return attack


def signed_with_the_client_secret(wire):
    wire.metadata = lambda told: told | {"id_token_signing_alg_values_supported": ["HS256"]}
    wire.key, wire.alg = OctKey.import_key(SETTINGS["client_secret"]), "HS256"


def signed_with_the_public_key(wire):
    # The confusion of algorithms: the public key is known to everybody, taken as a secret.
    wire.metadata = lambda told: (
        told | {"id_token_signing_alg_values_supported": ["HS256", "RS256"]}
    )
    wire.key, wire.alg = OctKey.import_key(KEY.as_pem(private=False).hex()), "HS256"


def signed_by_a_stranger(wire):
    wire.key = STRANGE_KEY


def key_in_the_header(wire):
    wire.key = STRANGE_KEY
    wire.header = lambda header: header | {"jwk": STRANGE_KEY.as_dict(private=False)}


def unsigned_as_supported(wire):
    wire.metadata = lambda told: told | {"id_token_signing_alg_values_supported": ["none", "RS256"]}
    wire.header = lambda header: header | {"alg": "none"}


def changed_after_signing(wire):
    def reply(said):
        head, body, seal = said["id_token"].split(".")
        claims = claims_of(f"{head}.{body}.{seal}") | {"sub": "maija"}
        return said | {"id_token": f"{head}.{packed(claims)}.{seal}"}

    wire.claims = lambda claims: claims | {"sub": "somebody"}
    wire.reply = reply


def without_identity(wire):
    wire.reply = lambda said: {name: value for name, value in said.items() if name != "id_token"}


def not_a_token(wire):
    wire.reply = lambda said: said | {"id_token": "a.b.c"}


LIES = {
    "another issuer": claiming(iss="http://evil.example"),
    "the issuer of the sample": claiming(iss=access.SAMPLE_ISSUER),
    "for another client": claiming(aud="another"),
    "for another client, by us": claiming(aud=["another"], azp=CLIENT),
    "for us and others": claiming(aud=[CLIENT, "another"], azp=CLIENT),
    "for nobody": claiming(aud=None),
    "another nonce": claiming(nonce="x" * 30),
    "no nonce": claiming(nonce=None),
    "expired": claiming(exp=1),
    "issued long ago, and long to go": claiming(iat=int(time.time()) - 3600),
    "issued tomorrow": claiming(iat=int(time.time()) + 86_400),
    "not issued at all": claiming(iat=None),
    "not valid yet": claiming(nbf=int(time.time()) + 3600),
    "nobody": claiming(sub=None),
    "an empty name": claiming(sub=""),
    "a name that is a list": claiming(sub=["maija"]),
    "of another access token": claiming(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "unsigned": heading(alg="none"),
    "unsigned, and said to be fine": unsigned_as_supported,
    "signed with the client's secret": signed_with_the_client_secret,
    "signed with the public key": signed_with_the_public_key,
    "signed by a stranger": signed_by_a_stranger,
    "signed by a stranger who brings the key": key_in_the_header,
    "a critical header that nobody knows": heading(crit=["x"], x=1),
    "changed after it was signed": changed_after_signing,
    "no identity token": without_identity,
    "no token at all": not_a_token,
    "another provider's description": telling(issuer="http://evil.example"),
}


@pytest.mark.parametrize("lie", LIES)
def test_t24_what_a_provider_may_lie_is_refused(client, wire, sqlite_engine, lie):
    LIES[lie](wire)
    started = client.get("/sign-in/start")
    if started.status_code == 302:
        answer = come_back(client, at_the_provider(client))
        assert answer.status_code == 403
        assert not is_in(answer)
    else:
        assert started.status_code == 503
    assert sessions_of(sqlite_engine) == 0
    with sqlite_engine.connect() as connection:
        refused = schema.AuditEvent.action == "sign_in_refused"
        assert connection.scalar(sa.select(sa.func.count()).where(refused)) == 1


# --- somebody else's browser ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "x" * 30},
        {"state": None},
        {"code": None},
        {"code": "guessed"},
        {"iss": "http://evil.example"},
        {"error": "access_denied", "code": None},
    ],
    ids=lambda changes: " ".join(f"{k}={v}" for k, v in changes.items()),
)
def test_t24_a_changed_answer_is_refused(client, sqlite_engine, changes):
    answer = come_back(client, at_the_provider(client), **changes)
    assert answer.status_code == 403
    assert sessions_of(sqlite_engine) == 0


def test_t24_an_answer_counts_in_the_browser_that_asked_alone(client, sqlite_engine):
    address = at_the_provider(client)
    victim = browser()  # an attacker sends their own answer to somebody: login CSRF
    victim.wire = client.wire
    assert come_back(victim, address).status_code == 403
    victim.get("/sign-in/start")
    assert come_back(victim, address).status_code == 403
    assert sessions_of(sqlite_engine) == 0


def test_t24_an_answer_counts_once(client, sqlite_engine):
    address = at_the_provider(client)
    kept = client.cookies[SIGNING_IN]
    assert is_in(come_back(client, address))
    client.cookies.clear()
    client.cookies.set(SIGNING_IN, kept, domain="127.0.0.1")
    assert come_back(client, address).status_code == 403
    assert sessions_of(sqlite_engine) == 1


def test_t24_what_the_browser_keeps_cannot_be_written_by_it(client, sqlite_engine):
    address = at_the_provider(client)
    kept = client.cookies[SIGNING_IN]
    client.cookies.clear()
    client.cookies.set(
        SIGNING_IN, kept[:-1] + ("A" if kept[-1] != "A" else "B"), domain="127.0.0.1"
    )
    assert come_back(client, address).status_code == 403
    assert sessions_of(sqlite_engine) == 0


def test_t24_a_word_that_stands_twice_is_refused(client, sqlite_engine):
    assert client.get(f"{at_the_provider(client)}&state=x").status_code == 403
    assert sessions_of(sqlite_engine) == 0


@pytest.mark.parametrize("subject", ["stranger", "norole"])
def test_t24_whom_nobody_has_let_in_is_told_so_and_nothing_else(client, sqlite_engine, subject):
    answer = come_back(client, at_the_provider(client, subject))
    assert answer.status_code == 403
    assert "ei ole vielä annettu roolia" in answer.text
    assert sessions_of(sqlite_engine) == 0


def test_t24_another_e_mail_address_moves_no_account(client, wire, sqlite_engine):
    wire.claims = lambda claims: claims | {"email": "maija@city.example", "sub": "somebody-else"}
    assert come_back(client, at_the_provider(client)).status_code == 403
    wire.claims = lambda claims: claims | {"email": "new@city.example"}
    assert is_in(come_back(client, at_the_provider(client)))


def test_t25_each_sign_in_is_a_new_session_and_ends_the_earlier_one(client, sqlite_engine):
    client.cookies.set(SIGNED_IN, "f" * 43, domain="127.0.0.1")  # fixed by somebody else before
    come_back(client, at_the_provider(client))
    first = client.cookies.get(SIGNED_IN, domain="127.0.0.1") or client.cookies[SIGNED_IN]
    assert first != "f" * 43
    come_back(client, at_the_provider(client))
    with sqlite_engine.connect() as connection:
        ended = sa.select(schema.SignInSession.ended_at).order_by(schema.SignInSession.id)
        assert [at is None for at in connection.scalars(ended)] == [False, True]


@pytest.mark.parametrize(
    "place",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/x\r\ny"],
)
def test_one_comes_back_to_these_pages_only(client, place):
    started = client.get("/sign-in/start", params={"place": place})
    with httpx.Client(transport=client.wire.provider) as theirs:
        back = theirs.post(started.headers["location"], data={"sub": "maija"})
    assert come_back(client, back.headers["location"]).headers["location"] == "/"
