"""A server that is killed loses no answer that it gave a receipt for, and stores none by half.

T-33: 6 kills of the program here on each database and 4 of PostgreSQL itself, 100 by night. That a
commit also waits for the disk is tested in test_answers.py.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import secrets
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from survey.instrument import instruments
from tests.data.asked import answer, count, invited, link, opened

KILLS, KILLS_BY_NIGHT = 6, 100
CRASHES = 4
#: People who answer all the time while the database is killed.
BUSY = 3
#: So many people could answer before a kill; far fewer do.
INVITED = 300
#: Seconds that a server lives after its first receipt.
LONGEST = 0.4

FORM = instruments()["benefit@1"]
CLOSED = {
    item.code: FORM.answers_of(item.code).codes[0]
    for item in FORM.closed_items
    if item.concerns("RES", "end")
}
WORDS = FORM.open_items[0].code


def serve(url: str, home: Path, tokens: list[str], receipts: Path) -> None:
    """Takes answers one after the other; a receipt is a line in a file, written after."""
    engine = database.connect(url)
    told = os.open(receipts, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for token in tokens:
        form = secrets.token_urlsafe(24)
        assert answer(engine, home, token, form, CLOSED | {WORDS: f"Sanat {form}"}).new
        os.write(told, f"{token} {form}\n".encode())
    engine.dispose()


def assert_whole(engine: sa.Engine) -> None:
    """Every answer is there with all that it said."""
    with database.reading(engine) as connection:
        rows = connection.execute(sa.select(schema.Response.id, schema.Response.answers)).all()
        words = set(connection.scalars(sa.select(schema.OpenAnswer.response_id)))
        if engine.dialect.name == "sqlite":
            check = connection.exec_driver_sql("pragma quick_check").scalar_one()
            assert check == "ok"
    assert {row.id for row in rows} == words
    assert all(json.loads(row.answers) == CLOSED for row in rows)


@pytest.mark.parametrize("kind", ["anonymous", "personal"])
def test_no_receipt_is_given_for_an_answer_that_a_kill_takes(
    engine, tmp_path: Path, request, kind: str
):
    kills = KILLS_BY_NIGHT if request.config.getoption("--nightly") else KILLS
    kills //= 2  # for each kind of link
    number = opened(engine, instrument=FORM.key, wave="end", link=kind)
    shared = link(engine, tmp_path, number) if kind == "anonymous" else None
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["data.publication.refreshing", "tests.data.asked"])
    rng = random.Random(33)
    url = engine.url.render_as_string(hide_password=False)
    receipts = tmp_path / "receipts"
    receipts.touch()
    people = 0
    for _ in range(kills):
        people += INVITED
        tokens = [shared] * INVITED if shared else invited(engine, tmp_path, number, people)
        told = receipts.stat().st_size
        engine.dispose()
        server = context.Process(target=serve, args=(url, tmp_path, tokens[-INVITED:], receipts))
        server.start()
        while receipts.stat().st_size == told:
            assert server.is_alive()
            time.sleep(0.001)
        time.sleep(rng.uniform(0, LONGEST))
        server.kill()
        server.join()
        assert server.exitcode == -9
        assert_whole(engine)
    lines = [line.split() for line in receipts.read_text().splitlines()]
    stored = count(engine, schema.Response)
    # A kill between the commit and the receipt leaves one answer more, at most.
    assert kills <= len(lines) <= stored <= len(lines) + kills
    assert count(engine, schema.UsedLink) == (0 if shared else stored)
    for token, form in lines:
        # Whoever has no receipt sends the form again; whoever has one is told the same again.
        assert not answer(engine, tmp_path, token, form, CLOSED).new
    assert count(engine, schema.Response) == stored


def test_no_receipt_is_given_for_an_answer_that_a_killed_database_loses(
    own_postgresql_engine, tmp_path: Path, request
):
    """A process of PostgreSQL that is killed takes all others with it, and what they had not
    written yet: the server here is told not to wait for the disk (tests/conftest.py, FAST), so
    what is not committed as `be_durable` asks is lost."""
    engine = own_postgresql_engine
    crashes = KILLS_BY_NIGHT if request.config.getoption("--nightly") else CRASHES
    token = link(engine, tmp_path, opened(engine, instrument=FORM.key, wave="end"))
    receipts: list[str] = []
    over = threading.Event()

    def person() -> None:
        while not over.is_set():
            form = secrets.token_urlsafe(24)
            try:
                new = answer(engine, tmp_path, token, form, CLOSED | {WORDS: f"Sanat {form}"}).new
            except sa.exc.OperationalError:
                time.sleep(0.01)  # the database is away: nobody got a receipt
            else:
                assert new
                receipts.append(form)

    people = [threading.Thread(target=person) for _ in range(BUSY)]
    for one in people:
        one.start()
    rng = random.Random(33)
    try:
        for _ in range(crashes):
            wait_for_more(receipts, people)
            time.sleep(rng.uniform(0, 0.1))
            with suppress(sa.exc.OperationalError), database.reading(engine) as connection:
                process = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()
                os.kill(process, signal.SIGKILL)
                connection.exec_driver_sql("select pg_sleep(60)")
        wait_for_more(receipts, people)
    finally:
        over.set()
        for one in people:
            one.join()
    assert_whole(engine)
    stored = count(engine, schema.Response)
    # A kill between the commit and the receipt leaves one answer of each person more, at most.
    assert crashes <= len(receipts) <= stored <= len(receipts) + crashes * BUSY
    for form in receipts:
        assert not answer(engine, tmp_path, token, form, CLOSED | {WORDS: f"Sanat {form}"}).new
    assert count(engine, schema.Response) == stored


def wait_for_more(receipts: list[str], people: list[threading.Thread]) -> None:
    """Return when somebody got a receipt again."""
    told, deadline = len(receipts), time.monotonic() + 60
    while len(receipts) == told:
        assert time.monotonic() < deadline
        assert all(one.is_alive() for one in people)
        time.sleep(0.002)
