"""A server that is killed loses no answer that it gave a receipt for, and stores none by half.

T-33: 12 kills here on each database, 100 by night. What is killed is the program; that a commit
also waits for the disk is tested in test_answers.py.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import secrets
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from survey.instrument import instruments
from tests.data.asked import answer, count, invited, link, opened

KILLS, KILLS_BY_NIGHT = 6, 100
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
