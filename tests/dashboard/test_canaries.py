"""T-29: no secret and nothing personal in logs, in errors, or in what a failing route answers."""

from __future__ import annotations

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from itertools import product

import psycopg
import pytest
import sqlalchemy as sa
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from dashboard import cli, logs, server, sign_in
from data import access, database
from data.permissions import Kind, Verb

HOST = "arviomo.city.fi"
#: The known test identity code, and four of our own; none of them may be met again.
CANARIES = {
    "identity": "131052-308T",
    "token": "kAn4rY7w0rd5Kq2ZtVb81mXo0LsPcE6uHgJdRfTy3Wa",
    "password": "salakanaria",
    "database": "postgresql://kanaria:salakanaria@db.example/arviomo",
    "free text": "Kanaria vastasi omin sanoin",
}
#: What of a canary would give it away.
TRACES = ("131052-308T", CANARIES["token"], "salakanaria", "Kanaria vastasi")


class Answer(BaseModel):
    level: int


def fail(error: Exception, *, behind: Exception | None = None) -> None:
    raise error from behind


def while_handling(canary: str) -> None:
    try:
        raise OSError(canary)
    except OSError:
        int(canary)


def write(engine: sa.Engine, statement: str, rows: list[dict]) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(statement), rows)


ROW = "insert into app_user (id, issuer, subject, name) values (1, 'i', 's', :name)"
#: Errors that hold a canary, as we and libraries raise them, by what they are.
ERRORS: dict[str, Callable[[str, sa.Engine], object]] = {
    "value": lambda canary, _: fail(ValueError(f"could not read {canary!r}")),
    "key": lambda canary, _: fail(KeyError(canary)),
    "number": lambda canary, _: int(canary),
    "cause": lambda canary, _: fail(RuntimeError(f"of {canary}"), behind=OSError(canary)),
    "context": lambda canary, _: while_handling(canary),
    "group": lambda canary, _: fail(ExceptionGroup(canary, [ValueError(canary)])),
    "server": lambda canary, _: fail(psycopg.OperationalError(f"DETAIL: Key (name)=({canary})")),
    "bytes": lambda canary, _: (canary.encode() + b"\xff").decode(),
    "json": lambda canary, _: json.loads(f"[{canary}"),
    "checked": lambda canary, _: Answer.model_validate({"level": canary}),
    "statement": lambda canary, on: write(on, "insert into nowhere values (:it)", [{"it": canary}]),
    "row": lambda canary, on: write(on, ROW, [{"name": canary}] * 2),
}
#: Those whose own words hold the canary, so that a plain log would give it away.
TELLING = ("value", "key", "number", "cause", "context", "group", "server")


def raised(kind: str, canary: str, engine: sa.Engine) -> None:
    ERRORS[kind](canary, engine)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What this process logs; afterwards logging is as it was."""
    root, level, stream = list(logging.root.handlers), logging.root.level, io.StringIO()
    made = logging.getLoggerClass()
    logging.root.handlers.clear()  # beginning closes what it finds
    logs.begin(stream)
    yield stream
    logging.captureWarnings(False)
    logging.setLoggerClass(made)
    logging.root.handlers[:] = root
    logging.root.setLevel(level)


def told(log: io.StringIO) -> list[dict]:
    """The records of the log. Each line must be one."""
    return [json.loads(line) for line in log.getvalue().splitlines()]


def betrayed(*places: str) -> list[str]:
    said = "\n".join(places)
    return [trace for trace in TRACES if trace in said]


def everywhere(canary: str) -> dict:
    """A request that brings a canary in all that a browser can say."""
    line = canary.replace(" ", "+")
    return {
        "params": {"token": line, "q": line, "code": line, "state": line, "lang": line},
        "headers": {
            "cookie": f"arviomo_session={line}; arviomo_lang={line}",
            "authorization": f"Bearer {line}",
            "user-agent": line,
            "referer": f"https://{HOST}/s/{line}?a={line}",
            "accept-language": line,
            "x-forwarded-for": line,
            "content-type": "application/x-www-form-urlencoded",
        },
        "content": f"password={line}&name={line}&submission={line}",
    }


def test_t29_what_fails_tells_a_number_and_nothing_that_somebody_wrote(log, sqlite_engine):
    """Kinds of errors x canaries x methods x places in the address: at least 500."""
    app = Starlette(
        routes=[Route("/{rest:path}", lambda request: raised(*wanted, sqlite_engine),
                      methods=["GET", "POST", "PUT"])],
        middleware=[Middleware(logs.Numbered)],
    )  # fmt: skip
    browser = TestClient(app, base_url=f"https://{HOST}")
    canaries = CANARIES.values()
    errors = 0
    for kind, canary, method in product(ERRORS, canaries, ("GET", "POST", "PUT")):
        wanted = (kind, canary)
        for path in (f"/s/{CANARIES['token']}", "/audit", f"/download/{CANARIES['token']}/x.csv"):
            answer = browser.request(method, path, **everywhere(canary))
            number = told(log)[-1]["request"] if errors % 50 == 0 else None
            assert answer.status_code == 500
            assert betrayed(answer.text, str(answer.headers)) == []
            assert number is None or answer.text.count(number) == 3  # once in each language
            errors += 1
    records = told(log)
    assert errors >= 500  # T-29
    assert len([record for record in records if record["level"] == "ERROR"]) == errors
    assert betrayed(log.getvalue()) == []
    assert all(record["errors"][0]["at"] for record in records)


def test_the_search_for_canaries_finds_them(sqlite_engine):
    for kind, canary in product(TELLING, CANARIES.values()):
        with pytest.raises(Exception) as failed:
            raised(kind, canary, sqlite_engine)
        assert betrayed(str(failed.value))


def test_t29_a_message_that_holds_a_secret_is_told_without_it(log):
    teller = logging.getLogger("somewhere")
    for canary in (CANARIES["identity"], CANARIES["token"], CANARIES["database"]):
        teller.warning("seen %s here", canary)
        teller.error("GET /s/%s/receipt?lang=fi failed", canary)
    for name in ("password", "token", "client_secret", "cookie", "Authorization"):
        teller.error("%s=%s", name, CANARIES["password"])
        teller.error("{'%s': '%s'}", name, CANARIES["password"])
    teller.error("/oauth2callback?code=%s&state=%s", *["salakanaria"] * 2)
    assert betrayed(log.getvalue()) == []
    assert len(told(log)) == 17
    assert told(log)[0]["event"] == "seen … here"


@pytest.mark.parametrize("part", ["a-", "/", "://:", "a" * 39 + "-", "=:", "?"])
def test_t29_nobody_holds_the_server_up_with_a_long_address(log, part):
    began = time.perf_counter()
    logging.getLogger("somewhere").error("request failed: GET %s", part * (60_000 // len(part)))
    # Searched whole it would take some half a minute.
    assert time.perf_counter() - began < 3
    assert told(log)[0]["event"] == "request failed: GET …"


def test_t29_what_is_cut_gives_no_half_of_a_secret_away(log):
    secret = CANARIES["token"]
    for length in range(logs.LONGEST - len(secret) - 5, logs.LONGEST + 5):
        logging.getLogger("somewhere").error("%s %s", "x " * (length // 2), secret)
    assert secret[:12] not in log.getvalue()


def test_t29_who_was_refused_stands_in_the_audit_and_not_in_the_log(log):
    person = access.User(7, CANARIES["free text"], ())
    with pytest.raises(access.NotPermitted):
        access.require(person, Verb.READ, Kind.AUDIT)
    assert betrayed(log.getvalue()) == []
    assert "user 7 may not read" in told(log)[0]["event"]
    assert access.denials.pop().actor == f"7 {CANARIES['free text']}"


@pytest.mark.parametrize(
    "end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\0"]
)
def test_t29_a_line_break_in_what_is_logged_does_not_begin_a_record(log, end):
    forged = f'x{end}{{"time": "2026-01-01T00:00:00.000+00:00", "event": "all is well"}}{end}'
    logging.getLogger(f"a{end}b").error("denied: %s may not", forged, extra={"more": forged})
    try:
        raise ValueError(forged)
    except ValueError:
        logging.getLogger("c").exception(forged)
    records = told(log)
    assert len(records) == 2
    assert {record["level"] for record in records} == {"ERROR"}
    assert all(record["time"] > "2026-11" for record in records)


def test_t29_libraries_write_the_same_lines(log):
    import warnings

    import streamlit.logger

    streamlit.logger.get_logger("streamlit.runtime.later").error("seen %s", CANARIES["identity"])
    logging.getLogger("uvicorn.error").error("seen %s", CANARIES["identity"])
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(CANARIES["identity"], stacklevel=1)
    assert len(told(log)) == 3
    assert betrayed(log.getvalue()) == []


@pytest.mark.parametrize("database_works", [True, False])
def test_t29_no_route_of_ours_gives_away_what_it_was_sent(
    log, sqlite_engine, monkeypatch, capfd, database_works
):
    monkeypatch.setenv(database.URL_VARIABLE, str(sqlite_engine.url))
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    monkeypatch.setattr(server, "provider_settings", lambda: {})
    if not database_works:

        def silent(*_):
            raise sa.exc.OperationalError("select", {"it": "salakanaria"}, OSError("salakanaria"))

        monkeypatch.setattr(sa.Engine, "connect", silent)
        monkeypatch.setattr(sa.Engine, "begin", silent)
    paths = [
        route.path.replace("{rest:path}", "{token}") for route in server.routes()
        if not isinstance(route, Mount)
    ]  # fmt: skip
    app = Starlette(routes=server.routes(), middleware=server.middleware((HOST,)))
    browser = TestClient(
        app, base_url=f"https://{HOST}", follow_redirects=False, raise_server_exceptions=False
    )
    asked = 0
    for path, canary, method in product(paths, CANARIES.values(), ("GET", "POST")):
        there = path
        for name in ("token", "ticket", "name", "page"):
            there = there.replace(f"{{{name}}}", CANARIES["token"])
        answer = browser.request(method, there, **everywhere(canary))
        own = answer.text.replace(CANARIES["token"], "") if there != path else answer.text
        assert betrayed(own) == [], (method, path)
        asked += 1
    assert asked >= 60
    assert betrayed(log.getvalue(), *capfd.readouterr()) == []


def test_t29_a_page_that_fails_shows_a_number_only(log, monkeypatch, sqlite_engine):
    monkeypatch.setenv(database.URL_VARIABLE, str(sqlite_engine.url))
    shown = []
    monkeypatch.setattr(server.st, "error", shown.append)
    monkeypatch.setattr(server.session, "language", lambda: "fi")
    for kind, canary in product(ERRORS, CANARIES.values()):
        try:
            raised(kind, canary, sqlite_engine)
        except Exception as error:
            assert server.show_error(error)
    assert len(shown) == 60
    assert betrayed(log.getvalue(), *shown) == []
    assert len(told(log)) == 60


@pytest.mark.parametrize(
    "words", [["refresh"], ["export", "out.csv"], ["audit", "verify"], ["migrate"]], ids=" ".join
)
def test_t29_a_command_does_not_repeat_the_password_of_its_database(
    words, monkeypatch, capfd, tmp_path
):
    monkeypatch.chdir(tmp_path)
    address = "postgresql://kanaria:salakanaria@127.0.0.1:1/arviomo"
    monkeypatch.setattr("sys.argv", ["arviomo", *words, "--database", address])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code not in (0, None)
    said = capfd.readouterr()
    assert said.err
    assert betrayed(*said) == []
    assert list(tmp_path.iterdir()) == []
