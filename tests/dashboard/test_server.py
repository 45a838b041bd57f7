"""What the server answers beside its screens, whom it lets in, and when it refuses to start."""

import base64
import gzip
import hashlib
import re
import socket
from collections import OrderedDict
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard import passes, server, shell, sign_in
from dashboard.server import NotServed
from data import schema
from data.database import writing

HOSTS = ("127.0.0.1", "localhost", "arviomo.city.fi")


async def screen(scope, receive, send):
    """What stands for Streamlit here: it says which address reached it, and sets a cookie."""
    await Request(scope, receive).body()
    answer = PlainTextResponse(f"streamlit {scope['path']}")
    answer.set_cookie("theirs", "1")
    await answer(scope, receive, send)


async def socket_screen(websocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PERSONAS)
    app = Starlette(
        routes=[
            *server.routes(),
            WebSocketRoute("/_stcore/stream", socket_screen),
            Mount("/", screen),
        ],
        middleware=server.middleware(HOSTS),
    )
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.fixture
def database(engine, monkeypatch):
    """A fresh migrated database, SQLite and PostgreSQL in turn, as the one that is served."""
    monkeypatch.setenv("ARVIOMO_DATABASE", engine.url.render_as_string(hide_password=False))
    return engine


def publish(engine, number):
    with writing(engine) as connection:
        connection.execute(
            sa.insert(schema.Revision).values(
                id=number,
                published_at=datetime.now(UTC),
                code_version="test",
                inputs_sha256="0" * 64,
                inputs="{}",
                metrics="{}",
            )
        )


# --- health -------------------------------------------------------------------------------------


def test_health_waits_for_the_first_publication(client, database):
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json() == {"status": "waiting", "reason": "nothing is published"}


def test_health_names_the_published_revision(client, database, monkeypatch):
    # The tests' own PostgreSQL does not wait for the disk, and /health tells so.
    monkeypatch.setattr(server, "forgetful_settings", lambda _connection: {})
    publish(database, 7)
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "revision": 7}
    publish(database, 8)
    assert client.get("/health").json()["revision"] == 8


def test_health_says_when_the_database_does_not_answer(client, tmp_path, monkeypatch):
    monkeypatch.setenv("ARVIOMO_DATABASE", f"sqlite:///{tmp_path / 'without-tables.db'}")
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "database does not answer"


# --- the page around the screen -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "cookie", "language"),
    [
        ("/", None, "fi"),
        ("/?lang=sv", None, "sv"),
        ("/theme?theme_code=X&lang=en", None, "en"),
        ("/project", "sv", "sv"),
        ("/project?lang=en", "sv", "en"),
        ("/?lang=de", None, "fi"),
        ("/", "'; drop", "fi"),
    ],
)
def test_the_page_is_in_the_readers_language(client, address, cookie, language):
    headers = {"cookie": f"arviomo_lang={cookie}"} if cookie else {}
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language
    assert "<title>Arviomo</title>" in answer.text


def test_a_language_that_was_asked_for_is_kept(client):
    assert client.get("/?lang=sv").cookies["arviomo_lang"] == "sv"
    assert "set-cookie" not in client.get("/?lang=sv").headers  # it is kept already


def test_an_address_without_a_page_is_not_found(client):
    assert client.get("/healthz").status_code == 404
    assert client.get("/overview").status_code == 404  # the default page lives at /


def test_the_policy_names_the_only_inline_script_by_its_hash(client):
    answer = client.get("/")
    inline = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    assert len(inline) == 1
    digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"'sha256-{digest}'" in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src 'self' 'sha256-[^']+';", policy)


def test_the_page_is_sent_compressed_or_not_as_the_browser_asks(client):
    plain = client.get("/", headers={"accept-encoding": "identity"})
    packed = client.get("/", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text


def test_the_bundle_is_sent_compressed_and_unchanged(client):
    path = next(iter(sorted((shell.BUNDLE / "static/js").glob("index.*.js"))))
    address = f"/static/js/{path.name}"
    with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert gzip.decompress(packed) == path.read_bytes()
    assert len(packed) < path.stat().st_size / 2
    assert "immutable" in answer.headers["cache-control"]
    untouched = client.get(address, headers={"accept-encoding": "identity"})
    assert untouched.text == f"streamlit {address}"


# --- the gate -----------------------------------------------------------------------------------


def test_every_answer_carries_the_headers_that_protect(client, database):
    for address in ("/", "/health", "/assets/shell.js", "/media/x"):
        headers = client.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert client.get("/media/x").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "a@b@c"])
def test_a_strange_host_is_refused(client, host):
    assert client.get("/", headers={"host": host}).status_code == 400
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/_stcore/stream", headers={"host": host}),
    ):
        pass


@pytest.mark.parametrize("host", ["localhost:8501", "Arviomo.City.fi", "127.0.0.1:1"])
def test_a_host_of_ours_is_let_in(client, host):
    assert client.get("/", headers={"host": host}).status_code == 200


def test_a_web_socket_from_another_site_is_refused(client):
    ours = {"host": "localhost:8501", "origin": "http://localhost:8501"}
    with client.websocket_connect("/_stcore/stream", headers=ours) as socket_:
        assert socket_.receive_text() == "hello"
    for origin in ("http://evil.example", "http://localhost:9999", "null"):
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/_stcore/stream", headers=ours | {"origin": origin}),
        ):
            pass


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/_stcore/metrics"),
        ("POST", "/_stcore/agent/interact"),
        ("GET", "/_stcore/agent/openapi.json"),
        ("GET", "/component/x/index.html"),
        ("GET", "/app/static/x"),
        ("GET", "/auth/login"),
    ],
)
def test_closed_doors(client, method, address):
    assert client.request(method, address).status_code == 404


FILE = "/_stcore/upload_file/visit-1/file-1"


@pytest.fixture
def visit(monkeypatch):
    monkeypatch.setattr(passes, "_passes", {})
    monkeypatch.setattr(passes, "_spent", OrderedDict())
    return "visit-1"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "OPTIONS"])
def test_nobody_sends_files_without_a_pass(client, visit, method):
    passes.grant("somebody-else", 7)
    assert client.request(method, FILE, content=b"x").status_code == 403
    assert client.request(method, "/_stcore/upload_file").status_code == 403


def test_a_visit_with_a_pass_sends_files_up_to_its_budget(client, visit, monkeypatch):
    monkeypatch.setattr(passes, "BUDGET", 10)
    passes.grant(visit, 7)
    assert client.put(FILE, content=b"123456").status_code == 200
    assert client.put(FILE, content=b"123456").status_code == 403
    assert client.put(FILE, content=b"1234").status_code == 200
    passes.grant(visit, 7)  # renewing makes it last longer, not larger
    assert client.put(FILE, content=b"1").status_code == 403
    assert client.delete(FILE).status_code == 200


def test_a_file_whose_length_is_not_said_is_refused(client, visit):
    passes.grant(visit, 7)
    assert client.put(FILE, content=iter([b"1", b"2"])).status_code == 403


def test_a_pass_ends(client, visit, monkeypatch):
    passes.grant(visit, 7)
    passes.revoke(visit)
    assert client.put(FILE, content=b"1").status_code == 403
    passes.grant(visit, 7)
    now = passes.time.monotonic()
    monkeypatch.setattr(passes.time, "monotonic", lambda: now + passes.LASTS + 1)
    assert client.put(FILE, content=b"1").status_code == 403


def test_over_https_cookies_are_secure_and_the_browser_stays_there(client):
    secure = TestClient(client.app, base_url="https://arviomo.city.fi")
    answer = secure.get("/media/x")
    assert answer.headers["set-cookie"].endswith("; Secure")
    assert answer.headers["strict-transport-security"]
    assert "secure" not in client.get("/media/x").headers["set-cookie"].lower()


def test_a_taken_port_is_told(client):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotServed) as refused:
            server.open_port("127.0.0.1", port)
        assert refused.value.values == {"host": "127.0.0.1", "port": port}
        with server.open_usual_or_free_port("127.0.0.1", port) as free:
            assert free.getsockname()[1] != port
    with pytest.raises(NotServed):
        server.open_port("127.0.0.1", 70_000)


def test_small_answers_do_not_wait_for_the_one_before():
    # Measured without it: 44 ms an answer instead of 0.4, forty of them the browser's delay.
    with (
        server.open_port("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


def test_an_error_in_a_page_is_logged_with_the_number_that_is_shown(monkeypatch, caplog):
    shown = []
    monkeypatch.setattr(server.st, "error", shown.append)
    monkeypatch.setattr(server.session, "language", lambda: "en")
    assert server.show_error(ValueError("secret detail")) is True
    number = re.search(r"number (\w{8})", caplog.text).group(1)
    assert number in shown[0]
    assert "secret detail" not in shown[0]
