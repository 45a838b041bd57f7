"""T-28: what really comes is counted, a person has one budget, and no prefix hides a door."""

from __future__ import annotations

import socket
import threading
import time
from collections import OrderedDict
from contextlib import suppress

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from dashboard import passes, sign_in
from dashboard.gate import Gate

FILE = "/_stcore/upload_file/{visit}/f"
TOKENS = {"visit-1": "a" * 43, "visit-2": "a" * 43, "theirs": "b" * 43}
read: list[int] = []


async def streamlit(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    body = await Request(scope, receive).body()
    read.append(len(body))
    await PlainTextResponse(f"kept {len(body)} of {scope['path']}")(scope, receive, send)


@pytest.fixture
def gate(monkeypatch):
    """A gate before a server that keeps whatever comes; one person has two visits."""
    monkeypatch.setattr(passes, "_passes", {})
    monkeypatch.setattr(passes, "_spent", OrderedDict())
    monkeypatch.setattr(passes, "_visits", OrderedDict())
    monkeypatch.setattr(passes, "BUDGET", 1_000_000)
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    read.clear()
    for visit, person in (("visit-1", 1), ("visit-2", 1), ("theirs", 2)):
        passes.grant(visit, person)
        passes.belong(visit, TOKENS[visit])
    return Gate(
        streamlit,
        hosts=("127.0.0.1",),
        policy="default-src 'self'",
        may_enter=lambda _cookies: True,
        holds=lambda _cookies, path: path == "/media/mine.csv",
    )


def client(gate, visit="visit-1", **how):
    cookie = {"cookie": f"arviomo_session={TOKENS[visit]}"}
    return TestClient(gate, base_url="http://127.0.0.1", headers=cookie, **how)


@pytest.fixture
def address(gate):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(gate, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()
        server.should_exit = True
        thread.join(10)


def sent_by_hand(address, headers, body):
    """What a server answers to bytes that no honest client would send."""
    with socket.create_connection(address, timeout=10) as wire:
        wire.sendall(
            b"PUT /_stcore/upload_file/visit-1/f HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Cookie: arviomo_session=" + TOKENS["visit-1"].encode() + b"\r\n"
            b"Connection: close\r\n" + headers + b"\r\n\r\n" + body
        )
        answer = b""
        # The server answers before it has read, and hangs up.
        with suppress(ConnectionResetError):
            while part := wire.recv(65536):
                answer += part
    return int(answer.split()[1])


PIECES = b"".join(b"%x\r\n%s\r\n" % (100_000, b"a" * 100_000) for _ in range(30)) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    "headers",
    [b"Transfer-Encoding: chunked", b"Content-Length: 1\r\nTransfer-Encoding: chunked"],
)
def test_t28_a_length_that_is_no_length_is_refused(address, headers):
    assert sent_by_hand(address, headers, PIECES) in (400, 403)
    assert read == []


def test_t28_what_really_comes_is_taken_off_the_budget(gate, monkeypatch):
    # Whatever gets past the headers: here nobody looks at them.
    monkeypatch.setattr("dashboard.gate._has_pass", lambda _scope: True)
    pieces = (b"a" * 100_000 for _ in range(30))
    answer = client(gate).put(FILE.format(visit="visit-1"), content=pieces)
    assert answer.status_code == 413
    assert "tunnin aikana" in answer.text
    assert read == []  # nothing of it was kept
    assert not passes.may_send("visit-1", 1)


def test_t28_all_visits_of_a_person_share_one_budget_and_nobody_elses(gate, monkeypatch):
    first = client(gate).put(FILE.format(visit="visit-1"), content=b"a" * 600_000)
    second = client(gate).put(FILE.format(visit="visit-2"), content=b"a" * 600_000)
    assert (first.status_code, second.status_code) == (200, 403)
    passes.revoke("visit-1")
    passes.grant("visit-1", 1)  # a new page does not fill the budget again
    assert client(gate).put(FILE.format(visit="visit-1"), content=b"a" * 600_000).status_code == 403
    theirs = client(gate, "theirs").put(FILE.format(visit="theirs"), content=b"a" * 600_000)
    assert theirs.status_code == 200
    now = time.monotonic()
    monkeypatch.setattr(passes.time, "monotonic", lambda: now + passes.HOUR + passes.MINUTE)
    passes.grant("visit-1", 1)
    assert client(gate).put(FILE.format(visit="visit-1"), content=b"a" * 600_000).status_code == 200


def test_t28_everybody_together_has_a_budget_too(gate, monkeypatch):
    monkeypatch.setattr(passes, "WHOLE", 1_200_000)
    assert client(gate).put(FILE.format(visit="visit-1"), content=b"a" * 900_000).status_code == 200
    other = client(gate, "theirs").put(FILE.format(visit="theirs"), content=b"a" * 900_000)
    assert other.status_code == 403


def test_t28_nobody_sends_into_the_visit_of_somebody_else(gate):
    for method in ("PUT", "DELETE"):
        answer = client(gate).request(method, FILE.format(visit="theirs"), content=b"x")
        assert answer.status_code == 403
    assert read == []


@pytest.mark.parametrize("root", ["/base", "/base/", "/a/b"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_stcore/metrics"), ("GET", "//_stcore//metrics"), ("GET", "/_stcore/agent/x"),
        ("GET", "/media/theirs.csv"), ("GET", "//media/theirs.csv"), ("GET", "/auth/login"),
        ("PUT", "/_stcore/upload_file/theirs/f"), ("PUT", "//_stcore/upload_file/theirs/f"),
    ],
)  # fmt: skip
def test_a_prefix_of_the_server_opens_no_door(gate, root, method, path):
    beneath = client(gate, root_path=root)
    answer = beneath.request(method, f"http://127.0.0.1{root.rstrip('/')}{path}", content=b"x")
    assert answer.status_code in (403, 404)
    assert read == []
    mine = beneath.get(f"http://127.0.0.1{root.rstrip('/')}/media/mine.csv")
    assert mine.status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"x-forwarded-for": "203.0.113.9"}, {"forwarded": "for=203.0.113.9"},
        {"x-forwarded-proto": "https"}, {"x-forwarded-host": "arviomo.city.fi"},
        {"x-real-ip": "203.0.113.9"},
    ],
    ids=str,
)  # fmt: skip
def test_the_sample_is_not_passed_on(gate, monkeypatch, said):
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PERSONAS)
    assert client(gate).get("/", headers=said).status_code == 403
    assert client(gate).get("/").status_code == 200
    elsewhere = TestClient(gate, base_url="http://127.0.0.1", client=("192.0.2.7", 5000))
    assert elsewhere.get("/").status_code == 403
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    assert client(gate).get("/", headers=said).status_code == 200


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Palvelua ei tunneta tällä osoitteella. Tarkista osoite."),
        ("sv", "Tjänsten finns inte på den här adressen. Kontrollera adressen."),
        ("en", "The service is not known by this address. Check the address."),
    ],
)
def test_a_refusal_speaks_the_readers_language(gate, language, said):
    answer = client(gate).get(f"/?lang={language}", headers={"host": "evil.example"})
    assert (answer.status_code, answer.text) == (400, said)
    assert answer.headers["content-language"] == language
