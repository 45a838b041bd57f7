"""What was tried and not permitted reaches the audit once, also where it could not be written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from data import access, audit, database
from data.permissions import Kind, Verb
from tests.data.asked import USER

NOBODY = access.User(7, "Nobody", ())


@pytest.fixture(autouse=True)
def none_waiting():
    access.denials.clear()
    yield
    access.denials.clear()


def tried(times: int) -> None:
    for number in range(times):
        with pytest.raises(access.NotPermitted):
            access.require(NOBODY, Verb.READ, Kind.PROJECT, number + 1)


def told(engine: sa.Engine) -> list[str]:
    with database.reading(engine) as connection:
        return [event.detail for event in audit.events(connection, USER, actions=["denied"])]


def test_what_could_not_be_written_waits(sqlite_engine, monkeypatch):
    tried(3)

    def fails(*_args, **_more):
        raise sa.exc.OperationalError("insert", {}, Exception("the disk is full"))

    with monkeypatch.context() as patched:
        patched.setattr(audit, "record", fails)
        with pytest.raises(sa.exc.OperationalError):
            audit.write_denials(sqlite_engine)
    tried(1)
    audit.write_denials(sqlite_engine)
    assert len(told(sqlite_engine)) == 4
    assert not access.denials


def test_pages_that_end_at_once_write_each_once(engine):
    tried(40)
    with ThreadPoolExecutor(8) as pages:
        list(pages.map(lambda _: audit.write_denials(engine), range(16)))
    found = told(engine)
    assert (len(found), len(set(found)), len(access.denials)) == (40, 40, 0)
