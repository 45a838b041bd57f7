"""T-27, T-28, T-12: who asks from elsewhere, or without having signed in, reaches nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard import downloads, passes, server, sign_in
from data import access, records, schema, sessions
from data.database import writing

HOST = "arviomo.city.fi"
reached: list[str] = []


async def screen(scope, receive, send):
    reached.append(scope["path"])
    await PlainTextResponse(f"streamlit {scope['path']}")(scope, receive, send)


async def stream(websocket):
    reached.append("/_stcore/stream")
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


def client(scheme="https"):
    app = Starlette(
        routes=[*server.routes(), WebSocketRoute("/_stcore/stream", stream), Mount("/", screen)],
        middleware=server.middleware((HOST, "127.0.0.1")),
    )
    return TestClient(app, base_url=f"{scheme}://{HOST}", follow_redirects=False)


@pytest.fixture
def house(sqlite_engine, monkeypatch):
    """A database with two evaluators, where people sign in."""
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    monkeypatch.setattr(server, "provider_settings", lambda: SETTINGS)
    monkeypatch.setattr(downloads, "_offers", {})
    reached.clear()
    with writing(sqlite_engine) as connection:
        for name in ("a", "b"):
            person = records.add_user(
                connection, access.operator(), issuer="https://idp", subject=name, name=name
            )
            records.grant_role(connection, access.operator(), person, "evaluator")
    return sqlite_engine


def signed_in(engine, person, scheme="https"):
    """A browser of a person who has signed in, and the cookie that it brings."""
    with writing(engine) as connection:
        token = sessions.begin(connection, person)
    name = "__Host-arviomo_session" if scheme == "https" else "arviomo_session"
    browser = client(scheme)
    browser.headers["cookie"] = f"{name}={token}"
    return browser


# --- T-27 ----------------------------------------------------------------------------------------

ROUTES = [
    ("POST", "/sign-out"), ("POST", "/sign-in/password"), ("POST", "/anything"),
    ("PUT", "/_stcore/upload_file/v/f"), ("DELETE", "/_stcore/upload_file/v/f"),
    ("POST", "/_stcore/stream"), ("POST", "/media/x"),
]  # fmt: skip
#: What a request of another site says of itself, or one that wants to pass for ours.
FOREIGN = [
    {"host": "evil.example"},
    {"host": f"{HOST}.evil.example"},
    {"host": f"{HOST}@evil.example"},
    {"host": ""},
    {"host": "["},
    {"origin": "https://evil.example"},
    {"origin": f"https://{HOST}.evil.example"},
    {"origin": f"https://{HOST}:444"},
    {"origin": "null"},
    {"origin": "https://["},
    {"origin": "http://localhost:8501"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site", "origin": "https://other.city.fi"},
    {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
]


@pytest.mark.parametrize("said", FOREIGN, ids=str)
def test_t27_a_foreign_page_changes_nothing_and_reaches_nothing(house, said):
    browser = signed_in(house, 1)
    for method, address in ROUTES:
        answer = browser.request(method, address, headers=said, content=b"x")
        assert answer.status_code in (400, 403), (method, address)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    with (
        pytest.raises(WebSocketDisconnect),
        browser.websocket_connect("/_stcore/stream", headers={"host": HOST} | said),
    ):
        pass
    assert reached == []
    with house.connect() as connection:  # nobody was signed out by it
        assert connection.scalar(sa.select(schema.SignInSession.ended_at)) is None


def test_t27_our_own_page_reaches_what_is_for_it(house):
    browser = signed_in(house, 1)
    ours = {"host": HOST, "origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}
    with browser.websocket_connect("/_stcore/stream", headers=ours) as socket:
        assert socket.receive_text() == "hello"
    # Our pages say no-referrer, so a form of ours has the origin "null".
    assert browser.post("/sign-out", headers=ours | {"origin": "null"}).status_code == 303


# --- nobody is in who has not signed in ----------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/project?project_id=3", "/audit", "/nowhere"])
def test_a_stranger_is_led_to_the_door(house, address):
    answer = client().get(address)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert reached == []


CLOSED = [
    ("GET", "/media/abc.csv"), ("HEAD", "/media/abc.csv"), ("GET", "/download/x/links-12.csv"),
    ("PUT", "/_stcore/upload_file/v/f"), ("GET", "/_stcore/health"),
    ("GET", "/_stcore/host-config"),
    ("GET", "/_stcore/allowed-message-origins"), ("GET", "/manifest.json/x.csv"),
]  # fmt: skip


@pytest.mark.parametrize(
    "cookie",
    ["", "__Host-arviomo_session=" + "x" * 43, "__Host-arviomo_session=", "_streamlit_user=signed"],
)
def test_t28_a_stranger_reaches_no_file_no_upload_and_no_socket(house, cookie):
    browser = client()
    browser.headers["cookie"] = cookie
    for method, address in CLOSED:
        # A browser may ask as for a page; then it is led to the door and gets nothing either.
        assert browser.request(method, address).status_code in (303, 403), address
        plain = browser.request(method, address, headers={"sec-fetch-mode": "cors"})
        assert plain.status_code == 403, address
    ours = {"host": HOST, "origin": f"https://{HOST}"}
    with (
        pytest.raises(WebSocketDisconnect),
        browser.websocket_connect("/_stcore/stream", headers=ours),
    ):
        pass
    assert reached == []


@pytest.mark.parametrize("end", ["signed out", "disabled", "idle", "no role"])
def test_t25_a_session_that_has_ended_reaches_nothing(house, end):
    browser = signed_in(house, 1)
    assert browser.get("/_stcore/health").status_code == 200
    old = datetime(2026, 1, 1, tzinfo=UTC)
    with writing(house) as connection:
        if end == "signed out":
            sessions.end_all(connection, 1)
        elif end == "disabled":
            records.disable_user(connection, access.operator(), 1)
        elif end == "idle":
            connection.execute(sa.update(schema.SignInSession).values(seen_at=old))
        else:
            connection.execute(sa.delete(schema.UserGrant))
    assert browser.get("/_stcore/health", headers={"sec-fetch-mode": "cors"}).status_code == (
        200 if end == "no role" else 403  # the screen itself tells them that they have no role
    )


def test_over_tls_a_cookie_that_a_neighbour_may_set_does_not_count(house):
    browser = signed_in(house, 1)
    token = browser.headers["cookie"].partition("=")[2]
    browser.headers["cookie"] = f"arviomo_session={token}"
    assert browser.get("/_stcore/health").status_code == 403
    plain = signed_in(house, 1, scheme="http")  # this machine alone: no TLS, and no __Host-
    assert plain.get("/_stcore/health").status_code == 200


@pytest.mark.parametrize("odd", ["a/b=1", "user@x=1", "=", ";;", '"', "arviomo_lang"])
def test_a_cookie_of_some_other_application_shuts_nobody_out(house, odd):
    browser = signed_in(house, 1)
    browser.headers["cookie"] += f"; {odd}; arviomo_lang=sv"
    answer = browser.get("/projects", headers={"accept": "text/html"})
    assert answer.status_code != 500
    assert answer.headers["content-language"] == "sv"


@pytest.mark.parametrize("path", ["//static/x", "/static//x", "//", "//health", "/project//1"])
def test_what_one_part_may_read_otherwise_than_another_is_not_there(house, path):
    for browser in (client(), signed_in(house, 1)):
        assert browser.get(f"https://{HOST}{path}").status_code == 404
    assert reached == []


def test_where_nobody_can_tell_who_asks_nobody_is_let_in(house, monkeypatch):
    def gone(_cookies):
        raise sa.exc.OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr(server, "may_enter", gone)
    answer = client().get("/", headers={"cookie": "arviomo_lang=sv"})
    assert (answer.status_code, answer.headers["content-language"]) == (503, "sv")
    assert "försök igen" in answer.text.lower()
    for header in ("content-security-policy", "x-content-type-options", "cache-control"):
        assert header in answer.headers
    assert answer.headers["strict-transport-security"]
    ours = {"host": HOST, "origin": f"https://{HOST}"}
    with (
        pytest.raises(WebSocketDisconnect) as shut,
        client().websocket_connect("/_stcore/stream", headers=ours),
    ):
        pass
    assert shut.value.code == 1011
    assert reached == []
    assert client().get("/live").json() == {"status": "alive"}


def test_what_is_open_to_everybody_is_this_and_no_more(house):
    for address in ("/health", "/sign-in", "/sign-out", "/assets/shell.js", "/static/x.js"):
        assert client().get(address).status_code in (200, 503), address
    assert client().get("/s/" + "x" * 43).status_code == 404


# --- T-12: whose file is whose -------------------------------------------------------------------


def test_t12_two_users_never_get_each_others_file_and_a_stranger_gets_none(house):
    browsers = {person: signed_in(house, person) for person in (1, 2)}
    jar = {
        person: dict([browser.headers["cookie"].split("=", 1)])
        for person, browser in browsers.items()
    }
    with house.connect() as connection:
        users = {person: access.user_numbered(connection, person) for person in (1, 2)}
    for number in range(50):
        # Equal in length, head, middle and tail: where Streamlit's own addresses mix files up.
        files = {
            person: b"a" * 200_000 + f"{number:03}-{person}".encode() + b"z" * 300_000
            for person in (1, 2)
        }
        addresses = {
            person: downloads.offer(files[person], "figures.csv", jar[person], users[person], 1)
            for person in (1, 2)
        }
        # Even the names differ: each ends with the fingerprint of what is in the file.
        names = {address.rpartition("-")[2] for address in addresses.values()}
        assert names == {f"{downloads.fingerprint(file)}.csv" for file in files.values()}
        assert len(names) == 2
        for person, other in ((1, 2), (2, 1)):
            assert browsers[person].get(addresses[person]).content == files[person]
            assert browsers[other].get(addresses[person]).status_code == 404
            assert client().get(addresses[person]).status_code == 403
    with house.connect() as connection:
        told = schema.AuditEvent.action == "download"
        assert connection.scalar(sa.select(sa.func.count()).where(told)) == 100


def test_a_file_of_streamlits_goes_to_the_sign_in_of_the_visit_that_offered_it(house, monkeypatch):
    from dashboard import offered

    class Kept:
        _files_by_session_and_coord = {"visit-1": {"x": "abc"}, "visit-2": {"x": "def"}}  # noqa: RUF012  stands for Streamlit's own

    class Runtime:
        media_file_mgr = Kept()

    monkeypatch.setattr(offered.runtime, "exists", lambda: True)
    monkeypatch.setattr(offered.runtime, "get_instance", Runtime)
    mine, theirs = signed_in(house, 1), signed_in(house, 2)
    for visit, browser in (("visit-1", mine), ("visit-2", theirs)):
        passes.belong(visit, browser.headers["cookie"].partition("=")[2])
    assert mine.get("/media/abc.csv").status_code == 200
    assert mine.get("/media/def.csv").status_code == 403
    assert theirs.get("/media/abc.csv").status_code == 403
    assert theirs.get("/media/def.csv").status_code == 200


# --- T-52: secrets that are not kept -------------------------------------------------------------

SETTINGS = {
    "redirect_uri": "https://arviomo.city.fi/oauth2callback",
    "cookie_secret": "0123456789abcdef0123456789abcdef",
    "client_id": "arviomo",
    "client_secret": "s",
    "server_metadata_url": "https://idp.example/.well-known/openid-configuration",
}
MISTAKES = [
    ({"cookie_secret": "short"}, "refusal.cookie_secret_short"),
    ({"cookie_secret": "a" * 64}, "refusal.cookie_secret_plain"),
    ({"cookie_secret": ""}, "refusal.sign_in_incomplete"),
    ({"client_secret": ""}, "refusal.sign_in_incomplete"),
    ({"redirect_uri": "http://arviomo.city.fi/oauth2callback"}, "refusal.sign_in_open_address"),
    ({"redirect_uri": "https://arviomo.city.fi/elsewhere"}, "refusal.sign_in_callback"),
    ({"server_metadata_url": "http://idp.example/x"}, "refusal.sign_in_open_address"),
    ({"server_metadata_url": "file:///etc/passwd"}, "refusal.sign_in_open_address"),
]


@pytest.mark.parametrize(("mistake", "key"), MISTAKES, ids=lambda said: str(said))
def test_t52_secrets_that_protect_nobody_are_refused(mistake, key):
    assert sign_in.is_provider(SETTINGS)
    with pytest.raises(sign_in.SignInMissing) as refused:
        sign_in.is_provider(SETTINGS | mistake)
    assert refused.value.key == key


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602])
def test_t52_secrets_that_others_can_read_or_write_are_refused(house, tmp_path, monkeypatch, mode):
    secrets = tmp_path / "secrets.toml"
    secrets.write_text("")
    monkeypatch.setattr(server, "secret_files", lambda: [secrets])
    monkeypatch.setattr(server, "provider_settings", lambda: SETTINGS)
    secrets.chmod(0o600)
    server.settle_sign_in(HOST)
    secrets.chmod(mode)
    with pytest.raises(server.NotServed) as refused:
        server.settle_sign_in(HOST)
    assert refused.value.key == "refusal.secrets_exposed"


@pytest.mark.parametrize("value", ["0", "-1", "x", "9999", ""])
@pytest.mark.parametrize("variable", [sessions.IDLE_VARIABLE, sessions.LONGEST_VARIABLE])
def test_t53_limits_of_sessions_that_protect_nobody_are_refused(
    house, monkeypatch, variable, value
):
    monkeypatch.setattr(server, "secret_files", list)
    monkeypatch.setattr(server, "provider_settings", lambda: SETTINGS)
    monkeypatch.setenv(variable, value)
    with pytest.raises(server.NotServed) as refused:
        server.settle_sign_in(HOST)
    assert refused.value.key == "refusal.session_limits"


def test_t53_two_ways_to_sign_in_are_refused(house, monkeypatch):
    monkeypatch.setattr(server, "secret_files", list)
    monkeypatch.setattr(server, "provider_settings", lambda: SETTINGS)
    monkeypatch.setenv(sign_in.LOCAL_VARIABLE, "1")
    with pytest.raises(server.NotServed) as refused:
        server.settle_sign_in(HOST)
    assert refused.value.key == "refusal.sign_in_twice"
