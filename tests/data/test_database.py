"""One engine for two databases: snapshots for readers, one writer at a time, nothing half-done."""

from __future__ import annotations

import threading
from pathlib import Path

import pysqlite3
import pytest
import sqlalchemy as sa

from data import database
from data.schema import Theme

ADD = sa.insert(Theme)
COUNT = sa.select(sa.func.count()).select_from(Theme)


def theme(code: str) -> dict[str, str]:
    return {"code": code, "name_fi": code}


def test_a_reader_sees_one_moment_while_others_write(engine):
    with database.reading(engine) as reader:
        assert reader.scalar(COUNT) == 0
        with database.writing(engine) as writer:
            writer.execute(ADD, theme("a"))
        assert reader.scalar(COUNT) == 0
    with database.reading(engine) as reader:
        assert reader.scalar(COUNT) == 1


def test_a_reader_cannot_write_and_leaves_the_connection_fit_for_writing(engine):
    refused = pytest.raises(sa.exc.DBAPIError, match=r"(?i)read-?\s?only")
    with refused, database.reading(engine) as reader:
        reader.execute(ADD, theme("a"))
    with database.writing(engine) as writer:
        writer.execute(ADD, theme("b"))
        assert writer.scalar(COUNT) == 1


def test_what_was_begun_and_failed_leaves_nothing(engine):
    with pytest.raises(ZeroDivisionError), database.writing(engine) as writer:
        writer.execute(ADD, theme("a"))
        _ = 1 / 0
    with database.reading(engine) as reader:
        assert reader.scalar(COUNT) == 0


def test_many_who_read_and_then_write_all_get_their_turn(engine):
    # trust.md F13: with a plain BEGIN on SQLite 480 of 500 such transactions failed at once.
    with database.writing(engine) as connection:
        connection.execute(ADD, theme("0"))
    problems = []

    def count_up():
        try:
            for _ in range(10):
                with database.writing(engine) as connection:
                    row = sa.select(Theme.name_en).where(Theme.code == "0").with_for_update()
                    so_far = int(connection.scalar(row) or 0)
                    connection.execute(sa.update(Theme).values(name_en=str(so_far + 1)))
        except Exception as problem:  # what a thread raises would be lost
            problems.append(problem)

    threads = [threading.Thread(target=count_up) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with database.reading(engine) as reader:
        assert reader.scalar(sa.select(Theme.name_en)) == "120"  # 12 threads, 10 times each


def test_an_embedded_database_is_kept_safely(sqlite_engine):
    with database.reading(sqlite_engine) as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "trusted_schema")
        }
    # synchronous 2 is FULL: what was said to be stored survives a power cut.
    assert settings == {
        "journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "trusted_schema": 0,
    }  # fmt: skip


def test_an_sqlite_that_can_corrupt_its_file_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(pysqlite3, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(database.UnsafeDatabase, match=r"3, 51, 3"):
        database.connect(f"sqlite:///{tmp_path / 'x.db'}")


def test_the_environment_names_the_database(monkeypatch, tmp_path):
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path / "kaupunki"))
    assert database.home() == tmp_path / "kaupunki"
    engine = database.connect()
    database.migrate(engine)
    assert Path(engine.url.database) == tmp_path / "kaupunki" / "arviomo.db"
    monkeypatch.setenv("ARVIOMO_DATABASE", "sqlite:///elsewhere.db")
    assert database.database_url() == "sqlite:///elsewhere.db"
