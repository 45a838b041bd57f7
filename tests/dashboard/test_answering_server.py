"""Answering over the network, from the real server: many at once, cut connections, and kills."""

from __future__ import annotations

import random
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa

from benchmarks import respondents
from benchmarks.respondents import Page, walk
from data import database, schema
from data.fieldwork import installation, openings
from tests.dashboard.answering_server import free_port, prepared_context, started

PEOPLE = 40
KILLS, KILLS_BY_NIGHT = 6, 100
#: People who answer all the time while the server is killed.
BUSY = 6


@pytest.fixture(scope="module")
def context():
    return prepared_context()


@pytest.fixture
def site(context, tmp_path):
    """A served database: its folder, engine, address and log."""
    home, port, log = tmp_path / "home", free_port(), tmp_path / "server.log"
    home.mkdir()
    engine = respondents.prepared(home)
    with started(context, home, port, log):
        yield home, engine, f"http://127.0.0.1:{port}", log
    engine.dispose()


def test_forty_people_at_once_are_all_stored_and_none_of_their_links_is_logged(site):
    home, engine, address, log = site
    shared = respondents.opened(engine)
    mine = respondents.opened(engine, wave="end", link="personal")
    tokens = [respondents.link(engine, home, shared)] * (PEOPLE // 2)
    named = {f"person-{number}": "RES" for number in range(PEOPLE // 2)}
    tokens += respondents.personal_links(engine, home, mine, named)
    together = threading.Barrier(PEOPLE)

    def person(number: int) -> respondents.Walk:
        with httpx.Client(base_url=address, timeout=60) as client:
            together.wait()
            return walk(client, tokens[number], random.Random(number))

    with ThreadPoolExecutor(PEOPLE) as people:
        walks = list(people.map(person, range(PEOPLE)))
    assert all(done.thanked for done in walks)
    assert respondents.stored(engine, shared) == respondents.stored(engine, mine) == PEOPLE // 2
    # Ways in which a server likes to talk: a wrong method, a broken request, a missing page.
    with httpx.Client(base_url=address) as client:
        client.put(f"/s/{tokens[0]}")
        client.get(f"/s/{tokens[0]}/nothing")
        client.get(f"/x/{tokens[0]}")
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as broken:
        broken.sendall(f"GET /s/{tokens[0]} HTTP/9\r\n\r\n".encode())
        broken.recv(1000)
    said = log.read_text(encoding="utf-8", errors="replace")
    assert not [token for token in {*tokens} if token in said or token[:12] in said]
    assert "/s/" not in said
    for file in home.glob("arviomo.db*"):
        kept = file.read_bytes()
        assert not [token for token in {*tokens} if token.encode() in kept]


def test_a_connection_that_is_cut_after_the_commit_leaves_one_answer_and_its_receipt(site):
    home, engine, address, _ = site
    host, port = address.removeprefix("http://").split(":")
    for kind in ("anonymous", "personal"):
        number = respondents.opened(engine, link=kind, groups=("RES",), wave=WAVES[kind])
        if kind == "anonymous":
            token = respondents.link(engine, home, number)
        else:
            [token] = respondents.personal_links(engine, home, number, {"anna": "RES"})
        page = Page(httpx.get(f"{address}/s/{token}").text)
        form = page.pressed("send", at="end", GOAL1="4")
        body = urlencode(form).encode()
        request = (
            f"POST /s/{token} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as cut:
            cut.sendall(request.encode() + body)
            wait_until(lambda number=number: respondents.stored(engine, number) == 1)
        # The reply was never read. Reloading the page sends the same form again.
        for _ in range(2):
            again = httpx.post(f"{address}/s/{token}", data=form)
            assert again.status_code == 303
            assert "/receipt?" in again.headers["location"]
        assert respondents.stored(engine, number) == 1


WAVES = {"anonymous": "during", "personal": "end"}


def wait_until(done) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_no_thanked_answer_is_lost_however_often_the_server_is_killed(context, tmp_path, request):
    kills = KILLS_BY_NIGHT if request.config.getoption("--nightly") else KILLS
    home, port, log = tmp_path / "home", free_port(), tmp_path / "server.log"
    home.mkdir()
    engine = respondents.prepared(home)
    number = respondents.opened(engine, groups=("RES",))
    token = respondents.link(engine, home, number)
    thanked: list[str] = []
    over = threading.Event()

    def person(seed: int) -> None:
        chosen = random.Random(seed)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            while not over.is_set():
                try:
                    page = Page(client.get(f"/s/{token}").text)
                    form = page.pressed("send", GOAL1=str(chosen.randint(1, 5)), at="end")
                    if client.post(f"/s/{token}", data=form).status_code == 303:
                        thanked.append(form["submission"])
                except httpx.HTTPError:
                    time.sleep(0.05)  # the server is gone: nobody was thanked

    people = [threading.Thread(target=person, args=(seed,)) for seed in range(BUSY)]
    for one in people:
        one.start()
    when = random.Random(7)
    try:
        for _ in range(kills):
            before = len(thanked)
            with started(context, home, port, log) as process:
                wait_until(lambda before=before: len(thanked) > before)
                time.sleep(when.uniform(0, 0.15))
                process.kill()
    finally:
        over.set()
        for one in people:
            one.join()
    assert len(thanked) >= kills
    lost, half = missing(engine, home, number, thanked)
    assert lost == []
    assert half == 0
    with database.reading(engine) as connection:
        assert connection.scalar(sa.text("pragma integrity_check")) == "ok"
    assert not re.search(re.escape(token), log.read_text(encoding="utf-8", errors="replace"))


def missing(engine, home, number, thanked) -> tuple[list[str], int]:
    """Thanked answers that are not stored, and stored ones that are not whole."""
    with database.reading(engine) as connection:
        opening = openings.of_collection(connection, number)
        rows = connection.execute(sa.select(schema.Response.id, schema.Response.answers)).all()
    stored = {row.id for row in rows}
    half = sum(not re.fullmatch(r'\{"GOAL1":[1-5]\}', row.answers) for row in rows)
    # A respondent's submission and the installation's secret give the row; neither alone does.
    lost = [
        said
        for said in thanked
        if installation.derived_hex(home, "response", opening.public_id, said)[:32] not in stored
    ]
    return lost, half
