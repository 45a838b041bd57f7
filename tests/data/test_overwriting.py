"""What was erased is overwritten, or it is said that it waits, and it is done later."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from data import database, schema
from data.fieldwork import withdrawals
from data.keeping import erasure, overwriting, retention, returned
from tests.data.asked import GIVEN, NOW, USER, answer, link, opened

WORDS = "words of somebody that nobody else has"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Readers of these tests end only when they are told to."""
    monkeypatch.setattr(overwriting, "LONG", 0.2)
    monkeypatch.setattr(overwriting, "SHORT", 0.2)


def told(engine: sa.Engine) -> str:
    """The key of somebody whose words are stored."""
    number, key = opened(engine), "b" * 64
    with database.writing(engine) as connection:
        said = {
            "id": "a" * 32, "collection_id": number, "group_code": "RES", "link_key": key,
            "language": "fi", "answered_on": date(2026, 11, 2), "answers": json.dumps(GIVEN),
            "revision": 1,
        }  # fmt: skip
        connection.execute(sa.insert(schema.Response), said)
        words = {"response_id": "a" * 32, "item": "OPEN", "text": WORDS}
        connection.execute(sa.insert(schema.OpenAnswer), words)
    return key


def held(home) -> bool:
    return any(WORDS.encode() in path.read_bytes() for path in home.glob("arviomo.db*"))


@pytest.mark.parametrize("finish", ["settle", "refresh", "retention"])
def test_words_that_a_reader_keeps_in_the_log_are_told_and_go_later(
    sqlite_engine, tmp_path, finish
):
    key = told(sqlite_engine)
    with database.reading(sqlite_engine) as reader:
        reader.execute(sa.select(schema.Response.id)).all()
        gone = erasure.erase(sqlite_engine, USER, tmp_path, key, NOW)
        assert (gone.waits, gone.rows["response"], held(tmp_path)) == (True, 1, True)
        assert not overwriting.settle(sqlite_engine, tmp_path)
    if finish == "settle":
        assert overwriting.settle(sqlite_engine, tmp_path)
    elif finish == "refresh":
        returned.reapply(sqlite_engine, tmp_path)
    else:
        retention.forget(sqlite_engine, USER, tmp_path, retention.settled_days({}), NOW)
    assert (held(tmp_path), overwriting.is_owed(tmp_path)) == (False, False)


def test_who_is_killed_before_overwriting_has_written_that_it_is_owed(
    sqlite_engine, tmp_path, monkeypatch
):
    key = told(sqlite_engine)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(overwriting, "settle", killed)
        erasure.erase(sqlite_engine, USER, tmp_path, key, NOW)
    assert (held(tmp_path), overwriting.is_owed(tmp_path)) == (True, True)
    returned.reapply(sqlite_engine, tmp_path)
    assert (held(tmp_path), overwriting.is_owed(tmp_path)) == (False, False)


def test_what_a_receipt_takes_back_is_overwritten_by_the_next_refresh(sqlite_engine, tmp_path):
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine))
    receipt = answer(sqlite_engine, tmp_path, token)
    with database.writing(sqlite_engine) as connection:
        said = withdrawals.standing(connection, tmp_path, token, receipt.key).answer
        words = {"response_id": said, "item": "OPEN", "text": WORDS}
        connection.execute(sa.insert(schema.OpenAnswer), words)
    withdrawals.take_back(sqlite_engine, tmp_path, token, receipt.key, NOW)
    assert (held(tmp_path), overwriting.is_owed(tmp_path)) == (True, True)
    # Nobody is told on the day itself: it would tell that somebody left today.
    today = NOW.date()
    assert not overwriting.is_late(tmp_path, today + timedelta(days=1))
    assert overwriting.is_late(tmp_path, today + timedelta(days=2))
    returned.reapply(sqlite_engine, tmp_path)
    assert (held(tmp_path), overwriting.is_owed(tmp_path)) == (False, False)


def test_postgresql_lets_go_of_rows_once_nobody_reads_an_older_state(postgresql_engine, tmp_path):
    key = told(postgresql_engine)

    def size() -> int:
        # VACUUM gives a table without rows back to the disk.
        with database.reading(postgresql_engine) as connection:
            asked = "pg_relation_size('response') + pg_relation_size('open_answer')"
            return connection.scalar(sa.text(f"select {asked}"))

    with database.reading(postgresql_engine) as reader:
        reader.execute(sa.select(schema.Response.id)).all()
        assert erasure.erase(postgresql_engine, USER, tmp_path, key, NOW).waits
        assert (size() > 0, overwriting.is_owed(tmp_path)) == (True, True)
    assert overwriting.settle(postgresql_engine, tmp_path)
    assert (size(), overwriting.is_owed(tmp_path)) == (0, False)


def test_what_is_owed_meanwhile_stays_owed(sqlite_engine, tmp_path, monkeypatch):
    overwriting.owe(tmp_path, ["response"], NOW.date())
    emptied = overwriting._emptied

    def slowly(engine, wait):
        overwriting.owe(tmp_path, ["open_answer"], NOW.date())
        return emptied(engine, wait)

    with monkeypatch.context() as patched:
        patched.setattr(overwriting, "_emptied", slowly)
        assert overwriting.settle(sqlite_engine, tmp_path)
    assert (tmp_path / overwriting.FILE).read_text().split()[1:] == ["open_answer"]
    assert overwriting.settle(sqlite_engine, tmp_path)
    assert not overwriting.is_owed(tmp_path)
